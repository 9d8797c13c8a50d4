"""One sentence across the window when something went wrong, or is worth knowing."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, Qt
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
        self._theme = Theme()
        row = QHBoxLayout(self)
        self.label = QLabel(self)
        self.label.setWordWrap(True)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        # Else it is never lower than its text would be in a narrow column: three lines for one.
        self.label.setMinimumHeight(1)
        self.close_button = QToolButton(self)
        self.close_button.setObjectName("titlebutton")
        self.close_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.close_button.clicked.connect(self.dismiss)
        row.addWidget(self.label, 1)
        row.addWidget(self.close_button)
        self.hide()

    def say(self, problem: Problem, failed: bool) -> None:
        """Show a sentence; ``failed`` colours it as something that did not succeed."""
        self.problem, self._failed = problem, failed
        self._write()
        self.show()

    def dismiss(self) -> None:
        """Take the sentence away."""
        self.problem = None
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.close_button.setIcon(icon("close", theme.palette.muted))
        self._write()

    def _write(self) -> None:
        palette, px = self._theme.palette, self._theme.px
        edge = palette.wrong if self._failed else palette.input
        edged = f"border-left: {px(6)}px solid {edge}; background: {palette.raised};"
        self.setStyleSheet(f"QWidget#banner {{ {edged} }}")
        self.label.setFont(self._theme.font(16))
        self.close_button.setToolTip(tr("Close (Esc)"))
        if self.problem is not None:
            self.label.setText(tr_problem(self.problem))

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.LanguageChange:
            self._write()
