"""The graph of a layer: reading neurons and lines, choosing outputs, and pointing at weights."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from cnnviz.core.cursor import Cursor
from cnnviz.core.operations import Linear
from cnnviz.core.operations.average_pooling import AvgPool2d
from cnnviz.core.scenes.graph import GraphScene
from cnnviz.core.view import Pointing, View
from cnnviz.ui.painters.graph import _full_titles, _own_titles, line_tones
from cnnviz.ui.painters.graph_layout import GraphLayout, GraphsLayout
from cnnviz.ui.pane import Legend
from cnnviz.ui.panes.graph import GraphPane
from cnnviz.ui.theme import LIGHT, Theme
from tests.core.scenes.layers import layer_view, lecture_view
from tests.core.scenes.networks import network_of, view_of
from tests.networks import bundled, snapshot
from tests.ui.hands import click, hover, press

Key = Qt.Key


@pytest.fixture
def pane(qtbot: QtBot) -> GraphPane:
    pane = GraphPane()
    qtbot.addWidget(pane)
    pane.resize(1000, 600)
    pane.look(lecture_view(Cursor(0, 0, 1, 1, 4)))
    pane.show()
    pane.activateWindow()
    qtbot.waitActive(pane)
    return pane


def scene_of(pane: GraphPane) -> GraphScene:
    assert isinstance(pane.shown, GraphScene)
    return pane.shown


def layout_of(pane: GraphPane) -> GraphsLayout:
    return pane.layout_of(scene_of(pane))[0]


def own(pane: GraphPane) -> GraphLayout:
    graph = layout_of(pane).own
    assert graph is not None
    return graph


def input_at(pane: GraphPane, place: int) -> QPointF:
    return QPointF(own(pane).inputs.x, own(pane).inputs.y(place))


def output_at(pane: GraphPane, place: int) -> QPointF:
    return QPointF(own(pane).outputs.x, own(pane).outputs.y(place))


def on_line(pane: GraphPane, source: int, target: int, share: float = 0.2) -> QPointF:
    return input_at(pane, source) * (1 - share) + output_at(pane, target) * share


def test_that_neurons_say_their_values(pane: GraphPane) -> None:
    scene = scene_of(pane)
    assert pane.readout(scene, input_at(pane, 4)) == "input (0, 0, 4): 5.000000"
    assert pane.readout(scene, output_at(pane, 3)) == "output (0, 1, 0): 10.000000"
    assert pane.readout(scene, output_at(pane, 6)) == "not computed yet; click to go there"
    assert pane.readout(scene, QPointF(4, 590)) == ""


def test_that_a_line_says_what_it_connects(pane: GraphPane) -> None:
    assert pane.readout(scene_of(pane), on_line(pane, 6, 4)) == (
        "output (0, 1, 1) reads input (0, 1, 1) × weight (0, 0, 0, 0) = 1.0000"
    )


@pytest.mark.parametrize(("source", "term"), [(6, 0), (12, 4), (18, 8)])
def test_that_the_mouse_on_a_line_points_at_its_weight(
    pane: GraphPane, qtbot: QtBot, source: int, term: int
) -> None:
    with qtbot.waitSignal(pane.weight_pointed) as asked:
        hover(pane, on_line(pane, source, 4))
    assert asked.args == [term]
    pane.look(lecture_view(Cursor(0, 0, 1, 1, 4), Pointing(weight=term)))
    with qtbot.waitSignal(pane.weight_pointed) as asked:
        pane.leaveEvent(None)
    assert asked.args == [None]


def test_that_a_click_on_an_output_asks_for_it(pane: GraphPane, qtbot: QtBot) -> None:
    with qtbot.waitSignal(pane.element_requested) as asked:
        click(pane, output_at(pane, 7))
    assert asked.args == [0, 0, 2, 1]


def test_that_a_click_on_an_input_asks_for_its_readers(pane: GraphPane, qtbot: QtBot) -> None:
    with qtbot.waitSignal(pane.pixel_requested) as asked:
        click(pane, input_at(pane, 12))
    assert asked.args == [(0, 2, 2)]


def test_that_arrows_choose_outputs_and_weights_when_reached_by_tab(
    pane: GraphPane, qtbot: QtBot
) -> None:
    pane.setFocus(Qt.FocusReason.TabFocusReason)
    with qtbot.waitSignal(pane.element_requested) as asked:
        press(pane, Key.Key_Up)
    assert asked.args == [0, 0, 1, 0]
    with qtbot.waitSignal(pane.weight_pointed) as asked:
        press(pane, Key.Key_Right)
    assert asked.args == [0]


def test_that_lines_of_one_weight_have_one_colour(pane: GraphPane) -> None:
    scene, (_, lines) = scene_of(pane), pane.layout_of(scene_of(pane))
    tones = line_tones(scene, lines, pane.theme)
    found = set(zip(lines.weights.tolist(), tones.tolist(), strict=True))
    assert len(found) == len({tone for _, tone in found}) == 9


def test_that_both_graphs_stand_side_by_side_where_there_is_room(pane: GraphPane) -> None:
    layout = layout_of(pane)
    assert layout.own is not None
    assert layout.full is not None
    assert not pane.switch.isVisible()
    scene = scene_of(pane)
    assert _own_titles(scene)[0] == "connections: 81, different weights: 9"
    assert _full_titles(scene)[0] == "fully connected: 225 connections, as many weights"


def test_that_one_graph_is_chosen_where_there_is_none(pane: GraphPane) -> None:
    pane.resize(430, 200)
    assert pane.switch.isVisible()
    assert layout_of(pane).full is None
    before = pane.grab().toImage()
    pane.switch.click()
    layout = layout_of(pane)
    assert layout.own is None
    assert layout.full is not None
    assert pane.grab().toImage() != before


def test_that_a_linear_layer_is_one_graph_and_says_which_convolution_it_is(
    pane: GraphPane,
) -> None:
    pane.look(layer_view(Linear(6, 3), (6,), Cursor(0, 0, 0, 1)))
    scene = scene_of(pane)
    assert layout_of(pane).full is None
    assert _own_titles(scene)[0] == (
        "connections: 18, each with a weight of its own; "
        "the same numbers as a convolution with 3 kernels of 1×1×6"
    )
    assert pane.legend(scene) == Legend(scene.stage.weight_limit)
    stage = snapshot()
    pane.look(View(bundled(), cursor=Cursor(7), stage=stage, live=stage))
    assert "10 kernels of 7×7×64" in _own_titles(scene_of(pane))[0]


def test_that_an_average_pooling_has_lines_too(pane: GraphPane) -> None:
    pane.look(layer_view(AvgPool2d((2, 2)), (1, 4, 4)))
    assert pane.readout(scene_of(pane), on_line(pane, 0, 0)).endswith("× 0.2500")
    assert not pane.grab().isNull()
    assert not pane.failed


def test_that_the_caption_says_when_some_are_left_out(pane: GraphPane) -> None:
    assert pane.caption(pane.shown) == "Conv 1 · inputs: 25, outputs: 9"
    stage = snapshot()
    pane.look(View(bundled(), cursor=Cursor(0, 3, 10, 10, 9), stage=stage, live=stage))
    assert pane.caption(pane.shown) == (
        "Conv 1 · inputs: 784, outputs: 25,088 · those around the cursor"
    )
    pane.look(View(network_of()))
    assert (pane.caption(pane.shown), pane.legend(pane.shown)) == ("", None)


def test_that_moving_the_cursor_paints_only_what_moves(
    pane: GraphPane, monkeypatch: pytest.MonkeyPatch
) -> None:
    painted: list[object] = []
    monkeypatch.setattr("cnnviz.ui.panes.graph.paint_still", lambda *_: painted.append(_))
    view = lecture_view()
    for row in range(3):
        pane.look(View(view.network, cursor=Cursor(0, 0, row, 1, 9), stage=view.stage))
        pane.grab()
    assert len(painted) == 1


@pytest.mark.parametrize("layer", range(11))
@pytest.mark.parametrize("theme", [Theme(zoom=0.8), Theme(LIGHT, zoom=3)])
def test_that_every_layer_is_drawn_in_a_small_pane(
    pane: GraphPane, layer: int, theme: Theme
) -> None:
    pane.set_theme(theme)
    pane.resize(280, 140)
    view = view_of(Cursor(layer))
    pane.look(View(view.network, cursor=view.cursor, stage=view.stage, pointing=Pointing(weight=1)))
    pane.hovered = QPointF(140, 70)
    pane.setFocus(Qt.FocusReason.TabFocusReason)
    assert not pane.grab().isNull()
    assert not pane.failed
