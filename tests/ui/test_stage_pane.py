"""The stage pane: what stays while the window slides is painted once, and always right."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from cnnviz.core.cursor import Cursor
from cnnviz.core.numbers import number
from cnnviz.core.operations import Conv2d, Flatten, Linear, MaxPool2d, Operation, Softmax
from cnnviz.core.operations.transposed_convolution import ConvTranspose2d
from cnnviz.core.scenes.stage import StageScene
from cnnviz.core.view import View
from cnnviz.ui.panes.stage import StagePane
from cnnviz.ui.theme import DARK, LIGHT, Theme
from cnnviz.ui.transport import Transport
from tests.core.scenes.networks import network_of, view_of
from tests.networks import snapshot
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


def reading(pane: StagePane, operation: Operation, row: int, column: int) -> tuple[str, StageScene]:
    """What the mouse reads at a cell around the input of an operation that keeps 8×8 as it is."""
    size = int(np.prod(operation.output_shape((1, 8, 8))))
    pane.look(view_of(Cursor(), network_of((operation, Flatten(), Linear(size, 2), Softmax()))))
    shown(pane)
    cells = pane.body.arrangement()
    assert cells is not None
    assert isinstance(pane.shown, StageScene)
    return pane.body.readout(cells.input.span(row, column).center()), pane.shown


@pytest.mark.parametrize(
    ("operation", "text"),
    [
        (Conv2d(1, 2, (3, 3), padding=(1, 1)), "padding: 0"),
        (MaxPool2d((3, 3), padding=(1, 1)), "padding: −∞"),
    ],
)
def test_that_pointing_at_padding_says_its_value(
    pane: StagePane, operation: Operation, text: str
) -> None:
    assert reading(pane, operation, -1, 4)[0] == text
    assert reading(pane, operation, 8, 8)[0] == text
    assert reading(pane, operation, -2, 4)[0] == ""


def test_that_pointing_at_repeated_padding_says_what_it_repeats(pane: StagePane) -> None:
    operation = Conv2d(1, 2, (3, 3), padding=(1, 1), padding_mode="circular")
    text, scene = reading(pane, operation, -1, 4)
    assert text == f"padding: {scene.input[0, 7, 4]:.6f}, repeats input (0, 7, 4)"
    text, scene = reading(pane, operation, 0, 4)
    assert text == f"input (0, 0, 4): {scene.input[0, 0, 4]:.6f}"


UP = ConvTranspose2d(1, 1, (2, 2), (2, 2))


@pytest.mark.parametrize("fast", [False, True])
def test_that_the_stage_shows_no_number_where_a_tap_reads_nothing(
    pane: StagePane, fast: bool
) -> None:
    _, scene = reading(pane, UP, 0, 0)
    network = scene.snapshot.network
    pane.look(view_of(Cursor(0, 0, 3, 4, 4), network))
    if fast:
        pane.look_while_playing(view_of(Cursor(0, 0, 3, 5, 4), network))
    picture, cells = pane.body.grab().toImage(), pane.body.arrangement()
    assert cells is not None
    assert cells.products is not None
    assert isinstance(pane.shown, StageScene)
    read = [pane.shown.ledger.taps.reads(term) for term in range(4)]
    assert sum(read) == 1
    for grid in (cells.window, cells.products):
        cells_drawn = [grid.cell(term).adjusted(6, 6, -6, -6).toRect() for term in range(4)]
        drawn = [pixels(picture.copy(rect)) for rect in cells_drawn]
        empty = drawn[read.index(False)]
        assert [not np.array_equal(cell, empty) for cell in drawn] == read


def test_that_a_tap_which_reads_nothing_has_no_readout(pane: StagePane) -> None:
    _, scene = reading(pane, UP, 0, 0)
    cells = pane.body.arrangement()
    assert cells is not None
    read = [scene.ledger.taps.reads(term) for term in range(4)]
    texts = [pane.body.readout(cells.window.cell(term).center()) for term in range(4)]
    assert read == [True, False, False, False]
    assert [bool(text) for text in texts] == read
    assert pane.body.readout(QPointF(1, 1)) == ""


@pytest.mark.parametrize("width", [960, 1000, 1050, 1100])
def test_that_the_caption_of_a_small_map_stays_inside_of_the_pane(
    pane: StagePane, width: int
) -> None:
    operations = (Conv2d(3, 6, (5, 5)), Flatten(), Linear(4704, 2), Softmax())
    pane.resize(width, 420)
    pane.look(view_of(Cursor(0, 0, 22, 20, 75), network_of(operations, (3, 32, 32))))
    picture = shown(pane)
    edge = picture[:, -3:].reshape(-1, 4)
    assert (edge == edge[0]).all(), "nothing is written over the edge"


def test_that_the_transport_stands_below_while_there_is_nothing_to_show(pane: StagePane) -> None:
    pane.look(View(VIEW.network))
    pane.show()
    assert pane.transport is not None
    assert pane.transport.geometry().bottom() == pane.rect().bottom()
    pane.hide()


@pytest.mark.parametrize("theme", [Theme(DARK), Theme(LIGHT, 2.0)], ids=["dark", "light"])
def test_that_an_add_shows_both_maps_and_tells_what_stands_in_them(
    qtbot: QtBot, theme: Theme
) -> None:
    pane, seen = make(qtbot, theme), snapshot("small_resnet")
    pane.resize(round(1000 * theme.zoom), round(420 * theme.zoom))
    pane.look(View(seen.network, cursor=Cursor(9, 1, 3, 2, 1), stage=seen, live=seen))
    both = shown(pane)
    assert not pane.failed
    arrangement = pane.body.arrangement()
    assert arrangement is not None
    assert arrangement.skip is not None
    for cells, name, values in (
        (arrangement.input, "input", seen.activations[9]),
        (arrangement.skip, "skip", seen.activations[4]),
    ):
        told = pane.body.readout(cells.span(5, 6).center())
        assert told == f"{name} (1, 5, 6): {number(float(values[1, 5, 6]), 6)}"
    assert not arrangement.input.rect.intersects(arrangement.skip.rect)
    pane.look(View(seen.network, cursor=Cursor(9, 1, 3, 2, 0), stage=seen, live=seen))
    assert not np.array_equal(both, shown(pane)), "the second number is not reached yet"
