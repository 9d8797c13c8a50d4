"""The network strip: going to a layer, scrolling, and what a layer says about itself."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PyQt6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from cnnviz.core.cursor import Cursor
from cnnviz.core.scenes.strip import StripScene
from cnnviz.core.view import View
from cnnviz.ui.pane import Legend
from cnnviz.ui.panes.strip import StripPane
from cnnviz.ui.theme import LIGHT, Theme
from tests.core.scenes.networks import network_of, view_of
from tests.networks import bundled
from tests.ui.hands import click, press, turn_wheel

Key = Qt.Key
LAST = 10


@pytest.fixture
def pane(qtbot: QtBot) -> StripPane:
    pane = StripPane()
    qtbot.addWidget(pane)
    pane.resize(1700, 136)
    pane.look(view_of(Cursor(3)))
    pane.show()
    pane.activateWindow()
    qtbot.waitActive(pane)
    return pane


def scene_of(pane: StripPane) -> StripScene:
    assert isinstance(pane.shown, StripScene)
    return pane.shown


def middle(pane: StripPane, index: int) -> QPointF:
    return pane.layout_of(scene_of(pane)).boxes[index + 1].center()


@pytest.mark.parametrize(("index", "layer"), [(-1, 0), (0, 0), (5, 5), (LAST, LAST)])
def test_that_a_click_goes_to_the_layer(
    pane: StripPane, qtbot: QtBot, index: int, layer: int
) -> None:
    with qtbot.waitSignal(pane.layer_requested) as asked:
        click(pane, middle(pane, index))
    assert asked.args == [layer]


@pytest.mark.parametrize("height", [250, 700])
def test_that_it_stands_in_the_middle_of_a_high_pane(pane: StripPane, height: int) -> None:
    pane.resize(1700, height)
    layout = pane.layout_of(scene_of(pane))
    box, px = layout.boxes[1], Theme().px
    assert layout.picture == px(96)  # as large as they come
    assert box.height() == pytest.approx(px(96) + len(layout.texts[1]) * layout.line + px(14))
    above, below = box.top() - layout.bracket, height - box.bottom()
    assert above == pytest.approx(below)


def test_that_the_keyboard_goes_to_a_layer(pane: StripPane, qtbot: QtBot) -> None:
    pane.setFocus(Qt.FocusReason.TabFocusReason)
    with qtbot.waitSignal(pane.layer_requested) as asked:
        press(pane, Key.Key_Right)
        press(pane, Key.Key_Right)
        press(pane, Key.Key_Return)
    assert asked.args == [5]


def test_that_all_layers_are_seen_where_there_is_room(pane: StripPane) -> None:
    layout = pane.layout_of(scene_of(pane))
    assert layout.content <= pane.width()
    assert len({round(box.width(), 3) for box in layout.boxes}) == 1
    assert layout.texts[4] == ("Conv 2", "6×4×4", "222 params")


@pytest.mark.parametrize("layer", range(LAST + 1))
def test_that_the_chosen_layer_is_scrolled_into_a_narrow_strip(pane: StripPane, layer: int) -> None:
    pane.resize(400, 136)
    pane.look(view_of(Cursor(layer)))
    box = pane.layout_of(scene_of(pane)).boxes[layer + 1]
    assert box.left() >= -0.5
    assert box.right() <= pane.width() + 0.5


def test_that_the_wheel_scrolls_no_farther_than_the_ends(pane: StripPane) -> None:
    pane.resize(400, 136)
    pane.look(view_of(Cursor(0)))
    for notches, ends in ((100, True), (-200, False)):
        turn_wheel(pane, notches)
        boxes = pane.layout_of(scene_of(pane)).boxes
        if ends:
            assert boxes[-1].right() == pytest.approx(pane.width())
        else:
            assert boxes[0].left() == 0


def test_that_a_click_on_the_edge_scrolls_instead_of_choosing(
    pane: StripPane, qtbot: QtBot
) -> None:
    pane.resize(400, 136)
    pane.look(view_of(Cursor(0)))
    with qtbot.assertNotEmitted(pane.layer_requested):
        click(pane, QPointF(395, 60))
    assert pane.offset > 0


def test_that_a_low_strip_drops_lines_before_pictures(pane: StripPane) -> None:
    lines, pictures = [], []
    for height in (136, 100, 84):
        pane.resize(1700, height)
        layout = pane.layout_of(scene_of(pane))
        lines.append(len(layout.texts[1]))
        pictures.append(layout.picture)
    assert lines == [3, 2, 2]
    assert min(pictures) >= 26


def test_that_the_tooltip_says_the_operation_in_pytorchs_words(pane: StripPane) -> None:
    text = pane.tooltip_at(middle(pane, 3))
    assert "Conv2d(in_channels=4, out_channels=6, kernel_size=(3, 3), padding=(1, 1))" in text
    assert "4×4×4 → 6×4×4" in text
    assert "weight 6×4×3×3" in text


def test_that_the_legend_is_that_of_the_chosen_layer(pane: StripPane) -> None:
    cell = scene_of(pane).chosen_cell
    assert pane.legend(pane.shown) == Legend(cell.limit, cell.signed)
    pane.look(view_of(Cursor(LAST)))
    assert pane.legend(pane.shown) is None


def test_that_a_kept_backdrop_follows_choice_and_theme(pane: StripPane) -> None:
    before = pane.grab().toImage()
    view = view_of(Cursor(3))
    pane.look(replace(view, cursor=Cursor(4)))
    assert pane.grab().toImage() != before
    pane.look(view)
    assert pane.grab().toImage() == before
    pane.set_theme(Theme(LIGHT))
    assert pane.grab().toImage() != before


@pytest.mark.parametrize("theme", [Theme(zoom=0.8), Theme(LIGHT, zoom=3)])
@pytest.mark.parametrize("size", [(280, 84), (280, 140), (1600, 136), (200, 40)])
def test_that_it_is_drawn_at_any_size(pane: StripPane, theme: Theme, size: tuple[int, int]) -> None:
    pane.set_theme(theme)
    pane.resize(*size)
    assert not pane.grab().isNull()
    assert not pane.failed


def test_that_boxes_stand_before_the_first_snapshot(pane: StripPane) -> None:
    pane.look(View(network_of()))
    assert not pane.grab().isNull()
    assert not pane.failed
    assert len(pane.layout_of(scene_of(pane)).boxes) == LAST + 2


def test_that_a_skip_connection_is_a_line_and_is_told_of_at_its_end(qtbot: QtBot) -> None:
    pane = StripPane()
    qtbot.addWidget(pane)
    pane.resize(2600, 136)
    pane.look(View(network=bundled("small_resnet")))
    lines = [(it.start, it.end, it.level) for it in scene_of(pane).lines]
    # The second block's short way passes a convolution (17); both ways meet in its Add (19).
    assert lines == [(4, 10, 0), (11, 17, 0), (16, 19, 1)]
    layout = pane.layout_of(scene_of(pane))
    assert layout.skips > 0
    assert "skip connection from 4 (MaxPool)" in pane.tooltip_at(layout.boxes[10].center())
    pane.look(View(network=bundled("two_layer_cnn")))
    assert pane.layout_of(scene_of(pane)).skips == 0


@pytest.mark.parametrize("height", [118, 134, 168])
def test_that_counts_of_parameters_stay_where_lines_of_skip_connections_take_their_room(
    qtbot: QtBot, height: int
) -> None:
    pane = StripPane()
    qtbot.addWidget(pane)
    pane.resize(1280, height)
    pane.look(View(network=bundled("small_resnet")))
    layout = pane.layout_of(scene_of(pane))
    assert layout.texts[1][-1] == "144 params"
    assert layout.picture >= 20
    assert (layout.bracket > 0) == (height > 120)
    assert not pane.grab().isNull()
    assert not pane.failed


def test_that_a_line_says_from_where_to_where_it_goes(qtbot: QtBot) -> None:
    pane = StripPane()
    qtbot.addWidget(pane)
    pane.resize(2600, 168)
    pane.look(View(network=bundled("small_resnet")))
    boxes = pane.layout_of(scene_of(pane)).boxes
    over = QPointF((boxes[5].left() + boxes[9].right()) / 2, boxes[5].top() - 7.5)
    assert "4 (MaxPool) → 10 (Add 1)" in pane.tooltip_at(over)
    higher = QPointF(boxes[18].left(), boxes[5].top() - 15.5)
    assert "16 (BatchNorm) → 19 (Add 2)" in pane.tooltip_at(higher)
    assert "→ 10" not in pane.tooltip_at(boxes[7].center())
