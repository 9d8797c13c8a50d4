"""Shape formulas with the numbers put in, as text that needs no translation."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

from cnnviz.core.network import Layer
from cnnviz.core.numbers import number
from cnnviz.core.operations.sliding import Axis, Pair
from cnnviz.core.operations.transposed_convolution import ConvTranspose2d


def size_formula(axis: Axis) -> str:
    """⌊(I − K + 2P) / S⌋ + 1 with its numbers: "⌊(28 − 3 + 2·1) / 1⌋ + 1 = 28".

    With dilation the kernel's extent D·(K − 1) + 1 stands in K's place, as in torch.nn.Conv2d;
    where the padding differs before and behind, both stand in 2P's: "⌊(28 − 4 + 1 + 2) / 1⌋ + 1".
    With ceil_mode, a window that would start behind the input and its first padding is left out:
    "⌈(3 − 2) / 3⌉ + 1 − 1 = 1".
    """
    kernel = str(axis.kernel_size)
    if axis.dilation > 1:
        kernel = f"({axis.dilation}·({axis.kernel_size} − 1) + 1)"
    padding = f" + 2·{axis.padding}" if axis.padding else ""
    if axis.after != axis.padding:
        padding = f" + {axis.padding} + {axis.after}"
    left, right = ("⌈", "⌉") if axis.ceil_mode else ("⌊", "⌋")
    top = f"({axis.size} − {kernel}{padding})"
    return f"{left}{top} / {axis.stride}{right} + 1{_left_out(axis)} = {axis.output_size}"


def division_formula(axis: Axis) -> str:
    """`size_formula` with the quotient where it is no whole number: "⌊(7 − 3) / 3⌋ + 1 = ⌊1.33⌋ + 1
    = 2".
    """
    rest = quotient(axis)
    if rest.denominator == 1:
        return size_formula(axis)
    before, _, result = size_formula(axis).rpartition(" = ")
    left, right = ("⌈", "⌉") if axis.ceil_mode else ("⌊", "⌋")
    return f"{before} = {left}{_decimals(rest)}{right} + 1{_left_out(axis)} = {result}"


def quotient(axis: Axis) -> Fraction:
    """(I + 2P − D(K − 1) − 1) / S, before it is rounded."""
    return Fraction(axis.padded_size - axis.extent, axis.stride)


def windows_left_out(axis: Axis) -> int:
    """Windows that rounding up would add, and that start where there is nothing left to read."""
    return ceil(quotient(axis)) + 1 - axis.output_size if axis.ceil_mode else 0


def _left_out(axis: Axis) -> str:
    return " − 1" if windows_left_out(axis) else ""


def _decimals(value: Fraction) -> str:
    """Two digits behind the point, cut off: rounded, ⌊1.996⌋ would be ⌊2.00⌋."""
    return number(int(value * 100) / 100, 2)  # int goes towards zero


def size_formulas(layer: Layer, divided: bool = False) -> tuple[str, str] | None:
    """The output's height and width, reckoned out; None where no window slides.

    ``divided``: with the quotient, where it is no whole number.
    """
    operation, shape = layer.operation, layer.input_shape
    if isinstance(operation, ConvTranspose2d):
        rows, columns = (
            spread_formula(axis, size, more)
            for axis, size, more in zip(
                operation.spread(shape), shape[1:], operation.output_padding, strict=True
            )
        )
        return rows, columns
    axes = operation.axes(shape)
    if axes is None:
        return None
    rows, columns = map(division_formula if divided else size_formula, axes)
    return rows, columns


def layer_formula(layer: Layer) -> str:
    """The output size of a sliding layer, height and width apart where they differ; else ""."""
    found = size_formulas(layer)
    if found is None:
        return ""
    return found[0] if found[0] == found[1] else " × ".join(found)


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
