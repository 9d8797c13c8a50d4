"""The pooling pane: the window's values, and ways to another window."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor
from pytestqt.qtbot import QtBot

from cnnviz.core.cursor import Cursor
from cnnviz.core.network import Network
from cnnviz.core.operations import Flatten, Linear, MaxPool2d, Softmax
from cnnviz.core.scenes.pooling import PoolingScene
from cnnviz.ui.painters.pooling import window_rects
from cnnviz.ui.panes.pooling import PoolingPane
from cnnviz.ui.theme import DARK, LIGHT, Theme
from tests.core.scenes.networks import POOL, network_of, view_of
from tests.ui.hands import click, press

Key = Qt.Key


@pytest.fixture
def pane(qtbot: QtBot) -> PoolingPane:
    pane = PoolingPane()
    qtbot.addWidget(pane)
    pane.resize(500, 220)
    pane.look(view_of(Cursor(POOL, 1, 2, 3)))
    pane.show()
    pane.activateWindow()
    qtbot.waitActive(pane)
    return pane


def scene_of(pane: PoolingPane) -> PoolingScene:
    assert isinstance(pane.shown, PoolingScene)
    return pane.shown


def pooled(**options: object) -> Network:
    pool = MaxPool2d((3, 3), **options)  # type: ignore[arg-type]
    _, rows, columns = pool.output_shape((2, 9, 9))
    head = (Flatten(), Linear(2 * rows * columns, 2), Softmax())
    return network_of((pool, *head), (2, 9, 9))


def test_that_a_click_on_the_output_asks_for_its_cell(pane: PoolingPane, qtbot: QtBot) -> None:
    place = pane.layout_of(scene_of(pane)).after.cell(0, 0, 2).center()
    with qtbot.waitSignal(pane.element_requested) as asked:
        click(pane, place)
    assert asked.args == [POOL, 1, 0, 2]


def test_that_a_click_on_the_input_asks_for_the_window_that_reads_it(
    pane: PoolingPane, qtbot: QtBot
) -> None:
    place = pane.layout_of(scene_of(pane)).before.cell(0, 7, 1).center()
    with qtbot.waitSignal(pane.element_requested) as asked:
        click(pane, place)
    assert asked.args == [POOL, 1, 3, 0]


def test_that_arrow_keys_go_to_the_next_window_and_stop_at_the_edge(
    pane: PoolingPane, qtbot: QtBot
) -> None:
    pane.setFocus(Qt.FocusReason.TabFocusReason)
    with qtbot.waitSignal(pane.element_requested) as asked:
        press(pane, Key.Key_Up)
    assert asked.args == [POOL, 1, 1, 3]
    with qtbot.assertNotEmitted(pane.element_requested):
        press(pane, Key.Key_Right)


def test_that_the_winner_is_filled_with_the_outputs_colour(pane: PoolingPane) -> None:
    picture = pane.grab().toImage()
    winner = scene_of(pane).ledger.winner
    for index, cell in enumerate(pane.layout_of(scene_of(pane)).cells):
        corner = cell.topLeft() + QPointF(cell.width() / 2, 5)
        filled = QColor(picture.pixel(corner.toPoint())).name()
        assert (filled == DARK.output) is (index == winner)


def test_that_the_window_is_marked_where_it_lies(pane: PoolingPane) -> None:
    scene = scene_of(pane)
    tiles = pane.layout_of(scene).before
    (window,) = window_rects(tiles, scene)
    assert window == tiles.cell(0, 4, 6).united(tiles.cell(0, 5, 7))


def test_that_dilation_shows_its_holes(pane: PoolingPane) -> None:
    pane.look(view_of(Cursor(0, 1, 0, 0), pooled(stride=(2, 2), dilation=(2, 2))))
    scene = scene_of(pane)
    tiles = pane.layout_of(scene).before
    expected = [tiles.cell(0, r, c) for r in (0, 2, 4) for c in (0, 2, 4)]
    assert window_rects(tiles, scene) == expected


def test_that_a_window_in_the_padding_stays_on_the_pane_and_says_so(pane: PoolingPane) -> None:
    pane.look(view_of(Cursor(0, 0, 0, 0), pooled(stride=(2, 2), padding=(1, 1))))
    scene = scene_of(pane)
    layout = pane.layout_of(scene)
    (window,) = window_rects(layout.before, scene)
    assert QRectF(pane.rect()).contains(window)
    assert "−∞" in pane.readout(scene, layout.cells[0].center())
    assert pane.caption(scene) == "MaxPool 3×3, stride 2, padding 1 · 9×9 → 5×5"


def test_that_the_readouts_are_the_maps_numbers(pane: PoolingPane) -> None:
    scene = scene_of(pane)
    layout = pane.layout_of(scene)
    value = f"{float(scene.output[1, 2, 0]):.4f}"
    assert pane.readout(scene, layout.after.cell(0, 2, 0).center()) == f"output (2, 0): {value}"
    assert scene.ledger.winner is not None
    assert "the largest" in pane.readout(scene, layout.cells[scene.ledger.winner].center())


@pytest.mark.parametrize(
    ("size", "zoom"), [((280, 140), 0.8), ((280, 140), 3.0), ((120, 80), 1.0), ((900, 600), 2.0)]
)
@pytest.mark.parametrize("kernel", [(2, 2), (3, 3), (5, 5), (1, 9)])
def test_that_it_is_drawn_within_the_pane_at_any_size(
    pane: PoolingPane, size: tuple[int, int], zoom: float, kernel: tuple[int, int]
) -> None:
    pool = MaxPool2d(kernel)
    count = 2 * pool.output_shape((2, 9, 9))[1] * pool.output_shape((2, 9, 9))[2]
    network = network_of((pool, Flatten(), Linear(count, 2), Softmax()), (2, 9, 9))
    pane.set_theme(Theme(LIGHT, zoom=zoom))
    pane.resize(*size)
    pane.look(view_of(Cursor(0), network))
    assert not pane.grab().isNull()
    assert not pane.failed
    whole = QRectF(pane.rect())
    assert all(whole.contains(cell) for cell in pane.layout_of(scene_of(pane)).cells)
