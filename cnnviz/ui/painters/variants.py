"""Draws an image beside what an augmentation makes of it, with what was drawn for each."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QFontMetricsF, QImage, QPainter

from cnnviz.control.language import tr
from cnnviz.core.augmentation import VARIANTS, Augmentation, Change, Variants
from cnnviz.core.numbers import number
from cnnviz.core.scenes.photograph import picture_pixels
from cnnviz.ui.painters.device import draw_image
from cnnviz.ui.painters.text import outline, write
from cnnviz.ui.theme import Theme, colour

ACROSS = 3
LINES = 3
"""Of text below each image."""


def cells(area: QRectF, theme: Theme) -> list[tuple[QRectF, QRectF]]:
    """Places for the image itself and its variants, each with one for what is said below it."""
    px, count = theme.px, VARIANTS + 1
    down = -(-count // ACROSS)
    wide, high = area.width() / ACROSS, area.height() / down
    text = LINES * QFontMetricsF(theme.font(14)).height()
    side = max(1.0, min(wide - px(10), high - text - px(8)))
    found = []
    for place in range(count):
        left = area.left() + place % ACROSS * wide
        top = area.top() + place // ACROSS * high
        picture = QRectF(left + (wide - side) / 2, top, side, side)
        found.append((picture, QRectF(left + px(3), picture.bottom() + 2, wide - px(6), text)))
    return found


def paint_variants(
    painter: QPainter,
    area: QRectF,
    image: NDArray[np.floating[Any]],
    variants: Variants | None,
    theme: Theme,
) -> None:
    """The image first; its variants as soon as they are there."""
    palette = theme.palette
    places = cells(area, theme)
    picture, text = places[0]
    _draw(painter, picture, image)
    outline(painter, picture.adjusted(-2, -2, 2, 2), colour(palette.input), 2)
    said = tr("as it is")
    write(painter, text, said, colour(palette.text), theme.font(14, bold=True), TOP, wrap=True)
    if variants is None:
        return
    wanted = variants.asked.augmentation
    for (picture, text), made, change in zip(
        places[1:], variants.images, variants.changes, strict=True
    ):
        _draw(painter, picture, made)
        outline(painter, picture.adjusted(-1, -1, 1, 1), colour(palette.border), 1)
        said = change_text(wanted, change)
        write(painter, text, said, colour(palette.muted), theme.font(14), TOP, wrap=True)


TOP = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop


def change_text(wanted: Augmentation, change: Change) -> str:
    """What was drawn for an image, of what is switched on: "→ 2 ↑ 1 · ↺ 7.5° · mirrored"."""
    parts = []
    if wanted.flip and change.flipped:
        parts.append(tr("mirrored"))
    if wanted.crop:
        parts.append(tr("part {share}", share=f"{change.side:.0%}"))
    if wanted.rotation:
        parts.append(f"{'↺' if change.angle >= 0 else '↻'} {abs(change.angle):.1f}°")
    if wanted.shift:
        across, down = "→" if change.right >= 0 else "←", "↓" if change.down >= 0 else "↑"
        parts.append(f"{across} {abs(change.right)} {down} {abs(change.down)}")
    if wanted.colour and change.factors:
        parts.append(f"α {', '.join(number(factor, 2) for factor in change.factors)}")
    # A line may end between two of them, and not within one.
    return " · ".join(part.replace(" ", "\u00a0") for part in parts)


def _draw(painter: QPainter, rect: QRectF, image: NDArray[np.floating[Any]]) -> None:
    _, rows, columns = image.shape
    pixels = np.ascontiguousarray(
        picture_pixels(image if len(image) in (1, 3) else image[:1], None)
    )
    data = pixels.tobytes()  # must outlive the image that reads it
    made = QImage(data, columns, rows, 4 * columns, QImage.Format.Format_RGB32)
    smooth = rect.width() < columns
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
    draw_image(painter, rect, made)
