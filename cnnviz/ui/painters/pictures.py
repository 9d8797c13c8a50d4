"""Small pictures in rows with a line below each: where they lie, and what draws around them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QFontMetricsF, QImage, QPainter

from cnnviz.ui.painters.text import width_of
from cnnviz.ui.theme import Theme, colour

LINE = 18
"""Height of a line of text, in pixels at 100 %."""

TILE = 46
"""Side of a small picture."""

Pictures = Callable[[int], QImage]
"""Gives a test image by its index."""


@dataclass(frozen=True)
class ListLayout:
    """Small pictures in rows, each with a line below it.

    Attributes
    ----------
    area
        What they may fill.
    side
        Height of a picture.
    wide
        Its width: as wide as high, or as several such pictures side by side.
    across, down
        Pictures in a row; rows that are seen.
    count
        Pictures there are.
    first
        The first row that is seen.
    """

    area: QRectF
    side: float
    wide: float
    line: float
    gap: float
    across: int
    down: int
    count: int
    first: int

    @property
    def rows(self) -> int:
        return -(-self.count // self.across)

    @property
    def last_first(self) -> int:
        """The first row when scrolled to the end."""
        return max(0, self.rows - self.down)

    @property
    def seen(self) -> range:
        """Places in the list of the pictures that are seen."""
        start = self.first * self.across
        return range(start, min(self.count, start + self.down * self.across))

    def picture(self, place: int) -> QRectF:
        row, column = divmod(place, self.across)
        left = self.area.left() + column * (self.wide + self.gap)
        top = self.area.top() + (row - self.first) * (self.side + self.line + self.gap)
        return QRectF(left, top, self.wide, self.side)

    def at(self, point: QPointF) -> int | None:
        """The place in the list of the picture under a point."""
        for place in self.seen:
            if self.picture(place).adjusted(0, 0, 0, self.line).contains(point):
                return place
        return None

    def first_with(self, place: int) -> int:
        """The row to scroll to, as little as possible, so that a picture is seen."""
        row = place // self.across
        return min(max(self.first, row - self.down + 1), row)


def lay_out_pictures(
    area: QRectF, count: int, first: int, theme: Theme, aspect: int = 1, least: int = 0
) -> ListLayout:
    """Fit pictures into an area; where they do not all fit, they are scrolled.

    Parameters
    ----------
    first
        The row that is scrolled to.
    aspect
        Squares side by side in one picture, with a gap of half a picture's between them.
    least
        Where it is given, they are as large as they can be while all of them are seen, and no
        smaller than this; else of one size.
    """
    side, line, gap = float(theme.px(least or TILE)), float(theme.px(LINE)), float(theme.px(6))
    area = area.adjusted(0, 0, -theme.px(10), 0)
    inner = gap / 2 * (aspect - 1)
    if least:
        side = max(side, _largest(area, count, aspect, line, gap, inner))
    wide = aspect * side + inner
    across = max(1, int((area.width() + gap) / (wide + gap)))
    down = max(1, int((area.height() + gap) / (side + line + gap)))
    rows = -(-count // across)
    first = min(max(first, 0), max(0, rows - down))
    return ListLayout(area, side, wide, line, gap, across, down, count, first)


def _largest(area: QRectF, count: int, aspect: int, line: float, gap: float, inner: float) -> float:
    """The largest whole side with which all pictures are seen."""
    best = 0.0
    for across in range(1, count + 1):
        down = -(-count // across)
        wide = ((area.width() + gap) / across - gap - inner) / aspect
        best = max(best, min(wide, (area.height() + gap) / down - gap - line))
    return float(int(best))


def paint_scroll(
    painter: QPainter, area: QRectF, first: int, seen: int, rows: int, theme: Theme
) -> None:
    """How much of something is seen, and where."""
    if seen >= rows:
        return
    track = QRectF(area.right() + theme.px(5), area.top(), theme.px(4), area.height())
    painter.fillRect(track, colour(theme.palette.raised))
    share = area.height() / rows
    track.setTop(area.top() + first * share)
    track.setHeight(max(theme.px(8), seen * share))
    painter.fillRect(track, colour(theme.palette.faint))


def picture_of(image: NDArray[np.uint8]) -> QImage:
    """(height, width) or (height, width, 3) bytes as an image of Qt's."""
    pixels = np.ascontiguousarray(image)
    height, width = pixels.shape[:2]
    kind = QImage.Format.Format_Grayscale8 if pixels.ndim == 2 else QImage.Format.Format_RGB888
    return QImage(pixels.tobytes(), width, height, pixels.strides[0], kind).copy()


@lru_cache(maxsize=512)
def _shortened(text: str, width: int, size: int, zoom: float) -> str:
    metrics = QFontMetricsF(Theme(zoom=zoom).font(size))
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)


def fitting(text: str, width: float, theme: Theme) -> str:
    """A text, cut short where there is no room for all of it."""
    if width_of(text, theme.font(14)) <= width:
        return text
    return _shortened(text, max(0, int(width)), 14, theme.zoom)


class SmallPictures:
    """Test images as images of Qt's, each made when it is first asked for.

    Parameters
    ----------
    most
        Pictures that are kept, each of some kilobytes.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._images: NDArray[np.uint8] | None = None
        self._made: dict[int, QImage] = {}

    def take_from(self, images: NDArray[np.uint8]) -> None:
        """Say which images are meant from now on; those of others are forgotten."""
        if self._images is not images or len(self._made) > self._most:
            self._images, self._made = images, {}

    def __call__(self, index: int) -> QImage:
        assert self._images is not None
        found = self._made.get(index)
        if found is None:
            found = self._made[index] = picture_of(self._images[index])
        return found
