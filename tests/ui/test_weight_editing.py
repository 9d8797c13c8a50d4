"""Editing kernels in the window: in the kernels' pane, on the stage, by menu and keys."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QContextMenuEvent
from PyQt6.QtWidgets import QApplication, QFileDialog, QMenu
from pytestqt.qtbot import QtBot
from safetensors.numpy import load_file

from cnnviz.core.scenes.kernels import KernelsScene
from cnnviz.core.weight_edit import WeightChange
from cnnviz.ui.main_window import MainWindow
from cnnviz.ui.panes.kernels import KernelsPane
from cnnviz.ui.panes.stage import StagePane
from tests.control.runners import FakeRunner
from tests.networks import snapshot
from tests.ui.hands import click, double_click, press, turn_wheel

Key = Qt.Key


@pytest.fixture
def kernels(window: MainWindow) -> KernelsPane:
    pane = window.pane("kernels")
    assert isinstance(pane, KernelsPane)
    return pane


@pytest.fixture
def stage(window: MainWindow) -> StagePane:
    pane = window.pane("stage")
    assert isinstance(pane, StagePane)
    return pane


def cell(pane: KernelsPane, tile: int, row: int, column: int) -> QPointF:
    assert isinstance(pane.shown, KernelsScene)
    return pane.tiles(pane.shown).cell(tile, row, column).center()


def made(runner: FakeRunner) -> list[tuple[int, str, list[list[int]], list[float]]]:
    """(layer, name, places, numbers) of every edit that was sent."""
    found = []
    for asked in runner.asked:
        if isinstance(asked[-1], WeightChange):
            for edit in asked[-1].edits:
                assert edit.places is not None
                found.append(
                    (edit.layer, edit.name, edit.places.tolist(), np.ravel(edit.values).tolist())
                )
    return found


def enter(pane: KernelsPane, text: str, key: Key = Key.Key_Return) -> None:
    pane.editing.editor.setText(text)
    press(pane.editing.editor, key)


def test_that_a_double_click_edits_the_weight_that_is_under_it(
    kernels: KernelsPane, runner: FakeRunner
) -> None:
    double_click(kernels, cell(kernels, 5, 2, 1))
    editor = kernels.editing.editor
    assert np.float32(editor.text()) == snapshot().parameters[0]["weight"][5, 0, 2, 1]
    enter(kernels, "−0,5")
    assert not editor.open
    assert made(runner) == [(0, "weight", [[5, 0, 2, 1]], [-0.5])]


def test_that_a_slice_of_a_deeper_layer_is_edited_at_its_channel(
    window: MainWindow, kernels: KernelsPane, runner: FakeRunner
) -> None:
    window.controller.go_to_element(3, 9, 4, 4)
    double_click(kernels, cell(kernels, 20, 0, 2))
    enter(kernels, "1")
    assert made(runner) == [(3, "weight", [[9, 20, 0, 2]], [1.0])]


def test_that_a_weight_of_a_linear_layer_is_edited_at_its_place(
    window: MainWindow, kernels: KernelsPane, runner: FakeRunner
) -> None:
    window.controller.go_to_element(7, 0, 0, 4)
    scene = kernels.shown
    assert isinstance(scene, KernelsScene)
    kernels.edit((2, 1, 3))  # its input was 64 maps of 7 × 7
    assert np.float32(kernels.editing.editor.text()) == scene.weight[4, 2, 1, 3]
    enter(kernels, "2")
    assert made(runner) == [(7, "weight", [[4, 2 * 49 + 7 + 3]], [2.0])]


def test_that_f2_edits_the_clicked_weight_and_tab_goes_on_to_the_next(
    kernels: KernelsPane, runner: FakeRunner
) -> None:
    click(kernels, cell(kernels, 1, 2, 2))
    press(kernels, Key.Key_F2)
    enter(kernels, "1", Key.Key_Tab)
    enter(kernels, "2", Key.Key_Backtab)
    press(kernels.editing.editor, Key.Key_Escape)
    assert made(runner) == [
        (0, "weight", [[1, 0, 2, 2]], [1.0]),
        (0, "weight", [[2, 0, 0, 0]], [2.0]),
    ]


def test_that_a_number_that_was_not_changed_is_no_edit(
    kernels: KernelsPane, runner: FakeRunner
) -> None:
    double_click(kernels, cell(kernels, 5, 2, 1))
    press(kernels.editing.editor, Key.Key_Return)
    double_click(kernels, cell(kernels, 5, 2, 1))
    kernels.editing.editor.setText("9")
    press(kernels.editing.editor, Key.Key_Escape)
    assert not made(runner)


@pytest.mark.parametrize("text", ["", "-", "1e999", "1e7", "1,2,3"])
def test_that_what_is_no_finite_number_is_refused(
    kernels: KernelsPane, runner: FakeRunner, text: str
) -> None:
    double_click(kernels, cell(kernels, 5, 2, 1))
    enter(kernels, text)
    assert kernels.editing.editor.open
    assert kernels.editing.editor.refused
    press(kernels.editing.editor, Key.Key_Escape)
    assert not made(runner)


def test_that_nan_cannot_even_be_typed(kernels: KernelsPane, qtbot: QtBot) -> None:
    double_click(kernels, cell(kernels, 5, 2, 1))
    qtbot.keyClicks(kernels.editing.editor, "nan inf 3")
    assert kernels.editing.editor.text().strip() == "3"


def test_that_the_wheel_turns_the_number_and_undo_takes_it_back_at_once(
    window: MainWindow, kernels: KernelsPane, runner: FakeRunner
) -> None:
    first = float(snapshot().parameters[0]["weight"][5, 0, 2, 1])
    double_click(kernels, cell(kernels, 5, 2, 1))
    for _ in range(3):
        turn_wheel(kernels, -1)
    press(kernels.editing.editor, Key.Key_Return)
    numbers = [edit[3][0] for edit in made(runner)]
    assert len(numbers) == 3
    assert first < numbers[0] < numbers[1] < numbers[2]
    window.actions_by_key["undo"].trigger()
    assert made(runner)[-1][3] == [first]
    assert not window.actions_by_key["undo"].isEnabled()
    window.actions_by_key["redo"].trigger()
    assert made(runner)[-1][3] == [numbers[2]]


def test_that_the_bias_is_edited_where_it_stands(
    window: MainWindow, kernels: KernelsPane, runner: FakeRunner
) -> None:
    window.controller.go_to_element(3, 9, 4, 4)
    assert kernels._bias.isVisible()
    kernels._bias.click()
    assert np.float32(kernels.editing.editor.text()) == snapshot().parameters[3]["bias"][9]
    enter(kernels, "0.25")
    assert made(runner) == [(3, "bias", [[9]], [0.25])]


def test_that_the_menu_sets_a_kernel_to_zero(
    kernels: KernelsPane, runner: FakeRunner, qtbot: QtBot
) -> None:
    at = cell(kernels, 6, 0, 0).toPoint()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, kernels.mapToGlobal(at))
    QApplication.sendEvent(kernels, event)
    menu = kernels.findChild(QMenu)
    assert menu is not None
    actions = {action.text(): action for action in menu.actions()}
    assert list(actions) == [
        "Edit this weight\tF2", "Edit the bias of kernel 6", "Set kernel 6 to 0",
    ]  # fmt: skip
    actions["Set kernel 6 to 0"].trigger()
    menu.close()
    ((layer, name, places, numbers),) = made(runner)
    assert (layer, name, len(places), set(numbers)) == (0, "weight", 9, {0.0})
    assert {place[0] for place in places} == {6}


def test_that_the_line_leaves_with_what_it_stood_on(
    window: MainWindow, kernels: KernelsPane, runner: FakeRunner
) -> None:
    double_click(kernels, cell(kernels, 5, 2, 1))
    window.controller.choose_layer(3)
    assert not kernels.editing.editor.open
    assert not made(runner)


def test_that_new_weights_leave_the_line_and_its_text(
    window: MainWindow, kernels: KernelsPane, runner: FakeRunner
) -> None:
    double_click(kernels, cell(kernels, 5, 2, 1))
    kernels.editing.editor.setText("0.12")
    runner.live = snapshot(step=10, seed=1)
    window.controller._look_again()
    window.controller.drain()
    assert kernels.editing.editor.open
    enter(kernels, "0.12")
    assert len(made(runner)) == 1


def test_that_a_weight_beside_its_pixel_is_edited_on_the_stage(
    window: MainWindow, stage: StagePane, runner: FakeRunner
) -> None:
    window.controller.go_to_element(3, 9, 4, 4)
    window.controller.open_group(2)
    arrangement = stage.body.arrangement()
    assert arrangement is not None
    double_click(stage.body, arrangement.window.cell(5).center())
    editing = stage.body.editing
    assert np.float32(editing.editor.text()) == snapshot().parameters[3]["weight"][9, 2, 1, 2]
    editing.editor.setText("0.5")
    press(editing.editor, Key.Key_Tab)
    editing.editor.setText("0.75")
    press(editing.editor, Key.Key_Return)
    assert made(runner) == [
        (3, "weight", [[9, 2, 1, 2]], [0.5]),
        (3, "weight", [[9, 2, 2, 0]], [0.75]),
    ]
    double_click(stage.body, arrangement.window.cell(5).center())
    window.controller.choose_channel(10)
    assert not editing.editor.open


def test_that_an_edit_on_a_layer_without_weights_is_none(
    window: MainWindow, stage: StagePane, runner: FakeRunner
) -> None:
    window.controller.choose_layer(2)
    arrangement = stage.body.arrangement()
    assert arrangement is not None
    double_click(stage.body, arrangement.window.cell(1).center())
    assert not stage.body.editing.editor.open


def test_that_saving_names_the_step_and_writes_it_whatever_comes_meanwhile(
    window: MainWindow, runner: FakeRunner, qtbot: QtBot, tmp_path: Path
) -> None:
    runner.live = first = snapshot(step=1200, seed=1)
    window.controller.drain()
    window.actions_by_key["save_weights"].trigger()
    dialog = window.findChild(QFileDialog)
    assert dialog is not None
    assert dialog.windowTitle() == "Save the weights of step 1,200"
    assert [Path(name).name for name in dialog.selectedFiles()] == [
        "two_layer_cnn_step_1200.safetensors"
    ]
    runner.live = snapshot(step=1300, seed=2)
    window.controller.drain()
    path = tmp_path / "w.safetensors"
    with qtbot.waitSignal(window.controller.noticed) as said:
        dialog.fileSelected.emit(str(path))
    assert said.args[0].fields["step"] == 1200
    assert np.array_equal(load_file(path)["0.weight"], first.parameters[0]["weight"])
    dialog.reject()


def test_that_a_dropped_file_of_weights_is_opened(
    window: MainWindow, runner: FakeRunner, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "w.safetensors"
    with qtbot.waitSignal(window.controller.noticed):
        window.controller.weights.save_file(path)
    with qtbot.waitSignal(window.controller.weights.changed):
        window.requests.open_path(path)
    change = next(it[1] for it in runner.asked if it[0] == "change_weights")
    assert isinstance(change, WeightChange)
    assert change.file == "w.safetensors"
    assert window.actions_by_key["undo"].isEnabled()
    assert str(path) in window.preferences.recent


def test_that_a_file_that_takes_a_while_shows_a_bar_that_cancels(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    import torch
    from PyQt6.QtWidgets import QProgressDialog, QPushButton

    path = tmp_path / "w.pt"
    torch.save({"0.weight": torch.zeros(1)}, path)
    window.requests.open_path(path)
    qtbot.waitUntil(
        lambda: any(it.isVisible() for it in window.findChildren(QProgressDialog)), timeout=5000
    )
    bar = window.findChild(QProgressDialog)
    assert bar is not None
    button = bar.findChild(QPushButton)
    assert button is not None
    with qtbot.waitSignal(window.controller.weights.ended):
        button.click()
    qtbot.waitUntil(lambda: not window.controller.weights._desk.busy, timeout=5000)
    assert window.banner.problem is None
