"""The scene of the network strip."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cnnviz.core.cursor import Cursor
from cnnviz.core.operations import Conv2d, Flatten, Linear, MaxPool2d, Operation
from cnnviz.core.scenes import same
from cnnviz.core.scenes.strip import MOST_MAPS, strip_scene, torch_style
from cnnviz.core.view import View
from tests.core.scenes.networks import network_of, snapshot_of, view_of


def test_that_the_strip_begins_with_the_input_and_has_every_layer() -> None:
    view = view_of(Cursor(3))
    scene = strip_scene(view)
    assert [cell.index for cell in scene.cells] == list(range(-1, len(view.network.layers)))
    assert scene.cells[0].shape == view.network.input_shape
    assert scene.chosen_cell.layer is view.network.layers[3]


def test_that_a_moved_window_leaves_the_strip_as_it_was() -> None:
    view = view_of(Cursor(0, 1, 2, 3, 4))
    moved = replace(view, cursor=Cursor(0, 1, 2, 4, 0))
    assert same(strip_scene(view), strip_scene(moved))
    assert not same(strip_scene(view), strip_scene(replace(view, cursor=Cursor(1))))


def test_that_a_new_snapshot_changes_the_strip() -> None:
    view = view_of()
    later = replace(view, live=snapshot_of(view.network, seed=1))
    assert not same(strip_scene(view), strip_scene(later))


def test_that_relu_and_pooling_share_the_range_of_their_convolution() -> None:
    cells = strip_scene(view_of()).cells
    assert cells[1].limit == cells[2].limit == cells[3].limit
    assert cells[1].signed
    assert not cells[2].signed


def test_that_only_the_first_maps_are_shown_and_short_vectors_are_bars() -> None:
    network = network_of((Conv2d(1, 40, (3, 3)), Flatten(), Linear(1440, 3), *view_softmax()))
    cells = strip_scene(view_of(network=network)).cells
    assert cells[1].values is not None
    assert len(cells[1].values) == MOST_MAPS
    assert [cell.bars for cell in cells] == [False, False, False, True, True]
    assert [cell.probabilities for cell in cells] == [False, False, False, False, True]


def view_softmax() -> tuple[Operation, ...]:
    return (network_of().layers[-1].operation,)


def test_that_a_snapshot_of_another_network_is_not_shown() -> None:
    old = view_of()
    network = network_of((Conv2d(1, 2, (3, 3)), Flatten(), Linear(72, 5), *view_softmax()))
    scene = strip_scene(replace(old, network=network))
    assert len(scene.cells) == 5
    assert all(cell.values is None for cell in scene.cells)


def test_that_the_strip_stands_before_the_first_snapshot() -> None:
    scene = strip_scene(View(network_of()))
    assert all(cell.values is None for cell in scene.cells)
    assert same(scene, strip_scene(View(network_of())))


@pytest.mark.parametrize(
    ("operation", "text"),
    [
        (
            Conv2d(1, 32, (3, 3), padding=(1, 1)),
            "Conv2d(in_channels=1, out_channels=32, kernel_size=(3, 3), padding=(1, 1))",
        ),
        (
            Conv2d(1, 2, (3, 3), padding="same", padding_mode="reflect"),
            (
                "Conv2d(in_channels=1, out_channels=2, kernel_size=(3, 3), padding='same', "
                "padding_mode='reflect')"
            ),
        ),
        (
            Conv2d(1, 2, (3, 3), flipped=True),
            "Conv2d(in_channels=1, out_channels=2, kernel_size=(3, 3))",
        ),
        (MaxPool2d((2, 2)), "MaxPool2d(kernel_size=(2, 2), stride=(2, 2))"),
        (Linear(4, 2, fold=(1, 2, 2)), "Linear(in_features=4, out_features=2)"),
        (Flatten(), "Flatten()"),
    ],
)
def test_that_an_operation_is_written_as_in_pytorch(operation: Operation, text: str) -> None:
    assert torch_style(operation) == text
