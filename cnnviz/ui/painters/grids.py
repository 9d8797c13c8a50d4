"""Paints a layer as grids of numbers: what is read, what it is multiplied with, what comes out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QBrush, QPainter, QPen

from cnnviz.control.language import tr
from cnnviz.core.colour import limit_of
from cnnviz.core.grid_selection import Selection
from cnnviz.core.numbers import number
from cnnviz.core.operations import Activation
from cnnviz.core.scenes.grid_cells import computed, read_cells, term_cell, values_of, weight_cell
from cnnviz.core.scenes.grids import (
    INPUT,
    LAID,
    MAP,
    OUTPUT,
    TERMS,
    Contents,
    Place,
    adds,
    never_read,
)
from cnnviz.core.scenes.stage import StageScene
from cnnviz.ui.painters.curve import chart_of, paint_curve, paint_point
from cnnviz.ui.painters.grid_pictures import (
    AWAITED,
    BIAS,
    BLANK,
    KERNEL,
    PLAIN,
    READ,
    RESULT,
    GridPictures,
    cells_of,
    first_cells,
    see_through,
)
from cnnviz.ui.painters.grids_layout import Chip, GridsLayout, Placed
from cnnviz.ui.painters.grids_text import (
    channel_ink,
    flow,
    total,
    write_runs,
    written_products,
)
from cnnviz.ui.painters.sheet import draw_values
from cnnviz.ui.painters.text import LEFT, RIGHT, outline, width_of, write
from cnnviz.ui.theme import Theme, colour


def paint_grids(
    painter: QPainter,
    scene: StageScene,
    contents: Contents,
    layout: GridsLayout,
    pictures: GridPictures,
    theme: Theme,
) -> None:
    """Draw everything but the selection."""
    for placed in layout.placed:
        values = values_of(scene, placed.grid)
        _paint_grid(painter, scene, placed, values, pictures, theme)
    _paint_labels(painter, scene, layout, theme)
    for chip in layout.chips:
        _paint_chip(painter, scene, contents, chip, theme)
    if layout.rule is not None:
        left = min(placed.padded.left() for placed in layout.placed)
        right = max(placed.rect.right() for placed in layout.placed)
        line = QRectF(left, layout.rule, right - left, 1)
        painter.fillRect(line, colour(theme.palette.border))
    if adds(scene):
        _paint_sums(painter, scene, layout, theme)
    if layout.place is not None:
        _paint_place(painter, scene, layout.place, theme)
    operation = scene.layer.operation
    if layout.chart is not None and isinstance(operation, Activation):
        chart = chart_of(operation, scene.input_limit, layout.chart, theme)
        paint_curve(painter, chart, operation, theme)
        paint_point(painter, chart, scene, theme)


def _paint_grid(
    painter: QPainter,
    scene: StageScene,
    placed: Placed,
    values: NDArray[np.float64],
    pictures: GridPictures,
    theme: Theme,
) -> None:
    part = placed.grid.part
    if part == INPUT:
        _paint_input(painter, scene, placed, values, pictures, theme)
    elif part in (OUTPUT, MAP, TERMS):
        _paint_result(painter, scene, placed, values, pictures, theme)
    else:
        _paint_parameter(painter, scene, placed, values, pictures, theme)
    if placed.size.room == 0:
        outline(painter, placed.padded.adjusted(-1, -1, 1, 1), colour(theme.palette.border), 1)


def limit_for(scene: StageScene, part: str) -> float:
    """The value at the end of the colours of a part."""
    if part == INPUT:
        return scene.input_limit
    if part in (OUTPUT, MAP):
        return scene.output_limit
    if part == TERMS:
        return 1.0
    if part in ("weight", LAID):
        return scene.weight_limit
    return limit_of(scene.snapshot.parameters[scene.cursor.layer][part])


def _paint_input(
    painter: QPainter,
    scene: StageScene,
    placed: Placed,
    values: NDArray[np.float64],
    pictures: GridPictures,
    theme: Theme,
) -> None:
    palette, limit = theme.palette, scene.input_limit
    pictures.draw(painter, placed, values, PLAIN, limit, theme)
    read = read_cells(scene, placed.grid)
    if placed.size.room:
        pictures.draw_cells(painter, placed, values, READ, theme, read)
    elif len(read) < placed.grid.rows * placed.grid.columns:
        for cell in cells_of(placed, read):
            outline(painter, cell, colour(palette.input), max(1, theme.px(1)))
    if len(scene.layer.input_shape) == 3:
        _hatch_unread(painter, scene, placed, theme)
        if scene.touched is not None:
            see_through(painter, placed, scene.touched, palette.kernel, 70)
    _mark_winner(painter, scene, placed, values, pictures, theme)
    pixel = scene.pointing.pixel
    if scene.readers is not None and pixel is not None:
        place = placed.grid.place(pixel)
        if place is not None:
            outline(painter, placed.span(*place), colour(palette.bias), theme.px(3), theme.px(4))
    shown = scene.shown_term
    if shown is not None and scene.ledger.taps.count > 1:
        _mark_term(painter, placed, term_cell(scene, placed.grid, shown), theme)


def _mark_winner(
    painter: QPainter,
    scene: StageScene,
    placed: Placed,
    values: NDArray[np.float64],
    pictures: GridPictures,
    theme: Theme,
) -> None:
    """The input that the output was taken from."""
    winner = scene.ledger.winner
    if winner is None or not scene.done:
        return
    place = term_cell(scene, placed.grid, winner)
    if place is None:
        return
    if placed.size.room:
        pictures.draw_cells(painter, placed, values, RESULT, theme, [place])
    else:
        outline(painter, placed.span(*place), colour(theme.palette.output), theme.px(2))


def _hatch_unread(painter: QPainter, scene: StageScene, placed: Placed, theme: Theme) -> None:
    """Rows and columns that no window reads."""
    rows, columns = never_read(scene)
    brush = QBrush(colour(theme.palette.wrong, 110), Qt.BrushStyle.FDiagPattern)
    for row in rows:
        painter.fillRect(placed.span(row, 0, 1, placed.grid.columns), brush)
    for column in columns:
        painter.fillRect(placed.span(0, column, placed.grid.rows, 1), brush)


def _paint_result(
    painter: QPainter,
    scene: StageScene,
    placed: Placed,
    values: NDArray[np.float64],
    pictures: GridPictures,
    theme: Theme,
) -> None:
    """An output, a channel's own map or the exponentials: blank where not computed yet."""
    limit, count, grid = (
        limit_for(scene, placed.grid.part),
        computed(scene, placed.grid),
        placed.grid,
    )
    pictures.draw(painter, placed, values, BLANK, limit, theme)
    pictures.draw(painter, placed, values, PLAIN, limit, theme, first_cells(placed, count))
    if grid.part == OUTPUT and scene.readers is not None:
        mask = np.zeros(grid.rows * grid.columns, dtype=np.bool_)
        mask[: scene.readers.size] = scene.readers.reshape(-1)
        see_through(painter, placed, mask.reshape(grid.rows, grid.columns), theme.palette.bias, 110)
    if grid.part == TERMS:
        chosen = scene.ledger.winner  # the class of the output, or of the loss
        assert chosen is not None
        place, written = divmod(chosen, grid.columns), chosen < count
    else:
        element = scene.element if grid.part == OUTPUT else (*grid.prefix, *scene.element[-2:])
        found = grid.place(element)
        if found is None:
            return
        place, written = found, found[0] * grid.columns + found[1] < count
    if not grid.holds(*place):
        return
    if placed.size.room:
        style = RESULT if written else AWAITED
        pictures.draw_cells(painter, placed, values, style, theme, [place])
    else:
        ring = placed.span(*place).adjusted(-1, -1, 1, 1)
        outline(painter, ring, colour(theme.palette.output), theme.px(2))


