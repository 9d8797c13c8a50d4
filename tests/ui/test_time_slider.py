"""The row under the loss curve: it asks for steps, and says which one is looked at."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QKeySequence
from pytestqt.qtbot import QtBot

from cnnviz.core.kept import Kept
from cnnviz.core.metrics import Evaluation
from cnnviz.ui.main_window import MainWindow
from cnnviz.ui.panes.loss import LossPane
from cnnviz.ui.theme import DARK, LIGHT, Theme, colour
from cnnviz.ui.time_slider import TimeRow, TimeSlider
from tests.control.runners import FakeRunner
from tests.networks import snapshot

KEPT = Kept(np.array([0, 1, 2, 4, 8, 600, 700, 1200]), np.array([600, 1200]))
Key = Qt.Key


@pytest.fixture
def slider(qtbot: QtBot) -> TimeSlider:
    made = TimeSlider()
    qtbot.addWidget(made)
    made.resize(300, 24)
    made.look(KEPT, None)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def asked(slider: TimeSlider) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    slider.step_requested.connect(lambda step: found.append(("go", step)))
    slider.move_requested.connect(lambda by: found.append(("move", by)))
    slider.live_requested.connect(lambda: found.append(("live", 0)))
    return found


def place(slider: TimeSlider, share: float) -> QPoint:
    return QPoint(round(9 + share * (slider.width() - 18)), 12)


def test_that_kept_steps_stand_one_as_wide_as_the_other(qtbot, slider, asked) -> None:
    for index in (1, 4, 5, 0):
        qtbot.mouseClick(slider, Qt.MouseButton.LeftButton, pos=place(slider, index / 7))
    assert asked == [("go", 1), ("go", 8), ("go", 600), ("go", 0)]


def test_that_dragging_asks_for_each_step_on_the_way(qtbot, slider, asked) -> None:
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=place(slider, 0.0))
    for index in range(1, 8):
        qtbot.mouseMove(slider, place(slider, index / 7))
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=place(slider, 1.0))
    qtbot.mouseMove(slider, place(slider, 0.0))
    assert asked == [("go", int(step)) for step in KEPT.steps]


def test_that_the_end_can_be_asked_for_while_live_stands_there(qtbot, slider, asked) -> None:
    qtbot.mouseClick(slider, Qt.MouseButton.LeftButton, pos=place(slider, 1.0))
    assert asked == [("go", 1200)]


@pytest.mark.parametrize(
    ("key", "shift", "request_"),
    [
        (Key.Key_Left, False, ("move", -1)),
        (Key.Key_Right, False, ("move", 1)),
        (Key.Key_Left, True, ("move", -10)),
        (Key.Key_PageUp, False, ("go", 0)),
        (Key.Key_PageDown, False, ("go", 600)),
        (Key.Key_Home, False, ("go", 0)),
        (Key.Key_End, False, ("go", 1200)),
        (Key.Key_Escape, False, ("live", 0)),
    ],
)
def test_that_keys_ask_for_steps(qtbot, slider, asked, key, shift, request_) -> None:
    slider.look(KEPT, 8)
    modifier = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    slider.setFocus()
    qtbot.keyClick(slider, key, modifier)
    assert asked == [request_]


def test_that_showing_a_place_asks_for_nothing(slider, asked) -> None:
    slider.look(KEPT, 600)
    assert slider.value() == 5
    slider.look(Kept(KEPT.steps[:3]), None)
    assert slider.value() == 2
    assert asked == []


@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=["dark", "light"])
def test_that_epoch_ends_and_the_past_are_seen(slider: TimeSlider, palette) -> None:
    slider.set_theme(Theme(palette))
    slider.look(KEPT, 2)
    picture = slider.grab().toImage()
    at = place(slider, 5 / 7)
    column = {picture.pixelColor(at.x() + dx, 6).name() for dx in (-1, 0, 1)}
    assert colour(palette.muted).name() in column
    assert picture.pixelColor(place(slider, 2 / 7)).name() == colour(palette.accent).name()
    slider.look(KEPT, None)
    assert slider.grab().toImage().pixelColor(place(slider, 1.0)).name() == palette.panel


def loss_pane(window: MainWindow) -> LossPane:
    pane = window.docks["loss"].pane
    assert isinstance(pane, LossPane)
    return pane


@pytest.fixture
def trained(window: MainWindow, runner: FakeRunner) -> MainWindow:
    """A window that knows of a trained run of 1,300 batches."""
    runner.log.append(np.linspace(2.3, 0.1, 1300).astype(np.float32))
    runner.log.evaluated(Evaluation(600, 0.2, 0.95, True))
    window.controller._listen()
    window.controller.drain()
    window.controller.show_kept(KEPT)
    return window


def press(qtbot: QtBot, window: MainWindow, keys: str) -> None:
    combination = QKeySequence(keys)[0]
    qtbot.keyClick(window, combination.key(), combination.keyboardModifiers())


def look_at(window: MainWindow, step: int) -> None:
    window.controller.show_past(step, filming=False)
    window.controller.show_seen(replace(snapshot(), step=step), more=False)


def test_that_the_row_is_there_once_there_is_something_to_go_to(window: MainWindow) -> None:
    pane = loss_pane(window)
    assert not pane.time.isVisible()
    window.controller.show_kept(KEPT)
    assert pane.time.isVisible()
    assert pane.time.geometry().bottom() < pane.height()


def test_that_nobody_mistakes_the_past_for_now(trained: MainWindow) -> None:
    look_at(trained, 8)
    assert "step 8 of 1,300 (past)" in trained.status.where.text()
    for key in ("stage", "kernels", "maps", "prediction", "pooling", "network"):
        assert trained.docks[key].bar._mark == ("step 8 (past)", "past")
    pane = loss_pane(trained)
    assert pane.time.label.text() == "8 of 1,300"
    assert pane.time.live.isEnabled()
    assert pane._made_plot()._past.isVisible()
    assert pane._made_plot()._past.value() == 8
    trained.controller.time.go_live()
    assert "past" not in trained.status.where.text()
    assert trained.docks["stage"].bar._mark == ("", "")
    assert not pane._made_plot()._past.isVisible()
    assert not pane.time.live.isEnabled()


def test_that_a_mark_moves_without_new_curves(trained: MainWindow) -> None:
    pane = loss_pane(trained)
    curves = pane.shown
    look_at(trained, 8)
    look_at(trained, 600)
    assert pane.shown is curves
    assert pane._made_plot()._past.value() == 600


def test_that_keys_and_menus_go_live(qtbot: QtBot, trained: MainWindow) -> None:
    assert not trained.actions_by_key["live"].isEnabled()
    assert not trained.actions_by_key["branch"].isEnabled()
    assert trained.actions_by_key["earlier_step"].isEnabled()
    look_at(trained, 8)
    assert trained.actions_by_key["live"].isEnabled()
    press(qtbot, trained, "Shift+L")
    assert trained.controller.view.past is None


def test_that_the_buttons_ask(qtbot: QtBot) -> None:
    row = TimeRow()
    qtbot.addWidget(row)
    for button, signal in (
        (row.film, row.film_requested),
        (row.live, row.live_requested),
        (row.branch, row.branch_requested),
    ):
        button.setEnabled(True)
        with qtbot.waitSignal(signal, timeout=1000):
            button.click()
