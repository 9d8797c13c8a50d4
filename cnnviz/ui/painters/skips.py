"""Skip connections over a row of boxes: out of one, past those between, with an arrow into another.

The strip and the row of layers that is edited draw them alike.
"""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen, QPolygonF

from cnnviz.control.language import tr
from cnnviz.core.scenes.skips import Line
from cnnviz.ui.painters.text import width_of, write
from cnnviz.ui.theme import Theme, colour

LEVEL, ABOVE = 15, 8
"""Pixels at 100 % that a line takes with its name, and each one above it."""


def skip_room(lines: Sequence[Line], theme: Theme) -> float:
    """Height of the room above the boxes; 0 without any line."""
    if not lines:
        return 0.0
    return float(theme.px(LEVEL) + theme.px(ABOVE) * max(it.level for it in lines))


def skip_at(
    point: QPointF, lines: Sequence[Line], boxes: Sequence[QRectF], theme: Theme
) -> Line | None:
    """The line under a point, or None."""
    near = theme.px(ABOVE) / 2
    for line in lines:
        left, right, top, bottom = _path(line, boxes, theme)
        x, y = point.x(), point.y()
        along = left - near <= x <= right + near and abs(y - top) <= near
        upright = top <= y < bottom and min(abs(x - left), abs(x - right)) <= near
        if along or upright:
            return line
    return None


def skip_text(source: str, target: str) -> str:
    """What a line means, in words, from the names of the layers it goes from and to."""
    return tr(
        "skip connection: {source} → {target}, past the layers between",
        source=source,
        target=target,
    )


def draw_skip(
    painter: QPainter,
    line: Line,
    boxes: Sequence[QRectF],
    width: float,
    theme: Theme,
    tone: QColor,
) -> None:
    """Draw a line over boxes of which ``width`` is seen, with its name where it has room."""
    left, right, top, bottom = _path(line, boxes, theme)
    if right < 0 or left > width:
        return
    painter.setPen(QPen(tone, max(1.5, theme.px(2)), join=Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    corners = ((left, bottom), (left, top), (right, top), (right, bottom))
    painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in corners]))
    wing = theme.px(4)
    painter.drawPolyline(
        QPolygonF([QPointF(right - wing, bottom - wing), QPointF(right, bottom),
                   QPointF(right + wing, bottom - wing)])
    )  # fmt: skip
    if not line.level:
        _draw_name(painter, (max(left, 0.0), min(right, width), top), theme, tone)


def _path(line: Line, boxes: Sequence[QRectF], theme: Theme) -> tuple[float, float, float, float]:
    """Left, right, top and bottom of a line."""
    start, end = boxes[line.start], boxes[line.end]
    aside = theme.px(8)
    top = start.top() - theme.px(LEVEL) / 2 - theme.px(ABOVE) * line.level
    return start.center().x() + aside, end.center().x() - aside, top, start.top() + theme.px(3)


def _draw_name(
    painter: QPainter, seen: tuple[float, float, float], theme: Theme, tone: QColor
) -> None:
    """The name in the middle of what is seen of a line, where it has room."""
    left, right, y = seen
    text, font = tr("skip connection"), theme.font(13)
    width = width_of(text, font) + theme.px(12)
    if right - left < 2 * width:
        return
    tall = theme.px(LEVEL)
    where = QRectF((left + right - width) / 2, y - tall / 2, width, tall)
    painter.fillRect(where, colour(theme.palette.panel))
    write(painter, where, text, tone, font)
