"""Everything the training thread can tell the window, besides metrics and snapshots."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cnnviz.core.dataset import Dataset
from cnnviz.core.problem import Problem


@dataclass(frozen=True)
class Device:
    """A device that torch found: its torch name ("cuda:0") and what a person calls it."""

    key: str
    title: str


@dataclass(frozen=True)
class Loaded:
    """torch is loaded: what needs no run can be reckoned."""


@dataclass(frozen=True)
class Starting:
    """Something is under way before training can begin.

    Attributes
    ----------
    what
        What it is, an English text to translate.
    done, total
        How far it is, where that can be counted; else 0.
    """

    what: str
    done: int = 0
    total: int = 0


@dataclass(frozen=True)
class Ready:
    """torch is loaded, the data are read, a fresh model stands at step 0 (or where it goes on).

    Attributes
    ----------
    run
        The number of this run, counted up by every reset.
    devices
        All devices found, the fastest first.
    device
        The one in use.
    train_count, test_count
        Images.
    batches
        Steps in one epoch.
    data
        The images themselves, which never change: the window looks at the very same ones.
    path
        The file in which this run is recorded, from its first batch on; None if it is not.
    """

    run: int
    devices: tuple[Device, ...]
    device: Device
    train_count: int
    test_count: int
    batches: int
    data: Dataset | None = None
    path: Path | None = None


@dataclass(frozen=True)
class Training:
    """Training goes on (True) or pauses (False)."""

    running: bool


@dataclass(frozen=True)
class EpochDone:
    """One pass over the training images is complete, and the whole test set was looked at."""

    epoch: int
    mean_loss: float
    test_loss: float
    test_accuracy: float


@dataclass(frozen=True)
class Finished:
    """All epochs are done."""

    epochs: int


@dataclass(frozen=True)
class Notice:
    """Something a person should know; training goes on."""

    problem: Problem


@dataclass(frozen=True)
class Failed:
    """What was asked for could not be done, or training stopped; everything before it is kept."""

    problem: Problem


@dataclass(frozen=True)
class WrongSamples:
    """Test images that the model at ``step`` gets wrong, by index, hardest first (at most 100)."""

    step: int
    indices: tuple[int, ...]


Event = Loaded | Starting | Ready | Training | EpochDone | Finished | Notice | Failed | WrongSamples
