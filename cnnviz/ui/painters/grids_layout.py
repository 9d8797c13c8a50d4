"""Where a layer's grids of numbers stand: the same rectangles are painted, clicked and typed in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from math import ceil

from PyQt6.QtCore import QRectF, Qt

from cnnviz.control.language import tr
from cnnviz.core.scenes.grids import Contents, Grid, Place
from cnnviz.ui.painters.text import CENTRE, LEFT, width_of
from cnnviz.ui.theme import Theme

HEIGHTS = (88, 78, 68, 58, 52, 46, 42, 38, 34, 31, 28, 26, 24, 22, 20, 19, 18)
"""Heights of a cell (at 100 %) that are tried in turn; the first that fits is taken."""

SMALLEST_FONT = 14
"""Of numbers, at 100 %; where they do not fit, cells are colours."""

LARGEST_FONT = 42

RANGE = 60
"""Width (at 100 %) for the range of an output's colours, which may have few columns."""

RING = 6
"""Pixels (at 100 %) of a padding's cell where there is no room for its number."""


@dataclass(frozen=True)
class Size:
    """How large a grid's cells are drawn.

    Attributes
    ----------
    width, height
        Pixels a cell.
    room
        Characters that fit; 0 where only colours do.
    font
        Of the numbers, at 100 %.
    ring
        Width and height of a cell of the padding, where it is drawn narrower; 0 for the same.
    """

    width: int
    height: int
    room: int = 0
    font: int = 0
    ring: int = 0


Sizes = tuple[Size, Size, Size]
"""Of the cells of input, parameters and output."""


