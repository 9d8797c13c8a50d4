"""torch.nn.Softmax over a vector: logits become probabilities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.operations.base import Element, Ledger, Parameters, Shape, Taps
from cnnviz.core.problem import Problem, mark


@dataclass(frozen=True)
class Softmax:
    """exp(zᵢ − max z) / Σⱼ exp(zⱼ − max z); the maximum is taken off first, as torch does."""

    kind: ClassVar[str] = "Softmax"
    title: ClassVar[str] = mark("Softmax")
    verb: ClassVar[str] = "softmax"
    numbered: ClassVar[bool] = False
    keeps_range: ClassVar[bool] = False

    def output_shape(self, shape: Shape) -> Shape:
        if len(shape) != 1:
            raise Problem(
                "it needs a vector, but its input is {count} maps: put a Flatten before it",
                count=shape[0],
            )
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

    def ledger(
        self, x: NDArray[np.floating[Any]], parameters: Parameters, element: Element
    ) -> Ledger:
        logits = np.asarray(x, dtype=np.float64)
        shift = float(logits.max())
        # ∞ − ∞ of a network that has diverged is NaN, in torch too, and nothing to warn of.
        with np.errstate(invalid="ignore", over="ignore"):
            terms = np.exp(logits - shift)
        partials = np.cumsum(terms)
        return Ledger(
            taps=self.taps(x.shape, element),
            operands=logits,
            weights=None,
            terms=terms,
            partials=partials,
            subtotals=partials[-1:],
            bias=None,
            result=float(terms[element[0]] / partials[-1]),
            winner=element[0],
            shift=shift,
        )

    def axes(self, shape: Shape) -> None:
        return None

    def readers(self, shape: Shape, position: Element) -> NDArray[np.bool_]:
        return np.ones((1, shape[0]), dtype=np.bool_)
