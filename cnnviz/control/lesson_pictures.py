"""The photographs of a lesson, read before a step asks for them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from cnnviz.core.picture import Picture
from cnnviz.core.problem import Problem
from cnnviz.engine.picture_reader import PictureReader

POLL_MS = 10


class LessonPictures(QObject):
    """Reads one after the other, and keeps them until another lesson needs others."""

    read = pyqtSignal()
    """One more is there, or cannot be read."""
    noticed = pyqtSignal(Problem, bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._reader = PictureReader()
        self._found: dict[Path, Picture] = {}
        self._waiting: list[Path] = []
        self._reading: Path | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._drain)

    def need(self, paths: Iterable[Path]) -> None:
        """Read these, the first of them first."""
        wanted = list(dict.fromkeys(paths))
        self._found = {path: found for path, found in self._found.items() if path in wanted}
        self._waiting = [path for path in wanted if path not in self._found]
        self._next()

    def take(self, path: Path) -> Picture | None:
        """One of them, if it is there."""
        return self._found.get(path)

    def close(self, timeout: float) -> None:
        """Read nothing more."""
        self._timer.stop()
        self._waiting.clear()
        self._reader.close(timeout)

    def _next(self) -> None:
        if self._reading is None and self._waiting:
            self._reading = self._waiting.pop(0)
            self._reader.read(self._reading)
            self._timer.start()

    def _drain(self) -> None:
        answer = self._reader.take()
        if answer is None or self._reading is None:
            return
        path, self._reading = self._reading, None
        self._timer.stop()
        if isinstance(answer, Problem):
            self.noticed.emit(answer, True)
        else:
            self._found[path] = answer
        self._next()
        self.read.emit()
