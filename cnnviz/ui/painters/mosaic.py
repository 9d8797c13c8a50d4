"""Maps as one image: where they lie in a widget, what is drawn, and what is under the mouse."""

from __future__ import annotations

import weakref
from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, isqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6 import sip
from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import QColor, QImage, QPainter

from cnnviz.core.colour import OPAQUE, Scale, grey, shade
from cnnviz.core.mosaic import Mosaic
from cnnviz.ui.painters.device import draw_image
from cnnviz.ui.painters.text import outline
from cnnviz.ui.theme import Theme, colour

Values = NDArray[np.floating[Any]]

EVEN = 8
"""Device pixels a value from which all values get the same whole number of them; below it the
maps would lose more than an eighth of their size."""


@dataclass(frozen=True)
class Tiles:
    """Maps of one size laid out in a widget, each value a block of whole device pixels.

    Attributes
    ----------
    mosaic
        The layout in device pixels: one map is ``mosaic.rows`` × ``mosaic.columns`` of them.
    rows, columns
        Values in one map.
    left, top
        Where the image begins, in the widget's coordinates.
    ratio
        Device pixels in one of the widget's.
    """

    mosaic: Mosaic
    rows: int
    columns: int
    left: float
    top: float
    ratio: float = 1.0

    @property
    def count(self) -> int:
        return self.mosaic.count

    @property
    def area(self) -> QRectF:
        """The whole image."""
        height, width = self.mosaic.shape
        return QRectF(self.left, self.top, width / self.ratio, height / self.ratio)

    def tile(self, index: int) -> QRectF:
        """One map."""
        return self._rect(index, 0, 0, self.mosaic.rows, self.mosaic.columns)

    def cell(self, index: int, row: int, column: int, rows: int = 1, columns: int = 1) -> QRectF:
        """One value of a map, or a block of them; it may reach beyond the map, as padding does."""
        high, wide = self.mosaic.rows, self.mosaic.columns
        top, bottom = (ceil(r * high / self.rows) for r in (row, row + rows))
        left, right = (ceil(c * wide / self.columns) for c in (column, column + columns))
        return self._rect(index, top, left, max(1, bottom - top), max(1, right - left))

    def at(self, point: QPointF) -> tuple[int, int, int] | None:
        """(map, row, column) under a point of the widget, or None."""
        down, right = (point.y() - self.top) * self.ratio, (point.x() - self.left) * self.ratio
        found = self.mosaic.locate(down, right)
        if found is None:
            return None
        index, row, column = found
        return (
            index,
            row * self.rows // self.mosaic.rows,
            column * self.columns // self.mosaic.columns,
        )

    def _rect(self, index: int, top: int, left: int, height: int, width: int) -> QRectF:
        row, column = self.mosaic.origin(index)
        return QRectF(
            self.left + (column + left) / self.ratio,
            self.top + (row + top) / self.ratio,
            width / self.ratio,
            height / self.ratio,
        )


def lay_out(
    rect: QRectF,
    count: int,
    rows: int,
    columns: int,
    ratio: float = 1.0,
    gap: float = 2.0,
    even: bool = True,
) -> Tiles:
    """Maps as large as they can be in the middle of a rectangle, keeping their proportions.

    Parameters
    ----------
    rect
        In the widget's coordinates.
    count, rows, columns
        How many maps, and how many values in each.
    ratio
        Device pixels in one of the widget's; see `ratio_of`.
    gap
        Between two maps, in the widget's pixels.
    even
        Large values all get the same number of device pixels; else the maps fill the rectangle.
    """
    place = (rect.left(), rect.top(), rect.width(), rect.height())
    return _lay_out(place, count, rows, columns, ratio, gap, even)


