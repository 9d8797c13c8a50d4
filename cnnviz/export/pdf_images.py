"""Images laid into a PDF of Qt's in the place of small ones, which were signs for them."""

from __future__ import annotations

import re
import zlib
from bisect import bisect
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Packed:
    """An image's pixels, deflated.

    Attributes
    ----------
    colours
        Red, green and blue, row by row.
    opacity
        One byte a pixel; empty if nothing shows through.
    """

    width: int
    height: int
    colours: bytes
    opacity: bytes = b""


_IMAGE = re.compile(
    rb"(?P<object>\d+) 0 obj\n<<\n/Type /XObject\n/Subtype /Image\n"
    rb"/Width (?P<width>\d+)\n/Height (?P<height>\d+)\n"
    rb"/BitsPerComponent 8\n/ColorSpace /Device(?P<kind>RGB|Gray)\n"
    rb"(?:/SMask (?P<opacity>\d+) 0 R\n)?"
    rb"/Length \d+ 0 R\n/Filter /FlateDecode\n>>\nstream\n"
)
_END = b"\nendstream\nendobj\n"
_TABLE = re.compile(rb"xref\n0 (\d+)\n((?:\d{10} \d{5} [nf] \n)+)")
_START = re.compile(rb"startxref\n(\d+)")


def with_images(
    drawing: bytes, images: Sequence[Packed], number_in: Callable[[bytes], int | None]
) -> bytes:
    """A PDF with images instead of their signs.

    Parameters
    ----------
    images
        By the numbers in their signs.
    number_in
        The number of a sign, by its red, green and blue; None for what is no sign.

    Raises
    ------
    ValueError
        If an image has no sign there: Qt writes PDF in another way than it did.
    """
    found = {each["object"]: each for each in _IMAGE.finditer(drawing)}
    written, numbers = dict[bytes, bytes](), set[int]()
    for name, each in found.items():
        number = number_in(_content(drawing, each)) if each["kind"] == b"RGB" else None
        if number is None:
            continue
        numbers.add(number)
        image, opacity = images[number], b""
        if image.opacity and each["opacity"] in found:
            opacity = each["opacity"]
            written[opacity] = _image(opacity, image, image.opacity, b"/DeviceGray")
        written[name] = _image(name, image, image.colours, b"/DeviceRGB", opacity)
    if numbers != set(range(len(images))):
        raise ValueError(f"{len(images) - len(numbers)} of {len(images)} images have no sign")
    return _replaced(drawing, [(found[name], text) for name, text in written.items()])


def _content(drawing: bytes, image: re.Match[bytes]) -> bytes:
    """What a small image's pixels are; nothing of a large one."""
    if int(image["width"]) * int(image["height"]) > 16:
        return b""
    return zlib.decompress(drawing[image.end() : drawing.index(_END, image.end())])


def _image(name: bytes, image: Packed, pixels: bytes, space: bytes, opacity: bytes = b"") -> bytes:
    said = [b"/Type /XObject", b"/Subtype /Image", b"/Width %d" % image.width,
            b"/Height %d" % image.height, b"/BitsPerComponent 8", b"/ColorSpace " + space,
            b"/Length %d" % len(pixels), b"/Filter /FlateDecode"]  # fmt: skip
    if opacity:
        said.append(b"/SMask %b 0 R" % opacity)
    return b"%b 0 obj\n<<\n%b\n>>\nstream\n%b" % (name, b"\n".join(said), pixels) + _END


def _replaced(drawing: bytes, texts: list[tuple[re.Match[bytes], bytes]]) -> bytes:
    """The file with other objects in it, and the table that says where each object begins."""
    parts, at = list[bytes](), 0
    starts, moves, moved = [0], [0], 0
    for old, text in sorted(texts, key=lambda each: each[0].start()):
        end = drawing.index(_END, old.end()) + len(_END)
        parts += [drawing[at : old.start()], text]
        moved += len(text) - (end - old.start())
        starts.append(end)
        moves.append(moved)
        at = end
    ending = drawing[at:]

    def placed(begin: bytes) -> int:
        return int(begin) + moves[bisect(starts, int(begin)) - 1]

    def entry(line: bytes) -> bytes:
        return b"%010d" % placed(line[:10]) + line[10:] if line.endswith(b"n \n") else line

    def table(old: re.Match[bytes]) -> bytes:
        lines = old[2].splitlines(keepends=True)
        return b"xref\n0 %b\n%b" % (old[1], b"".join(map(entry, lines)))

    ending = _TABLE.sub(table, ending)
    ending = _START.sub(lambda old: b"startxref\n%d" % placed(old[1]), ending)
    return b"".join([*parts, ending])
