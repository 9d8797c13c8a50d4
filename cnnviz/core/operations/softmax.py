"""torch.nn.Softmax over a vector: logits become probabilities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.operations.base import Element, Ledger, Parameters, Shape, Taps
from cnnviz.core.operations.checks import check_vector
from cnnviz.core.problem import mark


class OfLogits:
    """What operations have in common that read the exponentials of all logits for each output."""

    numbered: ClassVar[bool] = False
    keeps_range: ClassVar[bool] = False

    def output_shape(self, shape: Shape) -> Shape:
        check_vector(shape)
        return shape

    def parameter_shapes(self, shape: Shape) -> dict[str, Shape]:
        return {}

    def taps(self, shape: Shape, element: Element) -> Taps:
        return Taps(
            inputs=np.arange(shape[0], dtype=np.intp)[:, None],
            inside=np.ones(shape[0], dtype=np.bool_),
            weights=None,
            bias=None,
            channels=np.zeros(1, dtype=np.intp),
            group_shape=(1, shape[0]),
        )

    def exponentials(self, x: NDArray[np.floating[Any]], chosen: int) -> Ledger:
        """Σⱼ exp(zⱼ − max z), term by term; the maximum is taken off first, as torch does.

        Parameters
        ----------
        chosen
            The logit that the output is about; its ``result`` is still its share of the sum.
        """
        logits = np.asarray(x, dtype=np.float64)
        shift = float(logits.max())
        # ∞ − ∞ of a network that has diverged is NaN, in torch too, and nothing to warn of.
        with np.errstate(invalid="ignore", over="ignore"):
            terms = np.exp(logits - shift)
        partials = np.cumsum(terms)
        return Ledger(
            taps=self.taps(x.shape, (0,)),
            operands=logits,
            weights=None,
            terms=terms,
            partials=partials,
            subtotals=partials[-1:],
            bias=None,
            result=float(terms[chosen] / partials[-1]),
            winner=chosen,
            shift=shift,
        )

    def axes(self, shape: Shape) -> None:
        return None

    def readers(self, shape: Shape, position: Element) -> NDArray[np.bool_]:
        return np.ones((1, *self.output_shape(shape)), dtype=np.bool_)


@dataclass(frozen=True)
class Softmax(OfLogits):
    """exp(zᵢ − max z) / Σⱼ exp(zⱼ − max z)."""

    kind: ClassVar[str] = "Softmax"
    title: ClassVar[str] = mark("Softmax")
    verb: ClassVar[str] = "softmax"

    def ledger(
        self, x: NDArray[np.floating[Any]], parameters: Parameters, element: Element
    ) -> Ledger:
        return self.exponentials(x, element[0])
