"""torch.nn.LeakyReLU: what is negative becomes small."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.operations.activation import Activation
from cnnviz.core.problem import Problem, mark


@dataclass(frozen=True)
class LeakyReLU(Activation):
    """max(0, x) + negative_slope · min(0, x)."""

    kind: ClassVar[str] = "LeakyReLU"
    title: ClassVar[str] = mark("LeakyReLU")
    formula: ClassVar[str] = "max(0, {x}) + {slope}·min(0, {x})"

    negative_slope: float = 0.01

    def __post_init__(self) -> None:
        if not 0 <= self.negative_slope <= 1:
            # torch takes any; beyond these it would be no rectifier, and leave its input's range.
            raise Problem("negative_slope: {slope} is not from 0 to 1", slope=self.negative_slope)

    def curve(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.where(x > 0, x, x * self.negative_slope)

    def slope(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.where(x > 0, 1.0, self.negative_slope)

    @property
    def written(self) -> str:
        return self.formula.replace("{slope}", f"{self.negative_slope:g}")
