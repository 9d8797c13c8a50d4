"""torch.nn.Flatten: maps laid out as one vector, channel by channel and row by row."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.operations.base import (
    Element,
    Ledger,
    Parameters,
    Shape,
    Taps,
    one_value_ledger,
    single_tap,
)
from cnnviz.core.problem import mark


@dataclass(frozen=True)
class Flatten:
    """Copies every value to its place in the vector (C order, as torch does)."""

    kind: ClassVar[str] = "Flatten"
    title: ClassVar[str] = mark("Flatten")
    verb: ClassVar[str] = "copy"
    numbered: ClassVar[bool] = False
    keeps_range: ClassVar[bool] = True

    def output_shape(self, shape: Shape) -> Shape:
        return (prod(shape),)

    def parameter_shapes(self, shape: Shape) -> dict[str, Shape]:
        return {}

    def taps(self, shape: Shape, element: Element) -> Taps:
        return single_tap(tuple(int(i) for i in np.unravel_index(element[0], shape)))

    def ledger(
        self, x: NDArray[np.floating[Any]], parameters: Parameters, element: Element
    ) -> Ledger:
        taps = self.taps(x.shape, element)
        value = float(x[tuple(taps.inputs[0])])
        return one_value_ledger(taps, value, value)

    def axes(self, shape: Shape) -> None:
        return None

    def readers(self, shape: Shape, position: Element) -> NDArray[np.bool_]:
        readers = np.zeros((1, prod(shape)), dtype=np.bool_)
        readers[0, np.ravel_multi_index(position, shape)] = True
        return readers
