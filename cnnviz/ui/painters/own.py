"""Draws one's own picture: the pad to draw on, and the steps to what the network gets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QFontMetricsF, QImage, QPainter, QPen

from cnnviz.control.language import tr
from cnnviz.core.preparation import Step
from cnnviz.core.scenes.own import OwnScene
from cnnviz.core.scenes.photograph import picture_pixels
from cnnviz.ui.painters.device import draw_image, ratio_of
from cnnviz.ui.painters.text import LEFT, outline, width_of, write
from cnnviz.ui.theme import Theme, colour

MOST_STEPS = 3
"""Steps that there is room kept for, so that nothing jumps when the picture becomes another."""

SMALLEST = 36
"""Side of a step's picture below which there is none, in pixels at 100 %."""

CAPTION = 128
"""Width that a step's caption wants, in pixels at 100 %."""

PAD = 0.5
"""Of the width, at most, for the pad."""


@dataclass(frozen=True)
class Placed:
    """Where an image lies: (row, column) ↔ point."""

    rect: QRectF
    rows: int
    columns: int

    @property
    def scale(self) -> float:
        """Pixels of the screen a pixel of the image."""
        return self.rect.height() / self.rows

    def place(self, point: QPointF) -> tuple[float, float]:
        """(row, column) of a point; whole numbers are the middles of pixels."""
        rect = self.rect
        return (
            (point.y() - rect.top()) / rect.height() * self.rows - 0.5,
            (point.x() - rect.left()) / rect.width() * self.columns - 0.5,
        )

    def point(self, row: float, column: float) -> QPointF:
        """Where a place is on the screen."""
        rect = self.rect
        return QPointF(
            rect.left() + (column + 0.5) * rect.width() / self.columns,
            rect.top() + (row + 0.5) * rect.height() / self.rows,
        )


@dataclass(frozen=True)
class OwnLayout:
    """Where everything is.

    Attributes
    ----------
    pad
        The picture.
    steps, captions
        Room for each step's picture, and for what is said below it; none where there is none.
    """

    pad: Placed
    steps: tuple[QRectF, ...]
    captions: tuple[QRectF, ...]


