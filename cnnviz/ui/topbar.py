"""The row at the top: name, menus, network, training buttons, language and theme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, Qt, pyqtSignal
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QMenuBar,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from cnnviz.control.language import tr
from cnnviz.ui.theme import Theme
from cnnviz.ui.workspace import NETWORK, WORKSPACES

if TYPE_CHECKING:
    from cnnviz.core.view import View


class TopBar(QWidget):
    """Stands where a menu bar stands, with the menu bar in it: at 720 lines no line is wasted."""

    network_requested = pyqtSignal(str)

    def __init__(
        self,
        menus: QMenuBar,
        actions: dict[str, QAction],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("topbar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._networks: list[tuple[str, str]] = []
        row = QHBoxLayout(self)
        self._row = row
        brand = QLabel("cnnviz", self)
        brand.setObjectName("brand")
        menus.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Preferred)
        self.network = QComboBox(self)
        self.network.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        # Narrower than its longest name: the menus must not lose the last of theirs for it.
        self.network.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.network.setMinimumContentsLength(6)
        self.network.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.network.activated.connect(self._chosen)
        self.train = self._button(actions["train"])
        self.train.setObjectName("accent")
        row.addWidget(brand)
        row.addWidget(menus)
        row.addWidget(self.network, 8)  # before the gaps grow
        for key, _ in WORKSPACES:
            row.addWidget(self._button(actions[f"workspace_{key}"], "workspace"))
        row.addStretch(1)
        row.addWidget(self.train)
        self._of_the_network: list[QWidget] = [self.network]
        for key in ("one_batch", "reset"):
            self._of_the_network.append(self._button(actions[key]))
            row.addWidget(self._of_the_network[-1])
        row.addStretch(1)
        self.language = self._button(actions["language"])
        self.theme_button = self._button(actions["theme"])
        self.theme_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        row.addWidget(self.language)
        row.addWidget(self.theme_button)
        self.retranslate()

    def _button(self, action: QAction, name: str = "") -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(name)
        button.setDefaultAction(action)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        return button

    def _chosen(self, index: int) -> None:
        self.network_requested.emit(self._networks[index][0])

    def offer(self, networks: list[tuple[str, str]]) -> None:
        """Take the networks that can be chosen, as (key, English title)."""
        self._networks = networks
        self.retranslate()

    def look(self, view: View) -> None:
        """Show which network is in use."""
        keys = [key for key, _ in self._networks]
        if view.network.key not in keys:
            self._networks.append((view.network.key, view.network.title))
            self.network.addItem(tr(view.network.title))
            keys.append(view.network.key)
        index = keys.index(view.network.key)
        if self.network.currentIndex() != index:
            self.network.setCurrentIndex(index)

    def enter(self, workspace: str) -> None:
        """Leave out what is the network's alone while another workspace is on the screen."""
        for part in self._of_the_network:
            part.setVisible(workspace == NETWORK)

    def set_theme(self, theme: Theme) -> None:
        self._row.setContentsMargins(theme.px(12), theme.px(6), theme.px(12), theme.px(6))
        self._row.setSpacing(theme.px(4))
        self.network.setMaximumWidth(theme.px(190))

    def retranslate(self) -> None:
        """Write everything again in the language of now."""
        index = self.network.currentIndex()
        self.network.clear()
        self.network.addItems([tr(title) for _, title in self._networks])
        self.network.setCurrentIndex(index)
        self.network.setToolTip(tr("The network that is trained"))
        self.network.setAccessibleName(tr("network"))

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
