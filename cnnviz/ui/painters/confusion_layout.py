"""Where the parts of the confusion pane lie: the matrix, the bars of the classes, the images."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QPointF, QRectF

from cnnviz.core.confusion import Cell
from cnnviz.core.numbers import thousands
from cnnviz.core.scenes.confusion import ConfusionScene, Look
from cnnviz.ui.painters.pictures import LINE, ListLayout, lay_out_pictures
from cnnviz.ui.painters.text import beside_row, width_of
from cnnviz.ui.theme import Theme
from cnnviz.ui.words import called

LOWEST = 14.5
"""Height of a cell from which a number of 14 pixels fits into it: digits reach below no line."""

BESIDE, BAR_ROW = 190, 15
"""Width from which bars or images stand beside the matrix, and the least height of a bar's row."""


@dataclass(frozen=True)
class MatrixLayout:
    """Cells in rows (right class) and columns (predicted class), with their names around.

    Attributes
    ----------
    cells
        The rectangle of all cells.
    classes
        Rows, and columns.
    names
        Width of the names left of the rows.
    numbers
        Whether the counts are written into the cells.
    """

    cells: QRectF
    classes: int
    names: float
    numbers: bool

    @property
    def width(self) -> float:
        return self.cells.width() / self.classes

    @property
    def height(self) -> float:
        return self.cells.height() / self.classes

    def cell(self, right: int, predicted: int) -> QRectF:
        left = self.cells.left() + predicted * self.width
        return QRectF(left, self.cells.top() + right * self.height, self.width, self.height)

    def at(self, point: QPointF) -> Cell | None:
        if not self.cells.contains(point):
            return None
        right = int((point.y() - self.cells.top()) / self.height)
        predicted = int((point.x() - self.cells.left()) / self.width)
        return min(right, self.classes - 1), min(predicted, self.classes - 1)


@dataclass(frozen=True)
class BarsLayout:
    """A row a class, in columns side by side, each below a line of headings.

    Attributes
    ----------
    lines
        Rows in one column.
    first, visible
        The first line that is seen, and how many are.
    """

    area: QRectF
    line: float
    classes: int
    columns: int
    lines: int
    first: int
    visible: int
    height: float

    @property
    def last_first(self) -> int:
        """The first line when scrolled to the end."""
        return self.lines - self.visible

    def heading(self, column: int) -> QRectF:
        gap = self.line if self.columns > 1 else 0.0
        width = (self.area.width() - gap * (self.columns - 1)) / self.columns
        return QRectF(self.area.left() + column * (width + gap), self.area.top(), width, self.line)

    def row(self, index: int) -> QRectF | None:
        """Where a class is, or None if it is scrolled away."""
        column, place = divmod(index, self.lines)
        if not self.first <= place < self.first + self.visible:
            return None
        above = self.heading(column)
        top = above.bottom() + (place - self.first) * self.height
        return QRectF(above.left(), top, above.width(), self.height)

    def at(self, point: QPointF) -> int | None:
        """The class under a point."""
        rows = ((index, self.row(index)) for index in range(self.classes))
        return next((index for index, row in rows if row and row.contains(point)), None)


@dataclass(frozen=True)
class ConfusionLayout:
    """Where everything lies; what is not shown is None.

    Attributes
    ----------
    title
        Right of the buttons: what is listed.
    """

    title: QRectF
    matrix: MatrixLayout | None
    bars: BarsLayout | None
    listed: ListLayout | None


def lay_out_confusion(
    rect: QRectF, scene: ConfusionScene, theme: Theme, row: float, first: int = 0
) -> ConfusionLayout:
    """Fit the parts into a pane.

    Parameters
    ----------
    row
        Width of the buttons.
    first
        The row of pictures or bars that is scrolled to.
    """
    px = theme.px
    inner = rect.adjusted(px(8), px(4), -px(8), -px(6))
    title = beside_row(inner, row, theme)
    body = inner.adjusted(0, px(28), 0, 0)
    needed = _names_width(scene, theme, body) + scene.table.classes * _number_width(scene, theme)
    high = body.height() >= px(LINE) + scene.table.classes * px(BAR_ROW)
    beside = high and body.width() >= needed + px(BESIDE)
    matrix = bars = listed = None
    other = QRectF(body)
    if beside:
        matrix = _lay_out_matrix(body.adjusted(0, 0, -px(BESIDE), 0), scene, theme)
        other.setLeft(matrix.cells.right() + px(18))
    elif scene.look is Look.MATRIX:
        matrix = _lay_out_matrix(body, scene, theme)
    if scene.look.lists:
        listed = lay_out_pictures(other, len(scene.listed), first, theme)
    elif beside or scene.look is Look.CLASSES:
        bars = _lay_out_bars(other, scene.table.classes, first, theme)
    return ConfusionLayout(title, matrix, bars, listed)


def _names_width(scene: ConfusionScene, theme: Theme, body: QRectF) -> float:
    names = (called(scene.names, index) for index in range(scene.table.classes))
    widest = max(width_of(name, theme.font(14)) for name in names)
    return min(widest + theme.px(8), body.width() * 0.25)


def _number_width(scene: ConfusionScene, theme: Theme) -> float:
    largest = thousands(int(scene.table.counts.max())).replace(",", "")
    return width_of(largest, theme.font(14)) + theme.px(4)


def _lay_out_matrix(body: QRectF, scene: ConfusionScene, theme: Theme) -> MatrixLayout:
    px, classes = theme.px, scene.table.classes
    names = _names_width(scene, theme, body)
    width = min((body.width() - names) / classes, px(64))
    height = min((body.height() - px(LINE)) / classes, px(40), width * 1.0)
    width, height = (float(int(size)) if size >= 8 else size for size in (width, height))
    fits = height >= LOWEST * theme.zoom and width >= _number_width(scene, theme) - theme.px(2)
    top = body.top() + px(LINE)
    cells = QRectF(body.left() + names, top, width * classes, height * classes)
    return MatrixLayout(cells, classes, names, fits)


def _lay_out_bars(area: QRectF, classes: int, first: int, theme: Theme) -> BarsLayout:
    line, least = float(theme.px(LINE)), float(theme.px(BAR_ROW))
    fitting = max(1, int((area.height() - line + 0.5) / least))
    columns = min(-(-classes // fitting), max(1, int(area.width() / theme.px(BESIDE))))
    lines = -(-classes // columns)
    visible = min(lines, fitting)
    height = min(max((area.height() - line) / visible, least), theme.px(30))
    first = min(max(first, 0), lines - visible)
    if visible < lines:
        area = area.adjusted(0, 0, -theme.px(10), 0)
    return BarsLayout(area, line, classes, columns, lines, first, visible, height)
