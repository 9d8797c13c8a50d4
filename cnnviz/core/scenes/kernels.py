"""The kernels: the weights of the chosen layer, or of the one whose output it works on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.cursor import Cursor
from cnnviz.core.network import Layer, Network
from cnnviz.core.operations import Flatten, Linear, Operation, Shape
from cnnviz.core.operations.transposed_convolution import ConvTranspose2d
from cnnviz.core.problem import mark
from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.fitting import fitting_snapshot
from cnnviz.core.scenes.kept import kept
from cnnviz.core.scenes.ranges import weight_limit
from cnnviz.core.snapshot import Snapshot
from cnnviz.core.view import View


@dataclass(frozen=True, eq=False)
class KernelsScene:
    """What the pane shows.

    Attributes
    ----------
    index, layer
        The layer that the weights belong to.
    chosen
        The layer that the cursor stands in: this one, or one behind it that has no weights.
    weight
        (kernels, groups, rows, columns): one kernel an output channel, one group an input channel.
        A linear layer's weights lie as its inputs did before they were flattened.
    limit
        The range of the colours, of all weights of the layer.
    bias
        (kernels,) or None where the layer has none.
    kernel
        The output channel (of a vector: the output) that the cursor stands in, or None where the
        chosen layer's elements have none.
    opened
        The group that the ledger shows.
    inputs
        (groups,) the input channel that each group of the chosen kernel reads.
    place
        (row, column) of the cursor, for a request that keeps them.
    """

    index: int
    layer: Layer
    chosen: int
    weight: NDArray[np.floating[Any]]
    limit: float
    bias: NDArray[np.floating[Any]] | None
    kernel: int | None
    opened: int
    inputs: tuple[int, ...]
    place: tuple[int, int]

    @property
    def kernels(self) -> int:
        return int(self.weight.shape[0])

    @property
    def groups(self) -> int:
        return int(self.weight.shape[1])

    @property
    def vector(self) -> bool:
        """Whether the layer puts out a vector."""
        return len(self.layer.output_shape) == 1

    @property
    def shown_kernel(self) -> int:
        return 0 if self.kernel is None else self.kernel

    def slices(self) -> NDArray[np.floating[Any]]:
        """(groups, rows, columns) of the shown kernel."""
        slices: NDArray[np.floating[Any]] = self.weight[self.shown_kernel]
        return slices

    def at_input(self) -> NDArray[np.floating[Any]]:
        """(kernels, rows, columns) of every kernel at the opened input channel."""
        kernels: NDArray[np.floating[Any]] = self.weight[:, self.opened]
        return kernels


def kernels_scene(view: View) -> KernelsScene | Empty:
    """The kernels of a view."""
    snapshot, cursor = fitting_snapshot(view), view.cursor
    if isinstance(snapshot, Empty):
        return snapshot
    network = snapshot.network
    index = weighted_layer(network, cursor.layer)
    if index is None:
        return Empty(
            mark("Neither this layer nor one before it has weights. Choose a Conv or a Linear.")
        )
    layer = network.layers[index]
    kernel = kernel_at(network, index, cursor)
    weight, limit = _weights(snapshot, index)
    return KernelsScene(
        index=index,
        layer=layer,
        chosen=cursor.layer,
        weight=weight,
        limit=limit,
        bias=snapshot.parameters[index].get("bias"),
        kernel=kernel,
        opened=min(view.opened, weight.shape[1] - 1),
        inputs=_inputs(layer.operation, layer.input_shape, kernel or 0),
        place=(cursor.row, cursor.column),
    )


def weighted_layer(network: Network, layer: int) -> int | None:
    """This layer, or the nearest before it, that learns kernels; None if there is none.

    Batch norm's weight is one number a channel, and no kernel.
    """
    index = layer
    while index >= 0 and len(network.layers[index].parameter_shapes.get("weight", ())) < 2:
        index = network.source(index)
    return index if index >= 0 else None


def kernel_at(network: Network, index: int, cursor: Cursor) -> int | None:
    """The output channel of a weighted layer that a cursor in or behind it stands in."""
    weighted, layer = network.layers[index], network.layers[cursor.layer]
    if len(weighted.output_shape) == 1:
        same = layer.output_shape == weighted.output_shape
        return min(cursor.column, weighted.output_shape[0] - 1) if same else None
    if isinstance(layer.operation, Flatten):
        channel = int(layer.operation.taps(layer.input_shape, (cursor.column,)).channels[0])
    else:
        channel = cursor.channel
    return channel if channel < weighted.output_shape[0] else None


# The view of a linear layer's weights must be the same each time, so that nothing is drawn anew.
@kept(2)
def _weights(snapshot: Snapshot, index: int) -> tuple[NDArray[np.floating[Any]], float]:
    weight = snapshot.parameters[index]["weight"]
    operation = snapshot.network.layers[index].operation
    if isinstance(operation, Linear):
        weight = weight.reshape(len(weight), *operation.layout)
    elif isinstance(operation, ConvTranspose2d):
        weight = operation.kernels(weight)
    return weight, weight_limit(snapshot, index)


@lru_cache(maxsize=64)
def _inputs(operation: Operation, shape: Shape, kernel: int) -> tuple[int, ...]:
    element = (kernel, 0, 0) if len(shape) == 3 else (kernel,)
    return tuple(int(channel) for channel in operation.taps(shape, element).channels)
