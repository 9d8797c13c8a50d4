"""A short vector as bars: logits, probabilities."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QFontMetricsF, QPainter

from cnnviz.core.numbers import number
from cnnviz.ui.painters.text import CENTRE, outline, width_of, write
from cnnviz.ui.theme import Theme, colour

Values = NDArray[np.floating[Any]]


def bar_slot(rect: QRectF, count: int, index: int) -> QRectF:
    """The part of a rectangle that one bar has."""
    width = rect.width() / count
    return QRectF(rect.left() + index * width, rect.top(), width, rect.height())


def bar_at(rect: QRectF, count: int, point: QPointF) -> int | None:
    """The bar whose part of the rectangle a point lies in, or None."""
    if not rect.contains(point):
        return None
    return min(count - 1, int((point.x() - rect.left()) / rect.width() * count))


def draw_bars(
    painter: QPainter, rect: QRectF, values: Values, theme: Theme, role: str = ""
) -> None:
    """Draw a vector as bars above and below zero, the largest |value| as high as the room is.

    They have the colour of ``role``, or else of outputs.
    """
    tone = colour(role or theme.palette.output)
    finite = np.nan_to_num(np.asarray(values, dtype=np.float64), posinf=0.0, neginf=0.0)
    high, low = max(0.0, float(finite.max())), min(0.0, float(finite.min()))
    scale = rect.height() / ((high - low) or 1.0)
    zero = rect.top() + high * scale
    painter.setPen(Qt.PenStyle.NoPen)
    for index, value in enumerate(finite):
        slot = bar_slot(rect, len(finite), index)
        gap = max(1.0, slot.width() * 0.16) / 2
        top, bottom = sorted((zero, zero - float(value) * scale))
        bar = QRectF(slot.left() + gap, top, slot.width() - 2 * gap, max(1.0, bottom - top))
        painter.fillRect(bar, tone)
    if low < 0:
        painter.fillRect(QRectF(rect.left(), zero, rect.width(), 1), colour(theme.palette.faint))


def draw_labelled_bars(
    painter: QPainter, rect: QRectF, values: Values, chosen: int, theme: Theme
) -> None:
    """Draw bars with their numbers above and their places below, as far as there is room."""
    font = theme.font(14)
    line = QFontMetricsF(font).height()
    slot = rect.width() / len(values)
    texts = _texts(values, slot - theme.px(4), theme)
    above = line if texts else 0.0
    below = line if slot > width_of(str(len(values) - 1), font) + theme.px(2) else 0.0
    body = rect.adjusted(0, above + theme.px(2), 0, -below - theme.px(2))
    draw_bars(painter, body, values, theme)
    for index in range(len(values)):
        whole = bar_slot(rect, len(values), index)
        tone = colour(theme.palette.text if index == chosen else theme.palette.muted)
        if texts:
            top = QRectF(whole.left(), whole.top(), whole.width(), line)
            write(painter, top, texts[index], tone, font, CENTRE)
        if below:
            bottom = QRectF(whole.left(), whole.bottom() - line, whole.width(), line)
            write(painter, bottom, str(index), tone, font, CENTRE)
    if 0 <= chosen < len(values):
        frame = bar_slot(rect, len(values), chosen)
        outline(painter, frame, colour(theme.palette.accent), max(1.0, theme.px(1.5)), theme.px(4))


def _texts(values: Values, width: float, theme: Theme) -> list[str]:
    """The numbers with as many decimals as the narrowest column takes; none if none fits."""
    for decimals in (3, 2, 1, 0):
        texts = [number(float(value), decimals, small=False) for value in values]
        if max(width_of(text, theme.font(14)) for text in texts) <= width:
            return texts
    return []
