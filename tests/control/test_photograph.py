"""What a person asks of a photograph and its filter, and what becomes of the view."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from cnnviz.control.photograph import Photographs
from cnnviz.control.polling import SLOW_POLL_MS
from cnnviz.core.cursor import Cursor
from cnnviz.core.filtering import Channels, Filtering
from cnnviz.core.filters import FILTERS, OWN, filter_of
from cnnviz.core.operations import Conv2d
from cnnviz.core.picture import Picture
from cnnviz.core.problem import Problem
from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.stage import StageScene, stage_scene
from cnnviz.engine.filtering import filtered
from cnnviz.resources import resource
from tests.control.runners import FakeRunner
from tests.networks import snapshot

COLOUR = Picture(np.random.default_rng(0).random((3, 12, 16), dtype=np.float32))
GREY = Picture(np.random.default_rng(1).random((1, 12, 16), dtype=np.float32))


@pytest.fixture
def photographs(qtbot: QtBot, runner: FakeRunner) -> Iterator[Photographs]:
    made = Photographs(runner)
    yield made
    made.close(10)


def asked(runner: FakeRunner) -> list[Filtering]:
    return [entry[1] for entry in runner.asked if isinstance(entry[1], Filtering)]


def answer(photographs: Photographs, runner: FakeRunner) -> None:
    """Let the fake worker do what was asked last."""
    runner.filtered = filtered(asked(runner)[-1])
    photographs.drain()


def show(photographs: Photographs, runner: FakeRunner, picture: Picture = COLOUR) -> None:
    photographs.show_picture(picture)
    answer(photographs, runner)


def scene(photographs: Photographs) -> StageScene:
    made = stage_scene(photographs.view)
    assert isinstance(made, StageScene)
    return made


def test_that_before_the_first_answer_the_page_says_what_it_waits_for(photographs) -> None:
    empty = stage_scene(photographs.view)
    assert isinstance(empty, Empty)
    assert empty.reason
    photographs.show_picture(COLOUR)
    assert photographs.waiting
    assert isinstance(stage_scene(photographs.view), Empty)


def test_that_the_first_cursor_stands_where_the_answer_is_strongest(photographs, runner) -> None:
    show(photographs, runner)
    found = scene(photographs)
    output = np.abs(found.output[0])
    assert output[found.cursor.row, found.cursor.column] == output.max()
    assert found.done
    assert found.ledger.result == pytest.approx(float(found.output[found.element]), abs=1e-5)


def test_that_the_stage_steps_through_a_photograph_like_any_layer(photographs, runner) -> None:
    show(photographs, runner)
    photographs.choose_channels(Channels.SUMMED)
    answer(photographs, runner)
    photographs.go_to(Cursor(0, 0, 3, 4, 0))
    for _ in range(26):
        photographs.step(1, unit=photographs.view.unit.TERM)
    assert photographs.view.cursor == Cursor(0, 0, 3, 4, 26)
    assert len(scene(photographs).ledger.subtotals) == 3


def test_that_each_choice_asks_for_one_answer(photographs, runner) -> None:
    show(photographs, runner)
    before = len(asked(runner))
    photographs.choose_kernel(filter_of("box_5"))
    photographs.choose_channels(Channels.APART)
    photographs.choose_padding("zeros")
    photographs.choose_padding("zeros")
    photographs.choose_kernel(filter_of("box_5"))
    wanted = asked(runner)[before:]
    assert len(wanted) == 3
    assert [w.number for w in wanted] == sorted({w.number for w in wanted})
    operation = wanted[-1].network.layers[0].operation
    assert isinstance(operation, Conv2d)
    assert (operation.groups, operation.padding_mode) == (3, "zeros")


def test_that_an_earlier_answer_is_shown_and_the_last_one_still_awaited(
    photographs, runner
) -> None:
    show(photographs, runner)
    photographs.choose_kernel(filter_of("box_3"))
    photographs.choose_kernel(filter_of("box_5"))
    first = filtered(asked(runner)[-2])
    runner.filtered = first
    photographs.drain()
    assert photographs.view.stage is first
    assert photographs.waiting
    answer(photographs, runner)
    assert not photographs.waiting


def test_that_the_mailbox_is_read_only_while_an_answer_is_awaited(
    photographs, runner, qtbot
) -> None:
    assert not photographs._mailbox.isActive()
    photographs.show_picture(COLOUR)
    assert photographs._mailbox.isActive()
    assert photographs._mailbox.interval() <= 16
    qtbot.waitUntil(lambda: photographs._mailbox.interval() == SLOW_POLL_MS)
    answer(photographs, runner)
    assert not photographs._mailbox.isActive()


def test_that_a_failure_is_said_and_ends_the_wait(photographs, runner, qtbot) -> None:
    show(photographs, runner)
    kept = photographs.view.stage
    photographs.choose_kernel(filter_of("box_3"))
    runner.filtered = Problem("no memory")
    with qtbot.waitSignal(photographs.noticed) as said:
        photographs.drain()
    assert said.args[1] is True
    assert not photographs.waiting
    assert photographs.view.stage is kept


def test_that_another_kernel_leaves_the_window_where_it_is(photographs, runner) -> None:
    show(photographs, runner)
    photographs.go_to_element(0, 0, 5, 6)
    for key, terms in (("box_3", 9), ("gaussian_5", 25)):
        photographs.choose_kernel(filter_of(key))
        answer(photographs, runner)
        assert photographs.view.cursor == Cursor(0, 0, 5, 6, terms)


def test_that_a_smaller_picture_keeps_the_window_inside(photographs, runner) -> None:
    show(photographs, runner)
    photographs.go_to_element(0, 0, 11, 15)
    show(photographs, runner, Picture(COLOUR.image[:, :5, :5].copy()))
    assert photographs.view.cursor == Cursor(0, 0, 4, 4, 9)


def test_that_a_grey_picture_is_grey_and_colour_comes_back(photographs, runner) -> None:
    show(photographs, runner)
    photographs.choose_channels(Channels.SUMMED)
    show(photographs, runner, GREY)
    assert photographs.shown_channels.name == "GREY"
    assert scene(photographs).input.shape[0] == 1
    show(photographs, runner, COLOUR)
    assert photographs.shown_channels.name == "SUMMED"
    assert scene(photographs).input.shape[0] == 3


def test_that_playing_stops_when_the_network_is_another(photographs, runner) -> None:
    show(photographs, runner)
    photographs.toggle_play()
    photographs.choose_kernel(filter_of("prewitt_vertical"))
    answer(photographs, runner)
    assert photographs.player.playing  # the same shapes: it goes on
    photographs.choose_kernel(filter_of("box_5"))
    answer(photographs, runner)
    assert not photographs.player.playing
    assert not photographs.view.playing


def test_that_edits_make_a_kernel_ones_own_and_are_undone_one_by_one(photographs, runner) -> None:
    show(photographs, runner)
    first = photographs.kernel
    photographs.edit_number(0, 0, -5)
    photographs.edit_divisor(4)
    photographs.edit_size(5, 5)
    assert (photographs.kernel.key, photographs.kernel.size) == (OWN, (5, 5))
    assert photographs.own is photographs.kernel
    photographs.undo()
    assert (photographs.kernel.size, photographs.kernel.divisor) == ((3, 3), 4)
    photographs.undo()
    photographs.undo()
    assert photographs.kernel == first
    photographs.redo()
    assert photographs.kernel.numbers[0][0] == -5
    assert asked(runner)[-1].weight[0, 0, 0, 0] == -5
    photographs.choose_kernel(FILTERS[0])
    assert not photographs.history.can_redo


def test_that_ones_own_kernel_is_kept_while_others_are_looked_at(photographs, runner) -> None:
    show(photographs, runner)
    photographs.edit_number(1, 1, 7)
    own = photographs.kernel
    photographs.choose_kernel(filter_of("box_3"))
    assert photographs.own == own


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e9])
def test_that_no_edit_lets_in_what_cannot_be_computed(photographs, runner, qtbot, value) -> None:
    show(photographs, runner)
    before = photographs.kernel
    with qtbot.waitSignal(photographs.noticed) as said:
        photographs.edit_number(0, 0, value)
    assert isinstance(said.args[0], Problem)
    with qtbot.waitSignal(photographs.noticed):
        photographs.edit_divisor(0)
    with qtbot.waitSignal(photographs.noticed):
        photographs.edit_size(8, 3)
    assert photographs.kernel is before


def test_that_a_drawing_is_filtered_stroke_by_stroke_and_undone(photographs, runner) -> None:
    show(photographs, runner)
    photographs.draw()
    photographs.stroke((50, 50), (50, 50), 6, True, new=True)
    photographs.stroke((50, 50), (50, 90), 6, True, new=False)
    drawn = asked(runner)[-1].image[0]
    assert drawn[50, 50] == drawn[50, 90] == 1
    assert drawn[50, 110] == drawn[80, 50] == 0
    photographs.stroke((50, 90), (50, 90), 9, False, new=True)
    assert asked(runner)[-1].image[0, 50, 90] == 0
    photographs.undo()
    assert asked(runner)[-1].image[0, 50, 90] == 1
    photographs.undo()
    assert asked(runner)[-1].image.max() == 0
    photographs.undo()
    assert photographs.picture is COLOUR


def test_that_a_photograph_cannot_be_drawn_on(photographs, runner) -> None:
    show(photographs, runner)
    photographs.stroke((5, 5), (5, 5), 3, True, new=True)
    assert photographs.picture is COLOUR


def test_that_a_file_is_read_beside_the_window_and_remembered(photographs, runner, qtbot) -> None:
    path = resource("images", "coffee.png")
    with qtbot.waitSignals([photographs.picture_opened, photographs.noticed]) as said:
        photographs.open(path)
        assert photographs.waiting
    names = [event.args[0] for event in said.all_signals_and_args]
    assert str(path) in names
    answer(photographs, runner)
    assert scene(photographs).input.shape == (1, 341, 512)


def test_that_a_file_that_cannot_be_read_leaves_the_picture(
    photographs, runner, qtbot, tmp_path: Path
) -> None:
    show(photographs, runner)
    with qtbot.waitSignal(photographs.noticed) as said:
        photographs.open(tmp_path / "none.png")
    assert "there is no such file" in str(said.args[0])
    assert photographs.picture is COLOUR
    assert not photographs.waiting


def test_that_only_the_last_of_many_files_is_shown(photographs, runner, qtbot) -> None:
    opened: list[str] = []
    photographs.picture_opened.connect(opened.append)
    for name in ("coffee", "chelsea", "camera", "astronaut"):
        photographs.open(resource("images", f"{name}.png"))
    qtbot.waitUntil(lambda: photographs.picture is not None)
    assert photographs.picture.name == "astronaut.png"
    assert opened == [str(resource("images", "astronaut.png"))]


def test_that_the_networks_kernels_are_offered_and_followed(photographs, runner) -> None:
    show(photographs, runner)
    first, second = snapshot(seed=1), snapshot(seed=2)
    photographs.follow(first)
    assert len(photographs.learned) == 32
    photographs.choose_kernel(photographs.learned[3])
    weight = first.parameters[0]["weight"]
    np.testing.assert_array_equal(asked(runner)[-1].weight[0], weight[3])
    count = len(asked(runner))
    photographs.follow(first)
    assert len(asked(runner)) == count  # the same weights again
    photographs.follow(second)
    np.testing.assert_array_equal(asked(runner)[-1].weight[0], second.parameters[0]["weight"][3])


def test_that_a_network_without_such_kernels_offers_none(photographs) -> None:
    photographs.follow(None)
    assert photographs.learned == ()
    made = snapshot(seed=1)
    weight = np.zeros((4, 2, 3, 3), dtype=np.float32)
    photographs.follow(replace(made, parameters=({"weight": weight}, *made.parameters[1:])))
    assert photographs.learned == ()
