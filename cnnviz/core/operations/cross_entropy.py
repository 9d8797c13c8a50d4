"""torch.nn.CrossEntropyLoss of one sample: how unlikely the right class was thought to be."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.operations.base import Element, Ledger, Parameters, Shape
from cnnviz.core.operations.checks import check_vector
from cnnviz.core.operations.softmax import OfLogits
from cnnviz.core.problem import Problem, mark


@dataclass(frozen=True)
class CrossEntropyLoss(OfLogits):
    """−log p[target] with p = softmax(z), as torch computes it of the logits z.

    With ``label_smoothing`` ε the target counts 1 − ε only, and all of the n classes ε / n each:
    (1 − ε) · (−log p[target]) + ε / n · Σⱼ (−log p[j]).  ``target`` is the sample's right class: it
    comes with the sample, and is never written in a network's description.
    """

    kind: ClassVar[str] = "CrossEntropyLoss"
    title: ClassVar[str] = mark("CrossEntropyLoss")
    verb: ClassVar[str] = "cross_entropy"

    label_smoothing: float = 0.0
    target: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.label_smoothing <= 1:
            raise Problem(
                "label_smoothing: {value} is not a share from 0 to 1", value=self.label_smoothing
            )
        if self.target < 0:
            raise Problem("target: {target} is no class, the first is 0", target=self.target)

    def output_shape(self, shape: Shape) -> Shape:
        check_vector(shape)
        if self.target >= shape[0]:
            raise Problem(
                "target: {target} is no class, with {count} logits the last is {last}",
                target=self.target,
                count=shape[0],
                last=shape[0] - 1,
            )
        return (1,)

    def ledger(
        self, x: NDArray[np.floating[Any]], parameters: Parameters, element: Element
    ) -> Ledger:
        ledger, share = self.exponentials(x, self.target), self.label_smoothing
        assert ledger.shift is not None
        # 0 × ∞ and ∞ − ∞ of a network that has diverged are NaN, in torch too.
        with np.errstate(invalid="ignore", over="ignore"):
            logarithm = np.log(ledger.partials[-1])
            unlikely = logarithm - (ledger.operands - ledger.shift)
            loss, total = unlikely[self.target], unlikely.sum()
            smoothed = (1 - share) * loss + share / len(unlikely) * total if share else loss
        parts = {"logarithm": float(logarithm), "loss": float(loss), "total": float(total)}
        return replace(ledger, result=float(smoothed), parts=parts)
