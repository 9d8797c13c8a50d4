"""torch.nn.Tanh: everything is squeezed between −1 and 1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.operations.activation import Activation
from cnnviz.core.problem import mark


@dataclass(frozen=True)
class Tanh(Activation):
    """(exp(x) − exp(−x)) / (exp(x) + exp(−x))."""

    kind: ClassVar[str] = "Tanh"
    title: ClassVar[str] = mark("Tanh")
    formula: ClassVar[str] = "(exp({x}) − exp(−{x})) / (exp({x}) + exp(−{x}))"

    def curve(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.tanh(x)
