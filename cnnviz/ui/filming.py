"""Draws a film beside the window's own work, a little at a time, while a thread writes it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

from cnnviz.control.film_writing import FilmWriting
from cnnviz.control.judged_steps import JudgedSteps
from cnnviz.control.kept_steps import KeptSteps
from cnnviz.control.paired_steps import PairedSteps
from cnnviz.core.cursor import Cursor
from cnnviz.core.film import Shots
from cnnviz.core.problem import Problem
from cnnviz.core.view import View, moved
from cnnviz.export.film import GIF, Film, Picture
from cnnviz.ui.exporting import CLOSING_SECONDS, PAUSE_MS, Exporting, Slices, written
from cnnviz.ui.film_screen import Canvas

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


class Filming(Exporting):
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

    def __init__(
        self,
        order: Order,
        screen: Canvas,
        steps: Steps | None = None,
        pause: Callable[[], int] = lambda: PAUSE_MS,
    ) -> None:
        super().__init__(self._drawn(), pause)
        self.order = order
        self._steps = steps
        self._screen = screen
        self._view = order.view
        self.ended.connect(self._put_away)

    def cancel(self) -> None:
        super().cancel()
        self._put_away()

    def _put_away(self) -> None:
        if self._steps is not None:
            self._steps.close(CLOSING_SECONDS)
        self._screen.deleteLater()

    def _drawn(self) -> Slices:
        order, samples = self.order, list[Picture]()
        of_colours = order.film.samples() if order.path.suffix.lower() == GIF else ()
        for place in of_colours:
            samples.append((yield from self._picture(place)))
            yield None
        self._view = order.view
        writing = FilmWriting(order.path, order.film, samples)
        writing.start()
        try:
            yield 0.0
            for place in range(len(order.shots)):
                while writing.full and not writing.ended:
                    yield None
                if writing.ended:
                    break
                writing.offer((yield from self._picture(place)))
                yield (place + 1) / len(order.shots)
            yield from written(writing)
        finally:
            writing.close(CLOSING_SECONDS)

    def _picture(self, place: int) -> Generator[None, None, Picture]:
        """Draw a picture, once its training step has been read."""
        at = self.order.shots[place].place
        if isinstance(at, Cursor):
            self._view = moved(self._view, at)
            return self._screen.picture(self._view)
        assert self._steps is not None
        while (view := self._steps.view_at(self._view, at)) is None:
            yield None
        if isinstance(view, Problem):
            raise view
        self._view = view
        return self._screen.picture(self._view, step=True)
