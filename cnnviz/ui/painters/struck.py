"""Strikes neurons out, as the drawing of dropout does in every lecture."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QLineF, QPointF, QRectF, Qt
from PyQt6.QtGui import QPainter, QPen

from cnnviz.ui.theme import Theme, colour

SHADE = 170
"""How much of a cell is covered, of 255."""

LEAST = 6
"""Side of a cell that has room for a stroke, in pixels at 100 %."""


def strike_cells(painter: QPainter, cells: Sequence[QRectF], theme: Theme) -> None:
    """Cover cells, with a stroke through each that has room: a value of 0 alone looks otherwise."""
    if not cells:
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour(theme.palette.faint, SHADE))
    painter.drawRects(*cells)
    if min(cells[0].width(), cells[0].height()) < theme.px(LEAST):
        return
    painter.setPen(QPen(colour(theme.palette.text), 1))
    painter.drawLines(*(QLineF(cell.bottomLeft(), cell.topRight()) for cell in cells))


def strike_neurons(
    painter: QPainter, places: Sequence[QPointF], radius: float, theme: Theme
) -> None:
    """A cross through circles."""
    reach = radius * 1.15
    painter.setPen(QPen(colour(theme.palette.text), max(1.5, theme.px(2))))
    for at in places:
        for slope in (1, -1):
            painter.drawLine(
                QPointF(at.x() - reach, at.y() - slope * reach),
                QPointF(at.x() + reach, at.y() + slope * reach),
            )
