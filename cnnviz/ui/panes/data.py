"""The data pane: what the network is given, looked at before anything is trained."""

from __future__ import annotations

from typing import Any

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, QTimer, pyqtSignal
from PyQt6.QtGui import QHideEvent, QPainter, QShowEvent, QWheelEvent
from PyQt6.QtWidgets import QWidget

from cnnviz.control.language import tr
from cnnviz.core.dataset import Dataset
from cnnviz.core.numbers import thousands
from cnnviz.core.pixel_counts import BYTES, count_bytes, mean_and_deviation
from cnnviz.core.problem import mark
from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.data import DataScene, data_scene
from cnnviz.core.view import View
from cnnviz.ui.controls import HEIGHT
from cnnviz.ui.data_controls import DataControls
from cnnviz.ui.painters.data import (
    DataLayout,
    Statistics,
    lay_out_data,
    paint_data,
    sample_text,
)
from cnnviz.ui.painters.readout import draw_focus
from cnnviz.ui.pointing import PointingPane
from cnnviz.ui.words import called

PORTION = 1_000_000
"""Bytes that are counted between two events: about 3 ms."""


class DataPane(PointingPane):
    """Pictures of one part of the data, by class or all; how many each class has; their mean.

    A click on a test image shows it in all panes.  ← → ↑ ↓ and Return do the same from the
    keyboard, the wheel scrolls, and a click on a class lists its images alone.
    """

    key = "data"
    heading = mark("Data")

    sample_requested = pyqtSignal(int)
    """A test image by its number, from 0."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view: View | None = None
        self._test = True
        self._chosen: int | None = None
        self._first = self._place = 0
        self._counting = _Counting()
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._count)
        self.controls = DataControls(self)
        self.hold(self.controls)
        self.controls.part_chosen.connect(self.show_part)
        self.controls.class_chosen.connect(self.show_class)
        self.controls.number_chosen.connect(self.go_to)

    # --- what is shown -----------------------------------------------------------------------

    def compute(self, view: View) -> DataScene | Empty:
        self._view = view
        return data_scene(view, self._test, self._chosen)

    def show_part(self, test: bool) -> None:
        """Show the images to test with, or those to train on."""
        self._test = test
        self._begin_again()

    def show_class(self, chosen: int | None) -> None:
        """List the images of one class; None for all."""
        self._chosen = chosen
        self._begin_again()

    def _begin_again(self) -> None:
        self._first = self._place = 0
        if self._view is not None:
            self.look(self._view)

    def go_to(self, index: int) -> None:
        """Go to an image of the part by its number, whatever class is listed."""
        scene = self.shown
        if not isinstance(scene, DataScene) or not 0 <= index < scene.count:
            return
        if scene.chosen is not None and scene.label(index) != scene.chosen:
            self.show_class(None)
            scene = self.shown
        self._place = int(np.searchsorted(scene.listed, index))
        self._show_place(scene)
        self._take(scene)

    def caption(self, scene: Any) -> str:
        if not isinstance(scene, DataScene):
            return ""
        count = thousands(len(scene.listed))
        if scene.chosen is None:
            return tr("{count} images", count=count)
        return tr(
            "{count} images of class {name}", count=count, name=called(scene.names, scene.chosen)
        )

    def changed(self, before: Any, scene: Any) -> None:
        super().changed(before, scene)
        if not isinstance(scene, DataScene):
            return
        if not isinstance(before, DataScene) or before.data is not scene.data:
            self._chosen, self._first, self._place = scene.chosen, 0, 0
        self._place = min(self._place, max(0, len(scene.listed) - 1))
        self.controls.show_scene(scene, self._index(scene))
        self._look_at(scene.data, scene.test)

    def _index(self, scene: DataScene) -> int:
        """The number of the image that the keyboard stands on."""
        return int(scene.listed[self._place]) if len(scene.listed) else 0

    # --- mean and deviation ------------------------------------------------------------------

    def _look_at(self, data: Dataset, test: bool) -> None:
        self._counting.begin(data, test)
        if self.isVisible() and not self._counting.done:
            self._timer.start()

    def _count(self) -> None:
        self._counting.go_on()
        if self._counting.done:
            self._timer.stop()
            self.update()

    def count_on(self) -> bool:
        """Count the next portion at once, for who draws a pane that is never shown.

        Returns
        -------
        Whether everything has been counted.
        """
        if isinstance(self.shown, DataScene) and not self._counting.done:
            self._count()
        return self._counting.done

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        if isinstance(self.shown, DataScene):
            self._look_at(self.shown.data, self.shown.test)

    def hideEvent(self, event: QHideEvent | None) -> None:
        super().hideEvent(event)
        self._timer.stop()

    # --- painting ----------------------------------------------------------------------------

    def layout_of(self, scene: DataScene) -> DataLayout:
        """Where everything is."""
        area = QRectF(self.rect()).adjusted(0, self.theme.px(HEIGHT + 6), 0, 0)
        return lay_out_data(area, scene, self.theme, self._first)

    def paint(self, painter: QPainter, scene: DataScene) -> None:
        layout = self.layout_of(scene)
        paint_data(painter, layout, scene, self._counting.statistics, self.theme)
        if self._is_marked(scene, layout):
            draw_focus(painter, layout.picture(self._place).adjusted(-2, -2, 2, 2), self.theme)
        self.draw_readout(painter, QRectF(self.rect()))

    def _is_marked(self, scene: DataScene, layout: DataLayout) -> bool:
        chosen = self.by_keyboard and self.hasFocus()
        return (chosen or not scene.test) and self._place in layout.seen(len(scene.listed))

    def retranslate(self) -> None:
        super().retranslate()
        if isinstance(self.shown, DataScene):
            self.controls.show_scene(self.shown, self._index(self.shown))

    # --- pointing ----------------------------------------------------------------------------

    def readout(self, scene: DataScene, point: QPointF) -> str:
        layout = self.layout_of(scene)
        place = layout.at(point, len(scene.listed))
        return "" if place is None else sample_text(scene, int(scene.listed[place]))

    def chosen_at(self, scene: DataScene, point: QPointF) -> None:
        layout = self.layout_of(scene)
        place, index = layout.at(point, len(scene.listed)), layout.class_at(point)
        if place is not None:
            self._place = place
            self._take(scene)
        elif index is not None:
            self.show_class(None if index == scene.chosen else index)

    def arrow(self, scene: DataScene, right: int, down: int) -> None:
        target = self._place + right + down * self.layout_of(scene).across
        if 0 <= target < len(scene.listed):
            self._place = target
            self._show_place(scene)
            self.controls.show_scene(scene, self._index(scene))

    def entered(self, scene: DataScene) -> None:
        self._take(scene)

    def focus_point(self, scene: Any) -> QPointF | None:
        if not isinstance(scene, DataScene):
            return None
        layout = self.layout_of(scene)
        seen = self._place in layout.seen(len(scene.listed))
        return layout.picture(self._place).center() if seen else None

    def _take(self, scene: DataScene) -> None:
        """Ask for the test image that is pointed at; one to train on is only marked."""
        self.controls.show_scene(scene, self._index(scene))
        self.update()
        if scene.test and len(scene.listed):
            self.sample_requested.emit(self._index(scene))

    def _show_place(self, scene: DataScene) -> None:
        """Scroll so that the picture that is pointed at is seen."""
        layout = self.layout_of(scene)
        row = self._place // layout.across
        self._first = min(max(layout.first, row - layout.down + 1), row)
        self.update()

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        if event is None or event.modifiers() or not isinstance(self.shown, DataScene):
            return
        layout = self.layout_of(self.shown)
        wanted = layout.first - round(event.angleDelta().y() / 120)
        self._first = min(max(wanted, 0), layout.last_first)
        self.update()


class _Counting:
    """Goes through the images of a part, a portion at a time."""

    def __init__(self) -> None:
        self._of: tuple[Dataset, bool] | None = None
        self._counts = np.zeros((1, BYTES), dtype=np.int64)
        self._next = 0
        self.statistics: Statistics | None = None

    @property
    def done(self) -> bool:
        return self._of is None or self.statistics is not None

    def begin(self, data: Dataset, test: bool) -> None:
        """Count a part of the data, unless that is what is counted."""
        if self._of is not None and self._of[0] is data and self._of[1] == test:
            return
        self._of, self._next, self.statistics = (data, test), 0, None
        self._counts = np.zeros((data.shape[0], BYTES), dtype=np.int64)

    def go_on(self) -> None:
        """Count a portion more."""
        if self._of is None or self.done:
            return
        images = self._of[0].part(self._of[1])[0]
        step = max(1, PORTION // max(1, int(np.prod(images.shape[1:]))))
        self._counts += count_bytes(images[self._next : self._next + step])
        self._next += step
        if self._next >= len(images):
            self.statistics = mean_and_deviation(self._counts)