def lay_out_own(area: QRectF, scene: OwnScene, theme: Theme) -> OwnLayout:
    """Fit pad and steps into a rectangle."""
    px = theme.px
    inner = area.adjusted(px(8), px(6), -px(8), -px(4))
    side = max(1.0, min(inner.height(), inner.width() * PAD))
    if inner.width() < px(2 * SMALLEST + 60):
        side = max(1.0, min(inner.height(), inner.width()))
    pad = QRectF(inner.left(), inner.top(), side, side)
    rest = QRectF(inner)
    rest.setLeft(pad.right() + px(12))
    line = QFontMetricsF(theme.font(14)).height() + px(2)
    across, size = 1, 0.0
    for columns in range(1, MOST_STEPS + 1):
        lines = -(-MOST_STEPS // columns)
        room = min(rest.width() / columns - px(10), rest.height() / lines - line - px(4))
        if rest.width() / columns < px(CAPTION):  # rather a smaller picture than half a sentence
            room *= 0.75
        if room > size:
            across, size = columns, room
    lines = -(-MOST_STEPS // across)
    size = min(rest.width() / across - px(10), rest.height() / lines - line - px(4))
    _, rows, columns = scene.picture.image.shape
    placed = _fit(pad, rows, columns)
    if size < px(SMALLEST):
        return OwnLayout(placed, (), ())
    high, wide = rest.height() / lines, rest.width() / across
    cells = [
        QRectF(rest.left() + i % across * wide, rest.top() + i // across * high, wide, high)
        for i in range(MOST_STEPS)
    ]
    pictures = tuple(QRectF(c.left(), c.top(), size, size) for c in cells)
    captions = tuple(
        QRectF(c.left(), c.top() + size, c.width() - px(6), line) for c in cells
    )  # fmt: skip
    return OwnLayout(placed, pictures, captions)


def _fit(area: QRectF, rows: int, columns: int) -> Placed:
    """The largest rectangle of an image's aspect, at the top left of an area."""
    scale = min(area.width() / columns, area.height() / rows)
    return Placed(
        QRectF(round(area.left()), round(area.top()), columns * scale, rows * scale), rows, columns
    )


def step_place(rect: QRectF, step: Step) -> Placed:
    """Where a step's picture lies in its room."""
    _, rows, columns = step.image.shape
    return _fit(rect, rows, columns)


def paint_own(painter: QPainter, layout: OwnLayout, scene: OwnScene, theme: Theme) -> None:
    """Draw the pad, and the steps where there is room for them."""
    palette = theme.palette
    _draw(painter, layout.pad, scene.picture.image)
    edge = palette.accent if scene.shown else palette.border
    outline(painter, layout.pad.rect.adjusted(-2, -2, 2, 2), colour(edge), 2)
    prepared = scene.prepared
    if prepared is None:
        room = layout.pad.rect.adjusted(theme.px(8), 0, -theme.px(8), 0)
        text = tr("Draw here, or open, drop or paste a picture")
        write(painter, room, text, colour("#c8ced6"), theme.font(15), wrap=True)
        return
    first = prepared.steps[0]
    if first.box is not None:
        _paint_box(painter, layout.pad, first, theme)
    rooms = zip(prepared.steps, layout.steps, layout.captions, strict=False)
    for number, (step, rect, caption) in enumerate(rooms, start=1):
        placed = step_place(rect, step)
        _draw(painter, placed, step.image)
        outline(painter, placed.rect.adjusted(-1, -1, 1, 1), colour(palette.border), 1)
        if step.box is not None:
            _paint_box(painter, placed, step, theme)
        if step.centre is not None:
            _paint_centre(painter, placed, step.centre, theme)
        font = theme.font(14)
        text = f"{number} {step_text(step)}"
        if width_of(text, font) > caption.width():
            text = f"{number} {step.fields['height']}×{step.fields['width']}"
        last = step is prepared.steps[-1]
        write(painter, caption, text, colour(palette.text if last else palette.muted), font,
              LEFT)  # fmt: skip


def step_text(step: Step) -> str:
    """What was done: "scaled to 20 × 13"."""
    return tr(step.title, **step.fields)


def _draw(painter: QPainter, placed: Placed, image: NDArray[np.floating[Any]]) -> None:
    """Pixels stay squares where they are enlarged, and are averaged where there are too many."""
    found = np.ascontiguousarray(picture_pixels(image, None))
    rows, columns = found.shape
    data = found.tobytes()  # must outlive the image that reads it
    picture = QImage(data, columns, rows, 4 * columns, QImage.Format.Format_RGB32)
    ratio = ratio_of(painter)
    if placed.scale * ratio < 1:
        picture = picture.scaled(
            max(1, round(placed.rect.width() * ratio)),
            max(1, round(placed.rect.height() * ratio)),
            Qt.AspectRatioMode.IgnoreAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
    draw_image(painter, placed.rect, picture)


def _paint_box(painter: QPainter, placed: Placed, step: Step, theme: Theme) -> None:
    assert step.box is not None
    top, left, bottom, right = step.box
    rect = QRectF(placed.point(top - 0.5, left - 0.5), placed.point(bottom - 0.5, right - 0.5))
    outline(painter, rect.adjusted(-1, -1, 1, 1), colour(theme.palette.accent), 2)


def _paint_centre(
    painter: QPainter, placed: Placed, centre: tuple[float, float], theme: Theme
) -> None:
    """A cross at the centre of mass."""
    at, arm = placed.point(*centre), theme.px(6)
    painter.setPen(QPen(colour(theme.palette.accent), 2))
    painter.drawLine(QPointF(at.x() - arm, at.y()), QPointF(at.x() + arm, at.y()))
    painter.drawLine(QPointF(at.x(), at.y() - arm), QPointF(at.x(), at.y() + arm))
