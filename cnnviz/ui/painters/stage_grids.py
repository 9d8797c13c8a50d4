"""Paints the number cells in the middle of the stage: the window's operands, and their products."""

from __future__ import annotations

from functools import lru_cache
from math import ceil

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen, QPixmap

from cnnviz.core.colour import grey, shade
from cnnviz.core.numbers import number
from cnnviz.core.scenes.stage import StageScene
from cnnviz.ui.painters.device import is_vector, ratio_of
from cnnviz.ui.painters.sheet import scale_of
from cnnviz.ui.painters.stage_layout import Grid
from cnnviz.ui.painters.text import RIGHT, outline, write
from cnnviz.ui.theme import Theme, colour


def paint_window(
    painter: QPainter, scene: StageScene, grid: Grid, theme: Theme, fast: bool
) -> None:
    """The operands, and under each its weight; only their colours where there is no time."""
    ledger = scene.ledger
    if fast or grid.lines == 0:
        operands = ledger.operands[scene.group_terms]
        if scene.input_is_image:
            pixels = grey(operands / scene.input_limit)
        else:
            pixels = shade(operands, scene.input_limit, scale_of(theme).table)
        _paint_colours(painter, grid, pixels, scene, theme)
        if ledger.winner is not None and scene.done:
            rect = grid.cell(ledger.winner - scene.group_terms.start)
            outline(painter, rect.adjusted(1, 1, -1, -1), colour(theme.palette.output), theme.px(3))
        return
    start = scene.group_terms.start
    for term in range(ledger.taps.group_size):
        if scene.ledger.taps.reads(start + term):
            _paint_operand(painter, scene, grid, term, start + term, theme)


def _paint_operand(
    painter: QPainter, scene: StageScene, grid: Grid, term: int, absolute: int, theme: Theme
) -> None:
    palette, ledger = theme.palette, scene.ledger
    rect = grid.cell(term).adjusted(2, 2, -2, -2)
    reached = scene.done or absolute <= scene.cursor.term
    wins = ledger.winner is not None and absolute == ledger.winner and scene.done
    if wins:
        _draw_cell(painter, rect, palette.input, palette.output, theme)
    elif absolute == scene.shown_term:
        _draw_cell(painter, rect, palette.text, palette.raised, theme)
    ink = palette.on_output if wins else palette.text if reached else palette.faint
    value = number(float(ledger.operands[absolute]), 2, small=False)
    font = theme.font(15, bold=wins)
    if grid.lines == 1:
        write(painter, rect, value, colour(ink), font)
        return
    half = rect.height() / 2
    upper = QRectF(rect.left(), rect.top() + 2, rect.width(), half)
    lower = QRectF(rect.left(), rect.top() + half - 2, rect.width(), half)
    write(painter, upper, value, colour(ink), font)
    if ledger.weights is not None:
        weight = number(float(ledger.weights[absolute]), 2, small=False)
        pointed = scene.pointing.weight is not None and scene.pointing.weight == absolute
        ink = palette.kernel if reached or pointed else palette.faint
        write(painter, lower, f"×{weight}", colour(ink), theme.font(14))


def paint_products(
    painter: QPainter, scene: StageScene, grid: Grid, theme: Theme, fast: bool
) -> None:
    """The products so far; their colours are those of the output that they add up to."""
    palette, ledger, start = theme.palette, scene.ledger, scene.group_terms.start
    if fast or grid.lines == 0:
        terms = ledger.terms[scene.group_terms]
        if not scene.done:
            terms = terms[: max(0, scene.cursor.term + 1 - start)]
        pixels = shade(terms, scene.output_limit, scale_of(theme).table)
        _paint_colours(painter, grid, pixels, scene, theme)
        return
    decimals = _decimals(scene, grid, theme)
    font = theme.font(15 if decimals == 2 else 14)
    for term in range(ledger.taps.group_size):
        rect = grid.cell(term).adjusted(2, 2, -2, -2)
        absolute = start + term
        if not ledger.taps.reads(absolute):
            continue
        if absolute == scene.shown_term:
            _draw_cell(painter, rect, palette.text, palette.raised, theme)
        if scene.done or absolute <= scene.cursor.term:
            text = number(float(ledger.terms[absolute]), decimals, small=False)
            write(painter, rect, text, colour(palette.text), font)