@lru_cache(maxsize=128)
def _lay_out(
    place: tuple[float, float, float, float],
    count: int,
    rows: int,
    columns: int,
    ratio: float,
    gap: float,
    even: bool,
) -> Tiles:
    x, y, width, height = (length * ratio for length in place)
    width, height = max(1.0, width), max(1.0, height)
    across = Mosaic.fit(count, rows, columns, width, height, 0).across
    down = -(-count // across)
    space = round(gap * ratio) if count > 1 else 0

    def scale_with(space: int) -> float:
        wide, high = width - (across - 1) * space, height - (down - 1) * space
        return max(0.0, min(wide / (across * columns), high / (down * rows)))

    if scale_with(space) < 1:  # maps that lose values already have no room for wide gaps
        space = min(space, 1)
    if scale_with(space) * min(rows, columns) < 1:  # nor for any, where they would get no pixel
        space = 0
    scale = scale_with(space)
    scale = float(int(scale)) if even and scale >= EVEN else scale
    size = max(1, int(rows * scale)), max(1, int(columns * scale))
    mosaic = Mosaic(count, *size, across, space)
    tall, broad = mosaic.shape
    left, top = round(x + (width - broad) / 2) / ratio, round(y + (height - tall) / 2) / ratio
    return Tiles(mosaic, rows, columns, left, top, ratio)


def fold(count: int, rect: QRectF, slack: float = 1.8) -> tuple[int, int]:
    """(rows, columns) in which a vector fills a rectangle.

    The vector runs along the rows.  The last row stays short only where no division without a rest
    comes closer to the rectangle's proportions than by the factor ``slack``.
    """
    aspect = max(rect.width(), 1.0) / max(rect.height(), 1.0)
    wanted = min(max(1.0, (count * aspect) ** 0.5), count)
    exact = [
        c
        for r in range(1, isqrt(count) + 1)
        if count % r == 0
        for c in (r, count // r)
        if wanted / slack <= c <= wanted * slack
    ]
    columns = min(exact, key=lambda c: abs(c - wanted)) if exact else round(wanted)
    return -(-count // columns), columns


def map_sizes(values: Values) -> tuple[int, int, int]:
    """(maps, rows, columns) of an array of maps."""
    maps, rows, columns = values.shape
    return int(maps), int(rows), int(columns)


def draw_tiles(
    painter: QPainter,
    tiles: Tiles,
    values: Values,
    limit: float,
    theme: Theme,
    image: bool = False,
    blank: str | None = None,
) -> None:
    """Draw maps in the colours of the diverging scale, without smoothing.

    The picture is kept for as long as the array lives: arrays that are shown never change, so the
    same memory means the same picture, and drawing it again takes 20 µs.

    Parameters
    ----------
    values
        (maps, rows, columns); (rows, columns) of a single map; or (features,) folded into one map.
    limit
        The value at the ends of the scale.
    image
        Draw grey from 0 (black) to 1 (white).
    blank
        Colour of NaNs, gaps and what is left over; the panel's if None.
    """
    fill = colour(blank or theme.palette.panel).rgb()
    name = None if image else theme.palette.name
    key = (_memory(values), tiles.mosaic, tiles.rows, tiles.columns, limit, name, fill)
    owner = values.base if values.base is not None else values
    found = _pictures.get(key)
    if found is None or found.owner() is not owner:
        pixels = _pixels(values, tiles, limit, None if image else theme, fill)
        found = _Picture(weakref.ref(owner), pixels, _wrap(pixels))
        _pictures[key] = found
        if len(_pictures) > KEPT:
            _pictures.popitem(last=False)
    else:
        _pictures.move_to_end(key)
    draw_image(painter, tiles.area, found.image, found)


def outline_tile(painter: QPainter, tiles: Tiles, index: int, tone: QColor, width: float) -> None:
    """Frame one map, in the gap around it."""
    frame = tiles.tile(index).adjusted(-width, -width, width, width)
    outline(painter, frame, tone, width)


def outline_cell(
    painter: QPainter, rect: QRectF, tone: QColor, theme: Theme, least: float = 6.0
) -> None:
    """Frame a value or a window so that it is seen from the last row, however small it is.

    A thin line of the panel's colour on both sides keeps the frame apart from colours like its own.
    """
    grow_x = max(0.0, (theme.px(least) - rect.width()) / 2)
    grow_y = max(0.0, (theme.px(least) - rect.height()) / 2)
    width = max(2.0, theme.px(2))
    frame = rect.adjusted(-grow_x - width, -grow_y - width, grow_x + width, grow_y + width)
    outline(painter, frame.adjusted(-1, -1, 1, 1), colour(theme.palette.panel, 200), width + 2)
    outline(painter, frame, tone, width)


KEPT = 96
"""Pictures kept: the strip has up to 17, the other panes two or three each, in two themes or sizes
while one of them is exported."""


@dataclass(frozen=True, eq=False)
class _Picture:
    """An image, the buffer it reads from, and the array it shows."""

    owner: weakref.ref[Any]
    pixels: NDArray[np.uint32]
    image: QImage


_pictures: OrderedDict[tuple[Any, ...], _Picture] = OrderedDict()


def _memory(values: Values) -> tuple[Any, ...]:
    """What tells an array from others while its memory lives; equal views of it are the same."""
    return (values.__array_interface__["data"][0], values.shape, values.strides, values.dtype.str)


def _wrap(pixels: NDArray[np.uint32]) -> QImage:
    """An image that reads an array, which must be kept for as long as the image is."""
    height, width = pixels.shape
    # The stubs know only bytes, which would copy; a voidptr takes whatever has a buffer.
    data: Any = sip.voidptr(pixels)  # type: ignore[arg-type]
    return QImage(data, int(width), int(height), int(4 * width), QImage.Format.Format_RGB32)


def _pixels(
    values: Values, tiles: Tiles, limit: float, theme: Theme | None, fill: int
) -> NDArray[np.uint32]:
    maps = _as_maps(values, tiles)
    high, wide = tiles.mosaic.rows, tiles.mosaic.columns
    maps = _averaged(_averaged(maps, high, 1), wide, 2)
    if theme is None:
        shaded = grey(maps, fill)
    else:
        shaded = shade(maps, limit, Scale(*theme.diverging).table, fill)
    shaded = _widened(_widened(shaded, wide, 2), high, 1)
    return tiles.mosaic.assemble(shaded, fill | OPAQUE)


def _as_maps(values: Values, tiles: Tiles) -> Values:
    if values.ndim == 3:
        return values
    if values.ndim == 2:
        return values[None]
    room = tiles.rows * tiles.columns
    if len(values) < room:
        values = np.concatenate([values, np.full(room - len(values), np.nan, values.dtype)])
    return values.reshape(1, tiles.rows, tiles.columns)


def _averaged(maps: Values, size: int, axis: int) -> Values:
    """Means of neighbours where there are more values than pixels; a thin stroke is not lost."""
    count = maps.shape[axis]
    if size >= count:
        return maps
    starts, shares = _parts(count, size)
    sums: Values = np.add.reduceat(maps, starts, axis=axis)
    sums /= shares[:, None] if axis == 1 else shares
    return sums


@lru_cache(maxsize=64)
def _parts(count: int, size: int) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Where each of ``size`` runs of neighbours begins, and how many values it has."""
    starts = np.arange(size, dtype=np.intp) * count // size
    return starts, np.diff(np.append(starts, count)).astype(np.float32)


def _widened(shaded: NDArray[np.uint32], size: int, axis: int) -> NDArray[np.uint32]:
    """Every value as a block of pixels."""
    count = shaded.shape[axis]
    return shaded if count == size else shaded.take(np.arange(size) * count // size, axis=axis)
