"""The set that is drawn: the same pictures for the same seed, and shapes that are shapes."""

from __future__ import annotations

import numpy as np
import pytest

from cnnviz.core.known_data import SHAPES
from cnnviz.core.shapes import _FIELDS, coloured_shapes


def test_that_a_seed_draws_the_same_pictures_again_and_another_seed_others() -> None:
    first, again, other = (coloured_shapes(seed, 40, 20) for seed in (3, 3, 4))
    assert np.array_equal(first.train_images, again.train_images)
    assert np.array_equal(first.test_labels, again.test_labels)
    assert not np.array_equal(first.train_images, other.train_images)
    assert (first.key, coloured_shapes(0, 10, 10).key) == ("shapes:3", "shapes")


def test_that_there_are_as_many_of_each_class() -> None:
    dataset = coloured_shapes(0, 700, 300)
    assert dataset.train_images.shape == (700, 3, 32, 32)
    assert dataset.train_images.dtype == np.uint8
    every = np.concatenate([dataset.train_labels, dataset.test_labels])
    assert np.bincount(every).tolist() == [100] * 10
    assert len(SHAPES) == len(_FIELDS) == dataset.class_count
    with pytest.raises(ValueError, match="read-only"):
        dataset.train_images[0, 0, 0, 0] = 1


def test_that_the_shapes_have_the_areas_of_geometry() -> None:
    at = np.linspace(-1.5, 1.5, 1201, dtype=np.float32)
    x, y = np.meshgrid(at, at)
    areas = {
        name: float((field(x, y) > 0).mean() * 9)
        for name, field in zip(SHAPES, _FIELDS, strict=True)
    }
    pi, inner = np.pi, 0.42
    expected = {
        "circle": pi,
        "ring": pi * (1.0**2 - 0.44**2),
        "half disc": pi / 2,
        "square": (2 * 0.78) ** 2,
        "bar": 2.0 * 0.68,
        "triangle": 3 * np.sqrt(3) / 4,  # equilateral, its corners on the circle of radius 1
        "star": 5 * inner * np.sin(pi / 5),  # ten triangles with sides 1 and `inner`
        "cross": 2 * 2.0 * 0.6 - 0.6**2,
    }
    for name, area in expected.items():
        assert areas[name] == pytest.approx(area, rel=0.02), name


def test_that_no_shape_is_another_one() -> None:
    at = np.linspace(-1.2, 1.2, 97, dtype=np.float32)
    x, y = np.meshgrid(at, at)
    inside = [field(x, y) > 0 for field in _FIELDS]
    for one, first in enumerate(inside):
        for second in inside[one + 1 :]:
            assert (first & second).sum() < 0.9 * (first | second).sum()
