"""The words of a lesson as they are set: paragraphs, and what in them is stressed."""

from __future__ import annotations

import re
from dataclasses import dataclass

_STRESSED = re.compile(r"\*([^*\n]+)\*")

_HANGUL = re.compile(r"(?<=[가-힣])(?=[가-힣])")

_JOINER = "\N{WORD JOINER}"


@dataclass(frozen=True)
class Piece:
    """A few words of a paragraph."""

    text: str
    stressed: bool = False


Paragraph = tuple[Piece, ...]


def paragraphs(text: str) -> tuple[Paragraph, ...]:
    """A text's paragraphs, which blank lines part; a line's end within one is a space."""
    blocks = re.split(r"\n[ \t]*\n", text.strip())
    return tuple(_pieces(" ".join(block.split())) for block in blocks if block.strip())


def plain_words(text: str) -> str:
    """A text without its marks, in one line: for those who hear it, and for small print."""
    return " ".join(_STRESSED.sub(r"\1", text).split())


def unbroken(text: str) -> str:
    """A text whose Korean words are not broken between two syllables when it is set in lines."""
    return _HANGUL.sub(_JOINER, text)


def _pieces(text: str) -> Paragraph:
    found, end = [], 0
    for match in _STRESSED.finditer(text):
        found += [Piece(text[end : match.start()]), Piece(match[1], stressed=True)]
        end = match.end()
    found.append(Piece(text[end:]))
    return tuple(piece for piece in found if piece.text)
