"""The row at the top: name, menus, network, training buttons, language and theme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, Qt, pyqtSignal
from PyQt6.QtGui import QAction, QResizeEvent
from PyQt6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QMenuBar,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnnviz.control.language import tr
from cnnviz.ui.choosing import Choice
from cnnviz.ui.theme import Theme
from cnnviz.ui.workspace import NETWORK, WORKSPACES

if TYPE_CHECKING:
    from cnnviz.core.view import View

TRAINING = 90
"""By how much "Pause training" is at most wider than "Train", in pixels at 100 %."""

DIRECT = Qt.FindChildOption.FindDirectChildrenOnly


class TopBar(QWidget):
    """Stands where a menu bar stands, with the menu bar in it: at 720 lines no line is wasted.

    A menu must always be reached: where the row is too narrow for all of it, the menus get a row of
    their own.
    """

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
        self._rows = QVBoxLayout(self)
        self._upper, self._row = QHBoxLayout(), QHBoxLayout()
        self._rows.addLayout(self._upper)
        self._rows.addLayout(self._row)
        self._two_rows, self._training = False, TRAINING
        row = self._row
        self._brand, self._menus = QLabel("cnnviz", self), menus
        self._brand.setObjectName("brand")
        menus.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Preferred)
        self.network = Choice(self)
        # Narrower than its longest name: the menus must not lose the last of theirs for it.
        self.network.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.network.setMinimumContentsLength(4)
        self.network.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.network.activated.connect(self._chosen)
        self.train = self._button(actions["train"])
        self.train.setObjectName("accent")
        row.addWidget(self._brand)
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
        self._rows.setContentsMargins(theme.px(12), theme.px(6), theme.px(12), theme.px(6))
        for line in (self._rows, self._upper, self._row):
            line.setSpacing(theme.px(4))
        self.network.setMaximumWidth(theme.px(190))
        self._training = theme.px(TRAINING)
        self.fit()

    def fit(self) -> None:
        """Take one row or two, and leave out the name where there is no room for it."""
        parts = [part for part in self.findChildren(QWidget, options=DIRECT) if part is not None]
        gap, margins = self._row.spacing(), self._rows.contentsMargins()
        room = self.width() - margins.left() - margins.right()
        widths = {part: max(part.minimumWidth(), part.sizeHint().width()) + gap for part in parts}
        needed = sum(widths.values()) + gap  # the two gaps that grow are parts too
        brand = widths[self._brand]
        # Where training begins its button grows: the rows do not change to and fro for that.
        two = needed - brand > room - (self._training if self._two_rows else 0)
        if two != self._two_rows:
            self._two_rows = two
            self._move()
        if two:
            needed = sum(widths[part] for part in (self._brand, self._menus, self.theme_button))
        self._brand.setVisible(needed <= room)

    def _move(self) -> None:
        """Put the parts of the upper row there, or back."""
        if self._two_rows:
            self._upper.addWidget(self._brand)
            self._upper.addWidget(self._menus)
            self._upper.addStretch(1)
            self._upper.addWidget(self.theme_button)
            return
        while self._upper.count():
            self._upper.takeAt(0)
        self._row.insertWidget(0, self._brand)
        self._row.insertWidget(1, self._menus)
        self._row.addWidget(self.theme_button)

    def event(self, event: QEvent | None) -> bool:
        if event is not None and event.type() == QEvent.Type.LayoutRequest:
            self.fit()  # some part has become wider or narrower
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self.fit()

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
