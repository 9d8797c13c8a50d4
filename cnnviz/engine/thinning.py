"""Which of the snapshots kept is missed least, when there is room for no more."""

from __future__ import annotations

from collections.abc import Sequence

EPOCH_END = 16.0
"""How many times the weight of another snapshot the last one of an epoch has."""


def least_missed(steps: Sequence[int], epoch_ends: Sequence[bool]) -> int:
    """The index of the snapshot to be given up, before a newer one is added behind them.

    Between its neighbours it leaves the smallest gap, compared with how far training had come:
    what is kept thus lies ever thinner, evenly on a logarithmic scale, since weights change ever
    more slowly.  The first is kept longest; the newest of all is the one to be added.

    Parameters
    ----------
    steps
        At least one, in increasing order.
    epoch_ends
        Which of them stand at the end of an epoch.
    """
    best, smallest = 0, float("inf")
    for i in range(1, len(steps)):
        following = steps[i + 1] if i + 1 < len(steps) else steps[i] + 1
        gap = (following - steps[i - 1]) / max(steps[i], 1)
        if epoch_ends[i]:
            gap *= EPOCH_END
        if gap < smallest:
            best, smallest = i, gap
    return best
