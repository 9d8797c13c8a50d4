"""What ``cnnviz render`` draws: an example of the Lab, a network, a run, a photograph."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from PyQt6.QtCore import QSize

from cnnviz.control.judged_steps import JudgedSteps
from cnnviz.control.kept_steps import KeptSteps
from cnnviz.control.paired_steps import PairedSteps
from cnnviz.control.side_by_side import END, LEFT, middle
from cnnviz.control.two_runs import Side, TwoRuns
from cnnviz.core.bench import Bench
from cnnviz.core.bench_file import is_bench, read_bench
from cnnviz.core.cursor import Cursor
from cnnviz.core.experiment import Experiment
from cnnviz.core.filtering import EDGES, Channels, filtering, possible_channels
from cnnviz.core.filters import filter_of
from cnnviz.core.kept import Kept
from cnnviz.core.network_file import read_network
from cnnviz.core.picture import SUFFIXES
from cnnviz.core.problem import Problem
from cnnviz.core.side_by_side import together
from cnnviz.core.view import Progress, View, moved
from cnnviz.opening import first_data
from cnnviz.render_lesson import DECIMALS
from cnnviz.render_line import PAGE, RenderArguments
from cnnviz.resources import resource
from cnnviz.ui.film_screen import CONFUSION, PHOTOGRAPH, Screen
from cnnviz.ui.filming import Steps
from cnnviz.ui.pair_screen import PairScreen
from cnnviz.ui.panes.photograph import Given, PhotographPane
from cnnviz.ui.theme import Theme
from cnnviz.ui.workspace import PAIR


@dataclass(frozen=True, eq=False)
class Source:
    """What is drawn.

    Attributes
    ----------
    view
        What it begins from.
    pane
        One of `cnnviz.ui.film_screen.FILMED`, or `PAIR` for two runs side by side.
    lab
        Whether it is an example of the Lab.
    steps
        Reads kept training steps, where it is a recorded run.
    given
        What a photograph's pane is told.
    """

    view: View
    pane: str
    lab: bool = False
    steps: Steps | None = None
    given: Given | None = None

    def screen(self, size: QSize, theme: Theme) -> Screen | PairScreen:
        """What it is drawn on."""
        if isinstance(self.steps, PairedSteps):
            return PairScreen(self.steps, size, theme)
        made = Screen(self.pane, size, theme, DECIMALS, self.lab)
        if self.given is not None and isinstance(made.pane, PhotographPane):
            made.pane.given = self.given
        return made


def source_of(arguments: RenderArguments) -> Source:
    """What the command line names.

    Raises
    ------
    Problem
        If there is no such thing, or it cannot be read.
    """
    what, path = arguments.what, Path(arguments.what)
    if arguments.output.suffix.lower() == PAGE:
        raise Problem("{what}: only a lesson becomes a web page", what=what)
    if arguments.beside is not None:
        return _pair(path, arguments.beside, arguments)
    if path.suffix.lower() == ".cnnviz":
        return _run(path, arguments)
    photograph = resource("images", f"{what}.png")
    if photograph.is_file() or path.suffix.lower() in SUFFIXES:
        return _photograph(photograph if photograph.is_file() else path, arguments)
    bench = resource("lab", f"{what}.toml")
    if bench.is_file() or is_bench(path):
        view = _bench_view(read_bench(bench if bench.is_file() else path))
        return Source(_placed(view, arguments), arguments.pane or "grids", lab=True)
    network = resource("networks", f"{what}.toml")
    if network.is_file() or path.suffix.lower() == ".toml":
        return _network(network if network.is_file() else path, arguments)
    raise Problem(
        "{what}: there is no example, no lesson, no network, no run and no photograph of that name",
        what=what,
    )


def _network(path: Path, arguments: RenderArguments) -> Source:
    from cnnviz.core.settings import TrainingSettings
    from cnnviz.engine.headless import network_view  # torch comes with it

    made = read_network(path)
    data, missing = first_data(arguments.data or "mnist", made)
    if missing is not None:
        raise missing
    experiment = Experiment(made, replace(TrainingSettings(), device="cpu", threads=1), data)
    view = _placed(network_view(experiment, arguments.sample), arguments)
    return Source(view, arguments.pane or "stage")


def _run(path: Path, arguments: RenderArguments) -> Source:
    from cnnviz.engine.headless import run_view

    view, file = run_view(path, arguments.step, arguments.sample)
    assert view.stage is not None
    kept = KeptSteps(file, view.stage.sample)
    view, pane = _placed(view, arguments), arguments.pane or "stage"
    if pane != CONFUSION:
        return Source(view, pane, steps=kept)
    assert view.data is not None
    return Source(view, pane, steps=JudgedSteps(kept, view.data, beside=False))


def _pair(left: Path, right: Path, arguments: RenderArguments) -> Source:
    """Two runs side by side, as in the window: the cursor is the left one's."""
    sides = tuple(_side(path, arguments) for path in (left, right))
    kept = together(*(side.kept or Kept() for side in sides))
    step = END if arguments.step is None else arguments.step
    at = kept.step_at(kept.place_of(step))
    runs = TwoRuns(sides, LEFT, at, kept, View(sides[LEFT].network))
    place = _placed(runs.side_view(LEFT), arguments).cursor
    cursor = replace(middle(sides[LEFT].network, place.layer), channel=place.channel)
    view = moved(runs.side_view(LEFT), cursor)
    return Source(view, PAIR, steps=PairedSteps(runs.seen_from(view)))


def _side(path: Path, arguments: RenderArguments) -> Side:
    from cnnviz.engine.headless import run_view
    from cnnviz.engine.run_reading import read_compared, read_row

    view, file = run_view(path, arguments.step, arguments.sample)
    run = read_compared(read_row(path))
    assert view.data is not None
    images = len(view.data.train_labels)
    return Side(run, file, view.kept, False, run.log, view.data, images, view.stage, awaited=False)


def _photograph(path: Path, arguments: RenderArguments) -> Source:
    from cnnviz.engine.filtering import filtered
    from cnnviz.engine.pictures import read_picture

    if arguments.pane is not None:
        raise Problem(
            "--pane {pane}: a photograph is drawn on its own pane alone", pane=arguments.pane
        )
    picture, kernel = read_picture(path), filter_of(arguments.kernel)
    channels = Channels[arguments.channels.upper()]
    if channels not in possible_channels(picture):
        channels = Channels.GREY  # as in the window: there is nothing to choose
    snapshot = filtered(filtering(0, picture, kernel, channels, EDGES[0]))
    ready = Progress(ready=True, loaded=True)
    view = View(snapshot.network, progress=ready, stage=snapshot, live=snapshot)
    return Source(_placed(view, arguments), PHOTOGRAPH, given=Given(kernel, channels))


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
