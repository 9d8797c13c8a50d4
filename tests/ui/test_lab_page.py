"""The Lab in the window: panel, three ways, one cursor, and the Edit menu."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication, QCheckBox, QComboBox, QSlider
from pytestqt.qtbot import QtBot

from cnnviz.control.language import use_language
from cnnviz.core.cursor import Cursor
from cnnviz.core.events import Loaded, Starting
from cnnviz.core.network_file import list_networks
from cnnviz.core.view import Progress
from cnnviz.resources import resource
from cnnviz.ui.field_row import FieldRow
from cnnviz.ui.lab import LabPage
from cnnviz.ui.main_window import MainWindow
from cnnviz.ui.stylesheet import style_sheet
from cnnviz.ui.theme import LIGHT, Theme
from tests.control.runners import FakeRunner
from tests.ui.hands import press


@pytest.fixture
def page(window: MainWindow) -> Iterator[LabPage]:
    window.actions_by_key["workspace_lab"].trigger()
    made = window.workspaces.page
    assert isinstance(made, LabPage)
    yield made
    made.lab.close()


def row(page: LabPage, name: str, axis: int | None = None) -> FieldRow:
    found = [r for r in page.panel.fields.rows if (r.field.name, r.field.axis) == (name, axis)]
    return found[0]


def output(page: LabPage) -> list[object]:
    stage = page.lab.view.stage
    assert stage is not None
    values: list[object] = stage.activations[-1].tolist()
    return values


def test_that_an_example_is_chosen_and_lands_on_the_lectures_result(page: LabPage) -> None:
    keys = [entry.key for entry in page.lab.presets]
    page.panel.preset.activated.emit(keys.index("convolution_stride_2"))
    assert output(page) == [[[6, 11], [7, 4]]]
    assert page.lab.view.cursor == Cursor()
    assert "⌊(5 − 3) / 2⌋ + 1 = 2" in page.panel.facts.text()
    assert "3·3·1·1 = 9" in page.panel.facts.text()


def test_that_the_lab_works_where_no_network_could_be_prepared(window: MainWindow) -> None:
    progress = Progress(loaded=True, failed=True, waiting="Choose another one")
    window.controller.view = replace(window.controller.view, progress=progress)
    window.actions_by_key["workspace_lab"].trigger()
    page = window.workspaces.page
    assert isinstance(page, LabPage)
    page.lab.take_preset("convolution")
    assert output(page) == [[[6, 9, 11], [10, 4, 4], [7, 7, 4]]]
    window.status.look(window.controller.view)
    assert window.status.bar.maximum() > 0, "nothing is under way"
    page.lab.close()


def test_that_the_lab_does_not_wait_for_the_images(window: MainWindow, runner: FakeRunner) -> None:
    window.controller.view = replace(window.controller.view, progress=Progress())
    window.actions_by_key["workspace_lab"].trigger()
    page = window.workspaces.page
    assert isinstance(page, LabPage)
    assert page.lab.view.stage is None
    runner.waiting += [Loaded(), Starting("Reading the images")]
    window.controller.drain()
    assert page.lab.view.stage is not None
    page.lab.close()


def test_that_a_slider_changes_a_field_and_says_what_stops_it(page: LabPage) -> None:
    page.lab.take_preset("convolution")
    stride = row(page, "stride")
    slider = stride.editor
    assert isinstance(slider, QSlider)
    slider.setValue(1)
    assert output(page) == [[[6, 11], [7, 4]]]
    kernel = row(page, "kernel_size").editor
    assert isinstance(kernel, QSlider)
    for _ in range(9):
        press(kernel, Qt.Key.Key_Right)
    assert row(page, "kernel_size").field.value == 5
    # It stands at its end, and a further key says why.
    assert "5" in page.panel.stop.text()
    assert page.panel.stop.text().startswith("kernel_size")


def test_that_height_and_width_can_be_chosen_apart(page: LabPage) -> None:
    page.lab.take_preset("convolution")
    page.panel.linked.setChecked(False)
    editor = row(page, "stride", 1).editor
    assert isinstance(editor, QSlider)
    editor.setValue(1)
    assert page.lab.bench.operation.stride == (1, 2)  # type: ignore[attr-defined]
    assert "height:" in page.panel.facts.text()
    page.panel.linked.setChecked(True)
    assert row(page, "stride", 0).field.value == 1  # unequal: they stay apart
    assert row(page, "kernel_size").field.axis is None


def test_that_words_and_ticks_are_fields_too(page: LabPage) -> None:
    page.lab.take_preset("convolution")
    bias = row(page, "bias").editor
    assert isinstance(bias, QCheckBox)
    bias.setChecked(True)
    assert page.lab.bench.parameters["bias"].tolist() == [0]
    words = row(page, "padding_mode").editor
    assert isinstance(words, QComboBox)
    words.activated.emit(words.findData("circular"))
    assert page.lab.bench.operation.padding_mode == "circular"  # type: ignore[attr-defined]


def test_that_a_drag_of_a_slider_is_one_step_back(page: LabPage) -> None:
    page.lab.take_preset("convolution")
    before = page.lab.bench
    slider = row(page, "height").editor
    assert isinstance(slider, QSlider)
    slider.sliderPressed.emit()
    for size in (6, 7, 8, 9):
        slider.setValue(row(page, "height").field.legal.index(size))
    slider.sliderReleased.emit()
    assert page.lab.bench.input.shape[1] == 9
    page.undo()
    assert page.lab.bench is before
    page.redo()
    assert page.lab.bench.input.shape[1] == 9


def test_that_undo_and_redo_of_the_menu_are_the_labs(window, page: LabPage) -> None:
    page.lab.take_preset("convolution")
    page.lab.set_cell("input", (0, 0, 0), 7.0)
    assert window.actions_by_key["undo"].isEnabled()
    window.actions_by_key["undo"].trigger()
    assert page.lab.bench.input[0, 0, 0] == 1
    assert window.actions_by_key["redo"].isEnabled()
    window.actions_by_key["redo"].trigger()
    assert page.lab.bench.input[0, 0, 0] == 7


@pytest.mark.parametrize("place", [0, 1, 2])
def test_that_each_way_shows_the_same_cursor_and_moves_it(window, page, place: int) -> None:
    page.lab.take_preset("convolution")
    page.lab.go_to_element(0, 0, 1, 2)
    window.actions_by_key[f"way_{place + 1}"].trigger()
    assert page.pane is page.panes[place]
    assert window.actions_by_key[f"way_{place + 1}"].isChecked()
    assert not page.pane.failed
    page.pane.element_requested.emit(0, 0, 2, 2)
    assert page.lab.view.cursor == Cursor(0, 0, 2, 2, 9)
    shown = page.pane.shown
    page.lab.step(-1)
    assert page.pane.shown is not shown


def test_that_a_fully_connected_layer_is_laid_out_as_a_convolution_and_back(page) -> None:
    page.lab.take_preset("affine")
    before = np.array(output(page)).reshape(-1).tolist()
    page.panel.equivalent.click()
    assert page.lab.bench.operation.kind == "Conv2d"
    assert np.array(output(page)).reshape(-1).tolist() == before
    page.panel.equivalent.click()
    assert page.lab.bench.operation.kind == "Linear"
    assert np.array(output(page)).reshape(-1).tolist() == before


def test_that_every_example_and_every_operation_is_shown_in_all_three_ways(
    window, page: LabPage, qtbot: QtBot
) -> None:
    keys = [entry.key for entry in page.lab.presets]
    kinds = [page.panel.operation.itemText(i) for i in range(page.panel.operation.count())]
    for take in [*(lambda k=k: page.lab.take_preset(k) for k in keys),
                 *(lambda k=k: page.lab.choose_operation(k) for k in kinds)]:  # fmt: skip
        take()
        assert page.lab.view.stage is not None
        page.lab.go_to_end()
        for place in (2, 1, 0):
            page.choose_way(place)
            page.grab()
            assert not page.pane.failed, (page.lab.bench.operation, place)
    assert not window.banner.isVisible()


def test_that_theme_and_language_change_while_the_lab_is_open(qtbot, window, page, qapp) -> None:
    page.lab.take_preset("three_channels")
    window.set_theme(Theme(LIGHT, zoom=1.5))
    page.grab()
    assert not page.pane.failed
    use_language(qapp, "ko")
    qtbot.wait(10)  # Qt posts the event
    assert page.panel.random_input.text() == "무작위 입력"
    assert page.panel.preset.currentText() != "Three channels are added up"


def test_that_a_bench_is_written_and_opened_again(window, page, tmp_path: Path) -> None:
    page.lab.take_preset("bias")
    page.lab.set_cell("bias", (0,), 9.0)
    page.lab.write_file(tmp_path / "bench.toml")
    page.lab.take_preset("convolution")
    window.requests.open_path(tmp_path / "bench.toml")
    assert page.lab.bench.parameters["bias"].tolist() == [9]
    page.lab.write_file(tmp_path)
    assert window.banner.isVisible()


def test_that_an_example_opens_the_lab(window: MainWindow) -> None:
    window.requests.lab.show_example("bias")
    page = window.workspaces.page
    assert isinstance(page, LabPage)
    assert page.lab.bench.preset == "bias"
    page.lab.close()


def test_that_random_numbers_come_by_key_and_are_whole(window, page) -> None:
    page.lab.take_preset("convolution")
    before = page.lab.bench
    window.actions_by_key["random_input"].trigger()
    assert page.lab.bench.input.tolist() != before.input.tolist()
    assert np.equal(np.mod(page.lab.bench.input, 1), 0).all()
    window.actions_by_key["random_weights"].trigger()
    assert page.lab.bench.parameters["weight"].tolist() != before.parameters["weight"].tolist()


def test_that_the_examples_are_opened_by_a_key_and_leave_the_keys_to_the_grids(
    page: LabPage, window: MainWindow, qtbot: QtBot
) -> None:
    list_of_examples = page.panel.preset
    view = list_of_examples.view()
    assert view is not None
    window.actions_by_key["examples"].trigger()
    qtbot.waitUntil(view.isVisible)
    press(view, Qt.Key.Key_Down)
    press(view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not view.isVisible())
    assert page.lab.bench.preset == page.lab.presets[1].key
    assert not list_of_examples.hasFocus()
    assert list_of_examples.focusPolicy() == Qt.FocusPolicy.TabFocus


def test_that_tab_goes_down_the_panel_and_then_to_the_grids(page: LabPage) -> None:
    page.lab.choose_operation("MaxPool2d")
    page.lab.take_preset("convolution")  # the rows of its fields are younger than the grids
    seen, widget = [], page.panel.linked.nextInFocusChain()
    while widget is not page.grids:
        assert widget is not None
        assert widget is not page.panel.linked
        seen.append(widget)
        widget = widget.nextInFocusChain()
    editors = [part for part in seen if part in [row.editor for row in page.panel.fields.rows]]
    assert editors == [row.editor for row in page.panel.fields.rows]
    assert page.transport.unit not in seen


def test_that_shift_tab_goes_back_where_there_is_no_other_layer(
    page: LabPage, window: MainWindow
) -> None:
    assert not window.actions_by_key["previous_layer"].isEnabled()
    window.actions_by_key["workspace_network"].trigger()
    assert window.actions_by_key["previous_layer"].isEnabled()


@pytest.mark.parametrize("spoken", ["en", "ko"])
def test_that_the_name_of_every_example_and_network_can_be_read_whole(
    window: MainWindow, page: LabPage, qapp: QApplication, spoken: str
) -> None:
    window.topbar.offer([(e.key, e.title) for e in list_networks(resource("networks"))])
    use_language(qapp, spoken)
    qapp.processEvents()
    # Beside the text there are the padding (22 pixels), the arrow (22) and the border.
    for combo, width in (
        (page.panel.preset, page.panel.preset.width()),
        (window.topbar.network, 190),
    ):
        texts = [combo.itemText(i) for i in range(combo.count())]
        measure = combo.fontMetrics()
        assert [t for t in texts if measure.horizontalAdvance(t) > width - 50] == []


def test_that_the_transport_speaks_the_language_of_now(page: LabPage, qapp: QApplication) -> None:
    before = page.transport.unit.sizeHint().width()
    use_language(qapp, "ko")
    qapp.processEvents()
    korean = page.transport.label.text()
    use_language(qapp, "en")
    qapp.processEvents()
    assert page.transport.label.text() != korean
    assert page.transport.label.text().startswith("window")
    assert page.transport.unit.sizeHint().width() == before


@pytest.mark.parametrize("zoom", [1.0, 2.0])
def test_that_the_handle_of_a_slider_is_whole_at_every_zoom(
    window: MainWindow, page: LabPage, qapp: QApplication, zoom: float
) -> None:
    qapp.setStyleSheet(style_sheet(Theme(zoom=zoom)))
    window.set_theme(Theme(zoom=zoom))
    qapp.processEvents()
    heights = [slider.height() for slider in page.panel.findChildren(QSlider)]
    qapp.setStyleSheet("")
    assert heights
    assert min(heights) >= 17 * zoom  # the handle of 15 pixels, and the frame of the focus
