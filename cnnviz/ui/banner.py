"""One sentence across the window when something went wrong, or is worth knowing."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from cnnviz.control.language import tr, tr_problem
from cnnviz.core.problem import Problem
from cnnviz.ui.icons import icon
from cnnviz.ui.theme import Theme


class Banner(QWidget):
    """Stays until it is closed or another sentence comes; never takes the focus."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.problem: Problem | None = None
        self._failed = False
        self._offer = ""
        self._take: Callable[[], object] | None = None
        self._theme = Theme()
        self._row = row = QHBoxLayout(self)
        self.label = QLabel(self)
        self.label.setWordWrap(True)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.offer_button = QToolButton(self)
        self.offer_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.offer_button.clicked.connect(self._taken)
        self.offer_button.hide()
        self.close_button = QToolButton(self)
        self.close_button.setObjectName("titlebutton")
        self.close_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.close_button.clicked.connect(self.dismiss)
        row.addWidget(self.label, 1)
        row.addWidget(self.offer_button)
        row.addWidget(self.close_button)
        self.hide()

    def say(self, problem: Problem, failed: bool) -> None:
        """Show a sentence; ``failed`` colours it as something that did not succeed."""
        self.offer(problem, "", None, failed)

    def offer(
        self,
        problem: Problem,
        text: str,
        take: Callable[[], object] | None,
        failed: bool = False,
    ) -> None:
        """Show a sentence and a button (English ``text``) for what can be done about it."""
        self.problem, self._failed = problem, failed
        self._offer, self._take = text, take
        self._write()
        self._fit()
        self.show()

    def _taken(self) -> None:
        take = self._take
        self.dismiss()
        if take is not None:
            take()

    def dismiss(self) -> None:
        """Take the sentence away."""
        self.problem = self._take = None
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.close_button.setIcon(icon("close", theme.palette.muted))
        self._write()

    def _write(self) -> None:
        palette, px = self._theme.palette, self._theme.px
        self._row.setContentsMargins(px(16), px(8), px(8), px(8))
        edge = palette.wrong if self._failed else palette.input
        edged = f"border-left: {px(6)}px solid {edge}; background: {palette.raised};"
        self.setStyleSheet(f"QWidget#banner {{ {edged} }}")
        self.label.setFont(self._theme.font(16))
        self.offer_button.setText(tr(self._offer) if self._offer else "")
        self.offer_button.setVisible(bool(self._offer))
        self.close_button.setToolTip(tr("Close (Esc)"))
        if self.problem is not None:
            self.label.setText(tr_problem(self.problem))

    def _fit(self) -> None:
        """As high as the sentence is at this width.

        The window asks what is above its panes for its size hint, never for its height at a width,
        and a label that wraps hints at a narrow column: one long sentence took a fifth of the
        window.
        """
        above = self.parentWidget()
        width = self.width() if above is None else above.width()
        if self.problem is not None:
            self.setFixedHeight(self._row.totalHeightForWidth(width))

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.LanguageChange:
            self._write()
