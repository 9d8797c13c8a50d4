"""Draws a lesson for a file beside the window's own work, a little at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import monotonic, perf_counter

from PyQt6.QtCore import QObject, Qt, QTimer, pyqtSignal

from cnnviz.control.language import language_now
from cnnviz.control.lesson_writing import LessonWriting
from cnnviz.core.problem import Problem
from cnnviz.ui.filming import CLOSING_SECONDS, PAUSE_MS, PORTION, WAIT_MS
from cnnviz.ui.lesson_steps import Drawing, Make, Order

KNOWN_AFTER = 0.03
"""Share of all that has to be drawn until one can tell how long the rest takes."""


class LessonDrawing(QObject):
    """One lesson, from its first step to its file.

    Parameters
    ----------
    draw
        Draws it in slices.
    pause
        Milliseconds that the window needs for itself between two portions.
    """

    progressed = pyqtSignal(float, float)
    """How much is drawn, from 0 to 1, and the seconds that the rest takes (NaN: not known yet)."""
    ended = pyqtSignal(object)
    """It is written (None), or it is not, for a `Problem`; not emitted after `cancel`."""

    def __init__(
        self,
        path: Path,
        order: Order,
        draw: Callable[[Order], Drawing],
        pause: Callable[[], int] = lambda: PAUSE_MS,
    ) -> None:
        super().__init__()
        self.path = path
        self.order = order
        self._slices = draw(order)
        self._pause = pause
        self._writing: LessonWriting | None = None
        self._begun = monotonic()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._turn)

    def start(self) -> None:
        self._timer.start(0)

    def cancel(self) -> None:
        """Stop; nothing is left of the file."""
        self._timer.stop()
        self._slices.close()
        if self._writing is not None:
            self._writing.close(CLOSING_SECONDS)

    def _turn(self) -> None:
        try:
            pause = self._wait() if self._writing is not None else self._draw()
        except Problem as problem:
            self._end(problem)
            return
        if pause is not None:
            self._timer.start(max(pause, self._pause()))

    def _draw(self) -> int:
        """Draw for a few milliseconds; those until the next portion."""
        if language_now() != self.order.language:
            raise Problem("The language was changed while the lesson was written: write it again.")
        start = perf_counter()
        while perf_counter() - start < PORTION:
            before = perf_counter()
            try:
                share = next(self._slices)
            except StopIteration as end:
                make: Make = end.value
                self._writing = LessonWriting(self.path, make)
                self._writing.start()
                return WAIT_MS
            if share is not None:
                self._say(share)
            elif perf_counter() - before < PORTION / 100:
                return WAIT_MS  # nothing was done: the step is still being computed
        return 0

    def _wait(self) -> int | None:
        """Look whether the file is there."""
        assert self._writing is not None
        if not self._writing.ended:
            return WAIT_MS
        self._end(self._writing.problem)
        return None

    def _end(self, problem: Problem | None) -> None:
        self.cancel()
        self.ended.emit(problem)

    def _say(self, share: float) -> None:
        left = (monotonic() - self._begun) / (share or 1) * (1 - share)
        self.progressed.emit(share, left if share > KNOWN_AFTER else float("nan"))
