"""What the window shows now, as a step of a lesson would say it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np

from cnnviz.core.augmentation import augmentation_text
from cnnviz.core.bench import Bench, fields_of
from cnnviz.core.bench_edits import with_field
from cnnviz.core.bench_file import read_bench
from cnnviz.core.cursor import terms_of
from cnnviz.core.lesson import (
    LOOKS,
    WAYS,
    LabShowing,
    NetworkShowing,
    PhotographShowing,
    Place,
    RunsShowing,
    Showing,
)
from cnnviz.core.lesson_file import Library
from cnnviz.core.network_file import read_network
from cnnviz.core.problem import Problem
from cnnviz.core.scenes.exciting import Look
from cnnviz.core.scenes.rehearsal import Part
from cnnviz.core.view import View
from cnnviz.ui.lab import LabPage
from cnnviz.ui.lecture_state import CHANNELS
from cnnviz.ui.workspace import LAB, NETWORK, PHOTOGRAPHS, RUNS

if TYPE_CHECKING:
    from cnnviz.ui.main_window import MainWindow
    from cnnviz.ui.panes.exciting import ExcitingPane
    from cnnviz.ui.panes.rehearsal import RehearsalPane
    from cnnviz.ui.photographs import PhotographsPage
    from cnnviz.ui.runs import RunsPage


def recorded(window: MainWindow, library: Library) -> Showing:
    """The window's present state.

    Raises
    ------
    Problem
        If there is something in it that no lesson can name: numbers or networks of one's own.
    """
    key = window.workspaces.key
    if key == LAB:
        return _lab(cast("LabPage", window.workspaces.page), library)
    if key == NETWORK:
        return _network(window, library)
    if key == PHOTOGRAPHS:
        return _photograph(cast("PhotographsPage", window.workspaces.page), library)
    if key == RUNS:
        page = cast("RunsPage", window.workspaces.page)
        look = LOOKS[RUNS][page.comparison.stack.currentIndex()]
        return RunsShowing(experiment="" if page.shown is None else page.shown.key, look=look)
    raise Problem("A network that is being edited cannot be recorded: apply it first.")


def place_of(view: View) -> Place:
    """Where a view looks."""
    cursor = view.cursor
    finished = cursor.term >= terms_of(view.network.layers[cursor.layer])
    return Place(
        layer=cursor.layer + 1,
        channel=cursor.channel,
        row=cursor.row,
        column=cursor.column,
        term=-1 if finished else cursor.term,
    )


def _lab(page: LabPage, library: Library) -> LabShowing:
    bench, view = page.lab.bench, page.lab.view
    path = library.examples.get(bench.preset)
    if path is None:
        raise Problem("A lesson shows examples of the Lab: take one of them first.")
    return LabShowing(
        example=bench.preset,
        fields=changed_fields(read_bench(path), bench),
        way=WAYS[page.stack.currentIndex()],
        place=place_of(view),
        unit=view.unit,
        speed=view.speed,
    )


def changed_fields(example: Bench, bench: Bench) -> tuple[tuple[str, object], ...]:
    """The fields in which a bench is other than its example.

    Raises
    ------
    Problem
        If it is other in anything else.
    """
    said = Problem(
        "The numbers are others than the example's: a step can change an example's fields, but not "
        "its cells. Undo what was typed, or take the example again."
    )
    if type(example.operation) is not type(bench.operation):
        raise said
    names = [
        name
        for name in fields_of(type(bench.operation))
        if getattr(bench.operation, name) != getattr(example.operation, name)
    ]
    found: list[tuple[str, object]] = []
    made = example
    for name in names:
        value = getattr(bench.operation, name)
        if value == getattr(made.operation, name):
            continue  # it has followed from another field
        if isinstance(value, tuple) and len(set(value)) == 1:
            value = value[0]  # as one would write it
        made = with_field(made, name, value)
        found.append((name, value))
    same = made.operation == bench.operation and made.parameters.keys() == bench.parameters.keys()
    if not same or not np.array_equal(made.input, bench.input):
        raise said
    if any(not np.array_equal(made.parameters[n], bench.parameters[n]) for n in made.parameters):
        raise said
    return tuple(found)


def _network(window: MainWindow, library: Library) -> NetworkShowing:
    controller = window.controller
    view, data = controller.view, str(controller.experiment.data)
    docks = [dock for dock in window.docks.values() if dock.in_front and dock.isVisible()]
    docks.sort(key=lambda dock: dock.width() * dock.height(), reverse=True)
    run = next((key for key, path in library.runs.items() if path == controller.time.path), "")
    network = augment = ""
    if not run:
        path = library.networks.get(view.network.key)
        if path is None or read_network(path).layers != view.network.layers:
            raise Problem("A lesson shows networks that come with the program: choose one first.")
        if data not in library.data:
            raise Problem("A lesson shows data that are known by a name: choose them first.")
        network = view.network.key
        augment = augmentation_text(controller.experiment.settings.augmentation)
    return NetworkShowing(
        network=network,
        run=run,
        step=view.past if run and view.past is not None else -1,
        data="mnist" if run else data,
        sample=view.sample,
        panes=tuple(dock.objectName() for dock in docks),
        striking=view.striking,
        augment=augment,
        look=_look(window),
        place=place_of(view),
        unit=view.unit,
        speed=view.speed,
    )


def _look(window: MainWindow) -> str:
    """What the panes that have several looks show; "" where it is their first."""
    exciting, rehearsal = window.docks["exciting"], window.docks["rehearsal"]
    if exciting.in_front and exciting.isVisible():
        chosen = cast("ExcitingPane", exciting.pane).chosen
        return chosen.value if chosen is not Look.CHANNEL else ""
    if rehearsal.in_front and rehearsal.isVisible():
        part = cast("RehearsalPane", rehearsal.pane).part
        return part.value if part is not Part.FORWARD else ""
    return ""


def _photograph(page: PhotographsPage, library: Library) -> PhotographShowing:
    photographs = page.photographs
    name = page.picture_key
    if name not in library.photographs or photographs.kernel.key not in library.filters:
        raise Problem(
            "A lesson shows photographs and filters that come with the program: choose both first."
        )
    channels = {kind: key for key, kind in CHANNELS.items()}
    return PhotographShowing(
        photograph=name,
        filter=photographs.kernel.key,
        channels=channels[photographs.channels],
        place=place_of(photographs.view),
        unit=photographs.view.unit,
        speed=photographs.view.speed,
    )
