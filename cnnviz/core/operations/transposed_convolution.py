"""torch.nn.ConvTranspose2d: every input lays the kernel on the output; what overlaps is added up.

Looked at from one output element, each tap of the kernel brings at most one position of the input:
the one whose kernel lies on the element with this tap.  With a stride many taps bring none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.operations.base import Element, Ledger, Parameters, Shape, Taps, gather
from cnnviz.core.operations.checks import (
    check_count,
    check_groups,
    check_input,
    check_maps,
    check_pairs,
)
from cnnviz.core.operations.products import product_ledger
from cnnviz.core.operations.sliding import Axis, Pair
from cnnviz.core.problem import Problem, mark

NO_HEIGHT = mark(
    "padding: {padding} is too large: of an output {full} high at most {most} can be cut off at "
    "each end"
)
NO_WIDTH = mark(
    "padding: {padding} is too large: of an output {full} wide at most {most} can be cut off at "
    "each end"
)


@dataclass(frozen=True)
class ConvTranspose2d:
    """The transpose of a cross-correlation, as torch.nn.ConvTranspose2d computes it.

    ``padding`` cuts rows and columns off the output; ``output_padding`` lets some more of it stand
    at its end.
    """

    kind: ClassVar[str] = "ConvTranspose2d"
    title: ClassVar[str] = mark("ConvTranspose")
    verb: ClassVar[str] = "sum"
    numbered: ClassVar[bool] = True
    keeps_range: ClassVar[bool] = False

    in_channels: int
    out_channels: int
    kernel_size: Pair
    stride: Pair = (1, 1)
    padding: Pair = (0, 0)
    output_padding: Pair = (0, 0)
    groups: int = 1
    bias: bool = True
    dilation: Pair = (1, 1)

    def __post_init__(self) -> None:
        check_count("in_channels", self.in_channels)
        check_count("out_channels", self.out_channels)
        check_groups(self.groups, self.in_channels, self.out_channels)
        check_pairs(1, kernel_size=self.kernel_size, stride=self.stride, dilation=self.dilation)
        check_pairs(0, padding=self.padding, output_padding=self.output_padding)
        for i, value in enumerate(self.output_padding):
            most = max(self.stride[i], self.dilation[i]) - 1
            if value > most:
                raise Problem(
                    "output_padding: {value} is not smaller than stride {stride} or dilation "
                    "{dilation}: at most {most} is possible",
                    value=value,
                    stride=self.stride[i],
                    dilation=self.dilation[i],
                    most=most,
                )

    def axes(self, shape: Shape) -> None:
        return None  # no window slides over the input; see `spread`

    def spread(self, shape: Shape) -> tuple[Axis, Axis]:
        """How the kernel slides over the *output*: window i is where input position i lays it.

        With more output padding than stride, windows beyond the last input position would fit; no
        input lays them.

        Raises
        ------
        Problem
            If the padding cuts the whole output off.
        """
        check_maps(shape)
        found = []
        for i, sentence in enumerate((NO_HEIGHT, NO_WIDTH)):
            stride, dilation, kernel = self.stride[i], self.dilation[i], self.kernel_size[i]
            full = (shape[1 + i] - 1) * stride + dilation * (kernel - 1) + 1
            full += self.output_padding[i]
            size, padding = full - 2 * self.padding[i], self.padding[i]
            if size < 1:
                raise Problem(sentence, padding=padding, full=full, most=(full - 1) // 2)
            found.append(Axis(size, kernel, stride, padding, dilation))
        return found[0], found[1]

    def output_shape(self, shape: Shape) -> Shape:
        rows, columns = self.spread(shape)
        check_input("in_channels", self.in_channels, shape[0])
        return (self.out_channels, rows.size, columns.size)

    def parameter_shapes(self, shape: Shape) -> dict[str, Shape]:
        width = self.out_channels // self.groups
        shapes: dict[str, Shape] = {"weight": (self.in_channels, width, *self.kernel_size)}
        if self.bias:
            shapes["bias"] = (self.out_channels,)
        return shapes

    def taps(self, shape: Shape, element: Element) -> Taps:
        """A term for each input channel of the group and each tap of the kernel.

        A tap that no input position lays on the element is a hole: not ``inside``, and its row and
        column are −1.
        """
        channel, row, column = element
        rows, columns = self.spread(shape)
        outputs, inputs = self.out_channels // self.groups, self.in_channels // self.groups
        group = channel // outputs
        channels = np.arange(group * inputs, (group + 1) * inputs, dtype=np.intp)
        grid = np.full((inputs, *self.kernel_size, 3), -1, dtype=np.intp)
        grid[..., 0] = channels[:, None, None]
        above, left = _layers(rows, row, shape[1]), _layers(columns, column, shape[2])
        real = (above >= 0)[:, None] & (left >= 0)
        grid[..., 1] = np.where(real, above[:, None], -1)
        grid[..., 2] = np.where(real, left, -1)
        places = grid.reshape(-1, 3)
        kernel = np.indices((inputs, 1, *self.kernel_size)).reshape(4, -1).T.astype(np.intp)
        kernel[:, 0] = places[:, 0]
        kernel[:, 1] = channel % outputs
        bias = (channel,) if self.bias else None
        inside = places[:, 1] >= 0
        return Taps(places, inside, kernel, bias, channels, self.kernel_size, holes=True)

    def ledger(
        self, x: NDArray[np.floating[Any]], parameters: Parameters, element: Element
    ) -> Ledger:
        taps = self.taps(x.shape, element)
        return product_ledger(taps, gather(x, taps, 0.0), parameters)

    def readers(self, shape: Shape, position: Element) -> NDArray[np.bool_]:
        rows, columns = self.spread(shape)
        mask = np.zeros((rows.size, columns.size), dtype=np.bool_)
        mask[np.ix_(_covered(rows, position[-2]), _covered(columns, position[-1]))] = True
        return mask

    def touched(self, shape: Shape, tap_row: int, tap_column: int) -> NDArray[np.bool_]:
        """(height, width) mask of the input positions that lay one tap of the kernel on an output.

        All but those whose tap falls on what the padding cuts off.
        """
        rows, columns = self.spread(shape)
        above, left = (
            np.array([0 <= axis.reads(i)[tap] < axis.size for i in range(count)], dtype=np.bool_)
            for axis, tap, count in (
                (rows, tap_row, shape[1]),
                (columns, tap_column, shape[2]),
            )
        )
        return above[:, None] & left

    def kernels(self, weight: NDArray[np.floating[Any]]) -> NDArray[np.floating[Any]]:
        """(out_channels, in_channels / groups, rows, columns) the weight, as Conv2d lays it out."""
        outputs, inputs = self.out_channels // self.groups, self.in_channels // self.groups
        grouped = weight.reshape(self.groups, inputs, outputs, *self.kernel_size)
        return grouped.swapaxes(1, 2).reshape(self.out_channels, inputs, *self.kernel_size)


def _layers(axis: Axis, output: int, size: int) -> NDArray[np.intp]:
    """(kernel_size,) the input position that lays each tap on an output position; −1 for none."""
    taps = axis.dilation * np.arange(axis.kernel_size, dtype=np.intp)
    inputs, rest = np.divmod(output + axis.padding - taps, axis.stride)
    return np.where((rest == 0) & (inputs >= 0) & (inputs < size), inputs, -1)


def _covered(axis: Axis, position: int) -> NDArray[np.intp]:
    """The output positions that one input position lays the kernel on."""
    covered = axis.reads(position)
    return covered[(covered >= 0) & (covered < axis.size)]
