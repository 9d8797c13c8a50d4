"""Pictures of one's own: drawn, opened, taken back, and shown instead of the test set."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image
from pytestqt.qtbot import QtBot

from cnnviz.control.controller import Controller
from cnnviz.core.network import build_network
from cnnviz.core.operations import Flatten, Linear, Softmax
from cnnviz.core.snapshot import Sample
from tests.control.runners import FakeRunner, experiment
from tests.networks import bundled, snapshot


def draw(controller: Controller) -> None:
    own = controller.own
    own.stroke((40, 100), (120, 100), 10, white=True, new=True)
    own.stroke((120, 100), (200, 120), 10, white=True, new=False)
    own.lift()


def asked(runner: FakeRunner) -> list[Sample]:
    """The own pictures that the runner was asked for."""
    return [a[1] for a in runner.asked if a[0] == "look" and isinstance(a[1], Sample)]


def test_that_a_stroke_is_shown_at_once_and_a_whole_one_when_the_pen_is_lifted(
    controller, runner
) -> None:
    own = controller.own
    own.stroke((40, 100), (120, 100), 10, white=True, new=True)
    assert len(asked(runner)) == 1
    for row in range(120, 200):  # so fast that the network is not shown each of them
        own.stroke((row, 100), (row + 1, 100), 10, white=True, new=False)
    assert len(asked(runner)) <= 3
    own.lift()
    last = asked(runner)[-1]
    assert last.own
    assert last.label is None
    assert last.image.shape == (1, 28, 28)
    np.testing.assert_array_equal(last.image, controller.view.own.prepared.image)
    np.testing.assert_array_equal(controller.view.own.picture.image, own.picture.image)


def test_that_a_stroke_that_goes_on_is_shown_while_it_is_drawn(controller, runner, qtbot) -> None:
    controller.own.stroke((40, 100), (120, 100), 10, white=True, new=True)
    controller.own.stroke((120, 100), (200, 120), 10, white=True, new=False)
    qtbot.waitUntil(lambda: len(asked(runner)) == 2)
    assert controller.view.own.picture is controller.own.picture


def test_that_each_picture_is_another_sample_and_its_answer_is_waited_for(
    controller, runner
) -> None:
    draw(controller)
    first, last = asked(runner)[0], asked(runner)[-1]
    assert first.index != last.index
    assert max(first.index, last.index) < 0
    runner.live = replace(snapshot(), sample=first, limits={}, kept={})
    controller.drain()
    assert controller._mailbox.isActive()  # the newest is still to come
    runner.live = replace(snapshot(), sample=last, limits={}, kept={})
    controller.drain()
    assert controller.view.live.sample is last
    assert not controller._mailbox.isActive()


def test_that_another_sample_leaves_it_and_it_can_be_taken_up_again(controller, runner) -> None:
    draw(controller)
    assert controller.view.own_shown
    assert controller.view.test_image == -1
    controller.step_sample(1)
    assert not controller.view.own_shown
    assert controller.view.test_image == 1
    assert runner.asked[-1] == ("look", 1, None)
    controller.own.take_up()
    assert controller.view.own_shown
    assert asked(runner)[-1] is controller.view.own.sample


def test_that_it_is_asked_for_with_the_held_weights_too(controller, runner) -> None:
    controller.toggle_held()
    draw(controller)
    looks = [a for a in runner.asked if a[0] == "look"]
    assert looks[-2][2] is controller.view.stage
    assert looks[-1][2] is None
    assert looks[-2][1] is looks[-1][1]


def test_that_it_is_looked_at_again_and_again_while_training_goes_on(controller, runner) -> None:
    from cnnviz.core.events import Training

    draw(controller)
    runner.waiting.append(Training(True))
    controller.drain()
    for _ in range(3):
        runner.live = replace(snapshot(), sample=controller.view.own.sample, limits={}, kept={})
        controller.drain()
    # The very same object: the worker knows by it that nothing else was chosen.
    assert asked(runner)[-1] is asked(runner)[-2] is controller.view.own.sample


def test_that_strokes_clearing_and_pictures_are_taken_back(controller) -> None:
    own = controller.own
    draw(controller)
    one = own.picture.image
    draw(controller)
    own.clear()
    assert not own.picture.image.any()
    own.undo()
    own.undo()
    np.testing.assert_array_equal(own.picture.image, one)
    assert controller.view.own.picture is own.picture
    own.undo()  # nothing more, and no error


def test_that_a_class_can_be_said_and_is_forgotten_where_there_is_no_such_class(
    controller, runner
) -> None:
    draw(controller)
    controller.own.choose_label(3)
    assert asked(runner)[-1].label == 3
    controller.own.choose_label(None)
    assert asked(runner)[-1].label is None
    controller.own.choose_label(9)
    lenet = controller.own.fitted(bundled("lenet5"))
    assert lenet is not None
    assert lenet.sample.label == 9
    three = build_network("three", "Three", (1, 8, 8), (Flatten(), Linear(64, 3), Softmax()))
    small = controller.own.fitted(three)
    assert small is not None
    assert small.sample.label is None


def test_that_a_file_is_read_beside_and_shown(controller, runner, qtbot, tmp_path: Path) -> None:
    path = tmp_path / "seven.png"
    values = np.full((60, 40), 255, dtype=np.uint8)
    values[10:50, 15:20] = 0
    Image.fromarray(values).save(path)
    with qtbot.waitSignal(controller.own.picture_opened) as opened:
        controller.own.open(path)
    assert opened.args == [str(path)]
    own = controller.view.own
    assert own.prepared.inverted
    assert own.picture.name == "seven.png"
    assert own.prepared.steps[0].box == (10, 15, 50, 20)
    assert asked(runner)[-1] is own.sample
    controller.own.stroke((40, 100), (120, 100), 10, white=True, new=True)
    assert controller.own.picture.drawn  # a stroke begins a drawing
    controller.own.lift()
    controller.own.undo()
    assert controller.own.picture is own.picture


def test_that_what_is_no_picture_is_said_and_nothing_is_lost(controller, qtbot) -> None:
    draw(controller)
    before = controller.own.picture
    with qtbot.waitSignal(controller.noticed) as noticed:
        controller.own.open(b"no picture")
    assert "no picture that can be read" in str(noticed.args[0])
    assert controller.own.picture is before


def test_that_another_network_gets_it_in_its_own_shape(controller, runner) -> None:
    draw(controller)
    lenet = bundled("lenet5")
    controller.choose_network(lenet)
    runner.say_ready()
    controller.drain()
    assert controller.view.own_shown
    assert asked(runner)[-1].image.shape == lenet.input_shape
    assert asked(runner)[-1] is controller.view.own.sample


def test_that_a_picture_drawn_before_the_network_stands_is_shown_when_it_does(
    qtbot: QtBot, runner: FakeRunner
) -> None:
    controller = Controller(runner, experiment())
    controller.start()
    draw(controller)
    assert not asked(runner)
    runner.say_ready()
    controller.drain()
    own = controller.view.own
    assert own is not None
    assert asked(runner)[-1] is own.sample
    controller.close(0.1)
