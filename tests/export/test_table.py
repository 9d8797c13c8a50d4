"""The numbers of a step, written so that they can be calculated with elsewhere."""

from __future__ import annotations

import csv
import io

import numpy as np

from cnnviz.core.cursor import Cursor
from cnnviz.core.scenes.stage import StageScene, stage_scene
from cnnviz.core.view import View
from cnnviz.export.table import HEADING, as_csv, as_tabs, ledger_table
from tests.networks import bundled, snapshot


def scene(layer: int, row: int, column: int) -> StageScene:
    made = snapshot(seed=3)
    cursor = Cursor(layer, 2 if layer < 8 else 0, row, column, 10_000)
    shown = stage_scene(View(bundled(), stage=made, live=made, cursor=cursor))
    assert isinstance(shown, StageScene)
    return shown


def test_that_products_and_bias_of_a_table_add_up_to_its_result() -> None:
    table = ledger_table(scene(3, 6, 7))
    terms = [row for row in table[1:] if row[0].isdigit()]
    ends = {row[0]: float(row[-1]) for row in table[1:] if not row[0].isdigit()}
    assert len(terms) == 288
    products = np.array([float(row[4]) * float(row[5]) for row in terms])
    assert products.tolist() == [float(row[6]) for row in terms]
    assert np.cumsum(products).tolist() == [float(row[7]) for row in terms]
    assert float(terms[-1][7]) + ends["bias"] == ends["result"]
    assert ends["result"] == scene(3, 6, 7).ledger.result


def test_that_a_table_names_the_padding_by_its_place_outside_of_the_input() -> None:
    table = ledger_table(scene(0, 0, 0))
    assert table[1][:5] == ["0", "0", "-1", "-1", "0.0"]


def test_that_softmax_writes_what_it_takes_off() -> None:
    shown = scene(8, 0, 4)
    ends = {row[0]: row[-1] for row in ledger_table(shown) if not row[0].isdigit()}
    assert float(ends["shift"]) == shown.ledger.shift
    assert float(ends["result"]) == shown.ledger.result


def test_that_comma_separated_values_read_back_as_the_same_cells() -> None:
    table = ledger_table(scene(2, 3, 3))
    text = as_csv(table)
    assert text.startswith("\ufeff")
    assert list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))) == table
    assert table[0] == HEADING
    assert text.count("\r\n") == as_tabs(table).count("\n") == len(table)
