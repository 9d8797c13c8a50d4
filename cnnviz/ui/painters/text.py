"""Small pieces that every painter draws with."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

CENTRE = Qt.AlignmentFlag.AlignCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def write(
    painter: QPainter,
    rect: QRectF,
    text: str,
    colour: QColor,
    font: QFont,
    align: Qt.AlignmentFlag = CENTRE,
    wrap: bool = False,
) -> None:
    """Write a text into a rectangle."""
    painter.setPen(colour)
    painter.setFont(font)
    flags = int(align) if not wrap else int(align | Qt.TextFlag.TextWordWrap)
    painter.drawText(rect, flags, text)


def write_on(painter: QPainter, at: QPointF, text: str, colour: QColor, font: QFont) -> None:
    """Write a text with its baseline's start at a point; the cheapest way Qt has."""
    painter.setPen(colour)
    painter.setFont(font)
    painter.drawText(at, text)


def width_of(text: str, font: QFont) -> float:
    """Width of a text in pixels."""
    return QFontMetricsF(font).horizontalAdvance(text)


def outline(
    painter: QPainter, rect: QRectF, colour: QColor, width: float, radius: float = 0
) -> None:
    """Draw a rectangle's border just inside of it."""
    painter.setPen(QPen(colour, width))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    inset = width / 2
    inner = rect.adjusted(inset, inset, -inset, -inset)
    if radius:
        painter.drawRoundedRect(inner, radius, radius)
    else:
        painter.drawRect(inner)
