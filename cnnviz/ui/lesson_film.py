"""A lesson as a film, or as a picture of each step: its stage, under the title of the step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from PyQt6.QtCore import QRectF, QSize
from PyQt6.QtGui import QImage, QPainter

from cnnviz.core.lesson_view import Seen
from cnnviz.engine.lesson_views import LessonViews
from cnnviz.export.film import Picture
from cnnviz.resources import resource
from cnnviz.ui.drawn import draw
from cnnviz.ui.film_screen import pixels
from cnnviz.ui.lesson_stage import LessonStage, stage_of
from cnnviz.ui.lesson_steps import Order
from cnnviz.ui.painters.text import LEFT, RIGHT, write
from cnnviz.ui.theme import colour

BAR = 48
"""Height of what stands above the stage, in pixels at 100 %."""

PASSING, STANDING = 0.5, 2.5
"""Seconds that a place is shown which is passed by, and the place that the step is about."""


@dataclass(frozen=True)
class Shot:
    """One picture.

    Attributes
    ----------
    step
        Which of the order's steps, from 0 on.
    place
        Which of the step's frames.
    covered
        Whether what the step's question asks for is hidden.
    """

    step: int
    place: int
    seconds: float
    covered: bool = False


class LessonFilm:
    """What is drawn of a lesson.

    Parameters
    ----------
    size
        Of each picture, in pixels.
    """

    def __init__(self, order: Order, size: QSize) -> None:
        self._order = order
        self._size = size
        self._views = LessonViews(order.library, resource())
        self._seen: tuple[int, Seen] | None = None  # one step: those of VGG are large

    def shots(self, moving: bool) -> list[Shot]:
        """Every place of the steps one after the other, or each step as it is come to.

        A list of runs without a chart has no picture.
        """
        found = list[Shot]()
        for number, step in enumerate(self._order.steps):
            seen, hides = self._step(number), bool(step.showing.hide)
            for place in range(len(seen.frames)):
                if place != seen.place:
                    found += [Shot(number, place, PASSING)] if moving else []
                    continue
                found.append(Shot(number, place, STANDING, hides))
                if moving and hides:
                    found.append(Shot(number, place, STANDING))
        return found

    def pictures(self, shots: Iterable[Shot]) -> Iterator[Picture]:
        """Draw them; raises `Problem` if something cannot be read or drawn."""
        theme, begun = self._order.theme, -1
        stage_size = QSize(self._size.width(), self._size.height() - theme.px(BAR))
        with stage_of(stage_size, theme, self._order.decimals) as stage:
            for shot in shots:
                if shot.step != begun:
                    begun = shot.step
                    stage.begin(self._step(begun))
                yield pixels(self._image(stage, shot))

    def _step(self, number: int) -> Seen:
        if self._seen is None or self._seen[0] != number:
            self._seen = number, self._views.seen(self._order.steps[number].showing)
        return self._seen[1]

    def _image(self, stage: LessonStage, shot: Shot) -> QImage:
        theme = self._order.theme
        hidden = self._order.steps[shot.step].showing.hide if shot.covered else ()
        view = replace(self._step(shot.step).frames[shot.place], covered=hidden)
        made = QImage(self._size, QImage.Format.Format_RGB32)
        made.fill(colour(theme.palette.gap))
        painter = QPainter(made)
        try:
            self._write_title(painter, shot)
            painter.translate(0, theme.px(BAR))
            for placed in stage.show(view):
                if placed is not None:
                    painter.translate(placed.area.topLeft().toPointF())
                    draw(placed.what, painter)
                    painter.translate(-placed.area.topLeft().toPointF())
        finally:
            painter.end()
        return made

    def _write_title(self, painter: QPainter, shot: Shot) -> None:
        order, theme = self._order, self._order.theme
        px, palette = theme.px, theme.palette
        area = QRectF(px(16), 0, self._size.width() - px(32), px(BAR))
        title = order.steps[shot.step].title.said(order.language)
        write(painter, area, title, colour(palette.text), theme.font(20, bold=True), LEFT)
        place = f"{order.lesson.title.said(order.language)} · {order.numbers[shot.step] + 1}"
        write(painter, area, place, colour(palette.muted), theme.font(15), RIGHT)
