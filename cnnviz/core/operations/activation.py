"""What activations have in common: one value in, one value out, along a curve."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.operations.base import (
    Element,
    Elementwise,
    Ledger,
    Parameters,
    one_value_ledger,
)


class Activation(Elementwise):
    """An operation that is described by its curve; a subclass gives its formula and the curve."""

    kind: ClassVar[str]
    title: ClassVar[str]
    verb: ClassVar[str] = "value"
    formula: ClassVar[str]
    """How the result comes from ``{x}``, in signs that need no translation."""

    def curve(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """The result for every value of ``x``, in float64, as torch computes it."""
        raise NotImplementedError

    def slope(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """The derivative of `curve` for every finite ``x``, to 1e-8; what has a kink gives its own.

        It is what a gradient is multiplied with on its way back.
        """
        step = 1e-5 * np.maximum(1.0, np.abs(x))
        return (self.curve(x + step) - self.curve(x - step)) / (2 * step)

    @property
    def written(self) -> str:
        """`formula` with the numbers of this operation put in."""
        return self.formula

    def ledger(
        self, x: NDArray[np.floating[Any]], parameters: Parameters, element: Element
    ) -> Ledger:
        value = float(x[element])
        # 0 × ∞ of a network that has diverged is NaN, in torch too, and nothing to warn of.
        with np.errstate(invalid="ignore", over="ignore"):
            result = float(self.curve(np.array([value], dtype=np.float64))[0])
        return one_value_ledger(self.taps(x.shape, element), value, result)
