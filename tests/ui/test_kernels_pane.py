"""The kernels: choosing a kernel or a slice, both ways of looking, and reading a weight."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from cnnviz.core.cursor import Cursor
from cnnviz.core.scenes.kernels import KernelsScene
from cnnviz.ui.pane import Legend
from cnnviz.ui.panes.kernels import KernelsPane
from cnnviz.ui.theme import LIGHT, Theme
from tests.core.scenes.networks import view_of
from tests.ui.hands import click, press, turn_wheel

Key = Qt.Key


@pytest.fixture
def pane(qtbot: QtBot) -> KernelsPane:
    pane = KernelsPane()
    qtbot.addWidget(pane)
    pane.resize(400, 200)
    pane.look(view_of(Cursor(3, 4, 1, 2), opened=1))
    pane.show()
    pane.activateWindow()
    qtbot.waitActive(pane)
    return pane


def scene_of(pane: KernelsPane) -> KernelsScene:
    assert isinstance(pane.shown, KernelsScene)
    return pane.shown


def cell(pane: KernelsPane, index: int, row: int = 0, column: int = 0) -> QPointF:
    return pane.tiles(scene_of(pane)).cell(index, row, column).center()


def button(pane: KernelsPane, text: str) -> QToolButton:
    return next(it for it in pane.findChildren(QToolButton) if it.text() == text)


def test_that_a_click_on_a_slice_opens_its_input_channel(pane: KernelsPane, qtbot: QtBot) -> None:
    with qtbot.waitSignal(pane.opened_requested) as asked:
        click(pane, cell(pane, 3))
    assert asked.args == [3]


def test_that_a_click_among_all_kernels_chooses_the_channel(
    pane: KernelsPane, qtbot: QtBot
) -> None:
    button(pane, "One input channel").click()
    with qtbot.waitSignal(pane.channel_requested) as asked:
        click(pane, cell(pane, 5))
    assert asked.args == [5]


def test_that_a_layer_with_one_input_channel_shows_all_kernels_and_no_buttons(
    pane: KernelsPane, qtbot: QtBot
) -> None:
    pane.look(view_of(Cursor(0, 2)))
    shown = [it.text() for it in pane.findChildren(QToolButton) if not it.isHidden()]
    assert all(text.startswith("bias ") for text in shown)
    with qtbot.waitSignal(pane.channel_requested) as asked:
        click(pane, cell(pane, 1))
    assert asked.args == [1]


def test_that_the_wheel_and_the_buttons_go_to_what_is_not_laid_out(
    pane: KernelsPane, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(pane.channel_requested) as asked:
        turn_wheel(pane, 1)
    assert asked.args == [5]
    button(pane, "One input channel").click()
    with qtbot.waitSignal(pane.opened_requested) as opened:
        button(pane, "‹").click()
    assert opened.args == [0]


def test_that_the_keyboard_opens_a_slice(pane: KernelsPane, qtbot: QtBot) -> None:
    pane.setFocus(Qt.FocusReason.TabFocusReason)
    with qtbot.waitSignal(pane.opened_requested) as asked:
        press(pane, Key.Key_Right)
        press(pane, Key.Key_Return)
    assert asked.args == [2]


def test_that_a_slice_of_another_layer_takes_the_cursor_there_first(
    pane: KernelsPane, qtbot: QtBot
) -> None:
    pane.look(view_of(Cursor(4, 2, 1, 0)))
    asked: list[tuple[object, ...]] = []
    pane.element_requested.connect(lambda *place: asked.append(place))
    pane.opened_requested.connect(lambda group: asked.append((group,)))
    click(pane, cell(pane, 3))
    assert asked == [(3, 2, 1, 0), (3,)]


def test_that_an_output_of_a_linear_layer_is_asked_for_as_an_element(
    pane: KernelsPane, qtbot: QtBot
) -> None:
    pane.look(view_of(Cursor(7, 0, 0, 2)))
    button(pane, "One input channel").click()
    with qtbot.waitSignal(pane.element_requested) as asked:
        click(pane, cell(pane, 11))
    assert asked.args == [7, 0, 0, 11]


def test_that_the_weight_under_the_mouse_is_the_layers(pane: KernelsPane) -> None:
    scene = scene_of(pane)
    value = f"{float(scene.weight[4, 2, 1, 2]):.4f}".replace("-", "−")
    text = pane.readout(scene, cell(pane, 2, 1, 2))
    assert text == f"kernel 4, input 2, (1, 2): {value}"


def test_that_the_caption_says_which_weights_are_shown(pane: KernelsPane) -> None:
    assert pane.caption(pane.shown) == "Conv 2 · 6 × 4×3×3 · kernel 4 of 6"
    button(pane, "One input channel").click()
    assert pane.caption(pane.shown) == "Conv 2 · 6 × 4×3×3 · input channel 1 of 4"
    assert pane.legend(pane.shown) == Legend(scene_of(pane).limit)
    pane.look(view_of(Cursor(1)))
    assert pane.caption(pane.shown).startswith("Conv 1, the nearest layer before")


def test_that_a_narrow_pane_offers_the_other_way_of_looking(pane: KernelsPane) -> None:
    pane.resize(200, 140)
    assert button(pane, "One kernel").isHidden()
    assert not button(pane, "One input channel").isHidden()
    assert all(
        pane.rect().contains(it.geometry())
        for it in pane.findChildren(QToolButton)
        if not it.isHidden()
    )


@pytest.mark.parametrize("layer", range(11))
@pytest.mark.parametrize("theme", [Theme(zoom=0.8), Theme(LIGHT, zoom=3)])
def test_that_every_layer_is_drawn_in_a_small_pane(
    pane: KernelsPane, layer: int, theme: Theme
) -> None:
    pane.set_theme(theme)
    pane.resize(280, 140)
    pane.look(view_of(Cursor(layer)))
    pane.hovered = QPointF(100, 40)
    assert not pane.grab().isNull()
    assert not pane.failed
