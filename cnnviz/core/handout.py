"""How the steps of a lesson are laid on pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Block:
    """What belongs together: some words, and below them a picture or none.

    Attributes
    ----------
    words, picture
        Heights; the picture's where it is as wide as the page.
    least
        Share of the page's width below which the picture's numbers are too small to be read.
    """

    words: float
    picture: float = 0.0
    least: float = 0.0


@dataclass(frozen=True)
class Sheet:
    """One page: its blocks from the first up to, but not with, the last; and how wide pictures are.

    Attributes
    ----------
    width
        Of the pictures, 1 for the whole width of the page.
    """

    first: int
    last: int
    width: float


def sheets(blocks: Sequence[Block], room: float, gap: float, taken: float = 0.0) -> list[Sheet]:
    """Lay blocks on pages, none of them on two, and their pictures as large as they can be.

    Parameters
    ----------
    room
        Height of a page.
    gap
        Between two blocks.
    taken
        What stands at the head of the first page.
    """
    made, first = list[Sheet](), 0
    while first < len(blocks):
        left = room if made else room - taken
        last, width = first + 1, _width(blocks[first : first + 1], left, gap)
        while last < len(blocks):
            here = blocks[first : last + 1]
            more = _width(here, left, gap)
            if more < max(block.least for block in here):
                break
            last, width = last + 1, more
        made.append(Sheet(first, last, max(0.0, width)))
        first = last
    return made


def _width(blocks: Sequence[Block], room: float, gap: float) -> float:
    """The widest that pictures can be where these share a page; below 0 where words alone do not
    fit."""
    words = sum(block.words for block in blocks) + gap * (len(blocks) - 1)
    pictures = sum(block.picture for block in blocks)
    if not pictures:
        return 1.0 if words <= room else -1.0
    return min(1.0, (room - words) / pictures)
