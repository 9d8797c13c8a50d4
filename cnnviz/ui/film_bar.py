"""In the line at the bottom: how far a film is, how long it will take, and a way to stop it."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QProgressBar, QToolButton, QWidget

from cnnviz.control.language import tr
from cnnviz.core.numbers import duration, thousands
from cnnviz.ui.line import Line
from cnnviz.ui.theme import Theme


class FilmBar(QWidget):
    """Says how many of the pictures are drawn."""

    cancel_requested = pyqtSignal()

    def __init__(self, count: int, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count = count
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        self.line = Line(parent=self)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setRange(0, count)
        self.bar.setAccessibleName(tr("film"))
        self.cancel = QToolButton(self)
        self.cancel.setText(tr("Cancel"))
        self.cancel.setToolTip(tr("Stop writing the film; nothing is left of it"))
        self.cancel.clicked.connect(self.cancel_requested)
        for part in (self.line, self.bar, self.cancel):
            row.addWidget(part)
        self.line.set_theme(theme)
        self.bar.setFixedWidth(theme.px(120))
        self.say(0, float("nan"))

    def say(self, done: int, left: float) -> None:
        """So many pictures are drawn, and the others take so many seconds."""
        self.bar.setValue(done)
        self.line.say(
            tr(
                "Film: {done} / {count} · {time} left",
                done=thousands(done),
                count=thousands(self._count),
                time=duration(left),
            )
        )
