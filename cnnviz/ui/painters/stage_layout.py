"""Where everything on the stage stands: the same rectangles are painted and clicked."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt

from PyQt6.QtCore import QRectF

from cnnviz.core.operations import Activation, Shape
from cnnviz.core.scenes.sheets import MOST_BARS
from cnnviz.core.scenes.stage import StageScene
from cnnviz.ui.painters.curve import Chart, chart_of
from cnnviz.ui.painters.sheet import NO_PADDING, Cells
from cnnviz.ui.theme import Theme

SMALLEST_PANEL = 96
"""Pixels (at 100 %) below which input and output are no longer shown beside two grids."""

GRIDS = (
    # width, height of a cell, grids side by side, lines in a cell
    (62, 48, 2, 2),
    (54, 42, 2, 2),
    (54, 36, 2, 2),
    (62, 48, 1, 2),
    (54, 36, 1, 2),
    (50, 24, 2, 1),
    (50, 24, 1, 1),
    (47, 20, 1, 1),
)
"""Sizes that are tried in turn; the first that fits is taken."""


@dataclass(frozen=True)
class Grid:
    """Number cells: the terms of the opened group, in the shape of the window.

    Attributes
    ----------
    lines
        Numbers in a cell: 2 for value and weight, 1 for one of them, 0 where only colour fits.
    """

    left: float
    top: float
    width: float
    height: float
    rows: int
    columns: int
    lines: int

    @property
    def rect(self) -> QRectF:
        return QRectF(self.left, self.top, self.columns * self.width, self.rows * self.height)

    def cell(self, term: int) -> QRectF:
        row, column = divmod(term, self.columns)
        return QRectF(
            self.left + column * self.width, self.top + row * self.height, self.width, self.height
        )

    def at(self, x: float, y: float, count: int) -> int | None:
        """The term (within the group) at a point."""
        if not self.rect.contains(x, y):
            return None
        row, column = int((y - self.top) // self.height), int((x - self.left) // self.width)
        term = row * self.columns + column
        return term if term < count else None


TWO_COLUMNS = 250
"""Width (at 100 %) in which a short vector can stand in two columns with its bars."""


@dataclass(frozen=True)
class StageLayout:
    """The rectangles of a stage of one size.

    Attributes
    ----------
    thumbnails
        All input maps in small, where there are several; None otherwise.
    window, products
        The grids; ``products`` is None where it does not fit or there is nothing to multiply.
    chart
        The curve of an activation, where there is room for it.
    skip, skip_area
        The map that an Add adds; None for everything else.
    """

    input: Cells
    output: Cells
    input_area: QRectF
    output_area: QRectF
    thumbnails: QRectF | None
    window: Grid
    products: Grid | None
    chart: Chart | None
    caption: float
    skip: Cells | None = None
    skip_area: QRectF | None = None


def bars_fit_shape(shape: Shape) -> bool:
    """Whether an array of this shape is drawn as bars: a short vector."""
    return len(shape) == 1 and shape[0] <= MOST_BARS


def lay_out(scene: StageScene, width: float, height: float, theme: Theme) -> StageLayout:
    """Find the places for a stage of ``width`` × ``height`` pixels."""
    px = theme.px
    margin, gap, caption = px(14), px(30), px(24)
    room = QRectF(margin, px(8), width - 2 * margin, height - px(8) - caption)
    rows, columns = grid_shape(scene.ledger.taps.group_shape)
    multiplies = scene.ledger.weights is not None
    thumbnails = _thumbnail_width(scene, room, theme)
    cell_w, cell_h, grids, lines = _choose(room, rows, columns, multiplies, thumbnails, theme)
    middle = grids * columns * cell_w + (grids + 1) * gap
    curve = _curve_width(scene, room, middle + thumbnails, theme)
    middle += curve and curve + gap
    inputs = 1 if scene.skip is None else 2
    middle += (inputs - 1) * gap
    short = bars_fit_shape(scene.layer.input_shape) or bars_fit_shape(scene.layer.output_shape)
    most = max(room.height(), px(TWO_COLUMNS)) if short else room.height()
    panel = min((room.width() - thumbnails - middle) / (inputs + 1), most)
    used = (inputs + 1) * panel + middle + thumbnails
    left = room.left() + max(0.0, (room.width() - used) / 2)
    area = QRectF(left + thumbnails, room.top() + caption, panel, room.height() - caption)
    grid_top = area.top() + (area.height() - rows * cell_h) / 2
    added = area.translated(panel + gap, 0) if inputs == 2 else None
    first = (added or area).right() + gap
    second = first + columns * cell_w + gap
    output = QRectF(left + used - panel, area.top(), panel, area.height())
    drawn = QRectF(second, area.center().y() - curve / 2, curve, curve)
    return StageLayout(
        input=_cells(scene, area, whole_input=True),
        output=_cells(scene, output, whole_input=False),
        input_area=area,
        output_area=output,
        thumbnails=QRectF(left, area.top(), thumbnails - px(12), area.height())
        if thumbnails
        else None,
        window=Grid(first, grid_top, cell_w, cell_h, rows, columns, lines),
        products=Grid(second, grid_top, cell_w, cell_h, rows, columns, min(lines, 1))
        if grids == 2
        else None,
        chart=_chart(scene, drawn, theme) if curve else None,
        caption=caption,
        skip=None if added is None else _cells(scene, added, whole_input=True),
        skip_area=added,
    )


def _curve_width(scene: StageScene, room: QRectF, taken: float, theme: Theme) -> float:
    """How wide (and high) an activation's chart is; 0 where there is none, or no room for it."""
    if not isinstance(scene.layer.operation, Activation):
        return 0.0
    left_over = room.width() - taken - theme.px(30) - 2 * theme.px(SMALLEST_PANEL)
    width = min(room.height() - theme.px(24), left_over, theme.px(260))
    return float(width) if width >= theme.px(SMALLEST_PANEL) else 0.0


