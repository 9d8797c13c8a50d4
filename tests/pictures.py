"""Golden pictures: what is drawn is compared, byte for byte, with what a person has looked at."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import qVersion
from PyQt6.QtGui import QImage

QT_VERSION_KEY = "Qt"
"""Text chunk of a golden PNG that says which Qt drew it: glyphs and curves differ between them."""


@dataclass(frozen=True)
class GoldenPictures:
    """A folder of golden pictures; ``accept`` takes what is drawn as the new ones."""

    folder: Path
    accept: bool = False

    def check(self, image: QImage, name: str) -> None:
        """Fail unless the image equals ``name``.png; then leave it and the difference beside."""
        golden, new, diff = (
            self.folder / f"{name}{ending}" for ending in (".png", ".new.png", ".diff.png")
        )
        new.unlink(missing_ok=True)
        diff.unlink(missing_ok=True)
        expected = QImage(str(golden))
        if not expected.isNull() and np.array_equal(pixels(expected), pixels(image)):
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        _save(image, golden if self.accept else new)
        if self.accept:
            return
        again = "look at it, and if it is right run pytest with --accept-pictures"
        assert not expected.isNull(), f"there is no golden picture yet; {new}: {again}"
        what = _difference(expected, image, diff)
        drawn = expected.text(QT_VERSION_KEY)
        raise AssertionError(
            f"{golden.name} (Qt {drawn}) is not what Qt {qVersion()} draws now: {what}. "
            f"{new} is what is drawn: {again}"
        )


def pixels(image: QImage) -> NDArray[np.uint8]:
    """(height, width, 4) bytes of an image: red, green, blue, alpha."""
    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    bits = image.constBits()
    assert bits is not None, "an image without pixels"
    bits.setsize(image.sizeInBytes())
    flat = np.frombuffer(bytes(bits), dtype=np.uint8)  # type: ignore[call-overload]  # voidptr
    return flat.reshape(image.height(), -1)[:, : 4 * image.width()].reshape(
        image.height(), image.width(), 4
    )


def _save(image: QImage, path: Path) -> None:
    image = image.copy()
    image.setText(QT_VERSION_KEY, qVersion())
    assert image.save(str(path)), f"{path} cannot be written"


def _difference(expected: QImage, image: QImage, diff: Path) -> str:
    """Say where two pictures differ; write a picture that is white there, if their sizes agree."""
    if expected.size() != image.size():
        return (
            f"it is {image.width()}×{image.height()}, but {expected.width()}×{expected.height()} "
            "was expected"
        )
    differs = (pixels(expected) != pixels(image)).any(axis=2)
    rows, columns = np.nonzero(differs)
    mask = np.where(differs, np.uint8(255), np.uint8(0)).tobytes()
    size = image.width(), image.height(), image.width()
    QImage(mask, *size, QImage.Format.Format_Grayscale8).save(str(diff))
    return f"{len(rows)} pixels differ, the first at x {columns[0]}, y {rows[0]}; see {diff}"
