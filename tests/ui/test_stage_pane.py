"""The stage pane: what stays while the window slides is painted once, and always right."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from cnnviz.core.cursor import Cursor
from cnnviz.core.view import View
from cnnviz.launch import make_fonts
from cnnviz.ui.panes.stage import StagePane
from cnnviz.ui.theme import DARK, LIGHT, Theme
from cnnviz.ui.transport import Transport
from tests.core.scenes.networks import view_of
from tests.pictures import pixels


def shown(pane: StagePane) -> NDArray[np.uint8]:
    return pixels(pane.body.grab().toImage())


def make(qtbot: QtBot, theme: Theme | None = None) -> StagePane:
    parent = QWidget()
    # qtbot keeps a weak reference only; this closure keeps the parent for as long as the test.
    qtbot.addWidget(parent, before_close_func=lambda _: parent.hide())
    actions = {key: QAction(parent) for key in ("start", "back", "play", "forward", "end")}
    pane = StagePane(Transport(actions, parent), parent)
    pane.set_theme(theme or Theme())
    pane.resize(1000, 420)
    return pane


@pytest.fixture
def pane(qtbot: QtBot) -> StagePane:
    make_fonts()
    return make(qtbot)


VIEW = view_of()


def at(place: Cursor) -> View:
    """The same snapshot each time, as while it is stepped."""
    return replace(VIEW, cursor=place)


PLACES = [
    Cursor(0, 0, 0, 0, 0),
    Cursor(0, 0, 0, 1, 9),
    Cursor(0, 1, 4, 2, 3),
    Cursor(1, 0, 3, 3, 1),
    Cursor(2, 1, 1, 1, 4),
    Cursor(0, 0, 5, 5, 9),
    Cursor(3, 1, 1, 1, 12),
    Cursor(3, 1, 1, 1, 30),
]


def test_that_a_stage_looks_the_same_whatever_was_shown_before(
    pane: StagePane, qtbot: QtBot
) -> None:
    for place in PLACES:
        pane.look(at(place))
        fresh = make(qtbot)
        fresh.look(at(place))
        assert np.array_equal(shown(pane), shown(fresh)), place


def test_that_nothing_of_the_other_theme_is_left(pane: StagePane, qtbot: QtBot) -> None:
    pane.set_theme(Theme(DARK))
    pane.look(at(PLACES[1]))
    shown(pane)
    pane.set_theme(Theme(LIGHT))
    fresh = make(qtbot, Theme(LIGHT))
    fresh.look(at(PLACES[1]))
    assert np.array_equal(shown(pane), shown(fresh))


def test_that_fast_frames_show_colours_and_rest_brings_the_numbers_back(
    pane: StagePane, qtbot: QtBot
) -> None:
    pane.look(at(PLACES[0]))
    pane.look_while_playing(at(PLACES[1]))
    fast = shown(pane)
    pane.rest()
    rested = shown(pane)
    fresh = make(qtbot)
    fresh.look(at(PLACES[1]))

    assert not np.array_equal(fast, rested)
    assert np.array_equal(rested, shown(fresh))