def _paint_parameter(
    painter: QPainter,
    scene: StageScene,
    placed: Placed,
    values: NDArray[np.float64],
    pictures: GridPictures,
    theme: Theme,
) -> None:
    """A kernel, weights, a bias, or what else is learned: amber (violet) where it is used."""
    grid, limit = placed.grid, limit_for(scene, placed.grid.part)
    is_bias = grid.part == "bias" and scene.ledger.taps.bias is not None
    style = BIAS if is_bias else KERNEL
    used = _used(scene, placed)
    if used is None:
        pictures.draw(painter, placed, values, style, limit, theme)
    else:
        pictures.draw(painter, placed, values, PLAIN, limit, theme)
        if placed.size.room:
            pictures.draw_cells(painter, placed, values, style, theme, used)
        else:
            for cell in cells_of(placed, used):
                ring = cell.adjusted(-1, -1, 1, 1)
                outline(painter, ring, colour(getattr(theme.palette, style.role)), theme.px(2))
    pointed, shown = scene.pointing.weight, scene.shown_term
    for term, role in ((pointed, "kernel"), (shown, "text")):
        if term is not None and term < scene.ledger.taps.count > 1:
            place = weight_cell(scene, grid, term)
            _mark_term(painter, placed, place, theme, role)


def _used(scene: StageScene, placed: Placed) -> list[Place] | None:
    """Of a grid of which one output element uses a part only: that part; None for all of it."""
    grid = placed.grid
    if grid.flat is None:
        if len(scene.layer.input_shape) == 1 and grid.part == "weight":
            return [(scene.cursor.column, column) for column in range(grid.columns)]
        return None
    if grid.count < 2:
        return None
    of_vector = len(scene.layer.output_shape) == 1
    place = grid.place((scene.cursor.column if of_vector else scene.cursor.channel,))
    return [] if place is None else [place]


