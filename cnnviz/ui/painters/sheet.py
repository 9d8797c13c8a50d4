"""Draws a sheet (one map, maps side by side, a vector) into a rectangle, and finds cells in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QBrush, QImage, QPainter

from cnnviz.core.colour import Scale, grey, shade
from cnnviz.core.operations.sliding import Pair
from cnnviz.core.scenes.sheets import Sheet
from cnnviz.ui.painters.device import draw_image, ratio_of
from cnnviz.ui.theme import Theme, colour

NO_PADDING: tuple[Pair, Pair] = ((0, 0), (0, 0))


@dataclass(frozen=True)
class Cells:
    """Square cells laid over a rectangle: those of a sheet and the padding around it.

    Attributes
    ----------
    left, top
        Where the sheet's first cell begins (the padding lies left of it and above).
    size
        Pixels a cell.
    rows, columns
        Of the sheet, without padding.
    padding
        Rows (above, below) and columns (left, right) of it.
    """

    left: float
    top: float
    size: float
    rows: int
    columns: int
    padding: tuple[Pair, Pair] = NO_PADDING

    @classmethod
    def fit(
        cls, area: QRectF, rows: int, columns: int, padding: tuple[Pair, Pair] = NO_PADDING
    ) -> Cells:
        """The largest cells with which the sheet and its padding fit, in the area's middle.

        Cells of 3 pixels and more are whole pixels, so that neighbours are equally large.
        """
        all_rows, all_columns = rows + sum(padding[0]), columns + sum(padding[1])
        size = min(area.width() / all_columns, area.height() / all_rows)
        size = float(int(size)) if size >= 3 else size
        left = area.left() + (area.width() - size * all_columns) / 2 + size * padding[1][0]
        top = area.top() + (area.height() - size * all_rows) / 2 + size * padding[0][0]
        return cls(round(left), round(top), size, rows, columns, padding)

    @property
    def rect(self) -> QRectF:
        """The sheet without its padding."""
        return QRectF(self.left, self.top, self.size * self.columns, self.size * self.rows)

    @property
    def padded(self) -> QRectF:
        """The sheet with its padding."""
        (above, below), (left, right) = self.padding
        size = self.size
        return self.rect.adjusted(-left * size, -above * size, right * size, below * size)

    def span(self, row: int, column: int, rows: int = 1, columns: int = 1) -> QRectF:
        """The rectangle of a block of cells."""
        size = self.size
        return QRectF(self.left + column * size, self.top + row * size, columns * size, rows * size)

    def at(self, x: float, y: float) -> tuple[int, int] | None:
        """(row, column) of the sheet's cell at a point, or None beside it."""
        row, column = self.anywhere(x, y)
        inside = 0 <= row < self.rows and 0 <= column < self.columns
        return (row, column) if inside else None

    def anywhere(self, x: float, y: float) -> tuple[int, int]:
        """(row, column) at a point, were there cells everywhere: negative above and left."""
        return int((y - self.top) // self.size), int((x - self.left) // self.size)


def draw_sheet(
    painter: QPainter,
    values: NDArray[np.floating[Any]],
    sheet: Sheet,
    cells: Cells,
    limit: float,
    theme: Theme,
    as_grey: bool = False,
) -> None:
    """Draw ``values`` over the cells, in the diverging colours or in grey, without smoothing.

    Of maps that get several values a pixel, only those are shaded that are seen: 64 maps of 224×224
    took 30 ms.
    """
    step = int(1 / (cells.size * ratio_of(painter)))
    if step > 1 and sheet.first is not None:
        values, sheet = values[:, ::step, ::step], sheet.thinned(step)
    draw_values(painter, sheet.picture(values), cells.rect, limit, theme, as_grey)


def draw_values(
    painter: QPainter,
    values: NDArray[np.floating[Any]],
    rect: QRectF,
    limit: float,
    theme: Theme,
    as_grey: bool = False,
) -> None:
    """Fill a rectangle with ``values`` (rows, columns), as `draw_sheet` does its cells."""
    pixels = _pixels(values, limit, as_grey, theme)
    height, width = pixels.shape
    data = pixels.tobytes()  # QImage keeps no reference: it must outlive the drawing
    image = QImage(data, width, height, 4 * width, QImage.Format.Format_RGB32)
    draw_image(painter, rect, image)


def scale_of(theme: Theme, limit: float = 1.0) -> Scale:
    """The diverging scale in a theme's colours."""
    low, zero, high = theme.diverging
    return Scale(low, zero, high, limit)


def _pixels(
    values: NDArray[np.floating[Any]], limit: float, as_grey: bool, theme: Theme
) -> NDArray[np.uint32]:
    panel = colour(theme.palette.panel).rgb()
    if as_grey:
        return grey(values / limit, panel)
    return shade(values, limit, scale_of(theme).table, panel)


def overlay(
    painter: QPainter, cells: Cells, mask: NDArray[np.bool_], name: str, alpha: int
) -> None:
    """Lay a colour over the cells where a mask (rows, columns) of the sheet is True."""
    rgba = (colour(name).rgb() & 0xFFFFFF) | alpha << 24
    pixels = np.where(mask, np.uint32(rgba), np.uint32(0)).astype(np.uint32)
    height, width = pixels.shape
    data = pixels.tobytes()  # QImage keeps no reference: it must outlive the drawing
    image = QImage(data, width, height, 4 * width, QImage.Format.Format_ARGB32)
    draw_image(painter, cells.rect, image)


def blank_after(painter: QPainter, cells: Cells, count: int, theme: Theme) -> None:
    """Cover the cells that are not computed yet: all from number ``count`` on, line by line."""
    row, column = divmod(count, cells.columns)
    if row >= cells.rows:
        return
    fill = colour(theme.palette.raised)
    painter.fillRect(cells.span(row, column, 1, cells.columns - column), fill)
    if row + 1 < cells.rows:
        painter.fillRect(cells.span(row + 1, 0, cells.rows - row - 1, cells.columns), fill)


def hatch_padding(painter: QPainter, cells: Cells, theme: Theme, see_through: bool = False) -> None:
    """Show the padding around a sheet as a hatched ring: it is there, and it is not input.

    ``see_through``: values that were drawn there stay to be seen, but paler than input.
    """
    if cells.padding == NO_PADDING:
        return
    ground = colour(theme.palette.raised, 130 if see_through else 255)
    brush = QBrush(colour(theme.palette.faint, 90), Qt.BrushStyle.BDiagPattern)
    # The four sides only: a pattern over the whole sheet takes 1.4 ms, and the map hides it.
    outer, inner = cells.padded, cells.rect
    across, down = outer.width(), inner.height()
    for side in (
        QRectF(outer.left(), outer.top(), across, inner.top() - outer.top()),
        QRectF(outer.left(), inner.bottom(), across, outer.bottom() - inner.bottom()),
        QRectF(outer.left(), inner.top(), inner.left() - outer.left(), down),
        QRectF(inner.right(), inner.top(), outer.right() - inner.right(), down),
    ):
        painter.fillRect(side, ground)
        painter.fillRect(side, brush)
