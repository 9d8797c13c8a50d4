"""Pooling: one window of a map, its values, and the cell that their maximum or mean becomes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.cursor import Cursor
from cnnviz.core.network import Layer, Network
from cnnviz.core.operations import Element, Flatten, Ledger, Operation, Shape
from cnnviz.core.operations.sliding import Axis
from cnnviz.core.problem import mark
from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.fitting import fitting_snapshot
from cnnviz.core.scenes.kept import kept
from cnnviz.core.scenes.ranges import is_signed, output_limit
from cnnviz.core.snapshot import Snapshot
from cnnviz.core.view import View


@dataclass(frozen=True, eq=False)
class PoolingScene:
    """What the pane shows.

    Attributes
    ----------
    index, layer
        The pooling layer.
    input, output
        (channels, rows, columns), whole.
    limit, signed
        The one range of both.
    element
        The output element whose window is shown.
    ledger
        Its numbers.
    """

    index: int
    layer: Layer
    input: NDArray[np.floating[Any]]
    output: NDArray[np.floating[Any]]
    limit: float
    signed: bool
    element: tuple[int, int, int]
    ledger: Ledger

    @property
    def channel(self) -> int:
        return self.element[0]

    @property
    def axes(self) -> tuple[Axis, Axis] | None:
        """How the window slides; None where windows differ in size."""
        return self.layer.operation.axes(self.layer.input_shape)

    def reader(self, row: int, column: int) -> tuple[int, int] | None:
        """(row, column) of the first window that reads an input pixel, or None if none does."""
        position = (self.channel, row, column)
        return _first_reader(self.layer.operation, self.layer.input_shape, position)


def pooling_scene(view: View) -> PoolingScene | Empty:
    """The pooling of a view: of the layer at or after the cursor's, or else before it."""
    snapshot = fitting_snapshot(view)
    if isinstance(snapshot, Empty):
        return snapshot
    network = snapshot.network
    index = pooling_layer(network, view.cursor.layer)
    if index is None:
        return Empty(
            mark("This network has no pooling layer. Choose one that has, such as LeNet-5.")
        )
    element = _element(snapshot, index, view.cursor)
    limit, signed = output_limit(snapshot, index), is_signed(snapshot, network.source(index))
    return PoolingScene(
        index=index,
        layer=network.layers[index],
        input=snapshot.input_of(index),
        output=snapshot.activations[index + 1],
        limit=limit,
        signed=signed,
        element=element,
        ledger=_ledger(snapshot, index, element),
    )


POOLING = ("maximum", "mean")
"""The verbs of what pools."""

IN_PLACE = ("value", "copy", "normalise", "standardise", "neighbours", "add")
"""The verbs of what puts out a value at the place of the one it comes from."""


def pooling_layer(network: Network, layer: int) -> int | None:
    """The nearest pooling layer at or after this one, else the nearest before, else None."""
    pools = [i for i, it in enumerate(network.layers) if it.operation.verb in POOLING]
    after = [index for index in pools if index >= layer]
    return after[0] if after else (pools[-1] if pools else None)


def _element(snapshot: Snapshot, index: int, cursor: Cursor) -> tuple[int, int, int]:
    """The cell that belongs to the cursor, or the largest of its map where none does."""
    network = snapshot.network
    layer = network.layers[index]
    channels = layer.output_shape[0]
    channel = min(cursor.channel, channels - 1)
    if cursor.layer == index:
        rows, columns = layer.output_shape[1:]
        return channel, min(cursor.row, rows - 1), min(cursor.column, columns - 1)
    if cursor.layer < index:
        place = _reached(network, index, cursor)
        if place is not None:
            return channel, *place
    else:
        behind = network.layers[cursor.layer]
        if isinstance(behind.operation, Flatten) and behind.input_shape == layer.output_shape:
            copied = behind.operation.taps(behind.input_shape, (cursor.column,)).inputs[0]
            return int(copied[0]), int(copied[1]), int(copied[2])
    return channel, *_largest(snapshot, index, channel)


def _reached(network: Network, index: int, cursor: Cursor) -> tuple[int, int] | None:
    """The window that reads what the cursor's element becomes on its way to the pooling layer.

    None where a layer between them does not keep every value at its place, or no window reads it.
    """
    at = index
    while (at := network.source(at)) > cursor.layer:
        if network.layers[at].operation.verb not in IN_PLACE:
            return None
    if at != cursor.layer:
        return None
    if len(network.layers[cursor.layer].output_shape) != 3:
        return None
    layer, position = network.layers[index], (cursor.channel, cursor.row, cursor.column)
    return _first_reader(layer.operation, layer.input_shape, position)


@lru_cache(maxsize=64)
def _first_reader(operation: Operation, shape: Shape, position: Element) -> tuple[int, int] | None:
    readers = np.argwhere(operation.readers(shape, position))
    return (int(readers[0][0]), int(readers[0][1])) if len(readers) else None


@kept(8)
def _largest(snapshot: Snapshot, index: int, channel: int) -> tuple[int, int]:
    values = snapshot.activations[index + 1][channel]
    row, column = np.unravel_index(int(values.argmax()), values.shape)
    return int(row), int(column)


# The scene of an unmoved cursor must hold the same ledger, so that nothing is drawn anew.
@kept(2)
def _ledger(snapshot: Snapshot, index: int, element: tuple[int, int, int]) -> Ledger:
    return snapshot.network.layers[index].operation.ledger(
        snapshot.input_of(index), snapshot.parameters[index], element
    )
