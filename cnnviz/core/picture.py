"""A picture to be filtered: its numbers, where it came from, and how large one may be."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.problem import Problem

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff")
"""Of files that are opened as pictures; what is in them is found out from their bytes."""

LARGEST_FILE = 64_000_000
"""Bytes of a picture's file; a JPEG of 16 megapixels has about 8 million."""

LARGEST_PIXELS = 16_000_000
"""Pixels that are read at all: decoded they take up to 64 MB."""

LONGEST_SIDE = 512
"""Pixels that a picture is scaled down to on its longer side: more than a window shows of it beside
its result, and a filter is then done within a frame or two."""

LUMA = (0.299, 0.587, 0.114)
"""What red, green and blue weigh in a grey value (ITU-R BT.601, as Pillow's "L" and torchvision's
Grayscale; the three add up to 1)."""


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture as a network would be fed with it.

    Attributes
    ----------
    image
        (3, height, width) red, green, blue, or (1, height, width) grey; float32, 0 … 1.
    name
        What it is called: a file's name; "" for what has none.
    notice
        What was changed while it was read, or None.
    drawn
        Whether it is a drawing of one's own, which can be drawn on.
    """

    image: NDArray[np.float32]
    name: str = ""
    notice: Problem | None = None
    drawn: bool = False

    @property
    def coloured(self) -> bool:
        return len(self.image) == 3

    @cached_property
    def grey(self) -> NDArray[np.float32]:
        """(1, height, width) one grey value a pixel, by `LUMA`; worked out once."""
        if not self.coloured:
            return self.image
        weights = np.array(LUMA, dtype=np.float32)
        return np.tensordot(weights, self.image, axes=1)[None].astype(np.float32, copy=False)


def check_pixels(width: int, height: int) -> None:
    """Refuse a picture by the size it says it has, before any of it is decoded.

    Raises
    ------
    Problem
        If it has no pixel, or more than `LARGEST_PIXELS`.
    """
    if width < 1 or height < 1:
        raise Problem("it says that it is {width} × {height} pixels large", **_sizes(width, height))
    if width * height > LARGEST_PIXELS:
        raise Problem(
            "it is {width} × {height} pixels large, at most {most} megapixels are read",
            most=LARGEST_PIXELS // 1_000_000,
            **_sizes(width, height),
        )


def scaled_size(width: int, height: int) -> tuple[int, int]:
    """(width, height) that a picture is filtered in: its own, or at most `LONGEST_SIDE`."""
    longest = max(width, height)
    if longest <= LONGEST_SIDE:
        return width, height
    share = LONGEST_SIDE / longest
    return max(1, round(width * share)), max(1, round(height * share))


def _sizes(width: int, height: int) -> dict[str, str]:
    return {"width": f"{width:,}", "height": f"{height:,}"}
