"""``cnnviz render`` for lessons: web pages, handouts, films and pictures without a window."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PyQt6.QtCore import QCoreApplication, QEvent, QSize

from cnnviz.control.file_writing import Make
from cnnviz.control.language import resolve_language
from cnnviz.core.lesson import Lesson
from cnnviz.core.lesson_file import is_lesson, read_lesson
from cnnviz.core.lesson_library import lesson_library
from cnnviz.core.problem import Problem
from cnnviz.export.film import (
    FORMATS,
    PNG,
    CancelledError,
    Film,
    Picture,
    beside,
    said_of,
)
from cnnviz.render_line import RenderArguments
from cnnviz.render_progress import Said, write_drawn
from cnnviz.resources import resource
from cnnviz.ui.lesson_film import LessonFilm, Shot
from cnnviz.ui.lesson_handout import handout_drawing
from cnnviz.ui.lesson_html import html_drawing
from cnnviz.ui.lesson_steps import Drawing, Order
from cnnviz.ui.theme import Theme

DRAWINGS_OF_LESSONS = {".html": html_drawing, ".pdf": handout_drawing}
"""What draws a lesson, by the ending of the file."""

DECIMALS = 4
"""Behind the point in a ledger, as the window has them first."""

WAIT_SECONDS = 0.001

WAIT_FOR_THREADS = 10.0
"""Seconds: a photograph is packed in less than one."""


def lesson_path(what: str) -> Path | None:
    """The file of the lesson that is meant; None if what is meant is none."""
    bundled = resource("lessons", f"{what}.toml")
    if bundled.is_file():
        return bundled
    return Path(what) if is_lesson(Path(what)) else None


def lesson_order(path: Path, arguments: RenderArguments, theme: Theme) -> Order:
    """What is to be written of a lesson; raises `Problem` if it cannot be."""
    kinds = (*DRAWINGS_OF_LESSONS, *(ending for ending, _ in FORMATS))
    if arguments.output.suffix.lower() not in kinds:
        raise Problem(
            "{file}: a lesson is written as {kinds}",
            file=arguments.output.name,
            kinds=", ".join(kinds),
        )
    library = lesson_library(resource())
    lesson = read_lesson(path, library)
    numbers = _numbers(lesson, arguments.frames)
    language = resolve_language(arguments.language)
    return Order(lesson, numbers, library, theme, DECIMALS, language)


def _numbers(lesson: Lesson, frames: tuple[int, int] | None) -> range:
    count = len(lesson.steps)
    first, last = frames or (1, count)
    if last > count:
        raise Problem(
            "--frames {first}:{last}: the lesson has {count} steps",
            first=first,
            last=last,
            count=count,
        )
    return range(first - 1, last)


def write_lesson(path: Path, order: Order, caught: list[int]) -> None:
    """Draw a lesson and write it, all of it or nothing.

    Parameters
    ----------
    caught
        Signals; one of them ends it with a `CancelledError`.
    """
    said = Said(len(order.numbers), "steps")
    make = _drawn(DRAWINGS_OF_LESSONS[path.suffix.lower()](order), said, caught)
    content = make()
    if caught:
        raise CancelledError
    with said_of(path), beside(path) as made:
        made.write_bytes(content)
    said.say(len(order.numbers))
    sys.stderr.write("\n")


def wait_for_threads() -> None:
    """Wait for what was begun beside the drawing; stopped, it leaves undone what has not begun."""
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join(WAIT_FOR_THREADS)


@dataclass(frozen=True, eq=False)
class Filmed:
    """A lesson whose pictures are known, and not drawn yet."""

    film: Film
    lesson: LessonFilm
    shots: list[Shot]


def filmed(order: Order, arguments: RenderArguments) -> Filmed:
    """What a film of a lesson consists of; of numbered pictures, one of each step."""
    lesson = LessonFilm(order, QSize(*arguments.size))
    shots = lesson.shots(moving=arguments.output.suffix.lower() != PNG)
    if not shots:
        raise Problem("{file}: these steps have no picture", file=arguments.output.name)
    seconds = tuple(shot.seconds for shot in shots)
    return Filmed(Film(*arguments.size, arguments.fps, seconds), lesson, shots)


def write_lesson_film(path: Path, filmed: Filmed, caught: list[int]) -> None:
    """Draw the pictures of a lesson and write them, all of them or nothing."""

    def drawn(places: Sequence[int]) -> Iterator[Picture]:
        for picture in filmed.lesson.pictures(filmed.shots[place] for place in places):
            if caught:
                raise CancelledError
            yield picture
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    write_drawn(path, filmed.film, drawn, caught)


def _drawn(drawing: Drawing, said: Said, caught: list[int]) -> Make:
    count = said.count
    try:
        while not caught:
            began = time.monotonic()
            share = next(drawing)
            if share is not None:
                said.say(min(share * count, count - 1e-9))
                # Panes that were put away; there is no event loop here that would do it.
                QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
            elif time.monotonic() - began < WAIT_SECONDS:
                time.sleep(WAIT_SECONDS)
    except StopIteration as end:
        make: Make = end.value
        return make
    finally:
        drawing.close()
    raise CancelledError
