"""Maps in one image, and the way back from a pixel."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnviz.core.mosaic import Mosaic

LAWS = settings(deadline=None, max_examples=200)

MOSAICS = st.builds(
    Mosaic,
    count=st.integers(1, 30),
    rows=st.integers(1, 6),
    columns=st.integers(1, 6),
    across=st.integers(1, 12),
    gap=st.integers(0, 3),
)


@LAWS
@given(mosaic=MOSAICS)
def test_that_every_map_stands_at_its_origin_and_the_rest_is_fill(mosaic: Mosaic) -> None:
    maps = np.arange(float(mosaic.count * mosaic.rows * mosaic.columns)).reshape(
        mosaic.count, mosaic.rows, mosaic.columns
    )
    image = mosaic.assemble(maps)
    assert image.shape == mosaic.shape
    assert image.flags.c_contiguous
    for index, one in enumerate(maps):
        row, column = mosaic.origin(index)
        part = image[row : row + mosaic.rows, column : column + mosaic.columns]
        assert np.array_equal(part, one)
        part[...] = np.nan
    assert np.isnan(image).all()


@LAWS
@given(mosaic=MOSAICS, data=st.data())
def test_that_a_pixel_of_a_map_is_found_again(mosaic: Mosaic, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, mosaic.count - 1))
    row = data.draw(st.integers(0, mosaic.rows - 1))
    column = data.draw(st.integers(0, mosaic.columns - 1))
    top, left = mosaic.origin(index)
    within = data.draw(st.floats(0, 0.9))
    assert mosaic.locate(top + row, left + column) == (index, row, column)
    assert mosaic.locate(top + row + within, left + column + within) == (index, row, column)


@LAWS
@given(mosaic=MOSAICS, data=st.data())
def test_that_what_is_found_is_what_is_drawn_there(mosaic: Mosaic, data: st.DataObject) -> None:
    height, width = mosaic.shape
    row, column = data.draw(st.integers(-3, height + 3)), data.draw(st.integers(-3, width + 3))
    places = np.arange(float(mosaic.count * mosaic.rows * mosaic.columns)).reshape(
        mosaic.count, mosaic.rows, mosaic.columns
    )
    found = mosaic.locate(row, column)
    if not (0 <= row < height and 0 <= column < width):
        assert found is None
        return
    drawn = mosaic.assemble(places)[row, column]
    if found is None:
        assert np.isnan(drawn)
    else:
        assert drawn == places[found]


@LAWS
@given(
    count=st.integers(1, 80),
    rows=st.integers(1, 30),
    columns=st.integers(1, 30),
    width=st.floats(1, 2000),
    height=st.floats(1, 2000),
)
def test_that_no_other_arrangement_shows_the_maps_larger(
    count: int, rows: int, columns: int, width: float, height: float
) -> None:
    def scale(mosaic: Mosaic) -> float:
        return min(height / mosaic.shape[0], width / mosaic.shape[1])

    best = Mosaic.fit(count, rows, columns, width, height)
    assert (best.count, best.rows, best.columns) == (count, rows, columns)
    for across in range(1, count + 1):
        assert scale(Mosaic(count, rows, columns, across)) <= scale(best)


@pytest.mark.parametrize(
    ("count", "width", "height", "across"),
    [(64, 800, 800, 8), (32, 800, 400, 8), (32, 400, 800, 4), (6, 1200, 10, 6), (1, 5, 5, 1)],
)
def test_that_the_area_decides_how_many_stand_side_by_side(
    count: int, width: float, height: float, across: int
) -> None:
    assert Mosaic.fit(count, 28, 28, width, height).across == across


def test_that_an_area_without_size_still_has_an_arrangement() -> None:
    assert Mosaic.fit(5, 3, 3, 0, 0).shape == Mosaic(5, 3, 3, 5).shape


def test_that_other_types_of_numbers_are_kept() -> None:
    pixels = np.full((3, 2, 2), 0xFF112233, dtype=np.uint32)
    image = Mosaic(3, 2, 2, 2).assemble(pixels, fill=0)
    assert image.dtype == np.uint32
    assert (image == 0).sum() == 25 - 12
