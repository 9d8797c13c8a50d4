"""How layers are called in the window's language."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnnviz.control.language import tr
from cnnviz.core.network import Layer
from cnnviz.core.numbers import shape, thousands
from cnnviz.core.operations import Conv2d
from cnnviz.core.operations.sliding import Axis
from cnnviz.core.operations.transposed_convolution import ConvTranspose2d
from cnnviz.core.problem import mark
from cnnviz.core.scenes.formula import kernel_text, layer_formula, pair_text


def called(names: tuple[str, ...], index: int) -> str:
    """What a class is called in the window's language: "cat"; its number where it has no name."""
    name = names[index] if index < len(names) else str(index)
    # A folder's name may be anything, and would be filled in where it has braces.
    return name if {"{", "}"} & set(name) else tr(name)


def class_number(names: tuple[str, ...], index: int) -> str:
    """The number of a class, and its name where that is another: "3 (cat)"."""
    name = called(names, index)
    return name if name == str(index) else f"{index} ({name})"


def layer_name(layer: Layer) -> str:
    """ "Conv 2", "ReLU"."""
    title = tr(layer.operation.title)
    return title if layer.ordinal is None else f"{title} {layer.ordinal}"


def struck_text(struck: NDArray[np.bool_]) -> str:
    """How many neurons a dropout strikes out, with the stroke that they are drawn with."""
    count = int(np.count_nonzero(struck))
    return tr("╱ struck out: {count} of {total}", count=thousands(count),
              total=thousands(struck.size))  # fmt: skip


def geometry(layer: Layer) -> str:
    """Such as "3×3, stride 1, padding 1"; the shapes before and after where nothing slides."""
    if isinstance(layer.operation, ConvTranspose2d):
        return _spread(layer.operation)
    axes = layer.operation.axes(layer.input_shape)
    if axes is None:
        return f"{shape(layer.input_shape)} → {shape(layer.output_shape)}"
    rows, columns = axes
    stride = (rows.stride, columns.stride)
    dilation = (rows.dilation, columns.dilation)
    parts = [
        kernel_text((rows.kernel_size, columns.kernel_size)),
        tr("stride {stride}", stride=pair_text(stride)),
    ]
    if rows.padded_size > rows.size or columns.padded_size > columns.size:
        parts.append(_padding(layer, rows, columns))
    if dilation != (1, 1):
        parts.append(tr("dilation {dilation}", dilation=pair_text(dilation)))
    if isinstance(layer.operation, Conv2d) and layer.operation.flipped:
        parts.append(tr("flipped kernel"))
    return ", ".join(parts)


def _spread(operation: ConvTranspose2d) -> str:
    parts = [
        kernel_text(operation.kernel_size),
        tr("stride {stride}", stride=pair_text(operation.stride)),
    ]
    if any(operation.padding):
        parts.append(tr("padding {padding}", padding=pair_text(operation.padding)))
    if any(operation.output_padding):
        padding = pair_text(operation.output_padding)
        parts.append(tr("output padding {padding}", padding=padding))
    if operation.dilation != (1, 1):
        parts.append(tr("dilation {dilation}", dilation=pair_text(operation.dilation)))
    return ", ".join(parts)


_PADDINGS = {
    "zeros": (mark("padding {padding}"), mark("padding same")),
    "reflect": (mark("padding {padding} reflect"), mark("padding same reflect")),
    "replicate": (mark("padding {padding} replicate"), mark("padding same replicate")),
    "circular": (mark("padding {padding} circular"), mark("padding same circular")),
}
"""What is said of each padding mode, with a number and where torch works the number out."""


def _padding(layer: Layer, rows: Axis, columns: Axis) -> str:
    numbered, same = _PADDINGS[rows.padding_mode]
    if isinstance(layer.operation, Conv2d) and layer.operation.padding == "same":
        return tr(same)
    return tr(numbered, padding=pair_text((rows.padding, columns.padding)))


def formula(layer: Layer) -> str:
    """ "output ⌊(28 − 3 + 2·1) / 1⌋ + 1 = 28"; "" for a layer that does not slide."""
    text = layer_formula(layer)
    return tr("output {formula}", formula=text) if text else ""
