"""torch.nn.Conv2d: slide, multiply, add."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.operations.base import Element, Ledger, Parameters, Shape, Taps, gather
from cnnviz.core.operations.checks import (
    check_count,
    check_groups,
    check_input,
    check_pairs,
)
from cnnviz.core.operations.products import product_ledger
from cnnviz.core.operations.sliding import (
    PADDING_MODES,
    Axis,
    Pair,
    axes,
    window_sources,
    window_taps,
    windows_reading,
)
from cnnviz.core.problem import Problem, mark

TOO_MUCH_HEIGHT = mark(
    "padding: {padding} is too large for padding_mode {mode}: with a height of {size} at most "
    "{most} is possible"
)
TOO_MUCH_WIDTH = mark(
    "padding: {padding} is too large for padding_mode {mode}: with a width of {size} at most "
    "{most} is possible"
)


@dataclass(frozen=True)
class Conv2d:
    """Cross-correlation with learned kernels, as torch.nn.Conv2d computes it.

    ``padding`` may also be "valid" (none) or "same" (as much as keeps the size); ``padding_mode``
    says what stands in it.  With ``flipped`` the kernel is turned by 180° before it is laid on, as
    textbooks define convolution; torch has no such option.
    """

    kind: ClassVar[str] = "Conv2d"
    title: ClassVar[str] = mark("Conv")
    verb: ClassVar[str] = "sum"
    numbered: ClassVar[bool] = True
    keeps_range: ClassVar[bool] = False

    in_channels: int
    out_channels: int
    kernel_size: Pair
    stride: Pair = (1, 1)
    padding: Pair | str = (0, 0)
    dilation: Pair = (1, 1)
    groups: int = 1
    bias: bool = True
    padding_mode: str = "zeros"
    flipped: bool = False

    def __post_init__(self) -> None:
        check_count("in_channels", self.in_channels)
        check_count("out_channels", self.out_channels)
        check_groups(self.groups, self.in_channels, self.out_channels)
        check_pairs(1, kernel_size=self.kernel_size, stride=self.stride, dilation=self.dilation)
        self._check_padding()

    def _check_padding(self) -> None:
        if not isinstance(self.padding, str):
            check_pairs(0, padding=self.padding)
        elif self.padding not in ("valid", "same"):
            raise Problem(
                'padding: "{value}" is unknown; expected are whole numbers, "valid" or "same"',
                value=self.padding[:60],
            )
        elif self.padding == "same" and self.stride != (1, 1):
            # With larger steps the output cannot have the input's size, and torch refuses too.
            raise Problem(
                'padding: "same" needs stride 1, but stride is {stride}', stride=max(self.stride)
            )
        if self.padding_mode not in PADDING_MODES:
            raise Problem(
                'padding_mode: "{value}" is unknown; expected is one of {legal}',
                value=self.padding_mode[:60],
                legal=", ".join(PADDING_MODES),
            )

    @property
    def margins(self) -> tuple[Pair, Pair]:
        """(height, width) of the padding before the input, and of that behind it.

        Of an odd number, "same" puts the larger half behind, as torch does.
        """
        if not isinstance(self.padding, str):
            return self.padding, self.padding
        if self.padding == "valid":
            return (0, 0), (0, 0)
        rows, columns = (
            dilation * (kernel - 1)
            for kernel, dilation in zip(self.kernel_size, self.dilation, strict=True)
        )
        return (rows // 2, columns // 2), (rows - rows // 2, columns - columns // 2)

    def axes(self, shape: Shape) -> tuple[Axis, Axis]:
        """How the kernel slides over the input's height and width.

        Raises
        ------
        Problem
            If it does not fit, or the padding would repeat more of the input than there is.
        """
        before, after = self.margins
        rows, columns = axes(
            shape,
            self.kernel_size,
            self.stride,
            before,
            self.dilation,
            padding_after=after,
            padding_mode=self.padding_mode,
        )
        for axis, sentence in ((rows, TOO_MUCH_HEIGHT), (columns, TOO_MUCH_WIDTH)):
            most = _most_repeated(axis)
            padding = max(axis.padding, axis.after)
            if padding > most:
                raise Problem(
                    sentence,
                    padding=f'{padding} ("same")' if self.padding == "same" else padding,
                    mode=self.padding_mode,
                    size=axis.size,
                    most=most,
                )
        return rows, columns

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
        if self.flipped:
            kernel[:, 2:] = np.array(self.kernel_size) - 1 - kernel[:, 2:]
        bias = (channel,) if self.bias else None
        sources = window_sources(rows, columns, inputs)
        return Taps(inputs, inside, kernel, bias, channels, self.kernel_size, sources)

    def ledger(
        self, x: NDArray[np.floating[Any]], parameters: Parameters, element: Element
    ) -> Ledger:
        taps = self.taps(x.shape, element)
        return product_ledger(taps, gather(x, taps, 0.0), parameters)

    def readers(self, shape: Shape, position: Element) -> NDArray[np.bool_]:
        rows, columns = self.axes(shape)
        return windows_reading(rows, columns, position[-2], position[-1])


def _most_repeated(axis: Axis) -> float:
    """The most padding at one end that torch.nn.functional.pad can fill from the input."""
    # Mirroring leaves the element at the edge out; going around ends where it began.
    most = {"reflect": axis.size - 1, "circular": axis.size}
    return most.get(axis.padding_mode, inf)
