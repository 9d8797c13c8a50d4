"""What a piece of work that is done in parts comes to, for those who go through it at once."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TypeVar

T = TypeVar("T")


def outcome(parts: Generator[object, None, T]) -> T:
    """Go through every part; what the generator returns."""
    while True:
        try:
            next(parts)
        except StopIteration as end:
            found: T = end.value
            return found


def outcome_unless(stopped: Callable[[], bool], parts: Generator[object, None, T]) -> T | None:
    """Likewise, unless it is to be stopped before a part: then None."""
    try:
        while not stopped():
            next(parts)
    except StopIteration as end:
        found: T = end.value
        return found
    return None
