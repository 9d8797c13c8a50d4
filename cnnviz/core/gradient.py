"""How much each pixel counts for one element: the gradient that torch measures."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.operations import Element
from cnnviz.core.snapshot import Snapshot


@dataclass(frozen=True, eq=False)
class PixelGradient:
    """∂ element / ∂ pixel, for every value of the input of one snapshot.

    Attributes
    ----------
    snapshot
        Whose parameters and whose image it was measured with.
    layer, element
        Which element of which layer's output.
    values
        (channels, height, width) float32, signed.
    """

    snapshot: Snapshot
    layer: int
    element: Element
    values: NDArray[np.float32]

    def is_of(self, snapshot: Snapshot, layer: int, element: Element) -> bool:
        """Whether it answers for exactly this snapshot and this element."""
        return self.snapshot is snapshot and (self.layer, self.element) == (layer, element)

    def is_near(self, snapshot: Snapshot, layer: int, element: Element) -> bool:
        """Whether it answers for this element and this image in the same run, at any step of it."""
        mine, sample = self.snapshot, snapshot.sample
        return (
            (mine.run, self.layer, self.element) == (snapshot.run, layer, element)
            and mine.network is snapshot.network
            and mine.sample.index == sample.index
        )

    @cached_property
    def strength(self) -> NDArray[np.float32]:
        """(height, width) Σ over channels of |∂ element / ∂ pixel|."""
        return np.asarray(np.abs(self.values).sum(axis=0), dtype=np.float32)
