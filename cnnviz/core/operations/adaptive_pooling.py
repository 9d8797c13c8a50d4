"""torch.nn.AdaptiveAvgPool2d and AdaptiveMaxPool2d: the output's size is given, windows follow.

Window i of n over an axis of size s reads ⌊i·s/n⌋ … ⌈(i + 1)·s/n⌉ − 1 (ATen's start_index and
end_index; the tests compare them).  Windows may overlap, and their sizes may differ by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.operations.average_pooling import mean_ledger
from cnnviz.core.operations.base import Element, Ledger, Parameters, Shape, Taps, gather
from cnnviz.core.operations.checks import check_maps, check_pairs
from cnnviz.core.operations.pooling import maximum_ledger
from cnnviz.core.operations.sliding import Axis, Pair
from cnnviz.core.problem import mark


@dataclass(frozen=True)
class AdaptivePooling:
    """The windows of both; ``output_size`` (1, 1) pools each map as a whole."""

    numbered: ClassVar[bool] = False
    keeps_range: ClassVar[bool] = True

    output_size: Pair

    def __post_init__(self) -> None:
        # torch takes 0 as well; the layers after it would have nothing to read.
        check_pairs(1, output_size=self.output_size)

    def axes(self, shape: Shape) -> tuple[Axis, Axis] | None:
        """The same windows as ones that slide, where that is what they do."""
        check_maps(shape)
        rows, columns = map(_axis, self.output_size, shape[1:])
        return None if rows is None or columns is None else (rows, columns)

    def output_shape(self, shape: Shape) -> Shape:
        check_maps(shape)
        return (shape[0], *self.output_size)

    def parameter_shapes(self, shape: Shape) -> dict[str, Shape]:
        return {}

    def taps(self, shape: Shape, element: Element) -> Taps:
        """As many taps for every element: what a smaller window does not read is a hole.

        A hole is not ``inside``, and its row and column are −1.
        """
        check_maps(shape)
        channel, *outputs = element
        rows, columns = map(_window, outputs, self.output_size, shape[1:])
        height, width = map(_largest, self.output_size, shape[1:])
        grid = np.full((height, width, 3), -1, dtype=np.intp)
        grid[..., 0] = channel
        grid[: len(rows), : len(columns), 1] = rows[:, None]
        grid[: len(rows), : len(columns), 2] = columns
        inputs = grid.reshape(-1, 3)
        channels = np.array([channel], dtype=np.intp)
        inside = inputs[:, 1] >= 0
        return Taps(inputs, inside, None, None, channels, (height, width), holes=True)

    def readers(self, shape: Shape, position: Element) -> NDArray[np.bool_]:
        check_maps(shape)
        # Window i meets position p where i·s < (p + 1)·n and p·n < (i + 1)·s: the same rule with
        # the sizes of input and output exchanged.
        rows, columns = map(_window, position[-2:], shape[1:], self.output_size)
        mask = np.zeros(self.output_size, dtype=np.bool_)
        mask[np.ix_(rows, columns)] = True
        return mask


@dataclass(frozen=True)
class AdaptiveAvgPool2d(AdaptivePooling):
    """The mean of each window."""

    kind: ClassVar[str] = "AdaptiveAvgPool2d"
    title: ClassVar[str] = mark("AdaptiveAvgPool")
    verb: ClassVar[str] = "mean"

    def ledger(
        self, x: NDArray[np.floating[Any]], parameters: Parameters, element: Element
    ) -> Ledger:
        taps = self.taps(x.shape, element)
        return mean_ledger(taps, gather(x, taps, 0.0), int(taps.inside.sum()))


@dataclass(frozen=True)
class AdaptiveMaxPool2d(AdaptivePooling):
    """The maximum of each window; equal values and NaNs as in `MaxPool2d`."""

    kind: ClassVar[str] = "AdaptiveMaxPool2d"
    title: ClassVar[str] = mark("AdaptiveMaxPool")
    verb: ClassVar[str] = "maximum"

    def ledger(
        self, x: NDArray[np.floating[Any]], parameters: Parameters, element: Element
    ) -> Ledger:
        taps = self.taps(x.shape, element)
        return maximum_ledger(taps, gather(x, taps, -np.inf))


def _window(output: int, outputs: int, size: int) -> NDArray[np.intp]:
    """The input positions that one window reads, of ``outputs`` over ``size``."""
    start, end = output * size // outputs, -(-(output + 1) * size // outputs)
    return np.arange(start, end, dtype=np.intp)


def _largest(outputs: int, size: int) -> int:
    """The size of the largest window.

    With size = step·outputs + rest, a window starts m/outputs past a whole position and ends
    step + rest/outputs further on.  The largest m is outputs − gcd(outputs, rest): with it, the
    window reaches into two positions more than ``step``, unless rest divides outputs.
    """
    step, rest = divmod(size, outputs)
    if rest == 0:
        return step
    return step + (1 if outputs % rest == 0 else 2)


def _axis(outputs: int, size: int) -> Axis | None:
    """The same windows as ones that slide, or None where no kernel and stride give them.

    With size = step·outputs + rest, window i starts at i·step + ⌊i·rest/outputs⌋.  That is i·step
    for every window if rest is 0 or 1, and then each reads step + rest positions.
    """
    step, rest = divmod(size, outputs)
    return Axis(size, step + rest, step) if step > 0 and rest <= 1 else None
