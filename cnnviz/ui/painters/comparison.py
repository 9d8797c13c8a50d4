"""Draws runs in common charts: a colour and a pattern of dashes for each, and its name."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QFont, QPainter, QPen, QPolygonF

from cnnviz.control.language import tr, tr_name
from cnnviz.core.scenes.comparison import Chart, ComparisonScene, Line, spread
from cnnviz.ui.painters.device import is_vector
from cnnviz.ui.painters.text import LEFT, RIGHT, width_of, write
from cnnviz.ui.theme import Theme, colour

SIZE = 14
"""Of the text, in pixels at 100 %."""

DASHES: tuple[tuple[float, ...], ...] = (
    (),
    (5, 2.5),
    (1.5, 2),
    (7, 2, 1.5, 2),
    (3, 1.5),
    (7, 2, 1.5, 2, 1.5, 2),
    (10, 3),
    (1, 3),
)
"""Dash and gap in turn, in widths of a broad line; one pattern a run, so that colour is not
needed to tell two of them apart."""

BROAD, THIN = 2.4, 1.2
"""Widths of the test's and of the training's lines, in pixels at 100 %."""

BESIDE = 18
"""Between a chart and what is written beside it, for the lines that join them."""

MOST_BESIDE = 0.42
"""Of a chart's width, for what is written there: with less room values stand there without names,
which the legend has as well."""

NARROW = 620
"""Charts stand above one another where they have less room than this, in pixels at 100 %."""


def paint_comparison(painter: QPainter, area: QRectF, scene: ComparisonScene, theme: Theme) -> None:
    """Draw the legend above and the charts below, side by side where there is room."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    px = theme.px
    inner = area.adjusted(px(12), px(4), -px(8), -px(4))
    below = _legend(painter, inner, scene, theme)
    room = QRectF(inner.left(), below, inner.width(), max(0.0, inner.bottom() - below))
    count, gap = len(scene.charts), px(14)
    for place, chart in enumerate(scene.charts):
        if area.width() >= px(NARROW):
            wide = (room.width() - gap * (count - 1)) / count
            rect = QRectF(room.left() + place * (wide + gap), room.top(), wide, room.height())
        else:
            high = (room.height() - gap * (count - 1)) / count
            rect = QRectF(room.left(), room.top() + place * (high + gap), room.width(), high)
        _chart(painter, rect, chart, scene.names, theme)


def pen_of(run: int, broad: bool, theme: Theme) -> QPen:
    """Colour, width and dashes of a run's line."""
    series = theme.palette.series
    width = theme.zoom * (BROAD if broad else THIN)
    pen = QPen(colour(series[run % len(series)], 255 if broad else 190), width)
    dashes = DASHES[run % len(DASHES)]
    if dashes:
        # In pens' widths: a thin line has the dashes of the broad one.
        scale = BROAD * theme.zoom / width
        pen.setDashPattern([length * scale for length in dashes])
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    # Half of the time of round joins, and not to be told from them at these widths (2026-11).
    pen.setJoinStyle(Qt.PenJoinStyle.BevelJoin)
    return pen


def _legend(painter: QPainter, area: QRectF, scene: ComparisonScene, theme: Theme) -> float:
    """A sample of each line with its name, in as many rows as are needed; the height below."""
    font, px = theme.font(SIZE), theme.px
    row, sample, left, top = px(24), px(38), area.left(), area.top()
    texts: list[tuple[int, str]] = [(run, tr_name(n)) for run, n in enumerate(scene.names)]
    if scene.trained:
        texts.append((-1, tr("thin: training · thick: test")))
    for run, text in texts:
        wide = width_of(text, font) + (0 if run < 0 else sample + px(8))
        if left > area.left() and left + wide > area.right():
            left, top = area.left(), top + row
        if run >= 0:
            painter.setPen(pen_of(run, True, theme))
            painter.drawLine(QPointF(left, top + row / 2), QPointF(left + sample, top + row / 2))
        start = left if run < 0 else left + sample + px(8)
        role = theme.palette.muted if run < 0 else theme.palette.text
        rect = QRectF(start, top, max(0.0, area.right() - start), row)
        write(painter, rect, text, colour(role), font, LEFT)
        left += wide + px(22)
    return top + row + px(2)


def _chart(
    painter: QPainter, area: QRectF, chart: Chart, names: tuple[str, ...], theme: Theme
) -> None:
    font, px, palette = theme.font(SIZE), theme.px, theme.palette
    row = px(20)
    labels = [width_of(tick.label, font) for tick in chart.y_ticks]
    texts = _end_texts(chart, names, font, area.width() * MOST_BESIDE - px(BESIDE))
    beside = max([width_of(text, font) for text in texts], default=0.0) + px(BESIDE)
    plot = area.adjusted(max(labels, default=0.0) + px(8), row, -beside, -row - px(2))
    if plot.width() < px(40) or plot.height() < px(30):
        return
    write(painter, QRectF(area.left(), area.top(), area.width(), row), tr(chart.title),
          colour(palette.muted), font, LEFT)  # fmt: skip
    _grid(painter, plot, area, chart, theme)
    painter.save()
    painter.setClipRect(plot.adjusted(-px(1), -px(1), px(4), px(1)))
    for line in sorted(chart.lines, key=lambda line: line.broad):
        _line(painter, plot, line, theme)
    painter.restore()
    _ends(painter, plot, area, chart, texts, theme)


