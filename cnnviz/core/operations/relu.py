"""torch.nn.ReLU: what is negative becomes zero."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.operations.activation import Activation
from cnnviz.core.problem import mark


@dataclass(frozen=True)
class ReLU(Activation):
    """max(0, x)."""

    kind: ClassVar[str] = "ReLU"
    title: ClassVar[str] = mark("ReLU")
    formula: ClassVar[str] = "max(0, {x})"

    def curve(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        # Not maximum(0, x): torch keeps a −0, and the maximum would drop it.
        return np.where(x < 0, 0.0, x)

    def slope(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.where(x > 0, 1.0, 0.0)
