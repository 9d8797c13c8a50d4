"""Paints a layer as y = W x + b: what stays once, what follows the cursor over it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QLineF, QRectF, Qt
from PyQt6.QtGui import QColor, QImage, QPainter, QPen

from cnnviz.control.language import tr
from cnnviz.core.colour import grey, limit_of, shade
from cnnviz.core.numbers import number
from cnnviz.core.scenes.matrix import MatrixScene
from cnnviz.ui.painters.connected import (
    INK,
    convolution_text,
    counts_texts,
    fitting,
    hue_table,
    mark_kernel,
    mixed,
    paint_kernel,
    weight_text,
)
from cnnviz.ui.painters.device import draw_image
from cnnviz.ui.painters.matrix_layout import MatrixLayout
from cnnviz.ui.painters.mosaic import outline_cell
from cnnviz.ui.painters.sheet import scale_of
from cnnviz.ui.painters.text import CENTRE, LEFT, outline, width_of, write
from cnnviz.ui.theme import DARK, Theme, colour

FADED = 0.72
"""How much of the panel is in the colour of weights that are not the cursor's kernel's."""

WRITTEN = 400
"""Entries up to which numbers are written into them."""


def paint_still(
    painter: QPainter, layout: MatrixLayout, scene: MatrixScene, by_value: bool, theme: Theme
) -> None:
    """Everything that stays while the cursor moves within the part that is shown."""
    pixels = entry_pixels(scene, layout, by_value, theme)
    _draw_pixels(painter, pixels, layout.matrix)
    _paint_lines(painter, layout, scene, theme)
    _write_entries(painter, layout, scene, pixels, theme)
    outline(painter, layout.matrix.adjusted(-1, -1, 1, 1), colour(theme.palette.border), 1)
    _paint_vectors(painter, layout, scene, theme)
    _paint_labels(painter, layout, theme)
    if not by_value:
        paint_kernel(painter, layout.kernel, scene, theme)
        if layout.kernel:
            first = layout.kernel[0]
            above = QRectF(first.left(), first.top() - theme.px(20), theme.px(90), theme.px(20))
            muted = colour(theme.palette.muted)
            write(painter, above, tr("kernel"), muted, theme.font(14), LEFT)
    _paint_foot(painter, layout, scene, theme)


def paint_moving(
    painter: QPainter, layout: MatrixLayout, scene: MatrixScene, by_value: bool, theme: Theme
) -> None:
    """What follows the cursor and what is pointed at."""
    part, palette = layout.part, theme.palette
    written = min(max(scene.written - part.outputs.start, 0), layout.rows)
    if written < layout.rows:
        blank = layout.y_cells(written, layout.rows - written)
        painter.fillRect(blank, colour(palette.raised))
        outline(painter, blank.adjusted(-1, -1, 1, 1), colour(palette.border), 1)
    _mark_columns(painter, layout, scene, theme)
    if scene.pointed is not None:
        _mark_uses(painter, layout, scene, scene.pointed, theme)
    if scene.row in part.outputs:
        row = scene.row - part.outputs.start
        green = colour(palette.output)
        outline_cell(painter, layout.entry(row, 0, 1, layout.columns), green, theme, least=3)
        outline_cell(painter, layout.y_cells(row), green, theme, least=3)
        if scene.asked and layout.cell >= theme.px(17):
            write(painter, layout.y_cells(row), "?", colour(palette.accent), theme.font(16, True))
        if scene.current is not None and scene.current in part.inputs:
            column = scene.current - part.inputs.start
            text = colour(palette.text)
            outline_cell(painter, layout.entry(row, column), text, theme)
            outline_cell(painter, layout.x_cells(column), text, theme)
    if not by_value:
        mark_kernel(painter, layout.kernel, scene, theme)


def entry_pixels(
    scene: MatrixScene, layout: MatrixLayout, by_value: bool, theme: Theme
) -> NDArray[np.uint32]:
    """(rows, columns) the colours of W."""
    empty = colour(theme.palette.panel).rgb()
    if by_value or not scene.has_hues:
        limit = scene.stage.weight_limit if scene.learned else 1.0
        return shade(scene.values(layout.part), limit, scale_of(theme).table, empty)
    muted = np.array([colour(theme.palette.muted).rgb()], dtype=np.uint32)
    faded = mixed(muted, theme.palette.panel, FADED)
    table = np.concatenate(
        [hue_table(scene.hue_count, theme), np.array([empty], dtype=np.uint32), faded]
    )
    # −1 (connected, but another kernel's) is the last of the table, −2 (not connected) before it.
    pixels: NDArray[np.uint32] = table[scene.hues(layout.part)]
    return pixels


def _draw_pixels(painter: QPainter, pixels: NDArray[np.uint32], rect: QRectF) -> None:
    height, width = pixels.shape
    data = np.ascontiguousarray(pixels).tobytes()  # must outlive the drawing
    image = QImage(data, width, height, 4 * width, QImage.Format.Format_ARGB32)
    draw_image(painter, rect, image)


def _paint_lines(painter: QPainter, layout: MatrixLayout, scene: MatrixScene, theme: Theme) -> None:
    """Lines between entries where they are large, and between rows of maps and whole maps."""
    if layout.cell >= 8:
        painter.setPen(QPen(colour(theme.palette.panel), 1))
        _rule(painter, layout, 1, 1)
        painter.setPen(QPen(colour(theme.palette.border), 1))
        width_out, width_in = scene.layer.output_shape[-1], scene.layer.input_shape[-1]
        if len(scene.layer.output_shape) == 3:
            _rule(painter, layout, width_out, width_in)
    if len(scene.layer.output_shape) == 3:
        painter.setPen(QPen(colour(theme.palette.muted), 1))
        _rule(painter, layout, scene.map_size, scene.input_map_size)


def _rule(painter: QPainter, layout: MatrixLayout, every_row: int, every_column: int) -> None:
    rect, part = layout.matrix, layout.part
    lines = []
    for row in range(part.outputs.start + 1, part.outputs.stop):
        if row % every_row == 0:
            y = layout.top + (row - part.outputs.start) * layout.cell
            lines.append(QLineF(rect.left(), y, rect.right(), y))
    for column in range(part.inputs.start + 1, part.inputs.stop):
        if column % every_column == 0:
            x = layout.left + (column - part.inputs.start) * layout.cell
            lines.append(QLineF(x, rect.top(), x, rect.bottom()))
    if lines:
        painter.drawLines(*lines)


def ink_on(pixel: int) -> QColor:
    """Dark on bright, bright on dark."""
    tone = QColor.fromRgb(pixel)
    bright = 0.30 * tone.red() + 0.59 * tone.green() + 0.11 * tone.blue() > 125
    return colour(INK) if bright else colour(DARK.text)


def _write_entries(
    painter: QPainter,
    layout: MatrixLayout,
    scene: MatrixScene,
    pixels: NDArray[np.uint32],
    theme: Theme,
) -> None:
    """The numbers of W, where they fit; a faint 0 where nothing is connected."""
    if layout.cell < theme.px(18) or layout.rows * layout.columns > WRITTEN:
        return
    font, values = theme.font(14), scene.values(layout.part)
    texts = [["" if np.isnan(v) else weight_text(float(v)) for v in row] for row in values]
    if max(width_of(text, font) for row in texts for text in row) > layout.cell - 2:
        return
    faint = colour(theme.palette.faint)
    for row, line in enumerate(texts):
        for column, text in enumerate(line):
            ink = ink_on(int(pixels[row, column])) if text else faint
            write(painter, layout.entry(row, column), text or "0", ink, font)


def _paint_vectors(
    painter: QPainter, layout: MatrixLayout, scene: MatrixScene, theme: Theme
) -> None:
    """x above, b and y at the right."""
    stage, part = scene.stage, layout.part
    x = stage.input.reshape(-1)[part.inputs.start : part.inputs.stop]
    y = stage.output.reshape(-1)[part.outputs.start : part.outputs.stop]
    table = scale_of(theme).table
    as_grey = stage.input_is_image
    shown = grey(x / stage.input_limit) if as_grey else shade(x, stage.input_limit, table)
    columns = [layout.x_cells(column) for column in range(layout.columns)]
    _paint_vector(painter, x, shown, layout.x, columns, False, theme)
    biases = scene.biases(part)
    if biases is not None and layout.bias is not None:
        rows = [layout.b_cells(row) for row in range(layout.rows)]
        tones = shade(biases, limit_of(biases), table)
        _paint_vector(painter, biases, tones, layout.b_cells(0, layout.rows), rows, True, theme)
    rows = [layout.y_cells(row) for row in range(layout.rows)]
    tones = shade(y, stage.output_limit, table)
    _paint_vector(painter, y, tones, layout.y_cells(0, layout.rows), rows, True, theme)


def _paint_vector(
    painter: QPainter,
    values: NDArray[np.floating[Any]],
    pixels: NDArray[np.uint32],
    rect: QRectF,
    cells: list[QRectF],
    down: bool,
    theme: Theme,
) -> None:
    _draw_pixels(painter, pixels[:, None] if down else pixels[None], rect)
    outline(painter, rect.adjusted(-1, -1, 1, 1), colour(theme.palette.border), 1)
    font = theme.font(14)
    if not cells or cells[0].height() < theme.px(17) or len(cells) > WRITTEN:
        return
    texts = [number(float(value), 2, small=False, integral=True) for value in values]
    if max(width_of(text, font) for text in texts) > cells[0].width() - 2:
        return
    for cell, text, pixel in zip(cells, texts, pixels.tolist(), strict=True):
        write(painter, cell, text, ink_on(pixel), font)


def _paint_labels(painter: QPainter, layout: MatrixLayout, theme: Theme) -> None:
    """x, W, b and y beside what they name."""
    font, px, palette = theme.font(15, bold=True), theme.px, theme.palette
    tall = px(20)
    x = layout.x
    for rect, text, hue in (
        (QRectF(x.left() - px(22), x.top(), px(18), x.height()), "x", palette.input),
        (
            QRectF(x.left() - px(22), layout.top, px(18), min(layout.matrix.height(), tall)),
            "W",
            palette.kernel,
        ),
        (_above(layout.y_cells(0), layout, tall), "y", palette.output),
    ):
        write(painter, rect, text, colour(hue), font, CENTRE)
    if layout.bias is not None:
        above = _above(layout.b_cells(0), layout, tall)
        write(painter, above, "b", colour(palette.bias), font, CENTRE)


def _above(cell: QRectF, layout: MatrixLayout, tall: float) -> QRectF:
    return QRectF(cell.left() - tall, layout.top - tall - 2, cell.width() + 2 * tall, tall)


def _paint_foot(painter: QPainter, layout: MatrixLayout, scene: MatrixScene, theme: Theme) -> None:
    texts = counts_texts(scene)
    other = convolution_text(scene)
    texts = [f"{texts[0]}; {other}", *texts] if other else texts
    text = fitting(texts, theme, layout.foot.width())
    write(painter, layout.foot, text, colour(theme.palette.text), theme.font(14), LEFT)


def _mark_columns(
    painter: QPainter, layout: MatrixLayout, scene: MatrixScene, theme: Theme
) -> None:
    """What the cursor's output reads: the columns, and where they begin in x."""
    part, blue = layout.part, theme.palette.input
    inputs = np.unique(scene.own.inputs)
    inputs = inputs[(inputs >= part.inputs.start) & (inputs < part.inputs.stop)]
    if 0 < len(inputs) < layout.columns:
        for run in np.split(inputs, np.flatnonzero(np.diff(inputs) > 1) + 1):
            first = int(run[0]) - part.inputs.start
            band = layout.entry(0, first, layout.rows, len(run))
            painter.fillRect(band, colour(blue, 40))
            outline_cell(painter, layout.x_cells(first, len(run)), colour(blue), theme, least=3)
    elif len(inputs):
        outline_cell(painter, layout.x, colour(blue), theme, least=3)
    if scene.pixel is not None and scene.pixel in part.inputs:
        column = scene.pixel - part.inputs.start
        bias = colour(theme.palette.bias)
        outline_cell(painter, layout.entry(0, column, layout.rows), bias, theme, least=3)
        outline_cell(painter, layout.x_cells(column), bias, theme)


def _mark_uses(
    painter: QPainter, layout: MatrixLayout, scene: MatrixScene, weight: int, theme: Theme
) -> None:
    """Every use of the weight that is pointed at stays bright, the rest is dimmed."""
    uses = scene.uses(layout.part, weight)
    dim = np.uint32((colour(theme.palette.panel).rgb() & 0xFFFFFF) | 180 << 24)
    veil = np.where(uses, np.uint32(0), dim).astype(np.uint32)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    _draw_pixels(painter, veil, layout.matrix)
    if layout.cell < 8:
        return
    painter.setPen(QPen(colour(theme.palette.kernel), max(2.0, theme.px(2))))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for row, column in np.argwhere(uses).tolist():
        painter.drawRect(layout.entry(row, column))
