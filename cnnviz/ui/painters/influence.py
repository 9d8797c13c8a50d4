"""Draws what a pixel can reach: one small grid a layer, with the reached elements filled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QPainter

from cnnviz.control.language import tr
from cnnviz.core.numbers import thousands
from cnnviz.core.operations.base import spatial
from cnnviz.core.scenes.formula import kernel_text
from cnnviz.core.scenes.receptive import Reach, ReceptiveScene, folded
from cnnviz.ui.painters.receptive import ReceptiveLayout, paint_input, paint_sentence
from cnnviz.ui.painters.sheet import Cells, overlay
from cnnviz.ui.painters.text import CENTRE, LEFT, outline, width_of, write
from cnnviz.ui.theme import Theme, colour
from cnnviz.ui.words import layer_name

LINE = 18
"""Height of a line of text, in pixels at 100 %."""

SMALLEST = 20
"""Side of a grid in which something can still be seen, in pixels at 100 %."""


@dataclass(frozen=True)
class Grid:
    """A layer's grid and the two lines that belong to it."""

    reach: Reach
    cells: Cells
    text: QRectF
    whole: QRectF


def lay_out_influence(
    layout: ReceptiveLayout, scene: ReceptiveScene, theme: Theme
) -> tuple[Grid, ...]:
    """Place a grid for every layer; fewer, where there is no room to read their lines.

    Layers that keep every place are the first to be left out, then those far from the cursor.
    """
    for reached in (scene.reached, scene.merged):
        found = _arrange(layout.beside, reached, theme)
        if found:
            return found
    reached = scene.merged
    chosen = next((i for i, reach in enumerate(reached) if reach.chosen), 0)
    for count in range(len(reached) - 1, 0, -1):
        first = max(0, min(chosen - count // 2, len(reached) - count))
        found = _arrange(layout.beside, reached[first : first + count], theme)
        if found:
            return found
    return ()


def _arrange(area: QRectF, reached: tuple[Reach, ...], theme: Theme) -> tuple[Grid, ...]:
    """The arrangement in columns with the largest grids; empty if none can be read."""
    gap, lines = theme.px(10), 2 * theme.px(LINE)
    text = max((_text_width(reach, theme) for reach in reached), default=0.0)
    best: tuple[float, int, bool] | None = None
    for across in range(1, len(reached) + 1):
        rows = -(-len(reached) // across)
        wide = (area.width() - gap * (across - 1)) / across
        tall = (area.height() - theme.px(4) * (rows - 1)) / rows
        sides = ((min(wide, tall - lines), False, wide), (min(wide - text - gap, tall), True, wide))
        for side, beside, room in sides:
            fits = side >= theme.px(SMALLEST) and (room >= text if not beside else tall >= lines)
            if fits and (best is None or side > best[0]):
                best = (side, across, beside)
    return () if best is None else _place(area, reached, theme, *best)


def _place(
    area: QRectF, reached: tuple[Reach, ...], theme: Theme, side: float, across: int, beside: bool
) -> tuple[Grid, ...]:
    gap, lines = theme.px(10), 2 * theme.px(LINE)
    rows = -(-len(reached) // across)
    wide = (area.width() - gap * (across - 1)) / across
    tall = (area.height() - theme.px(4) * (rows - 1)) / rows
    grids = []
    for number, reach in enumerate(reached):
        row, column = divmod(number, across)
        left = area.left() + column * (wide + gap)
        top = area.top() + row * (tall + theme.px(4))
        if beside:
            picture = QRectF(left, top + (tall - side) / 2, side, side)
            text = QRectF(picture.right() + theme.px(8), 0, wide - side - theme.px(8), lines)
            text.moveTop(top + (tall - lines) / 2)
        else:
            picture = QRectF(left + (wide - side) / 2, top, side, side)
            text = QRectF(left, picture.bottom(), wide, lines)
        cells = Cells.fit(picture, *_mask(reach).shape)
        grids.append(Grid(reach, cells, text, picture.united(text)))
    return tuple(grids)


def paint_influence(
    painter: QPainter,
    layout: ReceptiveLayout,
    grids: tuple[Grid, ...],
    scene: ReceptiveScene,
    theme: Theme,
) -> None:
    """Draw the input with its pixel, and the grids."""
    palette = theme.palette
    paint_input(painter, layout.cells, scene, theme)
    if scene.pixel is None:
        text = tr("Click a pixel of the input, or move to it with the arrow keys.")
        write(painter, layout.beside, text, colour(palette.muted), theme.font(15), wrap=True)
        return
    mark = layout.cells.span(*scene.pixel).adjusted(-2, -2, 2, 2)
    outline(painter, mark, colour(palette.panel), theme.px(2) + 2)
    outline(painter, mark, colour(palette.input), theme.px(2))
    for grid in grids:
        _paint_grid(painter, grid, theme)
    if layout.below is not None:
        paint_sentence(painter, layout.below, influence_text(scene), theme, palette.output)


def _paint_grid(painter: QPainter, grid: Grid, theme: Theme) -> None:
    palette, reach = theme.palette, grid.reach
    painter.fillRect(grid.cells.rect, colour(palette.raised))
    mask = _mask(reach)
    overlay(painter, grid.cells, mask, palette.output, 255)
    edge = palette.accent if reach.chosen else palette.border
    width = theme.px(2) if reach.chosen else 1
    outline(painter, grid.cells.rect.adjusted(-width, -width, width, width), colour(edge), width)
    beside = grid.text.left() >= grid.cells.rect.right()
    upper, lower = QRectF(grid.text), QRectF(grid.text)
    upper.setHeight(grid.text.height() / 2)
    lower.setTop(upper.bottom())
    align = LEFT if beside else CENTRE
    name, font = layer_name(reach.layer), theme.font(14, bold=reach.chosen)
    write(painter, upper, name, colour(palette.text), font, align)
    write(painter, lower, reached_text(reach), colour(palette.muted), theme.font(14), align)


def _mask(reach: Reach) -> NDArray[np.bool_]:
    return folded(reach.field.mask(reach.layer.output_shape))


def _text_width(reach: Reach, theme: Theme) -> float:
    name = width_of(layer_name(reach.layer), theme.font(14, bold=True))
    return max(name, width_of(reached_text(reach), theme.font(14)))


def reached_text(reach: Reach) -> str:
    """ "3×3 of 28×28", or "192 of 3,136" of a vector."""
    shape = reach.layer.output_shape
    if len(shape) == 3:
        size, whole = kernel_text(reach.field.extent), kernel_text(spatial(shape))
    else:
        size, whole = thousands(reach.field.count), thousands(shape[0])
    return tr("{size} of {all}", size=size, all=whole)


def influence_text(scene: ReceptiveScene) -> str:
    """What the pixel reaches in the cursor's layer, in one sentence."""
    if scene.pixel is None:
        return ""
    reach = scene.reached[scene.cursor.layer]
    return tr(
        "Pixel ({row}, {column}) reaches {reached} in {layer}",
        row=scene.pixel[0],
        column=scene.pixel[1],
        reached=reached_text(reach),
        layer=layer_name(reach.layer),
    )
