"""The receptive field's pane: its four looks, the gradient it asks for, the pixel that leads."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor
from pytestqt.qtbot import QtBot

from cnnviz.core.cursor import Cursor
from cnnviz.core.gradient import PixelGradient
from cnnviz.core.network import Network
from cnnviz.core.operations import Conv2d, Flatten, Linear, Operation, Softmax
from cnnviz.core.operations.adaptive_pooling import AdaptiveAvgPool2d
from cnnviz.core.scenes.receptive import Look, ReceptiveScene
from cnnviz.core.view import View
from cnnviz.ui.main_window import MainWindow
from cnnviz.ui.painters.influence import reached_text
from cnnviz.ui.painters.receptive import seen_text
from cnnviz.ui.panes.receptive import ReceptivePane
from cnnviz.ui.theme import DARK, LIGHT, Theme
from tests.control.runners import FakeRunner
from tests.core.scenes.networks import network_of, view_of
from tests.ui.hands import click, hover, is_taken_from_shortcuts, press

Key = Qt.Key
VIEW = view_of(Cursor(3, 2, 1, 2))


@pytest.fixture
def pane(qtbot: QtBot) -> ReceptivePane:
    pane = ReceptivePane()
    qtbot.addWidget(pane)
    pane.resize(540, 240)
    pane.look(VIEW)
    pane.show()
    pane.activateWindow()
    qtbot.waitActive(pane)
    return pane


def scene_of(pane: ReceptivePane) -> ReceptiveScene:
    assert isinstance(pane.shown, ReceptiveScene)
    return pane.shown


def cell(pane: ReceptivePane, row: int, column: int) -> QPointF:
    return pane.layout_of(scene_of(pane)).cells.span(row, column).center()


def answered(view: View, values: np.ndarray | None = None) -> View:
    """The view with the gradient of its own element."""
    assert view.stage is not None
    if values is None:
        values = np.zeros(view.network.input_shape, dtype=np.float32)
        values[0, 3, 5], values[0, 2, 4] = -2, 1
    cursor = view.cursor
    place = (cursor.channel, cursor.row, cursor.column)
    return replace(view, gradient=PixelGradient(view.stage, cursor.layer, place, values))


def test_that_a_gradient_is_asked_for_only_while_it_is_chosen(
    pane: ReceptivePane, qtbot: QtBot
) -> None:
    with qtbot.assertNotEmitted(pane.gradient_requested):
        pane.look(view_of(Cursor(3, 2, 0, 0)))
    pane.look(VIEW)
    with qtbot.waitSignal(pane.gradient_requested) as asked:
        pane.buttons.buttons[Look.GRADIENT].click()
    assert asked.args == [VIEW.stage, 3, (2, 1, 2)]
    with qtbot.assertNotEmitted(pane.gradient_requested):
        pane.look(answered(VIEW))
    assert scene_of(pane).gradient is not None


def test_that_the_exact_field_is_shown_until_the_answer_is_there(pane: ReceptivePane) -> None:
    exact = seen_text(scene_of(pane))
    pane.choose(Look.GRADIENT)
    assert seen_text(scene_of(pane)) == exact
    pane.look(answered(VIEW))
    assert seen_text(scene_of(pane)) == "Conv 2 (2, 1, 2): 2 pixels count now, (3, 5) the most"


def test_that_what_counts_most_is_pink_and_what_counts_nothing_is_not(pane: ReceptivePane) -> None:
    pane.choose(Look.GRADIENT)
    pane.look(answered(VIEW))
    picture = pane.grab().toImage()

    def at(row: int, column: int) -> QColor:
        return QColor(picture.pixel(cell(pane, row, column).toPoint()))

    assert at(3, 5).name() == DARK.gradient
    grey = at(3, 4)
    assert max(grey.red(), grey.green(), grey.blue()) - min(grey.red(), grey.blue()) < 12


@pytest.mark.parametrize("value", [0.0, np.nan, np.inf])
def test_that_a_gradient_without_a_finite_largest_is_drawn_too(
    pane: ReceptivePane, value: float
) -> None:
    pane.choose(Look.GRADIENT)
    pane.look(answered(VIEW, np.full(VIEW.network.input_shape, value, dtype=np.float32)))
    pane.grab()
    assert not pane.failed
    if value == 0:
        assert "0 everywhere" in seen_text(scene_of(pane))


def test_that_a_click_on_a_pixel_shows_what_it_reaches_and_another_click_ends_it(
    pane: ReceptivePane,
) -> None:
    click(pane, cell(pane, 0, 7))
    scene = scene_of(pane)
    assert (scene.look, scene.pixel) == (Look.INFLUENCE, (0, 7))
    assert pane.buttons.buttons[Look.INFLUENCE].isChecked()
    assert reached_text(scene.reached[0]) == "2×2 of 8×8"
    assert reached_text(scene.reached[-1]) == "5 of 5"
    click(pane, cell(pane, 5, 5))
    assert scene_of(pane).pixel == (5, 5)
    click(pane, cell(pane, 5, 5))
    assert scene_of(pane).look is Look.FIELD
    assert pane.buttons.buttons[Look.FIELD].isChecked()


def test_that_escape_goes_back_to_the_look_before_and_is_the_windows_otherwise(
    pane: ReceptivePane,
) -> None:
    pane.choose(Look.GRADIENT)
    assert not is_taken_from_shortcuts(pane, Key.Key_Escape)
    click(pane, cell(pane, 4, 4))
    assert is_taken_from_shortcuts(pane, Key.Key_Escape)
    press(pane, Key.Key_Escape)
    assert pane.chosen is Look.GRADIENT


def test_that_arrow_keys_move_the_pixel_and_stop_at_the_edge(pane: ReceptivePane) -> None:
    pane.setFocus(Qt.FocusReason.TabFocusReason)
    assert is_taken_from_shortcuts(pane, Key.Key_Right)
    press(pane, Key.Key_Right)
    start = scene_of(pane).pixel
    assert start is not None
    assert start[0] in scene_of(pane).field.rows
    press(pane, Key.Key_Down)
    assert scene_of(pane).pixel == (start[0] + 1, start[1])
    for _ in range(20):
        press(pane, Key.Key_Left)
    assert scene_of(pane).pixel == (start[0] + 1, 0)
    press(pane, Key.Key_Return)
    assert scene_of(pane).look is Look.FIELD


def test_that_a_click_on_a_layers_grid_asks_for_an_element_that_is_reached(
    pane: ReceptivePane, qtbot: QtBot
) -> None:
    pane.choose_pixel((4, 4))
    grids = pane.grids(scene_of(pane))
    with qtbot.waitSignal(pane.element_requested) as asked:
        click(pane, grids[0].whole.center())
    layer, channel, row, column = asked.args
    assert (layer, channel) == (0, 0)
    assert row in scene_of(pane).reached[0].field.rows
    assert column in scene_of(pane).reached[0].field.columns


def test_that_readouts_say_the_pixel_and_what_it_counts(pane: ReceptivePane) -> None:
    hover(pane, cell(pane, 7, 0))
    assert pane.readout(scene_of(pane), cell(pane, 7, 0)).endswith("not seen")
    pane.choose(Look.GRADIENT)
    pane.look(answered(VIEW))
    value = f"{float(scene_of(pane).image[0, 3, 5]):.2f}"
    expected = f"pixel (3, 5): {value} · counts 2.0000"
    assert pane.readout(scene_of(pane), cell(pane, 3, 5)) == expected


def test_that_a_fixed_choice_is_kept_through_another_network(pane: ReceptivePane) -> None:
    pane.choose(Look.CONNECTIONS)
    wide = network_of((Conv2d(1, 2, (3, 3)), Flatten(), Linear(200, 2), Softmax()), (1, 12, 12))
    pane.look(view_of(Cursor(0), wide))
    assert scene_of(pane).look is Look.CONNECTIONS


TAILS: dict[str, tuple[Operation, ...]] = {
    "uneven": (AdaptiveAvgPool2d((3, 3)), Flatten(), Linear(9, 2), Softmax()),
    "wide": (Conv2d(1, 1, (1, 3)), Flatten(), Linear(76, 2), Softmax()),
}


@pytest.mark.parametrize("look", list(Look))
@pytest.mark.parametrize(
    ("size", "zoom"),
    [((430, 98), 1.0), ((120, 80), 1.0), ((280, 140), 3.0), ((900, 600), 2.0), ((200, 500), 1.0)],
)
def test_that_everything_stays_within_the_pane_at_any_size(
    pane: ReceptivePane, look: Look, size: tuple[int, int], zoom: float
) -> None:
    networks: list[Network | None] = [None, network_of(TAILS["uneven"], (1, 8, 7))]
    networks.append(network_of(TAILS["wide"], (1, 2, 40)))
    pane.set_theme(Theme(LIGHT, zoom=zoom))
    pane.resize(*size)
    pane.pixel = (1, 3)
    pane.choose(look)
    for network in networks:
        for layer in (0, 1, 2, 3):
            pane.look(view_of(Cursor(layer), network))
            pane.grab()
            assert not pane.failed
            whole = QRectF(pane.rect())
            layout = pane.layout_of(scene_of(pane))
            for grid in pane.grids(scene_of(pane)):
                assert whole.contains(grid.whole)
                assert not grid.whole.intersects(layout.cells.rect)


# --- in the window


def test_that_its_key_brings_it_to_the_front(window: MainWindow, qtbot: QtBot) -> None:
    dock = window.docks["receptive"]
    assert not dock.in_front
    window.actions_by_key["receptive"].trigger()
    qtbot.waitUntil(lambda: dock.in_front)
    assert isinstance(dock.pane.shown, ReceptiveScene)


def test_that_one_gradient_at_a_time_is_measured_and_only_for_a_pane_that_is_seen(
    window: MainWindow, runner: FakeRunner, qtbot: QtBot
) -> None:
    def asked() -> list[tuple[object, ...]]:
        return [request for request in runner.asked if request[0] == "measure_gradient"]

    controller, dock = window.controller, window.docks["receptive"]
    window.actions_by_key["receptive"].trigger()
    qtbot.waitUntil(lambda: dock.in_front)
    assert isinstance(dock.pane, ReceptivePane)
    dock.pane.choose(Look.GRADIENT)
    assert len(asked()) == 1
    for row in (3, 4, 5):
        controller.go_to_element(0, 0, row, 7)
    assert len(asked()) == 1  # it is under way
    _, stage, layer, element = asked()[0]
    runner.gradient = _measured(stage, layer, element)
    controller.drain()
    assert asked()[1:] == [("measure_gradient", controller.view.stage, 0, (0, 5, 7))]
    runner.gradient = _measured(*asked()[1][1:])
    controller.drain()
    assert len(asked()) == 2
    assert dock.pane.shown.gradient is controller.view.gradient
    window.docks["stage"].raise_()
    qtbot.waitUntil(lambda: not dock.in_front)
    controller.go_to_element(0, 0, 9, 9)
    assert len(asked()) == 2


def _measured(stage: object, layer: object, element: object) -> PixelGradient:
    values = np.ones((1, 28, 28), dtype=np.float32)
    return PixelGradient(stage, layer, element, values)  # type: ignore[arg-type]


def test_that_pointing_at_a_weight_with_its_key_says_how_often_it_is_used(
    window: MainWindow,
) -> None:
    stage = window.docks["stage"].pane
    window.controller.go_to_element(0, 0, 5, 5)
    window.actions_by_key["weight"].trigger()
    # The corner of a 3×3 kernel over 28×28 with padding 1 lies in it in one row and one column.
    assert stage.badge(stage.shown) == "weight used at 729 of 784 places"
    for _ in range(4):
        window.actions_by_key["weight"].trigger()
    assert stage.badge(stage.shown) == "weight used at 784 of 784 places"
    window.actions_by_key["nothing"].trigger()
    assert stage.badge(stage.shown) == ""
