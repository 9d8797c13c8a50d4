"""The network strip: the input and every layer in small."""

from __future__ import annotations

from dataclasses import MISSING, dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.network import Layer, Network
from cnnviz.core.operations import MaxPool2d, Operation, Shape, Softmax
from cnnviz.core.operations.torch_fields import torch_fields
from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.fitting import fitting_snapshot
from cnnviz.core.scenes.kept import kept
from cnnviz.core.scenes.ranges import is_signed, output_limit
from cnnviz.core.scenes.skips import Line, skip_lines
from cnnviz.core.snapshot import Snapshot
from cnnviz.core.view import View

MOST_BARS = 16
"""Values up to which a vector is drawn as bars."""

MOST_MAPS = 16
"""Maps of a layer that the strip shows."""


@dataclass(frozen=True, eq=False)
class Cell:
    """The input or one layer.

    Attributes
    ----------
    index
        The layer, or −1 for the input.
    layer
        None for the input.
    shape
        What it puts out.
    values
        (maps, rows, columns) the first `MOST_MAPS` maps, or (features,) of a vector, or None
        before there is a snapshot.
    limit, signed
        Its range.
    """

    index: int
    layer: Layer | None
    shape: Shape
    values: NDArray[np.floating[Any]] | None
    limit: float
    signed: bool

    @property
    def bars(self) -> bool:
        """Whether the values are drawn as bars."""
        return len(self.shape) == 1 and self.shape[0] <= MOST_BARS

    @property
    def probabilities(self) -> bool:
        """Whether the values are shares of 1."""
        return self.layer is not None and isinstance(self.layer.operation, Softmax)


@dataclass(frozen=True, eq=False)
class StripScene:
    """What the strip shows.

    Attributes
    ----------
    cells
        The input, then every layer.
    chosen
        The layer that the cursor stands in.
    """

    cells: tuple[Cell, ...]
    chosen: int

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """What is read past the layers between."""
        return skip_lines(tuple(it.layer.wire for it in self.cells if it.layer is not None))

    @property
    def chosen_cell(self) -> Cell:
        return self.cells[self.chosen + 1]


def strip_scene(view: View) -> StripScene:
    """The strip of a view; before the first snapshot it has boxes without pictures."""
    snapshot = fitting_snapshot(view)
    if isinstance(snapshot, Empty):
        return StripScene(_cells(view.network, None), view.cursor.layer)
    return StripScene(_filled(snapshot), view.cursor.layer)


# Stepping asks sixty times a second, and the ranges of 16 layers take 0.2 ms.
@kept(1)
def _filled(snapshot: Snapshot) -> tuple[Cell, ...]:
    return _cells(snapshot.network, snapshot)


def _cells(network: Network, snapshot: Snapshot | None) -> tuple[Cell, ...]:
    return tuple(_cell(network, snapshot, index) for index in range(-1, len(network.layers)))


def _cell(network: Network, snapshot: Snapshot | None, index: int) -> Cell:
    layer = None if index < 0 else network.layers[index]
    shape = network.input_shape if layer is None else layer.output_shape
    if snapshot is None:
        return Cell(index, layer, shape, None, 1.0, True)
    values = snapshot.activations[index + 1]
    limit = 1.0 if index < 0 else output_limit(snapshot, index)
    values = values[:MOST_MAPS] if len(shape) == 3 else values
    return Cell(index, layer, shape, values, limit, is_signed(snapshot, index))


def torch_style(operation: Operation) -> str:
    """The operation as PyTorch code: "Conv2d(in_channels=1, out_channels=32, …)".

    What PyTorch would assume anyway is left out, and so is what is no argument there.
    """
    given: list[str] = []
    for field in torch_fields(operation):
        value = getattr(operation, field.name)
        if field.default is not MISSING and value == field.default:
            continue
        given.append(f"{field.name}={value!r}")
    if isinstance(operation, MaxPool2d) and operation.stride is None:
        given.append(f"stride={operation.step}")
    return f"{operation.kind}({', '.join(given)})"
