"""What is drawn on: a screen of so many pixels, or a drawing that keeps shapes and has none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil

from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import QImage, QPaintEngine, QPainter, QPixmap

from cnnviz.ui.painters.aside import Aside

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


_aside: Aside | None = None


@contextmanager
def images_aside(aside: Aside) -> Iterator[None]:
    """Draw shapes with signs in the place of images, which are packed later; likewise."""
    global _aside
    before, _aside = _aside, aside
    try:
        yield
    finally:
        _aside = before


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


def draw_image(painter: QPainter, rect: QRectF, image: QImage, owner: object = None) -> None:
    """Draw an image without smoothing, also where the file's reader would smooth it.

    Viewers of PDF and SVG smooth what they enlarge, some whatever the file says, so that in a
    drawing of shapes every pixel becomes a block of them first.

    Parameters
    ----------
    owner
        What keeps the image's pixels, if they last longer than this call.
    """
    if is_vector(painter):
        times = 1
        if not _for_browsers and not image.isNull():
            enlarged = max(rect.width() / image.width(), rect.height() / image.height())
            times = max(1, ceil(VECTOR_RATIO * enlarged))
        if _aside is not None:
            image = _aside.sign(image, times, owner)
        elif times > 1:
            image = image.scaled(image.size() * times)
    painter.drawImage(rect, image)


def draw_pixmap(painter: QPainter, at: QPointF, picture: QPixmap) -> None:
    """Draw a picture in its own size, which has the pixels of what is drawn on."""
    if _aside is None or not is_vector(painter):
        painter.drawPixmap(at, picture)
        return
    image = picture.toImage()  # has the same pixels, and keeps them
    sign = _aside.sign(image, 1, image)
    painter.drawImage(QRectF(at, picture.deviceIndependentSize()), sign)
