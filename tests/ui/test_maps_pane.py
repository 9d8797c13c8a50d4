"""The activation maps: choosing a map with mouse and keyboard, and reading a value."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from cnnviz.core.cursor import Cursor
from cnnviz.core.scenes.maps import MapsScene
from cnnviz.core.view import View
from cnnviz.ui.pane import Legend
from cnnviz.ui.panes.maps import MapsPane
from cnnviz.ui.theme import LIGHT, Theme
from tests.core.scenes.networks import network_of, view_of
from tests.ui.hands import click, double_click, hover, is_taken_from_shortcuts, press

Key = Qt.Key


@pytest.fixture
def pane(qtbot: QtBot) -> MapsPane:
    pane = MapsPane()
    qtbot.addWidget(pane)
    pane.resize(400, 160)
    pane.look(view_of(Cursor(0, 1, 2, 3)))
    pane.show()
    pane.activateWindow()
    qtbot.waitActive(pane)
    return pane


def scene_of(pane: MapsPane) -> MapsScene:
    assert isinstance(pane.shown, MapsScene)
    return pane.shown


def cell(pane: MapsPane, index: int, row: int = 0, column: int = 0) -> QPointF:
    return pane.tiles(scene_of(pane)).cell(index, row, column).center()


def test_that_a_click_on_a_map_asks_for_its_channel(pane: MapsPane, qtbot: QtBot) -> None:
    with qtbot.waitSignal(pane.channel_requested) as asked:
        click(pane, cell(pane, 3))
    assert asked.args == [3]


def test_that_a_double_click_asks_for_the_element(pane: MapsPane, qtbot: QtBot) -> None:
    with qtbot.waitSignal(pane.element_requested) as asked:
        double_click(pane, cell(pane, 2, 5, 4))
    assert asked.args == [0, 2, 5, 4]


def test_that_arrows_and_enter_choose_a_map_when_reached_by_tab(
    pane: MapsPane, qtbot: QtBot
) -> None:
    pane.setFocus(Qt.FocusReason.TabFocusReason)
    with qtbot.waitSignal(pane.channel_requested) as asked:
        press(pane, Key.Key_Right)
        press(pane, Key.Key_Return)
    assert asked.args == [2]


@pytest.mark.parametrize(
    ("reason", "taken"),
    [(Qt.FocusReason.TabFocusReason, True), (Qt.FocusReason.MouseFocusReason, False)],
)
def test_that_arrow_shortcuts_are_taken_only_by_who_came_with_the_keyboard(
    pane: MapsPane, reason: Qt.FocusReason, taken: bool
) -> None:
    pane.clearFocus()  # the window gave it the focus when it became active
    pane.setFocus(reason)
    assert is_taken_from_shortcuts(pane, Key.Key_Right) is taken


def test_that_the_value_under_the_mouse_is_torchs(pane: MapsPane) -> None:
    scene = scene_of(pane)
    text = pane.readout(scene, cell(pane, 1, 6, 2))
    value = float(scene.values[1, 6, 2])
    assert text == f"channel 1, (6, 2): {value:.4f}".replace("-", "−")
    assert pane.readout(scene, QPointF(1, 1)) == ""


def test_that_a_vector_asks_for_its_element(pane: MapsPane, qtbot: QtBot) -> None:
    pane.look(view_of(Cursor(7)))
    tiles = pane.tiles(scene_of(pane))
    row, column = divmod(13, tiles.columns)
    with qtbot.waitSignal(pane.element_requested) as asked:
        click(pane, tiles.cell(0, row, column).center())
    assert asked.args == [7, 0, 0, 13]


def test_that_a_bar_asks_for_its_element(pane: MapsPane, qtbot: QtBot) -> None:
    pane.look(view_of(Cursor(10)))
    with qtbot.waitSignal(pane.element_requested) as asked:
        click(pane, QPointF(pane.width() * 0.7, 60))
    assert asked.args == [10, 0, 0, 3]


def test_that_caption_and_legend_say_what_is_shown(pane: MapsPane) -> None:
    assert pane.caption(pane.shown) == "Conv 1 · 4×8×8"
    assert pane.legend(pane.shown) == Legend(scene_of(pane).limit, signed=True)
    pane.look(view_of(Cursor(1)))
    assert pane.caption(pane.shown) == "Conv 1 → ReLU · 4×8×8"
    assert pane.legend(pane.shown) == Legend(scene_of(pane).limit, signed=False)
    pane.look(View(network_of()))
    assert (pane.caption(pane.shown), pane.legend(pane.shown)) == ("", None)


@pytest.mark.parametrize("layer", range(11))
@pytest.mark.parametrize("theme", [Theme(zoom=0.8), Theme(LIGHT, zoom=3)])
def test_that_every_layer_is_drawn_in_a_small_pane(
    pane: MapsPane, layer: int, theme: Theme
) -> None:
    pane.set_theme(theme)
    pane.resize(280, 140)
    pane.look(view_of(Cursor(layer)))
    pane.hovered = QPointF(140, 70)
    pane.setFocus(Qt.FocusReason.TabFocusReason)
    assert not pane.grab().isNull()
    assert not pane.failed


def test_that_the_mouse_shows_and_hides_the_readout(pane: MapsPane) -> None:
    without = pane.grab().toImage()
    hover(pane, cell(pane, 2, 3, 3))
    assert pane.grab().toImage() != without
    pane.leaveEvent(None)
    assert pane.grab().toImage() == without
