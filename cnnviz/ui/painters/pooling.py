"""Pooling: input map, the window's values, and the output map that they become a cell of."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QFontMetricsF, QPainter, QPen, QPolygonF

from cnnviz.control.language import tr
from cnnviz.core.numbers import number
from cnnviz.core.scenes.pooling import PoolingScene
from cnnviz.ui.painters.mosaic import Tiles, draw_tiles, lay_out, map_sizes, outline_cell
from cnnviz.ui.painters.text import outline, width_of, write
from cnnviz.ui.theme import Theme, colour


@dataclass(frozen=True)
class PoolingLayout:
    """Where everything lies.

    Attributes
    ----------
    before, after
        The input map and the output map.
    cells
        The values of the window, in the order of the ledger's terms.
    decimals
        How many the cells have room for; None if the numbers do not fit.
    arrow
        Between the values and the output map.
    label
        Height of the line under the maps; 0 where there is no room.
    """

    before: Tiles
    after: Tiles
    cells: tuple[QRectF, ...]
    decimals: int | None
    arrow: QRectF
    label: float

    def cell_at(self, point: QPointF) -> int | None:
        """The value under a point, or None."""
        return next((i for i, cell in enumerate(self.cells) if cell.contains(point)), None)


def lay_out_pooling(rect: QRectF, scene: PoolingScene, theme: Theme, ratio: float) -> PoolingLayout:
    """Both maps as large as the numbers between them leave room for."""
    px = theme.px
    rows, columns = scene.ledger.taps.group_shape
    area = rect.adjusted(px(12), px(8), -px(12), -px(8))
    gap = float(px(8) if area.width() < px(360) else px(16))
    arrow = float(px(18) if area.width() < px(360) else px(28))
    line = QFontMetricsF(theme.font(14)).height()
    label = line if area.height() >= px(150) else 0.0
    least = min(px(56), area.height() - label)
    room = area.width() - arrow - 3 * gap - 2 * least
    decimals, width = _cell_width(scene, theme, room / columns, (area.height() - label) / rows)
    height = min(max(line + px(16), width * 0.72), (area.height() - label) / rows)
    side = min(area.height() - label, (area.width() - arrow - 3 * gap - columns * width) / 2)
    total = 2 * side + arrow + 3 * gap + columns * width
    left, middle = area.center().x() - total / 2, area.top() + (area.height() - label) / 2
    first = QRectF(left, middle - side / 2, side, side)
    grid = QRectF(first.right() + gap, middle - rows * height / 2, columns * width, rows * height)
    between = QRectF(grid.right() + gap, middle - arrow / 2, arrow, arrow)
    last = first.translated(between.right() + gap - left, 0)
    # A window may reach into the padding, and its frame must stay on the pane.
    padded = max(axis.padding for axis in scene.axes) if scene.axes is not None else 0
    inset = side * padded / (max(scene.input.shape[1:]) + 2 * padded)
    first = first.adjusted(inset, inset, -inset, -inset)
    return PoolingLayout(
        lay_out(first, 1, *map_sizes(scene.input)[1:], ratio, even=False),
        lay_out(last, 1, *map_sizes(scene.output)[1:], ratio, even=False),
        _split(grid, rows, columns),
        decimals,
        between,
        label,
    )


def _split(grid: QRectF, rows: int, columns: int) -> tuple[QRectF, ...]:
    """A rectangle in cells, row by row, with a gap between them."""
    width, height = grid.width() / columns, grid.height() / rows
    return tuple(
        QRectF(grid.left() + c * width + 1, grid.top() + r * height + 1, width - 2, height - 2)
        for r in range(rows)
        for c in range(columns)
    )


def _cell_width(
    scene: PoolingScene, theme: Theme, room: float, height: float
) -> tuple[int | None, float]:
    """(decimals, width) of the number cells; no decimals at all where no number fits."""
    font = theme.font(14, bold=True)
    if height >= QFontMetricsF(font).height():
        for decimals in (2, 1, 0):
            # The widest that may come, so that the cells do not jump from window to window.
            texts = (f"{'−' if scene.signed else ''}{scene.limit:.{decimals}f}", "−∞")
            width = max(width_of(text, font) for text in texts) + theme.px(16)
            if width <= room:
                return decimals, min(max(width, theme.px(48)), room)
    return None, max(4.0, min(room, height, theme.px(40)))


def draw_pooling(
    painter: QPainter, layout: PoolingLayout, scene: PoolingScene, theme: Theme
) -> None:
    """Draw the whole pane."""
    palette, channel = theme.palette, scene.channel
    draw_tiles(painter, layout.before, scene.input[channel], scene.limit, theme)
    draw_tiles(painter, layout.after, scene.output[channel], scene.limit, theme)
    for tiles in (layout.before, layout.after):
        outline(painter, tiles.area.adjusted(-1, -1, 1, 1), colour(palette.border), 1)
    for rect in window_rects(layout.before, scene):
        outline_cell(painter, rect, colour(palette.input), theme)
    cell = layout.after.cell(0, *scene.element[1:])
    outline_cell(painter, cell, colour(palette.output), theme)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for index, rect in enumerate(layout.cells):
        if scene.ledger.taps.reads(index):
            _draw_value(painter, rect, scene, index, layout.decimals, theme)
    _draw_arrow(painter, layout.arrow, theme)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    if layout.label:
        _draw_labels(painter, layout, scene, theme)


def window_rects(tiles: Tiles, scene: PoolingScene) -> list[QRectF]:
    """The window on the input map; every tap of its own where dilation leaves holes."""
    places = scene.ledger.taps.inputs[:, 1:]
    if scene.axes is not None and all(axis.dilation == 1 for axis in scene.axes):
        (row, column), (rows, columns) = places[0], scene.ledger.taps.group_shape
        return [tiles.cell(0, int(row), int(column), rows, columns)]
    read = [place for term, place in enumerate(places.tolist()) if scene.ledger.taps.reads(term)]
    return [tiles.cell(0, row, column) for row, column in read]


def _draw_value(
    painter: QPainter,
    rect: QRectF,
    scene: PoolingScene,
    index: int,
    decimals: int | None,
    theme: Theme,
) -> None:
    palette, ledger = theme.palette, scene.ledger
    inside, wins = bool(ledger.taps.inside[index]), index == ledger.winner
    radius = theme.px(4)
    edge = palette.output if wins else palette.input if inside else palette.faint
    painter.setPen(QPen(colour(edge), max(1.0, theme.px(1.5))))
    painter.setBrush(colour(palette.output if wins else palette.raised))
    painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), radius, radius)
    if not inside:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(palette.faint, 110))
        hatch = painter.brush()
        hatch.setStyle(Qt.BrushStyle.BDiagPattern)
        painter.setBrush(hatch)
        painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), radius, radius)
    if decimals is None:
        return
    text = number(float(ledger.operands[index]), decimals, small=False)
    tone = palette.on_output if wins else palette.text if inside else palette.muted
    write(painter, rect, text, colour(tone), theme.font(14, bold=wins))


def _draw_arrow(painter: QPainter, rect: QRectF, theme: Theme) -> None:
    size, y = min(rect.width() * 0.3, theme.px(6)), rect.center().y()
    painter.setPen(QPen(colour(theme.palette.muted), max(1.5, theme.px(1.5))))
    painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))
    tip = [QPointF(rect.right() - size, y - size), QPointF(rect.right(), y)]
    painter.drawPolyline(QPolygonF([*tip, QPointF(rect.right() - size, y + size)]))


def _draw_labels(
    painter: QPainter, layout: PoolingLayout, scene: PoolingScene, theme: Theme
) -> None:
    """Under the maps: which channel, and which cell with its value."""
    _, row, column = scene.element
    value = number(scene.ledger.result, 2, small=False)
    texts = (
        (layout.before.area, tr("channel {channel}", channel=scene.channel), theme.palette.muted),
        (layout.after.area, f"({row}, {column})  {value}", theme.palette.output),
    )
    for area, text, tone in texts:
        width = max(area.width(), width_of(text, theme.font(14)) + 2)
        top = area.bottom() + theme.px(3)
        rect = QRectF(area.center().x() - width / 2, top, width, layout.label)
        write(painter, rect, text, colour(tone), theme.font(14))
