"""Which layers of an edited network go on with the weights that they had."""

from __future__ import annotations

from collections.abc import Sequence

from cnnviz.core.network import Layer, Network
from cnnviz.core.operations import Parameters, Shape
from cnnviz.core.operations.base import buffer_shapes

Kind = tuple[str, dict[str, Shape]]


def kept_layers(before: Network, after: Network) -> tuple[int | None, ...]:
    """For each layer of the network behind the edit, the layer before it whose weights it keeps.

    Layers are the same to their weights where kind and all shapes are.  They are matched in order,
    as many as can be; the first of equals where several could.

    Returns
    -------
    None for a layer that begins anew, and for one that has no weights.
    """
    old, new = _learning(before), _learning(after)
    # longest[i][j]: how many of old[i:] and new[j:] can be matched.
    longest = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(new) - 1, -1, -1):
            longest[i][j] = max(longest[i + 1][j], longest[i][j + 1])
            if old[i][1] == new[j][1]:
                longest[i][j] = max(longest[i][j], 1 + longest[i + 1][j + 1])
    kept: list[int | None] = [None] * len(after.layers)
    i = j = 0
    while i < len(old) and j < len(new):
        if old[i][1] == new[j][1] and longest[i][j] == 1 + longest[i + 1][j + 1]:
            kept[new[j][0]] = old[i][0]
            i, j = i + 1, j + 1
        elif longest[i + 1][j] >= longest[i][j + 1]:
            i += 1
        else:
            j += 1
    return tuple(kept)


def learning_count(network: Network) -> int:
    """How many layers have weights."""
    return len(_learning(network))


def kept_weights(
    before: Network, parameters: Sequence[Parameters], after: Network
) -> tuple[Parameters, ...]:
    """What each layer of the network behind the edit begins with; empty where that is new."""
    return tuple({} if layer is None else parameters[layer] for layer in kept_layers(before, after))


def _learning(network: Network) -> list[tuple[int, Kind]]:
    """Index and shapes of every layer that learns or keeps something."""
    found = ((index, _kind(layer)) for index, layer in enumerate(network.layers))
    return [(index, kind) for index, kind in found if kind[1]]


def _kind(layer: Layer) -> Kind:
    shapes = layer.parameter_shapes | buffer_shapes(layer.operation, layer.input_shape)
    return layer.operation.kind, shapes
