"""Fewer images, pixels in another order, and digits that are shifted before that."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnviz.core.dataset import Dataset
from cnnviz.core.settings import TrainingSettings
from cnnviz.core.taken import pixel_order, shifted, shuffled, taken

_DRAW = np.random.default_rng(3)
DATA = Dataset(
    _DRAW.integers(0, 256, (20, 3, 6, 5), dtype=np.uint8),
    np.arange(20) % 4,
    _DRAW.integers(0, 256, (8, 3, 6, 5), dtype=np.uint8),
    np.arange(8) % 4,
)


def test_that_nothing_is_copied_where_nothing_is_asked_for() -> None:
    assert taken(DATA, TrainingSettings()) is DATA


def test_that_the_first_images_are_learned_from_and_all_are_tested_with() -> None:
    part = taken(DATA, TrainingSettings(train_images=7))
    assert np.array_equal(part.train_images, DATA.train_images[:7])
    assert part.train_labels.tolist() == DATA.train_labels[:7].tolist()
    assert np.array_equal(part.test_images, DATA.test_images)


@given(seed=st.integers(1, 2**31 - 1))
def test_that_shuffling_is_one_permutation_for_all_images_and_channels(seed: int) -> None:
    part = taken(DATA, TrainingSettings(pixel_seed=seed))
    order = pixel_order(30, seed)
    assert sorted(order.tolist()) == list(range(30))
    for before, after in (
        (DATA.train_images, part.train_images),
        (DATA.test_images, part.test_images),
    ):
        for image, moved in zip(before, after, strict=True):
            for channel in range(3):
                assert moved[channel].ravel().tolist() == image[channel].ravel()[order].tolist()


@pytest.mark.parametrize("columns", [-4, -1, 0, 2, 4])
@pytest.mark.parametrize("seed", [0, 5])
def test_that_digits_are_shifted_before_they_are_shuffled(columns: int, seed: int) -> None:
    expected = np.zeros_like(DATA.test_images)
    for column in range(5):
        if 0 <= column - columns < 5:
            expected[..., column] = DATA.test_images[..., column - columns]
    found = shifted(shuffled(DATA.test_images, seed), columns, seed)
    assert np.array_equal(found, shuffled(expected, seed))
