"""Drawings of shapes whose images were left out, and how these are packed, in any thread."""

from __future__ import annotations

import zlib
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.etree import ElementTree

from PyQt6.QtCore import QBuffer, QIODevice
from PyQt6.QtGui import QImage

from cnnviz.export.pdf_images import Packed
from cnnviz.ui.painters.aside import Kept, number_in

XLINK = "http://www.w3.org/1999/xlink"

_PNG = "data:image/png;base64,"

_LONGEST_SIGN = 400
"""Characters; images that are no signs are mostly longer."""

_PORTION = 1 << 18
"""Pixels that are made ready at once: for so long Python's lock is held."""

_MOST_PACKED = 64


@dataclass(frozen=True)
class Packing:
    """Images as SVG has them.  The last ones are kept: pictures of a lesson share many."""

    _packed: dict[tuple[int, int], str] = field(default_factory=dict)

    def __call__(self, kept: Kept) -> str:
        found = self._packed.get(kept.key)
        if found is None:
            if len(self._packed) >= _MOST_PACKED:
                self._packed.clear()
            found = self._packed[kept.key] = _PNG + b64encode(png(kept.whole())).decode()
        return found


@dataclass(frozen=True, eq=False)
class Sketch:
    """What Qt has written of a drawing, as SVG, and the images that belong into it."""

    shapes: bytes
    images: Sequence[Kept]

    def fill(self, drawing: ElementTree.Element, packing: Packing) -> None:
        """Put the images in the place of their signs, in the drawing that was read."""
        for element in drawing.iter():
            link = element.get(f"{{{XLINK}}}href", "")
            if link.startswith(_PNG) and len(link) < _LONGEST_SIGN:
                sign = QImage.fromData(b64decode(link.removeprefix(_PNG)))
                number = number_in(_rows(sign, QImage.Format.Format_RGB888, 3))
                if number is not None:
                    element.set(f"{{{XLINK}}}href", packing(self.images[number]))


def deflated(kept: Kept) -> Packed:
    """An image as PDF has it."""
    whole = kept.image
    size = whole.size() * kept.times
    colours, opacity = zlib.compressobj(), zlib.compressobj()
    packed, through, opaque = list[bytes](), list[bytes](), True
    rows = max(1, _PORTION // max(1, size.width() * kept.times))
    for top in range(0, whole.height(), rows):
        part = whole.copy(0, top, whole.width(), min(rows, whole.height() - top))
        part = part.scaled(part.size() * kept.times)
        packed.append(colours.compress(_rows(part, QImage.Format.Format_RGB888, 3)))
        if whole.hasAlphaChannel():
            alpha = _rows(part, QImage.Format.Format_Alpha8, 1)
            opaque = opaque and not alpha.strip(b"\xff")
            through.append(opacity.compress(alpha))
    packed.append(colours.flush())
    through.append(opacity.flush())
    return Packed(
        size.width(), size.height(), b"".join(packed), b"" if opaque else b"".join(through)
    )


def png(image: QImage) -> bytes:
    """As Qt packs it, which leaves Python's lock to others meanwhile."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return buffer.data().data()


def _rows(image: QImage, kind: QImage.Format, each: int) -> bytes:
    """An image's pixels of so many bytes each, without the gaps behind its rows."""
    image = image.convertToFormat(kind)
    bits = image.constBits()
    if bits is None:
        return b""
    data, wide, line = (
        bits.asstring(image.sizeInBytes()),
        each * image.width(),
        image.bytesPerLine(),
    )
    if wide == line:
        return data
    return b"".join(data[at : at + wide] for at in range(0, len(data), line))
