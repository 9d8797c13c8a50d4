"""The weight matrix: reading entries, choosing outputs, and pointing at weights."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from cnnviz.core.cursor import Cursor
from cnnviz.core.operations import Conv2d, Linear
from cnnviz.core.operations.average_pooling import AvgPool2d
from cnnviz.core.scenes.matrix import MatrixScene
from cnnviz.core.view import Pointing, View
from cnnviz.ui.painters.matrix import entry_pixels
from cnnviz.ui.painters.matrix_layout import MatrixLayout
from cnnviz.ui.pane import Legend
from cnnviz.ui.panes.matrix import MatrixPane
from cnnviz.ui.theme import LIGHT, Theme
from tests.core.scenes.layers import layer_view, lecture_view
from tests.core.scenes.networks import network_of, view_of
from tests.networks import bundled, snapshot
from tests.ui.hands import click, hover, press

Key = Qt.Key


@pytest.fixture
def pane(qtbot: QtBot) -> MatrixPane:
    pane = MatrixPane()
    qtbot.addWidget(pane)
    pane.resize(1000, 600)
    pane.look(lecture_view(Cursor(0, 0, 1, 1, 4)))
    pane.show()
    pane.activateWindow()
    qtbot.waitActive(pane)
    return pane


def scene_of(pane: MatrixPane) -> MatrixScene:
    assert isinstance(pane.shown, MatrixScene)
    return pane.shown


def layout_of(pane: MatrixPane) -> MatrixLayout:
    return pane.layout_of(scene_of(pane))


def entry(pane: MatrixPane, row: int, column: int) -> QPointF:
    return layout_of(pane).entry(row, column).center()


def said(pane: MatrixPane, point: QPointF) -> str:
    return pane.readout(scene_of(pane), point)


def test_that_an_entry_says_what_it_connects_and_with_which_weight(pane: MatrixPane) -> None:
    assert said(pane, entry(pane, 0, 0)) == (
        "output (0, 0, 0) reads input (0, 0, 0) × weight (0, 0, 0, 0) = 1.0000"
    )
    assert said(pane, entry(pane, 0, 3)) == "output (0, 0, 0) does not read input (0, 0, 3)"
    layout = layout_of(pane)
    assert said(pane, layout.x_cells(4).center()) == "input (0, 0, 4): 5.000000"
    assert said(pane, layout.y_cells(3).center()) == "output (0, 1, 0): 10.000000"
    assert said(pane, layout.y_cells(5).center()) == "not computed yet; click to go there"
    assert said(pane, layout.kernel[7].center()) == "weight (0, 0, 2, 1): 1.000000"
    assert said(pane, QPointF(1, 599)) == ""


def test_that_an_entry_where_padding_brings_weights_together_says_the_sum(
    pane: MatrixPane,
) -> None:
    operation = Conv2d(1, 1, (1, 3), padding=(0, 1), padding_mode="replicate")
    pane.look(layer_view(operation, (1, 1, 2), weight=np.array([[[[2, 3, 5]]]], np.float32)))
    assert said(pane, entry(pane, 0, 0)).endswith(
        "2 times, as padding repeats it: 2.0000 + 3.0000 = 5.0000"
    )
    bias = said(pane, layout_of(pane).b_cells(1).center())
    assert bias.startswith("bias of output (0, 0, 1): ")


def test_that_an_average_pooling_says_its_nth(pane: MatrixPane) -> None:
    pane.look(layer_view(AvgPool2d((2, 2)), (1, 4, 4)))
    assert said(pane, entry(pane, 0, 0)) == "output (0, 0, 0) reads input (0, 0, 0) × 0.2500"
    assert pane.accessibleDescription() == (
        "connections: 16, no weight is learned; a fully connected layer of this size would have 64"
    )


def test_that_a_click_on_a_row_asks_for_its_output(pane: MatrixPane, qtbot: QtBot) -> None:
    for point in (entry(pane, 7, 2), layout_of(pane).y_cells(7).center()):
        with qtbot.waitSignal(pane.element_requested) as asked:
            click(pane, point)
        assert asked.args == [0, 0, 2, 1]


def test_that_a_click_on_an_input_asks_for_its_readers(pane: MatrixPane, qtbot: QtBot) -> None:
    with qtbot.waitSignal(pane.pixel_requested) as asked:
        click(pane, layout_of(pane).x_cells(12).center())
    assert asked.args == [(0, 2, 2)]


@pytest.mark.parametrize(("row", "column", "term"), [(0, 0, 0), (3, 6, 1), (8, 24, 8)])
def test_that_the_mouse_on_an_entry_points_at_its_weight(
    pane: MatrixPane, qtbot: QtBot, row: int, column: int, term: int
) -> None:
    with qtbot.waitSignal(pane.weight_pointed) as asked:
        hover(pane, entry(pane, row, column))
    assert asked.args == [term]
    pane.look(lecture_view(Cursor(0, 0, 1, 1, 4), Pointing(weight=term)))
    with qtbot.waitSignal(pane.weight_pointed) as asked:
        hover(pane, QPointF(2, 300))
    assert asked.args == [None]


def test_that_the_mouse_on_the_kernel_points_at_its_weight(pane: MatrixPane, qtbot: QtBot) -> None:
    with qtbot.waitSignal(pane.weight_pointed) as asked:
        hover(pane, layout_of(pane).kernel[5].center())
    assert asked.args == [5]


def test_that_arrows_choose_outputs_and_weights_when_reached_by_tab(
    pane: MatrixPane, qtbot: QtBot
) -> None:
    pane.setFocus(Qt.FocusReason.TabFocusReason)
    with qtbot.waitSignal(pane.element_requested) as asked:
        press(pane, Key.Key_Down)
    assert asked.args == [0, 0, 1, 2]
    with qtbot.waitSignal(pane.weight_pointed) as asked:
        press(pane, Key.Key_Left)
    assert asked.args == [8]


def test_that_uses_of_one_weight_have_one_colour_and_others_have_another(pane: MatrixPane) -> None:
    scene, layout = scene_of(pane), layout_of(pane)
    pixels = entry_pixels(scene, layout, False, pane.theme)
    for term in range(9):
        uses = scene.uses(layout.part, term)
        assert len(set(pixels[uses].tolist())) == 1
    assert len(set(pixels.reshape(-1).tolist())) == 10  # and that of what is not connected


def test_that_the_button_shows_values_instead_of_hues(pane: MatrixPane) -> None:
    scene, before = scene_of(pane), pane.grab().toImage()
    assert pane.legend(scene) == Legend(11.0, signed=False)
    pane.switch.click()
    assert pane.legend(scene) == Legend(1.0)
    assert pane.grab().toImage() != before
    pixels = entry_pixels(scene, layout_of(pane), True, pane.theme)
    assert pixels[0, 0] == pixels[0, 2] != pixels[0, 1]


def test_that_a_linear_layer_shows_values_and_the_convolution_that_it_is(pane: MatrixPane) -> None:
    pane.look(layer_view(Linear(6, 3), (6,)))
    assert not pane.switch.isVisible()
    assert pane.by_value(scene_of(pane))
    assert said(pane, entry(pane, 2, 4)).startswith("output (2) reads input (4) × weight (2, 4)")


def test_that_the_caption_says_which_part_is_shown(pane: MatrixPane) -> None:
    assert pane.caption(pane.shown) == "Conv 1 · 9×25"
    stage = snapshot()
    pane.look(View(bundled(), cursor=Cursor(0, 3, 10, 10, 9), stage=stage, live=stage))
    caption = pane.caption(pane.shown)
    assert caption.startswith("Conv 1 · 25,088×784 · outputs (3, ")
    pane.look(View(network_of()))
    assert (pane.caption(pane.shown), pane.legend(pane.shown)) == ("", None)


def test_that_moving_the_cursor_paints_only_what_moves(
    pane: MatrixPane, monkeypatch: pytest.MonkeyPatch
) -> None:
    pane.grab()
    painted: list[object] = []
    monkeypatch.setattr("cnnviz.ui.panes.matrix.paint_still", lambda *_: painted.append(_))
    view = lecture_view()
    for row in range(3):
        pane.look(View(view.network, cursor=Cursor(0, 0, row, 1, 9), stage=view.stage))
        pane.grab()
    assert len(painted) == 1  # another snapshot than before, but the same three times


@pytest.mark.parametrize("layer", range(11))
@pytest.mark.parametrize("theme", [Theme(zoom=0.8), Theme(LIGHT, zoom=3)])
def test_that_every_layer_is_drawn_in_a_small_pane(
    pane: MatrixPane, layer: int, theme: Theme
) -> None:
    pane.set_theme(theme)
    pane.resize(280, 140)
    view = view_of(Cursor(layer))
    pane.look(View(view.network, cursor=view.cursor, stage=view.stage, pointing=Pointing(weight=1)))
    pane.hovered = QPointF(140, 70)
    pane.setFocus(Qt.FocusReason.TabFocusReason)
    assert not pane.grab().isNull()
    assert not pane.failed
