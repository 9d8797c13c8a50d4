"""The time slider: a groove, the ends of the epochs in it, and where in it we are."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QPainter

from cnnviz.ui.painters.text import outline
from cnnviz.ui.theme import Theme, colour

MOST_MARKS = 40
"""More marks than these would be a hatching."""


def groove(rect: QRectF, theme: Theme) -> QRectF:
    """Where the middle of the handle can be: the ends of the groove are half a handle away."""
    margin, height = theme.px(9), theme.px(5)
    return QRectF(
        rect.left() + margin,
        rect.center().y() - height / 2,
        max(1.0, rect.width() - 2 * margin),
        height,
    )


def paint_time_slider(
    painter: QPainter,
    rect: QRectF,
    share: float,
    marks: Sequence[float],
    past: bool,
    focused: bool,
    theme: Theme,
) -> None:
    """Draw it.

    Parameters
    ----------
    share, marks
        Where the handle and the ends of the epochs are, from 0 to 1 along the groove.
    past
        Whether a step of the past is shown; else the handle is drawn hollow, at the end.
    """
    palette, px = theme.palette, theme.px
    painter.fillRect(rect, colour(palette.panel))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    bar, radius = groove(rect, theme), px(2)
    painter.setBrush(colour(palette.raised if palette.name == "dark" else palette.border))
    painter.drawRoundedRect(bar, radius, radius)
    x = bar.left() + share * bar.width()
    painter.setBrush(colour(palette.accent if past else palette.faint))
    painter.drawRoundedRect(
        QRectF(bar.left(), bar.top(), x - bar.left(), bar.height()), radius, radius
    )
    stride = -(-len(marks) // MOST_MARKS) or 1
    for mark in marks[::stride]:
        place = round(bar.left() + mark * bar.width())
        line = QRectF(place, round(bar.top()) - px(4), 1, px(5) + px(8))
        painter.fillRect(line, colour(palette.muted))
    painter.setBrush(colour(palette.accent if past else palette.panel))
    painter.setPen(colour(palette.accent if past else palette.muted))
    painter.drawEllipse(QPointF(x, bar.center().y()), px(15) / 2, px(15) / 2)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    if focused:
        outline(painter, rect, colour(palette.accent), max(1, px(1)))
