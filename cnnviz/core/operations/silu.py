"""torch.nn.SiLU ("swish"): the value times its own sigmoid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.operations.activation import Activation
from cnnviz.core.operations.sigmoid import logistic
from cnnviz.core.problem import mark


@dataclass(frozen=True)
class SiLU(Activation):
    """x / (1 + exp(−x))."""

    kind: ClassVar[str] = "SiLU"
    title: ClassVar[str] = mark("SiLU")
    formula: ClassVar[str] = "{x} / (1 + exp(−{x}))"

    def curve(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        return x * logistic(x)
