"""Small networks with random numbers, as the scenes and the panes of tests show them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.cursor import Cursor
from cnnviz.core.network import Layer, Network, build_network
from cnnviz.core.operations import (
    Conv2d,
    Flatten,
    Linear,
    MaxPool2d,
    Operation,
    Parameters,
    ReLU,
    Shape,
    Softmax,
)
from cnnviz.core.operations.base import buffer_shapes
from cnnviz.core.snapshot import Sample, Snapshot
from cnnviz.core.view import View

PLAIN: tuple[Operation, ...] = (
    Conv2d(1, 4, (3, 3), padding=(1, 1)),
    ReLU(),
    MaxPool2d((2, 2)),
    Conv2d(4, 6, (3, 3), padding=(1, 1)),
    ReLU(),
    MaxPool2d((2, 2)),
    Flatten(),
    Linear(24, 20),
    ReLU(),
    Linear(20, 5),
    Softmax(),
)
"""Of an image 1×8×8: Conv, ReLU, MaxPool twice, then two Linear."""

POOL, POOL_2 = 2, 5
START = Cursor()


def network_of(
    operations: tuple[Operation, ...] = PLAIN, shape: tuple[int, int, int] = (1, 8, 8)
) -> Network:
    return build_network("tiny", "Tiny", shape, operations)


def snapshot_of(network: Network, seed: int = 0) -> Snapshot:
    """Random weights and activations; a max pooling's and a ReLU's outputs are their inputs'."""
    rng = np.random.default_rng(seed)
    image = rng.random(network.input_shape, dtype=np.float32)
    activations: list[NDArray[np.floating]] = [image]
    for layer in network.layers:
        activations.append(_output(layer, activations[-1], rng))
    parameters: tuple[Parameters, ...] = tuple(
        {
            name: _drawn(name, size, rng)
            for name, size in (
                layer.parameter_shapes | buffer_shapes(layer.operation, layer.input_shape)
            ).items()
        }
        for layer in network.layers
    )
    return Snapshot(1, 0, network, Sample(0, image, 3), parameters, tuple(activations))


def _drawn(name: str, size: Shape, rng: np.random.Generator) -> NDArray[np.float32]:
    values = rng.standard_normal(size, dtype=np.float32)
    return np.abs(values) if name == "running_var" else values


def _output(
    layer: Layer, before: NDArray[np.floating], rng: np.random.Generator
) -> NDArray[np.floating]:
    operation, shape = layer.operation, layer.output_shape
    if isinstance(operation, ReLU):
        rectified: NDArray[np.floating] = np.maximum(before, 0)
        return rectified
    if isinstance(operation, Flatten):
        return before.reshape(-1)
    if isinstance(operation, MaxPool2d):
        output = np.empty(shape, dtype=np.float32)
        for place in np.ndindex(*shape):
            output[place] = operation.ledger(before, {}, place).result
        return output
    return rng.standard_normal(shape, dtype=np.float32)


def view_of(
    cursor: Cursor = START, network: Network | None = None, opened: int = 0, seed: int = 0
) -> View:
    """A view whose live snapshot is the one that is stepped."""
    network = network_of() if network is None else network
    snapshot = snapshot_of(network, seed)
    return View(network, cursor=cursor, opened=opened, stage=snapshot, live=snapshot)
