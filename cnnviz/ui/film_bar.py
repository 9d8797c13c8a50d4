"""In the line at the bottom: how far a file is, how long it will take, and a way to stop it."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QProgressBar, QToolButton, QWidget

from cnnviz.control.language import tr
from cnnviz.core.numbers import duration, thousands
from cnnviz.ui.line import Line
from cnnviz.ui.theme import Theme


class WritingBar(QWidget):
    """How much of what is being written is there.

    Parameters
    ----------
    name, tip
        What the bar is called for those who hear it, and what cancelling does.
    count
        How many pictures there are, or whatever it is; 0 if nobody can tell.
    """

    cancel_requested = pyqtSignal()

    def __init__(
        self, name: str, tip: str, count: int, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._count = count
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        self.line = Line(parent=self)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setRange(0, count)
        self.bar.setAccessibleName(name)
        self.cancel = QToolButton(self)
        self.cancel.setText(tr("Cancel"))
        self.cancel.setToolTip(tip)
        self.cancel.clicked.connect(self.cancel_requested)
        for part in (self.line, self.bar, self.cancel):
            row.addWidget(part)
        self.line.set_theme(theme)
        self.bar.setFixedWidth(theme.px(120))
        self.say(0, float("nan"))

    def say(self, share: float, left: float) -> None:
        """So much of all is there, from 0 to 1, and the rest takes so many seconds."""
        done = round(share * self._count)
        self.bar.setValue(done)
        self.line.say(self.sentence(done, left))

    def sentence(self, done: int, left: float) -> str:
        """The same in words: so many are there."""
        raise NotImplementedError


class FilmBar(WritingBar):
    """Says how many of a film's pictures are drawn."""

    def __init__(self, count: int, theme: Theme, parent: QWidget | None = None) -> None:
        tip = tr("Stop writing the film; nothing is left of it")
        super().__init__(tr("film"), tip, count, theme, parent)

    def sentence(self, done: int, left: float) -> str:
        return tr(
            "Film: {done} / {count} · {time} left",
            done=thousands(done),
            count=thousands(self._count),
            time=duration(left),
        )


class LessonBar(WritingBar):
    """Says how many hundredths of a lesson are drawn."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        tip = tr("Stop writing the lesson; nothing is left of it")
        super().__init__(tr("Lesson"), tip, 100, theme, parent)

    def sentence(self, done: int, left: float) -> str:
        return tr("Lesson: {done} % · {time} left", done=done, time=duration(left))


class PictureBar(WritingBar):
    """Says of which picture the writing takes long."""

    def __init__(self, file: str, theme: Theme, parent: QWidget | None = None) -> None:
        self._file = file
        tip = tr("Stop writing the picture; nothing is left of it")
        super().__init__(tr("Picture"), tip, 0, theme, parent)

    def sentence(self, done: int, left: float) -> str:
        return tr("Picture: {file}", file=self._file)
