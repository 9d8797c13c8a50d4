"""Steps of a lesson on a real worker: the same every time, and one's own run back after them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from cnnviz.control.controller import Controller
from cnnviz.control.lesson_network import LessonNetwork
from cnnviz.core.cursor import Cursor
from cnnviz.core.experiment import Experiment
from cnnviz.core.lesson import NetworkShowing, Place
from cnnviz.core.problem import Problem
from cnnviz.core.settings import TrainingSettings
from cnnviz.core.timeline import Unit
from cnnviz.core.view import View
from cnnviz.engine.run_places import Plan
from cnnviz.engine.runner import Runner
from cnnviz.resources import resource
from tests.lessons import library
from tests.networks import bundled

PATIENCE = 60_000

SETTINGS = TrainingSettings(threads=1, device="cpu", train_images=9000, epochs=40)

MLP = NetworkShowing(
    network="mlp", sample=5, place=Place(layer=2, column=3, term=7), unit=Unit.TERM, speed=2.0
)
AT_600 = NetworkShowing(run="digits", step=600, sample=2, place=Place(layer=1, channel=4, row=9))
AT_END = NetworkShowing(run="digits", sample=2)


@pytest.fixture
def said() -> list[Problem]:
    return []


@pytest.fixture
def controller(qtbot: QtBot, tmp_path: Path, said: list[Problem]) -> Iterator[Controller]:
    own = Experiment(bundled("mlp"), SETTINGS, "mnist")
    made = Controller(Runner(Plan(tmp_path / "runs")), own)
    made.noticed.connect(lambda problem, _failed: said.append(problem))
    made.start()
    qtbot.waitUntil(lambda: made.newest is not None, timeout=PATIENCE)
    yield made
    assert made.close(60)


@pytest.fixture
def network(controller: Controller) -> Iterator[LessonNetwork]:
    made = LessonNetwork(controller, library())
    yield made
    made.close()


def shown(qtbot: QtBot, network: LessonNetwork, showing: NetworkShowing) -> View:
    """What is on the screen when the worker has followed a step."""
    network.show(showing)
    controller: Controller = network.parent()  # type: ignore[assignment]

    def there() -> bool:
        view = controller.view
        quiet = not controller._asked and (view.past is None) == (not showing.run)
        return network.settled and quiet and view.stage is not None and view.stage.run > 0

    qtbot.waitUntil(there, timeout=PATIENCE)
    return controller.view


def numbers(view: View) -> list[np.ndarray]:
    assert view.stage is not None
    return [*view.stage.activations, *(a for p in view.stage.parameters for a in p.values())]


def assert_same_picture(one: View, other: View) -> None:
    assert one.stage is not None
    assert other.stage is not None
    names = ("cursor", "opened", "unit", "speed", "sample", "past", "metric_count", "playing")
    for name in names:
        assert getattr(one, name) == getattr(other, name), name
    assert one.stage.step == other.stage.step
    assert one.stage.sample.index == other.stage.sample.index
    for ours, theirs in zip(numbers(one), numbers(other), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_that_a_step_shows_its_place_sample_unit_and_speed(qtbot, network) -> None:
    network.begin()
    view = shown(qtbot, network, MLP)
    assert view.network.key == "mlp"
    assert view.sample == 5
    assert view.stage is not None
    assert view.stage.sample.index == 5
    assert (view.cursor, view.unit, view.speed) == (Cursor(1, 0, 0, 3, 7), Unit.TERM, 2.0)
    assert view.metric_count == 0


def test_that_a_step_is_the_same_whatever_was_touched(qtbot, controller, network) -> None:
    network.begin()
    first = shown(qtbot, network, AT_600)
    assert first.stage is not None
    assert first.stage.step == 600
    assert first.metric_count == 1800
    controller.choose_layer(3)
    controller.choose_sample(77)
    controller.time.go_to(40)
    controller.choose_speed(5)
    second = shown(qtbot, network, MLP)
    controller.weights.set(1, "weight", (0, 0), 9.0, False)
    qtbot.waitUntil(lambda: controller.newest.parameters[1]["weight"][0, 0] == 9, timeout=PATIENCE)
    assert_same_picture(shown(qtbot, network, AT_600), first)
    third = shown(qtbot, network, MLP)
    assert_same_picture(third, second)
    controller.one_batch()
    qtbot.waitUntil(lambda: controller.view.metric_count == 1, timeout=PATIENCE)
    assert_same_picture(shown(qtbot, network, MLP), second)


def test_that_a_step_made_ready_is_on_the_screen_at_once(qtbot, controller, network) -> None:
    network.begin()
    shown(qtbot, network, MLP)
    network.look_ahead([AT_600, AT_END])
    qtbot.waitUntil(lambda: network.is_ready(AT_END), timeout=PATIENCE)
    network.show(AT_600)
    view = controller.view  # nothing was waited for
    assert view.stage.step == 600
    assert view.stage.sample.index == 2
    assert view.cursor == Cursor(0, 4, 9, 0, 9)
    assert view.metric_count == 1800
    at_once = view
    assert_same_picture(shown(qtbot, network, AT_600), at_once)


def test_that_what_a_step_shows_of_all_test_images_is_there_at_once(
    qtbot, controller, network, monkeypatch: pytest.MonkeyPatch
) -> None:
    network.begin()
    shown(qtbot, network, MLP)
    judged = replace(AT_END, panes=("confusion", "prediction"))
    network.look_ahead([judged])
    qtbot.waitUntil(lambda: bool(network._ahead._found), timeout=PATIENCE)
    monkeypatch.setattr(controller.runner, "survey", fail)  # the worker is not asked
    network.show(judged)
    at_once = controller.view.judgement
    assert (at_once.labels == at_once.predictions).mean() == pytest.approx(0.9835)
    view = shown(qtbot, network, judged)
    controller.judge(view.stage)
    qtbot.waitUntil(lambda: controller.view.judgement.snapshot is view.stage, timeout=PATIENCE)
    assert controller.view.judgement.predictions is at_once.predictions


def fail(*_: object) -> None:
    raise AssertionError


def test_that_a_run_of_a_lesson_is_only_read_also_when_it_is_trained_on(
    qtbot, controller, network
) -> None:
    folder = resource("lessons", "runs")
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    network.begin()
    shown(qtbot, network, AT_600)
    controller.time.branch()
    qtbot.waitUntil(lambda: controller.view.metric_count == 600, timeout=PATIENCE)
    controller.one_batch()
    qtbot.waitUntil(lambda: controller.view.metric_count == 601, timeout=PATIENCE)
    assert controller.run_path is not None
    assert controller.run_path.parent != folder
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before


def test_that_training_of_a_step_begins_when_it_is_shown(qtbot, controller, network) -> None:
    network.begin()
    network.show(NetworkShowing(network="mlp", train=True))
    qtbot.waitUntil(lambda: controller.view.metric_count > 3, timeout=PATIENCE)
    network.show(MLP)
    assert controller.view.network.key == "mlp"
    assert shown(qtbot, network, MLP).metric_count == 0


def test_that_ones_own_run_comes_back_bit_for_bit_and_trains_on(qtbot, controller, network) -> None:
    controller.train()
    qtbot.waitUntil(lambda: controller.view.metric_count > 12, timeout=PATIENCE)
    controller.pause_training()
    qtbot.waitUntil(lambda: not controller.view.progress.running, timeout=PATIENCE)
    qtbot.waitUntil(lambda: not controller._asked, timeout=PATIENCE)
    controller.go_to_element(1, 0, 0, 33)
    controller.choose_unit(Unit.ROW)
    before, path = controller.view, controller.run_path
    network.begin()
    shown(qtbot, network, AT_600)
    network.end()
    assert controller.view.stage is before.stage  # what was seen is seen again at once
    qtbot.waitUntil(lambda: not network.active, timeout=PATIENCE)
    view, live = controller.view, controller.newest
    assert live is not None
    assert live.step == before.live.step
    for ours, theirs in zip(live.parameters, before.live.parameters, strict=True):
        assert all(np.array_equal(ours[name], theirs[name]) for name in theirs)
    assert (view.cursor, view.unit, view.sample) == (before.cursor, Unit.ROW, before.sample)
    assert view.metric_count == before.metric_count
    assert controller.run_path == path
    controller.one_batch()
    qtbot.waitUntil(lambda: controller.view.metric_count > before.metric_count, timeout=PATIENCE)


def test_that_a_training_that_goes_on_is_paused_and_can_go_on(qtbot, controller, network) -> None:
    controller.train()
    qtbot.waitUntil(lambda: controller.view.metric_count > 3, timeout=PATIENCE)
    network.begin()
    shown(qtbot, network, AT_600)
    network.end()
    qtbot.waitUntil(lambda: not network.active, timeout=PATIENCE)
    reached = controller.view.metric_count
    assert reached > 3
    assert not controller.view.progress.running
    controller.train()
    qtbot.waitUntil(lambda: controller.view.metric_count > reached, timeout=PATIENCE)


def test_that_weights_set_by_hand_come_back(qtbot, controller, network) -> None:
    controller.weights.set(1, "weight", (2, 5), 4.5, False)
    qtbot.waitUntil(
        lambda: controller.newest.parameters[1]["weight"][2, 5] == 4.5, timeout=PATIENCE
    )
    network.begin()
    shown(qtbot, network, AT_600)
    network.end()
    qtbot.waitUntil(lambda: not network.active, timeout=PATIENCE)
    assert controller.newest.parameters[1]["weight"][2, 5] == 4.5


def test_that_a_lesson_without_networks_leaves_the_run_alone(qtbot, controller, network) -> None:
    before, run = controller.view, controller.run_number
    network.begin()
    network.end()
    qtbot.wait(100)
    assert controller.view is before
    assert controller.run_number == run


def test_that_a_step_whose_run_is_missing_is_said(controller, network, said) -> None:
    network.begin()
    broken = LessonNetwork(controller, library())
    broken._experiments._library.runs["gone"] = Path("/nowhere/gone.cnnviz")  # type: ignore[index]
    broken.show(NetworkShowing(run="gone"))
    assert "gone.cnnviz" in str(said[-1])
    broken.close()
