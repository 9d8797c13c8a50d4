"""A short vector line by line: place, bar, number; lines that are not computed yet stay blank."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QPainter

from cnnviz.core.numbers import number
from cnnviz.ui.painters.text import LEFT, RIGHT, outline, write
from cnnviz.ui.theme import Theme, colour


def value_row(area: QRectF, count: int, index: int) -> QRectF:
    """The line of one value."""
    height = min(area.height() / count, area.height() / 6)
    top = area.top() + (area.height() - height * count) / 2
    return QRectF(area.left(), top + index * height, area.width(), height)


def row_at(area: QRectF, count: int, x: float, y: float) -> int | None:
    """The value whose line is at a point."""
    if not area.contains(x, y):
        return None
    first = value_row(area, count, 0)
    index = int((y - first.top()) // first.height())
    return index if 0 <= index < count else None


def paint_value_rows(
    painter: QPainter,
    area: QRectF,
    values: NDArray[np.floating[Any]],
    limit: float,
    theme: Theme,
    role: str,
    computed: int | None = None,
    chosen: int | None = None,
) -> None:
    """Draw one line a value.

    Parameters
    ----------
    limit
        The value whose bar is as long as there is room.
    role
        Colour of the frame around the value ``chosen``.
    computed
        How many of the values are written already; all if None.
    """
    palette, px = theme.palette, theme.px
    signed = bool(values.min() < 0)
    height = value_row(area, len(values), 0).height()
    # Digits are three quarters as high as their font: in low lines they may fill them.
    font = theme.font(min(15.0, max(8.0, height / theme.zoom)))
    around = 1 if height < px(18) else -1
    label, text = px(26), px(62)
    width = max(0.0, area.width() - label - text)
    zero = area.left() + label + (width / 2 if signed else 0)
    reach = width / 2 if signed else width
    for index, value in enumerate(values):
        row = value_row(area, len(values), index)
        place = QRectF(row.left(), row.top(), label - px(6), height)
        write(painter, place, str(index), colour(palette.muted), font, RIGHT)
        groove = QRectF(area.left() + label, row.top() + height * 0.3, width, height * 0.4)
        painter.fillRect(groove, colour(palette.raised))
        if computed is None or index < computed:
            length = float(value) / limit * reach
            bar = QRectF(min(zero, zero + length), groove.top(), abs(length), groove.height())
            painter.fillRect(bar, colour(palette.positive if length >= 0 else palette.negative))
            shown = number(float(value), 2, small=False)
            right = QRectF(row.right() - text + px(6), row.top(), text, height)
            write(painter, right, shown, colour(palette.text), font, LEFT)
        if index == chosen:
            frame = row.adjusted(0, -around, 0, around)
            outline(painter, frame, colour(role), px(2), px(3))
