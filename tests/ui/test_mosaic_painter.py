"""Maps in one image: where they lie, what they look like, and what is kept."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from cnnviz.ui.painters import mosaic
from cnnviz.ui.painters.mosaic import Tiles, Values, draw_tiles, fold, lay_out
from cnnviz.ui.theme import DARK, Theme


def drawn(values: Values, tiles: Tiles, limit: float = 1.0, image: bool = False) -> QImage:
    size = tiles.area.toAlignedRect()
    picture = QImage(size.right() + 1, size.bottom() + 1, QImage.Format.Format_RGB32)
    painter = QPainter(picture)
    draw_tiles(painter, tiles, values, limit, Theme(), image)
    painter.end()
    return picture


def colour_at(picture: QImage, rect: QRectF) -> str:
    return QColor(picture.pixel(rect.center().toPoint())).name()


@given(
    count=st.integers(1, 70),
    rows=st.integers(1, 30),
    columns=st.integers(1, 30),
    width=st.integers(60, 900),
    height=st.integers(60, 500),
    ratio=st.sampled_from([1.0, 1.5, 2.0]),
)
def test_that_every_value_that_has_a_pixel_is_found_again_where_it_lies(
    count: int, rows: int, columns: int, width: int, height: int, ratio: float
) -> None:
    tiles = lay_out(QRectF(10, 20, width, height), count, rows, columns, ratio)
    assume(min(tiles.mosaic.rows, tiles.mosaic.columns) > 1)  # else there are too few pixels
    assert QRectF(9, 19, width + 2, height + 2).contains(tiles.area)
    shrunk = tiles.mosaic.rows < rows or tiles.mosaic.columns < columns
    for index, row, column in ((0, 0, 0), (count - 1, rows - 1, columns - 1)):
        found = tiles.at(tiles.cell(index, row, column).center())
        if not shrunk:
            assert found == (index, row, column)
    assert tiles.at(tiles.area.bottomRight() + tiles.area.bottomRight()) is None


def test_that_values_become_the_colours_of_the_scale(qtbot: QtBot) -> None:
    values = np.array([[[-2, 0], [0, 2]]], dtype=np.float32)
    tiles = lay_out(QRectF(0, 0, 100, 100), 1, 2, 2)
    picture = drawn(values, tiles, 2.0)
    colours = [colour_at(picture, tiles.cell(0, r, c)) for r in (0, 1) for c in (0, 1)]
    assert colours == [DARK.negative, DARK.zero, DARK.zero, DARK.positive]


def test_that_an_image_is_grey(qtbot: QtBot) -> None:
    tiles = lay_out(QRectF(0, 0, 60, 30), 1, 1, 2)
    picture = drawn(np.array([[[0, 1]]], dtype=np.float32), tiles, image=True)
    assert colour_at(picture, tiles.cell(0, 0, 0)) == "#000000"
    assert colour_at(picture, tiles.cell(0, 0, 1)) == "#ffffff"


def test_that_a_vector_runs_along_the_rows_and_its_rest_is_blank(qtbot: QtBot) -> None:
    tiles = lay_out(QRectF(0, 0, 90, 60), 1, 2, 3)
    picture = drawn(np.array([0, 0, 1, -1, 0], dtype=np.float32), tiles)
    assert colour_at(picture, tiles.cell(0, 0, 2)) == DARK.positive
    assert colour_at(picture, tiles.cell(0, 1, 0)) == DARK.negative
    assert colour_at(picture, tiles.cell(0, 1, 2)) == DARK.panel


def test_that_a_thin_stroke_is_seen_in_a_small_map(qtbot: QtBot) -> None:
    values = np.zeros((1, 28, 28), dtype=np.float32)
    values[0, :, 13] = 1
    tiles = lay_out(QRectF(0, 0, 9, 9), 1, 28, 28)
    picture = drawn(values, tiles)
    seen = {QColor(picture.pixel(x, 4)).name() for x in range(9)}
    assert len(seen) == 2


def test_that_another_array_at_the_same_address_is_drawn_anew(qtbot: QtBot) -> None:
    tiles = lay_out(QRectF(0, 0, 40, 40), 1, 1, 1)
    for _ in range(20):  # freed memory is handed out again at once
        high = np.ones((1, 1, 1), dtype=np.float32)
        assert colour_at(drawn(high, tiles), tiles.tile(0)) == DARK.positive
        del high
        low = -np.ones((1, 1, 1), dtype=np.float32)
        assert colour_at(drawn(low, tiles), tiles.tile(0)) == DARK.negative
        del low


def test_that_a_view_made_anew_of_the_same_numbers_is_not_shaded_again(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    weight = np.random.default_rng(0).standard_normal((4, 3, 3, 3), dtype=np.float32)
    tiles = lay_out(QRectF(0, 0, 80, 80), 4, 3, 3)
    first = drawn(weight[:, 1], tiles)

    def refuse(*arguments: object) -> None:
        raise AssertionError("shaded again")

    monkeypatch.setattr(mosaic, "_pixels", refuse)
    assert drawn(weight[:, 1], tiles) == first


def test_that_no_more_pictures_are_kept_than_said(qtbot: QtBot) -> None:
    tiles = lay_out(QRectF(0, 0, 10, 10), 1, 1, 1)
    arrays = [np.full((1, 1, 1), i, dtype=np.float32) for i in range(mosaic.KEPT + 20)]
    for array in arrays:
        drawn(array, tiles)
    assert len(mosaic._pictures) <= mosaic.KEPT


@given(count=st.integers(1, 4000), width=st.integers(20, 900), height=st.integers(20, 500))
def test_that_a_folded_vector_has_room_for_every_value(count: int, width: int, height: int) -> None:
    rows, columns = fold(count, QRectF(0, 0, width, height))
    assert (rows - 1) * columns < count <= rows * columns


def test_that_a_vector_is_divided_without_a_rest_where_that_fits() -> None:
    rows, columns = fold(3136, QRectF(0, 0, 690, 210))
    assert rows * columns == 3136
