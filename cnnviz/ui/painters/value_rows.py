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

SMALLEST_FONT = 14
"""Of the numbers, at 100 %; where so many lines do not fit, they stand in two columns."""

LABEL, TEXT = 26, 62
"""Widths of place and number, at 100 %; the bar between them has what is left."""


def value_row(area: QRectF, count: int, index: int, theme: Theme) -> QRectF:
    """The line of one value; the second half stands beside the first where lines would be low."""
    low = area.height() / count < theme.px(SMALLEST_FONT + 2)
    columns = 2 if low and area.width() >= theme.px(2 * (LABEL + TEXT) + 8) else 1
    lines = -(-count // columns)
    column, line = divmod(index, lines)
    height, gap = area.height() / max(lines, 6), theme.px(8) * (columns - 1)
    width = (area.width() - gap) / columns
    top = area.top() + (area.height() - height * lines) / 2
    return QRectF(area.left() + column * (width + gap), top + line * height, width, height)


def row_at(area: QRectF, count: int, x: float, y: float, theme: Theme) -> int | None:
    """The value whose line is at a point."""
    rows = (value_row(area, count, index, theme) for index in range(count))
    return next((index for index, row in enumerate(rows) if row.contains(x, y)), None)


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
    first = value_row(area, len(values), 0, theme)
    height = first.height()
    font = theme.font(min(15.0, max(8.0, height / theme.zoom)))
    around = 1 if height < px(18) else -1
    label, text = px(LABEL), px(TEXT)
    width = max(0.0, first.width() - label - text)
    reach = width / 2 if signed else width
    for index, value in enumerate(values):
        row = value_row(area, len(values), index, theme)
        zero = row.left() + label + (width / 2 if signed else 0)
        place = QRectF(row.left(), row.top(), label - px(6), height)
        write(painter, place, str(index), colour(palette.muted), font, RIGHT)
        groove = QRectF(row.left() + label, row.top() + height * 0.3, width, height * 0.4)
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
