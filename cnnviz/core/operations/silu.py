"""torch.nn.SiLU ("swish"): the value times its own sigmoid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.operations.activation import Activation
from cnnviz.core.problem import mark


@dataclass(frozen=True)
class SiLU(Activation):
    """x / (1 + exp(−x))."""

    kind: ClassVar[str] = "SiLU"
    title: ClassVar[str] = mark("SiLU")
    formula: ClassVar[str] = "{x} / (1 + exp(−{x}))"

    def curve(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        small = np.exp(-np.abs(x))
        return x * (np.where(x >= 0, 1.0, small) / (1.0 + small))
