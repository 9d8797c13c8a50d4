"""A map with the padding around it."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from cnnviz.ui.painters.sheet import Cells, draw_values, hatch_padding
from cnnviz.ui.theme import DARK, Theme
from tests.pictures import pixels

SIDES = st.tuples(st.integers(0, 5), st.integers(0, 5))


@given(
    rows=st.integers(1, 40),
    columns=st.integers(1, 40),
    padding=st.tuples(SIDES, SIDES),
    width=st.integers(40, 500),
    height=st.integers(40, 500),
)
def test_that_each_side_of_a_sheet_has_room_for_its_padding(
    rows: int,
    columns: int,
    padding: tuple[tuple[int, int], tuple[int, int]],
    width: int,
    height: int,
) -> None:
    area = QRectF(10, 20, width, height)
    cells = Cells.fit(area, rows, columns, padding)
    inner, outer, size = cells.rect, cells.padded, cells.size
    assert area.adjusted(-1, -1, 1, 1).contains(outer)  # corners are rounded to pixels
    margins = (
        (inner.top() - outer.top(), outer.bottom() - inner.bottom()),
        (inner.left() - outer.left(), outer.right() - inner.right()),
    )
    assert np.allclose(margins, np.array(padding) * size)
    # In the middle of the area, padding and all.
    assert abs(outer.center().x() - area.center().x()) <= 1
    assert abs(outer.center().y() - area.center().y()) <= 1


def hatched(cells: Cells, see_through: bool) -> QImage:
    picture = QImage(120, 120, QImage.Format.Format_RGB32)
    picture.fill(QColor("#000000"))
    painter = QPainter(picture)
    if see_through:
        rows, columns = (cells.rows + sum(cells.padding[0]), cells.columns + sum(cells.padding[1]))
        draw_values(painter, np.ones((rows, columns)), cells.padded, 1.0, Theme())
    hatch_padding(painter, cells, Theme(), see_through)
    painter.end()
    return picture


def test_that_the_ring_is_as_wide_as_the_padding_of_each_side(qtbot: QtBot) -> None:
    cells = Cells(40, 30, 10, 4, 3, ((1, 2), (3, 0)))
    painted = np.any(pixels(hatched(cells, see_through=False))[..., :3] != 0, axis=2)
    expected = np.zeros((120, 120), dtype=np.bool_)
    expected[20:90, 10:70] = True
    expected[30:70, 40:70] = False
    assert np.array_equal(painted, expected)


def test_that_repeated_values_show_through_the_hatching_paler_than_input(qtbot: QtBot) -> None:
    cells = Cells(40, 30, 10, 4, 3, ((1, 2), (3, 0)))
    bare = pixels(hatched(cells, see_through=False)).astype(int)[..., :3]
    picture = pixels(hatched(cells, see_through=True)).astype(int)[..., :3]
    value = np.array(QColor(DARK.positive).getRgb()[:3])
    assert (picture[30:70, 40:70] == value).all()
    ring, hatching = picture[20:30, 10:70], bare[20:30, 10:70]
    far = np.abs(value - hatching).sum(axis=2)
    # Everywhere between the hatched ground and the value.
    assert (np.abs(value - ring).sum(axis=2) < far).all()
    assert (np.abs(hatching - ring).sum(axis=2) < far).all()
    assert (ring != hatching).any(axis=2).all()


def test_that_nothing_is_hatched_without_padding(qtbot: QtBot) -> None:
    assert not pixels(hatched(Cells(40, 30, 10, 4, 3), see_through=False))[..., :3].any()