def _mark_term(
    painter: QPainter,
    placed: Placed,
    place: tuple[int, int] | None,
    theme: Theme,
    role: str = "text",
) -> None:
    if place is not None:
        ink = colour(getattr(theme.palette, role))
        outline(painter, placed.span(*place), ink, theme.px(2), theme.px(4))


# --- what stands beside the grids ----------------------------------------------------------------


def _paint_labels(painter: QPainter, scene: StageScene, layout: GridsLayout, theme: Theme) -> None:
    channels = _channels(scene)
    for label in layout.labels:
        ink = colour(getattr(theme.palette, label.role))
        if label.channel is not None:
            ink = channel_ink(label.channel, channels, theme)
        bold = label.channel is not None
        write(painter, label.rect, label.text, ink, theme.font(label.size, bold), label.align)
    for placed in layout.placed:
        if placed.size.room or placed.grid.part not in (INPUT, OUTPUT):
            continue
        text = f"±{number(limit_for(scene, placed.grid.part), 2, integral=True)}"
        ink = colour(theme.palette.muted)
        write(painter, placed.range_area(theme), text, ink, theme.font(14), RIGHT)


def _channels(scene: StageScene) -> int:
    shape = scene.layer.input_shape
    return shape[0] if len(shape) == 3 and scene.layer.operation.verb == "sum" else 1


def _paint_chip(
    painter: QPainter, scene: StageScene, contents: Contents, chip: Chip, theme: Theme
) -> None:
    palette, done = theme.palette, scene.cursor.channel
    if chip.of_input:
        draw_values(painter, scene.input[chip.channel], chip.picture, scene.input_limit, theme)
        row = next((row for row in contents.rows if row.channel == chip.channel), None)
        chosen = row is not None and (chip.group is None or chip.group == scene.group)
        role = palette.input if chosen else palette.border
        if chip.group is not None:
            _paint_subtotal(painter, scene, chip, theme)
    else:
        painter.fillRect(chip.picture, colour(palette.raised))
        if chip.channel < done:
            values = scene.output[chip.channel]
            draw_values(painter, values, chip.picture, scene.output_limit, theme)
        elif chip.channel == done:
            _paint_begun(painter, scene, chip, theme)
        role = palette.output if chip.channel == done else palette.border
    outline(painter, chip.picture.adjusted(-1, -1, 1, 1), colour(role), theme.px(2))


