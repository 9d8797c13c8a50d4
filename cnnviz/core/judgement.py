"""What a model makes of every test image: right answers, its own, and how sure it was of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.snapshot import Snapshot


@dataclass(frozen=True, eq=False)
class Judgement:
    """The whole test set as a snapshot's weights answer it; nothing in it ever changes.

    Attributes
    ----------
    snapshot
        Whose weights.
    labels, predictions
        (count,) int64 classes: the right one, and the one with the highest logit.
    losses
        (count,) float32 cross-entropy of each image.
    images
        (count, height, width) uint8, or with a last axis of red, green, blue: the test set as it
        was read, not copied.
    seconds
        How long the training thread was busy with it.
    """

    snapshot: Snapshot
    labels: NDArray[np.int64]
    predictions: NDArray[np.int64]
    losses: NDArray[np.float32]
    images: NDArray[np.uint8]
    seconds: float

    def is_of(self, snapshot: Snapshot) -> bool:
        """Whether a snapshot would be judged alike; its sample does not matter."""
        return same_weights(self.snapshot, snapshot)


def same_weights(one: Snapshot, other: Snapshot) -> bool:
    """Whether two snapshots are of one network with the same numbers in it."""
    if one.parameters is other.parameters:
        return True
    if (one.run, one.step) != (other.run, other.step) or one.network != other.network:
        return False
    # Of one step of one run, and yet perhaps not the same: a kernel can be changed by hand.
    return all(
        _equal(mine[name], theirs[name])
        for mine, theirs in zip(one.parameters, other.parameters, strict=True)
        for name in mine
    )


def _equal(one: NDArray[np.floating[Any]], other: NDArray[np.floating[Any]]) -> bool:
    return one is other or np.array_equal(one, other, equal_nan=True)
