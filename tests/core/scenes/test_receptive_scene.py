"""The receptive field's scene: its table, what it follows, and its three other looks."""

from __future__ import annotations

from dataclasses import replace
from math import prod

import numpy as np
import pytest

from cnnviz.core.cursor import Cursor
from cnnviz.core.gradient import PixelGradient
from cnnviz.core.operations import Conv2d, Flatten, Linear, Softmax
from cnnviz.core.scenes import same
from cnnviz.core.scenes.receptive import Look, ReceptiveScene, folded, receptive_scene
from cnnviz.core.view import View
from tests.core.scenes.networks import network_of, view_of
from tests.networks import KEYS, bundled, snapshot


def scene(
    view: View, look: Look = Look.FIELD, pixel: tuple[int, int] | None = None
) -> ReceptiveScene:
    found = receptive_scene(view, look, pixel)
    assert isinstance(found, ReceptiveScene)
    return found


def test_that_the_table_names_each_layer_that_sees_otherwise_than_the_one_before() -> None:
    network, stage = bundled("two_layer_cnn"), snapshot("two_layer_cnn")
    rows = scene(View(network, cursor=Cursor(4), stage=stage)).rows
    assert [row.layer.operation.kind for row in rows] == [
        "Conv2d",
        "MaxPool2d",
        "Conv2d",
        "MaxPool2d",
        "Flatten",
        "Linear",
    ]
    assert [row.sight.size[0] for row in rows] == [3, 4, 8, 10, 10, 28]
    assert [row.sight.whole for row in rows] == [False] * 5 + [True]
    # A ReLU stands behind the convolution and sees what it sees.
    assert [row.chosen for row in rows] == [False, False, True, False, False, False]


def test_that_a_network_that_sees_single_pixels_has_a_table_too() -> None:
    plain = (Conv2d(1, 2, (1, 1)), Flatten(), Softmax())
    rows = scene(view_of(Cursor(0), network_of(plain, (1, 1, 1)))).rows
    assert len(rows) >= 1


def test_that_a_term_more_is_the_same_scene() -> None:
    view = view_of(Cursor(0, 1, 2, 3, 4))
    later = replace(view, cursor=replace(view.cursor, term=5))
    moved = replace(view, cursor=replace(view.cursor, row=3))
    assert same(scene(view), scene(later))
    assert not same(scene(view), scene(moved))


def test_that_a_view_without_a_snapshot_says_why() -> None:
    assert not isinstance(receptive_scene(View(network_of())), ReceptiveScene)


# --- the gradient


def measured(view: View, layer: int, element: tuple[int, ...]) -> PixelGradient:
    assert view.stage is not None
    values = np.ones(view.network.input_shape, dtype=np.float32)
    return PixelGradient(view.stage, layer, element, values)


def test_that_a_gradient_is_shown_for_its_own_element_and_awaited_for_another() -> None:
    view = view_of(Cursor(0, 1, 2, 3))
    view = replace(view, gradient=measured(view, 0, (1, 2, 3)))
    found = scene(view, Look.GRADIENT)
    assert found.gradient is view.gradient
    assert not found.awaits_gradient
    moved = scene(replace(view, cursor=Cursor(0, 1, 2, 4)), Look.GRADIENT)
    assert moved.gradient is None
    assert moved.awaits_gradient


def test_that_one_of_an_earlier_step_is_shown_until_the_next_has_come() -> None:
    view = view_of(Cursor(0, 1, 2, 3))
    assert view.stage is not None
    gradient = measured(view, 0, (1, 2, 3))
    later = replace(view, gradient=gradient, stage=replace(view.stage, step=7, limits={}))
    found = scene(later, Look.GRADIENT)
    assert found.gradient is gradient
    assert found.awaits_gradient
    another = replace(later, stage=replace(view.stage, run=2))
    assert scene(another, Look.GRADIENT).gradient is None


@pytest.mark.parametrize("look", [Look.FIELD, Look.INFLUENCE, Look.CONNECTIONS])
def test_that_no_other_look_waits_for_a_gradient(look: Look) -> None:
    view = view_of(Cursor(0, 1, 2, 3))
    shown = scene(view, look)
    assert not shown.awaits_gradient
    with_gradient = replace(view, gradient=measured(view, 0, (1, 2, 3)))
    assert same(shown, scene(with_gradient, look))


# --- what a pixel reaches


def test_that_every_layer_is_there_and_those_that_keep_places_are_merged() -> None:
    found = scene(view_of(Cursor(4)), Look.INFLUENCE, (3, 3))
    assert [reach.index for reach in found.reached] == list(range(11))
    assert [reach.layer.operation.kind for reach in found.merged] == [
        "Conv2d", "MaxPool2d", "Conv2d", "MaxPool2d", "Flatten", "Linear", "Linear",
    ]  # fmt: skip
    assert [reach.index for reach in found.merged if reach.chosen] == [3]


def test_that_a_pixel_stays_inside_of_another_networks_input() -> None:
    found = scene(view_of(), Look.INFLUENCE, (27, 2))
    assert found.pixel == (7, 2)


def test_that_a_long_row_is_folded_and_maps_are_not() -> None:
    mask = np.zeros((1, 100), dtype=np.bool_)
    mask[0, 57] = True
    lines = folded(mask)
    assert lines.shape == (10, 10)
    assert np.argwhere(lines).tolist() == [[5, 7]]
    square = np.ones((3, 4), dtype=np.bool_)
    assert folded(square) is square


# --- connections


def test_that_the_lectures_convolution_has_9_of_784_and_a_full_neuron_all() -> None:
    network, stage = bundled("two_layer_cnn"), snapshot("two_layer_cnn")
    found = scene(View(network, cursor=Cursor(0, 0, 14, 14), stage=stage)).locality
    assert (found.count, found.inputs, found.weights, found.positions) == (9, 784, 9, 784)
    assert (found.filters, found.layer_weights) == (32, 288)
    assert found.full_weights == 784 * 32 * 28 * 28
    assert np.argwhere(found.connected).tolist() == [
        [row, column] for row in (13, 14, 15) for column in (13, 14, 15)
    ]


def test_that_padding_is_no_connection_and_all_maps_count() -> None:
    corner = scene(view_of(Cursor(3, 2, 0, 0))).locality
    assert (corner.count, corner.maps, corner.weights) == (4 * 4, 4, 36)
    depthwise = network_of(
        (Conv2d(2, 4, (3, 3), groups=2), Flatten(), Linear(144, 2), Softmax()), (2, 8, 8)
    )
    found = scene(view_of(Cursor(0, 3, 2, 2), depthwise)).locality
    assert (found.count, found.maps, found.weights, found.inputs) == (9, 1, 9, 128)


@pytest.mark.parametrize("key", KEYS)
def test_that_a_layers_weights_are_its_sets_times_their_size(key: str) -> None:
    network, stage = bundled(key), snapshot(key)
    for index, layer in enumerate(network.layers):
        found = scene(View(network, cursor=Cursor(index), stage=stage)).locality
        sizes = layer.parameter_shapes.get("weight", (0,))
        assert found.layer_weights == prod(sizes) == found.weights * found.filters
        assert found.connected.sum() * found.maps == found.count <= found.inputs
