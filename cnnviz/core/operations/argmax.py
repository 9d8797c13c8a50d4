"""torch.argmax along an axis: not the largest value, but its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.operations.base import Element, Ledger, Parameters, Shape, Taps, spatial
from cnnviz.core.problem import Problem, mark


@dataclass(frozen=True)
class Argmax:
    """Where along ``axis`` the largest value stands; the output has that axis no more.

    Axes are counted without the batch's: of maps, 0 is the channel, 1 the row and 2 the column; −1
    is the last.  What remains of maps is laid out as one map.  The first of equal values wins, and
    a NaN, the first of them, wins over every number, both as in torch.
    """

    kind: ClassVar[str] = "Argmax"
    title: ClassVar[str] = mark("Argmax")
    verb: ClassVar[str] = "argmax"
    numbered: ClassVar[bool] = False
    keeps_range: ClassVar[bool] = False

    axis: int

    def _axis(self, shape: Shape) -> int:
        """The axis counted from the first."""
        if not -len(shape) <= self.axis < len(shape):
            raise Problem(
                "axis: {axis} does not exist, the input has {count}: from {first} to {last}",
                axis=self.axis,
                count=len(shape),
                first=-len(shape),
                last=len(shape) - 1,
            )
        return self.axis % len(shape)

    def output_shape(self, shape: Shape) -> Shape:
        axis = self._axis(shape)
        return (1, *shape[:axis], *shape[axis + 1 :])

    def parameter_shapes(self, shape: Shape) -> dict[str, Shape]:
        return {}

    def taps(self, shape: Shape, element: Element) -> Taps:
        axis, count = self._axis(shape), shape[self.axis]
        kept = element[1:]
        inputs = np.empty((count, len(shape)), dtype=np.intp)
        inputs[:] = (*kept[:axis], 0, *kept[axis:])
        inputs[:, axis] = np.arange(count)
        # Laid out as the axis lies: a column of rows, a row of columns, a column of channels.
        flat = axis == len(shape) - 1
        return Taps(
            inputs=inputs,
            inside=np.ones(count, dtype=np.bool_),
            weights=None,
            bias=None,
            channels=inputs[:1, 0] if len(shape) == 3 else np.zeros(1, dtype=np.intp),
            group_shape=(1, count) if flat else (count, 1),
        )

    def ledger(
        self, x: NDArray[np.floating[Any]], parameters: Parameters, element: Element
    ) -> Ledger:
        taps = self.taps(x.shape, element)
        values = x[tuple(taps.inputs.T)].astype(np.float64)
        winner = int(np.argmax(values))
        return Ledger(
            taps=taps,
            operands=values,
            weights=None,
            terms=values,
            partials=np.maximum.accumulate(values),
            subtotals=values.max(keepdims=True),
            bias=None,
            result=float(winner),
            winner=winner,
        )

    def axes(self, shape: Shape) -> None:
        return None

    def readers(self, shape: Shape, position: Element) -> NDArray[np.bool_]:
        axis = self._axis(shape)
        kept = position[:axis] + position[axis + 1 :]
        readers = np.zeros(spatial(self.output_shape(shape)), dtype=np.bool_)
        readers[kept or (0, 0)] = True
        return readers
