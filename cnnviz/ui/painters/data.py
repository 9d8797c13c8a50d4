"""Draws the data pane: a grid of pictures that scrolls, and beside it how many each class has."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QFont, QFontMetricsF, QPainter

from cnnviz.control.language import tr
from cnnviz.core.numbers import number, thousands
from cnnviz.core.numbers import shape as shape_text
from cnnviz.core.scenes.data import DataScene
from cnnviz.ui.painters.coloured import CHANNELS
from cnnviz.ui.painters.device import draw_image
from cnnviz.ui.painters.pictures import picture_of
from cnnviz.ui.painters.text import LEFT, RIGHT, outline, width_of, write
from cnnviz.ui.theme import Theme, colour
from cnnviz.ui.words import called

PICTURE = 44
"""Side of a picture in the grid, in pixels at 100 %."""

ROW = 17
"""Height of a class's row."""

FACTS = 3
"""Lines of what all images are together; one more where there are three channels."""

Statistics = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Mean and deviation of each channel."""


@dataclass(frozen=True)
class DataLayout:
    """Where everything is.

    Attributes
    ----------
    grid
        The pictures.
    bars, facts
        Classes and what is said of all images; empty where the pane is too narrow for them.
    side, gap
        Of a picture, in pixels.
    across, down
        Pictures in a row, and rows that are seen.
    first
        The row of pictures that is seen first.
    rows
        All rows of pictures.
    row, shown
        Height of a class's row, and how many classes are seen.
    """

    grid: QRectF
    bars: QRectF
    facts: QRectF
    side: float
    gap: float
    across: int
    down: int
    first: int
    rows: int
    row: float
    shown: int

    @property
    def last_first(self) -> int:
        """The first row when scrolled to the end."""
        return max(0, self.rows - self.down)

    def picture(self, place: int) -> QRectF:
        """Where a picture is, by its place in the list; it may be scrolled away."""
        row, column = divmod(place, self.across)
        step = self.side + self.gap
        left = self.grid.left() + column * step
        return QRectF(left, self.grid.top() + (row - self.first) * step, self.side, self.side)

    def seen(self, count: int) -> range:
        """The places of the pictures that are seen, of so many."""
        return range(self.first * self.across, min(count, (self.first + self.down) * self.across))

    def at(self, point: QPointF, count: int) -> int | None:
        """The place of the picture under a point."""
        if not self.grid.contains(point):
            return None
        step = self.side + self.gap
        column = int((point.x() - self.grid.left()) // step)
        place = (self.first + int((point.y() - self.grid.top()) // step)) * self.across + column
        inside = column < self.across and place < count and self.picture(place).contains(point)
        return place if inside else None

    def bar(self, index: int) -> QRectF:
        """A class's row."""
        top = self.bars.top() + index * self.row
        return QRectF(self.bars.left(), top, self.bars.width(), self.row)

    def class_at(self, point: QPointF) -> int | None:
        """The class under a point."""
        index = int((point.y() - self.bars.top()) // self.row) if self.row else -1
        return index if self.bars.contains(point) and 0 <= index < self.shown else None


def lay_out_data(rect: QRectF, scene: DataScene, theme: Theme, first: int) -> DataLayout:
    """Fit pictures and bars into a rectangle; ``first`` is the row of pictures scrolled to."""
    px = theme.px
    inner = rect.adjusted(px(8), px(4), -px(8), -px(4))
    aside = min(float(px(300)), inner.width() * 0.42) if inner.width() >= px(380) else 0.0
    grid = QRectF(inner)
    grid.setRight(inner.right() - aside - (px(14) if aside else 0) - px(8))
    line = QFontMetricsF(theme.font(14)).height()
    lines = FACTS + (1 if scene.data.shape[0] == 3 else 0)
    right = QRectF(inner.right() - aside, inner.top(), aside, inner.height())
    facts = QRectF(right)
    facts.setTop(max(right.top(), right.bottom() - lines * line))
    bars = QRectF(right)
    bars.setBottom(facts.top() - px(6))
    row = max(float(px(ROW)), line)
    row = min(max(row, bars.height() / scene.classes), row * 1.5)
    shown = min(scene.classes, max(0, int(bars.height() / row))) if aside else 0
    side, gap = float(px(PICTURE)), float(px(3))
    across = max(1, int((grid.width() + gap) // (side + gap)))
    down = max(1, int((grid.height() + gap) // (side + gap)))
    rows = -(-len(scene.listed) // across)
    first = min(max(first, 0), max(0, rows - down))
    return DataLayout(grid, bars, facts, side, gap, across, down, first, rows, row, shown)


def paint_data(
    painter: QPainter,
    layout: DataLayout,
    scene: DataScene,
    statistics: Statistics | None,
    theme: Theme,
) -> None:
    """Draw the pictures that are seen, the classes, and what is known of all images."""
    _paint_grid(painter, layout, scene, theme)
    for index in range(layout.shown):
        _paint_class(painter, layout, scene, index, theme)
    if layout.bars.width():
        _paint_facts(painter, layout.facts, scene, statistics, theme)


def _paint_grid(painter: QPainter, layout: DataLayout, scene: DataScene, theme: Theme) -> None:
    listed, pictures = scene.listed, scene.pictures
    height, width = pictures.shape[1:3]
    smooth = max(height, width) > layout.side * theme.zoom
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
    for place in layout.seen(len(listed)):
        index, rect = int(listed[place]), layout.picture(place)
        draw_image(painter, _fitted(rect, width, height), picture_of(pictures[index]))
        if scene.test and index == scene.sample:
            outline(painter, rect.adjusted(-1, -1, 1, 1), colour(theme.palette.accent), theme.px(3))
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    if layout.last_first:
        track = QRectF(layout.grid.right() + theme.px(3), layout.grid.top(), theme.px(4), 0)
        track.setHeight(layout.grid.height())
        painter.fillRect(track, colour(theme.palette.raised))
        share = layout.down / layout.rows
        thumb = max(share * track.height(), float(theme.px(16)))
        travel = track.height() - thumb
        track.setTop(track.top() + travel * layout.first / layout.last_first)
        track.setHeight(thumb)
        painter.fillRect(track, colour(theme.palette.faint))


def _fitted(rect: QRectF, width: int, height: int) -> QRectF:
    """The middle of a square, in the proportions of a picture."""
    scale = min(rect.width() / width, rect.height() / height)
    found = QRectF(0, 0, width * scale, height * scale)
    found.moveCenter(rect.center())
    return found


def _paint_class(
    painter: QPainter, layout: DataLayout, scene: DataScene, index: int, theme: Theme
) -> None:
    """A class's name, a bar as long as it has images, and how many those are."""
    palette, font, rect = theme.palette, theme.font(14), layout.bar(index)
    if index == layout.shown - 1 and layout.shown < scene.classes:
        more = tr("and {count} more classes", count=thousands(scene.classes - index))
        write(painter, rect, more, colour(palette.muted), font, LEFT)
        return
    chosen = index == scene.chosen
    tone = colour(palette.accent if chosen else palette.text)
    font = theme.font(14, bold=chosen)
    widest = max(width_of(called(scene.names, i), theme.font(14, bold=True))
                 for i in range(min(scene.classes, layout.shown)))  # fmt: skip
    names = min(widest + theme.px(6), rect.width() * 0.45)
    counts = width_of(thousands(int(scene.balance.max())), theme.font(14)) + theme.px(8)
    write(painter, rect, _elided(called(scene.names, index), font, names), tone, font, LEFT)
    write(painter, rect, thousands(int(scene.balance[index])), tone, font, RIGHT)
    track = QRectF(rect.left() + names, rect.top(), rect.width() - names - counts, rect.height())
    thick = min(track.height() - theme.px(4), float(theme.px(12)))
    track = QRectF(track.left(), track.center().y() - thick / 2, max(0.0, track.width()), thick)
    painter.fillRect(track, colour(palette.raised))
    share = int(scene.balance[index]) / max(1, int(scene.balance.max()))
    track.setWidth(track.width() * share)
    painter.fillRect(track, colour(palette.accent if chosen else palette.output))


def _elided(text: str, font: QFont, width: float) -> str:
    return QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, width)


def fact_lines(scene: DataScene, statistics: Statistics | None) -> list[str]:
    """What is said of all images of the part, a line each."""
    train, test = (len(scene.data.part(part)[1]) for part in (False, True))
    lines = [
        tr("{train} to train, {test} to test", train=thousands(train), test=thousands(test)),
        tr("each {shape}", shape=shape_text(scene.data.shape)),
    ]
    if statistics is None:
        return [*lines, tr("Mean and deviation are being worked out…")]
    mean, deviation = (_channels(values) for values in statistics)
    if len(statistics[0]) == 1:
        return [*lines, tr("mean {mean}, deviation {deviation}", mean=mean, deviation=deviation)]
    return [*lines, tr("mean {mean}", mean=mean), tr("deviation {deviation}", deviation=deviation)]


def _channels(values: NDArray[np.float64]) -> str:
    """ "0.1307"; "R 0.2774  G 0.2808  B 0.2819" where there are three."""
    texts = [number(float(value), 4) for value in values]
    if len(texts) != len(CHANNELS):
        return "  ".join(texts)
    return "  ".join(f"{name} {text}" for name, text in zip(CHANNELS, texts, strict=True))


def _paint_facts(
    painter: QPainter,
    area: QRectF,
    scene: DataScene,
    statistics: Statistics | None,
    theme: Theme,
) -> None:
    font = theme.font(14)
    line = QFontMetricsF(font).height()
    for place, text in enumerate(fact_lines(scene, statistics)):
        rect = QRectF(area.left(), area.top() + place * line, area.width(), line)
        write(
            painter,
            rect,
            _elided(text, font, rect.width()),
            colour(theme.palette.muted),
            font,
            LEFT,
        )


def sample_text(scene: DataScene, index: int) -> str:
    """The number of an image, from 1 as in the prediction pane, and its class."""
    name, place = called(scene.names, scene.label(index)), thousands(index + 1)
    if scene.test:
        return tr("test image {number}: {name}", number=place, name=name)
    return tr("training image {number}: {name}", number=place, name=name)
