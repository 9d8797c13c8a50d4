"""Filters on photographs as a lecturer uses them: mouse, keyboard, files, clipboard, drawing."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PyQt6.QtCore import QMimeData, QPointF, QStandardPaths, Qt, QUrl
from PyQt6.QtGui import QColor, QDropEvent, QGuiApplication, QImage
from PyQt6.QtWidgets import (
    QApplication,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QSpinBox,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from cnnviz.control.language import tr, use_language
from cnnviz.core.cursor import Cursor
from cnnviz.core.filtering import Channels, Filtering
from cnnviz.core.filters import FILTERS, OWN, filter_of, learned_kernels
from cnnviz.core.picture import Picture
from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.photograph import PhotographScene, Shown
from cnnviz.core.snapshot import Snapshot
from cnnviz.engine.filtering import filtered
from cnnviz.resources import resource
from cnnviz.ui.main_window import MainWindow
from cnnviz.ui.painters.ledger_text import opened_pieces
from cnnviz.ui.painters.photograph import SMALLEST_MARK, mark_around
from cnnviz.ui.photographs import PhotographsPage
from cnnviz.ui.theme import LIGHT, Theme
from cnnviz.ui.workspace import NETWORK, PHOTOGRAPHS
from tests.control.runners import FakeRunner
from tests.networks import snapshot
from tests.ui.hands import LEFT, Type, _mouse, click, hover, is_taken_from_shortcuts, press

Key = Qt.Key
SMALL = Picture(np.random.default_rng(0).random((3, 24, 30), dtype=np.float32))


@pytest.fixture
def answering(runner: FakeRunner, monkeypatch: pytest.MonkeyPatch) -> FakeRunner:
    """Filters at once, as the worker does in its thread."""

    def compute(asked: Filtering) -> None:
        runner.filtered = filtered(asked)

    monkeypatch.setattr(runner, "filter", compute)
    return runner


@pytest.fixture
def page(window: MainWindow, answering: FakeRunner, qtbot: QtBot) -> PhotographsPage:
    """The page with a small picture in colour on it."""
    window.workspaces.choose(PHOTOGRAPHS)
    made = window.workspaces.page
    assert isinstance(made, PhotographsPage)
    qtbot.waitUntil(lambda: not made.photographs.waiting)
    made.photographs.show_picture(SMALL)
    settle(made)
    return made


def settle(page: PhotographsPage) -> None:
    page.photographs.drain()
    assert not page.photographs.waiting


def scene_of(page: PhotographsPage) -> PhotographScene:
    assert isinstance(page.pane.shown, PhotographScene)
    return page.pane.shown


def before_at(page: PhotographsPage, row: int, column: int) -> QPointF:
    layout = page.pane.arrangement()
    assert layout is not None
    return layout.before.span(row, column).center()


def after_at(page: PhotographsPage, row: int, column: int) -> QPointF:
    layout = page.pane.arrangement()
    assert layout is not None
    return layout.after.span(row, column).center()


def type_into(field: QLineEdit, text: str) -> None:
    field.setFocus(Qt.FocusReason.TabFocusReason)
    field.setText(text)
    press(field, Key.Key_Return)


# --- showing -----------------------------------------------------------------------------------


def test_that_the_page_opens_with_a_photograph_and_a_filter(
    window, answering, qtbot: QtBot
) -> None:
    window.workspaces.choose(PHOTOGRAPHS)
    page = window.workspaces.page
    qtbot.waitUntil(lambda: isinstance(page.pane.shown, PhotographScene))
    scene = scene_of(page)
    assert scene.size == (512, 512)
    assert scene.stage.ledger.result == pytest.approx(
        float(scene.output[scene.stage.element]), abs=1e-5
    )
    assert page.controls.picture.currentText() == "Astronaut"
    assert page.controls.list.currentItem().text() == "Vertical edges (Sobel)"


def test_that_the_page_says_when_it_waits_for_torch(window, runner, qtbot: QtBot) -> None:
    window.workspaces.choose(PHOTOGRAPHS)
    page = window.workspaces.page
    assert "being read" in page.pane.shown.reason
    qtbot.waitUntil(lambda: page.photographs.picture is not None)
    assert isinstance(page.pane.shown, Empty)
    assert "PyTorch" in page.pane.shown.reason
    assert not page.pane.grab().isNull()
    page.photographs.close(10)


def test_that_a_long_wait_is_said_over_the_last_result(page, answering, qtbot, monkeypatch) -> None:
    monkeypatch.setattr(answering, "filter", lambda asked: None)
    page.photographs.choose_kernel(filter_of("box_5"))
    assert not scene_of(page).waiting
    assert scene_of(page).kernel == filter_of("sobel_vertical")
    qtbot.waitUntil(lambda: scene_of(page).waiting)
    page.photographs.close(1)


def test_that_the_same_scene_is_not_drawn_again(page, monkeypatch) -> None:
    page.pane.grab()
    drawn: list[int] = []
    monkeypatch.setattr(page.pane, "update", lambda *_: drawn.append(1))
    page.look(page.photographs.view)
    assert not drawn


# A window takes a second to make: what is only looked at goes through one.


def test_that_every_filter_is_drawn_and_written_out(page) -> None:
    for kernel, channels in itertools.product(FILTERS, Channels):
        page.photographs.choose_kernel(kernel)
        page.photographs.choose_channels(channels)
        settle(page)
        assert not page.grab().isNull()
        assert not page.pane.failed


@pytest.mark.parametrize("theme", [Theme(zoom=0.8), Theme(LIGHT, zoom=3)])
def test_that_every_size_of_kernel_is_drawn_at_every_zoom(page, theme) -> None:
    page.set_theme(theme)
    sizes = [(1, 1), (2, 3), (7, 7), (1, 7), (7, 1)]
    for size, channels in itertools.product(sizes, Channels):
        page.photographs.edit_size(*size)
        page.photographs.choose_channels(channels)
        settle(page)
        assert not page.grab().isNull()
        assert not page.pane.failed


def test_that_pictures_of_every_shape_are_drawn(page) -> None:
    for shape in [(1, 1, 1), (3, 1, 400), (3, 400, 1), (3, 2, 2)]:
        page.photographs.show_picture(Picture(np.full(shape, 0.5, dtype=np.float32)))
        settle(page)
        assert not page.grab().isNull()
        assert not page.pane.failed


def test_that_the_photograph_is_on_the_screen_with_its_own_colours(page) -> None:
    page.photographs.choose_channels(Channels.APART)
    page.photographs.choose_kernel(filter_of("identity"))
    settle(page)
    image = page.pane.grab().toImage()
    for place in (before_at(page, 3, 4), after_at(page, 3, 4)):
        seen = image.pixelColor(place.toPoint())
        expected = [round(255 * float(value)) for value in SMALL.image[:, 3, 4]]
        assert [seen.red(), seen.green(), seen.blue()] == expected


def test_that_the_legend_says_how_numbers_became_colours(page) -> None:
    page.photographs.choose_kernel(filter_of("sobel_vertical"))
    settle(page)
    pictures = []
    for way in (Shown.SIGNED, Shown.SHIFTED, Shown.ABSOLUTE, Shown.CLIPPED):
        page.controls.shown.activated.emit(list(Shown).index(way))
        assert scene_of(page).shown is way
        pictures.append(page.pane.grab().toImage())
    assert all(a != b for a, b in itertools.pairwise(pictures))


def test_that_what_the_window_has_not_reached_is_blank_while_it_plays(page) -> None:
    photographs = page.photographs
    photographs.go_to(Cursor(0, 0, 4, 0, 9))
    whole = page.pane.grab().toImage()
    photographs.toggle_play()
    assert scene_of(page).sweeping
    place = after_at(page, 20, 20).toPoint()
    assert page.pane.grab().toImage().pixelColor(place) == QColor(Theme().palette.raised)
    photographs.toggle_play()
    assert page.pane.grab().toImage().pixelColor(place) == whole.pixelColor(place)


# --- the window under the mouse ----------------------------------------------------------------


def test_that_the_window_under_the_mouse_is_written_out_live(page, monkeypatch) -> None:
    shown: list[object] = []
    monkeypatch.setattr(page.ledger, "show_scene", shown.append)
    cursor = page.photographs.view.cursor
    for place in (before_at(page, 7, 9), after_at(page, 8, 9)):
        hover(page.pane, place)
        element = scene_of(page).stage.element
        assert shown[-1] is scene_of(page).stage
        assert float(scene_of(page).output[element]) == pytest.approx(
            scene_of(page).stage.ledger.result, abs=1e-5
        )
    assert element == (0, 8, 9)
    assert page.photographs.view.cursor == cursor
    page.pane.leaveEvent(None)
    assert scene_of(page).stage.cursor == cursor


def test_that_the_readout_names_the_place_and_its_numbers(page) -> None:
    page.photographs.choose_channels(Channels.APART)
    settle(page)
    scene = scene_of(page)
    text = page.pane.readout(scene, before_at(page, 5, 6))
    for value in (*scene.input[:, 5, 6], *scene.output[:, 5, 6]):
        assert f"{value:.3f}".replace("-", "−") in text
    assert text.startswith("row 5, column 6")
    assert page.pane.readout(scene, QPointF(1, 1)) == ""


def test_that_a_click_moves_the_cursor_there(page) -> None:
    click(page.pane, after_at(page, 11, 3))
    assert page.photographs.view.cursor == Cursor(0, 0, 11, 3, 9)
    click(page.pane, before_at(page, 2, 28))
    assert page.photographs.view.cursor == Cursor(0, 0, 2, 28, 9)


def test_that_arrows_move_the_window_by_a_pixel_when_the_picture_has_the_focus(page) -> None:
    click(page.pane, after_at(page, 11, 3))
    page.pane.clearFocus()
    page.pane.setFocus(Qt.FocusReason.TabFocusReason)
    assert is_taken_from_shortcuts(page.pane, Key.Key_Down)
    for key in (Key.Key_Down, Key.Key_Right, Key.Key_Right, Key.Key_Up, Key.Key_Left):
        press(page.pane, key)
    assert page.photographs.view.cursor == Cursor(0, 0, 11, 4, 9)


def test_that_the_windows_own_keys_step_through_the_photograph(window, page) -> None:
    click(page.pane, after_at(page, 11, 3))
    window.actions_by_key["forward"].trigger()
    window.actions_by_key["down"].trigger()
    assert page.photographs.view.cursor == Cursor(0, 0, 12, 4, 9)


def test_that_steps_are_seen_while_the_mouse_lies_on_the_picture(window, page) -> None:
    click(page.pane, after_at(page, 11, 3))
    hover(page.pane, before_at(page, 5, 6))
    assert (scene_of(page).stage.cursor.row, scene_of(page).stage.cursor.column) == (5, 6)
    window.actions_by_key["forward"].trigger()
    assert scene_of(page).stage.cursor == page.photographs.view.cursor == Cursor(0, 0, 11, 4, 9)
    hover(page.pane, before_at(page, 7, 8))
    assert (scene_of(page).stage.cursor.row, scene_of(page).stage.cursor.column) == (7, 8)


def test_that_the_readout_is_of_the_window_when_the_pictures_move_under_the_mouse(page) -> None:
    hover(page.pane, before_at(page, 5, 6))
    assert page.pane.hovered is not None
    page.resize(page.width(), page.height() - 60)
    assert page.pane.place_at(page.pane.hovered) != (5, 6)
    assert page.pane.readout(scene_of(page), page.pane.hovered).startswith("row 5, column 6")


# --- channels ----------------------------------------------------------------------------------


def tile(page: PhotographsPage, side: str, place: int) -> QPointF:
    layout = page.pane.arrangement()
    assert layout is not None
    tiles = layout.before_tiles if side == "before" else layout.after_tiles
    return tiles[place].center()


def test_that_channels_apart_are_chosen_by_their_small_pictures(page) -> None:
    page.photographs.choose_channels(Channels.APART)
    settle(page)
    assert scene_of(page).output_plane is None
    click(page.pane, tile(page, "after", 2))
    scene = scene_of(page)
    assert (scene.input_plane, scene.output_plane, scene.stage.cursor.channel) == (2, 2, 2)
    assert scene.shown is Shown.SIGNED
    click(page.pane, tile(page, "before", 3))
    assert scene_of(page).output_plane is None


def test_that_of_summed_channels_the_chosen_one_is_written_out(page) -> None:
    page.photographs.choose_channels(Channels.SUMMED)
    settle(page)
    assert page.pane.arrangement().after_tiles == ()
    click(page.pane, tile(page, "before", 1))
    scene = scene_of(page)
    assert (scene.input_plane, scene.channel, len(scene.output)) == (1, 1, 1)
    ledger = scene.stage.ledger
    assert ledger.subtotals.sum() == pytest.approx(ledger.result)
    windows = page.pane.arrangement().loupe.windows
    assert [group for group, _ in windows] == [0, 1, 2]
    click(page.pane, windows[2][1].rect.center())
    assert scene_of(page).channel == 2


def test_that_a_grey_picture_has_no_channels_to_choose(page) -> None:
    page.photographs.show_picture(Picture(SMALL.image[:1].copy()))
    settle(page)
    assert page.controls.channels.count() == 1
    assert page.pane.arrangement().before_tiles == ()


def test_that_choices_are_laid_over_the_picture_at_once(page) -> None:
    controls = page.controls
    controls.channels.activated.emit(list(Channels).index(Channels.SUMMED))
    settle(page)
    assert scene_of(page).channels is Channels.SUMMED
    before = scene_of(page).output
    controls.padding.activated.emit(1)
    settle(page)
    after = scene_of(page).output
    np.testing.assert_allclose(after[:, 1:-1, 1:-1], before[:, 1:-1, 1:-1], atol=1e-5)
    assert (after[:, 0] != before[:, 0]).any()


# --- kernels -----------------------------------------------------------------------------------


def test_that_the_list_is_gone_through_with_its_own_arrows(page) -> None:
    kernels = page.controls.list
    cursor = page.photographs.view.cursor
    kernels.setFocus(Qt.FocusReason.TabFocusReason)
    for key in (Key.Key_Up, Key.Key_Down, Key.Key_Home, Key.Key_End):
        assert is_taken_from_shortcuts(kernels, key)
    assert not is_taken_from_shortcuts(kernels, Key.Key_F1)
    kernels.setCurrentRow(0)
    press(kernels, Key.Key_Down)
    press(kernels, Key.Key_Down)
    settle(page)
    assert page.photographs.kernel is FILTERS[2]
    assert scene_of(page).kernel is FILTERS[2]
    assert page.photographs.view.cursor == cursor


def test_that_the_lists_that_open_keep_their_arrows(page) -> None:
    for choice in (page.controls.picture, page.controls.channels, page.controls.shown):
        assert is_taken_from_shortcuts(choice, Key.Key_Down)
        assert not is_taken_from_shortcuts(choice, Key.Key_Left)


def test_that_typing_a_number_makes_the_kernel_ones_own(page) -> None:
    fields = page.controls.editor.fields
    type_into(fields[0, 1], "−2.5")
    settle(page)
    kernel = page.photographs.kernel
    assert (kernel.key, kernel.numbers[0]) == (OWN, (-1, -2.5, 1))
    assert page.controls.list.currentItem().text() == "One's own"
    assert fields[0, 1].text() == "−2.5"
    weights = scene_of(page).stage.ledger.weights
    assert weights is not None
    assert weights[1] == -2.5


def test_that_a_fraction_and_a_divisor_are_understood(page) -> None:
    editor = page.controls.editor
    type_into(editor.fields[1, 1], "1/4")
    type_into(editor.divisor, "2")
    settle(page)
    assert page.photographs.kernel.weights[0, 1, 1] == 0.125
    assert page.controls.list.currentItem().text() == "One's own · 1/2"


def test_that_what_is_no_finite_number_can_be_typed_nowhere(window, page) -> None:
    kernel, editor = page.photographs.kernel, page.controls.editor
    texts = ("nan", "inf", "1e999", "x", "", "1/0")
    for field, text in itertools.product((editor.fields[0, 0], editor.divisor), texts):
        shown = field.text()
        type_into(field, text)
        assert field.text() == shown
        assert window.banner.isVisible()
        window.banner.dismiss()
    assert page.photographs.kernel is kernel


def test_that_up_and_down_go_through_the_fields_and_keep_what_was_typed(page) -> None:
    fields = page.controls.editor.fields
    fields[0, 2].setFocus(Qt.FocusReason.TabFocusReason)
    fields[0, 2].setText("9")
    assert is_taken_from_shortcuts(fields[0, 2], Key.Key_Down)
    press(fields[0, 2], Key.Key_Down)
    assert fields[1, 2].hasFocus()
    assert page.photographs.kernel.numbers[0][2] == 9


def test_that_esc_brings_the_old_number_back(window, page) -> None:
    field = page.controls.editor.fields[0, 0]
    field.setFocus(Qt.FocusReason.TabFocusReason)
    field.setText("77")
    window.actions_by_key["nothing"].trigger()
    assert field.text() == "−1"
    assert not field.hasFocus()
    assert page.photographs.kernel.numbers[0][0] == -1


def test_that_any_size_up_to_seven_can_be_chosen(page) -> None:
    editor = page.controls.editor
    editor.rows.setValue(7)
    editor.columns.setValue(2)
    settle(page)
    assert page.photographs.kernel.size == (7, 2)
    shown = [place for place, field in editor.fields.items() if field.isVisible()]
    assert sorted(shown) == [(row, column) for row in range(7) for column in range(2)]
    assert (editor.rows.maximum(), editor.rows.minimum()) == (7, 1)


def test_that_a_kernel_larger_than_can_be_edited_is_shown_and_left_as_it_is(page) -> None:
    weight = np.random.default_rng(0).standard_normal((1, 3, 11, 11)).astype(np.float32)
    page.photographs.choose_kernel(learned_kernels(weight)[0])
    settle(page)
    editor = page.controls.editor
    assert (editor.rows.value(), editor.columns.value()) == (11, 11)
    assert not editor.rows.isEnabled()
    assert not editor.divisor.isEnabled()
    assert not any(field.isVisible() for field in editor.fields.values())
    for channels in Channels:
        page.photographs.choose_channels(channels)
        settle(page)
        assert not page.grab().isNull()
        assert not page.pane.failed
    page.photographs.choose_kernel(filter_of("box_3"))
    assert editor.rows.isEnabled()
    assert (editor.rows.value(), editor.rows.maximum()) == (3, 7)


def test_that_edits_are_undone_and_redone_by_the_windows_actions(window, page) -> None:
    actions = window.actions_by_key
    type_into(page.controls.editor.fields[0, 0], "5")
    assert actions["undo"].isEnabled()
    actions["undo"].trigger()
    assert page.photographs.kernel == filter_of("sobel_vertical")
    assert page.controls.editor.fields[0, 0].text() == "−1"
    assert actions["redo"].isEnabled()
    actions["redo"].trigger()
    assert page.photographs.kernel.numbers[0][0] == 5


def test_that_the_networks_kernels_stand_beside_the_classical_ones(window, page, runner) -> None:
    kernels = page.controls.list
    texts = [kernels.item(row).text() for row in range(kernels.count())]
    assert texts[len(FILTERS) : len(FILTERS) + 3] == [
        "One's own", "From the network: Conv 1", "Kernel 0 of Conv 1",
    ]  # fmt: skip
    kernels.setCurrentRow(texts.index("Kernel 4 of Conv 1"))
    settle(page)
    window.controller.one_batch()
    runner.live = newer = snapshot(step=3, seed=9)
    window.controller.drain()
    settle(page)
    np.testing.assert_array_equal(scene_of(page).kernel.weights, newer.parameters[0]["weight"][4])
    assert scene_of(page).stage.ledger.result == pytest.approx(
        float(scene_of(page).output[scene_of(page).stage.element]), abs=1e-4
    )


def test_that_training_does_not_reach_a_page_that_is_not_shown(window, page, runner) -> None:
    window.workspaces.choose(NETWORK)
    before = page.photographs.learned
    window.controller.one_batch()
    runner.live = snapshot(step=3, seed=9)
    window.controller.drain()
    assert page.photographs.learned is before
    window.workspaces.choose(PHOTOGRAPHS)
    assert page.photographs.learned != before


# --- pictures ----------------------------------------------------------------------------------


def saved(folder: Path, name: str = "mine.png") -> Path:
    path = folder / name
    Image.fromarray(np.full((9, 11, 3), (10, 200, 30), dtype=np.uint8)).save(path)
    return path


def is_mine(page: PhotographsPage, qtbot: QtBot) -> None:
    """Wait until the picture of `saved` is filtered."""
    qtbot.waitUntil(lambda: not page.photographs.waiting)
    assert page.photographs.picture is not None
    assert page.photographs.picture.image.shape == (3, 9, 11)


def test_that_a_file_is_opened_and_offered_again(window, page, qtbot, tmp_path) -> None:
    path = saved(tmp_path)
    window.requests.open_path(path)
    is_mine(page, qtbot)
    assert str(path) in window.preferences.recent
    assert page.controls.picture.currentText() == "mine.png"
    page.controls.picture.activated.emit(1)
    qtbot.waitUntil(lambda: not page.photographs.waiting)
    assert page.controls.picture.currentText() == "Cat"
    assert str(resource("images", "chelsea.png")) not in window.preferences.recent
    rows = [page.controls.picture.itemText(row) for row in range(page.controls.picture.count())]
    page.controls.picture.activated.emit(rows.index("mine.png"))
    is_mine(page, qtbot)


def test_that_a_picture_that_is_dropped_on_the_network_opens_the_page(
    window, answering, qtbot, tmp_path
) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(saved(tmp_path)))])
    window.dropEvent(
        QDropEvent(
            QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
    )  # fmt: skip
    page = window.workspaces.page
    assert isinstance(page, PhotographsPage)
    is_mine(page, qtbot)


def test_that_a_broken_picture_is_refused_in_the_banner(window, page, qtbot, tmp_path) -> None:
    path = tmp_path / "broken.png"
    path.write_bytes(resource("images", "astronaut.png").read_bytes()[:9000])
    window.requests.open_path(path)
    qtbot.waitUntil(lambda: not page.photographs.waiting)
    assert "broken.png" in window.banner.label.text()
    assert page.photographs.picture is SMALL


def test_that_a_scaled_picture_says_so(window, page, qtbot) -> None:
    page.open_path(resource("images", "coffee.png"))
    qtbot.waitUntil(lambda: not page.photographs.waiting)
    assert "from 600 × 400 to 512 × 341 pixels" in window.banner.label.text()


def png_bytes() -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.full((9, 11, 3), (10, 200, 30), dtype=np.uint8)).save(file, "PNG")
    return file.getvalue()


def image_data(tmp_path: Path) -> QMimeData:
    image = QImage(11, 9, QImage.Format.Format_RGB32)
    image.fill(QColor(10, 200, 30))
    data = QMimeData()
    data.setImageData(image)
    return data


def bytes_data(tmp_path: Path) -> QMimeData:
    data = QMimeData()
    data.setData("image/png", png_bytes())
    return data


def url_data(tmp_path: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(saved(tmp_path)))])
    return data


@pytest.mark.parametrize("made", [image_data, bytes_data, url_data])
def test_that_a_picture_is_pasted(
    window, page, qtbot, tmp_path, made: Callable[[Path], QMimeData]
) -> None:
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    clipboard.setMimeData(made(tmp_path))
    window.actions_by_key["paste"].trigger()
    is_mine(page, qtbot)
    expected = np.array([10, 200, 30], dtype=np.float32) / np.float32(255)
    np.testing.assert_array_equal(page.photographs.picture.image[:, 4, 4], expected)
    clipboard.clear()


def test_that_a_clipboard_without_a_picture_is_said(window, page) -> None:
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    clipboard.setText("words")
    page.controls.paste.click()
    assert window.banner.isVisible()
    assert page.photographs.picture is SMALL
    clipboard.clear()


def test_that_too_large_an_image_on_the_clipboard_is_refused(window, page) -> None:
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    clipboard.setImage(QImage(4001, 4000, QImage.Format.Format_Mono))
    assert page.paste()
    assert "at most 16 megapixels" in window.banner.label.text()
    clipboard.clear()


# --- drawing -----------------------------------------------------------------------------------


def drag(pane: QWidget, *places: QPointF) -> None:
    _mouse(pane, Type.MouseButtonPress, places[0], LEFT)
    for place in places[1:]:
        _mouse(pane, Type.MouseMove, place, LEFT)
    _mouse(pane, Type.MouseButtonRelease, places[-1], LEFT)


def test_that_one_draws_erases_clears_and_takes_it_back(window, page) -> None:
    controls, photographs = page.controls, page.photographs
    assert not controls.pens[0].isVisible()
    controls.draw.click()
    settle(page)
    assert controls.pens[0].isVisible()
    drag(page.pane, before_at(page, 100, 60), before_at(page, 100, 180))
    settle(page)
    drawn = photographs.picture.image[0]
    assert drawn[100, 60] == drawn[100, 120] == drawn[100, 180] == 1
    assert drawn[130, 120] == 0
    controls.pens[1].click()
    drag(page.pane, before_at(page, 100, 120), before_at(page, 101, 120))
    assert photographs.picture.image[0, 100, 120] == 0
    window.actions_by_key["undo"].trigger()
    assert photographs.picture.image[0, 100, 120] == 1
    controls.clear.click()
    assert photographs.picture.image.max() == 0
    settle(page)
    assert scene_of(page).size == (256, 256)


def test_that_one_draws_with_the_keyboard(page) -> None:
    page.controls.draw.click()
    settle(page)
    cursor = page.photographs.view.cursor
    page.pane.setFocus(Qt.FocusReason.TabFocusReason)
    press(page.pane, Key.Key_Return)
    assert page.photographs.picture.image[0, cursor.row, cursor.column] == 1
    settle(page)


def test_that_a_photograph_is_not_drawn_on(page) -> None:
    drag(page.pane, before_at(page, 3, 3), before_at(page, 9, 9))
    assert page.photographs.picture is SMALL
    assert page.photographs.view.cursor == Cursor(0, 0, 3, 3, 9)


# --- everybody ---------------------------------------------------------------------------------


def test_that_everything_that_can_be_reached_has_a_name(page) -> None:
    kinds = (QComboBox, QLineEdit, QSpinBox)
    for part in page.controls.findChildren(QWidget):
        if isinstance(part, kinds) and not part.objectName().startswith("qt_"):
            assert part.accessibleName(), part
        if isinstance(part, QToolButton):
            assert part.text(), part
    assert page.pane.accessibleName()
    assert page.controls.list.accessibleName()


def test_that_tab_reaches_everything_from_the_top_down(page) -> None:
    controls = page.controls
    wanted: list[QWidget] = [
        controls.picture, controls.open, controls.list, controls.editor.rows,
        controls.editor.fields[0, 0], controls.editor.fields[2, 2], controls.channels,
        controls.shown, page.pane,
    ]  # fmt: skip
    reached: list[QWidget] = []
    part: QWidget | None = controls.picture
    while part is not None and part not in reached:
        reached.append(part)
        part = part.nextInFocusChain()
    places = [reached.index(one) for one in wanted]
    assert places == sorted(places)
    assert all(one.focusPolicy() & Qt.FocusPolicy.TabFocus for one in wanted)


def test_that_the_language_is_switched_live(page, qapp) -> None:
    use_language(qapp, "ko")
    try:
        qapp.processEvents()
        assert page.controls.open.text() == tr("Open…") != "Open…"
        assert page.controls.list.item(0).text() == tr("Identity") != "Identity"
        assert page.controls.channels.itemText(0) == tr("Grey") != "Grey"
        assert not page.grab().isNull()
        assert not page.pane.failed
    finally:
        use_language(qapp, "en")


def test_that_a_snapshot_is_what_the_table_of_numbers_is_made_from(window, page) -> None:
    assert isinstance(page.photographs.view.stage, Snapshot)
    window.actions_by_key["copy"].trigger()
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    assert clipboard.text().count("\n") >= 9
    clipboard.clear()


def test_that_space_plays_after_a_click_on_the_list_of_kernels(page: PhotographsPage) -> None:
    kernels = page.controls.list
    assert not is_taken_from_shortcuts(kernels, Qt.Key.Key_Space)
    assert is_taken_from_shortcuts(kernels, Qt.Key.Key_Down)
    assert is_taken_from_shortcuts(page.controls.channels, Qt.Key.Key_Space)


def test_that_what_is_typed_after_a_click_replaces_the_weight(
    page: PhotographsPage, qtbot: QtBot
) -> None:
    field = page.controls.editor.fields[0, 0]
    page.activateWindow()
    qtbot.mouseClick(field, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(field.hasFocus)
    qtbot.keyClicks(field, "5")
    assert field.text() == "5"
    qtbot.mouseClick(field, Qt.MouseButton.LeftButton)  # a second click puts the cursor
    assert not field.hasSelectedText()


@pytest.mark.parametrize("place", [(0, 0), (0, 29), (23, 0), (23, 29), (12, 12)])
def test_that_the_mark_of_a_pixel_touches_no_text_around_the_picture(page, place) -> None:
    layout, theme = page.pane.arrangement(), page.pane.theme
    for cells in (layout.before, layout.after):
        small = replace(cells, size=1.0)  # as the pixels of a large photograph
        mark = mark_around(small.span(*place), small.rect, theme)
        assert mark.contains(small.span(*place))
        assert mark.width() >= SMALLEST_MARK
        over = theme.px(2)
        assert small.rect.adjusted(-over, -over, over, over).contains(mark)


def test_that_the_ledger_calls_the_channels_as_the_pictures_do(page) -> None:
    page.photographs.choose_channels(Channels.SUMMED)
    settle(page)
    for group, name in enumerate(("red", "green", "blue")):
        page.photographs.open_group(group)
        first = next(iter(opened_pieces(scene_of(page).stage, 4)))
        assert first.text == f"{name}:"


def test_that_a_folder_that_is_not_there_is_offered_as_no_file(page, tmp_path, monkeypatch) -> None:
    for folder, name in ((tmp_path / "Pictures", ""), (tmp_path, "")):
        monkeypatch.setattr(
            QStandardPaths, "writableLocation", lambda _, folder=folder: str(folder)
        )
        page.ask_for_file()
        dialog = page.findChild(QFileDialog)
        names = dialog.findChildren(QLineEdit, "fileNameEdit")
        assert dialog.directory().exists()
        assert all(edit.text() == name for edit in names)
        dialog.close()
        dialog.deleteLater()
        QApplication.sendPostedEvents(dialog, 0)
