"""Draws for a file beside the window's own work, a little at a time, until it is written."""

from __future__ import annotations

from collections.abc import Callable, Generator
from time import monotonic, perf_counter

from PyQt6.QtCore import QObject, Qt, QTimer, pyqtSignal

from cnnviz.control.file_writing import Writing
from cnnviz.core.problem import Problem

PORTION = 0.008
"""Seconds that drawing may take in one turn of the event loop; a single slice may take longer."""

PAUSE_MS = 1
"""Between two portions."""

BUSY_PAUSE_MS = 8
"""Likewise while the network is trained."""

PLAYING_PAUSE_MS = 24
"""Likewise while the window plays, if nothing moves: a portion follows each of its frames, and does
not come before one (p95 of the frames' intervals 28 ms where it did, on two cores, 2026-11)."""

WAIT_MS = 3
"""Until it is looked again where there was nothing to draw."""

NOTHING = PORTION / 100
"""Seconds; in less nothing can have been drawn."""

KNOWN_AFTER = 0.03
"""Share of all that has to be drawn until one can tell how long the rest takes."""

CLOSING_SECONDS = 5.0

Slices = Generator[float | None, None, None]
"""Draws in slices, and after each says how much of all is drawn, from 0 to 1, or None where that
cannot be told or nothing could be drawn yet.  At its end the file is there."""


class Exporting(QObject):
    """One file, from its first slice to its end.

    Parameters
    ----------
    slices
        Raises the `Problem` because of which there is no file; closed early, it leaves nothing.
    pause
        Milliseconds that the window needs for itself between two portions.
    """

    progressed = pyqtSignal(float, float)
    """How much is drawn, from 0 to 1, and the seconds that the rest takes (NaN: not known yet)."""
    ended = pyqtSignal(object)
    """The file is written (None), or it is not, for a `Problem`; not emitted after `cancel`."""

    def __init__(self, slices: Slices, pause: Callable[[], int] = lambda: PAUSE_MS) -> None:
        super().__init__()
        self._slices = slices
        self._pause = pause
        self._awaiting = False
        self._begun = monotonic()
        self._slowest = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._turn)

    def start(self) -> None:
        self._timer.start(0)

    def beat(self) -> None:
        """The window is drawing a frame of its own: what follows it has the most time."""
        if self._awaiting:
            self._awaiting = False
            self._timer.start(0)

    def cancel(self) -> None:
        """Stop; nothing is left of the file."""
        self._awaiting = False
        self._timer.stop()
        self._slices.close()

    def _turn(self) -> None:
        start, self._awaiting = perf_counter(), False
        try:
            drawn = self._draw()
            while drawn and perf_counter() - start + self._slowest < PORTION:
                drawn = self._draw()
        except StopIteration:
            self.ended.emit(None)
        except Problem as problem:
            self.ended.emit(problem)
        else:
            needed = self._pause()
            self._awaiting = needed >= PLAYING_PAUSE_MS
            self._timer.start(max(needed, 0 if drawn else WAIT_MS))

    def _draw(self) -> bool:
        """Draw a slice; False if there was nothing to draw yet."""
        start = perf_counter()
        share = next(self._slices)
        took = perf_counter() - start
        if share is not None:
            self._say(share)
        elif took < NOTHING:
            return False
        self._slowest = max(0.9 * self._slowest, took)
        return True

    def _say(self, share: float) -> None:
        if not share:
            self._begun = monotonic()
        known = share > KNOWN_AFTER
        left = (monotonic() - self._begun) / share * (1 - share) if known else float("nan")
        self.progressed.emit(share, left)


def written(writing: Writing, closing: float = CLOSING_SECONDS) -> Slices:
    """Wait until a file that is being written is there.

    Parameters
    ----------
    closing
        Seconds at most that are waited when it is cancelled; its thread may end later.
    """
    try:
        while not writing.ended:
            yield None
    finally:
        writing.close(closing)
    if writing.problem is not None:
        raise writing.problem
