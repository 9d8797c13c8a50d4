"""One input channel large, the others small beside it; in colours where numbers do not fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import islice
from math import isqrt

from PyQt6.QtCore import QRectF

from cnnviz.core.scenes.grids import Contents, Grid
from cnnviz.ui.painters.grids_layout import (
    HEIGHTS,
    RANGE,
    Chip,
    Draft,
    GridsLayout,
    Label,
    Needs,
    Size,
    Sizes,
    bias_cell,
    bias_width,
    chips_width,
    colour_size,
    extent,
    headed,
    heights,
    name_of,
    number_size,
    output_chips,
    parameter_lines,
)
from cnnviz.ui.painters.grids_rows import (
    kernel_pair,
    never_read_caption,
    output_heading,
    row_headings,
    row_height,
)
from cnnviz.ui.painters.text import LEFT
from cnnviz.ui.theme import Theme

SMALLEST_OUTPUT = 7
"""Pixels (at 100 %) that a cell of a coloured output keeps, so that it can be clicked."""


def single_layouts(
    contents: Contents,
    needs: Needs,
    opened: int,
    channels: int,
    with_map: bool,
    thin: bool,
    room: QRectF,
    theme: Theme,
) -> Iterator[Callable[[], GridsLayout]]:
    for sizes in heights(needs, theme, thin):
        yield partial(_wide, contents, sizes, opened, channels, with_map, room, theme)


def _wide(
    contents: Contents,
    sizes: Sizes,
    opened: int,
    channels: int,
    with_map: bool,
    room: QRectF,
    theme: Theme,
) -> GridsLayout:
    """One input channel: input × kernel = output, with the others small at the left."""
    draft, px, row = Draft(theme), theme.px, contents.rows[opened]
    output = contents.output
    shown = replace(row, map=row.map if with_map else None)
    heading, sign = px(22), px(26)
    wide, high = extent(output, sizes[2])
    wide = wide if sizes[2].room else max(wide, px(RANGE))
    cell = bias_width(contents.bias, sizes[1], theme)
    bias_line = sizes[1].height + px(10) if contents.bias is not None else 0
    kernel = max(extent(row.kernel, sizes[1])[1], extent(row.laid, sizes[1])[1])
    tall = max(row_height(shown, sizes), float(high), float(kernel + 2 * bias_line))
    left = _input_chips(draft, contents, opened, channels, heading + tall)
    top = float(heading)
    several = len(contents.rows) > 1
    draft.middle(row.input, sizes[0], left, top, tall)
    caption = never_read_caption(draft, contents)
    left += extent(row.input, sizes[0])[0]
    if row.kernel is not None:
        draft.sign("×", left, top, tall, sign)
        left += sign
        end = kernel_pair(draft, row, sizes[1], left, top, tall)
        under = top + (tall + kernel) / 2 + px(10)
        bias_cell(draft, contents.bias, sizes[1], left, under)
        left = max(end, left + cell)
    if shown.map is not None:
        draft.sign("=", left, top, tall, sign)
        draft.middle(shown.map, sizes[2], left + sign, top, tall)
        left += sign + extent(shown.map, sizes[2])[0]
    adds = row.kernel is not None and not several
    draft.sign("=" if adds else "→", left, top, tall, sign)
    out = draft.middle(output, sizes[2], left + sign, top, tall)
    left += sign + wide
    row_headings(draft, replace(contents, rows=(shown,)), channels)
    headed(draft, output_heading(contents, wide + px(24), theme), out.padded)
    chips = chips_width(contents.outputs, tall, theme)
    output_chips(draft, contents.outputs, left + px(10), top, tall)
    width, bottom = left + chips, max(top + tall, draft.placed[0].padded.bottom() + caption)
    if several and row.kernel is not None:
        draft.total = QRectF(0, bottom + px(8), max(width, room.width()), px(30))
        bottom = draft.total.bottom()
    if contents.others:
        below = parameter_lines(draft, contents, sizes[1], bottom + px(14), room.width())
        width, bottom = max(width, below[0]), below[1]
    return draft.done(width, bottom)


def folded_output(output: Grid, beside: Grid) -> Grid:
    """A flattened vector in lines that hold whole rows of the maps, about as wide as high."""
    if output.flat is None:
        return output
    across = max(1, round(isqrt(output.count) / beside.columns))
    return output.folded(across * beside.columns)


def _input_chips(
    draft: Draft, contents: Contents, opened: int, channels: int, height: float
) -> float:
    """The input channels in small, the shown one among them; returns the width they take."""
    rows, px = contents.rows, draft.theme.px
    shown = rows[opened].channel
    groups = {row.channel: row.group if len(rows) > 1 else None for row in rows}
    every = sorted({*groups, *contents.channels})
    if len(every) < 2:
        return 0.0
    gap = px(6)
    edge = max(px(20), min(px(56), (height - gap) / len(every) - gap))
    name = px(26)
    total = len(every) * (edge + gap) - gap
    top = max(0.0, (height - total) / 2)
    value = px(54) if len(rows) > 1 and rows[0].group is not None else 0
    for index, channel in enumerate(every):
        rect = QRectF(0, top + index * (edge + gap), name + edge + value, edge)
        picture = QRectF(name, rect.top(), edge, edge)
        group = groups.get(channel)
        draft.chips.append(Chip(rect, picture, channel, of_input=True, group=group))
        text = name_of(channel, channels, rows[0].kernel is not None)
        label = QRectF(0, rect.top(), name, edge)
        size = 18 if channel == shown else 15
        draft.labels.append(Label(label, text, "text", size, LEFT, channel))
    return float(name + edge + value + px(16))


def coloured_layout(
    contents: Contents, needs: Needs, opened: int, channels: int, room: QRectF, theme: Theme
) -> GridsLayout:
    """Numbers in the kernel and, if they fit, in the input; the rest in colours."""
    row = contents.rows[opened]
    output = contents.output
    smallest = Size(theme.px(SMALLEST_OUTPUT), theme.px(SMALLEST_OUTPUT))

    def build(read: Size, kernel: Size, written: Size) -> GridsLayout:
        return _wide(contents, (read, kernel, written), opened, channels, False, room, theme)

    def widened(read: Size, kernel: Size, written: Size) -> GridsLayout:
        """The output's cells as large as the rest of the room lets them be."""
        layout = build(read, kernel, written)
        left_over = room.width() - layout.width + extent(output, written)[0]
        tall = room.height() - layout.height + _tall(layout)
        return build(read, kernel, colour_size(output, left_over, tall, theme))

    for thin in (False, True):
        for read, kernel, _ in islice(heights(needs, theme, thin), MIDDLE, None):
            if _fits(build(read, kernel, smallest), room):
                return widened(read, kernel, smallest)
    kernels = [number_size(h, needs.parameter, theme) for h in HEIGHTS[MIDDLE:]]
    if row.kernel is not None:
        kernels.append(colour_size(row.kernel, room.width() * 0.2, room.height() * 0.5, theme))
    least = Size(2, 2)
    for kernel in kernels:
        layout = build(least, kernel, least)
        if kernel.room and not _fits(layout, room):
            continue
        tall = room.height() - layout.height + _tall(layout)
        free = room.width() - layout.width
        half = free / 2 + extent(output, least)[0]
        written = colour_size(output, half, tall, theme)
        free -= extent(output, written)[0] - extent(output, least)[0]
        read = colour_size(row.input, free + extent(row.input, least)[0], tall, theme)
        return widened(read, kernel, written)
    return build(least, least, least)


MIDDLE = HEIGHTS.index(26)
"""Where the heights begin that are tried beside colours."""


def _fits(layout: GridsLayout, room: QRectF) -> bool:
    return layout.width <= room.width() and layout.height <= room.height()


def _tall(layout: GridsLayout) -> float:
    """The height of a layout's tallest grid, which the others stand beside."""
    return max(placed.padded.height() for placed in layout.placed)
