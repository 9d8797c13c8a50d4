"""Draws an activation's curve with its slope, and the point on it that a value becomes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QLineF, QPointF, QRectF, Qt
from PyQt6.QtGui import QPainter, QPen, QPolygonF

from cnnviz.control.language import tr
from cnnviz.core.numbers import number
from cnnviz.core.operations import Activation
from cnnviz.core.scenes.stage import StageScene
from cnnviz.ui.painters.text import CENTRE, LEFT, RIGHT, outline, write
from cnnviz.ui.theme import Theme, colour

POINTS = 241
"""Of the curve: one for every pixel or two; odd, so that one stands at zero, where ReLU bends."""


@dataclass(frozen=True, eq=False)
class Chart:
    """The curve over the range of the input's colours, and where its values stand.

    Attributes
    ----------
    area
        The frame; its width is from −limit to +limit.
    xs, ys
        (POINTS,) the curve.
    slopes
        (POINTS,) its derivative.
    low, high
        The values at the frame's lower and upper edge.
    """

    area: QRectF
    limit: float
    xs: NDArray[np.float64]
    ys: NDArray[np.float64]
    slopes: NDArray[np.float64]
    low: float
    high: float

    def at(self, x: float, y: float) -> QPointF:
        """The place of a point; one outside of the frame is drawn on its edge."""
        across = min(max((x + self.limit) / (2 * self.limit), 0.0), 1.0)
        up = min(max((y - self.low) / (self.high - self.low), 0.0), 1.0)
        area = self.area
        return QPointF(area.left() + across * area.width(), area.bottom() - up * area.height())


def chart_of(activation: Activation, limit: float, area: QRectF, theme: Theme) -> Chart:
    """The chart of an activation in a rectangle, with room for what is written at its ends."""
    line = theme.px(20)
    frame = area.adjusted(0, line, 0, -2 * line)
    xs = np.linspace(-limit, limit, POINTS)
    ys, slopes = activation.curve(xs), activation.slope(xs)
    low, high = (
        min(float(ys.min()), float(slopes.min()), 0.0),
        max(float(ys.max()), float(slopes.max()), 0.0),
    )
    margin = 0.08 * ((high - low) or 1.0)
    return Chart(frame, limit, xs, ys, slopes, low - margin, high + margin)


def paint_curve(painter: QPainter, chart: Chart, activation: Activation, theme: Theme) -> None:
    """Everything but the point: frame, axes, curve, and the range written at the ends."""
    palette, area, font = theme.palette, chart.area, theme.font(14)
    painter.fillRect(area, colour(palette.raised))
    origin = chart.at(0.0, 0.0)
    painter.setPen(QPen(colour(palette.faint), 1))
    painter.drawLine(QLineF(area.left(), origin.y(), area.right(), origin.y()))
    painter.drawLine(QLineF(origin.x(), area.top(), origin.x(), area.bottom()))
    for values, hue in ((chart.slopes, palette.gradient), (chart.ys, palette.text)):
        points = [chart.at(x, y) for x, y in zip(chart.xs.tolist(), values.tolist(), strict=True)]
        painter.setPen(QPen(colour(hue), theme.px(2)))
        painter.drawPolyline(QPolygonF(points))
    outline(painter, area.adjusted(-1, -1, 1, 1), colour(palette.border), 1)
    line, wide = theme.px(20), theme.px(80)
    over = QRectF(area.left() - wide, area.top() - line, area.width() + 2 * wide, line)
    write(painter, over, activation.written.replace("{x}", "x"), colour(palette.text), font, CENTRE)
    below = QRectF(area.left(), area.bottom() + theme.px(2), area.width(), line)
    for text, align in ((number(-chart.limit, 2), LEFT), (f"+{number(chart.limit, 2)}", RIGHT)):
        write(painter, below, text, colour(palette.muted), font, align)
    write(painter, below, "x", colour(palette.input), font, CENTRE)
    write(painter, below.translated(0, line), tr("slope"), colour(palette.gradient), font, LEFT)


def paint_point(painter: QPainter, chart: Chart, scene: StageScene, theme: Theme) -> None:
    """The value on the axis below and, when it is computed, the point of the curve over it."""
    palette, ledger = theme.palette, scene.ledger
    x = float(ledger.operands[0])
    foot = chart.at(x, 0.0)
    radius, line = theme.px(5), theme.px(20)
    operation = scene.layer.operation
    if scene.done and np.isfinite(x) and isinstance(operation, Activation):
        slope = float(operation.slope(np.array([x]))[0])
        below = QRectF(chart.area.left(), chart.area.bottom(), chart.area.width(), line)
        ink, font = colour(palette.gradient), theme.font(16, bold=True)
        write(painter, below.translated(0, line + theme.px(2)), number(slope, 4), ink, font, RIGHT)
        _dot(painter, chart.at(x, slope), radius - theme.px(1), palette.gradient, theme)
    if scene.done and np.isfinite(ledger.result):
        point = chart.at(x, ledger.result)
        for end, hue in ((foot, palette.input), (chart.at(0.0, ledger.result), palette.output)):
            painter.setPen(QPen(colour(hue), theme.px(2), Qt.PenStyle.DotLine))
            painter.drawLine(QLineF(point, end))
        _dot(painter, point, radius + theme.px(1), palette.output, theme)
    _dot(painter, foot, radius - theme.px(1), palette.input, theme)


def _dot(painter: QPainter, middle: QPointF, radius: float, hue: str, theme: Theme) -> None:
    painter.setPen(QPen(colour(theme.palette.panel), 1))
    painter.setBrush(colour(hue))
    painter.drawEllipse(middle, radius, radius)
