"""torch.nn.ReLU: what is negative becomes zero."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.operations.base import (
    Element,
    Ledger,
    Parameters,
    Shape,
    Taps,
    itself,
    one_value_ledger,
    single_tap,
)
from cnnviz.core.problem import mark


@dataclass(frozen=True)
class ReLU:
    """max(0, x), element by element."""

    kind: ClassVar[str] = "ReLU"
    title: ClassVar[str] = mark("ReLU")
    verb: ClassVar[str] = "value"
    numbered: ClassVar[bool] = False

    def output_shape(self, shape: Shape) -> Shape:
        return shape

    def parameter_shapes(self, shape: Shape) -> dict[str, Shape]:
        return {}

    def taps(self, shape: Shape, element: Element) -> Taps:
        return single_tap(element)

    def ledger(
        self, x: NDArray[np.floating[Any]], parameters: Parameters, element: Element
    ) -> Ledger:
        value = float(x[element])
        # Not max(0, x): torch keeps a NaN and a −0, and Python's max would drop them.
        return one_value_ledger(self.taps(x.shape, element), value, 0.0 if value < 0 else value)

    def readers(self, shape: Shape, position: Element) -> NDArray[np.bool_]:
        return itself(shape, position)
