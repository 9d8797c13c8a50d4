"""Paints the stage: input, window, products, output."""

from __future__ import annotations

from functools import lru_cache
from math import ceil

import numpy as np
from PyQt6.QtCore import QLineF, QPointF, QRectF, Qt
from PyQt6.QtGui import QPainter, QPen, QPixmap

from cnnviz.control.language import tr
from cnnviz.core.numbers import number, shape
from cnnviz.core.operations import Flatten
from cnnviz.core.scenes.sheets import all_maps_sheet
from cnnviz.core.scenes.stage import StageScene
from cnnviz.ui.painters.sheet import Cells, SheetImages, blank_after, hatch_padding, overlay
from cnnviz.ui.painters.stage_layout import Grid, StageLayout, bars_fit
from cnnviz.ui.painters.text import outline, width_of, write
from cnnviz.ui.painters.value_rows import paint_value_rows
from cnnviz.ui.theme import Theme, colour


def paint_stage(
    painter: QPainter,
    scene: StageScene,
    layout: StageLayout,
    images: SheetImages,
    theme: Theme,
) -> None:
    """Paint a whole stage."""
    if layout.thumbnails is not None:
        _paint_thumbnails(painter, scene, layout.thumbnails, images, theme)
    _paint_input(painter, scene, layout, images, theme)
    _paint_window(painter, scene, layout.window, theme)
    if layout.products is not None:
        _paint_products(painter, scene, layout.products, theme)
    _paint_signs(painter, scene, layout, theme)
    _paint_output(painter, scene, layout, images, theme)


def _paint_thumbnails(
    painter: QPainter, scene: StageScene, area: QRectF, images: SheetImages, theme: Theme
) -> None:
    sheet = all_maps_sheet(scene.layer.input_shape)
    cells = Cells.fit(area, *sheet.size)
    images.draw(
        painter,
        "thumbnails",
        scene.input,
        sheet,
        cells,
        scene.input_limit,
        scene.input_is_image,
        theme,
    )
    channel = int(scene.ledger.taps.channels[scene.group])
    top, left = sheet.mosaic.origin(channel)
    rows, columns = sheet.mosaic.rows, sheet.mosaic.columns
    tile = cells.span(top, left, rows, columns).adjusted(-1, -1, 1, 1)
    outline(painter, tile, colour(theme.palette.input), theme.px(2))
    text = tr("{count} input maps", count=sheet.mosaic.count)
    if width_of(text, theme.font(14)) > area.width():
        text = str(sheet.mosaic.count)  # two captions must not run into each other
    _caption(painter, cells.rect, area, text, theme)


def _paint_input(
    painter: QPainter,
    scene: StageScene,
    layout: StageLayout,
    images: SheetImages,
    theme: Theme,
) -> None:
    palette, cells, sheet = theme.palette, layout.input, scene.input_sheet
    channel = int(scene.ledger.taps.channels[scene.group])
    text = tr("input {shape}", shape=shape(scene.layer.input_shape))
    if len(scene.layer.input_shape) == 1 and bars_fit(scene.layer.input_shape[0]):
        chosen = int(scene.ledger.taps.inputs[0][0]) if scene.ledger.taps.count == 1 else None
        paint_value_rows(
            painter,
            layout.input_area,
            scene.input,
            scene.input_limit,
            theme,
            chosen=chosen,
            role=palette.input,
        )
        _caption(painter, layout.input_area, layout.input_area, text, theme)
        return
    one_of_several = len(scene.layer.input_shape) == 3 and scene.layer.input_shape[0] > 1
    if one_of_several and not isinstance(scene.layer.operation, Flatten):
        text = tr("input map {number} of {count}", number=channel, count=scene.layer.input_shape[0])
    hatch_padding(painter, cells, theme)
    images.draw(
        painter,
        "input",
        scene.input,
        sheet,
        cells,
        scene.input_limit,
        scene.input_is_image,
        theme,
        key=(scene.cursor.layer, sheet.first),
    )
    outline(painter, cells.padded.adjusted(-1, -1, 1, 1), colour(palette.border), 1)
    if scene.touched is not None:
        overlay(painter, cells, scene.touched, palette.kernel, 70)
    _mark_pixel(painter, scene, cells, theme)
    _mark_window(painter, scene, cells, theme)
    _caption(painter, cells.padded, layout.input_area, f"{text} · {_range_text(scene)}", theme)


def _range_text(scene: StageScene) -> str:
    """What the input's colours reach to; the title bar's legend is that of the output."""
    if scene.input_is_image:
        return "0 … 1"
    limit = number(scene.input_limit, 2)
    return f"±{limit}" if scene.input_is_signed else f"0 … {limit}"


def _mark_pixel(painter: QPainter, scene: StageScene, cells: Cells, theme: Theme) -> None:
    if scene.readers is None or scene.pointing.pixel is None:
        return
    pixel, first = scene.pointing.pixel, scene.input_sheet.first
    if len(pixel) == 3 and first is not None:
        pixel = (first, pixel[1], pixel[2])  # the same place in the map that is shown
    row, column = scene.input_sheet.place(pixel)
    outline(painter, cells.span(row, column).adjusted(-2, -2, 2, 2), colour(theme.palette.bias), 3)