def paint_channels(painter: QPainter, scene: StageScene, grid: Grid, theme: Theme) -> None:
    """Beside each cell the channel that it reads; where there is none, a dash and no cell."""
    taps, wide = scene.ledger.taps, theme.px(28)
    for term in range(taps.count):
        cell = grid.cell(term)
        if not taps.inside[term]:
            _dash(painter, cell, theme)
        elif grid.lines:
            beside = QRectF(cell.left() - wide, cell.top(), wide - theme.px(4), cell.height())
            text = str(taps.inputs[term][0])
            write(painter, beside, text, colour(theme.palette.muted), theme.font(14), RIGHT)


def _dash(painter: QPainter, cell: QRectF, theme: Theme) -> None:
    """Cover the frame of a cell that stands for nothing, with a dash in its place."""
    painter.fillRect(cell, colour(theme.palette.panel))
    painter.setPen(QPen(colour(theme.palette.faint), theme.px(2)))
    middle = cell.center()
    painter.drawLine(middle - QPointF(cell.width() / 6, 0), middle + QPointF(cell.width() / 6, 0))


def _paint_colours(
    painter: QPainter, grid: Grid, pixels: NDArray[np.uint32], scene: StageScene, theme: Theme
) -> None:
    """One colour a cell, inside of its frame; none in a hole."""
    taps, start = scene.ledger.taps, scene.group_terms.start
    inset = min(theme.px(5), grid.width / 4)
    for term, pixel in enumerate(pixels.tolist()):
        if not taps.reads(start + term):
            continue
        rect = grid.cell(term).adjusted(inset, inset, -inset, -inset)
        painter.fillRect(rect, QColor.fromRgb(pixel))


def _draw_cell(painter: QPainter, rect: QRectF, edge: str, fill: str, theme: Theme) -> None:
    """One cell that stands out."""
    painter.setPen(QPen(colour(edge), 2))
    painter.setBrush(colour(fill))
    painter.drawRoundedRect(rect, theme.px(4), theme.px(4))


def paint_frames(painter: QPainter, grid: Grid, count: int, edge: str, theme: Theme) -> None:
    """The frames of all cells as one picture: one by one they take half of a frame's time."""
    if is_vector(painter):
        _draw_frames(painter, grid, count, edge, theme.palette.raised, theme.px(4))
        return
    sizes = (grid.rows, grid.columns, grid.width, grid.height, count)
    picture = _frames(sizes, edge, theme.palette.raised, theme.px(4), ratio_of(painter))
    painter.drawPixmap(QPointF(grid.left, grid.top), picture)


@lru_cache(maxsize=16)
def _frames(
    sizes: tuple[int, int, float, float, int], edge: str, fill: str, radius: int, ratio: float
) -> QPixmap:
    rows, columns, width, height, count = sizes
    picture = QPixmap(ceil(columns * width * ratio), ceil(rows * height * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _draw_frames(painter, Grid(0, 0, width, height, rows, columns, 0), count, edge, fill, radius)
    painter.end()
    return picture


def _draw_frames(
    painter: QPainter, cells: Grid, count: int, edge: str, fill: str, radius: int
) -> None:
    painter.setPen(QPen(colour(edge), 1.2))
    painter.setBrush(colour(fill))
    for term in range(count):
        painter.drawRoundedRect(cells.cell(term).adjusted(2, 2, -2, -2), radius, radius)


def _decimals(scene: StageScene, grid: Grid, theme: Theme) -> int:
    """Digits of the products: a third where two would leave nothing but zeros, and it fits."""
    largest = float(np.abs(scene.ledger.terms[scene.group_terms]).max())
    return 3 if 0 < largest < 0.1 and grid.width >= theme.px(54) else 2
