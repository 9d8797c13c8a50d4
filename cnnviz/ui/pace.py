"""Whether frames follow one another so fast that only what moves is drawn."""

from __future__ import annotations

from time import monotonic

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

FAST_SECONDS = 0.1
"""Frames that follow one another faster are fast: text in them cannot be read."""


class Pace(QObject):
    """Is told of every frame; says so when none has followed a fast one."""

    caught_up = pyqtSignal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._last = 0.0
        self._was_playing = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(round(1000 * FAST_SECONDS))
        self._timer.timeout.connect(self.caught_up)

    def is_fast(self, playing: bool) -> bool:
        """Tell of a frame; whether it is one of many that follow one another fast."""
        now = monotonic()
        fast = playing and self._was_playing and now - self._last < FAST_SECONDS
        self._was_playing, self._last = playing, now
        if fast:
            self._timer.start()  # when no frame follows, everything shows the last one
        else:
            self._timer.stop()
        return fast
