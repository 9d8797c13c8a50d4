"""Which classes are taken for which: counts, and what is commonly reckoned from them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Cell = tuple[int, int]
"""(right class, predicted class)."""


@dataclass(frozen=True, eq=False)
class Confusion:
    """The confusion matrix of a test set.

    Attributes
    ----------
    counts
        (classes, classes) int64: ``counts[right, predicted]`` images.
    """

    counts: NDArray[np.int64]

    @property
    def classes(self) -> int:
        return len(self.counts)

    @property
    def total(self) -> int:
        return int(self.counts.sum())

    @cached_property
    def shares(self) -> NDArray[np.float64]:
        """(classes, classes) of each row's images; rows add up to 1, or to 0 without any image."""
        return _divided(self.counts, self.counts.sum(axis=1)[:, None])

    @cached_property
    def recall(self) -> NDArray[np.float64]:
        """(classes,) share of a class's images that are recognised; NaN without any image.

        It is what is called the accuracy of a class.
        """
        return _divided(np.diagonal(self.counts), self.counts.sum(axis=1), np.nan)

    @cached_property
    def precision(self) -> NDArray[np.float64]:
        """(classes,) how often a class is right when it is predicted; NaN where it never is."""
        return _divided(np.diagonal(self.counts), self.counts.sum(axis=0), np.nan)

    @property
    def accuracy(self) -> float:
        """Share of all images that are recognised."""
        return float(np.trace(self.counts)) / max(1, self.total)

    @cached_property
    def largest_error(self) -> Cell | None:
        """The pair of classes that is mistaken most often, the first of equals; None if none is."""
        errors = self.counts.copy()
        np.fill_diagonal(errors, 0)
        if not errors.any():
            return None
        right, predicted = divmod(int(errors.argmax()), self.classes)
        return right, predicted


def confusion(
    labels: NDArray[np.integer], predictions: NDArray[np.integer], classes: int
) -> Confusion:
    """Count every pair of right and predicted class.

    Parameters
    ----------
    labels, predictions
        (count,) classes from 0 to ``classes`` − 1.
    """
    pairs = labels.astype(np.int64) * classes + predictions
    counts = np.bincount(pairs, minlength=classes * classes)
    return Confusion(counts.reshape(classes, classes).astype(np.int64))


def _divided(
    counts: NDArray[np.int64], totals: NDArray[np.int64], empty: float = 0.0
) -> NDArray[np.float64]:
    result = np.full(counts.shape, empty, dtype=np.float64)
    np.divide(counts, totals, out=result, where=np.broadcast_to(totals > 0, counts.shape))
    return result
