"""Draws a film beside the window's own work, a little at a time, while a thread writes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, perf_counter

from PyQt6.QtCore import QObject, Qt, QTimer, pyqtSignal

from cnnviz.control.film_writing import FilmWriting
from cnnviz.control.judged_steps import JudgedSteps
from cnnviz.control.kept_steps import KeptSteps
from cnnviz.control.paired_steps import PairedSteps
from cnnviz.core.cursor import Cursor
from cnnviz.core.film import Shots
from cnnviz.core.problem import Problem
from cnnviz.core.view import View, moved
from cnnviz.export.film import GIF, Film, Picture
from cnnviz.ui.film_screen import Canvas

PORTION = 0.008
"""Seconds that drawing may take in one turn of the event loop; a single picture may take longer."""

PAUSE_MS = 1
"""Between two portions."""

BUSY_PAUSE_MS = 8
"""Likewise while the network is trained."""

PLAYING_PAUSE_MS = 24
"""Likewise while the window plays, if nothing moves: a portion follows each of its frames, and does
not come before one (p95 of the frames' intervals 28 ms where it did, on two cores, 2026-11)."""

WAIT_MS = 3
"""Until it is looked again whether a picture can be taken, or a step has been read."""

CLOSING_SECONDS = 5.0

Steps = KeptSteps | JudgedSteps | PairedSteps


@dataclass(frozen=True, eq=False)
class Order:
    """A film that was asked for.

    Attributes
    ----------
    view
        What it begins from: everything but the place of the cursor, or the training step.
    """

    path: Path
    view: View
    shots: Shots
    size: tuple[int, int]
    rate: int

    @property
    def film(self) -> Film:
        return Film(*self.size, self.rate, tuple(shot.seconds for shot in self.shots))


class Filming(QObject):
    """One film, from its first picture to its file.

    Parameters
    ----------
    screen
        What the pictures are drawn on; it is put away at the end.
    steps
        Where training steps are read, for a film of training; it is closed at the end.
    pause
        Milliseconds that the window needs for itself between two portions.
    """

    progressed = pyqtSignal(int, float)
    """Pictures that are drawn, and the seconds that the others will take (NaN: not known yet)."""
    ended = pyqtSignal(object)
    """The film is written (None), or it is not, for a `Problem`; not emitted after `cancel`."""

    def __init__(
        self,
        order: Order,
        screen: Canvas,
        steps: Steps | None = None,
        pause: Callable[[], int] = lambda: PAUSE_MS,
    ) -> None:
        super().__init__()
        self.order = order
        self._steps = steps
        self._pause = pause
        self._awaiting = False
        self._screen = screen
        self._places = self._all_places()
        self._place: int | None = None
        self._waiting: Picture | None = None
        self._samples = list[Picture]()
        self._view = order.view
        self._writing: FilmWriting | None = None
        self._begun = monotonic()
        self._drawn = 0
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
        """Stop; nothing is left of the film."""
        self._end()

    def _all_places(self) -> Iterator[int | None]:
        """Which pictures are drawn: first those that colours are taken from, None, then all."""
        if self.order.path.suffix.lower() == GIF:
            yield from self.order.film.samples()
        yield None
        yield from range(len(self.order.shots))

    def _turn(self) -> None:
        start, self._awaiting = perf_counter(), False
        try:
            pause = self._draw_one()
            while not pause and perf_counter() - start + self._slowest < PORTION:
                pause = self._draw_one()
        except StopIteration:
            pause = WAIT_MS
        except Problem as problem:
            self._end()
            self.ended.emit(problem)
            return
        if self._writing is not None and self._writing.ended:
            found = self._writing.problem
            self._end()
            self.ended.emit(found)
            return
        needed = self._pause()
        self._awaiting = needed >= PLAYING_PAUSE_MS
        self._timer.start(max(pause, needed))

    def _draw_one(self) -> int:
        """Draw the next picture and hand it on; the milliseconds to wait where that cannot be."""
        if self._writing is not None and (self._writing.full or self._writing.ended):
            return WAIT_MS
        if self._place is None:
            self._place = next(self._places)
        if self._place is None:
            self._begin_writing()
            return 0
        start = perf_counter()
        picture = self._drawn_at(self._place)
        if picture is None:
            return WAIT_MS
        self._slowest = max(0.9 * self._slowest, perf_counter() - start)
        self._place = None
        if self._writing is None:
            self._samples.append(picture)
        else:
            self._writing.offer(picture)
            self._say_progress()
        return 0

    def _drawn_at(self, place: int) -> Picture | None:
        """A picture; None while its training step is being read."""
        at = self.order.shots[place].place
        if isinstance(at, Cursor):
            self._view = moved(self._view, at)
            return self._screen.picture(self._view)
        assert self._steps is not None
        view = self._steps.view_at(self._view, at)
        if isinstance(view, Problem):
            raise view
        if view is None:
            return None
        self._view = view
        return self._screen.picture(self._view, step=True)

    def _begin_writing(self) -> None:
        self._view = self.order.view
        self._writing = FilmWriting(self.order.path, self.order.film, self._samples)
        self._writing.start()
        self._begun = monotonic()

    def _say_progress(self) -> None:
        self._drawn += 1
        each = (monotonic() - self._begun) / self._drawn
        left = each * (len(self.order.shots) - self._drawn)
        self.progressed.emit(self._drawn, left if self._drawn > 3 else float("nan"))

    def _end(self) -> None:
        self._awaiting = False
        self._timer.stop()
        if self._writing is not None:
            self._writing.close(CLOSING_SECONDS)
        if self._steps is not None:
            self._steps.close(CLOSING_SECONDS)
        self._screen.deleteLater()
