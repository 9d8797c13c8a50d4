"""Paints the stage: input, window, products, output."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QLineF, QPointF, QRectF, Qt
from PyQt6.QtGui import QPainter, QPen

from cnnviz.control.language import tr
from cnnviz.core.numbers import number, shape
from cnnviz.core.operations import Activation, Conv2d
from cnnviz.core.scenes.sheets import Sheet, all_maps_sheet
from cnnviz.core.scenes.stage import StageScene
from cnnviz.ui.painters.coloured import CHANNELS
from cnnviz.ui.painters.curve import paint_curve, paint_point
from cnnviz.ui.painters.sheet import (
    Cells,
    blank_after,
    draw_sheet,
    draw_values,
    hatch_padding,
    overlay,
)
from cnnviz.ui.painters.stage_grids import (
    paint_channels,
    paint_frames,
    paint_products,
    paint_window,
)
from cnnviz.ui.painters.stage_layout import StageLayout, bars_fit_shape
from cnnviz.ui.painters.text import CENTRE, RIGHT, outline, width_of, write
from cnnviz.ui.painters.value_rows import paint_value_rows, value_row
from cnnviz.ui.theme import Theme, colour
from cnnviz.ui.words import class_number, layer_name

SIGNS = {"sum": "Σ", "mean": "Ø", "add": "="}
"""What stands between the numbers and the output that they are brought together to."""

_TOP = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop


def still(before: StageScene, scene: StageScene) -> bool:
    """Whether `paint_still` would paint the same for two scenes of one layout."""
    return (
        before.snapshot is scene.snapshot
        and before.cursor.layer == scene.cursor.layer
        and before.cursor.channel == scene.cursor.channel
        and before.group == scene.group
    )


def paint_still(painter: QPainter, scene: StageScene, layout: StageLayout, theme: Theme) -> None:
    """Paint what stays while the window slides: both maps, the empty cells, and what is said."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if layout.thumbnails is not None:
        _paint_thumbnails(painter, scene, layout.thumbnails, theme)
    _paint_input(painter, scene, layout, theme)
    _paint_skip(painter, scene, layout, theme)
    for grid, edge in (
        (layout.window, theme.palette.input),
        (layout.products, theme.palette.border),
    ):
        if grid is not None:
            paint_frames(painter, grid, scene.ledger.taps.group_size, edge, theme)
    if scene.layer.operation.verb == "neighbours":
        paint_channels(painter, scene, layout.window, theme)
    _paint_signs(painter, scene, layout, theme)
    if layout.chart is not None and isinstance(scene.layer.operation, Activation):
        paint_curve(painter, layout.chart, scene.layer.operation, theme)
    if not bars_fit_shape(scene.layer.output_shape):
        cells, sheet = layout.output, scene.output_sheet
        draw_sheet(painter, scene.output, sheet, cells, scene.output_limit, theme)
        outline(painter, cells.rect.adjusted(-1, -1, 1, 1), colour(theme.palette.border), 1)


