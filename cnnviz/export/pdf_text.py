"""What a reader of a PDF finds and copies where digits of equal width are drawn.

The font has these digits under codes of its own, which Qt writes down as what they say; and it
says of a space that it is a tab.
"""

from __future__ import annotations

import re

PRIVATE = {
    **{0xE071 + digit: str(digit) for digit in range(10)},
    0xE093: ",",
    0xE094: ".",
    0xE095: ":",
    0xE096: ";",
    0x0009: " ",
}
"""What Pretendard's signs of equal width say, by their codes."""

_MAP = re.compile(rb"begincmap.*?endcmap", re.DOTALL)
_SAID = re.compile(rb"\[[^\]]*\]")
"""What signs say, one after the other, within such a map; beside it stand their own numbers."""

_CODES = {b"<%04X>" % code: b"<%04X>" % ord(text) for code, text in PRIVATE.items()}
_CODE = re.compile(b"|".join(_CODES))


def with_plain_text(pdf: bytes) -> bytes:
    """A PDF of Qt's whose digits can be searched for and copied; nothing else of it changes.

    Codes are as long as those that they take the place of, so that everything stays where the
    file's table says that it is.
    """
    return _MAP.sub(lambda found: _SAID.sub(_plain, found[0]), pdf)


def _plain(said: re.Match[bytes]) -> bytes:
    return _CODE.sub(lambda code: _CODES[code[0]], said[0])
