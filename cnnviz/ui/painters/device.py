"""What is drawn on: a screen of so many pixels, or a drawing that keeps shapes and has none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil

from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QImage, QPaintEngine, QPainter

VECTOR_RATIO = 4.0
"""Pixels in one unit of a drawing without pixels, for the pictures that are laid into it."""

BROWSER_RATIO = 2.0
"""Likewise for a page that a browser shows: it leaves pixels as they are, if it is told to."""

_VECTOR = (QPaintEngine.Type.SVG, QPaintEngine.Type.Pdf)


_for_browsers = False


@contextmanager
def for_browsers() -> Iterator[None]:
    """Draw shapes for pages only: images stay as small as they are, a tenth of the time and bytes.

    Painting is the window's own thread's, so that nothing else draws meanwhile.
    """
    global _for_browsers
    before, _for_browsers = _for_browsers, True
    try:
        yield
    finally:
        _for_browsers = before


def is_vector(painter: QPainter) -> bool:
    """Whether what is drawn is kept as shapes and text; pictures of them are then of no use."""
    engine = painter.paintEngine()
    return engine is not None and engine.type() in _VECTOR


def ratio_of(painter: QPainter) -> float:
    """Device pixels in one of the painter's: 2 on many screens."""
    if is_vector(painter):
        return BROWSER_RATIO if _for_browsers else VECTOR_RATIO
    engine = painter.paintEngine()
    # Not the painter's own, which is the widget even where that is drawn into a finer picture.
    device = painter.device() if engine is None else engine.paintDevice()
    return 1.0 if device is None else device.devicePixelRatioF()


def draw_image(painter: QPainter, rect: QRectF, image: QImage) -> None:
    """Draw an image without smoothing, also where the file's reader would smooth it.

    Viewers of PDF and SVG smooth what they enlarge, some whatever the file says, so that in a
    drawing of shapes every pixel becomes a block of them first.
    """
    if is_vector(painter) and not _for_browsers and not image.isNull():
        times = ceil(
            VECTOR_RATIO * max(rect.width() / image.width(), rect.height() / image.height())
        )
        if times > 1:
            image = image.scaled(image.size() * times)
    painter.drawImage(rect, image)
