"""Where we are looking: one value that every pane follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from cnnviz.core.network import Layer, Network
from cnnviz.core.operations import Element, Operation, Shape


@dataclass(frozen=True, order=True)
class Cursor:
    """A place in the forward pass: layer → channel → window (row, column) → term.

    The order of the fields is the order in which a forward pass computes: comparing two cursors
    says which comes first.  A vector is one channel of one row.

    Attributes
    ----------
    layer
        Index into ``Network.layers``.
    channel, row, column
        The output element.
    term
        How far its ledger is: term 0 … count−1 is the one just added; ``count`` means that the
        bias is added too and the element is written.
    """

    layer: int = 0
    channel: int = 0
    row: int = 0
    column: int = 0
    term: int = 0


def element(network: Network, cursor: Cursor) -> Element:
    """The output element that a cursor stands on, as an index into the layer's output."""
    if len(network.layers[cursor.layer].output_shape) == 3:
        return (cursor.channel, cursor.row, cursor.column)
    return (cursor.column,)


# A linear layer's 3,136 index pairs take 50 µs, and stepping asks at every tick.
@lru_cache(maxsize=256)
def _sizes(operation: Operation, shape: Shape, zero: Element) -> tuple[int, int, bool]:
    taps = operation.taps(shape, zero)
    return taps.count, taps.group_size, taps.holes


def _sizes_of(layer: Layer) -> tuple[int, int, bool]:
    return _sizes(layer.operation, layer.input_shape, (0,) * len(layer.output_shape))


def terms_of(layer: Layer) -> int:
    """Terms in the ledger of one output element; the same for every element of a layer."""
    return _sizes_of(layer)[0]


def group_size(layer: Layer) -> int:
    """Terms in one group (one input channel) of that ledger."""
    return _sizes_of(layer)[1]


def has_holes(layer: Layer) -> bool:
    """Whether an element's ledger may have terms that add nothing (`Taps.holes`)."""
    return _sizes_of(layer)[2]


def stops(network: Network, cursor: Cursor) -> Sequence[int]:
    """The terms of a cursor's element that something happens at, in order, the count last."""
    layer = network.layers[cursor.layer]
    if not has_holes(layer):
        return range(terms_of(layer) + 1)
    taps = layer.operation.taps(layer.input_shape, element(network, cursor))
    return (*np.flatnonzero(taps.inside).tolist(), taps.count)


def clamped(network: Network, cursor: Cursor) -> Cursor:
    """The nearest cursor that exists in this network (after the network was changed)."""
    index = min(max(cursor.layer, 0), len(network.layers) - 1)
    layer = network.layers[index]
    channels, rows, columns = layer.grid
    return Cursor(
        layer=index,
        channel=min(max(cursor.channel, 0), channels - 1),
        row=min(max(cursor.row, 0), rows - 1),
        column=min(max(cursor.column, 0), columns - 1),
        term=min(max(cursor.term, 0), terms_of(layer)),
    )