def _mark_window(painter: QPainter, scene: StageScene, cells: Cells, theme: Theme) -> None:
    """Outline what is read: one frame, or cell by cell where dilation leaves holes."""
    taps, axes = scene.ledger.taps, scene.axes
    hue = colour(theme.palette.input)
    group = scene.group_terms
    if axes is not None and axes[0].dilation == axes[1].dilation == 1:
        row, column = (int(i) for i in taps.inputs[group.start][1:])
        frame = cells.span(row, column, *taps.group_shape)
        outline(painter, frame, hue, theme.px(2))
    elif axes is not None or taps.count == 1:
        for position in taps.inputs[group]:
            row, column = scene.input_sheet.place(tuple(int(i) for i in position))
            outline(painter, cells.span(row, column).adjusted(-1, -1, 1, 1), hue, theme.px(2))
    else:
        tile = scene.input_sheet.place((int(taps.inputs[group.start][0]),))
        outline(painter, cells.span(*tile, *taps.group_shape), hue, theme.px(2))
    if scene.shown_term is not None and taps.count > 1:
        position = tuple(int(i) for i in taps.inputs[scene.shown_term])
        place = scene.input_sheet.place(position)
        outline(painter, cells.span(*place).adjusted(-1, -1, 1, 1), colour(theme.palette.text), 2)


def _paint_window(painter: QPainter, scene: StageScene, grid: Grid, theme: Theme) -> None:
    """The operands, and under each its weight."""
    palette, ledger = theme.palette, scene.ledger
    start = scene.group_terms.start
    large, small = theme.font(15), theme.font(14)
    _draw_frames(painter, grid, ledger.taps.group_size, palette.input, theme)
    for term in range(ledger.taps.group_size):
        rect = grid.cell(term).adjusted(2, 2, -2, -2)
        absolute = start + term
        reached = scene.done or absolute <= scene.cursor.term
        wins = ledger.winner is not None and absolute == ledger.winner and scene.done
        if wins:
            _draw_cell(painter, rect, palette.input, palette.output, theme)
        elif absolute == scene.shown_term:
            _draw_cell(painter, rect, palette.text, palette.raised, theme)
        if grid.lines == 0:
            continue
        ink = palette.on_output if wins else palette.text if reached else palette.faint
        value = number(float(ledger.operands[absolute]), 2, small=False)
        font = theme.font(15, bold=True) if wins else large
        if grid.lines == 1:
            write(painter, rect, value, colour(ink), font)
            continue
        half = rect.height() / 2
        upper = QRectF(rect.left(), rect.top() + 2, rect.width(), half)
        lower = QRectF(rect.left(), rect.top() + half - 2, rect.width(), half)
        write(painter, upper, value, colour(ink), font)
        if ledger.weights is not None:
            weight = number(float(ledger.weights[absolute]), 2, small=False)
            pointed = scene.pointing.weight is not None and scene.pointing.weight == absolute
            ink = palette.kernel if reached or pointed else palette.faint
            write(painter, lower, f"×{weight}", colour(ink), small)


def _paint_products(painter: QPainter, scene: StageScene, grid: Grid, theme: Theme) -> None:
    palette, ledger = theme.palette, scene.ledger
    start, decimals = scene.group_terms.start, _decimals(scene, grid, theme)
    font = theme.font(15 if decimals == 2 else 14)
    _draw_frames(painter, grid, ledger.taps.group_size, palette.border, theme)
    for term in range(ledger.taps.group_size):
        rect = grid.cell(term).adjusted(2, 2, -2, -2)
        absolute = start + term
        if absolute == scene.shown_term:
            _draw_cell(painter, rect, palette.text, palette.raised, theme)
        if grid.lines and (scene.done or absolute <= scene.cursor.term):
            text = number(float(ledger.terms[absolute]), decimals, small=False)
            write(painter, rect, text, colour(palette.text), font)


def _draw_cell(painter: QPainter, rect: QRectF, edge: str, fill: str, theme: Theme) -> None:
    """One cell that stands out."""
    painter.setPen(QPen(colour(edge), 2))
    painter.setBrush(colour(fill))
    painter.drawRoundedRect(rect, theme.px(4), theme.px(4))


def _draw_frames(painter: QPainter, grid: Grid, count: int, edge: str, theme: Theme) -> None:
    """The frames of all cells as one picture: one by one they take half of a frame's time."""
    device = painter.device()
    ratio = device.devicePixelRatioF() if device is not None else 1.0
    sizes = (grid.rows, grid.columns, grid.width, grid.height, count)
    picture = _frames(sizes, edge, theme.palette.raised, theme.px(4), ratio)
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
    painter.setPen(QPen(colour(edge), 1.2))
    painter.setBrush(colour(fill))
    cells = Grid(0, 0, width, height, rows, columns, 0)
    for term in range(count):
        painter.drawRoundedRect(cells.cell(term).adjusted(2, 2, -2, -2), radius, radius)
    painter.end()
    return picture


