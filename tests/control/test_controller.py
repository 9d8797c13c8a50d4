"""What a person asks for, and what becomes of the view; no thread, no window."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from pytestqt.qtbot import QtBot

from cnnviz.control.controller import Controller
from cnnviz.control.mail import NO_RUN
from cnnviz.core.cursor import Cursor
from cnnviz.core.events import Failed, Finished, Notice, Starting, Training, WrongSamples
from cnnviz.core.gradient import PixelGradient
from cnnviz.core.judgement import Judgement
from cnnviz.core.metrics import Evaluation
from cnnviz.core.problem import Problem
from cnnviz.core.snapshot import Sample
from cnnviz.core.survey import Survey
from cnnviz.core.timeline import Unit, last
from cnnviz.core.view import shown_snapshot
from tests.control.runners import FakeRunner, experiment
from tests.networks import bundled, snapshot


def begin_training(controller: Controller, runner: FakeRunner) -> None:
    controller.train()
    runner.waiting.append(Training(True))
    controller.drain()


def test_that_the_first_cursor_stands_where_the_first_map_answers_most(controller) -> None:
    cursor, activations = controller.view.cursor, controller.view.live.activations
    answers = np.abs(activations[1][0])
    assert answers[cursor.row, cursor.column] == answers.max()
    assert (cursor.layer, cursor.channel, cursor.term) == (0, 0, 9)


def test_that_following_training_shows_the_newest_weights(controller, runner) -> None:
    begin_training(controller, runner)
    runner.live = newer = snapshot(step=10, seed=1)
    controller.drain()
    assert controller.view.live is newer
    assert controller.view.stage is newer
    assert not controller.view.held


def test_that_stepping_during_training_holds_what_is_stepped(controller, runner) -> None:
    begin_training(controller, runner)
    held = controller.view.stage
    controller.step(1)
    runner.live = newer = snapshot(step=10, seed=1)
    controller.drain()
    assert controller.view.held
    assert controller.view.stage is held
    assert controller.view.live is newer
    assert shown_snapshot(controller.view) is newer
    controller.hold_others(True)
    assert shown_snapshot(controller.view) is held
    controller.follow()
    assert controller.view.stage is newer


def test_that_stepping_before_training_holds_nothing(controller) -> None:
    controller.step(1)
    assert not controller.view.held


def test_that_each_answer_is_followed_by_one_request_only(controller, runner) -> None:
    begin_training(controller, runner)
    before = runner.asked.count(("look", 0, None))
    for _ in range(5):
        controller.drain()
    assert runner.asked.count(("look", 0, None)) == before
    runner.live = snapshot(step=10, seed=1)
    controller.drain()
    assert runner.asked.count(("look", 0, None)) == before + 1


def test_that_another_sample_is_asked_for_with_the_held_weights_too(controller, runner) -> None:
    begin_training(controller, runner)
    controller.step(1)
    held = controller.view.stage
    controller.choose_sample(12)
    assert ("look", 12, held) in runner.asked
    assert ("look", 12, None) in runner.asked


def test_that_samples_wrap_around_at_the_ends_of_the_test_set(controller) -> None:
    controller.step_sample(-1)
    assert controller.view.sample == 9_999
    controller.step_sample(1)
    assert controller.view.sample == 0


def test_that_metrics_move_progress_and_rate(controller, runner) -> None:
    begin_training(controller, runner)
    runner.log.append(np.full(7, 0.5, dtype=np.float32))
    runner.log.evaluated(Evaluation(7, 0.4, 0.9, False))
    controller.drain()
    assert controller.view.progress.step == 7
    assert controller.view.metric_count == 7
    assert controller.view.evaluation_count == 1


def test_that_nothing_is_announced_when_nothing_happened(controller, qtbot) -> None:
    with qtbot.assertNotEmitted(controller.changed):
        controller.drain()
        controller.choose_unit(controller.view.unit)
        controller.point_at_weight(None)


def test_that_a_refused_network_leaves_the_old_one(controller, runner, qtbot) -> None:
    controller.choose_network(bundled("lenet5"))
    assert controller.view.network is bundled()
    with qtbot.waitSignal(controller.noticed) as said:
        runner.waiting.append(Failed(Problem("it cannot be built")))
        controller.drain()
    assert said.args == [said.args[0], True]
    assert controller.view.network is bundled()
    assert controller.experiment.network is bundled()
    controller.reset()
    assert runner.asked[-1] == ("restart", controller.experiment)


def test_that_a_first_run_that_fails_is_awaited_no_longer(qtbot: QtBot, runner) -> None:
    made = Controller(runner, experiment())
    made.start()
    runner.waiting += [Starting("Reading the images"), Failed(Problem("they do not fit"))]
    made.drain()
    progress = made.view.progress
    assert progress.failed
    assert not progress.ready
    assert progress.waiting == NO_RUN
    made.reset()
    runner.waiting.append(Starting("Reading the images"))
    made.drain()
    assert not made.view.progress.failed
    runner.say_ready()
    made.drain()
    assert made.view.progress.ready
    made.close(0.1)


def test_that_another_network_is_shown_from_its_beginning(controller, runner) -> None:
    controller.choose_layer(3)
    controller.choose_network(bundled("lenet5"))
    runner.say_ready()
    controller.drain()
    assert controller.view.network is bundled("lenet5")
    assert controller.view.stage is None
    runner.live = snapshot("lenet5")
    controller.drain()
    assert controller.view.cursor.layer == 0
    assert controller.view.stage is not None


def test_that_a_snapshot_of_another_network_is_not_shown(controller, runner) -> None:
    runner.live = snapshot("lenet5")
    before = controller.view.live
    controller.drain()
    assert controller.view.live is before


def test_that_a_reset_keeps_the_place(controller, runner) -> None:
    controller.go_to(Cursor(3, 5, 6, 7, 100))
    controller.reset()
    runner.say_ready()
    controller.drain()
    assert controller.view.cursor == Cursor(3, 5, 6, 7, 100)
    assert controller.view.progress.step == 0


def test_that_the_group_of_the_term_just_added_is_open(controller) -> None:
    controller.go_to(Cursor(3, 5, 6, 7, 100))
    assert controller.view.opened == 100 // 9
    controller.go_to_element(3, 5, 6, 8)
    assert controller.view.opened == 11
    controller.open_group(99)
    assert controller.view.opened == 31
    controller.choose_layer(0)
    assert controller.view.opened == 0


def test_that_wrong_samples_are_shown_one_after_the_other(controller, runner) -> None:
    controller.wrong_sample()
    assert runner.asked[-1] == ("find_wrong",)
    runner.waiting.append(WrongSamples(0, (8, 3, 5)))
    controller.drain()
    assert controller.view.sample == 8
    controller.wrong_sample()
    controller.wrong_sample()
    assert controller.view.sample == 5


def test_that_a_network_without_errors_is_praised(controller, runner, qtbot) -> None:
    controller.wrong_sample()
    runner.waiting.append(WrongSamples(0, ()))
    with qtbot.waitSignal(controller.noticed) as said:
        controller.drain()
    assert said.args[1] is False


def test_that_a_notice_reaches_the_banner_and_training_goes_on(controller, runner, qtbot) -> None:
    begin_training(controller, runner)
    runner.waiting.append(Notice(Problem("the batch is halved")))
    with qtbot.waitSignal(controller.noticed):
        controller.drain()
    assert controller.view.progress.running


def test_that_the_end_of_training_is_shown(controller, runner) -> None:
    begin_training(controller, runner)
    runner.waiting += [Training(False), Finished(15)]
    controller.drain()
    assert controller.view.progress.finished
    assert not controller.view.progress.running


def test_that_home_and_end_go_to_the_ends_of_the_slider(controller) -> None:
    controller.go_to_start()
    assert controller.view.cursor == Cursor(0, 0, 0, 0, 9)
    controller.choose_unit(Unit.TERM)
    controller.go_to_start()
    assert controller.view.cursor == Cursor()
    controller.go_to_end()
    assert controller.view.cursor == Cursor(0, 0, 27, 27, 9)
    controller.go_to_last()
    assert controller.view.cursor == last(bundled())


def test_that_the_same_pixel_twice_is_no_pixel(controller) -> None:
    controller.point_at_pixel((0, 4, 5))
    assert controller.view.pointing.pixel == (0, 4, 5)
    controller.point_at_pixel((0, 4, 5))
    assert controller.view.pointing.pixel is None


def test_that_playing_moves_the_cursor_and_pausing_leaves_it(controller, qtbot) -> None:
    controller.go_to_first()
    controller.choose_speed(50)
    controller.toggle_play()
    assert controller.view.playing
    qtbot.waitUntil(lambda: controller.view.cursor.row > 2, timeout=5000)
    controller.toggle_play()
    assert not controller.view.playing
    stopped = controller.view.cursor
    qtbot.wait(60)
    assert controller.view.cursor == stopped


def test_that_playing_ends_with_the_forward_pass(controller, qtbot) -> None:
    controller.choose_layer(8)
    controller.go_to_element(8, 0, 0, 7)
    controller.choose_speed(50)
    controller.toggle_play()
    qtbot.waitUntil(lambda: not controller.view.playing, timeout=5000)
    assert controller.view.cursor == last(bundled())


def test_that_speeds_go_from_one_to_the_next(controller) -> None:
    controller.change_speed(1)
    assert controller.view.speed == 2
    for _ in range(20):
        controller.change_speed(-1)
    assert controller.view.speed == 0.1


def test_that_a_key_held_down_does_not_keep_the_window_from_listening(
    controller, runner, qtbot
) -> None:
    runner.waiting.append(Training(True))
    for _ in range(30):  # every 10 ms, where the mailbox is looked into every 100 ms
        controller.train()
        qtbot.wait(10)
    assert controller.view.progress.running


def test_that_a_gradient_that_could_not_be_measured_is_not_asked_for_again(
    controller, runner
) -> None:
    stage = controller.view.stage
    controller.measure_gradient(stage, 0, (0, 1, 1))
    controller.measure_gradient(stage, 0, (0, 1, 2))
    assert _measures(runner) == [(stage, 0, (0, 1, 1))]
    runner.waiting.append(Failed(Problem("out of memory")))
    controller.drain()
    controller.measure_gradient(stage, 0, (0, 1, 1))
    assert len(_measures(runner)) == 1
    controller.measure_gradient(stage, 0, (0, 1, 2))
    assert len(_measures(runner)) == 2


def test_that_a_new_run_forgets_the_gradient_and_the_request(controller, runner) -> None:
    stage = controller.view.stage
    values = np.zeros((1, 28, 28), dtype=np.float32)
    controller.measure_gradient(stage, 0, (0, 1, 1))
    runner.gradient = gradient = PixelGradient(stage, 0, (0, 1, 1), values)
    controller.drain()
    assert controller.view.gradient is gradient
    controller.measure_gradient(stage, 0, (0, 1, 2))
    runner.say_ready()
    controller.drain()
    assert controller.view.gradient is None
    controller.measure_gradient(stage, 0, (0, 1, 2))
    assert len(_measures(runner)) == 3


def _measures(runner: FakeRunner) -> list[tuple[object, ...]]:
    return [asked[1:] for asked in runner.asked if asked[0] == "measure_gradient"]


def judges(runner) -> list[object]:
    return [asked[1] for asked in runner.asked if asked[0] == "judgement"]


def at_step(snapshot, step: int):
    """The same network later on, with arrays of its own."""
    return replace(snapshot, step=step, parameters=tuple(dict(p) for p in snapshot.parameters))


def answer_judge(runner, snapshot, seconds: float = 1.0) -> None:
    nothing = np.zeros(0, dtype=np.int64)
    images = np.zeros((0, 28, 28), np.uint8)
    losses = np.zeros(0, np.float32)
    answer = Judgement(snapshot, nothing, nothing, losses, images, seconds)
    runner.surveyed[Survey.JUDGEMENT] = answer


def test_that_one_step_is_judged_once_whichever_sample_is_shown(controller, runner) -> None:
    first = controller.view.live
    controller.judge(first)
    controller.judge(first)
    assert judges(runner) == [first]
    answer_judge(runner, first)
    controller.drain()
    assert controller.view.judgement.snapshot is first
    other = replace(first, sample=Sample(9, first.sample.image, 1))
    controller.judge(at_step(other, first.step))
    assert judges(runner) == [first]


def test_that_judging_takes_a_small_share_of_training(controller, runner, monkeypatch) -> None:
    now = [100.0]
    monkeypatch.setattr("cnnviz.control.surveying.monotonic", lambda: now[0])
    begin_training(controller, runner)
    asked = 0
    for step in range(1, 2000):
        now[0] += 0.1
        live = snapshot(step=0)
        controller.judge(at_step(live, step))
        if len(judges(runner)) > asked:
            asked += 1
            now[0] += 1.0
            answer_judge(runner, judges(runner)[-1], seconds=1.0)
            controller.drain()
    assert 5 <= asked <= 0.035 * (now[0] - 100)


def test_that_a_pause_gives_up_the_older_step(controller, runner) -> None:
    begin_training(controller, runner)
    older = controller.view.live
    newer = at_step(older, 5)
    controller.judge(older)
    controller.judge(newer)
    assert judges(runner) == [older]
    runner.waiting.append(Training(False))
    controller.drain()
    controller.judge(newer)
    assert judges(runner) == [older, newer]
    answer_judge(runner, older)
    controller.drain()
    assert controller.view.judgement is None
    answer_judge(runner, newer)
    controller.drain()
    judgement = controller.view.judgement
    assert judgement is not None
    assert judgement.snapshot is newer


def test_that_what_cannot_be_judged_is_said_once(controller, runner, qtbot) -> None:
    controller.judge(controller.view.live)
    runner.surveyed[Survey.JUDGEMENT] = Problem("out of memory")
    with qtbot.waitSignal(controller.noticed):
        controller.drain()
    controller.judge(controller.view.live)
    assert len(judges(runner)) == 1


def test_that_a_new_run_forgets_the_judgement_and_what_is_under_way(controller, runner) -> None:
    first = controller.view.live
    controller.judge(first)
    runner.say_ready()
    controller.drain()
    answer_judge(runner, first)
    controller.drain()
    assert controller.view.judgement is None
    controller.judge(first)
    assert len(judges(runner)) == 2


def test_that_a_single_batch_is_shown_though_the_look_was_quicker(controller, runner) -> None:
    controller.one_batch()
    before = controller.view.live
    runner.live = replace(before, sample=before.sample)
    controller.drain()  # the answer is from before the batch: it is asked for again
    looks = [asked for asked in runner.asked if asked[0] == "look"]
    runner.log.append(np.array([2.0], np.float32))
    runner.live = after = replace(before, step=1)
    controller.drain()
    assert controller.view.live is after
    assert controller.view.progress.step == 1
    controller.drain()
    assert [asked for asked in runner.asked if asked[0] == "look"] == looks
