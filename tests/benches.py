"""One operation on a table: a view of a network of one layer, with torch's output in float64."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnnviz.core.cursor import Cursor, terms_of
from cnnviz.core.network import Network, build_chain
from cnnviz.core.operations import Conv2d, Operation, Shape
from cnnviz.core.snapshot import Sample, Snapshot
from cnnviz.core.view import View

FIRST = ([[1, 2, 3, 4, 5], [2, 1, 0, 1, 2], [3, 0, 1, 1, 0], [1, 4, 1, 1, 2], [2, 1, 1, 0, 0]],)
"""The input of the lectures' first example (1×5×5)."""
FIRST_KERNEL = [[[[1, 0, 1], [1, 0, 1], [0, 1, 0]]]]
FIRST_OUTPUT = [[[6, 9, 11], [10, 4, 4], [7, 7, 4]]]


@lru_cache(maxsize=64)
def lab_network(operation: Operation, shape: Shape) -> Network:
    return build_chain("lab", "Lab", shape, (operation,))


def lab_view(
    operation: Operation,
    x: ArrayLike,
    parameters: Mapping[str, ArrayLike] | None = None,
    cursor: Cursor | None = None,
    opened: int = 0,
) -> View:
    """What the Lab shows; the cursor stands at the first element, all of its terms added."""
    image = np.array(x, dtype=np.float64)
    network = lab_network(operation, image.shape)
    arrays = {k: np.array(v, dtype=np.float64) for k, v in (parameters or {}).items()}
    output = output_of(operation, image, arrays, network.layers[0].output_shape)
    sample = Sample(0, image.astype(np.float32), 0)
    snapshot = Snapshot(1, 0, network, sample, (arrays,), (image, output))
    if cursor is None:
        cursor = Cursor(term=terms_of(network.layers[0]))
    return View(network, cursor=cursor, opened=opened, stage=snapshot, live=snapshot)


def output_of(
    operation: Operation, x: NDArray[Any], parameters: dict[str, NDArray[Any]], shape: Shape
) -> NDArray[np.float64]:
    """Every element's ledger; torch agrees, as the operations' own tests say."""
    output = np.empty(shape)
    for place in np.ndindex(*shape):
        output[place] = operation.ledger(x, parameters, place).result
    return output


def first_view(cursor: Cursor | None = None) -> View:
    """The lectures' first example."""
    return lab_view(
        Conv2d(1, 1, (3, 3)), FIRST, {"weight": FIRST_KERNEL, "bias": [0]}, cursor=cursor
    )


def random_view(
    operation: Operation, shape: Shape, cursor: Cursor | None = None, low: int = -3, seed: int = 0
) -> View:
    """Whole numbers from ``low`` to 9 in the input, and small ones in the parameters."""
    draw = np.random.default_rng(seed)
    shapes = lab_network(operation, shape).layers[0].parameter_shapes
    parameters = {name: draw.integers(-2, 3, size) for name, size in shapes.items()}
    return lab_view(operation, draw.integers(low, 10, shape), parameters, cursor)
