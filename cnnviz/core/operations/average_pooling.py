"""torch.nn.AvgPool2d: the mean of each window, each map on its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.operations.base import Element, Ledger, Parameters, Shape, Taps, gather
from cnnviz.core.operations.pooling import SlidingPooling
from cnnviz.core.operations.sliding import Axis, axes
from cnnviz.core.problem import Problem, mark


@dataclass(frozen=True)
class AvgPool2d(SlidingPooling):
    """The sum of each window over how many positions it covers; padding counts as 0.

    With ``count_include_pad`` the covered positions are those in the input and its padding, without
    it those in the input alone; ``divisor_override`` stands in place of either.
    """

    kind: ClassVar[str] = "AvgPool2d"
    title: ClassVar[str] = mark("AvgPool")
    verb: ClassVar[str] = "mean"

    ceil_mode: bool = False
    count_include_pad: bool = True
    divisor_override: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.divisor_override == 0:
            raise Problem(
                "divisor_override: nothing can be divided by {divisor}, the nearest possible is 1",
                divisor=self.divisor_override,
            )

    @property
    def keeps_range(self) -> bool:
        return self.divisor_override is None  # another divisor may make more of the values

    def axes(self, shape: Shape) -> tuple[Axis, Axis]:
        return axes(shape, self.kernel_size, self.step, self.padding, (1, 1), self.ceil_mode)

    def ledger(
        self, x: NDArray[np.floating[Any]], parameters: Parameters, element: Element
    ) -> Ledger:
        taps = self.taps(x.shape, element)
        return mean_ledger(taps, gather(x, taps, 0.0), self._divisor(x.shape, element))

    def _divisor(self, shape: Shape, element: Element) -> int:
        """What torch divides by (ATen's cpu_avg_pool; the tests compare them)."""
        if self.divisor_override is not None:
            return self.divisor_override
        covered = 1
        for axis, output in zip(self.axes(shape), element[1:], strict=True):
            # With ceil_mode a window reaches past the padding too: that is never counted.
            counted = axis.padding if self.count_include_pad else 0
            reads = axis.reads(output)
            covered *= int(np.sum((reads >= -counted) & (reads < axis.size + counted)))
        return covered


def mean_ledger(taps: Taps, operands: NDArray[np.float64], divisor: int) -> Ledger:
    """Σ operands / divisor of one map, in float64, in the order of the taps."""
    # ∞ − ∞ of a network that has diverged is NaN, in torch too, and nothing to warn of.
    with np.errstate(invalid="ignore", over="ignore"):
        partials = np.cumsum(operands)
    return Ledger(
        taps=taps,
        operands=operands,
        weights=None,
        terms=operands,
        partials=partials,
        subtotals=partials[-1:],
        bias=None,
        result=float(partials[-1]) / divisor,
        divisor=float(divisor),
    )
