"""Long ledgers on a page: what is written out and what is left out are together the whole sum."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from cnnviz.core.cursor import Cursor, terms_of
from cnnviz.core.network import Network
from cnnviz.core.operations import Conv2d, Flatten, Linear, MaxPool2d, Softmax
from cnnviz.core.scenes.stage import StageScene, stage_scene
from cnnviz.ui.ledger_area import PAGE_SHARE, LedgerArea
from cnnviz.ui.painters.ledger import LedgerLayout, ledger_parts
from cnnviz.ui.painters.ledger_fold import fold_ledger
from cnnviz.ui.theme import Theme
from tests.core.scenes.networks import network_of, view_of

pytestmark = pytest.mark.usefixtures("qapp")  # fonts need an application

DECIMALS = 8
"""So many that sums of what is written differ from the true ones by nothing that matters."""

WIDE = network_of((Conv2d(3, 2, (12, 12)), Flatten(), Linear(882, 4), Softmax()), (3, 32, 32))
DEEP = network_of((Conv2d(90, 2, (3, 3)), Flatten(), Softmax()), (90, 5, 5))
LOGITS = network_of((Flatten(), Linear(64, 40), Softmax()))
POOLED = network_of((MaxPool2d((20, 20)), Flatten(), Softmax()), (1, 40, 40))


def scene_of(network: Network, layer: int, share: float = 1.0) -> StageScene:
    """A layer's first element, with a share of its terms added."""
    term = round(share * terms_of(network.layers[layer]))
    made = stage_scene(view_of(Cursor(layer, 0, 0, 0, term), network))
    assert isinstance(made, StageScene)
    return made


def fold(scene: StageScene, room: float, width: float = 600) -> LedgerLayout:
    products, _ = ledger_parts(scene, DECIMALS)  # what they come to stands below
    return fold_ledger(scene, products, room, width, DECIMALS, Theme())


def said(layout: LedgerLayout) -> str:
    return " ".join(placed.piece.text for placed in layout.pieces).replace("−", "-")


def number_after(words: str, text: str) -> float:
    found = re.search(rf"{words} (-?[\d.]+)(?:×10(\S+))?", text)
    assert found is not None, text
    power = (found[2] or "⁰").translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    return float(found[1]) * 10.0 ** int(power)


def left_out(what: str, text: str) -> int:
    found = re.search(rf"and ([\d,]+) more {what}", text)
    return int(found[1].replace(",", "")) if found else 0


@given(room=st.integers(130, 600), width=st.integers(250, 1200))
def test_that_products_left_out_and_written_out_are_the_subtotal(room: int, width: int) -> None:
    scene = scene_of(WIDE, 0)
    layout = fold(scene, room, width)
    shown = {p.piece.term for p in layout.pieces if p.piece.term is not None}
    text = said(layout)
    assert len(shown) + left_out("products", text) == 144
    rest = number_after("more products, their sum", text)
    written_out = scene.ledger.terms[sorted(shown)].sum() if shown else 0.0
    assert written_out + rest == pytest.approx(scene.ledger.subtotals[0], abs=1e-6)
    assert len(layout.cells) + left_out("subtotals", text) == 3
    assert layout.height <= max(room, 8 * 26)


@given(room=st.integers(100, 500))
def test_that_subtotals_left_out_and_shown_are_the_sum(room: int) -> None:
    scene = scene_of(DEEP, 0)
    layout = fold(scene, room)
    shown, text = [cell.group for _, cell in layout.cells], said(layout)
    assert len(shown) + left_out("subtotals", text) == 90
    if len(shown) < 90:
        rest = number_after("more subtotals, their sum", text)
        total = scene.ledger.subtotals[shown].sum() + rest
        assert total == pytest.approx(scene.ledger.subtotals.sum(), abs=1e-6)
    for rect, _ in layout.cells:
        assert rect.bottom() <= layout.height


def test_that_the_opened_cell_is_among_those_shown() -> None:
    view = view_of(Cursor(0, 0, 0, 0, 9 * 90), DEEP)
    scene = stage_scene(replace(view, opened=80))
    assert isinstance(scene, StageScene)
    shown = [cell.group for _, cell in fold(scene, 160).cells]
    assert 80 in shown
    assert len(shown) < 90


def test_that_exponentials_and_pooled_values_say_what_is_left_out() -> None:
    scene = scene_of(LOGITS, 2)
    layout = fold(scene, 150)
    shown = {p.piece.term for p in layout.pieces if p.piece.term is not None}
    text = said(layout)
    assert len(shown) + left_out("terms", text) == 40
    total = scene.ledger.terms[sorted(shown)].sum() + number_after("their sum", text)
    assert total == pytest.approx(scene.ledger.partials[-1], abs=1e-6)
    assert scene.ledger.winner in shown
    scene = scene_of(POOLED, 0)
    layout = fold(scene, 150)
    hidden = sorted(set(range(400)) - {p.piece.term for p in layout.pieces})
    largest = number_after("the largest of them", said(layout))
    assert largest == pytest.approx(scene.ledger.terms[hidden].max(), abs=1e-6)
    assert left_out("values", said(layout)) == len(hidden)
    assert scene.ledger.winner not in hidden


def test_that_the_term_just_added_is_written_out_and_no_sum_told_of_what_is_to_come() -> None:
    scene = scene_of(WIDE, 0, 0.2)  # in the first of three channels
    layout = fold(scene, 150)
    assert scene.cursor.term in {placed.piece.term for placed in layout.pieces}
    text = said(layout)
    assert left_out("terms", text) > 0
    assert "their sum" not in text
    assert "subtotal" not in text


def test_that_a_covered_sum_is_not_told_by_what_is_left_out() -> None:
    view = view_of(Cursor(0, 0, 0, 0, 3 * 144), WIDE)
    scene = stage_scene(replace(view, covered=("output",)))
    assert isinstance(scene, StageScene)
    assert "sum" not in said(fold(scene, 150))


@pytest.mark.parametrize(
    ("network", "layer"), [(WIDE, 0), (WIDE, 2), (DEEP, 0), (LOGITS, 2), (POOLED, 0)]
)
def test_that_on_a_page_nothing_stands_below_the_edge(
    qtbot: QtBot, network: Network, layer: int
) -> None:
    parent = QWidget()
    parent.resize(700, 420)
    qtbot.addWidget(parent)
    area = LedgerArea(parent)
    area.for_page = True
    area.resize(700, 10)
    area.show_scene(scene_of(network, layer))
    bar = area.verticalScrollBar()
    assert bar is not None
    assert bar.maximum() == 0
    assert area.height() <= PAGE_SHARE * 420
    assert area._layout is not None
    assert area._layout.height <= area._scrolling
