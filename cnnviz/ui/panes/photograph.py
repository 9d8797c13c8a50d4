"""A photograph and its filter's result, the window under the mouse in both, and its numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QEvent, QPointF, Qt, pyqtSignal
from PyQt6.QtGui import QImage, QMouseEvent, QPainter, QPixmap
from PyQt6.QtWidgets import QWidget

from cnnviz.control.language import tr
from cnnviz.core.filtering import Channels
from cnnviz.core.filters import FILTERS, Kernel
from cnnviz.core.numbers import number
from cnnviz.core.problem import mark
from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.photograph import (
    PhotographScene,
    Shown,
    photograph_scene,
    picture_pixels,
)
from cnnviz.core.view import View
from cnnviz.ui.painters.device import is_vector, ratio_of
from cnnviz.ui.painters.photograph import (
    after_image,
    before_image,
    image_of,
    paint_moving,
    paint_still,
    paint_tiles,
    result_image,
    scaled,
)
from cnnviz.ui.painters.photograph_layout import PhotographLayout, lay_out
from cnnviz.ui.pane import Pane
from cnnviz.ui.pointing import PointingPane
from cnnviz.ui.theme import Theme, colour

TILE = 96
"""Pixels on the longer side from which the small pictures are made."""


@dataclass(frozen=True)
class Given:
    """What the page is told beside the view.

    Attributes
    ----------
    pen
        What the mouse does on a drawing: True draws, False erases, None moves the window.
    """

    kernel: Kernel = FILTERS[0]
    channels: Channels = Channels.GREY
    together: bool = True
    chosen: Shown = Shown.AUTOMATIC
    waiting: bool = False
    drawn: bool = False
    pen: bool | None = None


class PhotographPane(PointingPane):
    """Both pictures as large as they fit, and below them the window in numbers."""

    key: ClassVar[str] = "photograph"
    heading: ClassVar[str] = mark("Photographs")

    element_requested = pyqtSignal(int, int, int, int)
    group_requested = pyqtSignal(int)
    plane_requested = pyqtSignal(int)
    """One of red, green and blue was chosen by its small picture; 3 for all of them."""
    stroke_requested = pyqtSignal(tuple, tuple, bool)
    """(row, column) from and to; whether the pen was set down."""
    pointed_elsewhere = pyqtSignal()
    """The mouse has moved to another window: `shown` has it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.given = Given()
        self._view: View | None = None
        self._place: tuple[int, int] | None = None
        self._pen_at: tuple[float, float] | None = None
        self._layout: tuple[object, PhotographLayout] | None = None
        self._cached: dict[str, tuple[tuple[object, ...], Any]] = {}

    def choose_like(self, other: Pane) -> None:
        assert isinstance(other, PhotographPane)
        self.given = replace(other.given, waiting=False)

    def compute(self, view: View) -> PhotographScene | Empty:
        given = self.given
        return photograph_scene(
            view,
            given.kernel,
            given.channels,
            together=given.together,
            chosen=given.chosen,
            hovered=self._inside(view),
            waiting=given.waiting,
            drawn=given.drawn,
        )

    def _inside(self, view: View) -> tuple[int, int] | None:
        """Where the mouse is, if that picture has such a place."""
        if self._place is None or view.stage is None:
            return None
        _, rows, columns = view.network.layers[0].grid
        row, column = self._place
        return self._place if row < rows and column < columns else None

    def look(self, view: View) -> None:
        if self._view is not None and view.cursor != self._view.cursor:
            # Someone steps or plays: a mouse that only lies there must not hide it.
            self._place = self.hovered = None
        self._view = view
        super().look(view)

    # --- painting --------------------------------------------------------------------------

    def arrangement(self) -> PhotographLayout | None:
        """Where everything stands now; worked out anew only when it can have moved."""
        scene = self.shown
        if not isinstance(scene, PhotographScene):
            return None
        stage = scene.stage
        opened = stage.group if len(stage.ledger.taps.channels) > 1 else 0
        key = (stage.snapshot.network, opened, self.size(), self.theme)
        if self._layout is None or self._layout[0] != key:
            self._layout = (key, lay_out(scene, self.width(), self.height(), self.theme))
        return self._layout[1]

    def paint(self, painter: QPainter, scene: Any) -> None:
        layout = self.arrangement()
        assert layout is not None
        ratio = ratio_of(painter)
        if is_vector(painter):
            self._paint_still(painter, scene, layout, ratio)
        else:
            painter.drawPixmap(0, 0, self._still(scene, layout, ratio))
        paint_moving(painter, scene, layout, self.theme)
        self.draw_readout(painter, layout.pictures)

    def _still(self, scene: PhotographScene, layout: PhotographLayout, ratio: float) -> QPixmap:
        """What stays while the window moves; painting it took half of a frame's time."""
        planes = scene.input_plane, scene.output_plane

        def make() -> QPixmap:
            picture = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
            picture.setDevicePixelRatio(ratio)
            picture.fill(colour(self.theme.palette.panel))
            painter = QPainter(picture)
            try:
                self._paint_still(painter, scene, layout, ratio)
            finally:
                painter.end()
            return picture

        key = (scene.input, scene.output, scene.kernel, scene.channels, planes, scene.chosen,
               scene.waiting, layout, ratio, self.theme)  # fmt: skip
        made: QPixmap = self._keep("still", key, make)
        return made

    def _paint_still(
        self, painter: QPainter, scene: PhotographScene, layout: PhotographLayout, ratio: float
    ) -> None:
        pictures = self._before(scene, layout, ratio), self._after(scene, layout, ratio)
        paint_still(painter, scene, layout, pictures, self.theme)
        for tiles, plane, images in (
            (layout.before_tiles, scene.input_plane, self._before_tiles),
            (layout.after_tiles, scene.output_plane, self._after_tiles),
        ):
            if tiles:
                chosen = 3 if plane is None else plane
                paint_tiles(painter, tiles, images(scene), chosen, self.theme)

    def _keep(self, name: str, key: tuple[object, ...], make: Any) -> Any:
        """What was made for the same things before; arrays are compared by identity."""
        found = self._cached.get(name)
        if found is not None and all(
            a is b or (not isinstance(a, np.ndarray) and a == b)
            for a, b in zip(found[0], key, strict=True)
        ):
            return found[1]
        made = make()
        self._cached[name] = (key, made)
        return made

    def _before(self, scene: PhotographScene, layout: PhotographLayout, ratio: float) -> QPixmap:
        plane = scene.input_plane
        made: QPixmap = self._keep(
            "before",
            (scene.input, plane, layout.before, ratio),
            lambda: scaled(before_image(scene, plane), layout.before, ratio),
        )
        return made

    def _after(self, scene: PhotographScene, layout: PhotographLayout, ratio: float) -> QPixmap:
        plane = scene.output_plane
        shown, limit = scene.shown, scene.limit
        made: QPixmap = self._keep(
            "after",
            (scene.output, plane, shown, limit, layout.after, ratio, self.theme.palette),
            lambda: scaled(after_image(scene, plane, self.theme), layout.after, ratio),
        )
        return made

    def _before_tiles(self, scene: PhotographScene) -> tuple[QImage, ...]:
        def make() -> tuple[QImage, ...]:
            small = _small(scene.input)
            return tuple(image_of(picture_pixels(small, plane)) for plane in (0, 1, 2, None))

        made: tuple[QImage, ...] = self._keep("before_tiles", (scene.input,), make)
        return made

    def _after_tiles(self, scene: PhotographScene) -> tuple[QImage, ...]:
        def make() -> tuple[QImage, ...]:
            small = _small(scene.output)
            return tuple(result_image(scene, small, plane, self.theme) for plane in (0, 1, 2, None))

        key = (scene.output, scene.chosen, scene.kernel, scene.limit, self.theme.palette)
        made: tuple[QImage, ...] = self._keep("after_tiles", key, make)
        return made

    # --- pointing --------------------------------------------------------------------------

    def place_at(self, point: QPointF) -> tuple[int, int] | None:
        """(row, column) of the pixel under a point, in either picture."""
        layout = self.arrangement()
        if layout is None:
            return None
        x, y = point.x(), point.y()
        return layout.before.at(x, y) or layout.after.at(x, y)

    def readout(self, scene: Any, point: QPointF) -> str:
        # The window's own place: a banner may have moved the pictures under a mouse at rest.
        place = self._place or self.place_at(point)
        if place is None or not isinstance(scene, PhotographScene):
            return ""
        row, column = place
        if row >= scene.input.shape[1] or column >= scene.input.shape[2]:
            return ""
        before = ", ".join(number(float(v), 3) for v in scene.input[:, row, column])
        after = ", ".join(number(float(v), 3) for v in scene.output[:, row, column])
        return tr(
            "row {row}, column {column}: {before} → {after}",
            row=row,
            column=column,
            before=before,
            after=after,
        )

    def _point(self, place: tuple[int, int] | None) -> None:
        """Show the window at a place; None for the cursor's again."""
        if place == self._place:
            return
        self._place = place
        if self._view is not None:
            self.look(self._view)
            self.pointed_elsewhere.emit()

    def chosen_at(self, scene: Any, point: QPointF) -> None:
        layout = self.arrangement()
        if layout is None:
            return
        for tiles in (layout.before_tiles, layout.after_tiles):
            for place, tile in enumerate(tiles):
                if tile.contains(point):
                    self.plane_requested.emit(place)
                    return
        for group, grid in layout.loupe.windows:
            if grid.rect.contains(point):
                self.group_requested.emit(group)
                return
        found = self.place_at(point)
        if found is not None:
            self.element_requested.emit(0, scene.stage.cursor.channel, *found)

    def arrow(self, scene: Any, right: int, down: int) -> None:
        cursor = scene.stage.cursor
        row, column = cursor.row + down, cursor.column + right
        rows, columns = scene.size
        if 0 <= row < rows and 0 <= column < columns:
            self.element_requested.emit(0, cursor.channel, row, column)

    def entered(self, scene: Any) -> None:
        """A dot at the cursor, while a pen is in the hand."""
        if scene.drawn and self.given.pen is not None:
            here = (float(scene.stage.cursor.row), float(scene.stage.cursor.column))
            self.stroke_requested.emit(here, here, True)

    def focus_point(self, scene: Any) -> QPointF | None:
        layout = self.arrangement()
        if layout is None:
            return None
        return layout.after.span(scene.stage.cursor.row, scene.stage.cursor.column).center()

    # --- events ----------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event is None or isinstance(self.shown, Empty):
            return
        if self._pen_at is not None:
            self._draw_to(event.position(), new=False)
        self._point(self.place_at(event.position()))
        super().mouseMoveEvent(event)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        scene, layout = self.shown, self.arrangement()
        if event is None or layout is None or not isinstance(scene, PhotographScene):
            return
        point, left = event.position(), event.button() == Qt.MouseButton.LeftButton
        drawing = scene.drawn and self.given.pen is not None
        if left and drawing and layout.before.at(point.x(), point.y()) is not None:
            self._pen_at = self._on_paper(point, layout)
            self._draw_to(point, new=True)
            return
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        self._pen_at = None

    def leaveEvent(self, event: QEvent | None) -> None:
        self._point(None)
        super().leaveEvent(event)

    def _draw_to(self, point: QPointF, new: bool) -> None:
        layout = self.arrangement()
        if layout is None or self._pen_at is None:
            return
        before, self._pen_at = self._pen_at, self._on_paper(point, layout)
        self.stroke_requested.emit(before, self._pen_at, new)

    @staticmethod
    def _on_paper(point: QPointF, layout: PhotographLayout) -> tuple[float, float]:
        """(row, column) of a point; between two pixels, and outside of the picture too."""
        cells = layout.before
        return (
            (point.y() - cells.top) / cells.size - 0.5,
            (point.x() - cells.left) / cells.size - 0.5,
        )

    def set_theme(self, theme: Theme) -> None:
        self._cached.clear()
        super().set_theme(theme)

    def retranslate(self) -> None:
        self._cached.clear()
        super().retranslate()


def _small(image: NDArray[np.floating[Any]]) -> NDArray[np.floating[Any]]:
    """Every so many-th pixel of (channels, height, width): what a small picture is made from."""
    step = max(1, max(image.shape[1:]) // TILE)
    return image[:, ::step, ::step]
