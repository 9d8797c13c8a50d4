"""What training measures of itself: written by one thread, read by another, never blocking."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FAN = 8
"""Points that one bin of the next level sums up."""

SMOOTHING = 0.98
"""Share of the past in the smoothed loss: a memory of about 1 / (1 − 0.98) = 50 batches."""


@dataclass(frozen=True)
class Evaluation:
    """Loss and accuracy on test images after ``step`` batches; ``complete`` if on all of them."""

    step: int
    loss: float
    accuracy: float
    complete: bool


@dataclass(frozen=True, eq=False)
class Trace:
    """A part of a curve, thin enough to draw: at each x the lowest and the highest value.

    Attributes
    ----------
    x
        (points,) the middle of the batches that a point sums up; 1 is the first batch.
    low, high
        (points,) the lowest and the highest loss of those batches.
    width
        Batches that every point but the last sums up.
    """

    x: NDArray[np.float64]
    low: NDArray[np.float32]
    high: NDArray[np.float32]
    width: int = 1


class GrowingArray:
    """A float32 array with room to grow; what stands before ``count`` never changes."""

    def __init__(self, room: int) -> None:
        self.values: NDArray[np.float32] = np.empty(max(room, FAN), dtype=np.float32)
        self.count = 0

    def extend(self, values: NDArray[np.float32]) -> None:
        """Add values behind the last one."""
        end = self.count + len(values)
        if end > len(self.values):
            grown = np.empty(max(end, 2 * len(self.values)), dtype=np.float32)
            grown[: self.count] = self.values[: self.count]
            # A reader that took the old array still sees every value that was published.
            self.values = grown
        self.values[self.count : end] = values
        self.count = end  # published last: a reader never sees a value that is not written

    @property
    def published(self) -> NDArray[np.float32]:
        """(count,) what can be read."""
        count = self.count  # before the array: a later array holds these values too
        return self.values[:count]


@dataclass(frozen=True, eq=False)
class Bins:
    """The lowest and the highest of every so many losses."""

    low: GrowingArray
    high: GrowingArray


class MetricLog:
    """The losses of one run, with the bins that keep drawing 10⁶ of them as cheap as 10³.

    The training thread appends; any thread reads.  Level k holds the lowest and the highest of
    each `FAN` ** k losses, and grows as the losses do.  Every level is filled before `count` is
    published, so that a reader finds all full bins up to the count that it has read.
    """

    def __init__(self, batches: int = 1024) -> None:
        self._losses = GrowingArray(batches)
        self._smooth = GrowingArray(batches)
        self._levels = [Bins(self._losses, self._losses)]
        self._mean = 0.0
        self._evaluations: tuple[Evaluation, ...] = ()

    @property
    def count(self) -> int:
        """Batches whose loss is known."""
        return self._smooth.count

    @property
    def losses(self) -> NDArray[np.float32]:
        """(count,) every loss so far, one a batch."""
        count = self.count  # before the array: a later array holds these values too
        return self._losses.values[:count]

    @property
    def smoothed(self) -> NDArray[np.float32]:
        """Exponential mean of the losses, corrected for its start (Kingma & Ba 2015, section 3)."""
        return self._smooth.published

    @property
    def evaluations(self) -> tuple[Evaluation, ...]:
        """Looks at the test set, oldest first."""
        return self._evaluations

    def append(self, losses: NDArray[np.float32]) -> None:
        """Add the losses of the next batches, in order."""
        smooth, seen = [], self._losses.count
        for step, loss in enumerate(losses.tolist(), start=seen + 1):
            self._mean = SMOOTHING * self._mean + (1 - SMOOTHING) * loss
            smooth.append(self._mean / (1 - SMOOTHING**step))
        self._losses.extend(losses)
        self._fill_bins()
        self._smooth.extend(np.array(smooth, dtype=np.float32))

    def evaluated(self, evaluation: Evaluation) -> None:
        """Add a look at the test set."""
        self._evaluations = (*self._evaluations, evaluation)

    def _fill_bins(self) -> None:
        level = 0
        while self._levels[level].high.count >= FAN:
            if level + 1 == len(self._levels):
                self._levels.append(Bins(GrowingArray(FAN), GrowingArray(FAN)))
            lower, upper = self._levels[level], self._levels[level + 1]
            done, full = upper.high.count, lower.high.count // FAN
            if full == done:
                return
            part = slice(done * FAN, full * FAN)
            upper.low.extend(lower.low.values[part].reshape(-1, FAN).min(axis=1))
            upper.high.extend(lower.high.values[part].reshape(-1, FAN).max(axis=1))
            level += 1

    def trace(self, first: int, last: int, points: int) -> Trace:
        """The losses of batches ``first`` … ``last`` (from 1) in at most about ``points`` bins.

        The first and the last bin may reach beyond the range asked for.  The newest losses, which
        do not fill a bin yet, make a last, narrower one.  The cost depends on ``points`` and not
        on how many batches there are.
        """
        count = self.count
        first, last = max(1, first), min(last, count)
        if last < first:
            nothing = np.empty(0, dtype=np.float32)
            return Trace(np.empty(0), nothing, nothing)
        levels, level = len(self._levels), 0
        while level + 1 < levels and (last - first + 1) // FAN**level > points:
            level += 1
        width = FAN**level
        start, stop = (first - 1) // width, -(-last // width)
        full = min(stop, count // width)
        low = self._levels[level].low.values[start:full]
        high = self._levels[level].high.values[start:full]
        x = np.arange(start, full) * float(width) + (width + 1) / 2
        if full < stop:
            lowest, highest = self._range(level, full * width, count)
            x = np.append(x, (full * width + 1 + count) / 2)
            low, high = np.append(low, lowest), np.append(high, highest)
        return Trace(x, low, high, width)

    def _range(self, level: int, start: int, count: int) -> tuple[np.float32, np.float32]:
        """Lowest and highest of the losses behind ``start``: of at most FAN − 1 bins a level."""
        lows: list[NDArray[np.float32]] = []
        highs: list[NDArray[np.float32]] = []
        for lower in range(level - 1, -1, -1):
            width = FAN**lower
            part = slice(start // width, count // width)
            lows.append(self._levels[lower].low.values[part])
            highs.append(self._levels[lower].high.values[part])
            start = part.stop * width
        return np.concatenate(lows).min(), np.concatenate(highs).max()

    def smooth_trace(self, first: int, last: int, points: int) -> Trace:
        """The smoothed losses of a range, every so many of them, and always the newest one."""
        first, last = max(1, first), min(last, self.count)
        stride = max(1, (last - first + 1) // max(1, points))
        steps = np.append(np.arange(first, last, stride), [last] if last >= first else [])
        steps = steps.astype(np.intp)
        values = self._smooth.values[steps - 1]
        return Trace(steps.astype(np.float64), values, values, stride)
