"""One colour range for a layer and its activation, symmetric around zero."""

from __future__ import annotations

from cnnviz.core.colour import limit_of
from cnnviz.core.scenes.kept import kept
from cnnviz.core.snapshot import Snapshot


def output_limit(snapshot: Snapshot, layer: int) -> float:
    """The value at the end of the scale for a layer's output.

    What keeps its input's range (ReLU, pooling) is drawn in that of the layer before it, so that a
    colour means the same number before and after.
    """
    network = snapshot.network
    while layer >= 0 and network.layers[layer].operation.keeps_range and network.source(layer) >= 0:
        layer = network.source(layer)
    if layer not in snapshot.limits:
        snapshot.limits[layer] = limit_of(snapshot.activations[layer + 1])
    return snapshot.limits[layer]


@kept(64)
def weight_limit(snapshot: Snapshot, layer: int) -> float:
    """The value at the end of the scale for a layer's weights; 1 where it has none."""
    parameters = snapshot.parameters[layer]
    return limit_of(parameters["weight"]) if "weight" in parameters else 1.0


@kept(512)
def is_signed(snapshot: Snapshot, layer: int) -> bool:
    """Whether a layer's output (−1: the input) has anything below zero."""
    return bool(snapshot.activations[layer + 1].min() < 0)