def _chart(scene: StageScene, area: QRectF, theme: Theme) -> Chart | None:
    operation = scene.layer.operation
    if not isinstance(operation, Activation):
        return None
    return chart_of(operation, scene.input_limit, area, theme)


def grid_shape(group: tuple[int, int]) -> tuple[int, int]:
    """(rows, columns) in which a group's cells are drawn: a long row is folded."""
    rows, columns = group
    if rows == 1 and columns > 4:
        folded = ceil(sqrt(columns))
        return ceil(columns / folded), folded
    return rows, columns


def _cells(scene: StageScene, area: QRectF, whole_input: bool) -> Cells:
    sheet = scene.input_sheet if whole_input else scene.output_sheet
    padding = scene.padding if whole_input else NO_PADDING
    return Cells.fit(area, *sheet.size, padding)


def _thumbnail_width(scene: StageScene, room: QRectF, theme: Theme) -> float:
    shape = scene.layer.input_shape
    across = scene.layer.operation.verb in ("sum", "neighbours")
    if not (across and len(shape) == 3 and shape[0] > 1):
        return 0.0
    return min(room.height() * 0.6, room.width() * 0.16) + theme.px(12)


def _choose(
    room: QRectF, rows: int, columns: int, multiplies: bool, thumbnails: float, theme: Theme
) -> tuple[float, float, int, int]:
    """(cell width, cell height, grids, lines) of the largest number cells that fit."""
    px, smallest = theme.px, theme.px(SMALLEST_PANEL)
    height = room.height() - px(24)
    for width, tall, grids, lines in GRIDS:
        if not multiplies and (grids == 2 or lines == 2):
            grids, lines = 1, 1
        middle = grids * columns * px(width) + (grids + 1) * px(30)
        enough = (room.width() - thumbnails - middle) / 2 >= smallest
        if rows * px(tall) <= height and enough:
            return float(px(width)), float(px(tall)), grids, lines
    left_over = max(room.width() - thumbnails - 2 * smallest - px(60), px(40))
    edge = max(4.0, min(left_over / columns, height / rows))
    return edge, edge, 1, 0