@dataclass(frozen=True)
class Placed:
    """A grid at its place; ``left`` and ``top`` are those of its first cell, padding before it."""

    grid: Grid
    left: int
    top: int
    size: Size

    @property
    def rect(self) -> QRectF:
        """The cells without the padding."""
        return self.span(0, 0, self.grid.rows, self.grid.columns)

    @property
    def padded(self) -> QRectF:
        (above, _), (before, _) = self.grid.padding
        return self.span(-above, -before, *self.grid.padded_size)

    def range_area(self, theme: Theme) -> QRectF:
        """Where the range of the colours is written, under cells that have no numbers."""
        padded = self.padded
        wide = max(padded.width(), theme.px(RANGE))
        return QRectF(padded.left(), padded.bottom() + 2, wide, theme.px(18))

    def span(self, row: int, column: int, rows: int = 1, columns: int = 1) -> QRectF:
        size, grid = self.size, self.grid
        top = _offset(row, grid.rows, size.height, size.ring)
        left = _offset(column, grid.columns, size.width, size.ring)
        bottom = _offset(row + rows, grid.rows, size.height, size.ring)
        right = _offset(column + columns, grid.columns, size.width, size.ring)
        return QRectF(self.left + left, self.top + top, right - left, bottom - top)

    def at(self, x: float, y: float) -> Place | None:
        """The cell at a point, or None; padding is no cell."""
        row = int((y - self.top) // self.size.height)
        column = int((x - self.left) // self.size.width)
        return (row, column) if self.grid.holds(row, column) else None

    def moved(self, right: int, down: int) -> Placed:
        return replace(self, left=self.left + right, top=self.top + down)


def _offset(index: int, count: int, size: int, ring: int) -> int:
    """Pixels from the first cell to that of an index, which may lie in the padding."""
    inside = min(max(index, 0), count)
    return inside * size + (index - inside) * (ring or size)


@dataclass(frozen=True)
class Label:
    """A text that stays: a name, a sign, a caption.

    Attributes
    ----------
    channel
        Of a name: the input channel whose colour it has; None for other texts.
    """

    rect: QRectF
    text: str
    role: str = "muted"
    size: int = 14
    align: Qt.AlignmentFlag = CENTRE
    channel: int | None = None


@dataclass(frozen=True)
class Chip:
    """A channel in small: of the input (``group``: which to open, if it has one) or of the output.

    Attributes
    ----------
    picture
        Where its map is drawn; name and number stand beside it.
    """

    rect: QRectF
    picture: QRectF
    channel: int
    of_input: bool
    group: int | None = None


@dataclass(frozen=True)
class GridsLayout:
    """Everything of the pane in its place.

    Attributes
    ----------
    products
        Where the products of a group of terms are written out, by group.
    total
        Where the subtotals are added up; None where the ledger says it all.
    place
        Where it is said which output element is computed.
    rule
        y of the line over the sum, or None.
    chart
        Where the curve of an activation is drawn, or None.
    """

    placed: tuple[Placed, ...] = ()
    labels: tuple[Label, ...] = ()
    chips: tuple[Chip, ...] = ()
    products: dict[int, QRectF] = field(default_factory=dict)
    total: QRectF | None = None
    place: QRectF | None = None
    rule: float | None = None
    chart: QRectF | None = None
    width: float = 0.0
    height: float = 0.0

    def moved(self, right: int, down: int) -> GridsLayout:
        """The same layout elsewhere."""

        def there(rect: QRectF) -> QRectF:
            return rect.translated(right, down)

        return replace(
            self,
            placed=tuple(placed.moved(right, down) for placed in self.placed),
            labels=tuple(replace(label, rect=there(label.rect)) for label in self.labels),
            chips=tuple(
                replace(chip, rect=there(chip.rect), picture=there(chip.picture))
                for chip in self.chips
            ),
            products={group: there(rect) for group, rect in self.products.items()},
            total=None if self.total is None else there(self.total),
            place=None if self.place is None else there(self.place),
            rule=None if self.rule is None else self.rule + down,
            chart=None if self.chart is None else there(self.chart),
        )

    def at(self, x: float, y: float) -> tuple[Placed, Place] | None:
        """The cell at a point, and its grid."""
        for placed in self.placed:
            place = placed.at(x, y)
            if place is not None:
                return placed, place
        return None

    def grid(self, key: object) -> Placed | None:
        return next((placed for placed in self.placed if placed.grid.key == key), None)

    def chip_at(self, x: float, y: float) -> Chip | None:
        return next((chip for chip in self.chips if chip.rect.contains(x, y)), None)


@dataclass(frozen=True)
class Needs:
    """Characters that the numbers of input, parameters and output need."""

    input: int = 1
    parameter: int = 1
    output: int = 1

    def capped(self, most: int) -> Needs:
        return Needs(min(self.input, most), min(self.parameter, most), min(self.output, most))


def number_size(height: int, room: int, theme: Theme) -> Size:
    """Cells of a height (at 100 %) for numbers of so many characters; never below 14 px."""
    font = max(SMALLEST_FONT, min(LARGEST_FONT, round(height * 0.52)))
    digits = ceil(room * width_of("0", theme.font(font))) + theme.px(7)
    tall = theme.px(height)
    return Size(max(tall, digits), tall, _room(max(tall, digits), font, theme), font)


def _room(width: int, font: int, theme: Theme) -> int:
    return int((width - theme.px(5)) / width_of("0", theme.font(font)))


def colour_size(grid: Grid, width: float, height: float, theme: Theme) -> Size:
    """The largest square cells without numbers that a grid fits into an area with."""
    rows, columns = grid.padded_size
    edge = max(2, int(min(width / columns, height / rows)))
    edge = min(edge, theme.px(22))
    return Size(edge, edge)


@dataclass
class Draft:
    """A layout while it is put together, from its own top left corner."""

    theme: Theme
    placed: list[Placed] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    chips: list[Chip] = field(default_factory=list)
    products: dict[int, QRectF] = field(default_factory=dict)
    total: QRectF | None = None
    place: QRectF | None = None
    rule: float | None = None

    def put(self, grid: Grid, size: Size, left: float, top: float) -> Placed:
        """Place a grid with its padding's corner at a point."""
        (above, _), (before, _) = grid.padding
        right, down = before * (size.ring or size.width), above * (size.ring or size.height)
        placed = Placed(grid, round(left) + right, round(top) + down, size)
        self.placed.append(placed)
        return placed

    def middle(self, grid: Grid, size: Size, left: float, top: float, height: float) -> Placed:
        """Place a grid in the vertical middle of a line."""
        return self.put(grid, size, left, top + (height - extent(grid, size)[1]) / 2)

    def sign(self, text: str, left: float, top: float, height: float, width: float) -> None:
        self.labels.append(Label(QRectF(left, top, width, height), text, size=22))

    def done(self, width: float, height: float) -> GridsLayout:
        return GridsLayout(
            tuple(self.placed),
            tuple(self.labels),
            tuple(self.chips),
            self.products,
            self.total,
            self.place,
            self.rule,
            None,
            width,
            height,
        )


def extent(grid: Grid | None, size: Size) -> tuple[int, int]:
    """(width, height) of a grid with its padding."""
    if grid is None:
        return 0, 0
    rows, columns = grid.padded_size
    wide = grid.columns * size.width + (columns - grid.columns) * (size.ring or size.width)
    tall = grid.rows * size.height + (rows - grid.rows) * (size.ring or size.height)
    return wide, tall


def first_that_fits(
    builds: Iterable[Callable[[], GridsLayout]], width: float, height: float
) -> GridsLayout | None:
    """The first of these layouts that is no larger than the room."""
    for build in builds:
        layout = build()
        if layout.width <= width and layout.height <= height:
            return layout
    return None


def headed(draft: Draft, text: str, over: QRectF, align: Qt.AlignmentFlag = CENTRE) -> None:
    """A heading over a grid, which may be wider than it."""
    px = draft.theme.px
    wide = max(over.width(), width_of(text, draft.theme.font(14)) + 2)
    left = over.left() if align == LEFT else over.center().x() - wide / 2
    draft.labels.append(
        Label(QRectF(max(left, 0.0), over.top() - px(20), wide, px(18)), text, align=align)
    )


def bias_cell(draft: Draft, bias: Grid | None, size: Size, left: float, top: float) -> float:
    """The bias with its name before it; returns the width."""
    if bias is None:
        return 0.0
    text, px = "+ " + tr("bias"), draft.theme.px
    wide = width_of(text, draft.theme.font(15)) + px(6)
    draft.labels.append(Label(QRectF(left, top, wide, size.height), text, "bias", 15, LEFT))
    draft.put(bias, size, left + wide, top)
    return wide + size.width


def bias_width(bias: Grid | None, size: Size, theme: Theme) -> float:
    if bias is None:
        return 0.0
    return width_of("+ " + tr("bias"), theme.font(15)) + theme.px(6) + size.width


def output_chips(draft: Draft, count: int, left: float, top: float, height: float) -> None:
    """The maps of all output channels in small, in columns in the middle of a height."""
    if count < 2:
        return
    edge, across = chip_grid(count, height, draft.theme)
    gap = draft.theme.px(4)
    down = -(-count // across)
    top += max(0.0, (height - down * (edge + gap) + gap) / 2)
    for channel in range(count):
        right, below = divmod(channel, down)
        rect = QRectF(left + right * (edge + gap), top + below * (edge + gap), edge, edge)
        draft.chips.append(Chip(rect, rect, channel, of_input=False))


def chip_grid(count: int, height: float, theme: Theme) -> tuple[int, int]:
    """(edge, columns) of the small output maps in a height."""
    edge = theme.px(40) if count <= 3 else theme.px(34)
    down = max(1, int((height + theme.px(4)) // (edge + theme.px(4))))
    return edge, ceil(count / down)


def chips_width(count: int, height: float, theme: Theme) -> float:
    if count < 2:
        return 0.0
    edge, across = chip_grid(count, height, theme)
    return across * (edge + theme.px(4)) + theme.px(6)


def name_of(channel: int, channels: int, adds: bool) -> str:
    """What a row is called: R, G and B where a picture's three channels are added up."""
    return "RGB"[channel] if channels == 3 and adds else str(channel)


def parameter_lines(
    draft: Draft, contents: Contents, size: Size, top: float, width: float
) -> tuple[float, float]:
    """The parameters that are neither kernel nor bias, each with its name; (width, bottom)."""
    left, px, tallest, widest = 0.0, draft.theme.px, 0.0, 0.0
    for grid in contents.others:
        wide, tall = extent(grid, size)
        name = width_of(grid.part, draft.theme.font(14)) + px(10)
        if left and left + name + wide > width:
            left, top, tallest = 0.0, top + tallest + px(8), 0.0
        rect = QRectF(left, top, name, size.height)
        draft.labels.append(Label(rect, grid.part, "kernel", 14, LEFT))
        draft.put(grid, size, left + name, top)
        widest = max(widest, left + name + wide)
        left, tallest = left + name + wide + px(24), max(tallest, tall)
    return widest, top + tallest


def heights(needs: Needs, theme: Theme, thin: bool = False) -> Iterator[Sizes]:
    """Sizes of input, parameter and output cells to try, the largest first.

    A kernel is small and what the room looks at: its cells are a little larger.  ``thin``: padding
    is drawn as a narrow ring without its numbers.
    """
    for height in HEIGHTS:
        read = number_size(height, needs.input, theme)
        yield (
            replace(read, ring=theme.px(RING)) if thin else read,
            number_size(min(HEIGHTS[0], round(height * 1.15)), needs.parameter, theme),
            number_size(height, needs.output, theme),
        )
