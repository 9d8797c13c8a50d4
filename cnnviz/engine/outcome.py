"""What a piece of work that is done in parts comes to, for those who have nothing else to do."""

from __future__ import annotations

from collections.abc import Generator
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
