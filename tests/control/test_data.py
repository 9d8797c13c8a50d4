"""What the window is told of the data, and how far their reading is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from cnnviz.control.controller import Controller
from cnnviz.core.events import Failed, Ready, Starting
from cnnviz.core.known_data import SHAPES
from cnnviz.core.problem import Problem
from cnnviz.core.scenes.stage import StageScene, stage_scene
from cnnviz.core.shapes import coloured_shapes
from cnnviz.ui.painters.stage import _place_text
from cnnviz.ui.status import Status
from tests.control.runners import CPU, FakeRunner, experiment
from tests.networks import snapshot

DATA = coloured_shapes(0, 30, 20)


@pytest.fixture
def controller(qtbot: QtBot, runner: FakeRunner) -> Iterator[Controller]:
    made = Controller(runner, experiment())
    made.start()
    runner.waiting.append(Ready(1, (CPU,), CPU, 30, 20, 3, DATA))
    made.drain()
    yield made
    made.close(0.1)


def test_that_a_run_brings_its_data(controller: Controller) -> None:
    assert controller.view.data is DATA
    assert controller.view.class_names == SHAPES
    assert replace(controller.view, data=None).class_names == ()


def test_that_reading_is_counted_in_the_status_line_until_it_fails(
    controller: Controller, runner: FakeRunner, qtbot: QtBot
) -> None:
    status = Status()
    qtbot.addWidget(status)
    runner.waiting.append(Starting("Reading pictures", 40, 1200))
    controller.drain()
    status.look(controller.view)
    assert status.where.text() == "Reading pictures 40 / 1,200"
    assert (status.bar.value(), status.bar.maximum()) == (40, 1200)
    runner.waiting.append(Failed(Problem("no")))
    controller.drain()
    status.look(controller.view)
    assert "Epoch" in status.where.text()


def test_that_the_outputs_of_the_last_layers_have_the_names_of_classes(
    controller: Controller, runner: FakeRunner
) -> None:
    runner.live = snapshot()
    controller.drain()
    last = len(controller.view.network.layers) - 1
    for layer, text in ((last, "output 3 (square) of 10"), (last - 1, "output 3 (square) of 10")):
        controller.go_to_element(layer, 0, 0, 3)
        scene = stage_scene(controller.view)
        assert isinstance(scene, StageScene)
        assert _place_text(scene) == text
    controller.go_to_element(0, 0, 0, 3)
    scene = stage_scene(controller.view)
    assert isinstance(scene, StageScene)
    assert scene.class_names == ()
