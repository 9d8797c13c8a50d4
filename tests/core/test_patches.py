"""The part of an image that an element sees, as it lies in its window."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnviz.core.network import build_chain
from cnnviz.core.operations import Conv2d, Flatten, Linear, MaxPool2d, Operation, ReLU
from cnnviz.core.patches import Patches
from cnnviz.core.receptive import receptive_field
from tests.networks import bundled


@pytest.mark.parametrize("key", ["two_layer_cnn", "lenet5", "three_layer_cnn", "alexnet"])
@given(seed=st.integers(0, 1000))
def test_that_fields_that_are_put_together_are_the_exact_ones(key: str, seed: int) -> None:
    network, draw = bundled(key), np.random.default_rng(seed)
    patches = Patches(network)
    for index in draw.integers(0, len(network.layers), 4).tolist():
        for _ in range(3):
            element = tuple(int(draw.integers(size)) for size in network.layers[index].output_shape)
            patch = patches.patch(index, element)
            assert patch.field == receptive_field(network, index, element)
            assert patch.top <= patch.field.rows[0]
            assert patch.field.rows[-1] < patch.top + patch.rows
            assert patch.left <= patch.field.columns[0]
            assert patch.field.columns[-1] < patch.left + patch.columns


@pytest.mark.parametrize("place", [(0, 0), (0, 3), (7, 7), (4, 4)])
def test_that_all_patches_of_a_layer_are_equally_large_also_at_the_border(
    place: tuple[int, int],
) -> None:
    operations: tuple[Operation, ...] = (
        Conv2d(1, 2, (3, 3), padding=(1, 1)),
        ReLU(),
        MaxPool2d((2, 2)),
        Conv2d(2, 1, (3, 3), padding=(1, 1)),
    )
    network = build_chain("patches", "Patches", (1, 16, 16), operations)
    patch = Patches(network).patch(3, (0, *place))
    # A pooled pair of rows sees 4; two more pairs, at a distance of 2: 8.
    assert (patch.rows, patch.columns) == (8, 8)
    assert (patch.top, patch.left) == (2 * place[0] - 3, 2 * place[1] - 3)


def test_that_padding_that_goes_around_is_seen_whole() -> None:
    operations = (Conv2d(1, 1, (3, 3), padding=(1, 1), padding_mode="circular"),)
    network = build_chain("around", "Around", (1, 6, 6), operations)
    patch = Patches(network).patch(0, (0, 0, 3))
    assert patch.field.rows == (0, 1, 5)
    assert (patch.top, patch.rows) == (0, 6)
    assert (patch.left, patch.columns) == (2, 3)


def test_that_an_element_that_reads_padding_only_has_an_empty_patch() -> None:
    operations = (Conv2d(1, 1, (1, 1), padding=(1, 1)),)
    patches = Patches(build_chain("padding", "Padding", (1, 4, 4), operations))
    assert patches.patch(0, (0, 0, 2)).field.count == 0
    assert patches.patch(0, (0, 1, 2)).field.count == 1
    assert patches.patch(0, (0, 1, 0)).field.count == 0


def test_that_a_fully_connected_neuron_sees_the_whole_image() -> None:
    network = build_chain("whole", "Whole", (1, 5, 7), (Flatten(), Linear(35, 3)))
    patches = Patches(network)
    assert patches.patch(1, (2,)).field.count == 35
    assert patches.patch(0, (9,)).field == receptive_field(network, 0, (9,))
