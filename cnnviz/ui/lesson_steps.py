"""A lesson drawn step by step, a little at a time: what its HTML file and its handout share."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cnnviz.control.file_writing import ContentWriting, Make
from cnnviz.control.language import language_now, tr
from cnnviz.control.lesson_looking import LessonLooking
from cnnviz.core.lesson import Lesson, Showing, Step
from cnnviz.core.lesson_file import Library
from cnnviz.core.lesson_view import Seen
from cnnviz.core.numbers import number, thousands
from cnnviz.core.problem import Problem
from cnnviz.core.scenes.stage import StageScene, stage_scene
from cnnviz.core.view import View
from cnnviz.resources import resource
from cnnviz.ui.exporting import Slices, written
from cnnviz.ui.theme import Theme

Drawing = Generator[float | None, None, Make]
"""Draws a lesson in slices.  After each it says how much of all is drawn, from 0 to 1; or None: it
waits for a step to be computed."""


@dataclass(frozen=True, eq=False)
class Order:
    """A lesson that is to be written.

    Attributes
    ----------
    numbers
        The steps, from 0.
    language
        "ko" or "en".
    """

    lesson: Lesson
    numbers: Sequence[int]
    library: Library
    theme: Theme
    decimals: int
    language: str

    @property
    def steps(self) -> list[Step]:
        return [self.lesson.steps[number] for number in self.numbers]

    def looking(self, showings: Sequence[Showing] | None = None) -> LessonLooking:
        """Computes what all the steps show, or some of them."""
        wanted = [step.showing for step in self.steps] if showings is None else showings
        return LessonLooking(wanted, self.library, resource())


@contextmanager
def thread_for(name: str) -> Iterator[ThreadPoolExecutor]:
    """A second thread, for what takes longer than the window can wait.

    Nobody waits for it at the end; when that comes too soon, what has not begun is left undone.
    """
    pool = ThreadPoolExecutor(1, name)
    complete = False
    try:
        yield pool
        complete = True
    finally:
        pool.shutdown(wait=False, cancel_futures=not complete)


def next_seen(looking: LessonLooking) -> Generator[None, None, Seen]:
    """Wait for what the next step shows; raises the `Problem` that there is with it."""
    while (found := looking.take()) is None:
        yield None
    if isinstance(found, Problem):
        raise found
    return found


def lesson_slices(path: Path, order: Order, draw: Callable[[Order], Drawing]) -> Slices:
    """A lesson, from its first step to its file."""
    drawing = draw(order)
    try:
        while True:
            if language_now() != order.language:
                raise Problem(
                    "The language was changed while the lesson was written: write it again."
                )
            try:
                share = next(drawing)
            except StopIteration as end:
                make: Make = end.value
                break
            yield share
    finally:
        drawing.close()
    writing = ContentWriting(path, make)
    writing.start()
    yield from written(writing, closing=0.0)


def label_of(view: View, decimals: int) -> str:
    """What a picture shows, for those who hear it: where it stands, and the value there."""
    scene = stage_scene(view)
    if not isinstance(scene, StageScene):
        return ""
    cursor, ledger = scene.cursor, scene.ledger
    place = tr("row {row}, column {column}", row=cursor.row, column=cursor.column)
    if view.past is not None:
        place = f"{tr('step {step}', step=thousands(view.past))}, {place}"
    if scene.added:
        return f"{place}: {number(ledger.result, decimals, integral=True)}"
    value = number(float(ledger.partials[cursor.term]), decimals, integral=True)
    count, terms = cursor.term + 1, ledger.taps.count
    said = tr("{count} of {terms} terms, so far {value}", count=count, terms=terms, value=value)
    return f"{place}: {said}"
