"""Where runs are kept, and what a new one is called; needs no torch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from platformdirs import user_data_path

from cnnviz.engine.run_file import BUDGET

SUFFIX = ".cnnviz"

Point = tuple[Path, int]
"""A run's file and one of the steps that are kept in it."""


@dataclass(frozen=True)
class Plan:
    """Where runs are recorded, and how many bytes the snapshots of each may take."""

    folder: Path
    budget: int = BUDGET


def runs_folder() -> Path:
    """Where the runs of this user are kept."""
    return user_data_path("cnnviz", appauthor=False) / "runs"


def new_path(folder: Path, key: str) -> Path:
    """A name that no run has yet, of the moment and the network; nothing is written."""
    stem = f"{datetime.now().astimezone():%Y-%m-%d %H.%M.%S} {key}"
    path, number = folder / f"{stem}{SUFFIX}", 1
    while path.exists():
        number += 1
        path = folder / f"{stem} ({number}){SUFFIX}"
    return path
