"""The activation maps: everything that the chosen layer puts out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.network import Layer
from cnnviz.core.operations import Activation, Softmax
from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.fitting import fitting_snapshot
from cnnviz.core.scenes.ranges import is_signed, output_limit
from cnnviz.core.scenes.strip import MOST_BARS
from cnnviz.core.view import View


@dataclass(frozen=True, eq=False)
class MapsScene:
    """What the pane shows.

    Attributes
    ----------
    index, layer
        The chosen layer.
    source
        The layer whose values an activation lets through, to be named before it, or None.
    values
        (maps, rows, columns), or (features,) of a vector.
    limit, signed
        The range of the colours.
    channel
        The chosen map; of a vector the chosen value.
    place
        (row, column) of the cursor in the chosen map, or None where the picture is not the one
        that is stepped through.
    struck
        Of the values' shape, which of them a dropout strikes out; None where nothing does.
    """

    index: int
    layer: Layer
    source: Layer | None
    values: NDArray[np.floating[Any]]
    limit: float
    signed: bool
    channel: int
    place: tuple[int, int] | None
    struck: NDArray[np.bool_] | None = None

    @property
    def vector(self) -> bool:
        return self.values.ndim == 1

    @property
    def bars(self) -> bool:
        """Whether the values are drawn as bars."""
        return self.vector and len(self.values) <= MOST_BARS

    @property
    def probabilities(self) -> bool:
        """Whether the values are shares of 1."""
        return isinstance(self.layer.operation, Softmax)


def maps_scene(view: View) -> MapsScene | Empty:
    """The activation maps of a view."""
    snapshot, cursor = fitting_snapshot(view), view.cursor
    if isinstance(snapshot, Empty):
        return snapshot
    layers = snapshot.network.layers
    layer = layers[cursor.layer]
    limit, signed = output_limit(snapshot, cursor.layer), is_signed(snapshot, cursor.layer)
    source = snapshot.network.source(cursor.layer)
    passes_on = isinstance(layer.operation, Activation) and source >= 0
    vector = len(layer.output_shape) == 1
    mask = snapshot.given(cursor.layer).get("mask")
    return MapsScene(
        index=cursor.layer,
        layer=layer,
        source=layers[source] if passes_on else None,
        values=snapshot.activations[cursor.layer + 1],
        limit=limit,
        signed=signed,
        channel=cursor.column if vector else cursor.channel,
        place=(cursor.row, cursor.column) if snapshot is view.stage and not vector else None,
        struck=None if mask is None else mask == 0,
    )
