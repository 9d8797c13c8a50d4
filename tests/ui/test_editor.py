"""The architecture editor in the window: by mouse, by keyboard, and what Apply begins."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QMouseEvent
from PyQt6.QtWidgets import QApplication, QCheckBox, QComboBox, QMenu, QSpinBox
from pytestqt.qtbot import QtBot

from cnnviz.control.language import tr, use_language
from cnnviz.core.experiment import Experiment
from cnnviz.core.network_file import read_network
from cnnviz.core.operations import Conv2d, Linear, MaxPool2d
from cnnviz.core.scenes.skips import skip_lines
from cnnviz.resources import resource
from cnnviz.ui.editor import EditorPage
from cnnviz.ui.main_window import MainWindow
from cnnviz.ui.theme import LIGHT, Theme
from tests.control.runners import FakeRunner
from tests.networks import bundled
from tests.ui.hands import click, press


@pytest.fixture
def page(window: MainWindow) -> EditorPage:
    window.actions_by_key["edit_network"].trigger()
    made = window.workspaces.page
    assert isinstance(made, EditorPage)
    return made


def trigger(window: MainWindow, key: str) -> None:
    assert window.actions_by_key[key].isEnabled(), key
    window.actions_by_key[key].trigger()


def kinds(page: EditorPage) -> list[str]:
    return [operation.kind for operation in page.editing.draft.operations]


def spin(page: EditorPage, name: str) -> QSpinBox:
    editor = next(row.editor for row in page.panel.fields.rows if row.field.name == name)
    assert isinstance(editor, QSpinBox)
    return editor


def drag(page: EditorPage, start: QPointF, end: QPointF) -> None:
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    for kind, at, held in (
        (QMouseEvent.Type.MouseButtonPress, start, left),
        (QMouseEvent.Type.MouseMove, (start + end) / 2, left),
        (QMouseEvent.Type.MouseMove, end, left),
        (QMouseEvent.Type.MouseButtonRelease, end, none),
    ):
        button = none if kind is QMouseEvent.Type.MouseMove else left
        place = page.strip.mapToGlobal(at)
        keys = Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(page.strip, QMouseEvent(kind, at, place, button, held, keys))


def test_that_the_strips_heading_offers_the_editor_and_stepping_rests_in_it(
    window: MainWindow,
) -> None:
    button = window.docks["network"].bar.offered
    assert button is not None
    assert button.isVisible()
    button.click()
    assert isinstance(window.workspaces.page, EditorPage)
    assert not window.actions_by_key["forward"].isEnabled()
    assert window.preferences.workspace == "network", "the next start is not in the editor"
    trigger(window, "nothing")  # Esc
    assert window.workspaces.page is None
    assert window.actions_by_key["forward"].isEnabled()


def test_that_a_field_is_changed_and_shapes_and_counts_follow(
    window: MainWindow, page: EditorPage
) -> None:
    page.editing.choose(0)
    spin(page, "out_channels").setValue(48)
    assert page.editing.draft.operations[3] == Conv2d(48, 64, (3, 3), padding=(1, 1))
    assert "weights kept: 1 of 3 layers" in page.counts.text()
    assert f"{48 * 10 + 64 * (48 * 9 + 1) + 31370:,} params" in page.counts.text()
    trigger(window, "undo")
    assert spin(page, "out_channels").value() == 32
    assert not window.actions_by_key["undo"].isEnabled()
    trigger(window, "redo")
    assert spin(page, "out_channels").value() == 48


def test_that_a_layer_is_put_in_by_the_plus_and_its_menu(page: EditorPage, qtbot: QtBot) -> None:
    gap = page.strip.layout_now.gaps[3]
    click(page.strip, gap.center())
    menu = next(it for it in page.findChildren(QMenu) if it.isVisible())
    action = next(a for a in menu.actions() if a.text().startswith("BatchNorm2d"))
    action.trigger()
    menu.close()
    assert kinds(page)[2:5] == ["MaxPool2d", "BatchNorm2d", "Conv2d"]
    assert page.editing.chosen == 3
    assert page.editing.draft.problems == 0


def test_that_layers_are_chosen_moved_and_removed_by_keyboard(
    window: MainWindow, page: EditorPage
) -> None:
    page.editing.choose(0)
    press(page.strip, Qt.Key.Key_Right)
    assert page.editing.chosen == 1
    trigger(window, "later")
    assert kinds(page)[:3] == ["Conv2d", "MaxPool2d", "ReLU"]
    assert page.editing.chosen == 2
    trigger(window, "remove_layer")
    assert kinds(page)[:3] == ["Conv2d", "MaxPool2d", "Conv2d"]
    press(page.strip, Qt.Key.Key_End)
    assert page.editing.chosen == 7
    assert not window.actions_by_key["later"].isEnabled()
    press(page.strip, Qt.Key.Key_Home)
    press(page.strip, Qt.Key.Key_Return)
    assert page.panel.fields.rows[0].editor.hasFocus()


def test_that_a_layer_is_dragged_to_another_place(page: EditorPage) -> None:
    layout = page.strip.layout_now
    drag(page, layout.boxes[2].center(), layout.gaps[3].center())
    assert kinds(page)[:3] == ["Conv2d", "MaxPool2d", "ReLU"]
    layout = page.strip.layout_now
    drag(page, layout.boxes[3].center(), layout.gaps[1].center())
    assert kinds(page)[:3] == ["Conv2d", "ReLU", "MaxPool2d"]


def test_that_what_does_not_fit_says_why_and_one_click_puts_it_right(
    window: MainWindow, page: EditorPage
) -> None:
    page.editing.choose(7)
    spin(page, "in_features").setValue(3000)
    assert not window.actions_by_key["apply_edit"].isEnabled()
    assert "in_features: 3000 was given" in page.verdict.labels[0].text()
    assert page.verdict.labels[0].objectName() == "wrong"
    button, _ = page.verdict.buttons[0]
    assert button.text() == "Set in_features to 3136"
    assert "wrong: 1" in page.counts.text()
    button.click()
    assert page.editing.draft.operations[7] == Linear(3136, 10)
    assert page.verdict.labels[0].text() == "Everything fits."
    page.editing.choose(6)
    trigger(window, "remove_layer")
    assert page.editing.draft.problems == 1
    trigger(window, "first_remedy")
    assert kinds(page)[6] == "Flatten"


def test_that_apply_begins_with_the_weights_of_the_layers_that_fit(
    window: MainWindow, page: EditorPage, runner: FakeRunner
) -> None:
    live = window.controller.view.live
    assert live is not None
    page.editing.choose(3)
    spin(page, "kernel_size").setValue(5)
    page.title.setText("Wide eyes")
    page.title.textEdited.emit("Wide eyes")
    trigger(window, "apply_edit")
    _, asked, weights = next(a for a in runner.asked if a[0] == "restart")
    assert isinstance(asked, Experiment)
    assert isinstance(weights, tuple)
    assert asked.network.title == "Wide eyes"
    assert asked.network.layers[3].operation == Conv2d(32, 64, (5, 5), padding=(1, 1))
    assert np.array_equal(weights[0]["weight"], live.parameters[0]["weight"])
    assert not weights[3]
    assert not weights[7], "5×5 leaves 6×6 maps, and 2304 inputs are not 3136"
    assert window.workspaces.page is None
    assert "1 of 3" in window.banner.label.text()
    runner.say_ready()
    window.controller.drain()
    assert window.controller.view.network.title == "Wide eyes"
    assert window.topbar.network.currentText() == "Wide eyes"
    runner.asked.clear()
    window.requests.choose_network("two_layer_cnn")
    runner.say_ready()
    window.controller.drain()
    window.requests.choose_network(asked.network.key)
    assert runner.asked[-1][1].network is asked.network  # type: ignore[attr-defined]


def test_that_leaving_keeps_the_draft_and_changes_nothing_in_use(
    window: MainWindow, page: EditorPage, runner: FakeRunner
) -> None:
    page.editing.choose(0)
    spin(page, "out_channels").setValue(16)
    trigger(window, "leave_editor")
    assert window.controller.view.network is bundled()
    assert not [a for a in runner.asked if a[0] == "restart"]
    window.actions_by_key["edit_network"].trigger()
    assert page.editing.draft.operations[0] == Conv2d(1, 16, (3, 3), padding=(1, 1))


def test_that_a_draft_is_written_and_opened_again(
    window: MainWindow, page: EditorPage, tmp_path: Path
) -> None:
    page.editing.choose(0)
    spin(page, "out_channels").setValue(24)
    file = tmp_path / "mine.toml"
    page.editing.write_file(file)
    assert read_network(file).layers[0].operation == Conv2d(1, 24, (3, 3), padding=(1, 1))
    trigger(window, "undo")
    window.requests.open_path(file)
    assert page.editing.draft.operations[0] == Conv2d(1, 24, (3, 3), padding=(1, 1))
    trigger(window, "undo")
    assert page.editing.draft.operations[0] == Conv2d(1, 32, (3, 3), padding=(1, 1))


def test_that_height_and_width_can_be_chosen_apart(page: EditorPage) -> None:
    page.editing.choose(0)
    assert isinstance(page.panel.linked, QCheckBox)
    page.panel.linked.setChecked(False)
    height = next(
        r for r in page.panel.fields.rows if (r.field.name, r.field.axis) == ("kernel_size", 0)
    )
    assert isinstance(height.editor, QSpinBox)
    height.editor.setValue(5)
    assert page.editing.draft.operations[0] == Conv2d(1, 32, (5, 3), padding=(1, 1))


def test_that_a_number_in_a_gap_goes_on_to_the_next_legal_one(page: EditorPage) -> None:
    page.editing.choose(3)
    spin(page, "groups").setValue(3)
    assert spin(page, "groups").value() == 4
    spin(page, "groups").setValue(3)
    assert spin(page, "groups").value() == 2


def test_that_the_page_follows_language_and_theme(
    window: MainWindow, page: EditorPage, qapp: QApplication
) -> None:
    use_language(qapp, "ko")
    qapp.processEvents()
    assert page.verdict.labels[0].text() == "모두 맞습니다."
    window.set_theme(Theme(LIGHT, 1.5))
    assert page.grab().size() == page.size()
    assert page.strip.minimumSizeHint().height() == 180


def skip_list(page: EditorPage, name: str = "skip") -> QComboBox:
    editor = next(row.editor for row in page.panel.fields.rows if row.field.name == name)
    assert isinstance(editor, QComboBox)
    return editor


def pick(box: QComboBox, begins: str) -> None:
    """Choose what begins so, as a person does."""
    place = next(i for i in range(box.count()) if box.itemText(i).startswith(begins))
    box.setCurrentIndex(place)
    box.activated.emit(place)


def test_that_an_add_is_put_in_with_a_menu_of_what_it_can_add(page: EditorPage) -> None:
    click(page.strip, page.strip.layout_now.gaps[5].center())
    menu = next(it for it in page.findChildren(QMenu) if it.isVisible())
    beside = next(a for a in menu.actions() if a.text().startswith("Add")).menu()
    assert beside is not None
    assert [a.text() for a in beside.actions()] == ["4 · Conv · 64×14×14"]
    beside.actions()[0].trigger()
    menu.close()
    assert kinds(page)[4:6] == ["ReLU", "Add"]
    assert page.editing.draft.wires[5].skip == 3
    assert page.editing.draft.problems == 0
    click(page.strip, page.strip.layout_now.gaps[1].center())
    menu = next(it for it in page.findChildren(QMenu) if it.isVisible())
    action = next(a for a in menu.actions() if a.text().startswith("Add"))
    assert not action.isEnabled()
    assert "No earlier layer" in action.toolTip()
    menu.close()


def test_that_another_skip_connection_is_chosen_drawn_told_of_and_taken_back(
    window: MainWindow, page: EditorPage, tmp_path: Path
) -> None:
    page.editing.open_file(resource("networks", "small_resnet.toml"))
    page.editing.choose(9)
    assert skip_list(page).currentText() == f"4 · {tr(MaxPool2d.title)} · 16×14×14"
    pick(skip_list(page), "5 ·")
    assert page.editing.draft.wires[9].skip == 4
    assert page.editing.draft.problems == 0
    (line, *_), boxes = skip_lines(page.editing.draft.wires), page.strip.layout_now.boxes
    assert (line.start, line.end) == (5, 10)
    over = QPointF((boxes[5].center().x() + boxes[10].center().x()) / 2, boxes[5].top() - 7)
    assert "5 (Conv) → 10 (Add)" in page.strip._tooltip(over)
    assert page.strip._tooltip(over + QPointF(0, 40)) != page.strip._tooltip(over)
    file = tmp_path / "mine.toml"
    page.editing.write_file(file)
    assert read_network(file).layers[9].wire.skip == 4
    trigger(window, "undo")
    assert page.editing.draft.wires[9].skip == 3
    trigger(window, "redo")
    assert page.editing.draft.wires[9].skip == 4
    window.requests.open_path(file)
    assert page.editing.draft.wires[9].skip == 4
    page.editing.choose(16)
    pick(skip_list(page, "input"), "Input")
    assert page.editing.draft.wires[16].source == -1


def test_that_a_sum_that_does_not_fit_is_marked_and_mended_by_one_click(page: EditorPage) -> None:
    page.editing.open_file(resource("networks", "small_resnet.toml"))
    page.editing.choose(7)
    spin(page, "out_channels").setValue(24)
    assert "16 × 14 × 14 cannot be added to 24 × 14 × 14" in page.verdict.labels[0].text()
    page.editing.choose(9)
    box = skip_list(page)
    item = box.itemText(box.currentIndex())
    assert item.startswith("4 ·"), "what stands there is shown, and why it cannot stay"
    before = page.strip.grab().toImage()
    button, _ = page.verdict.buttons[0]
    assert button.text() == "Put a convolution of 1×1 into the skip connection"
    button.click()
    assert page.editing.draft.problems == 0
    assert kinds(page)[9:11] == ["Conv2d", "Add"]
    assert page.strip.grab().toImage() != before
    page.editing.network()
