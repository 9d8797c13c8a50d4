"""Small pieces that every painter draws with."""

from __future__ import annotations

from collections.abc import Iterable

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen

from cnnviz.ui.painters.device import is_vector
from cnnviz.ui.theme import Theme

CENTRE = Qt.AlignmentFlag.AlignCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_PLACED = (CENTRE, LEFT, RIGHT)


def write(
    painter: QPainter,
    rect: QRectF,
    text: str,
    colour: QColor,
    font: QFont,
    align: Qt.AlignmentFlag = CENTRE,
    wrap: bool = False,
) -> None:
    """Write a text into a rectangle; one line in its vertical middle unless it wraps."""
    painter.setPen(colour)
    painter.setFont(readable(font) if is_vector(painter) else font)
    if wrap or align not in _PLACED:
        flags = align | Qt.TextFlag.TextWordWrap if wrap else align
        painter.drawText(rect, int(flags), text)
        return
    painter.drawText(_start(rect, text, font, align), text)


def _start(rect: QRectF, text: str, font: QFont, align: Qt.AlignmentFlag) -> QPointF:
    """Where the baseline of a line in a rectangle begins.

    Placed by hand: Qt's own layout in a rectangle takes 23 µs a text, this 13 µs, and a window of
    the second convolution has 150 texts (measured 2026-11).
    """
    room = rect.width() - width_of(text, font)
    left = 0.0 if align == LEFT else room if align == RIGHT else room / 2
    metrics = _measures(font)
    middle = rect.top() + (rect.height() + metrics.ascent() - metrics.descent()) / 2
    return QPointF(rect.left() + left, middle)


def write_within(
    painter: QPainter,
    within: QRectF,
    rect: QRectF,
    text: str,
    colour: QColor,
    font: QFont,
    align: Qt.AlignmentFlag = CENTRE,
) -> None:
    """Write a line as `write` does, but of it only what lies in another rectangle."""
    if is_vector(painter):  # SVG as Qt writes it knows no clipping
        letters, area = QPainterPath(), QPainterPath()
        letters.addText(_start(rect, text, font, align), font, text)
        area.addRect(within)
        painter.fillPath(letters.intersected(area), colour)
        return
    painter.save()
    painter.setClipRect(within)
    write(painter, rect, text, colour, font, align)
    painter.restore()


def write_on(painter: QPainter, at: QPointF, text: str, colour: QColor, font: QFont) -> None:
    """Write a text with its baseline's start at a point."""
    painter.setPen(colour)
    painter.setFont(readable(font) if is_vector(painter) else font)
    painter.drawText(at, text)


UNREADABLE = ("calt", "case", "ccmp", "clig", "dlig", "locl", "frac")
"""Features of the font that put other signs into arithmetic, a higher × between digits, which say
nothing to a reader of PDF."""

_READABLE: dict[int, tuple[QFont, QFont]] = {}


def readable(font: QFont) -> QFont:
    """A font for files in which texts are found and copied: every sign is drawn as itself."""
    found = _READABLE.get(id(font))
    if found is None or found[0] is not font:
        if len(_READABLE) > 256:
            _READABLE.clear()
        plain = QFont(font)
        for feature in UNREADABLE:
            plain.setFeature(QFont.Tag(feature), 0)
        found = _READABLE[id(font)] = (font, plain)
    return found[1]


def width_of(text: str, font: QFont) -> float:
    """Width of a text in pixels."""
    key = (id(font), text)
    found = _WIDTHS.get(key)
    if found is None:
        if len(_WIDTHS) > MOST_WIDTHS:
            _WIDTHS.clear()
        found = _WIDTHS[key] = _measures(font).horizontalAdvance(text)
    return found


MOST_WIDTHS = 20_000
"""Texts whose widths are remembered: numbers come again and again, and asking Qt takes 7 µs."""

_WIDTHS: dict[tuple[int, str], float] = {}
_MEASURES: dict[int, tuple[QFont, QFontMetricsF]] = {}


def _measures(font: QFont) -> QFontMetricsF:
    found = _MEASURES.get(id(font))
    if found is None or found[0] is not font:
        if len(_MEASURES) > 256:
            _MEASURES.clear()
            _WIDTHS.clear()
        # The font is kept, so that its id is no other font's.
        found = _MEASURES[id(font)] = (font, QFontMetricsF(font))
    return found[1]


def broken(texts: Iterable[str], width: float, font: QFont) -> list[str]:
    """Texts in lines no wider than ``width`` pixels, as far as spaces allow."""
    lines = list[str]()
    for text in texts:
        first, *words = text.split(" ")
        lines.append(first)
        for word in words:
            longer = f"{lines[-1]} {word}"
            if width_of(longer, font) <= width:
                lines[-1] = longer
            else:
                lines.append(word)
    return lines


def beside_row(inner: QRectF, row: float, theme: Theme) -> QRectF:
    """Where a line stands beside a row of controls of that width at the upper edge of a pane."""
    left = inner.left() + min(row, inner.width()) + theme.px(10)
    return QRectF(left, inner.top(), max(0.0, inner.right() - left), theme.px(24))


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
