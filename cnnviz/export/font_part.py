"""The part of a font that a page needs."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

from fontTools import subset

FEATURES = ["tnum", "kern", "ccmp", "mark", "mkmk", "locl", "calt", "liga"]
"""Digits of equal width, and what a browser does by itself as Qt does."""


def font_part(path: Path, letters: Iterable[str]) -> bytes:
    """A WOFF file with the letters that are needed of a font, and their widths and kerning.

    Parameters
    ----------
    path
        An OpenType font.
    letters
        Texts; each letter in them is kept.
    """
    options = subset.Options(flavor="woff", layout_features=FEATURES, name_IDs=[0, 1, 2, 13, 14])
    options.notdef_outline = True
    with subset.load_font(path, options) as font:
        subsetter = subset.Subsetter(options)
        subsetter.populate(text="".join(sorted(set().union(*letters))))
        subsetter.subset(font)
        stream = BytesIO()
        subset.save_font(font, stream, options)
    return stream.getvalue()
