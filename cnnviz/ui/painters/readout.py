"""The line that says which number is under the mouse."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QFontMetricsF, QPainter, QPen

from cnnviz.ui.painters.text import write
from cnnviz.ui.theme import Theme, colour


def draw_readout(painter: QPainter, area: QRectF, text: str, at: QPointF, theme: Theme) -> None:
    """Write a text on a raised chip at the edge of an area that is farther from a point.

    There, and not beside the mouse, it never covers the map that is read.
    """
    font, palette = theme.font(14), theme.palette
    metrics = QFontMetricsF(font)
    margin, height = theme.px(4), metrics.height() + theme.px(6)
    shown = metrics.elidedText(
        text, Qt.TextElideMode.ElideMiddle, area.width() - theme.px(16) - 2 * margin
    )
    width = metrics.horizontalAdvance(shown) + theme.px(16)
    below = at.y() < area.center().y()
    top = area.bottom() - height - margin if below else area.top() + margin
    chip = QRectF(area.left() + margin, top, width, height)
    painter.setPen(QPen(colour(palette.border), 1))
    painter.setBrush(colour(palette.raised))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.drawRoundedRect(chip, theme.px(5), theme.px(5))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    write(painter, chip, shown, colour(palette.text), font)


def draw_focus(painter: QPainter, rect: QRectF, theme: Theme) -> None:
    """Frame what the keyboard stands on, dashed, so that it is not taken for what is chosen."""
    pen = QPen(colour(theme.palette.text), max(2.0, theme.px(2)), Qt.PenStyle.DashLine)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(rect)
