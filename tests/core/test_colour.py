"""The diverging scale: its zero, its two sides, and what becomes of odd numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from cnnviz.core.colour import Scale, grey, limit_of, lut, oklab, pixels, shade, srgb

DARK = Scale((64, 132, 255), (24, 27, 33), (255, 152, 56))
LIGHT = Scale((28, 92, 214), (255, 255, 255), (214, 96, 8))
LAWS = settings(deadline=None, max_examples=200)
VALUES = hnp.arrays(
    np.float32, hnp.array_shapes(max_dims=3, max_side=8), elements=st.floats(-9, 9, width=32)
)
BYTES = st.tuples(*[st.integers(0, 255)] * 3)


def place(pixel: int, scale: Scale) -> int:
    """Where in the scale a pixel stands; its colours are all different."""
    return int(np.flatnonzero(scale.table == pixel)[0]) - len(scale.table) // 2


def own_places(half: int) -> NDArray[np.uint32]:
    """A table whose entries say where they stand."""
    return np.arange(2 * half + 1, dtype=np.uint32)


@pytest.mark.parametrize("scale", [DARK, LIGHT], ids=["dark", "light"])
def test_that_the_ends_and_the_middle_are_the_colours_given(scale: Scale) -> None:
    table = lut(scale)
    assert table.shape == (511, 3)
    assert [tuple(row) for row in table[[0, 255, 510]].tolist()] == [
        scale.low_rgb,
        scale.zero_rgb,
        scale.high_rgb,
    ]


@pytest.mark.parametrize("scale", [DARK, LIGHT], ids=["dark", "light"])
def test_that_lightness_changes_evenly_away_from_zero(scale: Scale) -> None:
    lightness = oklab(lut(scale))[:, 0]
    for side in (lightness[255:], lightness[255::-1]):
        even = np.linspace(side[0], side[-1], 256)
        # A byte of sRGB is at most 0.006 of OKLab's lightness above (24, 27, 33).
        assert np.abs(side - even).max() < 0.004
        steps = np.diff(side) * np.sign(side[-1] - side[0])
        assert steps.min() > -0.004


@LAWS
@given(rgb=BYTES)
def test_that_oklab_and_back_is_the_same_colour(rgb: tuple[int, int, int]) -> None:
    assert tuple(srgb(oklab(np.array(rgb))).tolist()) == rgb


def test_that_oklab_has_its_authors_values() -> None:
    # White and pure red, as in the reference implementation.
    assert oklab(np.array([255, 255, 255])) == pytest.approx([1, 0, 0], abs=1e-4)
    assert oklab(np.array([255, 0, 0])) == pytest.approx([0.62796, 0.22486, 0.12585], abs=1e-4)


@pytest.mark.parametrize("size", [0, 1, 2, 510])
def test_that_a_table_without_a_middle_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="odd number"):
        lut(DARK, size)


def test_that_a_scale_makes_its_table_once_and_names_its_values() -> None:
    same = Scale(DARK.low_rgb, DARK.zero_rgb, DARK.high_rgb, limit=3.5)
    assert same.table is DARK.table
    assert not same.table.flags.writeable
    assert same.ticks == (-3.5, 0.0, 3.5)


@LAWS
@given(values=VALUES, limit=st.floats(0.125, 20, width=32))
def test_that_opposite_values_stand_opposite_of_each_other(
    values: NDArray[np.float32], limit: float
) -> None:
    table = own_places(255)
    positive, negative = shade(values, limit, table), shade(-values, limit, table)
    assert np.array_equal(positive.astype(int) - 255, 255 - negative.astype(int))


@LAWS
@given(values=VALUES, limit=st.floats(0.125, 20, width=32))
def test_that_a_larger_value_never_stands_below_a_smaller_one(
    values: NDArray[np.float32], limit: float
) -> None:
    flat = np.sort(values.reshape(-1))
    assert np.all(np.diff(shade(flat, limit, own_places(255)).astype(int)) >= 0)


@LAWS
@given(values=VALUES, limit=st.floats(0.125, 20, width=32))
def test_that_a_value_stands_where_its_share_of_the_limit_is(
    values: NDArray[np.float32], limit: float
) -> None:
    found = shade(values, limit, own_places(255)).astype(np.float64) - 255
    expected = np.clip(values.astype(np.float64) / limit, -1, 1) * 255
    assert np.abs(found - expected).max() <= 0.5 + 1e-4
    assert found.shape == values.shape


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_that_zero_is_the_background_and_the_ends_take_all_beyond(
    kind: type[np.floating[Any]],
) -> None:
    values = np.array([0.0, -0.0, 2.0, -2.0, 1e30, -np.inf, np.inf], dtype=kind)
    expected = [DARK.zero_rgb] * 2 + [DARK.high_rgb, DARK.low_rgb] * 2 + [DARK.high_rgb]
    colours = pixels(np.array(expected, dtype=np.uint8))
    assert np.array_equal(shade(values, 2.0, DARK.table), colours)


def test_that_what_is_not_computed_is_blank() -> None:
    values = np.array([np.nan, 1.0, np.nan], dtype=np.float32)
    assert shade(values, 1.0, DARK.table).tolist()[0] == DARK.table[255]
    shaded = shade(values, 1.0, DARK.table, blank=0xFF010203)
    assert shaded.tolist() == [0xFF010203, DARK.table[510], 0xFF010203]
    assert grey(values, blank=0xFF010203).tolist() == [0xFF010203, 0xFFFFFFFF, 0xFF010203]


def test_that_values_are_left_as_they_were_and_views_are_understood() -> None:
    values = np.random.default_rng(0).normal(size=(300, 200)).astype(np.float32)
    before = values.copy()
    view = values[::2, ::-3]  # more than one block, not contiguous
    shaded = shade(view, 1.0, DARK.table)
    assert np.array_equal(values, before)
    assert shaded.flags.c_contiguous
    assert shaded.shape == view.shape
    for row in (0, 77, 149):
        assert np.array_equal(shaded[row], shade(view[row].copy(), 1.0, DARK.table))


def test_that_nothing_is_shaded_to_nothing() -> None:
    assert shade(np.empty((0, 3), dtype=np.float32), 1.0, DARK.table).shape == (0, 3)


def test_that_a_tiny_limit_still_tells_signs_apart() -> None:
    tiny = np.array([-5e-324, 0.0, 5e-324])
    assert [place(p, DARK) for p in shade(tiny, limit_of(tiny), DARK.table)] == [-255, 0, 255]


def test_that_pixels_are_opaque_and_red_comes_first() -> None:
    assert pixels(np.array([0x12, 0x34, 0x56], dtype=np.uint8)) == 0xFF123456
    assert np.all(DARK.table >> 24 == 0xFF)
    assert DARK.table.dtype == np.uint32


def test_that_greys_run_from_black_to_white() -> None:
    values = np.array([0.0, 0.5, 1.0, -3.0, 7.0, np.inf])
    expected = [0xFF000000, 0xFF808080, 0xFFFFFFFF, 0xFF000000, 0xFFFFFFFF, 0xFFFFFFFF]
    assert grey(values).tolist() == expected
    levels = np.arange(256, dtype=np.float32) / 255
    assert np.array_equal(grey(levels) & 0xFF, np.arange(256))


@pytest.mark.parametrize(
    ("arrays", "expected"),
    [
        ([[1.0, -3.0], [2.0]], 3.0),
        ([[0.0, -0.0]], 1.0),
        ([], 1.0),
        ([[]], 1.0),
        ([[np.nan, np.inf, -2.0]], 2.0),
        ([[np.nan, -np.inf]], 1.0),
        ([[5e-324]], 5e-324),
    ],
)
def test_that_the_limit_is_the_largest_finite_size(
    arrays: list[list[float]], expected: float
) -> None:
    assert limit_of(*map(np.array, arrays)) == expected