def _decimals(scene: StageScene, grid: Grid, theme: Theme) -> int:
    """Digits of the products: a third where two would leave nothing but zeros, and it fits."""
    largest = float(np.abs(scene.ledger.terms[scene.group_terms]).max())
    return 3 if 0 < largest < 0.1 and grid.width >= theme.px(54) else 2


def _paint_signs(painter: QPainter, scene: StageScene, layout: StageLayout, theme: Theme) -> None:
    """The captions over the grids, and the signs between the parts."""
    muted, font = colour(theme.palette.muted), theme.font(14)
    window, products, gap = layout.window, layout.products, theme.px(30)
    names = {
        "sum": tr("window × kernel") if scene.axes is not None else tr("input × weight"),
        "maximum": tr("window"),
        "value": tr("value"),
        "copy": tr("value"),
        "softmax": tr("logits"),
    }
    over = QRectF(
        window.left - gap, window.top - theme.px(22), window.rect.width() + 2 * gap, theme.px(20)
    )
    write(painter, over, names[scene.layer.operation.verb], muted, font)
    end = window.rect
    if products is not None:
        _arrow(
            painter,
            QPointF((window.rect.right() + products.left) / 2, window.rect.center().y()),
            theme,
        )
        over = QRectF(
            products.left - gap, over.top(), products.rect.width() + 2 * gap, over.height()
        )
        write(painter, over, tr("products"), muted, font)
        end = products.rect
    middle = QPointF((end.right() + layout.output_area.left()) / 2, end.center().y())
    if scene.layer.operation.verb == "sum":
        sign = QRectF(middle.x() - gap, middle.y() - gap, 2 * gap, 2 * gap)
        write(painter, sign, "Σ", muted, theme.font(24))
    else:
        _arrow(painter, middle, theme)


def _paint_output(
    painter: QPainter, scene: StageScene, layout: StageLayout, images: SheetImages, theme: Theme
) -> None:
    palette, cells, sheet = theme.palette, layout.output, scene.output_sheet
    operation_shape = scene.layer.output_shape
    if len(operation_shape) == 1 and bars_fit(operation_shape[0]):
        paint_value_rows(
            painter,
            layout.output_area,
            scene.output,
            scene.output_limit,
            theme,
            computed=scene.computed,
            chosen=scene.cursor.column,
            role=palette.output,
        )
        text = tr("output {index} of {count}", index=scene.cursor.column, count=operation_shape[0])
        _caption(painter, layout.output_area, layout.output_area, text, theme)
        return
    images.draw(
        painter,
        "output",
        scene.output,
        sheet,
        cells,
        scene.output_limit,
        False,
        theme,
        key=(scene.cursor.layer, sheet.first),
    )
    blank_after(painter, cells, scene.computed, theme)
    outline(painter, cells.rect.adjusted(-1, -1, 1, 1), colour(palette.border), 1)
    if scene.readers is not None:
        mask = np.zeros(cells.rows * cells.columns, dtype=np.bool_)
        mask[: scene.readers.size] = scene.readers.reshape(-1)
        overlay(painter, cells, mask.reshape(cells.rows, cells.columns), palette.bias, 130)
    place = sheet.place(scene.element)
    outline(painter, cells.span(*place).adjusted(-2, -2, 2, 2), colour(palette.output), theme.px(2))
    if len(operation_shape) == 3:
        text = tr(
            "feature map {number}, position ({row}, {column})",
            number=scene.cursor.channel,
            row=scene.cursor.row,
            column=scene.cursor.column,
        )
    else:
        text = tr("output {index} of {count}", index=scene.cursor.column, count=operation_shape[0])
    _caption(painter, cells.rect, layout.output_area, text, theme)


def _caption(painter: QPainter, beside: QRectF, area: QRectF, text: str, theme: Theme) -> None:
    wide = theme.px(60)
    below = QRectF(
        area.left() - wide, beside.bottom() + theme.px(4), area.width() + 2 * wide, theme.px(20)
    )
    write(painter, below, text, colour(theme.palette.muted), theme.font(14))


def _arrow(painter: QPainter, middle: QPointF, theme: Theme) -> None:
    reach, wing = theme.px(9), theme.px(5)
    tip = QPointF(middle.x() + reach, middle.y())
    painter.setPen(QPen(colour(theme.palette.muted), theme.px(2), cap=Qt.PenCapStyle.RoundCap))
    painter.drawLines(
        QLineF(middle.x() - reach, middle.y(), tip.x(), tip.y()),
        QLineF(tip.x() - wing, tip.y() - wing, tip.x(), tip.y()),
        QLineF(tip.x() - wing, tip.y() + wing, tip.x(), tip.y()),
    )