def paint_moving(
    painter: QPainter, scene: StageScene, layout: StageLayout, theme: Theme, fast: bool = False
) -> None:
    """Paint what changes with every window over what stays.

    ``fast``: windows follow one another faster than numbers can be read; cells show the size and
    the sign of their values by colour instead.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _mark_input(painter, scene, layout, theme)
    if layout.skip is not None:
        _mark_window(painter, scene, layout.skip, theme)
    paint_window(painter, scene, layout.window, theme, fast)
    if layout.products is not None and not scene.ledger_covered:
        paint_products(painter, scene, layout.products, theme, fast)
    if layout.chart is not None and not scene.ledger_covered:
        paint_point(painter, layout.chart, scene, theme)
    _mark_output(painter, scene, layout, theme)


def _paint_thumbnails(painter: QPainter, scene: StageScene, area: QRectF, theme: Theme) -> None:
    sheet = all_maps_sheet(scene.layer.input_shape)
    cells = Cells.fit(area, *sheet.size)
    _draw_input(painter, scene, sheet, cells, theme)
    rows, columns = sheet.mosaic.rows, sheet.mosaic.columns
    for channel in _read_maps(scene):
        top, left = sheet.mosaic.origin(channel)
        tile = cells.span(top, left, rows, columns).adjusted(-1, -1, 1, 1)
        outline(painter, tile, colour(theme.palette.input), theme.px(2))
    text = tr("{count} input maps", count=sheet.mosaic.count)
    if width_of(text, theme.font(14)) > area.width():
        text = str(sheet.mosaic.count)  # two captions must not run into each other
    _caption(painter, cells.rect, area, text, theme)


def _read_maps(scene: StageScene) -> list[int]:
    """The input maps that the opened terms read."""
    taps = scene.ledger.taps
    if scene.layer.operation.verb == "neighbours":
        return [int(channel) for channel in taps.inputs[taps.inside, 0]]
    return [int(taps.channels[scene.group])]


def _draw_input(
    painter: QPainter, scene: StageScene, sheet: Sheet, cells: Cells, theme: Theme
) -> None:
    draw_sheet(painter, scene.input, sheet, cells, scene.input_limit, theme, scene.input_is_image)


def _paint_input(painter: QPainter, scene: StageScene, layout: StageLayout, theme: Theme) -> None:
    shape_in, cells = scene.layer.input_shape, layout.input
    text = tr("input {shape}", shape=shape(shape_in))
    if bars_fit_shape(shape_in):
        _caption(painter, layout.input_area, layout.input_area, text, theme)
        return
    if len(shape_in) == 3 and scene.input_sheet.mosaic.count < shape_in[0]:
        channel = int(scene.ledger.taps.channels[scene.group])
        called = CHANNELS[channel] if scene.input_is_coloured else channel
        text = tr("input map {number} of {count}", number=called, count=shape_in[0])
    if scene.joins and scene.source >= 0:  # as is said of the other map, whose it is
        layer = scene.snapshot.network.layers[scene.source]
        text = tr("input: layer {number}, {name}",
                  number=scene.source + 1, name=layer_name(layer))  # fmt: skip
    if scene.padded is not None:
        draw_values(
            painter, scene.padded, cells.padded, scene.input_limit, theme, scene.input_is_image
        )
    hatch_padding(painter, cells, theme, see_through=scene.padded is not None)
    _draw_input(painter, scene, scene.input_sheet, cells, theme)
    _strike_out(painter, scene, cells, theme)
    outline(painter, cells.padded.adjusted(-1, -1, 1, 1), colour(theme.palette.border), 1)
    if scene.padded is not None:  # values on both sides: where the input ends must be seen
        outline(painter, cells.rect, colour(theme.palette.muted), 1)
    text += " · " + _range_text(scene).replace(" ", "\N{NO-BREAK SPACE}")
    _caption(painter, cells.padded, layout.input_area, text, theme)


def _paint_skip(painter: QPainter, scene: StageScene, layout: StageLayout, theme: Theme) -> None:
    """The map that an Add adds, with a plus between it and the input, and where it comes from."""
    if scene.skip is None or layout.skip is None or layout.skip_area is None:
        return
    cells = layout.skip
    draw_sheet(painter, scene.skip, scene.input_sheet, cells, scene.sum_limit, theme)
    outline(painter, cells.rect.adjusted(-1, -1, 1, 1), colour(theme.palette.border), 1)
    middle = (layout.input_area.right() + layout.skip_area.left()) / 2
    half = theme.px(20)
    sign = QRectF(middle - half, layout.input_area.center().y() - half, 2 * half, 2 * half)
    write(painter, sign, "+", colour(theme.palette.muted), theme.font(24))
    _caption(painter, cells.rect, layout.skip_area, _skip_text(scene), theme)


def _skip_text(scene: StageScene) -> str:
    """What is added: the output of which layer, or the network's input."""
    skip, limit = scene.layer.wire.skip, number(scene.sum_limit, 2)
    reach = f"±{limit}"
    if skip is None:  # in the Lab it is typed
        return tr("skip · {range}", range=reach)
    if skip < 0:
        return tr("skip: the network's input · {range}", range=reach)
    layer = scene.snapshot.network.layers[skip]
    return tr("skip: layer {number}, {name} · {range}",
              number=skip + 1, name=layer_name(layer), range=reach)  # fmt: skip


