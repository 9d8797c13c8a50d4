"""Grids of numbers as pictures that are kept: only cells whose numbers changed are drawn again."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QBrush, QColor, QPainter, QPen, QPixmap

from cnnviz.core.grid_text import cell_text
from cnnviz.core.scenes.grids import NO_PADDING, Place
from cnnviz.ui.painters.device import draw_pixmap, is_vector, ratio_of
from cnnviz.ui.painters.grids_layout import Placed
from cnnviz.ui.painters.sheet import draw_values
from cnnviz.ui.painters.text import write
from cnnviz.ui.theme import Theme, colour


@dataclass(frozen=True)
class Style:
    """How a cell looks.

    Attributes
    ----------
    role
        Field of the palette for its frame and the tint of its ground; "" for a quiet cell.
    ink
        Field of the palette for the number; "" where it is not written yet.
    strong
        Whether the frame is thick.
    """

    role: str = ""
    ink: str = "text"
    strong: bool = False


PLAIN = Style()
BLANK = Style(ink="")
READ = Style("input")
KERNEL = Style("kernel")
BIAS = Style("bias")
RESULT = Style("output", strong=True)
AWAITED = Style("output", ink="", strong=True)


@dataclass(frozen=True, eq=False)
class _Kept:
    of: tuple[object, ...]
    values: NDArray[np.float64]
    picture: QPixmap


class GridPictures:
    """The pictures of the grids of one pane."""

    def __init__(self) -> None:
        self._kept: dict[tuple[object, Style], _Kept] = {}
        self._cells: dict[tuple[object, ...], QPixmap] = {}
        self._cells_of: tuple[Theme, float] | None = None
        self.drawn = 0
        """Cells drawn so far; what the tests count."""

    def draw(
        self,
        painter: QPainter,
        placed: Placed,
        values: NDArray[np.float64],
        style: Style,
        limit: float,
        theme: Theme,
        parts: list[QRectF] | None = None,
    ) -> None:
        """Draw a whole grid, or of it only what lies in these parts."""
        if is_vector(painter) and placed.size.room:
            places = _places(placed, values, parts)
            self.draw_cells(painter, placed, values, style, theme, places)
            return
        ratio = self._ratio(painter, theme)
        picture = self._picture(placed, values, style, limit, theme, ratio)
        corner = placed.padded.topLeft()
        if parts is None:
            draw_pixmap(painter, corner, picture)
            return
        for part in parts:
            source = part.translated(-corner)
            size = source.size() * ratio
            piece = QRectF(source.topLeft() * ratio, size)
            if is_vector(painter):  # SVG's would be the whole picture, made to fit
                painter.drawPixmap(part, picture.copy(piece.toRect()), QRectF())
            else:
                painter.drawPixmap(part.topLeft(), picture, piece)

    def draw_cells(
        self,
        painter: QPainter,
        placed: Placed,
        values: NDArray[np.float64],
        style: Style,
        theme: Theme,
        places: list[Place],
    ) -> None:
        """Draw some cells of a grid in another style over it."""
        ratio, size = self._ratio(painter, theme), placed.size
        (above, _), (before, _) = placed.grid.padding
        self.drawn += len(places)
        for row, column in places:
            ring = not placed.grid.holds(row, column)
            value = float(values[row + above, column + before])
            text = cell_text(value, size.room) if style.ink and not (ring and size.ring) else ""
            self._cell(
                painter, placed.span(row, column), text, size.font, style, ring, theme, ratio
            )

    def _ratio(self, painter: QPainter, theme: Theme) -> float:
        """Pixels of the device to one of ours; cells of another theme or screen are forgotten."""
        of = (theme, ratio_of(painter))
        if of != self._cells_of:
            self._cells.clear()
            self._cells_of = of
        return of[1]

    def _picture(
        self,
        placed: Placed,
        values: NDArray[np.float64],
        style: Style,
        limit: float,
        theme: Theme,
        ratio: float,
    ) -> QPixmap:
        coloured = placed.size.room == 0
        grid = placed.grid
        of = (
            placed.size,
            grid.columns,
            grid.padding,
            values.shape,
            theme,
            ratio,
            coloured and limit,
        )
        key = (grid.key, style)
        kept = self._kept.get(key)
        if kept is not None and kept.of == of:
            if kept.values is values or not style.ink:
                return kept.picture
            picture = kept.picture
            other = (kept.values != values) & ~(np.isnan(kept.values) & np.isnan(values))
        else:
            area = placed.padded
            picture = QPixmap(ceil(area.width() * ratio), ceil(area.height() * ratio))
            picture.setDevicePixelRatio(ratio)
            picture.fill(colour(theme.palette.panel))
            other = np.ones(values.shape, dtype=np.bool_)
        if other.any():
            inner = QPainter(picture)
            inner.setRenderHint(QPainter.RenderHint.Antialiasing)
            if coloured:
                _draw_colours(inner, placed, values, style, limit, theme)
            else:
                inner.translate(-placed.padded.topLeft())
                self.draw_cells(inner, placed, values, style, theme, _held(placed, other))
            inner.end()
        if len(self._kept) > MOST_PICTURES:
            self._kept.clear()
        self._kept[key] = _Kept(of, values, picture)
        return picture

    def _cell(
        self,
        painter: QPainter,
        rect: QRectF,
        text: str,
        font: int,
        style: Style,
        ring: bool,
        theme: Theme,
        ratio: float,
    ) -> None:
        """One cell.  Most numbers in a Lab are short and come again and again: a picture of the
        whole cell is drawn in a tenth of the time that its text takes."""
        if is_vector(painter):
            frame_cell(painter, rect, style, theme, ring)
            if text:
                write(painter, rect, text, _ink(style, ring, theme), theme.font(font))
            return
        short = text if len(text) <= SHORT else ""
        box = (rect.width(), rect.height())
        key = (short, box, font, style, ring)
        picture = self._cells.get(key)
        if picture is None:
            picture = _cell_picture(short, box, font, style, ring, theme, ratio)
            if len(self._cells) > MOST_CELLS:
                self._cells.clear()
            self._cells[key] = picture
        painter.drawPixmap(rect.topLeft(), picture)
        if text is not short:
            write(painter, rect, text, _ink(style, ring, theme), theme.font(font))


def _held(placed: Placed, wanted: NDArray[np.bool_]) -> list[Place]:
    """Those of the cells, padding included, that the grid has."""
    grid = placed.grid
    (above, _), (before, _) = grid.padding
    places: list[Place] = (np.argwhere(wanted) - (above, before)).tolist()
    return places if grid.flat is None else [place for place in places if grid.holds(*place)]


def _places(placed: Placed, values: NDArray[np.float64], parts: list[QRectF] | None) -> list[Place]:
    """The cells whose middle lies in one of the parts; all of them where there are no parts."""
    held = _held(placed, np.ones(values.shape, dtype=np.bool_))
    if parts is None:
        return held
    middles = [placed.span(*place).center() for place in held]
    inside = [any(part.contains(middle) for part in parts) for middle in middles]
    return [place for place, found in zip(held, inside, strict=True) if found]


SHORT = 3
"""Characters of numbers whose cells are kept as pictures."""

MOST_CELLS = 400
MOST_PICTURES = 64
"""Kept at most: 400 cells of 60×60 pixels take 6 MB."""


def _ink(style: Style, ring: bool, theme: Theme) -> QColor:
    return colour(theme.palette.faint if ring else getattr(theme.palette, style.ink))


def _cell_picture(
    text: str,
    box: tuple[float, float],
    font: int,
    style: Style,
    ring: bool,
    theme: Theme,
    ratio: float,
) -> QPixmap:
    picture = QPixmap(ceil(box[0] * ratio), ceil(box[1] * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(colour(theme.palette.panel))
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    rect = QRectF(0, 0, *box)
    frame_cell(painter, rect, style, theme, ring)
    if text:
        write(painter, rect, text, _ink(style, ring, theme), theme.font(font))
    painter.end()
    return picture


def frame_cell(
    painter: QPainter, rect: QRectF, style: Style, theme: Theme, ring: bool = False
) -> None:
    """A cell's ground and frame; padding is hatched, for it is no input."""
    palette = theme.palette
    edge = getattr(palette, style.role) if style.role else palette.border
    width = theme.px(2) if style.strong else 1.0
    inset = 1 + width / 2 if rect.width() > 8 else width / 2
    box = rect.adjusted(inset, inset, -inset, -inset)
    radius = min(theme.px(4), rect.width() / 5)
    painter.setPen(QPen(colour(edge), width))
    painter.setBrush(colour(palette.raised))
    painter.drawRoundedRect(box, radius, radius)
    painter.setPen(Qt.PenStyle.NoPen)
    if ring:
        painter.setBrush(QBrush(colour(palette.faint, 90), Qt.BrushStyle.BDiagPattern))
        painter.drawRoundedRect(box, radius, radius)
    if style.role:
        painter.setBrush(colour(edge, 46))
        painter.drawRoundedRect(box, radius, radius)


