"""Shape formulas with the numbers put in, as text that needs no translation."""

from __future__ import annotations

from cnnviz.core.network import Layer
from cnnviz.core.operations import Shape
from cnnviz.core.operations.sliding import Axis, Pair
from cnnviz.core.operations.transposed_convolution import ConvTranspose2d


def size_formula(axis: Axis) -> str:
    """⌊(I − K + 2P) / S⌋ + 1 with its numbers: "⌊(28 − 3 + 2·1) / 1⌋ + 1 = 28".

    With dilation the kernel's extent D·(K − 1) + 1 stands in K's place, as in torch.nn.Conv2d;
    where the padding differs before and behind, both stand in 2P's: "⌊(28 − 4 + 1 + 2) / 1⌋ + 1".
    """
    kernel = str(axis.kernel_size)
    if axis.dilation > 1:
        kernel = f"({axis.dilation}·({axis.kernel_size} − 1) + 1)"
    padding = f" + 2·{axis.padding}" if axis.padding else ""
    if axis.after != axis.padding:
        padding = f" + {axis.padding} + {axis.after}"
    left, right = ("⌈", "⌉") if axis.ceil_mode else ("⌊", "⌋")
    top = f"({axis.size} − {kernel}{padding})"
    return f"{left}{top} / {axis.stride}{right} + 1 = {axis.output_size}"


def layer_formula(layer: Layer) -> str:
    """The output size of a sliding layer, height and width apart where they differ; else ""."""
    if isinstance(layer.operation, ConvTranspose2d):
        return _spread_formulas(layer.operation, layer.input_shape)
    axes = layer.operation.axes(layer.input_shape)
    if axes is None:
        return ""
    rows, columns = axes
    if rows == columns:
        return size_formula(rows)
    return f"{size_formula(rows)} × {size_formula(columns)}"


def _spread_formulas(operation: ConvTranspose2d, shape: Shape) -> str:
    rows, columns = (
        spread_formula(axis, size, more)
        for axis, size, more in zip(
            operation.spread(shape), shape[1:], operation.output_padding, strict=True
        )
    )
    return rows if rows == columns else f"{rows} × {columns}"


def spread_formula(axis: Axis, size: int, output_padding: int) -> str:
    """(I − 1)·S + K − 2P + output padding with its numbers: "(7 − 1)·2 + 3 − 2·1 + 1 = 14".

    ``axis`` is the output's (see `ConvTranspose2d.spread`), ``size`` the input's.
    """
    kernel = str(axis.kernel_size)
    if axis.dilation > 1:
        kernel = f"{axis.dilation}·({axis.kernel_size} − 1) + 1"
    padding = f" − 2·{axis.padding}" if axis.padding else ""
    more = f" + {output_padding}" if output_padding else ""
    return f"({size} − 1)·{axis.stride} + {kernel}{padding}{more} = {axis.size}"


def pair_text(pair: Pair) -> str:
    """ "2" for (2, 2), "2×3" for (2, 3)."""
    return str(pair[0]) if pair[0] == pair[1] else f"{pair[0]}×{pair[1]}"


def kernel_text(pair: Pair) -> str:
    """ "3×3"."""
    return f"{pair[0]}×{pair[1]}"
