"""How layers are called in the window's language."""

from __future__ import annotations

from cnnviz.control.language import tr
from cnnviz.core.network import Layer
from cnnviz.core.numbers import shape
from cnnviz.core.operations import Conv2d, MaxPool2d
from cnnviz.core.scenes.formula import kernel_text, layer_formula, pair_text


def layer_name(layer: Layer) -> str:
    """ "Conv 2", "ReLU"."""
    title = tr(layer.operation.title)
    return title if layer.ordinal is None else f"{title} {layer.ordinal}"


def geometry(layer: Layer) -> str:
    """Such as "3×3, stride 1, padding 1"; the shapes before and after where nothing slides."""
    operation = layer.operation
    if not isinstance(operation, Conv2d | MaxPool2d):
        return f"{shape(layer.input_shape)} → {shape(layer.output_shape)}"
    stride = operation.step if isinstance(operation, MaxPool2d) else operation.stride
    parts = [kernel_text(operation.kernel_size), tr("stride {stride}", stride=pair_text(stride))]
    if any(operation.padding):
        parts.append(tr("padding {padding}", padding=pair_text(operation.padding)))
    if operation.dilation != (1, 1):
        parts.append(tr("dilation {dilation}", dilation=pair_text(operation.dilation)))
    return ", ".join(parts)


def formula(layer: Layer) -> str:
    """ "output ⌊(28 − 3 + 2·1) / 1⌋ + 1 = 28"; "" for a layer that does not slide."""
    text = layer_formula(layer)
    return tr("output {formula}", formula=text) if text else ""
