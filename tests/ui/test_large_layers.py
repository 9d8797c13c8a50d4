"""Layers of thousands of numbers: written and drawn as far as they can be read."""

from __future__ import annotations

import re
from math import inf

import numpy as np
import pytest
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QImage, QPainter

from cnnviz.core.cursor import Cursor, terms_of
from cnnviz.core.network import build_network
from cnnviz.core.numbers import number
from cnnviz.core.operations import Flatten, Linear, Softmax
from cnnviz.core.scenes.sheets import all_maps_sheet
from cnnviz.core.scenes.stage import StageScene, stage_scene
from cnnviz.ui.painters.ledger import lay_out_ledger, paint_ledger
from cnnviz.ui.painters.ledger_logits import MOST_LOGITS
from cnnviz.ui.painters.sheet import Cells, draw_sheet
from cnnviz.ui.theme import Theme
from tests.core.scenes.networks import view_of
from tests.pictures import pixels

pytestmark = pytest.mark.usefixtures("qapp")  # fonts need an application

NETWORK = build_network("wide", "Wide", (64, 4, 4), (Flatten(), Linear(1024, 1000), Softmax()))


def scene(layer: int, column: int) -> StageScene:
    cursor = Cursor(layer, 0, 0, column, terms_of(NETWORK.layers[layer]))
    found = stage_scene(view_of(cursor, NETWORK))
    assert isinstance(found, StageScene)
    return found


def test_that_of_a_thousand_logits_those_around_the_chosen_one_are_written_out() -> None:
    shown = scene(2, 500)
    pieces = [placed.piece for placed in lay_out_ledger(shown, 4000, 4, Theme()).pieces]
    assert sum(piece.text == "exp(" for piece in pieces) == MOST_LOGITS
    texts = " ".join(piece.text for piece in pieces)
    before, behind = (int(n) for n in re.findall(r"(\d+) terms (?:before|behind)", texts))
    assert before + behind + MOST_LOGITS == 1000
    assert before <= 500 < before + MOST_LOGITS
    chosen = number(float(shown.ledger.operands[500]), 4)
    assert [it.text for it in pieces if it.bold and it.role == "input"] == [chosen]


def test_that_only_what_is_seen_of_a_ledger_is_drawn_and_looks_the_same() -> None:
    layout = lay_out_ledger(scene(1, 7), 300, 4, Theme())
    pictures = []
    for height in (80.0, inf):
        picture = QImage(300, 80, QImage.Format.Format_RGB32)
        picture.fill(0)
        painter = QPainter(picture)
        paint_ledger(painter, layout, Theme(), -100, height)
        painter.end()
        pictures.append(pixels(picture))
    assert np.array_equal(pictures[0], pictures[1])
    assert pictures[0].any()


def test_that_maps_smaller_than_their_values_are_drawn_at_their_places() -> None:
    maps = np.zeros((4, 90, 90), dtype=np.float32)
    maps[1], maps[2] = 1.0, -1.0
    sheet = all_maps_sheet(maps.shape)
    picture = QImage(40, 40, QImage.Format.Format_RGB32)
    painter = QPainter(picture)
    draw_sheet(painter, maps, sheet, Cells.fit(QRectF(0, 0, 40, 40), *sheet.size), 1.0, Theme())
    painter.end()
    seen = pixels(picture).astype(int)
    orange, blue, none = seen[10, 30], seen[30, 10], seen[10, 10]
    assert orange[0] > orange[2] + 60
    assert blue[2] > blue[0] + 60
    assert abs(none - seen[30, 30]).max() == 0
    for tile in (seen[2:18, 22:38], seen[22:38, 2:18]):
        assert (tile == tile[0, 0]).all()
