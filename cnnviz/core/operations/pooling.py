"""torch.nn.MaxPool2d: the largest value of each window, each map on its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.operations.base import Element, Ledger, Parameters, Shape, Taps, gather
from cnnviz.core.operations.checks import check_pairs
from cnnviz.core.operations.sliding import Axis, Pair, axes, window_taps, windows_reading
from cnnviz.core.problem import Problem, mark


@dataclass(frozen=True)
class SlidingPooling:
    """What pooling with a sliding window has in common, whatever it makes of a window's values.

    ``stride`` is the kernel's size where it is not given, as in torch.
    """

    numbered: ClassVar[bool] = False

    kernel_size: Pair
    stride: Pair | None = None
    padding: Pair = (0, 0)

    def __post_init__(self) -> None:
        check_pairs(1, kernel_size=self.kernel_size)
        check_pairs(0, padding=self.padding)
        check_pairs(1, stride=self.step)
        for padding, kernel in zip(self.padding, self.kernel_size, strict=True):
            if 2 * padding > kernel:
                # torch refuses more, because a window could then lie wholly in the padding.
                raise Problem(
                    "padding: {padding} is more than half of kernel_size {kernel}, at most {most} "
                    "is possible",
                    padding=padding,
                    kernel=kernel,
                    most=kernel // 2,
                )

    @property
    def step(self) -> Pair:
        """The stride that is used."""
        return self.kernel_size if self.stride is None else self.stride

    def axes(self, shape: Shape) -> tuple[Axis, Axis]:
        """How the window slides over the input's height and width."""
        raise NotImplementedError

    def output_shape(self, shape: Shape) -> Shape:
        rows, columns = self.axes(shape)
        return (shape[0], rows.output_size, columns.output_size)

    def parameter_shapes(self, shape: Shape) -> dict[str, Shape]:
        return {}

    def taps(self, shape: Shape, element: Element) -> Taps:
        channel, row, column = element
        rows, columns = self.axes(shape)
        channels = np.array([channel], dtype=np.intp)
        inputs, inside = window_taps(rows, columns, channels, row, column)
        return Taps(inputs, inside, None, None, channels, self.kernel_size)

    def readers(self, shape: Shape, position: Element) -> NDArray[np.bool_]:
        rows, columns = self.axes(shape)
        return windows_reading(rows, columns, position[-2], position[-1])


@dataclass(frozen=True)
class MaxPool2d(SlidingPooling):
    """The maximum of each window; padding counts as −∞.

    The first of equal values wins; where there are NaNs, the last of them does; both as in torch.
    """

    kind: ClassVar[str] = "MaxPool2d"
    title: ClassVar[str] = mark("MaxPool")
    verb: ClassVar[str] = "maximum"
    keeps_range: ClassVar[bool] = True

    dilation: Pair = (1, 1)
    ceil_mode: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        check_pairs(1, dilation=self.dilation)

    def axes(self, shape: Shape) -> tuple[Axis, Axis]:
        return axes(shape, self.kernel_size, self.step, self.padding, self.dilation, self.ceil_mode)

    def ledger(
        self, x: NDArray[np.floating[Any]], parameters: Parameters, element: Element
    ) -> Ledger:
        taps = self.taps(x.shape, element)
        return maximum_ledger(taps, gather(x, taps, -np.inf))


def maximum_ledger(taps: Taps, values: NDArray[np.float64]) -> Ledger:
    """The maximum of one map's values; those that are not inside are −∞."""
    return Ledger(
        taps=taps,
        operands=values,
        weights=None,
        terms=values,
        partials=np.maximum.accumulate(values),
        subtotals=values.max(keepdims=True),
        bias=None,
        result=float(values.max()),
        winner=_winner(values, taps.inside),
    )


def _winner(values: NDArray[np.float64], inside: NDArray[np.bool_]) -> int | None:
    """The term that torch's ``return_indices`` names.

    None if every tap lies in the padding, which a dilated window over a tiny input can do: torch's
    result is −∞ then, and its index points outside of the input.
    """
    nans = np.flatnonzero(np.isnan(values))
    if nans.size:
        return int(nans[-1])
    # Only what is inside can win: a −∞ of the input must not lose to the padding's.
    real = np.flatnonzero(inside)
    return int(real[np.argmax(values[real])]) if real.size else None
