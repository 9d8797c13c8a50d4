"""All input channels one under the other, and the sum over them: the picture of the lectures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from PyQt6.QtCore import QRectF

from cnnviz.control.language import tr
from cnnviz.core.numbers import shape as shape_text
from cnnviz.core.scenes.grids import INPUT, LAID, MAP, Contents, Row
from cnnviz.ui.painters.grids_layout import (
    HEIGHTS,
    Draft,
    GridsLayout,
    Label,
    Needs,
    Size,
    Sizes,
    bias_cell,
    bias_width,
    chips_width,
    extent,
    headed,
    heights,
    name_of,
    number_size,
    output_chips,
    parameter_lines,
)
from cnnviz.ui.painters.grids_text import size_of_products
from cnnviz.ui.painters.text import LEFT, RIGHT, width_of
from cnnviz.ui.theme import Theme


def rows_layouts(
    contents: Contents, needs: Needs, channels: int, below: bool, room: QRectF, theme: Theme
) -> Iterator[Callable[[], GridsLayout]]:
    wanted = _wanted(contents, needs, theme)
    for sizes in heights(needs, theme):
        yield partial(_stack, contents, sizes, channels, below, True, wanted, room, theme)
    # In a low pane the headings give way before the numbers do.
    sizes = (
        number_size(HEIGHTS[-1], needs.input, theme),
        number_size(HEIGHTS[-1], needs.parameter, theme),
        number_size(HEIGHTS[-1], needs.output, theme),
    )
    yield partial(_stack, contents, sizes, channels, below, False, wanted, room, theme)


def _wanted(contents: Contents, needs: Needs, theme: Theme) -> tuple[float, float]:
    """How wide the products of a row are in one line, and how wide the sum over all rows."""
    kernel = contents.rows[0].kernel
    if kernel is None:
        return 0.0, 0.0
    count, px = kernel.rows * kernel.columns, theme.px
    digit = width_of("0", theme.font(size_of_products(count)))
    products = count * ((needs.input + needs.parameter + 3) * digit + px(6)) + px(130)
    summand = (needs.output + 2) * width_of("0", theme.font(19)) + px(8)
    return products, len(contents.rows) * summand + px(260 if contents.bias is not None else 130)


def _stack(
    contents: Contents,
    sizes: Sizes,
    channels: int,
    below: bool,
    headings: bool,
    wanted: tuple[float, float],
    room: QRectF,
    theme: Theme,
) -> GridsLayout:
    """A row an input channel; the sum over them and the output below, or to their right."""
    draft, px = Draft(theme), theme.px
    name = _name_width(contents.rows, channels, theme)
    gap = px(10) if below else px(6)
    first = top = float(px(22) if headings else 0)
    right, adds = 0.0, contents.rows[0].kernel is not None
    lines = []
    for row in contents.rows:
        tall = row_height(row, sizes)
        right = max(right, _row(draft, row, sizes, top, tall, name, channels))
        lines.append((top, tall))
        top += tall + gap
    bottom = top - gap + never_read_caption(draft, contents)
    if headings:
        row_headings(draft, contents, channels)
    end = right + (px(160) if adds else 0)
    if below:
        draft.rule = bottom + gap
        filled = min(room.width(), max(right + px(12) + wanted[0], px(520) + wanted[1]))
        width, bottom = _sum_below(draft, contents, sizes, end, draft.rule + gap, filled)
        written = width
    else:
        filled = right + px(32) + wanted[0]
        width, written = _sum_beside(
            draft, contents, sizes, end, (first, bottom), filled, wanted[1], room
        )
    if adds:
        draft.products = {
            row.group: QRectF(right + px(12), line, written - right - px(12), tall)
            for row, (line, tall) in zip(contents.rows, lines, strict=True)
            if row.group is not None
        }
    if contents.others:
        wide, bottom = parameter_lines(draft, contents, sizes[1], bottom + px(12), width)
        width = max(width, wide)
    return draft.done(width, bottom)


def _sum_below(
    draft: Draft, contents: Contents, sizes: Sizes, end: float, top: float, filled: float
) -> tuple[float, float]:
    """Under the rows: what is added up, the bias, and the output at the right; (width, bottom).

    ``filled``: the width that the products and the sum would fill.
    """
    px, theme = draft.theme.px, draft.theme
    adds = contents.rows[0].kernel is not None
    wide, high = extent(contents.output, sizes[2])
    tall = max(float(high), float(sizes[1].height), px(40))
    chips = chips_width(contents.outputs, tall, theme)
    width = max(end, wide + chips + px(150) + (px(240) if adds else 0))
    width = max(width, filled) if adds else width
    out = draft.middle(contents.output, sizes[2], width - chips - wide, top, tall)
    output_chips(draft, contents.outputs, width - chips + px(10), top, tall)
    left, middle = out.rect.left() - px(150), top + tall / 2
    draft.place = QRectF(left, middle - px(20), px(138), px(40))
    if adds:
        left -= bias_width(contents.bias, sizes[1], theme) + px(6)
        bias_cell(draft, contents.bias, sizes[1], left, middle - sizes[1].height / 2)
        draft.total = QRectF(0, top, left - px(14), tall)
    return width, top + tall


def _sum_beside(
    draft: Draft,
    contents: Contents,
    sizes: Sizes,
    end: float,
    span: tuple[float, float],
    filled: float,
    total: float,
    room: QRectF,
) -> tuple[float, float]:
    """Right of the rows: the output, under it the sum; (width, where the products must end).

    ``filled``: where the products end if there is room for all in one line; ``total``: how wide the
    sum is.
    """
    px, theme, output = draft.theme.px, draft.theme, contents.output
    adds = contents.rows[0].kernel is not None
    wide, high = extent(output, sizes[2])
    chips = chips_width(contents.outputs, max(high, px(90)), theme)
    column = max(wide + chips, px(236) if adds else 0)
    if adds and filled + total <= room.width():
        column = max(column, total)
    under = sizes[1].height + px(76) if adds else 0
    width = max(end + px(34) + column, min(room.width(), filled + column) if adds else 0)
    left = width - column
    top = max(span[0], (span[0] + span[1] - high - under) / 2)
    out = draft.put(output, sizes[2], left, top)
    headed(draft, output_heading(contents, column, theme), out.padded, LEFT)
    output_chips(draft, contents.outputs, left + wide + px(10), top, max(high, px(90)))
    if not adds:
        draft.sign("→", end, top, high, px(34))
        return width, end
    line = top + high + px(10)
    bias_cell(draft, contents.bias, sizes[1], left, line)
    draft.total = QRectF(left, line + sizes[1].height + px(4), column, px(62))
    return width, left - px(20)


def _row(
    draft: Draft, row: Row, sizes: Sizes, top: float, tall: float, name: float, channels: int
) -> float:
    """Name, input × kernel = map of one channel; returns where it ends."""
    sign = draft.theme.px(30)
    draft.labels.append(
        Label(
            QRectF(0, top, name, tall),
            name_of(row.channel, channels, row.kernel is not None),
            "text",
            22,
            LEFT,
            row.channel,
        )
    )
    left = name
    draft.middle(row.input, sizes[0], left, top, tall)
    left += extent(row.input, sizes[0])[0]
    if row.kernel is not None:
        draft.sign("×", left, top, tall, sign)
        left = kernel_pair(draft, row, sizes[1], left + sign, top, tall)
    if row.map is not None:
        draft.sign("=", left, top, tall, sign)
        draft.middle(row.map, sizes[2], left + sign, top, tall)
        left += sign + extent(row.map, sizes[2])[0]
    return left


def kernel_pair(draft: Draft, row: Row, size: Size, left: float, top: float, tall: float) -> float:
    """The kernel as it is typed, and behind it as it is laid on, where that is not the same."""
    assert row.kernel is not None
    draft.middle(row.kernel, size, left, top, tall)
    left += extent(row.kernel, size)[0]
    if row.laid is not None:
        sign = draft.theme.px(26)
        draft.sign("↻", left, top, tall, sign)
        draft.middle(row.laid, size, left + sign, top, tall)
        left += sign + extent(row.laid, size)[0]
    return left


def row_height(row: Row, sizes: Sizes) -> float:
    parts = ((row.input, 0), (row.kernel, 1), (row.laid, 1), (row.map, 2))
    return float(max(extent(grid, sizes[kind])[1] for grid, kind in parts))


def _name_width(rows: tuple[Row, ...], channels: int, theme: Theme) -> float:
    return theme.px(26) if len(rows) > 1 or channels > 1 else 0.0


def row_headings(draft: Draft, contents: Contents, channels: int) -> None:
    """What the grids of the first row are, once over all rows."""
    first, font = contents.rows[0], draft.theme.font(14)
    names = {
        INPUT: tr(
            "input {shape}", shape=shape_text((channels, first.input.rows, first.input.columns))
        ),
        "weight": tr("kernel"),
        LAID: tr("turned by 180°"),
        "map": tr("map of this channel"),
    }
    of_row = {g.key for g in (first.input, first.kernel, first.laid, first.map) if g is not None}
    for placed in draft.placed:
        if placed.grid.key in of_row:
            top = min(p.padded.top() for p in draft.placed if p.grid.part == placed.grid.part)
            over = placed.padded
            over.moveTop(top)
            name = names[placed.grid.part]
            if placed.grid.part == MAP and width_of(name, font) > over.width() + draft.theme.px(40):
                name = tr("map")  # or it would run into the output's
            headed(draft, name, over)


def never_read_caption(draft: Draft, contents: Contents) -> float:
    """Say what the hatching means, under the last grid of the input; returns the height.

    Where the grid has colours alone, their range stands there already.
    """
    px, text = draft.theme.px, tr("never read")
    grid = next(p for p in reversed(draft.placed) if p.grid.part == INPUT)
    taken = 0.0 if grid.size.room else float(px(18))
    if not contents.unread:
        return taken
    under = grid.padded
    wide = max(under.width(), width_of(text, draft.theme.font(14)))
    rect = QRectF(under.right() - wide, under.bottom() + px(2) + taken, wide, px(18))
    draft.labels.append(Label(rect, text, "wrong", 14, RIGHT))
    return taken + px(20)


def output_heading(contents: Contents, width: float, theme: Theme) -> str:
    """What stands over the output: with its shape, where that is no wider than the grid."""
    output = contents.output
    size = (contents.outputs, output.rows, output.columns)
    shape = shape_text((output.count,) if output.flat is not None else size)
    text = tr("output {shape}", shape=shape)
    return text if width_of(text, theme.font(14)) <= width else tr("output")
