"""Images that are left out of a drawing of shapes at first, and are packed in a thread.

Packing pixels is most of what such a drawing takes (230 of 240 ms for a photograph), and PyQt holds
Python's lock for as long as a painter draws, in whatever thread it does.  So a small sign is drawn
in the place of each image, and who makes the file puts the image there.
"""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QSize
from PyQt6.QtGui import QImage

SIGN = QSize(3, 1)
"""Pixels of a sign: two that tell it from images, and its number."""

_MARK = (0x5A17E4, 0x0BADD1)

_TRANSPARENT = 0x80
"""Any but 0 and 255: so that room is made for the transparency of what it stands for."""


@dataclass(frozen=True, eq=False)
class Kept:
    """An image that was left out.

    Attributes
    ----------
    key
        What tells it from all others.
    times
        Each pixel is a block of so many in width and height.
    owner
        What has the pixels that the image reads.
    """

    image: QImage
    key: tuple[int, int]
    times: int
    owner: object

    def whole(self) -> QImage:
        """With its blocks."""
        return self.image if self.times == 1 else self.image.scaled(self.image.size() * self.times)


class Aside:
    """The images of one drawing, by the numbers in their signs."""

    def __init__(self) -> None:
        self._images = list[Kept]()
        self._signs: dict[tuple[int, int], QImage] = {}

    def take(self) -> list[Kept]:
        """Those that came since the last time, in the order of their numbers."""
        taken, self._images = self._images, []
        return taken

    def sign(self, image: QImage, times: int, owner: object = None) -> QImage:
        """What is drawn in the place of an image.

        Parameters
        ----------
        owner
            What keeps the image's pixels; None if nothing does, and they are copied.
        """
        key = image.cacheKey(), times
        found = self._signs.get(key)
        if found is None:
            found = self._signs[key] = _sign(len(self._signs), image.hasAlphaChannel())
            image = image.copy() if owner is None else image
            self._images.append(Kept(image, key, times, owner))
        return found


def _sign(number: int, transparent: bool) -> QImage:
    made = QImage(SIGN, QImage.Format.Format_ARGB32)
    opacity = _TRANSPARENT if transparent else 0xFF
    for place, value in enumerate((*_MARK, number)):
        made.setPixel(place, 0, opacity << 24 | value)
    return made


def number_in(pixels: bytes) -> int | None:
    """The number of a sign, by the red, green and blue of its pixels; None for what is no sign."""
    mark, number = pixels[:6], pixels[6:]
    is_sign = len(pixels) == 9 and mark == b"".join(m.to_bytes(3, "big") for m in _MARK)
    return int.from_bytes(number, "big") if is_sign else None
