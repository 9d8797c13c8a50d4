"""x + skip: the output of an earlier layer added to the input, element by element."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.operations.base import Element, Ledger, Parameters, Shape, Taps, own_place
from cnnviz.core.operations.checks import check_maps
from cnnviz.core.problem import mark


@dataclass(frozen=True)
class Add:
    """Where a skip connection ends: He, Zhang, Ren & Sun 2015, "Deep Residual Learning".

    It is torch's ``+``, and the only operation with two inputs.  The second, ``skip``, reaches the
    ledger under that name among the parameters; nothing of it is learned.
    """

    kind: ClassVar[str] = "Add"
    title: ClassVar[str] = mark("Add")
    verb: ClassVar[str] = "add"
    numbered: ClassVar[bool] = True
    keeps_range: ClassVar[bool] = False

    def output_shape(self, shape: Shape) -> Shape:
        check_maps(shape)
        return shape

    def parameter_shapes(self, shape: Shape) -> dict[str, Shape]:
        return {}

    def operand_shapes(self, shape: Shape) -> dict[str, Shape]:
        return {"skip": shape}

    def taps(self, shape: Shape, element: Element) -> Taps:
        """Two terms at the same place: the first in the input, the second in what is added."""
        return Taps(
            inputs=np.array([element, element], dtype=np.intp),
            inside=np.ones(2, dtype=np.bool_),
            weights=None,
            bias=None,
            channels=np.array([element[0]], dtype=np.intp),
            group_shape=(2, 1),
        )

    def ledger(
        self, x: NDArray[np.floating[Any]], parameters: Parameters, element: Element
    ) -> Ledger:
        operands = np.array([x[element], parameters["skip"][element]], dtype=np.float64)
        # ∞ − ∞ of a network that has diverged is NaN, in torch too, and nothing to warn of.
        with np.errstate(invalid="ignore", over="ignore"):
            partials = np.cumsum(operands)
        return Ledger(
            taps=self.taps(x.shape, element),
            operands=operands,
            weights=None,
            terms=operands,
            partials=partials,
            subtotals=partials[-1:],
            bias=None,
            result=float(partials[-1]),
        )

    def axes(self, shape: Shape) -> None:
        return None

    def readers(self, shape: Shape, position: Element) -> NDArray[np.bool_]:
        return own_place(shape, position)
