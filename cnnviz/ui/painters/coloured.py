"""Pictures with three channels, red, green and blue, as one picture."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QImage, QPainter

from cnnviz.core.scenes.photograph import picture_pixels
from cnnviz.ui.painters.device import draw_image, ratio_of

CHANNELS = "RGB"
"""What the three are called, in every language."""


def is_coloured(image: NDArray[np.floating[Any]]) -> bool:
    """Whether an input is a picture in colour: three channels of more than one pixel."""
    return image.ndim == 3 and len(image) == 3 and image.size > 3


def draw_coloured(painter: QPainter, rect: QRectF, image: NDArray[np.floating[Any]]) -> QRectF:
    """Draw a picture as large as fits into the middle of a rectangle; returns where it lies.

    Pixels stay squares where they are enlarged, and are averaged where there are too many.

    Parameters
    ----------
    image
        (3, height, width), 0 … 1.
    """
    _, rows, columns = image.shape
    ratio = ratio_of(painter)
    scale = max(1 / ratio / max(rows, columns), min(rect.width() / columns, rect.height() / rows))
    size = round(columns * scale * ratio) / ratio, round(rows * scale * ratio) / ratio
    left = round((rect.center().x() - size[0] / 2) * ratio) / ratio
    top = round((rect.center().y() - size[1] / 2) * ratio) / ratio
    area = QRectF(left, top, *size)
    pixels = np.ascontiguousarray(picture_pixels(image, None))
    data = pixels.tobytes()  # must outlive the image that reads it
    picture = QImage(data, columns, rows, 4 * columns, QImage.Format.Format_RGB32)
    if scale * ratio < 1:
        mode = Qt.TransformationMode.SmoothTransformation
        wide, high = round(size[0] * ratio), round(size[1] * ratio)
        shape = Qt.AspectRatioMode.IgnoreAspectRatio
        picture = picture.scaled(max(1, wide), max(1, high), shape, mode)
    draw_image(painter, area, picture)
    return area
