"""The ledger's scrolled area, in a parent that is no pane."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PyQt6.QtCore import QPointF
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from cnnviz.core.cursor import Cursor
from cnnviz.core.operations import Conv2d, Flatten, Linear, Softmax
from cnnviz.core.scenes.stage import StageScene, stage_scene
from cnnviz.ui import ledger_area
from cnnviz.ui.ledger_area import LEDGER_SHARE, LedgerArea
from cnnviz.ui.painters import ledger
from cnnviz.ui.painters.ledger import LINE, lay_out_ledger
from cnnviz.ui.painters.ledger_pieces import written
from cnnviz.ui.theme import Theme
from tests.benches import lab_view
from tests.core.scenes.networks import network_of, view_of
from tests.ui.hands import click


@pytest.fixture
def area(qtbot: QtBot) -> Iterator[LedgerArea]:
    parent = QWidget()
    parent.resize(700, 500)
    made = LedgerArea(parent)
    made.resize(700, 10)
    qtbot.addWidget(parent)
    yield made
    parent.hide()


def scene(cursor: Cursor) -> StageScene:
    made = stage_scene(view_of(cursor))
    assert isinstance(made, StageScene)
    return made


def test_that_it_is_as_high_as_its_ledger_up_to_a_share_of_its_parent(area: LedgerArea) -> None:
    area.show_scene(scene(Cursor(1, 0, 2, 2, 1)))
    low = area.height()
    area.show_scene(scene(Cursor(3, 1, 1, 1, 36)))
    assert low < area.height() <= LEDGER_SHARE * 500
    area.set_theme(Theme(zoom=3.0))
    assert LEDGER_SHARE * 500 - 3 * LINE < area.height() <= LEDGER_SHARE * 500


@pytest.mark.parametrize("height", range(300, 340, 7))
@pytest.mark.parametrize("zoom", [1.0, 1.4])
def test_that_no_line_is_cut_through_where_it_scrolls(
    area: LedgerArea, height: int, zoom: float
) -> None:
    theme = Theme(zoom=zoom)
    area.parent_().resize(700, height)
    area.set_theme(theme)
    area.show_scene(stage_scene(view_of(Cursor(0, 0, 0, 0, 3072), LONG)))
    bar, line = area.verticalScrollBar(), theme.px(LINE)
    assert bar is not None
    assert bar.maximum() > 0
    assert bar.maximum() % line == area._scrolling % line == 0
    assert bar.singleStep() == line


def test_that_a_click_on_a_subtotal_asks_for_its_group(area: LedgerArea, qtbot: QtBot) -> None:
    shown = scene(Cursor(3, 1, 1, 1, 36))
    area.show_scene(shown)
    bar = area.verticalScrollBar()
    assert bar is not None
    layout = lay_out_ledger(shown, 700 - 28 - bar.sizeHint().width(), 4, Theme())
    rect, _ = layout.cells[2]
    with qtbot.waitSignal(area.group_requested, timeout=1000) as asked:
        click(area.viewport_(), rect.center() + QPointF(14, -bar.value()))
    assert asked.args == [2]


def test_that_a_ledger_which_cannot_be_drawn_takes_nothing_down(
    area: LedgerArea, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: object) -> None:
        raise ValueError("no ink")

    area.show_scene(scene(Cursor()))
    monkeypatch.setattr(ledger_area, "paint_ledger", fails)
    area.grab()
    area.grab()
    assert [record.message for record in caplog.records] == ["could not draw the ledger"]
    caplog.clear()


def test_that_few_terms_are_written_large_where_that_is_wanted(qtbot: QtBot) -> None:
    parent = QWidget()
    parent.resize(1000, 500)
    qtbot.addWidget(parent)
    heights = {}
    for kernel in (3, 5):
        operation = Conv2d(1, 1, (kernel, kernel), bias=False)
        weight = {"weight": np.ones((1, 1, kernel, kernel))}
        scene = stage_scene(lab_view(operation, np.ones((1, 6, 6)), weight))
        for large in (False, True):
            area = LedgerArea(parent, large=large)
            area.show_scene(scene)
            assert area._layout is not None
            heights[kernel, large] = area._layout.pieces[0].baseline.y()
    assert heights[3, True] == pytest.approx(1.4 * heights[3, False], abs=1)
    assert heights[5, True] == heights[5, False]  # 25 terms: what is seen of them comes first


def test_that_the_height_of_a_longer_ledger_is_given_back_for_another_operation(
    area: LedgerArea,
) -> None:
    def shown(kernel: int) -> int:
        operation = Conv2d(1, 1, (kernel, kernel), bias=False)
        weight = {"weight": np.full((1, 1, kernel, kernel), 0.123)}
        area.show_scene(stage_scene(lab_view(operation, np.full((1, 6, 6), 0.123), weight)))
        return area.height()

    low = shown(2)
    assert shown(5) > low
    assert shown(2) == low


LONG = network_of((Conv2d(3, 2, (32, 32)), Flatten(), Softmax()), (3, 32, 32))


@pytest.mark.parametrize("term", [40, 3072])
def test_that_the_total_stays_in_sight_below_a_thousand_products(
    area: LedgerArea, monkeypatch: pytest.MonkeyPatch, term: int
) -> None:
    shown = stage_scene(view_of(Cursor(0, 0, 0, 0, term), LONG))
    assert isinstance(shown, StageScene)
    area.show_scene(shown)
    drawn: list[tuple[str, float]] = []
    monkeypatch.setattr(ledger, "write_on", lambda _, at, text, *rest: drawn.append((text, at.y())))
    bar = area.verticalScrollBar()
    assert bar is not None
    assert bar.maximum() > 1000
    for value in (0, bar.maximum()):
        bar.setValue(value)
        drawn.clear()
        area.grab()
        assert len(drawn) < 300, "what is out of sight is not drawn"
        wanted = written(shown.ledger.result, 4) if shown.done else "so far"
        found = [y for text, y in drawn if text == wanted]
        assert found
        assert 0 < found[-1] < area.height()


def test_that_the_probability_stays_in_sight_below_its_exponentials(
    area: LedgerArea, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = network_of((Flatten(), Linear(64, 40), Softmax()))
    shown = stage_scene(view_of(Cursor(2, 0, 0, 7, 40), made))
    assert isinstance(shown, StageScene)
    area.show_scene(shown)
    drawn: list[tuple[str, float]] = []
    monkeypatch.setattr(ledger, "write_on", lambda _, at, text, *rest: drawn.append((text, at.y())))
    area.grab()
    bar = area.verticalScrollBar()
    assert bar is not None
    assert bar.maximum() > 0
    result = written(shown.ledger.result, 4)
    assert [text for text, y in drawn if text == result and 0 < y < area.height()]
