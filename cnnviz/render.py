"""``cnnviz render``: films, drawings and lessons without a window, drawn as the window does."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from PyQt6.QtCore import QSize
from PyQt6.QtWidgets import QApplication

from cnnviz.control.kept_steps import KeptSteps
from cnnviz.control.language import use_language
from cnnviz.core.bench import Bench
from cnnviz.core.bench_file import is_bench, read_bench
from cnnviz.core.cursor import Cursor
from cnnviz.core.experiment import Experiment
from cnnviz.core.film import Pacing, Shots, stepped, trained, view_at_step
from cnnviz.core.network_file import read_network
from cnnviz.core.problem import Problem
from cnnviz.core.timeline import Unit, frame_count
from cnnviz.core.view import Progress, View, moved
from cnnviz.engine.stop_signals import stop_signals
from cnnviz.export.film import (
    GIF,
    CancelledError,
    Film,
    Picture,
    beside,
    said_of,
    targets,
    write_film,
)
from cnnviz.launch import make_application
from cnnviz.opening import first_data
from cnnviz.render_lesson import DECIMALS, lesson_order, lesson_path, write_lesson
from cnnviz.render_line import DRAWINGS, PAGE, RenderArguments
from cnnviz.render_progress import DONE, NOT_BEGUN, STOPPED, Said
from cnnviz.resources import resource
from cnnviz.ui.film_screen import Screen
from cnnviz.ui.stylesheet import qt_palette, style_sheet
from cnnviz.ui.theme import DARK, LIGHT, Theme

WAIT_SECONDS = 0.001
CLOSING_SECONDS = 5.0


@dataclass(frozen=True, eq=False)
class Source:
    """What is drawn.

    Attributes
    ----------
    lab
        Whether it is an example of the Lab.
    steps
        Reads kept training steps, where it is a recorded run.
    """

    view: View
    lab: bool = False
    steps: KeptSteps | None = None


def render_command(arguments: RenderArguments) -> int:
    """Write what the command line says; the exit code."""
    with stop_signals() as caught:
        try:
            lesson = lesson_path(arguments.what)
            source = _source(arguments) if lesson is None else None
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
    theme = _theme(app, arguments)
    try:
        order = lesson_order(path, arguments, theme)
        _check_target(arguments, [arguments.output])
    except Problem as problem:
        return _not_begun(problem)
    return _ended(lambda: write_lesson(arguments.output, order, caught), caught)


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
    pane = arguments.pane or ("grids" if source.lab else "stage")
    screen = Screen(pane, QSize(*arguments.size), theme, DECIMALS, source.lab)
    try:
        if single:
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
    path: Path, film: Film, screen: Screen, source: Source, shots: Shots, caught: list[int]
) -> None:
    gif = path.suffix.lower() == GIF  # whose colours are taken from some of the pictures
    samples = list(_drawn(screen, source, shots, film.samples() if gif else [], caught))
    pictures = _drawn(screen, source, shots, range(len(shots)), caught)
    said = Said(len(shots))
    write_film(path, film, pictures, samples, said.say, lambda: bool(caught))
    said.say(len(shots))
    sys.stderr.write("\n")


def _write_drawing(path: Path, screen: Screen, source: Source, shots: Shots) -> None:
    from cnnviz.ui.vector import pdf, svg

    view = _view_at(source, source.view, shots[-1].place)
    what = screen.shown(view, isinstance(shots[-1].place, int))
    content = (svg if path.suffix.lower() == ".svg" else pdf)(what)()
    with said_of(path), beside(path) as made:
        made.write_bytes(content)


def _drawn(
    screen: Screen, source: Source, shots: Shots, places: list[int] | range, caught: list[int]
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
    while (seen := source.steps.look(place)) is None:
        time.sleep(WAIT_SECONDS)
    if isinstance(seen, Problem):
        raise seen
    return view_at_step(view, seen)


# --- what is drawn ---------------------------------------------------------------------------


def _source(arguments: RenderArguments) -> Source:
    """Raises `Problem` if there is no such thing."""
    path = Path(arguments.what)
    if arguments.output.suffix.lower() == PAGE:
        raise Problem("{what}: only a lesson becomes a web page", what=arguments.what)
    bench = resource("lab", f"{arguments.what}.toml")
    network = resource("networks", f"{arguments.what}.toml")
    if path.suffix.lower() == ".cnnviz":
        return _run(path, arguments)
    if bench.is_file() or is_bench(path):
        return Source(
            _placed(_bench_view(read_bench(bench if bench.is_file() else path)), arguments),
            lab=True,
        )
    if not network.is_file() and path.suffix.lower() != ".toml":
        raise Problem(
            "{what}: there is no example, no lesson, no network and no run of that name",
            what=arguments.what,
        )
    from cnnviz.core.settings import TrainingSettings
    from cnnviz.engine.headless import network_view

    made = read_network(network if network.is_file() else path)
    data, missing = first_data(arguments.data or "mnist", made)
    if missing is not None:
        raise missing
    experiment = Experiment(made, replace(TrainingSettings(), device="cpu", threads=1), data)
    return Source(_placed(network_view(experiment, arguments.sample), arguments))


def _run(path: Path, arguments: RenderArguments) -> Source:
    from cnnviz.engine.headless import run_view

    view, file = run_view(path, arguments.step, arguments.sample)
    assert view.stage is not None
    return Source(_placed(view, arguments), steps=KeptSteps(file, view.stage.sample))


def _bench_view(bench: Bench) -> View:
    from cnnviz.engine.calculator import bench_snapshot  # torch comes with it

    snapshot = bench_snapshot(bench)
    ready = Progress(ready=True, loaded=True)
    return View(bench.network, progress=ready, stage=snapshot, live=snapshot)


def _placed(view: View, arguments: RenderArguments) -> View:
    """The view with its cursor in the layer and channel that are asked for."""
    layers = view.network.layers
    _check_place("layer", arguments.layer, 1, len(layers))
    channels = layers[arguments.layer - 1].grid[0]
    _check_place("channel", arguments.channel, 0, channels - 1)
    return moved(view, Cursor(arguments.layer - 1, arguments.channel))


def _check_place(name: str, number: int, first: int, last: int) -> None:
    if not first <= number <= last:
        raise Problem(
            "--{name} {number}: there are {first} to {last}",
            name=name,
            number=number,
            first=first,
            last=last,
        )


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
