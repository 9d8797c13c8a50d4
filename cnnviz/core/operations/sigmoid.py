"""torch.nn.Sigmoid: everything is squeezed between 0 and 1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.operations.activation import Activation
from cnnviz.core.problem import mark


@dataclass(frozen=True)
class Sigmoid(Activation):
    """1 / (1 + exp(−x))."""

    kind: ClassVar[str] = "Sigmoid"
    title: ClassVar[str] = mark("Sigmoid")
    formula: ClassVar[str] = "1 / (1 + exp(−{x}))"
    keeps_range: ClassVar[bool] = False

    def curve(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        return logistic(x)


def logistic(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 / (1 + exp(−x)); exp of what is not positive cannot overflow, on either side of zero."""
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1.0, small) / (1.0 + small)
