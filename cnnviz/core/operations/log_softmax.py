"""torch.nn.LogSoftmax over a vector: logits become logarithms of probabilities."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.operations.base import Element, Ledger, Parameters
from cnnviz.core.operations.softmax import OfLogits
from cnnviz.core.problem import mark


@dataclass(frozen=True)
class LogSoftmax(OfLogits):
    """zᵢ − max z − log Σⱼ exp(zⱼ − max z).

    The logarithm of a small probability keeps its digits this way, where that of Softmax's rounded
    output would lose them, or be that of 0.
    """

    kind: ClassVar[str] = "LogSoftmax"
    title: ClassVar[str] = mark("LogSoftmax")
    verb: ClassVar[str] = "log_softmax"

    def ledger(
        self, x: NDArray[np.floating[Any]], parameters: Parameters, element: Element
    ) -> Ledger:
        ledger = self.exponentials(x, element[0])
        assert ledger.shift is not None
        logarithm = float(np.log(ledger.partials[-1]))
        result = float(ledger.operands[element]) - ledger.shift - logarithm
        return replace(ledger, result=result, parts={"logarithm": logarithm})
