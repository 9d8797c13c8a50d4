"""A recorded run as a line of the list, and as one of several that are compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from cnnviz.core.experiment import Experiment
from cnnviz.core.metrics import MetricLog
from cnnviz.core.problem import Problem, mark

LAST = 50
"""Batches whose mean loss is given as the loss of now: that of one batch jumps about."""


class RunState(Enum):
    """How far a run is."""

    COMPLETE = mark("complete")
    STOPPED = mark("stopped")
    WRITING = mark("being written")
    UNREADABLE = mark("cannot be read")


@dataclass(frozen=True)
class RunRow:
    """What the list says of a run.

    Attributes
    ----------
    name
        What a person calls it.
    begun
        When, in UTC (ISO 8601); "" if it is not known.
    steps
        Batches whose loss is recorded.
    epochs_done, epochs
        Epochs trained and tested, and those of the settings.
    loss
        Mean of the last `LAST` batches; NaN if there are none.
    accuracy
        Of the last look at the whole test set, or at a part of it before there was one; NaN if
        there was none.
    size
        Bytes on disk.
    shifted
        Whether accuracy on shifted images was measured.
    images, pixel_seed
        As in the settings: 0 for all images, and for pixels in their places.
    kept
        Steps whose weights are kept.
    problem
        Why the file cannot be read; None if it can.
    """

    path: Path
    name: str
    state: RunState
    size: int = 0
    network: str = ""
    data: str = ""
    begun: str = ""
    steps: int = 0
    epochs_done: int = 0
    epochs: int = 0
    loss: float = float("nan")
    accuracy: float = float("nan")
    shifted: bool = False
    images: int = 0
    pixel_seed: int = 0
    kept: int = 0
    problem: Problem | None = None


@dataclass(frozen=True, eq=False)
class Compared:
    """A run that is compared with others; its log grows while it is being written.

    Attributes
    ----------
    count, looks
        Losses and looks at the test set that were known when this was made: another value says
        that there is more to draw.
    shifts
        (columns, accuracy) on shifted test images; () where it was not measured.
    """

    row: RunRow
    experiment: Experiment
    log: MetricLog
    count: int
    looks: int
    shifts: tuple[tuple[int, float], ...] = ()

    @property
    def path(self) -> Path:
        return self.row.path


def newest_first(rows: Sequence[RunRow]) -> tuple[RunRow, ...]:
    """In the order of the list: the run that was begun last stands first."""
    return tuple(sorted(rows, key=lambda row: (row.begun, row.path.name), reverse=True))
