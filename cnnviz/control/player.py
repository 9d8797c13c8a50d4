"""Plays the frames of a forward pass at the pacing of `cnnviz.core.pacing`."""

from __future__ import annotations

from PyQt6.QtCore import QElapsedTimer, QObject, Qt, QTimer, pyqtSignal

from cnnviz.core.cursor import Cursor
from cnnviz.core.network import Network
from cnnviz.core.pacing import Plan, plan
from cnnviz.core.timeline import Unit, forward

FRAME_MS = 16
"""Milliseconds between two frames: 60 Hz."""

SPEEDS = (0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0)
"""Speeds one can choose; the keys go from one to the next."""


class Player(QObject):
    """A clock that runs along plans, one after the other, until the forward pass ends."""

    moved = pyqtSignal(Cursor)
    stopped = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.speed = 1.0
        self._plan: Plan | None = None
        self._position = 0.0
        self._clock = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self._tick)

    @property
    def playing(self) -> bool:
        return self._plan is not None

    def play(self, network: Network, cursor: Cursor, unit: Unit) -> None:
        """Go on from a cursor; a cursor that has finished its window goes on with the next one."""
        following = forward(network, cursor, Unit.TERM)
        if following == cursor:
            self.pause()
            return
        self._plan = plan(network, following, unit, again=False)
        self._position = 0.0
        self._clock.start()
        self._timer.start()
        self.moved.emit(self._plan.at(0.0))

    def pause(self) -> None:
        """Stand still; playing can go on from where the cursor is."""
        was_playing = self.playing
        self._timer.stop()
        self._plan = None
        if was_playing:
            self.stopped.emit()

    def _tick(self) -> None:
        if self._plan is None:
            return
        # Time is the state: a late tick shows the frame of now, and none piles up.
        self._position += self._clock.restart() / 1000 * self.speed
        if self._position <= self._plan.duration:
            self.moved.emit(self._plan.at(self._position))
            return
        finished = self._plan
        end = finished.at(finished.duration)
        following = forward(finished.network, end, Unit.TERM)
        if following == end:
            self.moved.emit(end)
            self.pause()
            return
        self._position -= finished.duration
        slow = following.layer != end.layer  # another operation is worth seeing slowly once more
        self._plan = plan(finished.network, following, finished.unit, again=not slow)
        self.moved.emit(self._plan.at(self._position))
