"""A lesson drawn step by step, a little at a time: what its HTML file and its handout share."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass

from cnnviz.control.language import tr
from cnnviz.control.lesson_looking import LessonLooking
from cnnviz.core.lesson import Lesson, Showing, Step
from cnnviz.core.lesson_file import Library
from cnnviz.core.lesson_view import Seen
from cnnviz.core.numbers import number, thousands
from cnnviz.core.problem import Problem
from cnnviz.core.scenes.stage import StageScene, stage_scene
from cnnviz.core.view import View
from cnnviz.resources import resource
from cnnviz.ui.theme import Theme

Make = Callable[[], bytes]
"""Makes the content of a file, in any thread."""

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


def next_seen(looking: LessonLooking) -> Generator[None, None, Seen]:
    """Wait for what the next step shows; raises the `Problem` that there is with it."""
    while (found := looking.take()) is None:
        yield None
    if isinstance(found, Problem):
        raise found
    return found


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
