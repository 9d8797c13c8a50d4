"""torch.nn.Linear: every input times its own weight, added up."""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.operations.base import Element, Ledger, Parameters, Shape, Taps, gather
from cnnviz.core.operations.checks import check_count, check_input, check_vector
from cnnviz.core.operations.products import product_ledger
from cnnviz.core.problem import mark

ONE_LINE = 32
"""Inputs whose products are added up at once; more are added in groups that can be read."""


@dataclass(frozen=True)
class Linear:
    """y = x Wᵀ + b.

    ``fold`` is the shape that the input had before it was flattened; the terms are then grouped by
    the map they came from.  It is found out when a network is put together, never written down.
    """

    kind: ClassVar[str] = "Linear"
    title: ClassVar[str] = mark("Linear")
    verb: ClassVar[str] = "sum"
    numbered: ClassVar[bool] = True
    keeps_range: ClassVar[bool] = False

    in_features: int
    out_features: int
    bias: bool = True
    fold: Shape | None = None

    def __post_init__(self) -> None:
        check_count("in_features", self.in_features)
        check_count("out_features", self.out_features)

    def output_shape(self, shape: Shape) -> Shape:
        check_vector(shape)
        check_input("in_features", self.in_features, shape[0])
        return (self.out_features,)

    def parameter_shapes(self, shape: Shape) -> dict[str, Shape]:
        shapes: dict[str, Shape] = {"weight": (self.out_features, self.in_features)}
        if self.bias:
            shapes["bias"] = (self.out_features,)
        return shapes

    @property
    def layout(self) -> tuple[int, int, int]:
        """(groups, rows, columns) in which the terms are added and drawn."""
        if self.fold is not None and len(self.fold) == 3:
            return self.fold[0], self.fold[1], self.fold[2]
        if self.in_features <= ONE_LINE:
            return 1, 1, self.in_features
        rows = next(r for r in range(isqrt(self.in_features), 0, -1) if self.in_features % r == 0)
        columns = self.in_features // rows
        # A row a group keeps every group small enough to be read; a prime count stays one row.
        return (rows, 1, columns) if rows > 1 else (1, 1, columns)

    def taps(self, shape: Shape, element: Element) -> Taps:
        groups, rows, columns = self.layout
        inputs = np.arange(self.in_features, dtype=np.intp)
        weights = np.stack([np.full_like(inputs, element[0]), inputs], axis=1)
        return Taps(
            inputs=inputs[:, None],
            inside=np.ones(self.in_features, dtype=np.bool_),
            weights=weights,
            bias=(element[0],) if self.bias else None,
            channels=np.arange(groups, dtype=np.intp),
            group_shape=(rows, columns),
        )

    def ledger(
        self, x: NDArray[np.floating[Any]], parameters: Parameters, element: Element
    ) -> Ledger:
        taps = self.taps(x.shape, element)
        return product_ledger(taps, gather(x, taps, 0.0), parameters)

    def axes(self, shape: Shape) -> None:
        return None

    def readers(self, shape: Shape, position: Element) -> NDArray[np.bool_]:
        return np.ones((1, self.out_features), dtype=np.bool_)
