"""Where a weight is used: counted element by element, and as the stage says it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cnnviz.core.cursor import Cursor
from cnnviz.core.operations import Conv2d, Flatten, Linear, Operation, Softmax
from cnnviz.core.operations.transposed_convolution import ConvTranspose2d
from cnnviz.core.scenes.stage import StageScene, stage_scene
from cnnviz.core.view import Pointing
from tests.core.scenes.networks import network_of, view_of

LAYERS: list[Operation] = [
    Conv2d(2, 3, (3, 3), padding=(1, 1)),
    Conv2d(2, 3, (3, 2), (2, 1), (2, 0), (1, 3)),
    Conv2d(2, 3, (3, 3), padding=(2, 1), padding_mode="circular"),
    ConvTranspose2d(2, 3, (3, 2), (2, 1), (1, 0)),
    ConvTranspose2d(2, 3, (2, 2), (3, 3), (1, 1), output_padding=(1, 2)),
]


def scene(
    operation: Operation, weight: int | None, shape: tuple[int, int, int] = (2, 7, 6)
) -> StageScene:
    size = int(np.prod(operation.output_shape(shape)))
    network = network_of((operation, Flatten(), Linear(size, 2), Softmax()), shape)
    view = view_of(Cursor(0, 1, 2, 2), network)
    found = stage_scene(replace(view, pointing=Pointing(weight=weight)))
    assert isinstance(found, StageScene)
    return found


@pytest.mark.parametrize("operation", LAYERS, ids=str)
def test_that_a_weight_is_used_as_often_as_elements_have_it_in_their_sum(
    operation: Operation,
) -> None:
    for term in range(scene(operation, None).ledger.taps.count):
        shown = scene(operation, term)
        shape, output = shown.layer.input_shape, shown.layer.output_shape
        met = 0
        for place in np.ndindex(output[1:]):
            taps = operation.taps(shape, (1, *place))
            met += bool(taps.inside[term]) or taps.sources is not None
        assert shown.uses is not None
        count, places = shown.uses
        assert count == met
        transposed = isinstance(operation, ConvTranspose2d)
        assert places == np.prod(shape[1:] if transposed else output[1:])


def test_that_a_linear_layers_weight_is_used_once_and_nothing_is_said_without_a_weight() -> None:
    network = network_of()
    assert network.layers[7].operation.kind == "Linear"
    linear = stage_scene(view_of(Cursor(7, 0, 0, 3), network))
    assert isinstance(linear, StageScene)
    assert linear.uses is None
    assert replace(linear, pointing=Pointing(weight=5)).uses == (1, 1)
    assert replace(linear, pointing=Pointing(weight=24)).uses is None
