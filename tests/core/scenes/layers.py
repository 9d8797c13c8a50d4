"""Views of one layer with chosen numbers, as the Lab has them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.cursor import Cursor
from cnnviz.core.network import build_chain
from cnnviz.core.operations import Conv2d, Operation, Shape
from cnnviz.core.snapshot import Sample, Snapshot
from cnnviz.core.view import Pointing, View
from tests.core.dense import as_matrix

START, NOTHING = Cursor(), Pointing()

LECTURE_INPUT = np.array(
    [[1, 2, 3, 4, 5], [2, 1, 0, 1, 2], [3, 0, 1, 1, 0], [1, 4, 1, 1, 2], [2, 1, 1, 0, 0]],
    dtype=np.float32,
)
LECTURE_KERNEL = np.array([[1, 0, 1], [1, 0, 1], [0, 1, 0]], dtype=np.float32)
LECTURE_OUTPUT = (6, 9, 11, 10, 4, 4, 7, 7, 4)


def layer_view(
    operation: Operation,
    shape: Shape,
    cursor: Cursor = START,
    opened: int = 0,
    pointing: Pointing = NOTHING,
    x: NDArray[np.float32] | None = None,
    weight: NDArray[np.float32] | None = None,
) -> View:
    """A view of one layer y = W x + b; random where no numbers are given, always the same."""
    network = build_chain("lab", "Lab", shape, (operation,))
    layer, rng = network.layers[0], np.random.default_rng(5)
    parameters = {
        name: rng.standard_normal(size).astype(np.float32)
        for name, size in layer.parameter_shapes.items()
    }
    if weight is not None:
        parameters["weight"] = weight
    given = rng.random(shape, dtype=np.float32) if x is None else x
    matrix, bias = as_matrix(layer.operation, shape, parameters)
    y = (matrix @ given.reshape(-1) + bias).reshape(layer.output_shape).astype(np.float32)
    snapshot = Snapshot(1, 0, network, Sample(0, given, 0), (parameters,), (given, y))
    return View(
        network, cursor=cursor, opened=opened, stage=snapshot, live=snapshot, pointing=pointing
    )


def lecture_view(cursor: Cursor = START, pointing: Pointing = NOTHING) -> View:
    """The lectures' first example: 5×5, a kernel of 3×3, 3×3 sums."""
    return layer_view(
        Conv2d(1, 1, (3, 3), bias=False),
        (1, 5, 5),
        cursor,
        pointing=pointing,
        x=LECTURE_INPUT[None],
        weight=LECTURE_KERNEL[None, None],
    )
