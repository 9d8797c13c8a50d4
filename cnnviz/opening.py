"""What is opened once the window's frame is on the screen: network, settings, worker, panes."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from PyQt6.QtCore import QTimer

from cnnviz.command_line import Arguments
from cnnviz.control.controller import Controller
from cnnviz.control.preferences import Preferences
from cnnviz.core.dataset import DataName
from cnnviz.core.experiment import Experiment
from cnnviz.core.known_data import KNOWN, MNIST, known, named
from cnnviz.core.network import Network
from cnnviz.core.network_file import list_networks, read_network
from cnnviz.core.problem import Problem
from cnnviz.core.settings import TrainingSettings
from cnnviz.engine.data_places import place_of
from cnnviz.engine.run_places import Plan, runs_folder
from cnnviz.engine.runner import Runner
from cnnviz.resources import resource
from cnnviz.screenshot import Screenshot
from cnnviz.ui.furnish import furnish
from cnnviz.ui.main_window import MainWindow


def open_run(window: MainWindow, preferences: Preferences, arguments: Arguments) -> Controller:
    """Furnish the window for the first run; the worker is not started yet."""
    network, refused = first_network(preferences.network)
    data, missing = first_data(preferences.data, network)
    experiment = Experiment(network, first_settings(preferences), data)
    recorded = plan(preferences, arguments)
    runner = Runner(recorded)
    controller = Controller(runner, experiment, preferences.redraw_rate)
    networks = [(entry.key, entry.title) for entry in list_networks(resource("networks"))]
    furnish(window, controller, networks)
    if arguments.lesson is not None or _is_lesson(arguments.run):
        # When the worker has been started: its first run is what a person comes back to.
        QTimer.singleShot(0, lambda: _open_lesson(window, arguments))
    elif arguments.run is not None:
        window.requests.open_path(arguments.run)
    elif arguments.example is not None:
        window.requests.lab.show_example(arguments.example)
    else:
        window.workspaces.choose(preferences.workspace)
    if recorded is not None:
        controller.time.look_for_cut_off(recorded.folder)
    for problem in (missing, refused):
        if problem is not None:
            window.banner.say(problem, True)
    if arguments.screenshot is not None:
        Screenshot(window, arguments)
    return controller


def _is_lesson(path: Path | None) -> bool:
    return path is not None and path.suffix.lower() == ".toml"


def _open_lesson(window: MainWindow, arguments: Arguments) -> None:
    lectures, number = window.requests.lectures, arguments.step - 1
    if arguments.lesson is not None:
        opened = lectures.open_key(arguments.lesson, number)
    else:
        assert arguments.run is not None
        opened = lectures.open(arguments.run, number)
    if opened and arguments.present:
        lectures.present_here()


def plan(preferences: Preferences, arguments: Arguments) -> Plan | None:
    """Where runs are recorded; a window that is opened for a picture leaves nothing behind."""
    if arguments.screenshot is not None:
        return None
    return Plan(runs_folder(), preferences.run_megabytes * 1_000_000)


def first_network(key: str) -> tuple[Network, Problem | None]:
    """The network to open with; the lecture's two-layer CNN where that one cannot be read."""
    try:
        return read_network(resource("networks", f"{key}.toml")), None
    except Problem as problem:
        return read_network(resource("networks", f"{Preferences().network}.toml")), problem


def first_data(name: str, network: Network) -> tuple[DataName, Problem | None]:
    """The data to open with; what the network takes where those cannot be had, and why."""
    data = named(name)
    found = known(name.partition(":")[0])
    if found is None:
        if Path(name).exists():
            return data, None
        problem = Problem("{folder}: there is no such folder", folder=name)
    elif found.shape != network.input_shape:
        problem = None  # another network was asked for since
    elif found.files and place_of(found) is None:
        problem = Problem(
            "{title} is not on this computer: choose it in the menu File, Data, to download it",
            title=Problem(found.title),
        )
    else:
        return data, None
    here = (each for each in KNOWN if not each.files or place_of(each) is not None)
    fitting = (each.key for each in here if each.shape == network.input_shape)
    return next(fitting, MNIST.key), problem


def first_settings(preferences: Preferences) -> TrainingSettings:
    """The lecture's settings on the chosen device."""
    threads = preferences.threads or os.cpu_count() or 1
    return replace(TrainingSettings(), device=preferences.device, threads=threads)
