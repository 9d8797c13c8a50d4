"""The receptive field of the element that the cursor stands on, and three other looks at reach."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.cursor import Cursor, element
from cnnviz.core.gradient import PixelGradient
from cnnviz.core.network import Layer, Network
from cnnviz.core.operations import Element
from cnnviz.core.problem import mark
from cnnviz.core.receptive import Field, Sight, influence, receptive_field, sights
from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.locality import Locality, locality
from cnnviz.core.scenes.sheets import vector_sheet
from cnnviz.core.snapshot import Snapshot
from cnnviz.core.view import View

Pixel = tuple[int, int]
"""Row and column of the input."""


class Look(Enum):
    """What the pane shows."""

    FIELD = "field"
    """What reaches the element: the exact field."""
    GRADIENT = "gradient"
    """How much each pixel counts for it."""
    INFLUENCE = "influence"
    """What a pixel reaches, layer by layer."""
    CONNECTIONS = "connections"
    """The element in its own layer against a fully connected neuron."""


@dataclass(frozen=True)
class Row:
    """One line of the table: a layer, and what it sees."""

    layer: Layer
    sight: Sight
    chosen: bool


@dataclass(frozen=True)
class Reach:
    """What a pixel reaches in a layer, and in those behind it that keep every place."""

    index: int
    layer: Layer
    field: Field
    chosen: bool


@dataclass(frozen=True, eq=False)
class ReceptiveScene:
    """What the pane shows; everything below the fields follows from them.

    Attributes
    ----------
    gradient
        The newest for this element of this image, perhaps of another step; None while it is awaited
        or not asked for.
    pixel
        The pixel whose influence is shown.
    """

    snapshot: Snapshot
    cursor: Cursor
    look: Look = Look.FIELD
    pixel: Pixel | None = None
    gradient: PixelGradient | None = None

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

    @property
    def awaits_gradient(self) -> bool:
        """Whether the gradient of exactly this snapshot is wanted and not there."""
        if self.look is not Look.GRADIENT:
            return False
        place = (self.snapshot, self.cursor.layer, self.element)
        return self.gradient is None or not self.gradient.is_of(*place)

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The table: every layer that sees more than the one before it."""
        return _rows(self.network, self.cursor.layer)

    @cached_property
    def reached(self) -> tuple[Reach, ...]:
        """What the pixel reaches, in every layer; empty without a pixel."""
        if self.pixel is None:
            return ()
        fields = influence(self.network, self.pixel)
        return tuple(
            Reach(index, layer, field, index == self.cursor.layer)
            for index, (layer, field) in enumerate(zip(self.network.layers, fields, strict=True))
        )

    @cached_property
    def merged(self) -> tuple[Reach, ...]:
        """The same, with layers left out that keep what the one before them has."""
        found: list[Reach] = []
        for reach in self.reached:
            before = found[-1] if found else None
            if (
                before is not None
                and before.field == reach.field
                and before.layer.output_shape == reach.layer.output_shape
            ):
                found[-1] = replace(before, chosen=before.chosen or reach.chosen)
            else:
                found.append(reach)
        return tuple(found)

    @cached_property
    def locality(self) -> Locality:
        """How the element is connected in its own layer."""
        return locality(self.layer, self.element)


def receptive_scene(
    view: View, look: Look = Look.FIELD, pixel: Pixel | None = None
) -> ReceptiveScene | Empty:
    """The receptive field of a view, or the other look that was chosen in the pane."""
    snapshot = view.stage
    if snapshot is None or view.cursor.layer >= len(snapshot.network.layers):
        return Empty(view.progress.waiting or mark("The network is being prepared."))
    if len(snapshot.network.input_shape) != 3:
        return Empty(mark("The input of this network is a vector: it has no places to see."))
    cursor = replace(view.cursor, term=0)  # a field is all terms
    scene = ReceptiveScene(snapshot, cursor, look)
    if look is Look.INFLUENCE and pixel is not None:
        _, height, width = snapshot.network.input_shape
        return replace(scene, pixel=(min(pixel[0], height - 1), min(pixel[1], width - 1)))
    gradient = view.gradient if look is Look.GRADIENT else None
    if gradient is not None and gradient.is_near(snapshot, cursor.layer, scene.element):
        return replace(scene, gradient=gradient)
    return scene


def folded(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(rows, columns) of a layer, where a single long row is laid in lines that can be seen."""
    if mask.shape[0] > 1:
        return mask
    rows, columns = vector_sheet(mask.size).size
    lines = np.zeros(rows * columns, dtype=np.bool_)
    lines[: mask.size] = mask.reshape(-1)
    return lines.reshape(rows, columns)


def _rows(network: Network, chosen: int) -> tuple[Row, ...]:
    seen = sights(network)
    # Where no layer sees more than a pixel, the last one says so.
    layers = range(len(network.layers))
    first = next((i for i in layers if seen[i + 1] != seen[0]), layers[-1])
    found: list[Row] = []
    for index, layer in enumerate(network.layers):
        if index > first and seen[index + 1] == seen[index]:
            # An activation sees what the layer before it sees.
            found[-1] = replace(found[-1], chosen=found[-1].chosen or index == chosen)
        elif index >= first:
            found.append(Row(layer, seen[index + 1], index == chosen))
    return tuple(found)
