"""Edits of weights as the controller sends them, the way back, and files; no training thread."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from pytestqt.qtbot import QtBot
from safetensors.numpy import load_file

from cnnviz.control import weights
from cnnviz.control.controller import Controller
from cnnviz.core.events import Training
from cnnviz.core.pretrained import PRETRAINED, imagenet_classes
from cnnviz.core.snapshot import Snapshot
from cnnviz.core.weight_edit import WeightChange, edited
from cnnviz.engine.build import build_module
from tests.control.runners import FakeRunner, experiment
from tests.networks import bundled, snapshot


def changes(runner: FakeRunner) -> list[WeightChange]:
    return [asked[1] for asked in runner.asked if isinstance(asked[-1], WeightChange)]  # type: ignore[misc]


def answered(runner: FakeRunner, controller: Controller) -> Snapshot:
    """What the model is after every change, as the worker would show it."""
    parameters = snapshot().parameters
    for change in changes(runner):
        parameters = edited(parameters, change.edits)
    runner.live = replace(snapshot(), parameters=parameters, changes=len(changes(runner)))
    controller.drain()
    assert controller.view.live is not None
    return controller.view.live


def same(one: Snapshot, other: Snapshot) -> bool:
    return all(
        np.array_equal(array, other.parameters[layer][name])
        for layer, arrays in enumerate(one.parameters)
        for name, array in arrays.items()
    )


def test_that_an_edit_is_sent_and_a_look_asked_for_behind_it(controller, runner) -> None:
    controller.weights.set(0, "weight", (3, 0, 1, 2), 0.5, False)
    assert [asked[0] for asked in runner.asked[-2:]] == ["change_weights", "look"]
    after = answered(runner, controller)
    assert after.parameters[0]["weight"][3, 0, 1, 2] == 0.5
    assert controller.view.stage is after


def test_that_a_snapshot_from_before_the_edit_is_not_taken_for_the_answer(
    controller, runner
) -> None:
    controller.weights.set(0, "bias", (3,), 0.5, False)
    runner.live = replace(snapshot(), changes=0)
    controller.drain()
    assert controller._mailbox.isActive()  # it still listens for the one that it asked for
    answered(runner, controller)
    assert not controller._mailbox.isActive()


def test_that_edits_are_taken_back_and_made_again_in_order(controller, runner) -> None:
    weights, first = controller.weights, controller.view.live
    weights.set(0, "bias", (3,), 0.5, False)
    weights.set(0, "bias", (3,), 0.75, False)  # before the first is seen
    weights.zero_kernel(3, 7)
    last = answered(runner, controller)
    assert not last.parameters[3]["weight"][7].any()
    weights.undo()
    weights.undo()
    assert answered(runner, controller).parameters[0]["bias"][3] == 0.5
    weights.undo()
    assert same(answered(runner, controller), first)
    assert not weights.history.can_undo
    weights.undo()
    for _ in range(4):
        weights.redo()
    assert same(answered(runner, controller), last)
    weights.undo()
    weights.set(0, "bias", (0,), 1.0, False)
    assert not weights.history.can_redo


def test_that_a_turning_wheel_is_one_step_back(controller, runner) -> None:
    first = controller.view.live
    for number in range(5):
        controller.weights.set(0, "bias", (3,), number / 10, number > 0)
    controller.weights.set(0, "bias", (4,), 1.0, True)  # another weight: another step
    controller.weights.undo()
    assert answered(runner, controller).parameters[0]["bias"][3] == np.float32(0.4)
    controller.weights.undo()
    assert same(answered(runner, controller), first)


def test_that_an_edit_while_the_stage_is_held_says_where_it_went(controller, runner, qtbot) -> None:
    controller.train()
    runner.waiting.append(Training(True))
    controller.drain()
    controller.step(1)
    runner.live = replace(snapshot(), step=30)
    controller.drain()
    with qtbot.waitSignal(controller.noticed) as said:
        controller.weights.set(0, "bias", (3,), 0.5, False)
    assert said.args[0].fields == {"now": 30, "held": 0}
    assert changes(runner)[-1].run == 1
    controller.follow()
    with qtbot.assertNotEmitted(controller.noticed):
        controller.weights.set(0, "bias", (3,), 0.6, False)


def test_that_a_new_run_forgets_what_was_edited(controller, runner, qtbot) -> None:
    controller.weights.set(0, "bias", (3,), 0.5, False)
    controller.reset()
    runner.say_ready()
    controller.drain()
    assert not controller.weights.history.can_undo
    runner.live = snapshot()
    controller.drain()
    assert not controller._mailbox.isActive()
    controller.weights.set(0, "bias", (3,), 0.5, False)
    assert changes(runner)[-1].number == 1


def test_that_nothing_is_edited_before_there_are_weights(qtbot: QtBot, runner: FakeRunner) -> None:
    early = Controller(runner, experiment())
    for ask in (
        lambda: early.weights.set(0, "bias", (0,), 1.0, False),
        lambda: early.weights.zero_kernel(0, 0),
        lambda: early.weights.open_file(Path("w.safetensors")),
        lambda: early.weights.save_file(Path("w.safetensors")),
    ):
        with qtbot.waitSignal(early.noticed):
            ask()
    assert not changes(runner)
    early.close(1)


def test_that_weights_are_saved_and_opened_and_can_be_taken_back(
    controller, runner, qtbot, tmp_path
) -> None:
    path, first = tmp_path / "w.safetensors", controller.view.live
    controller.weights.set(0, "bias", (3,), 0.5, False)
    with qtbot.waitSignal(controller.noticed) as said:
        controller.weights.save_file(path)  # before the edit is seen
    assert said.args[0].fields == {"file": "w.safetensors", "step": 0}
    assert load_file(path)["0.bias"][3] == 0.5
    controller.weights.undo()
    assert same(answered(runner, controller), first)
    with qtbot.waitSignal(controller.weights.changed):
        controller.weights.open_file(path)
    change = changes(runner)[-1]
    assert (change.anew, change.file, change.renamed) == (True, "w.safetensors", "")
    assert answered(runner, controller).parameters[0]["bias"][3] == 0.5
    controller.weights.undo()
    assert changes(runner)[-1].anew
    assert same(answered(runner, controller), first)


def test_that_a_published_file_is_known_by_its_name_and_brings_imagenets_classes(
    controller, runner, qtbot, tmp_path, monkeypatch
) -> None:
    path = tmp_path / "two.pth"
    torch.save(build_module(bundled("two_layer_cnn")).state_dict(), path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
    file = replace(PRETRAINED[0].file, url="http://x/two.pth", sha256=digest)
    known = replace(PRETRAINED[0], key="two_layer_cnn", file=file)
    monkeypatch.setattr(weights, "pretrained_for", lambda key: known)
    with qtbot.waitSignal(controller.weights.changed, timeout=20_000):
        controller.weights.open_file(path)
    assert changes(runner)[-1].classes == imagenet_classes()
    answered(runner, controller)
    controller.weights.undo()
    assert changes(runner)[-1].classes == ()
    path.write_bytes(path.read_bytes() + b"x")
    with qtbot.waitSignal(controller.noticed, timeout=20_000) as said:
        controller.weights.open_file(path)
    assert "it is not the published file" in str(said.args[0])


def test_that_a_file_of_torch_can_be_cancelled_and_leaves_everything(
    controller, runner, qtbot, tmp_path
) -> None:
    path = tmp_path / "w.pth"
    torch.save({"0.weight": torch.zeros(1)}, path)
    with qtbot.waitSignal(controller.weights.began):
        controller.weights.open_file(path)
    with qtbot.waitSignal(controller.weights.ended):
        controller.weights.cancel()
    qtbot.waitUntil(lambda: not controller.weights._desk.busy, timeout=5000)
    assert not changes(runner)


def test_that_a_file_that_cannot_be_used_is_a_sentence_and_changes_nothing(
    controller, runner, qtbot, tmp_path
) -> None:
    path = tmp_path / "w.safetensors"
    path.write_bytes(b"nothing")
    with qtbot.waitSignal(controller.noticed) as said:
        controller.weights.open_file(path)
    assert said.args[1] is True
    assert "no safetensors file" in str(said.args[0])
    assert not changes(runner)
    assert not controller.weights.history.can_undo


def test_that_weights_read_for_a_run_that_is_no_more_are_not_put_into_another(
    controller, runner, qtbot, tmp_path
) -> None:
    path = tmp_path / "w.safetensors"
    with qtbot.waitSignal(controller.noticed):
        controller.weights.save_file(path)
    with qtbot.waitSignal(controller.noticed) as said:
        controller.weights.open_file(path)
        controller._run = 2
    assert "another run has begun" in said.args[0].sentence
    assert not changes(runner)
