"""Looking for an answer that comes from another thread: often at first, then once a frame."""

from __future__ import annotations

from time import monotonic

from PyQt6.QtCore import QObject, Qt, QTimer

POLL_MS, SLOW_POLL_MS = 2, 16
"""A filter takes some milliseconds; where torch is still being loaded or a batch takes long, once
a frame is enough."""

QUICK_SECONDS = 0.1
"""How long it is looked for that often."""


class Polling(QTimer):
    """Its `timeout` says when to look."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._since = 0.0
        self.setTimerType(Qt.TimerType.PreciseTimer)

    def begin(self) -> None:
        """Something more is awaited from now on."""
        self._since = monotonic()
        self._look_every(POLL_MS)
        if not self.isActive():
            self.start()

    @property
    def late(self) -> bool:
        """Whether it is awaited so long that the window should say so."""
        return monotonic() - self._since > QUICK_SECONDS

    def slow_down(self) -> bool:
        """Look less often once it is late; whether it has just become so."""
        if not self.late or self.interval() == SLOW_POLL_MS:
            return False
        self._look_every(SLOW_POLL_MS)
        return True

    def _look_every(self, milliseconds: int) -> None:
        if self.interval() != milliseconds:  # setting it begins the interval anew
            self.setInterval(milliseconds)
