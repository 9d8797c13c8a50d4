"""torch.nn.GELU: the value times the share of a normal distribution below it."""

from __future__ import annotations

from dataclasses import dataclass
from math import erf, pi, sqrt
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.operations.activation import Activation
from cnnviz.core.problem import Problem, mark


@dataclass(frozen=True)
class GELU(Activation):
    """x · Φ(x), with Φ(x) = ½ (1 + erf(x / √2)), or torch's approximation of it by tanh."""

    kind: ClassVar[str] = "GELU"
    title: ClassVar[str] = mark("GELU")
    formula: ClassVar[str] = "{x} · ½ (1 + erf({x} / √2))"

    approximate: str = "none"

    def __post_init__(self) -> None:
        if self.approximate not in ("none", "tanh"):
            raise Problem(
                "approximate: {value} is unknown; expected is one of {legal}",
                value=self.approximate,
                legal="none, tanh",
            )

    def curve(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        if self.approximate == "tanh":
            return 0.5 * x * (1.0 + np.tanh(sqrt(2.0 / pi) * (x + 0.044715 * x**3)))
        return 0.5 * x * (1.0 + _erf(x * sqrt(0.5)))

    @property
    def written(self) -> str:
        if self.approximate == "tanh":
            return "{x} · ½ (1 + tanh(√(2/π) · ({x} + 0.044715 · {x}³)))"
        return self.formula


def _erf(x: NDArray[np.float64]) -> NDArray[np.float64]:
    # numpy has none; a curve has a few hundred points.
    return np.array([erf(value) for value in x.reshape(-1).tolist()]).reshape(x.shape)
