"""What a lesson's steps show, computed without a window, and the same every time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from cnnviz.core.bench_edits import with_field
from cnnviz.core.bench_file import read_bench
from cnnviz.core.cursor import Cursor, clamped, group_size, terms_of
from cnnviz.core.experiment import Experiment
from cnnviz.core.filtering import EDGES, Channels, filtering
from cnnviz.core.filters import filter_of
from cnnviz.core.known_data import named
from cnnviz.core.lesson import (
    LabShowing,
    NetworkShowing,
    PhotographShowing,
    Place,
    RunsShowing,
    Showing,
)
from cnnviz.core.lesson_file import Library
from cnnviz.core.lesson_view import MOST_FRAMES, Seen, places_around
from cnnviz.core.network import Network
from cnnviz.core.network_file import read_network
from cnnviz.core.ready_made import read_ready_made
from cnnviz.core.settings import TrainingSettings
from cnnviz.core.view import Progress, View, moved
from cnnviz.engine.calculator import apply, bench_snapshot
from cnnviz.engine.lesson_ahead import Ahead, Asked, Prepared, experiment_of_run
from cnnviz.engine.lesson_session import answered
from cnnviz.engine.pictures import read_picture
from cnnviz.engine.run_reading import read_compared, read_row

CHANNELS = {"grey": Channels.GREY, "apart": Channels.APART, "summed": Channels.SUMMED}

STEPPED = {"stage", "matrix", "graph"}
"""The panes in which a network is stepped; beside others there is nothing to go through."""

FILM_STEPS = 24
"""Kept steps of a run that is played back in a lesson: dense at first, as they are kept."""


class LessonViews:
    """Computes steps; what two of them share is read once.

    Parameters
    ----------
    folder
        The resources, for photographs, and the networks and runs of experiments.
    """

    def __init__(self, library: Library, folder: Path) -> None:
        self._library = library
        self._folder = folder
        self._ahead = Ahead()  # whose thread is never begun
        self._experiments: dict[str, tuple[Experiment, int]] = {}

    def seen(self, showing: Showing) -> Seen:
        """What a step shows; raises `Problem` if something of it cannot be read."""
        if isinstance(showing, LabShowing):
            return self._lab(showing)
        if isinstance(showing, NetworkShowing):
            return self._network(showing)
        if isinstance(showing, PhotographShowing):
            return self._photograph(showing)
        assert isinstance(showing, RunsShowing)
        return self._runs(showing)

    # --- numbers and photographs -----------------------------------------------------------

    def _lab(self, showing: LabShowing) -> Seen:
        bench = read_bench(self._library.examples[showing.example])
        for name, value in showing.fields:
            bench = with_field(bench, name, value)
        snapshot = bench_snapshot(bench)
        view = View(bench.network, progress=_READY, stage=snapshot, live=snapshot)
        return _stepped(showing, view, replace(showing.place, layer=1))

    def _photograph(self, showing: PhotographShowing) -> Seen:
        picture = read_picture(self._folder / "images" / f"{showing.photograph}.png")
        kernel, channels = filter_of(showing.filter), CHANNELS[showing.channels]
        asked = filtering(0, picture, kernel, channels, EDGES[0])
        operation = asked.network.layers[0].operation
        output = apply(operation, asked.image, {"weight": asked.weight})
        snapshot = asked.answered(output)
        view = View(asked.network, progress=_READY, stage=snapshot, live=snapshot)
        cursor = _cursor(asked.network, replace(showing.place, layer=1))
        return Seen(showing, (moved(view, cursor),), filtered=(kernel, channels))

    # --- experiments -------------------------------------------------------------------------

    def _runs(self, showing: RunsShowing) -> Seen:
        """An experiment finished, as the window shows it in a lesson."""
        if not showing.experiment:
            return Seen(showing)
        path = self._library.experiments[showing.experiment]
        made = read_ready_made(path, self._folder / "networks")
        paths = made.paths(path.parent / "runs")
        if not all(path.is_file() for path in paths):
            return Seen(showing, experiment=made)
        runs = tuple(read_compared(read_row(path)) for path in paths)
        # The table of differences has no chart.
        charted = showing.look != "differences"
        frames = (View(runs[0].experiment.network),) if charted else ()
        return Seen(showing, frames, experiment=made, runs=runs)

    # --- networks and runs -----------------------------------------------------------------

    def _network(self, showing: NetworkShowing) -> Seen:
        asked = self._asked(showing)
        prepared = self._ahead.prepare(asked)
        view = _view(prepared, showing)
        view = moved(view, _cursor(view.network, showing.place))
        view = answered(view, prepared, showing.panes)
        if not showing.film:
            steps = not showing.panes or not STEPPED.isdisjoint(showing.panes)
            return _stepped(showing, view, showing.place, MOST_FRAMES if steps else 1)
        kept, first = prepared.kept, prepared.kept.place_of(asked.step)
        places = np.unique(np.linspace(first, len(kept) - 1, FILM_STEPS).round().astype(int))
        others = [replace(asked, step=kept.step_at(place)) for place in places.tolist()[1:]]
        films = [_view(self._ahead.prepare(other), showing) for other in others]
        return Seen(showing, tuple(moved(v, view.cursor) for v in (view, *films)))

    def _asked(self, showing: NetworkShowing) -> Asked:
        run = self._library.runs[showing.run] if showing.run else None
        key = f"run {showing.run}" if run else f"{showing.network} {showing.data}"
        if key not in self._experiments:
            if run is not None:
                experiment, last = experiment_of_run(run)
            else:
                network, last = read_network(self._library.networks[showing.network]), 0
                experiment = Experiment(network, TrainingSettings(), named(showing.data))
            settings = replace(experiment.settings, device="cpu", threads=1)
            self._experiments[key] = replace(experiment, settings=settings), last
        experiment, last = self._experiments[key]
        step = (last if showing.step < 0 else showing.step) if run else 0
        return Asked(key, experiment, run, step, showing.sample, showing.striking)


_READY = Progress(ready=True, loaded=True)


def _stepped(showing: Showing, view: View, place: Place, most: int = MOST_FRAMES) -> Seen:
    places, at = places_around(view.network, _cursor(view.network, place), most)
    return Seen(showing, tuple(_looking(view, place) for place in places), at)


def _cursor(network: Network, place: Place) -> Cursor:
    there = clamped(network, Cursor(place.layer - 1, place.channel, place.row, place.column))
    terms = terms_of(network.layers[there.layer])
    return replace(there, term=terms if place.term < 0 else min(place.term, terms))


def _looking(view: View, cursor: Cursor) -> View:
    layer = view.network.layers[cursor.layer]
    done = cursor.term >= terms_of(layer)
    return replace(view, cursor=cursor, opened=0 if done else cursor.term // group_size(layer))


def _view(prepared: Prepared, showing: NetworkShowing) -> View:
    asked, log, data = prepared.asked, prepared.log, prepared.data
    settings = asked.experiment.settings
    images = settings.train_images or len(data.train_images)
    return View(
        network=asked.experiment.network,
        settings=settings,
        unit=showing.unit,
        stage=prepared.snapshot,
        live=prepared.snapshot,
        held=asked.run is not None,
        past=prepared.snapshot.step if asked.run is not None else None,
        kept=prepared.kept,
        metrics=log,
        metric_count=log.count,
        evaluation_count=len(log.evaluations),
        data=data,
        sample=asked.sample % len(data.test_labels),
        striking=asked.striking,
        progress=replace(
            _READY,
            step=log.count,
            batches=images // settings.batch_size,
            test_count=len(data.test_images),
        ),
    )
