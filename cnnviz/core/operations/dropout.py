"""torch.nn.Dropout, as the network is looked at: evaluated, where it passes everything on."""

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
from cnnviz.core.problem import Problem, mark


@dataclass(frozen=True)
class Dropout:
    """Strikes out a share ``p`` of the values while training; what is shown is the evaluation."""

    kind: ClassVar[str] = "Dropout"
    title: ClassVar[str] = mark("Dropout")
    verb: ClassVar[str] = "copy"
    numbered: ClassVar[bool] = False

    p: float = 0.5

    def __post_init__(self) -> None:
        if not 0 <= self.p < 1:
            raise Problem("p: {p} is not a share from 0 to below 1", p=self.p)

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
        return one_value_ledger(self.taps(x.shape, element), value, value)

    def readers(self, shape: Shape, position: Element) -> NDArray[np.bool_]:
        return itself(shape, position)
