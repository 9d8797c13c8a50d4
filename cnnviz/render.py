"""``cnnviz render``: films, drawings and lessons without a window, drawn as the window does."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from PyQt6.QtCore import QSize
from PyQt6.QtWidgets import QApplication

from cnnviz.control.language import use_language
from cnnviz.core.cursor import Cursor
from cnnviz.core.film import Pacing, Shots, stepped, trained
from cnnviz.core.problem import Problem
from cnnviz.core.timeline import Unit, frame_count
from cnnviz.core.view import View, moved
from cnnviz.engine.stop_signals import stop_signals
from cnnviz.export.film import (
    CancelledError,
    Film,
    Picture,
    beside,
    said_of,
    targets,
)
from cnnviz.launch import make_application
from cnnviz.render_lesson import (
    DRAWINGS_OF_LESSONS,
    filmed,
    lesson_order,
    lesson_path,
    wait_for_threads,
    write_lesson,
    write_lesson_film,
)
from cnnviz.render_line import DRAWINGS, RenderArguments
from cnnviz.render_progress import DONE, NOT_BEGUN, STOPPED, write_drawn
from cnnviz.render_source import Source, source_of
from cnnviz.ui.film_screen import Canvas, Screen
from cnnviz.ui.lesson_steps import Order
from cnnviz.ui.stylesheet import qt_palette, style_sheet
from cnnviz.ui.theme import DARK, LIGHT, Theme

WAIT_SECONDS = 0.001
CLOSING_SECONDS = 5.0


def render_command(arguments: RenderArguments) -> int:
    """Write what the command line says; the exit code."""
    with stop_signals() as caught:
        try:
            lesson = lesson_path(arguments.what)
            source = source_of(arguments) if lesson is None else None
        except Problem as problem:
            return _not_begun(problem)
        if lesson is not None:
            return _render_lesson(arguments, lesson, caught)
        assert source is not None
        try:
            return _render(arguments, source, caught)
        finally:
            if source.steps is not None:
                source.steps.close(CLOSING_SECONDS)


def _render_lesson(arguments: RenderArguments, path: Path, caught: list[int]) -> int:
    app = make_application()
    try:
        return _write_lesson(arguments, path, _theme(app, arguments), caught)
    finally:
        wait_for_threads()  # one may still pack images, with what Qt takes down


def _write_lesson(arguments: RenderArguments, path: Path, theme: Theme, caught: list[int]) -> int:
    try:
        order = lesson_order(path, arguments, theme)
        if arguments.output.suffix.lower() not in DRAWINGS_OF_LESSONS:
            return _film_lesson(arguments, order, caught)
        _check_target(arguments, [arguments.output])
    except Problem as problem:
        return _not_begun(problem)
    return _ended(lambda: write_lesson(arguments.output, order, caught), caught)


def _film_lesson(arguments: RenderArguments, order: Order, caught: list[int]) -> int:
    path, made = arguments.output, filmed(order, arguments)
    _check_target(arguments, targets(path, made.film))
    return _ended(lambda: write_lesson_film(path, made, caught), caught)


def _render(arguments: RenderArguments, source: Source, caught: list[int]) -> int:
    app, path = make_application(), arguments.output
    theme = _theme(app, arguments)
    try:
        shots = _shots(arguments, source.view)
        film = Film(*arguments.size, arguments.fps, tuple(shot.seconds for shot in shots))
        single = path.suffix.lower() in DRAWINGS
        _check_target(arguments, [path] if single else targets(path, film))
    except Problem as problem:
        return _not_begun(problem)
    screen = source.screen(QSize(*arguments.size), theme)
    try:
        if single and isinstance(screen, Screen):
            return _ended(lambda: _write_drawing(path, screen, source, shots), caught)
        return _ended(lambda: _write_film(path, film, screen, source, shots, caught), caught)
    finally:
        screen.deleteLater()


def _theme(app: QApplication, arguments: RenderArguments) -> Theme:
    """How everything looks and speaks."""
    use_language(app, arguments.language)
    theme = Theme(DARK if arguments.theme == "dark" else LIGHT, arguments.zoom / 100)
    app.setPalette(qt_palette(theme))
    app.setStyleSheet(style_sheet(theme))
    return theme


def _not_begun(problem: Problem) -> int:
    sys.stderr.write(f"cnnviz: {problem}\n")
    return NOT_BEGUN


def _ended(write: Callable[[], None], caught: list[int]) -> int:
    """Write it; the exit code."""
    try:
        write()
    except Problem as problem:
        sys.stderr.write(f"\ncnnviz: {problem}\n")
        return STOPPED
    except CancelledError:
        sys.stderr.write("\n")
        return 128 + caught[0]
    return DONE


def _write_film(
    path: Path, film: Film, screen: Canvas, source: Source, shots: Shots, caught: list[int]
) -> None:
    write_drawn(path, film, lambda places: _drawn(screen, source, shots, places, caught), caught)


def _write_drawing(path: Path, screen: Screen, source: Source, shots: Shots) -> None:
    from cnnviz.ui.vector import pdf, svg

    view = _view_at(source, source.view, shots[-1].place)
    what = screen.shown(view, isinstance(shots[-1].place, int))
    content = (svg if path.suffix.lower() == ".svg" else pdf)(what)()
    with said_of(path), beside(path) as made:
        made.write_bytes(content)


def _drawn(
    screen: Canvas, source: Source, shots: Shots, places: Sequence[int], caught: list[int]
) -> Iterator[Picture]:
    view = source.view
    for place in places:
        if caught:
            raise CancelledError
        view = _view_at(source, view, shots[place].place)
        yield screen.picture(view, isinstance(shots[place].place, int))


def _view_at(source: Source, view: View, place: Cursor | int) -> View:
    if isinstance(place, Cursor):
        return moved(view, place)
    assert source.steps is not None
    while (seen := source.steps.view_at(view, place)) is None:
        time.sleep(WAIT_SECONDS)
    if isinstance(seen, Problem):
        raise seen
    return seen


def _shots(arguments: RenderArguments, view: View) -> Shots:
    pacing, rate = Pacing(arguments.pacing), arguments.fps
    steps = arguments.unit == "step"
    unit = Unit.WINDOW if steps else Unit[arguments.unit.upper()]
    count = len(view.kept) if steps else frame_count(view.network, view.cursor, unit)
    first, last = arguments.frames or (1, count)
    if arguments.output.suffix.lower() in DRAWINGS:
        first, pacing = last, Pacing.EVERY
    bounds = first - 1, last - 1
    if steps:
        return trained(view.kept, bounds, pacing, rate)
    return stepped(view.network, view.cursor, unit, bounds, pacing, rate)


def _check_target(arguments: RenderArguments, files: list[Path]) -> None:
    path = arguments.output
    if not path.absolute().parent.is_dir():
        raise Problem("{file}: it is in a folder that does not exist", file=str(path))
    there = [file for file in files if file.exists()]
    if there and not arguments.overwrite:
        raise Problem(
            "{file}: there is such a file already: add --overwrite to replace it, or name another",
            file=there[0].name,
        )
