"""A download as the window sees it: how far it is, and what became of it."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from cnnviz.core.known_data import Published
from cnnviz.core.problem import Problem
from cnnviz.engine.download import Download

INTERVAL = 100
"""Milliseconds between two looks at how far it is."""


class Downloading(QObject):
    """Starts at once; says how far it is, and once that it is over."""

    progressed = pyqtSignal(int)
    """Bytes so far."""
    completed = pyqtSignal()
    """All files are in their place."""
    failed = pyqtSignal(Problem)
    """Why they are not."""
    ended = pyqtSignal()
    """It is over, in whatever way; the last that is said."""

    def __init__(self, found: Published, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.download = Download(found, folder)
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL)
        self._timer.timeout.connect(self._look)
        self._timer.start()
        self.download.start()

    def cancel(self) -> None:
        """Give it up; nothing is said any more but that it has ended."""
        self._timer.stop()
        self.download.cancel()
        self.ended.emit()

    def _look(self) -> None:
        self.progressed.emit(self.download.done)
        if not self.download.finished:
            return
        self._timer.stop()
        if self.download.problem is not None:
            self.failed.emit(self.download.problem)
        elif self.download.complete:
            self.completed.emit()
        self.ended.emit()