def _strike_out(painter: QPainter, scene: StageScene, cells: Cells, theme: Theme) -> None:
    """Cover what a dropout's mask strikes out, with a stroke through each cell that has room."""
    if scene.mask is None:
        return
    struck = scene.input_sheet.picture(scene.mask) == 0
    overlay(painter, cells, struck, theme.palette.panel, 150)
    if cells.size < theme.px(6) or not struck.any():
        return
    painter.setPen(QPen(colour(theme.palette.muted), 1))
    places = [cells.span(int(row), int(column)) for row, column in np.argwhere(struck)]
    painter.drawLines(*(QLineF(place.bottomLeft(), place.topRight()) for place in places))


def _mark_input(painter: QPainter, scene: StageScene, layout: StageLayout, theme: Theme) -> None:
    if not bars_fit_shape(scene.layer.input_shape):
        if scene.touched is not None:
            overlay(painter, layout.input, scene.touched, theme.palette.kernel, 70)
        _mark_pixel(painter, scene, layout.input, theme)
        _mark_window(painter, scene, layout.input, theme)
        return
    taps = scene.ledger.taps
    shown = 0 if taps.count == 1 else scene.shown_term
    paint_value_rows(
        painter,
        layout.input_area,
        scene.input,
        scene.input_limit,
        theme,
        chosen=int(taps.inputs[shown][0]) if shown is not None else None,
        role=theme.palette.input,
    )
    for index in [] if scene.mask is None else np.flatnonzero(scene.mask == 0):
        row = value_row(layout.input_area, len(scene.input), int(index), theme)
        painter.setPen(QPen(colour(theme.palette.muted), theme.px(2)))
        painter.drawLine(QLineF(row.left(), row.center().y(), row.right(), row.center().y()))


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
    if len(pixel) == 3 and first is not None and scene.input_sheet.mosaic.count == 1:
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
    elif len(scene.layer.input_shape) == 3 or taps.count == 1:
        for place in filter(None, (_drawn_at(scene, i) for i in range(group.start, group.stop))):
            outline(painter, cells.span(*place).adjusted(-1, -1, 1, 1), hue, theme.px(2))
    else:
        tile = scene.input_sheet.place((int(taps.inputs[group.start][0]),))
        outline(painter, cells.span(*tile, *taps.group_shape), hue, theme.px(2))
    if scene.layer.operation.verb == "normalise" and taps.count > 1:
        own = cells.span(*scene.input_sheet.place(scene.element)).adjusted(-2, -2, 2, 2)
        outline(painter, own, hue, theme.px(3))  # of all that is read, the one that is normalised
    shown = scene.shown_term
    now = None if shown is None or taps.count == 1 else _drawn_at(scene, shown)
    if now is not None:
        outline(painter, cells.span(*now).adjusted(-1, -1, 1, 1), colour(theme.palette.text), 2)


def _drawn_at(scene: StageScene, term: int) -> tuple[int, int] | None:
    """(row, column) of the sheet where a term's operand stands.

    None where it reads nothing, or a map that is not drawn: a neighbour in the same place.
    """
    taps, sheet = scene.ledger.taps, scene.input_sheet
    if not taps.reads(term):
        return None
    position = tuple(int(i) for i in taps.inputs[term])
    if sheet.first is not None and not 0 <= position[0] - sheet.first < sheet.mosaic.count:
        return None
    return sheet.place(position)


