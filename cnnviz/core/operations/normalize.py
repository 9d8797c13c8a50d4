"""torchvision.transforms.Normalize: each channel less a fixed mean, by a fixed deviation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.operations.base import (
    Element,
    Elementwise,
    Ledger,
    Parameters,
    Shape,
    one_value_ledger,
)
from cnnviz.core.operations.checks import check_input, check_maps, check_number
from cnnviz.core.problem import Problem, mark


@dataclass(frozen=True)
class Normalize(Elementwise):
    """(x − mean) / std, with one mean and one std a channel, or one for all channels.

    Both are given and stay as they are: nothing is learned, and no batch is looked at.  Networks
    whose weights come from elsewhere expect their pictures so.
    """

    kind: ClassVar[str] = "Normalize"
    title: ClassVar[str] = mark("Normalize")
    verb: ClassVar[str] = "standardise"
    keeps_range: ClassVar[bool] = False

    mean: tuple[float, ...] = (0.5,)
    std: tuple[float, ...] = (0.5,)

    def __post_init__(self) -> None:
        if not self.mean or len(self.mean) != len(self.std):
            raise Problem(
                "mean and std: {means} and {deviations} numbers were given, expected is one of "
                "each a channel, or one of each for all",
                means=len(self.mean),
                deviations=len(self.std),
            )
        for mean, deviation in zip(self.mean, self.std, strict=True):
            check_number(mean=mean, std=deviation)
            if deviation <= 0:
                raise Problem("std: {std} is not above 0, and it divides", std=deviation)

    def output_shape(self, shape: Shape) -> Shape:
        check_maps(shape)
        if len(self.mean) > 1:
            check_input("mean", len(self.mean), shape[0])
        return shape

    def ledger(
        self, x: NDArray[np.floating[Any]], parameters: Parameters, element: Element
    ) -> Ledger:
        place = element[0] if len(self.mean) > 1 else 0
        value, mean, deviation = float(x[element]), self.mean[place], self.std[place]
        passed = one_value_ledger(self.taps(x.shape, element), value, (value - mean) / deviation)
        return replace(passed, parts={"value": value, "mean": mean, "deviation": deviation})
