"""Draws the receptive field on the input, the rest of it shaded, and the table beside it."""

from __future__ import annotations

from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QPainter

from cnnviz.control.language import tr
from cnnviz.core.numbers import thousands
from cnnviz.core.scenes.formula import kernel_text, pair_text
from cnnviz.core.scenes.receptive import ReceptiveScene, Row
from cnnviz.core.scenes.sheets import map_sheet
from cnnviz.ui.painters.sheet import Cells, draw_sheet, overlay
from cnnviz.ui.painters.text import CENTRE, LEFT, RIGHT, outline, write
from cnnviz.ui.theme import Theme, colour
from cnnviz.ui.words import layer_name

COLUMNS = (0.40, 0.22, 0.16, 0.22)
"""Shares of the table's width: layer, size, jump, start."""


def paint_receptive(painter: QPainter, area: QRectF, scene: ReceptiveScene, theme: Theme) -> None:
    """Draw the whole pane."""
    px = theme.px
    line = px(22)
    inner = area.adjusted(px(12), px(8), -px(12), -px(8))
    side = min(inner.height() - line, inner.width() * 0.45)
    _paint_field(painter, QRectF(inner.left(), inner.top(), side, side), scene, theme)
    below = QRectF(area.left(), inner.bottom() - line, area.width(), line)
    write(painter, below, seen_text(scene), colour(theme.palette.input), theme.font(14), CENTRE)
    left = inner.left() + side + px(16)
    table = QRectF(left, inner.top(), inner.right() - left, inner.height() - line)
    _paint_table(painter, table, scene, theme)


def seen_text(scene: ReceptiveScene) -> str:
    """How much of the input the element sees, in one sentence."""
    field = scene.field
    rows, columns = field.extent
    _, height, width = scene.network.input_shape
    if (rows, columns) == (height, width):
        return tr("{layer} sees the whole input", layer=layer_name(scene.layer))
    count = len(field.rows) * len(field.columns)
    return tr(
        "{layer} {place} sees {rows}×{columns}: {count} of {all} pixels",
        layer=layer_name(scene.layer),
        place="(" + ", ".join(map(str, scene.element)) + ")",
        rows=rows,
        columns=columns,
        count=thousands(count),
        all=thousands(height * width),
    )


def _paint_field(painter: QPainter, area: QRectF, scene: ReceptiveScene, theme: Theme) -> None:
    shape = scene.network.input_shape
    sheet = map_sheet(shape, 0)
    cells = Cells.fit(area, *sheet.size)
    draw_sheet(painter, scene.image, sheet, cells, 1.0, theme, as_grey=True)
    field = scene.field
    overlay(painter, cells, ~field.mask(shape), theme.palette.panel, 190)
    outline(painter, cells.rect.adjusted(-1, -1, 1, 1), colour(theme.palette.border), 1)
    rows, columns = field.extent
    if rows and columns:
        frame = cells.span(field.rows[0], field.columns[0], rows, columns)
        outline(painter, frame.adjusted(-2, -2, 2, 2), colour(theme.palette.input), theme.px(2))


def _paint_table(painter: QPainter, area: QRectF, scene: ReceptiveScene, theme: Theme) -> None:
    """Layer, size, jump and start; as many lines around the chosen one as can be read."""
    palette, rows = theme.palette, scene.rows
    room = int(area.height() // theme.px(18)) - 1
    if room < 1 or area.width() < theme.px(150):
        return
    heading = (tr("layer"), tr("size"), tr("jump"), tr("start"))
    chosen = next((i for i, row in enumerate(rows) if row.chosen), 0)
    first = max(0, min(chosen - room // 2, len(rows) - room))
    shown = rows[first : first + room]
    tall = min(float(theme.px(24)), area.height() / (len(shown) + 1))
    _paint_line(painter, area, 0, tall, heading, palette.muted, theme, bold=False)
    for number, row in enumerate(shown, start=1):
        if row.chosen:
            frame = QRectF(area.left(), area.top() + number * tall, area.width(), tall)
            painter.fillRect(frame, colour(palette.raised))
        ink = palette.input if row.chosen else palette.text
        _paint_line(painter, area, number, tall, _texts(row), ink, theme, bold=row.chosen)


def _paint_line(
    painter: QPainter,
    area: QRectF,
    number: int,
    tall: float,
    texts: tuple[str, ...],
    ink: str,
    theme: Theme,
    bold: bool,
) -> None:
    left, top = area.left(), area.top() + number * tall
    for place, (share, text) in enumerate(zip(COLUMNS, texts, strict=True)):
        width = share * area.width()
        cell = QRectF(left, top, width, tall).adjusted(theme.px(4), 0, -theme.px(4), 0)
        font = theme.font(14, bold=bold)
        write(painter, cell, text, colour(ink), font, LEFT if place == 0 else RIGHT)
        left += width


def _texts(row: Row) -> tuple[str, ...]:
    name = layer_name(row.layer)
    if row.growth is None:
        return name, tr("all"), "", ""
    rows, columns = row.growth
    return (
        name,
        kernel_text((rows.size, columns.size)),
        pair_text((rows.jump, columns.jump)),
        _pair(f"{rows.start:g}", f"{columns.start:g}"),
    )


def _pair(rows: str, columns: str) -> str:
    text = rows if rows == columns else f"{rows}×{columns}"
    return text.replace("-", "−")
