"""The line above the list of runs: how many there are, and what can be done with those selected."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from cnnviz.control.language import tr
from cnnviz.core.recorded import RunRow
from cnnviz.ui.theme import Theme


class RunsHeading(QWidget):
    """A title, a note, and a button for each of some actions."""

    def __init__(self, actions: list[QAction], parent: QWidget) -> None:
        super().__init__(parent)
        self._title, self._note = QLabel(self), QLabel(self)
        self._title.setObjectName("brand")
        self._note.setObjectName("muted")
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._title)
        self._row.addWidget(self._note, 1)
        for action in actions:
            button = QToolButton(self)
            button.setDefaultAction(action)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self._row.addWidget(button)

    def say(self, rows: tuple[RunRow, ...] | None) -> None:
        """Say how many runs there are and how large; None while nobody knows yet."""
        self._title.setText(tr("Runs"))
        size = f"{sum(row.size for row in rows or ()) / 1e6:,.0f}"
        if rows is None:
            note = tr("The runs are being read…")
        elif not rows:
            note = tr("There is none yet: every run that is trained is recorded and listed here.")
        elif len(rows) == 1:
            note = tr("one run, {size} MB", size=size)
        else:
            note = tr("{count} runs, {size} MB", count=len(rows), size=size)
        self._note.setText(note)

    def set_theme(self, theme: Theme) -> None:
        """Take another zoom."""
        margin = theme.px(12)
        self._row.setContentsMargins(margin, theme.px(6), margin, theme.px(6))
        self._row.setSpacing(theme.px(8))