def _paint_begun(painter: QPainter, scene: StageScene, chip: Chip, theme: Theme) -> None:
    """A small output map as far as it is computed."""
    values = np.array(scene.output[chip.channel], dtype=np.float64)
    values.reshape(-1)[scene.computed :] = np.nan
    draw_values(painter, values, chip.picture, scene.output_limit, theme)


def _paint_subtotal(painter: QPainter, scene: StageScene, chip: Chip, theme: Theme) -> None:
    size = scene.ledger.taps.group_size
    assert chip.group is not None
    if not scene.done and scene.cursor.term < (chip.group + 1) * size - 1:
        return
    left, font = chip.picture.right() + theme.px(6), theme.font(15)
    rect = QRectF(left, chip.rect.top(), chip.rect.right() - left, chip.rect.height())
    value = float(scene.ledger.subtotals[chip.group])
    texts = (number(value, decimals, integral=True) for decimals in (2, 1, 0))
    # The sum under the grids has every digit.
    text = next((t for t in texts if width_of(t, font) <= rect.width()), f"{value:.0e}")
    ink = channel_ink(chip.channel, _channels(scene), theme)
    write(painter, rect, text, ink, font, LEFT)


def _paint_sums(painter: QPainter, scene: StageScene, layout: GridsLayout, theme: Theme) -> None:
    runs, level = written_products(scene, layout.products, theme) if layout.products else ([], 0)
    write_runs(painter, runs)
    if layout.total is None:
        return
    area, px = layout.total, theme.px
    clusters = total(scene, _channels(scene), theme)
    found = flow(clusters, area, px(30), px(8))
    if found is None:  # the channels do not fit: the result does
        found = flow(clusters[-1:], area, px(30), px(8)) or []
    write_runs(painter, found)
    if level:
        note = tr("terms × 0 are left out") if level == 1 else tr("terms that are 0 are left out")
        end = max((at.x() for at, _ in found), default=area.left()) + px(80)
        rect = QRectF(end, area.top(), area.right() - end, area.height())
        write(painter, rect, note, colour(theme.palette.muted), theme.font(14), RIGHT)


def _paint_place(painter: QPainter, scene: StageScene, area: QRectF, theme: Theme) -> None:
    """Which output element it is, in two lines beside the map."""
    cursor, ink, font = scene.cursor, colour(theme.palette.muted), theme.font(14)
    half = area.height() / 2
    texts = (
        tr("feature map {number}", number=cursor.channel),
        tr("position ({row}, {column})", row=cursor.row, column=cursor.column),
    )
    for index, text in enumerate(texts):
        line = QRectF(area.left(), area.top() + index * half, area.width(), half)
        write(painter, line, text, ink, font, RIGHT)


def paint_selection(
    painter: QPainter, layout: GridsLayout, selection: Selection, theme: Theme
) -> None:
    """The selected cells, framed as in a spreadsheet: thick, with a corner to take hold of."""
    placed = layout.grid(selection.grid.key)
    if placed is None:
        return
    accent = colour(theme.palette.accent)
    if selection.several:
        top, left, rows, columns = selection.rectangle
        rect = placed.span(top, left, rows, columns)
        painter.fillRect(rect, colour(theme.palette.accent, 40))
        outline(painter, rect.adjusted(-1, -1, 1, 1), accent, theme.px(2))
    cell = placed.span(*selection.place).adjusted(-1, -1, 1, 1)
    outline(painter, cell, accent, theme.px(3), theme.px(3))
    corner = theme.px(7)
    grip = QRectF(cell.right() - corner / 2, cell.bottom() - corner / 2, corner, corner)
    painter.setPen(QPen(colour(theme.palette.panel), 1))
    painter.setBrush(accent)
    painter.drawRect(grip)
