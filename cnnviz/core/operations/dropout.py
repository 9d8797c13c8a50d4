"""torch.nn.Dropout, as the network is looked at: evaluated, where it passes everything on."""

from __future__ import annotations

from dataclasses import dataclass
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
from cnnviz.core.problem import Problem, mark


@dataclass(frozen=True)
class Dropout(Elementwise):
    """Strikes out a share ``p`` of the values while training; what is shown is the evaluation."""

    kind: ClassVar[str] = "Dropout"
    title: ClassVar[str] = mark("Dropout")
    verb: ClassVar[str] = "copy"

    p: float = 0.5

    def __post_init__(self) -> None:
        if not 0 <= self.p < 1:
            raise Problem("p: {p} is not a share from 0 to below 1", p=self.p)

    def ledger(
        self, x: NDArray[np.floating[Any]], parameters: Parameters, element: Element
    ) -> Ledger:
        value = float(x[element])
        return one_value_ledger(self.taps(x.shape, element), value, value)
