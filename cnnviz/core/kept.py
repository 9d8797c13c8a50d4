"""The training steps whose weights are kept in a run's file: what the time slider runs over."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

NO_STEPS: NDArray[np.int64] = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Kept:
    """Kept steps by their place: dense at first, then ever thinner, so nearly a logarithmic scale.

    Attributes
    ----------
    steps
        (count,) int64, in increasing order.
    epoch_ends
        (epochs,) int64, those of them that end an epoch.
    """

    steps: NDArray[np.int64] = field(default_factory=lambda: NO_STEPS)
    epoch_ends: NDArray[np.int64] = field(default_factory=lambda: NO_STEPS)

    def __len__(self) -> int:
        return len(self.steps)

    def place_of(self, step: int) -> int:
        """The place of the kept step that is nearest, the earlier one of two; 0 if there is none.

        A step that was looked at may have been given up since.
        """
        after = int(np.searchsorted(self.steps, step))
        if after == 0 or after == len(self.steps):
            return max(0, min(after, len(self.steps) - 1))
        before = after - 1
        return before if step - self.steps[before] <= self.steps[after] - step else after

    def step_at(self, place: int) -> int:
        """The step at a place, or at the nearest end."""
        return int(self.steps[min(max(place, 0), len(self.steps) - 1)])

    def places_of_epoch_ends(self) -> NDArray[np.intp]:
        """(epochs,) where the epochs end."""
        return np.searchsorted(self.steps, self.epoch_ends)

    def next_epoch_end(self, step: int, by: int) -> int:
        """The nearest epoch end behind (+1) or before (−1) a step; or else that end."""
        ends = self.epoch_ends
        found = ends[ends > step][:1] if by > 0 else ends[ends < step][-1:]
        return int(found[0]) if len(found) else self.step_at(len(self) - 1 if by > 0 else 0)

    def up_to(self, last: int) -> Kept:
        """Without the steps behind ``last``."""
        return Kept(self.steps[self.steps <= last], self.epoch_ends[self.epoch_ends <= last])

    def same(self, other: Kept) -> bool:
        """Whether the same steps are kept."""
        return np.array_equal(self.steps, other.steps)
