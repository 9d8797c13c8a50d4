"""What the ledger's texts are made of: pieces of one colour each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cnnviz.core.numbers import MINUS, number


@dataclass(frozen=True)
class Piece:
    """A few characters in one colour.

    Attributes
    ----------
    role
        Field of the palette that gives the colour.
    size
        Font size at 100 %.
    glued
        Whether no line break may stand before it.
    breaks
        Whether a new line begins with it.
    term
        The term that it belongs to, where it belongs to one.
    """

    text: str
    role: str = "text"
    size: int = 16
    bold: bool = False
    glued: bool = False
    breaks: bool = False
    term: int | None = None


def words(text: str, first: bool = False) -> Iterator[Piece]:
    """A sentence, word by word; it begins a new line unless it is the first there is."""
    for index, word in enumerate(text.split(" ")):
        yield Piece(word, "muted", breaks=index == 0 and not first)


def written(value: float, decimals: int) -> str:
    """A number of a ledger; a whole one as it is typed in the Lab, without decimals."""
    return number(value, decimals, integral=True)


def result(value: float, decimals: int) -> Piece:
    """What an element comes out as."""
    return Piece(written(value, decimals), "output", 19, bold=True)


def bracketed(text: str) -> str:
    """A number as it stands behind a sign: a negative one in brackets."""
    return f"({text})" if text.startswith(MINUS) else text
