"""torch.nn.Conv2d: slide, multiply, add."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.operations.base import Element, Ledger, Parameters, Shape, Taps, gather
from cnnviz.core.operations.checks import check_count, check_input, check_pairs
from cnnviz.core.operations.products import product_ledger
from cnnviz.core.operations.sliding import Axis, Pair, axes, window_taps, windows_reading
from cnnviz.core.problem import Problem, mark


@dataclass(frozen=True)
class Conv2d:
    """Cross-correlation with learned kernels, zero padded, as torch.nn.Conv2d computes it."""

    kind: ClassVar[str] = "Conv2d"
    title: ClassVar[str] = mark("Conv")
    verb: ClassVar[str] = "sum"
    numbered: ClassVar[bool] = True

    in_channels: int
    out_channels: int
    kernel_size: Pair
    stride: Pair = (1, 1)
    padding: Pair = (0, 0)
    dilation: Pair = (1, 1)
    groups: int = 1
    bias: bool = True

    def __post_init__(self) -> None:
        check_count("in_channels", self.in_channels)
        check_count("out_channels", self.out_channels)
        check_count("groups", self.groups)
        check_pairs(1, kernel_size=self.kernel_size, stride=self.stride, dilation=self.dilation)
        check_pairs(0, padding=self.padding)
        if self.in_channels % self.groups or self.out_channels % self.groups:
            raise Problem(
                "groups: {groups} does not divide in_channels {inputs} and out_channels {outputs}",
                groups=self.groups,
                inputs=self.in_channels,
                outputs=self.out_channels,
            )

    def axes(self, shape: Shape) -> tuple[Axis, Axis]:
        """How the kernel slides over the input's height and width."""
        return axes(shape, self.kernel_size, self.stride, self.padding, self.dilation)

    def output_shape(self, shape: Shape) -> Shape:
        rows, columns = self.axes(shape)
        check_input("in_channels", self.in_channels, shape[0])
        return (self.out_channels, rows.output_size, columns.output_size)

    def parameter_shapes(self, shape: Shape) -> dict[str, Shape]:
        shapes: dict[str, Shape] = {
            "weight": (self.out_channels, self.in_channels // self.groups, *self.kernel_size)
        }
        if self.bias:
            shapes["bias"] = (self.out_channels,)
        return shapes

    def taps(self, shape: Shape, element: Element) -> Taps:
        channel, row, column = element
        rows, columns = self.axes(shape)
        width = self.in_channels // self.groups
        first = channel // (self.out_channels // self.groups) * width
        channels = np.arange(first, first + width, dtype=np.intp)
        inputs, inside = window_taps(rows, columns, channels, row, column)
        kernel = np.indices((1, width, *self.kernel_size)).reshape(4, -1).T.astype(np.intp)
        kernel[:, 0] = channel
        bias = (channel,) if self.bias else None
        return Taps(inputs, inside, kernel, bias, channels, self.kernel_size)

    def ledger(
        self, x: NDArray[np.floating[Any]], parameters: Parameters, element: Element
    ) -> Ledger:
        taps = self.taps(x.shape, element)
        return product_ledger(taps, gather(x, taps, 0.0), parameters)

    def readers(self, shape: Shape, position: Element) -> NDArray[np.bool_]:
        rows, columns = self.axes(shape)
        return windows_reading(rows, columns, position[-2], position[-1])
