"""torch.nn.LocalResponseNorm: each value divided by more where the maps beside it are large too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.operations.base import (
    Element,
    Ledger,
    Parameters,
    Shape,
    Taps,
    gather,
    own_place,
)
from cnnviz.core.operations.checks import check_count, check_maps, check_number
from cnnviz.core.problem import mark


@dataclass(frozen=True)
class LocalResponseNorm:
    """x / (k + alpha / size · Σ x′²)^beta, over ``size`` neighbouring channels of the same place.

    Of an even size, the larger half lies before the channel.  Neighbours that do not exist count as
    0, and the sum is divided by ``size`` all the same, both as in torch; AlexNet's paper divides by
    nothing: its alpha is a ``size``-th of torch's.
    """

    kind: ClassVar[str] = "LocalResponseNorm"
    title: ClassVar[str] = mark("LRN")
    verb: ClassVar[str] = "neighbours"
    numbered: ClassVar[bool] = False

    size: int
    alpha: float = 1e-4
    beta: float = 0.75
    k: float = 1.0

    def __post_init__(self) -> None:
        check_count("size", self.size)
        check_number(alpha=self.alpha, beta=self.beta, k=self.k)

    @property
    def keeps_range(self) -> bool:
        return self.k >= 1 and self.alpha >= 0 and self.beta >= 0  # then nothing becomes larger

    def output_shape(self, shape: Shape) -> Shape:
        check_maps(shape)
        return shape

    def parameter_shapes(self, shape: Shape) -> dict[str, Shape]:
        return {}

    def taps(self, shape: Shape, element: Element) -> Taps:
        """As many taps for every element: a neighbour that does not exist is a hole.

        It is not ``inside``, and its channel is none of the input's.
        """
        channel, row, column = element
        # Further away than the outermost channels, no element has a neighbour.
        before, after = self.size // 2, (self.size - 1) // 2
        channels = np.arange(
            channel - min(before, shape[0] - 1),
            channel + min(after, shape[0] - 1) + 1,
            dtype=np.intp,
        )
        places = np.full_like(channels, row), np.full_like(channels, column)
        return Taps(
            inputs=np.stack([channels, *places], axis=1),
            inside=(channels >= 0) & (channels < shape[0]),
            weights=None,
            bias=None,
            channels=np.array([channel], dtype=np.intp),
            group_shape=(len(channels), 1),
            holes=True,
        )

    def ledger(
        self, x: NDArray[np.floating[Any]], parameters: Parameters, element: Element
    ) -> Ledger:
        taps = self.taps(x.shape, element)
        operands = gather(x, taps, 0.0)
        value = np.float64(x[element])
        # ∞ / ∞ of a network that has diverged is NaN, in torch too, and nothing to warn of.
        with np.errstate(all="ignore"):
            terms = operands**2
            partials = np.cumsum(terms)
            base = self.k + self.alpha * (partials[-1] / self.size)
            factor = np.power(base, self.beta)
            result = float(value / factor)
        return Ledger(
            taps=taps,
            operands=operands,
            weights=None,
            terms=terms,
            partials=partials,
            subtotals=partials[-1:],
            bias=None,
            result=result,
            divisor=float(factor),
            parts={"value": float(value), "base": float(base)},
        )

    def axes(self, shape: Shape) -> None:
        return None

    def readers(self, shape: Shape, position: Element) -> NDArray[np.bool_]:
        return own_place(shape, position)
