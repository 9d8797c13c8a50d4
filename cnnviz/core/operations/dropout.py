"""torch.nn.Dropout: evaluated it passes everything on; with a mask, what training makes of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
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
    """Strikes out a share ``p`` of the values while training, and divides the others by 1 − p.

    A network is looked at as it is evaluated, where nothing is struck out.  Where the parameters
    hold a "mask" of the input's shape, 0 for what is struck out and 1 for what is kept, the ledger
    is that of training.
    """

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
        value, taps = float(x[element]), self.taps(x.shape, element)
        if "mask" not in parameters:
            return one_value_ledger(taps, value, value)
        mask = float(parameters["mask"][element])
        # As torch does: the mask is divided first, and 0 × ∞ is NaN.
        passed = one_value_ledger(taps, value, value * (mask / (1 - self.p)))
        return replace(passed, divisor=1 - self.p, parts={"mask": mask})