def _grid(painter: QPainter, plot: QRectF, area: QRectF, chart: Chart, theme: Theme) -> None:
    font, px, palette = theme.font(SIZE), theme.px, theme.palette
    row = px(20)
    painter.setPen(QPen(colour(palette.border), 1))
    for tick in chart.y_ticks:
        y = plot.bottom() - tick.place * plot.height()
        painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
    painter.drawLine(plot.bottomLeft(), plot.bottomRight())
    for tick in chart.y_ticks:
        y = plot.bottom() - tick.place * plot.height()
        rect = QRectF(area.left(), y - row / 2, plot.left() - area.left() - px(6), row)
        write(painter, rect, tick.label, colour(palette.muted), font, RIGHT)
    title = tr(chart.across)
    start = area.right() - width_of(title, font)
    for tick in chart.x_ticks:
        x, half = plot.left() + tick.place * plot.width(), width_of(tick.label, font) / 2
        if x + half < start - px(6):
            rect = QRectF(x - half, plot.bottom() + px(2), 2 * half, row)
            write(painter, rect, tick.label, colour(palette.muted), font, LEFT)
    below = QRectF(start, plot.bottom() + px(2), area.right() - start, row)
    write(painter, below, title, colour(palette.muted), font, LEFT)


def _line(painter: QPainter, plot: QRectF, line: Line, theme: Theme) -> None:
    # Far outside it is cut off anyway, and Qt's rasteriser dislikes huge numbers.
    y = plot.bottom() - np.clip(np.nan_to_num(line.y, nan=-2.0), -2.0, 3.0) * plot.height()
    x = plot.left() + line.x * plot.width()
    points = [QPointF(a, b) for a, b in zip(x.tolist(), y.tolist(), strict=True)]
    pen = pen_of(line.run, line.broad, theme)
    painter.setPen(pen)
    if is_vector(painter):  # SVG as Qt writes it knows no clipping
        for part in within(points, plot.top(), plot.bottom()):
            painter.drawPolyline(QPolygonF(part))
        points = [point for point in points if plot.top() <= point.y() <= plot.bottom()]
    else:
        painter.drawPolyline(QPolygonF(points))
    if line.marked or len(line.x) == 1:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(pen.color())
        radius = theme.zoom * 3.2
        for point in points:
            painter.drawEllipse(point, radius, radius)
        painter.setBrush(Qt.BrushStyle.NoBrush)


def within(points: list[QPointF], top: float, bottom: float) -> list[list[QPointF]]:
    """The parts of a line of at least one point that lie between two heights."""
    parts = list[list[QPointF]]()
    for before, after in pairwise(points):
        low, high = sorted((before.y(), after.y()))
        if high < top or low > bottom:
            continue
        start, end = (_moved(before, after, top, bottom), _moved(after, before, top, bottom))
        if parts and parts[-1][-1] == start:
            parts[-1].append(end)
        else:
            parts.append([start, end])
    return parts


def _moved(point: QPointF, other: QPointF, top: float, bottom: float) -> QPointF:
    """A point, or where the line from it to another comes in between two heights."""
    y = min(max(point.y(), top), bottom)
    if y == point.y():
        return point
    share = (y - point.y()) / (other.y() - point.y())
    return QPointF(point.x() + share * (other.x() - point.x()), y)


def _ends(
    painter: QPainter,
    plot: QRectF,
    area: QRectF,
    chart: Chart,
    texts: list[str],
    theme: Theme,
) -> None:
    """What belongs to each curve, beside its end."""
    font, px = theme.font(SIZE), theme.px
    row = px(18)
    heights = [plot.bottom() - min(max(h, 0.0), 1.0) * plot.height() for _, h, _ in chart.ends]
    placed = spread(heights, row, plot.top(), plot.bottom() - row / 2)
    left = plot.right() + px(BESIDE)
    series = theme.palette.series
    ends = zip(chart.ends, texts, heights, placed, strict=True)
    for (run, _, _), text, height, y in ends:
        shade = colour(series[run % len(series)])
        painter.setPen(QPen(shade, 1))
        painter.drawLine(QPointF(plot.right() + px(4), height), QPointF(left - px(4), y))
        write(painter, QRectF(left, y - row / 2, area.right() - left, row), text, shade, font, LEFT)


def _end_texts(chart: Chart, names: tuple[str, ...], font: QFont, room: float) -> list[str]:
    """The value at the end of each curve, with the name of its run where all of that has room."""
    texts = [f"{value}  {tr_name(names[run])}" for run, _, value in chart.ends]
    fit = all(width_of(text, font) <= room for text in texts)
    return texts if fit else [value for _, _, value in chart.ends]
