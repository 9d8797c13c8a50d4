"""The scene of the kernels."""

from __future__ import annotations

import numpy as np
import pytest

from cnnviz.core.cursor import Cursor
from cnnviz.core.operations import Conv2d, Flatten, Linear, ReLU, Softmax
from cnnviz.core.operations.batch_norm import BatchNorm2d
from cnnviz.core.operations.transposed_convolution import ConvTranspose2d
from cnnviz.core.scenes import Empty, same
from cnnviz.core.scenes.kernels import KernelsScene, kernels_scene
from cnnviz.core.view import View
from tests.core.scenes.networks import network_of, view_of


def scene_of(view: View) -> KernelsScene:
    scene = kernels_scene(view)
    assert isinstance(scene, KernelsScene)
    return scene


@pytest.mark.parametrize(
    ("cursor", "index", "kernel"),
    [
        (Cursor(0, 2), 0, 2),
        (Cursor(1, 3), 0, 3),
        (Cursor(2, 1), 0, 1),
        (Cursor(5, 5), 3, 5),
        (Cursor(6, 0, 0, 9), 3, 2),  # 24 values of 6 maps 2×2: value 9 is of map 2
        (Cursor(7, 0, 0, 17), 7, 17),
        (Cursor(8, 0, 0, 4), 7, 4),
        (Cursor(10, 0, 0, 3), 9, 3),
    ],
)
def test_that_the_nearest_weights_and_the_kernel_of_the_cursor_are_found(
    cursor: Cursor, index: int, kernel: int
) -> None:
    scene = scene_of(view_of(cursor))
    assert (scene.index, scene.kernel, scene.chosen) == (index, kernel, cursor.layer)


def test_that_the_numbers_that_a_batch_norm_learns_are_no_kernels() -> None:
    layers = (Conv2d(1, 4, (3, 3)), BatchNorm2d(4), Flatten(), Linear(144, 2), Softmax())
    scene = scene_of(view_of(Cursor(1, 3), network_of(layers)))
    assert (scene.index, scene.kernel, scene.chosen) == (0, 3, 1)
    alone = network_of((BatchNorm2d(1), Flatten(), Linear(64, 2), Softmax()))
    assert isinstance(kernels_scene(view_of(Cursor(0), alone)), Empty)


def test_that_slices_and_all_kernels_are_parts_of_the_same_weights() -> None:
    view = view_of(Cursor(3, 4), opened=2)
    scene = scene_of(view)
    assert view.live is not None
    weight = view.live.parameters[3]["weight"]
    np.testing.assert_array_equal(scene.slices(), weight[4])
    np.testing.assert_array_equal(scene.at_input(), weight[:, 2])
    assert scene.limit == np.abs(weight).max()


def test_that_a_transposed_convolutions_kernels_are_those_of_its_outputs() -> None:
    operation = ConvTranspose2d(4, 6, (3, 2), groups=2)
    layers = (Conv2d(1, 4, (1, 1)), operation, Flatten(), Linear(6 * 10 * 9, 2), Softmax())
    view = view_of(Cursor(1, 4), network_of(layers))
    scene = scene_of(view)
    assert view.live is not None
    weight = view.live.parameters[1]["weight"]
    assert scene.weight.shape == (6, 2, 3, 2)
    assert scene.inputs == (2, 3)
    np.testing.assert_array_equal(scene.slices(), weight[2:, 1])


def test_that_a_linear_layers_weights_lie_as_its_maps_did() -> None:
    view = view_of(Cursor(7, 0, 0, 11))
    scene = scene_of(view)
    assert view.live is not None
    assert scene.weight.shape == (20, 6, 2, 2)
    row = view.live.parameters[7]["weight"][11]
    np.testing.assert_array_equal(scene.slices(), row.reshape(6, 2, 2))


def test_that_grouped_kernels_name_the_channels_they_read() -> None:
    network = network_of(
        (Conv2d(1, 4, (1, 1)), Conv2d(4, 4, (3, 3), groups=2), Flatten(), Linear(144, 2), Softmax())
    )
    assert scene_of(view_of(Cursor(1, 0), network)).inputs == (0, 1)
    assert scene_of(view_of(Cursor(1, 3), network)).inputs == (2, 3)


def test_that_stepping_within_a_layer_needs_no_new_weights() -> None:
    view = view_of(Cursor(7, 0, 0, 1))
    assert scene_of(view).weight is scene_of(view).weight
    assert same(scene_of(view), scene_of(view))


def test_that_a_layer_without_weights_before_it_says_what_to_do() -> None:
    network = network_of((ReLU(), Flatten(), Linear(64, 2), Softmax()))
    scene = kernels_scene(view_of(Cursor(0), network))
    assert isinstance(scene, Empty)
    assert "Choose" in scene.reason
