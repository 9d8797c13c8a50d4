"""The connections that pass by layers, as lines over a row of boxes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from cnnviz.core.wires import Wires

MOST_LEVELS = 4
"""Lines one above the other; more share the uppermost place."""


@dataclass(frozen=True)
class Line:
    """A connection that passes by the layers between.

    Attributes
    ----------
    start, end
        The boxes it goes from and to: 0 is the input's, i + 1 that of layer i.
    level
        0 for the lowest line, 1 for one above it because its place is taken there, and so on.
    """

    start: int
    end: int
    level: int


@lru_cache(maxsize=8)
def skip_lines(wires: Wires) -> tuple[Line, ...]:
    """What is read past the layers between; what a layer reads from behind itself is left out."""
    found: list[Line] = []
    for index, wire in enumerate(wires):
        for place in (wire.source, wire.skip):
            if place is not None and place < index:
                start, end = place + 1, index + 1
                taken = {it.level for it in found if it.end > start and it.start < end}
                free = (level for level in range(MOST_LEVELS) if level not in taken)
                found.append(Line(start, end, next(free, MOST_LEVELS - 1)))
    return tuple(found)
