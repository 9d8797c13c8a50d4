"""Runs that are removed lie aside for a week, and can be put back until then."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from cnnviz.core.problem import Problem
from cnnviz.engine.run_mark import take_away

ASIDE = ".removed"
"""The folder beside the runs; in it is a folder for each removal, named by its time."""

KEPT_SECONDS = 7 * 24 * 3600


def remove(path: Path) -> Path:
    """Move a run aside; where it lies now comes back.

    Raises
    ------
    Problem
        If it cannot be moved.
    """
    folder = path.parent / ASIDE / str(time.time_ns())
    try:
        folder.mkdir(parents=True)
        _move(path, folder / path.name)
    except OSError as error:
        raise Problem(
            "{file}: the run cannot be removed: {error}",
            file=path.name,
            error=error.strerror or error,
        ) from error
    return folder / path.name


def put_back(aside: Path, path: Path) -> None:
    """Move a run that was removed to where it was; raises `Problem` if that cannot be done."""
    try:
        if path.exists():
            raise FileExistsError(0, f"{path.name} is there again")
        _move(aside, path)
        aside.parent.rmdir()
    except OSError as error:
        raise Problem(
            "{file}: the run cannot be put back: {error}",
            file=path.name,
            error=error.strerror or error,
        ) from error


def purge(folder: Path, now: float | None = None) -> None:
    """Delete what was removed longer than a week ago."""
    limit = (time.time() if now is None else now) - KEPT_SECONDS
    for removed in (folder / ASIDE).glob("[0-9]*"):
        if removed.name.isdecimal() and int(removed.name) / 1e9 < limit:
            shutil.rmtree(removed, ignore_errors=True)


def _move(path: Path, to: Path) -> None:
    """Move a run with its log, which holds what a killed process has written last."""
    log = path.with_name(f"{path.name}-wal")
    path.rename(to)
    if log.exists():
        log.rename(to.with_name(f"{to.name}-wal"))
    # The index of the log: SQLite makes it anew.
    path.with_name(f"{path.name}-shm").unlink(missing_ok=True)
    take_away(path)