def _paint_signs(painter: QPainter, scene: StageScene, layout: StageLayout, theme: Theme) -> None:
    """The captions over the grids, and the signs between the parts."""
    muted, font = colour(theme.palette.muted), theme.font(14)
    window, products, gap = layout.window, layout.products, theme.px(30)
    names = {
        "sum": _multiplied(scene),
        "maximum": tr("window"),
        "mean": tr("window"),
        "value": tr("value"),
        "copy": tr("value"),
        "softmax": tr("logits"),
        "log_softmax": tr("logits"),
        "cross_entropy": tr("logits"),
        "normalise": tr("value") if scene.ledger.taps.count == 1 else tr("values"),
        "standardise": tr("value"),
        "neighbours": tr("neighbours"),
        "argmax": tr("values"),
        "add": tr("both values"),
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
    if layout.chart is not None:
        chart = layout.chart.area
        _arrow(painter, QPointF((end.right() + chart.left()) / 2, end.center().y()), theme)
        end = QRectF(chart.left(), end.top(), chart.width(), end.height())
    middle = QPointF((end.right() + layout.output_area.left()) / 2, end.center().y())
    if scene.layer.operation.verb in SIGNS:
        sign = QRectF(middle.x() - gap, middle.y() - gap, 2 * gap, 2 * gap)
        write(painter, sign, SIGNS[scene.layer.operation.verb], muted, theme.font(24))
    else:
        _arrow(painter, middle, theme)


def _multiplied(scene: StageScene) -> str:
    """What a sum's grid of operands holds."""
    operation = scene.layer.operation
    if isinstance(operation, Conv2d) and operation.flipped:
        return tr("window × flipped kernel")
    return tr("window × kernel") if scene.axes is not None else tr("input × weight")


def _mark_output(painter: QPainter, scene: StageScene, layout: StageLayout, theme: Theme) -> None:
    palette, cells, shape_out = theme.palette, layout.output, scene.layer.output_shape
    beside = cells.rect
    if bars_fit_shape(shape_out):
        beside = layout.output_area
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
    else:
        blank_after(painter, cells, scene.computed, theme)
        if scene.readers is not None:
            mask = np.zeros(cells.rows * cells.columns, dtype=np.bool_)
            mask[: scene.readers.size] = scene.readers.reshape(-1)
            overlay(painter, cells, mask.reshape(cells.rows, cells.columns), palette.bias, 130)
        place = cells.span(*scene.output_sheet.place(scene.element))
        outline(painter, place.adjusted(-2, -2, 2, 2), colour(palette.output), theme.px(2))
    _caption(painter, beside, layout.output_area, _place_text(scene), theme, last=True)


def _place_text(scene: StageScene) -> str:
    """Which output element is computed."""
    cursor, shape_out = scene.cursor, scene.layer.output_shape
    if len(shape_out) == 1:
        called = class_number(scene.class_names, cursor.column)
        return tr("output {index} of {count}", index=called, count=shape_out[0])
    return tr(
        "feature map {number}, position ({row}, {column})",
        number=cursor.channel,
        row=cursor.row,
        column=cursor.column,
    )


def _caption(
    painter: QPainter, beside: QRectF, area: QRectF, text: str, theme: Theme, last: bool = False
) -> None:
    """Say below a picture what it is; behind the ``last`` comes the edge of the pane."""
    font, line, align = theme.font(14), theme.px(20), CENTRE
    over = theme.px(12)  # less than the margin, and than half of the gap to the grids
    place = QRectF(area.left() - over, beside.bottom() + theme.px(4), area.width() + 2 * over, line)
    # Beside large grids a picture is so small that its text needs a second line; where there is no
    # room below, it is so low that it can reach under the grids.
    folded = width_of(text, font) > place.width() and place.bottom() <= area.bottom()
    if folded:
        place.setHeight(2 * line)
        align = _TOP
    elif last and width_of(text, font) > place.width():
        align = RIGHT
    write(painter, place, text, colour(theme.palette.muted), font, align, wrap=folded)


def _arrow(painter: QPainter, middle: QPointF, theme: Theme) -> None:
    reach, wing = theme.px(9), theme.px(5)
    tip = QPointF(middle.x() + reach, middle.y())
    painter.setPen(QPen(colour(theme.palette.muted), theme.px(2), cap=Qt.PenCapStyle.RoundCap))
    painter.drawLines(
        QLineF(middle.x() - reach, middle.y(), tip.x(), tip.y()),
        QLineF(tip.x() - wing, tip.y() - wing, tip.x(), tip.y()),
        QLineF(tip.x() - wing, tip.y() + wing, tip.x(), tip.y()),
    )
