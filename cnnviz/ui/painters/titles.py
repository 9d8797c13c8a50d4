"""What layers are called, in the language of the window."""

from __future__ import annotations

from cnnviz.control.language import tr
from cnnviz.core.network import Layer


def layer_title(layer: Layer) -> str:
    """The layer as it is called everywhere: "Conv 2", "ReLU"."""
    title = tr(layer.operation.title)
    return title if layer.ordinal is None else f"{title} {layer.ordinal}"
