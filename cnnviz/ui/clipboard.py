"""Pictures on the clipboard, as what would be in a file."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QBuffer, QIODevice
from PyQt6.QtGui import QGuiApplication, QImage

from cnnviz.core.picture import check_pixels

KINDS = ("png", "jpeg", "webp", "bmp", "gif", "tiff")
"""Kinds of pictures on a clipboard that are read as they are."""


def picture_on_clipboard() -> Path | bytes | None:
    """A picture's bytes, or the first file that was copied; None where there is neither.

    Raises
    ------
    Problem
        If the picture has too many pixels to be read.
    """
    clipboard = QGuiApplication.clipboard()
    data = None if clipboard is None else clipboard.mimeData()
    if data is None:
        return None
    for kind in KINDS:
        if data.hasFormat(f"image/{kind}"):
            return data.data(f"image/{kind}").data()
    if data.hasImage():
        return _packed(QImage(data.imageData()))
    for url in data.urls():
        if url.isLocalFile():
            return Path(url.toLocalFile())
    return None


def _packed(image: QImage) -> bytes:
    """An image of Qt's goes through the same door as a file's, without loss."""
    check_pixels(image.width(), image.height())
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG", 90)  # of 100: nearly unpacked, which is quick
    return buffer.data().data()
