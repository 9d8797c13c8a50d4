"""Strokes: where they are white, how smooth their edge is, and what the eraser takes away."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnviz.core.drawing import SIDE, blank, stroke

PLACES = st.tuples(st.floats(-20, SIDE + 20), st.floats(-20, SIDE + 20))


def test_that_a_dot_is_a_disc_of_its_radius() -> None:
    image = stroke(blank(), (100, 100), (100, 100), 10, white=True).image[0]
    assert image.sum() == pytest.approx(np.pi * 10**2, rel=0.02)
    assert image[100, 110] == 0.5  # its edge goes through the middle of this pixel
    assert image[100, 112] == 0


@settings(max_examples=100)
@given(PLACES, PLACES, st.floats(0.5, 20))
def test_that_a_stroke_is_the_points_near_its_line(start, end, radius) -> None:
    image = stroke(blank(), start, end, radius, white=True).image[0]
    share = np.linspace(0, 1, 400)[:, None]
    points = np.asarray(start) + share * (np.asarray(end) - np.asarray(start))
    for row, column in np.random.default_rng(0).integers(0, SIDE, (50, 2)):
        distance = np.hypot(*(points - (row, column)).T).min()
        if distance < radius - 1.5:
            assert image[row, column] == 1
        elif distance > radius + 1.5:
            assert image[row, column] == 0
    assert image.min() >= 0
    assert image.max() <= 1


def test_that_the_eraser_takes_away_what_it_covers_and_no_stroke_changes_the_one_before() -> None:
    drawn = stroke(blank(), (50, 20), (50, 200), 6, white=True)
    before = drawn.image.copy()
    erased = stroke(drawn, (50, 100), (50, 100), 12, white=False)
    assert erased.image[0, 50, 100] == 0
    assert erased.image[0, 50, 150] == 1
    np.testing.assert_array_equal(drawn.image, before)
    assert drawn.drawn
    assert erased.drawn
