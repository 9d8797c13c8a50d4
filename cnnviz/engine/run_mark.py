"""A file beside a run's that says: it is being written.  What a killed process leaves lying says:
it was cut off.

It is locked as long as its process lives, and the system gives the lock back however that one ends.
SQLite's own file must not be opened for this: closing it again would drop SQLite's locks.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cnnviz.core.problem import Problem
from cnnviz.engine.run_schema import explained

if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _try_lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


TRIES = 5

BEGINNING, END = ".", ".recording"


@contextmanager
def being_written(path: Path) -> Iterator[None]:
    """Mark a run as being written.

    Raises
    ------
    Problem
        If another recorder is at it, in this process or in another; if nothing can be written
        there.
    """
    mark = _mark_of(path)
    with explained(path):
        mark.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(mark, os.O_RDWR | os.O_CREAT, 0o644)
        if not _soon_free(handle):
            os.close(handle)
            raise Problem("it is being written by another process")
    try:
        yield
    finally:
        os.close(handle)
        mark.unlink(missing_ok=True)


def is_being_written(path: Path) -> bool:
    """Whether somebody records this run now."""
    try:
        handle = os.open(_mark_of(path), os.O_RDWR)
    except OSError:
        return False
    try:
        return not _is_free(handle)
    finally:
        os.close(handle)


def has_mark(path: Path) -> bool:
    """Whether it is being written, or was when its process was killed; costs one look at a name."""
    return _mark_of(path).exists()


def cut_off(folder: Path) -> list[Path]:
    """The runs of a folder whose recording was cut off, the newest first."""
    found = []
    for mark in folder.glob(f"{BEGINNING}*{END}"):
        path = mark.with_name(mark.name.removeprefix(BEGINNING).removesuffix(END))
        if not path.is_file():
            if not is_being_written(path):
                mark.unlink(missing_ok=True)  # killed before there was a run
        elif not is_being_written(path):
            found.append(path)
    return sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)


def take_away(path: Path) -> None:
    """Forget that a run was cut off."""
    _mark_of(path).unlink(missing_ok=True)


def _mark_of(path: Path) -> Path:
    return path.with_name(f"{BEGINNING}{path.name}{END}")


def _soon_free(handle: int) -> bool:
    """Lock it; who only asks whether it is locked holds it for an instant, too."""
    for _ in range(TRIES):
        if _is_free(handle):
            return True
        time.sleep(0.02)
    return False


def _is_free(handle: int) -> bool:
    """Lock it if nobody else has; where files cannot be locked, nobody has."""
    try:
        _try_lock(handle)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        return True
    return True
