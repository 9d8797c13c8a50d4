"""Local connectivity: one element's connections in its own layer, against a fully connected one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import prod

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.network import Layer
from cnnviz.core.operations import Element, Operation, Shape
from cnnviz.core.operations.base import spatial


@dataclass(frozen=True, eq=False)
class Locality:
    """What one element is connected to, and what a fully connected neuron would be.

    Attributes
    ----------
    connected
        (rows, columns) of the layer's input, True where a value of any map is read; a vector is one
        row.
    maps
        Input maps that it reads.
    count, inputs
        Values that it reads, of how many there are.
    weights
        Weights that it is computed with, the bias apart; 0 where nothing is learned.
    positions
        Output positions that share these weights.
    outputs
        Elements of the layer's output.
    layer_weights
        Weights of the whole layer, biases apart.
    """

    connected: NDArray[np.bool_]
    maps: int
    count: int
    inputs: int
    weights: int
    positions: int
    outputs: int
    layer_weights: int

    @property
    def filters(self) -> int:
        """Sets of weights that the layer has: one an output map, or one an element."""
        return self.outputs // self.positions

    @property
    def full_weights(self) -> int:
        """Weights of a fully connected layer with as many outputs."""
        return self.inputs * self.outputs


def locality(layer: Layer, element: Element) -> Locality:
    """How an element of a layer's output is connected to the layer's input."""
    return _locality(layer.operation, layer.input_shape, element)


@lru_cache(maxsize=64)
def _locality(operation: Operation, shape: Shape, element: Element) -> Locality:
    taps = operation.taps(shape, element)
    read = np.unique(taps.inputs[taps.inside] if taps.sources is None else taps.sources, axis=0)
    connected = np.zeros(spatial(shape), dtype=np.bool_)
    connected[tuple(read.T[-2:]) if len(shape) == 3 else (0, read[:, 0])] = True
    output = operation.output_shape(shape)
    positions = output[1] * output[2] if len(output) == 3 else 1
    layer_weights = prod(operation.parameter_shapes(shape).get("weight", (0,)))
    return Locality(
        connected=connected,
        maps=len(np.unique(read[:, 0])) if len(shape) == 3 else 1,
        count=len(read),
        inputs=prod(shape),
        weights=layer_weights * positions // prod(output),
        positions=positions,
        outputs=prod(output),
        layer_weights=layer_weights,
    )