def _draw_colours(
    painter: QPainter,
    placed: Placed,
    values: NDArray[np.float64],
    style: Style,
    limit: float,
    theme: Theme,
) -> None:
    """A grid whose numbers do not fit: a colour a cell, the padding hatched."""
    corner = placed.padded.topLeft()
    whole, inner = placed.padded.translated(-corner), placed.rect.translated(-corner)
    palette = theme.palette
    if not style.ink:
        painter.fillRect(whole, colour(palette.raised))
        return
    (above, below), (before, behind) = placed.grid.padding
    rows, columns = values.shape
    if placed.grid.padding != NO_PADDING:
        painter.fillRect(whole, colour(palette.raised))
        painter.fillRect(whole, QBrush(colour(palette.faint, 90), Qt.BrushStyle.BDiagPattern))
    cells = values[above : rows - below, before : columns - behind]
    draw_values(painter, np.ascontiguousarray(cells), inner, limit, theme)


def cells_of(placed: Placed, places: list[Place]) -> list[QRectF]:
    return [placed.span(*place) for place in places]


def first_cells(placed: Placed, count: int) -> list[QRectF]:
    """The rectangles of a grid's first cells, line by line: whole lines, then a part of one."""
    columns = placed.grid.columns
    lines, rest = divmod(min(count, placed.grid.rows * columns), columns)
    found = [placed.span(0, 0, lines, columns)] if lines else []
    return [*found, placed.span(lines, 0, 1, rest)] if rest else found


def see_through(
    painter: QPainter, placed: Placed, mask: NDArray[np.bool_], name: str, alpha: int
) -> None:
    """Lay a colour over the cells (without padding) where a mask is True."""
    tint: QColor = colour(name, alpha)
    for row, column in np.argwhere(mask).tolist():
        if placed.grid.holds(row, column):
            painter.fillRect(placed.span(row, column).adjusted(1, 1, -1, -1), tint)
