"""The axes of a chart: where a value stands, which ticks are named, and what a zoom shows."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from math import ceil, floor, isfinite, log10
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.numbers import number, thousands

SMALLEST = 1e-12
"""What a logarithmic axis takes for zero; float32 losses below it are rounding."""

FEWEST_BATCHES = 4.0
"""A zoom shows at least so many batches: below, there is nothing more to see."""


@dataclass(frozen=True)
class Tick:
    """A named place on an axis, in the axis' own coordinates."""

    place: float
    label: str


@dataclass(frozen=True)
class Axis:
    """Values between ``low`` and ``high``, put upon ``bottom`` … ``top`` of a chart's height 0 … 1.

    A chart that holds two curves of different units gives each its own part of the height; one
    coordinate system for both costs half of what two linked plots cost in pyqtgraph.
    """

    low: float
    high: float
    log: bool = False
    bottom: float = 0.0
    top: float = 1.0

    def place(self, values: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
        """Where values stand, in chart heights; NaN for what is not finite."""
        wide = np.asarray(values, dtype=np.float64)
        finite = np.where(np.isfinite(wide), wide, np.nan)
        low, high = self._scaled(self.low), self._scaled(self.high)
        scaled = np.log10(np.maximum(finite, SMALLEST)) if self.log else finite
        return self.bottom + (scaled - low) * ((self.top - self.bottom) / (high - low))

    def value(self, place: float) -> float:
        """The value at a chart height; the inverse of `place`."""
        low, high = self._scaled(self.low), self._scaled(self.high)
        scaled = low + (place - self.bottom) / (self.top - self.bottom) * (high - low)
        return float(10.0**scaled) if self.log else scaled

    def ticks(self, most: int) -> tuple[Tick, ...]:
        """Round values between low and high with their labels, about ``most`` at most."""
        values = round_values(self.low, self.high, most, self.log)
        places = self.place(np.array(values, dtype=np.float64))
        return tuple(map(Tick, places.tolist(), labels(values, self.log)))

    def _scaled(self, value: float) -> float:
        return log10(max(value, SMALLEST)) if self.log else value


@dataclass(frozen=True)
class Zoom:
    """The part of a loss curve that is shown.

    Attributes
    ----------
    first, last
        Batches from and to; 0 is before the first batch.
    low, high
        Losses from and to; None fits them to what is between ``first`` and ``last``.
    """

    first: float
    last: float
    low: float | None = None
    high: float | None = None


def zoomed(shown: Zoom, whole: Zoom, about: float, factor: float) -> Zoom | None:
    """Zoom along the batches so that the batch ``about`` keeps its place.

    Parameters
    ----------
    factor
        Of the span shown: below 1 shows less, above 1 more.

    Returns
    -------
    What is to be shown, within the whole; None for the whole.
    """
    span = min(max((shown.last - shown.first) * factor, FEWEST_BATCHES), whole.last - whole.first)
    if span >= whole.last - whole.first:
        return None
    share = (about - shown.first) / (shown.last - shown.first)
    first = min(max(about - share * span, whole.first), whole.last - span)
    return Zoom(first, first + span)


def round_values(low: float, high: float, most: int, log: bool = False) -> list[float]:
    """Round numbers between two others, at most about ``most``: 1, 2 or 5 times a power of ten."""
    if not (isfinite(low) and isfinite(high)) or high <= low:
        return []
    most = max(most, 1)
    if log and high / max(low, SMALLEST) >= 10:
        return _decades(max(low, SMALLEST), high, most)
    rough = (high - low) / most
    power = 10.0 ** floor(log10(rough))
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= rough * (1 - 1e-9))
    first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
    return [k * step for k in range(first, last + 1)]


def _decades(low: float, high: float, most: int) -> list[float]:
    first, last = ceil(log10(low) - 1e-9), floor(log10(high) + 1e-9)
    decades = last - first + 1
    if decades >= 2:
        stride = ceil(decades / most)
        tens = [10.0**k for k in range(last, first - 1, -stride)][::-1]
        if 3 * decades > most:
            return tens
    fine = [m * 10.0**k for k in range(first - 1, last + 1) for m in (1, 2, 5)]
    return fine[bisect_left(fine, low * (1 - 1e-9)) : bisect_right(fine, high * (1 + 1e-9))]


def labels(values: list[float], log: bool) -> list[str]:
    """Ticks as text, with just as many decimals as they need: all the same where they stand evenly,
    each its own over a decade or more of a logarithmic axis ("0.01", "0.1", "1")."""
    own = [_decimals(value) for value in values]
    if not (log and len(values) > 1 and values[-1] / values[0] > 9):
        own = [max(own)] * len(own) if own else []
    return [number(value, decimals) for value, decimals in zip(values, own, strict=True)]


def _decimals(value: float) -> int:
    """Digits behind the point that a round value needs, at most eight."""
    return next((d for d in range(8) if abs(round(value, d) - value) <= 1e-6 * abs(value)), 8)


def batch_ticks(zoom: Zoom, most: int) -> tuple[Tick, ...]:
    """Round batch numbers of a zoom with their labels, about ``most`` at most."""
    values = round_values(zoom.first, zoom.last, most)
    return tuple(Tick(value, thousands(round(value))) for value in values if value == round(value))
