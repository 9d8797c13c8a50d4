"""The receptive field of the element that the cursor stands on, and how it grew layer by layer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from numpy.typing import NDArray

from cnnviz.core.cursor import Cursor, element
from cnnviz.core.network import Layer, Network
from cnnviz.core.operations import Element
from cnnviz.core.problem import mark
from cnnviz.core.receptive import Field, Growth, growths, receptive_field
from cnnviz.core.scenes import Empty
from cnnviz.core.snapshot import Snapshot
from cnnviz.core.view import View


@dataclass(frozen=True)
class Row:
    """One line of the table; ``growth`` None sees everything."""

    layer: Layer
    growth: tuple[Growth, Growth] | None
    chosen: bool


@dataclass(frozen=True, eq=False)
class ReceptiveScene:
    """What the pane shows; everything below the fields follows from them."""

    snapshot: Snapshot
    cursor: Cursor

    @property
    def network(self) -> Network:
        return self.snapshot.network

    @property
    def layer(self) -> Layer:
        return self.network.layers[self.cursor.layer]

    @property
    def image(self) -> NDArray[Any]:
        """(channels, height, width) of what the network is given."""
        return self.snapshot.activations[0]

    @property
    def element(self) -> Element:
        return element(self.network, self.cursor)

    @cached_property
    def field(self) -> Field:
        """The input elements that reach it."""
        return receptive_field(self.network, self.cursor.layer, self.element)

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The table: every layer that sees more than the one before it."""
        return _rows(self.network, self.cursor.layer)


def receptive_scene(view: View) -> ReceptiveScene | Empty:
    """The receptive field of a view."""
    snapshot = view.stage
    if snapshot is None or view.cursor.layer >= len(snapshot.network.layers):
        return Empty(view.progress.waiting or mark("The network is being prepared."))
    if len(snapshot.network.input_shape) != 3:
        return Empty(mark("The input of this network is a vector: it has no places to see."))
    return ReceptiveScene(snapshot, replace(view.cursor, term=0))  # a field is all terms


def _rows(network: Network, chosen: int) -> tuple[Row, ...]:
    seen = growths(network)
    first = next(i for i, layer in enumerate(network.layers) if seen[i + 1] != seen[0])
    found: list[Row] = []
    for index, layer in enumerate(network.layers):
        if index > first and seen[index + 1] == seen[index]:
            # An activation sees what the layer before it sees.
            found[-1] = replace(found[-1], chosen=found[-1].chosen or index == chosen)
        elif index >= first:
            found.append(Row(layer, seen[index + 1], index == chosen))
    return tuple(found)
