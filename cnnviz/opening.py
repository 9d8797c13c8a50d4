"""What is opened once the window's frame is on the screen: network, settings, worker, panes."""

from __future__ import annotations

import os
from dataclasses import replace

from cnnviz.command_line import Arguments
from cnnviz.control.controller import Controller
from cnnviz.control.preferences import Preferences
from cnnviz.core.experiment import Experiment
from cnnviz.core.network import Network
from cnnviz.core.network_file import list_networks, read_network
from cnnviz.core.problem import Problem
from cnnviz.core.settings import TrainingSettings
from cnnviz.engine.run_places import Plan, runs_folder
from cnnviz.engine.runner import Runner
from cnnviz.resources import resource
from cnnviz.screenshot import Screenshot
from cnnviz.ui.furnish import furnish
from cnnviz.ui.main_window import MainWindow


def open_run(window: MainWindow, preferences: Preferences, arguments: Arguments) -> Controller:
    """Furnish the window for the first run; the worker is not started yet."""
    network, refused = first_network(preferences.network)
    experiment = Experiment(network, first_settings(preferences), resource("data", "mnist"))
    runner = Runner(plan(preferences, arguments))
    controller = Controller(runner, experiment, preferences.redraw_rate)
    networks = [(entry.key, entry.title) for entry in list_networks(resource("networks"))]
    furnish(window, controller, networks)
    if arguments.example is not None:
        window.requests.show_example(arguments.example)
    else:
        window.workspaces.choose(preferences.workspace)
    if refused is not None:
        window.banner.say(refused, True)
    if arguments.screenshot is not None:
        Screenshot(window, arguments)
    return controller


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


def first_settings(preferences: Preferences) -> TrainingSettings:
    """The lecture's settings on the chosen device."""
    threads = preferences.threads or os.cpu_count() or 1
    return replace(TrainingSettings(), device=preferences.device, threads=threads)
