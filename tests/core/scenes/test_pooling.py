"""The scene of the pooling."""

from __future__ import annotations

import numpy as np
import pytest

from cnnviz.core.cursor import Cursor
from cnnviz.core.operations import Conv2d, Flatten, Linear, MaxPool2d, Softmax
from cnnviz.core.operations.batch_norm import BatchNorm2d
from cnnviz.core.operations.local_response_norm import LocalResponseNorm
from cnnviz.core.scenes import Empty, same
from cnnviz.core.scenes.pooling import PoolingScene, pooling_layer, pooling_scene
from cnnviz.core.view import View
from tests.core.scenes.networks import POOL, POOL_2, network_of, view_of


def scene_of(view: View) -> PoolingScene:
    scene = pooling_scene(view)
    assert isinstance(scene, PoolingScene)
    return scene


@pytest.mark.parametrize(
    ("layer", "pool"), [(0, POOL), (2, POOL), (3, POOL_2), (5, POOL_2), (6, POOL_2), (10, POOL_2)]
)
def test_that_the_next_pooling_or_else_the_last_is_shown(layer: int, pool: int) -> None:
    assert pooling_layer(network_of(), layer) == pool


@pytest.mark.parametrize(
    ("cursor", "element"),
    [
        (Cursor(POOL, 3, 1, 2), (3, 1, 2)),
        (Cursor(0, 3, 5, 2), (3, 2, 1)),  # through the ReLU to the window that reads (5, 2)
        (Cursor(1, 1, 0, 7), (1, 0, 3)),
        (Cursor(6, 0, 0, 23), (5, 1, 1)),  # the value of the vector that was copied from there
    ],
)
def test_that_the_cell_belongs_to_the_cursor(cursor: Cursor, element: tuple[int, ...]) -> None:
    assert scene_of(view_of(cursor)).element == element


def test_that_a_cell_is_found_through_normalisation() -> None:
    norms = (BatchNorm2d(4), LocalResponseNorm(3), MaxPool2d((2, 2)))
    tail = (Flatten(), Linear(36, 2), Softmax())
    network = network_of((Conv2d(1, 4, (3, 3)), *norms, *tail))
    for layer in (0, 1, 2):
        assert scene_of(view_of(Cursor(layer, 3, 5, 2), network)).element == (3, 2, 1)


def test_that_the_largest_cell_is_shown_where_none_belongs_to_the_cursor() -> None:
    scene = scene_of(view_of(Cursor(10, 0, 0, 1)))
    channel, row, column = scene.element
    assert scene.output[channel, row, column] == scene.output[channel].max()


def test_that_the_ledger_has_the_windows_values_and_its_winner() -> None:
    scene = scene_of(view_of(Cursor(POOL, 1, 2, 3)))
    window = scene.input[1, 4:6, 6:8].ravel()
    np.testing.assert_array_equal(scene.ledger.operands, window)
    assert scene.ledger.winner == int(window.argmax())
    assert scene.ledger.result == scene.output[1, 2, 3]


def test_that_an_input_pixel_finds_the_window_that_reads_it() -> None:
    scene = scene_of(view_of(Cursor(POOL)))
    assert scene.reader(7, 0) == (3, 0)


def test_that_a_pixel_that_no_window_reads_finds_none() -> None:
    network = network_of(
        (
            Conv2d(1, 2, (3, 3), padding=(1, 1)),
            MaxPool2d((3, 3)),
            Flatten(),
            Linear(8, 2),
            Softmax(),
        )
    )
    scene = scene_of(view_of(Cursor(0, 1, 7, 7), network))
    assert scene.reader(7, 7) is None
    assert scene.output[scene.element] == scene.output[1].max()


def test_that_input_and_output_have_one_range_and_no_negative_side_behind_a_relu() -> None:
    scene = scene_of(view_of(Cursor(POOL)))
    assert scene.limit >= scene.input.max()
    assert not scene.signed


def test_that_an_unmoved_cursor_gives_the_same_scene() -> None:
    view = view_of(Cursor(POOL, 1, 2, 3))
    assert same(scene_of(view), scene_of(view))


def test_that_a_network_without_pooling_says_so() -> None:
    network = network_of((Flatten(), Linear(64, 2), Softmax()))
    scene = pooling_scene(view_of(Cursor(0), network))
    assert isinstance(scene, Empty)
    assert "no pooling layer" in scene.reason
