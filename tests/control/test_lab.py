"""The Lab: edits, undo, what is remembered, and a view that follows; no window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from cnnviz.control.lab import MOST_STEPS, Lab
from cnnviz.core.bench_edits import with_operation
from cnnviz.core.cursor import Cursor, stops
from cnnviz.core.problem import Problem
from cnnviz.core.timeline import Unit
from tests.core.bench_draws import alike

FIRST_OUTPUT = [[[6, 9, 11], [10, 4, 4], [7, 7, 4]]]


class Heard:
    """What a lab said."""

    def __init__(self, lab: Lab) -> None:
        self.changes = 0
        self.edits = 0
        self.problems: list[Problem] = []
        lab.changed.connect(self._changed)
        lab.edited.connect(self._edited)
        lab.noticed.connect(lambda problem, failed: self.problems.append(problem))

    def _changed(self) -> None:
        self.changes += 1

    def _edited(self) -> None:
        self.edits += 1


@pytest.fixture
def lab(qtbot: QtBot, tmp_path: Path) -> Iterator[Lab]:
    made = Lab(tmp_path / "config" / "lab.toml")
    made.ready()
    yield made
    made.close()


@pytest.fixture
def heard(lab: Lab) -> Heard:
    return Heard(lab)


def output(lab: Lab):
    assert lab.view.stage is not None
    return lab.view.stage.activations[1].tolist()


def test_that_nothing_is_on_the_stage_until_torch_is_there(qtbot: QtBot, tmp_path: Path) -> None:
    lab = Lab(tmp_path / "lab.toml")
    heard = Heard(lab)
    assert lab.view.stage is None
    assert lab.view.progress.waiting == "PyTorch is being loaded…"
    lab.set_cell("input", (0, 0, 0), 5.0)
    assert lab.view.stage is None
    assert lab.bench.input[0, 0, 0] == 5.0
    lab.ready()
    assert output(lab)[0][0][0] == 10.0
    assert (heard.changes, lab.view.progress.ready) == (2, True)
    lab.ready()
    assert heard.changes == 2
    lab.close()


def test_that_the_first_example_lies_there_with_nothing_computed(lab: Lab) -> None:
    assert output(lab) == FIRST_OUTPUT
    assert lab.view.cursor == Cursor()
    assert lab.view.stage is lab.view.live
    assert lab.view.stage is not None
    assert lab.view.stage.network is lab.view.network
    assert lab.view.progress.test_count == 0
    assert not lab.history.can_undo


def test_that_an_edit_shows_its_result_at_once_and_is_said_once(lab: Lab, heard: Heard) -> None:
    network = lab.view.network
    lab.set_cell("weight", (0, 0, 0, 0), -1.0)
    assert output(lab)[0][0][0] == 4.0
    assert (heard.changes, heard.edits) == (1, 1)
    assert lab.view.network is network
    assert lab.bench.preset == "convolution"


def test_that_a_refused_edit_is_said_and_changes_nothing(lab: Lab, heard: Heard) -> None:
    before, view = lab.bench, lab.view
    lab.set_cell("input", (0, 0, 0), np.nan)
    lab.set_field("kernel_size", 6)
    lab.choose_operation("Conv3d")
    lab.take_preset("none")
    lab.set_block("input", (9, 9, 9), np.ones((2, 2)))
    assert len(heard.problems) == 5
    assert "spans 6 positions" in str(heard.problems[1])
    assert (lab.bench, lab.view) == (before, view)
    assert (heard.changes, heard.edits, lab.history.can_undo) == (0, 0, False)


def test_that_edits_are_undone_and_made_again_one_by_one(lab: Lab, heard: Heard) -> None:
    first = lab.bench
    lab.set_cell("input", (0, 0, 0), 7.0)
    lab.set_cell("input", (0, 0, 0), 8.0)
    lab.set_field("stride", 2)
    last = lab.bench
    lab.undo()
    lab.undo()
    assert lab.bench.input[0, 0, 0] == 7.0
    lab.undo()
    assert lab.bench is first
    assert output(lab) == FIRST_OUTPUT
    assert (lab.history.can_undo, lab.history.can_redo) == (False, True)
    lab.undo()
    for _ in range(3):
        lab.redo()
    assert lab.bench is last
    assert (lab.history.can_undo, lab.history.can_redo) == (True, False)
    lab.undo()
    lab.set_cell("input", (0, 4, 4), 3.0)
    assert not lab.history.can_redo
    assert heard.edits == 11


def test_that_the_same_number_again_is_no_step(lab: Lab, heard: Heard) -> None:
    lab.set_cell("input", (0, 0, 0), 1.0)
    assert (heard.edits, lab.history.can_undo) == (0, False)


def test_that_a_stroke_is_one_step(lab: Lab) -> None:
    first = lab.bench
    lab.begin_stroke()
    for column in range(5):
        lab.set_cell("input", (0, 0, column), 9.0)
    lab.end_stroke()
    lab.set_cell("input", (0, 1, 0), 9.0)
    lab.undo()
    assert lab.bench.input[0, 0].tolist() == [9.0] * 5
    lab.undo()
    assert lab.bench is first
    lab.redo()
    assert lab.bench.input[0, 0].tolist() == [9.0] * 5


def test_that_a_stroke_that_changes_nothing_is_no_step(lab: Lab) -> None:
    lab.begin_stroke()
    lab.set_cell("input", (0, 0, 0), 1.0)
    lab.end_stroke()
    assert not lab.history.can_undo


def test_that_the_oldest_steps_are_forgotten(lab: Lab) -> None:
    for number in range(MOST_STEPS + 2):
        lab.set_cell("input", (0, 0, 0), float(number + 2))
    for _ in range(MOST_STEPS):
        assert lab.history.can_undo
        lab.undo()
    assert not lab.history.can_undo
    assert lab.bench.input[0, 0, 0] == 3.0


def test_that_a_preset_starts_at_its_first_window_and_can_be_undone(lab: Lab) -> None:
    lab.go_to_last()
    lab.take_preset("three_channels")
    assert lab.view.cursor == Cursor()
    assert output(lab)[0][0] == [8, 13, 9, 8, 7]
    assert lab.view.network.layers[0].input_shape == (3, 7, 7)
    lab.undo()
    assert output(lab) == FIRST_OUTPUT


@pytest.mark.parametrize("number", range(40))
def test_that_every_preset_can_be_taken_and_stepped_to_its_end(lab: Lab, heard, number) -> None:
    lab.take_preset(lab.presets[number].key)
    assert not heard.problems
    assert lab.bench.preset == lab.presets[number].key
    lab.step(1, Unit.TERM)
    assert lab.view.cursor.term == min(t for t in stops(lab.view.network, Cursor()) if t > 0)
    lab.go_to_last()
    cursor, shape = lab.view.cursor, lab.view.network.layers[0].output_shape
    place = (cursor.channel, cursor.row, cursor.column)[-len(shape) :]
    assert place == tuple(size - 1 for size in shape)


def test_that_stepping_keeps_its_place_where_it_can(lab: Lab) -> None:
    lab.go_to(Cursor(0, 0, 2, 2, 4))
    lab.set_cell("input", (0, 0, 0), 5.0)
    assert lab.view.cursor == Cursor(0, 0, 2, 2, 4)
    lab.set_field("stride", 2)
    assert lab.view.cursor == Cursor(0, 0, 1, 1, 4)
    lab.set_field("kernel_size", 1)
    assert lab.view.cursor == Cursor(0, 0, 1, 1, 1)


def test_that_a_finished_window_stays_finished_when_the_kernel_grows(lab: Lab) -> None:
    lab.go_to_element(0, 0, 1, 1)
    lab.set_field("kernel_size", 4)
    assert lab.view.cursor == Cursor(0, 0, 1, 1, 16)


def test_that_an_edit_of_numbers_lets_playing_go_on_and_another_shape_stops_it(lab: Lab) -> None:
    lab.toggle_play()
    lab.set_cell("input", (0, 0, 0), 5.0)
    assert lab.view.playing
    lab.set_field("stride", 2)
    assert not lab.view.playing
    assert not lab.player.playing


def test_that_the_opened_channel_and_the_pointing_follow_the_shape(lab: Lab) -> None:
    lab.take_preset("three_channels")
    lab.open_group(2)
    lab.point_at_pixel((2, 1, 1))
    lab.set_cell("input", (0, 0, 0), 5.0)
    assert (lab.view.opened, lab.view.pointing.pixel) == (2, (2, 1, 1))
    lab.set_field("channels", 1)
    assert (lab.view.opened, lab.view.pointing.pixel) == (0, None)


def test_that_random_numbers_are_others_each_time_and_clearing_leaves_none(lab: Lab) -> None:
    lab.randomise(["input", "weight"])
    once = lab.bench.input
    lab.randomise(["input"])
    assert not np.array_equal(lab.bench.input, once)
    lab.clear(["input"])
    assert not lab.bench.input.any()
    assert not np.any(output(lab))


def test_that_a_dropout_is_evaluated_or_has_a_mask(lab: Lab) -> None:
    lab.choose_operation("Dropout")
    assert "mask" in lab.bench.parameters
    lab.strike_out(False)
    assert output(lab) == lab.bench.input.tolist()
    lab.strike_out(True)
    assert "mask" in lab.bench.parameters


def test_that_the_bench_is_there_again_after_a_start(qtbot: QtBot, tmp_path: Path) -> None:
    file = tmp_path / "config" / "lab.toml"
    lab = Lab(file)
    lab.take_preset("bias")
    lab.set_cell("bias", (0,), 0.1)
    lab.close()
    again = Lab(file)
    again.restore()
    again.ready()
    assert alike(again.bench, lab.bench)
    assert (again.view.cursor, again.history.can_undo) == (Cursor(), False)
    assert output(again)[0][0][0] == 3.1
    again.close()


def test_that_nothing_is_written_where_nothing_was_edited(qtbot: QtBot, tmp_path: Path) -> None:
    lab = Lab(tmp_path / "lab.toml")
    lab.restore()
    lab.ready()
    lab.close()
    assert not list(tmp_path.iterdir())


def test_that_a_broken_file_is_said_and_the_first_example_stays(lab: Lab, heard: Heard) -> None:
    file = lab._file
    file.parent.mkdir()
    file.write_bytes(b"\xff")
    lab.restore()
    (problem,) = heard.problems
    assert str(file) in str(problem)
    assert "UTF-8" in str(problem)
    assert output(lab) == FIRST_OUTPUT


def test_that_a_file_that_cannot_be_written_is_said(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "config").write_text("a file where a folder should be")
    lab = Lab(tmp_path / "config" / "lab.toml")
    heard = Heard(lab)
    lab.randomise(["input"])
    lab.close()
    assert "could not be kept" in str(heard.problems[0])


def test_that_the_place_is_the_same_in_a_linear_layer_and_in_its_convolution(lab: Lab) -> None:
    lab.take_preset("affine")
    lab.go_to(Cursor(0, 0, 0, 2, 3))
    lab.lay_out_equivalent()
    assert lab.view.cursor == Cursor(0, 2, 0, 0, 3)
    assert output(lab) == [[[-2.0]], [[5.0]], [[4.0]]]
    lab.lay_out_equivalent()
    assert lab.view.cursor == Cursor(0, 0, 0, 2, 3)
    assert output(lab) == [-2.0, 5.0, 4.0]


def test_that_another_bench_can_be_opened(lab: Lab) -> None:
    lab.open(with_operation(lab.bench, "MaxPool2d"))
    assert output(lab) == [[[2, 4], [4, 1]]]
    assert lab.history.can_undo
