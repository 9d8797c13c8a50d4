"""The confusion matrix of the test set, and the images behind each of its numbers."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import QPointF, QRectF, pyqtSignal
from PyQt6.QtGui import QPainter, QResizeEvent, QWheelEvent
from PyQt6.QtWidgets import QWidget

from cnnviz.control.language import tr
from cnnviz.core.confusion import Cell
from cnnviz.core.numbers import percent, thousands
from cnnviz.core.problem import mark
from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.confusion import ConfusionScene, Look, confusion_scene, without_matrix
from cnnviz.core.scenes.fitting import fitting_snapshot
from cnnviz.core.view import View
from cnnviz.ui.look_buttons import LookButtons
from cnnviz.ui.painters.confusion import (
    cell_text,
    class_text,
    image_text,
    paint_confusion,
)
from cnnviz.ui.painters.confusion_layout import ConfusionLayout, lay_out_confusion
from cnnviz.ui.painters.pictures import SmallPictures
from cnnviz.ui.painters.readout import draw_focus
from cnnviz.ui.pane import Legend, Pane
from cnnviz.ui.pointing import PointingPane

LOOKS = (
    (Look.MATRIX, mark("Matrix"), mark("Which classes are taken for which")),
    (Look.CLASSES, mark("Classes"), mark("Accuracy of each class")),
    (Look.WORST, mark("Worst"), mark("Test images with the largest loss")),
    (Look.BEST, mark("Best"), mark("Test images with the smallest loss")),
)
"""The images of a cell have no button: a click on the cell shows them."""

MOST_PICTURES = 2000
"""Small pictures that are kept, each of some kilobytes."""


class ConfusionPane(PointingPane):
    """A click on a cell lists its images, and a click on an image shows it in the other panes.

    The arrow keys walk over cells or images while the pane has the keyboard, Enter does what a
    click does, Escape goes back to the matrix.  What is chosen here is kept while the window lives.
    """

    key = "confusion"
    heading = mark("Confusion matrix")

    judgement_requested = pyqtSignal(object)
    """What a snapshot's weights make of the whole test set is wanted."""
    sample_requested = pyqtSignal(int)
    """A test image by its index, from 0."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chosen = Look.MATRIX
        self.cell: Cell | None = None
        self._focused: Cell = (0, 0)
        self._place = 0
        self._first = 0
        self._view: View | None = None
        self._pictures = SmallPictures(MOST_PICTURES)
        self.buttons = LookButtons(LOOKS, self)
        self.buttons.chosen.connect(self.choose)
        self.hold(self.buttons)

    def choose(self, look: Look, cell: Cell | None = None) -> None:
        """Show something else; ``cell`` is that whose images are listed."""
        self.chosen, self.cell = look, cell
        self._place = self._first = 0
        self.buttons.show_look(look)
        if self._view is not None:
            self.look(self._view)

    def choose_like(self, other: Pane) -> None:
        assert isinstance(other, ConfusionPane)
        self.choose(other.chosen, other.cell)

    # --- the view ----------------------------------------------------------------------------

    def compute(self, view: View) -> ConfusionScene | Empty:
        return confusion_scene(view, self.chosen, self.cell)

    def look(self, view: View) -> None:
        self._view = view
        super().look(view)
        # Only who is seen looks, so that nothing is judged for a pane behind another.
        snapshot = fitting_snapshot(view)
        if not isinstance(snapshot, Empty) and not without_matrix(snapshot):
            self.judgement_requested.emit(snapshot)

    def caption(self, scene: Any) -> str:
        if not isinstance(scene, ConfusionScene):
            return ""
        return tr(
            "step {step} · {count} images",
            step=thousands(scene.step),
            count=thousands(scene.table.total),
        )

    def badge(self, scene: Any) -> str:
        if not isinstance(scene, ConfusionScene):
            return ""
        return tr("accuracy {share}", share=percent(scene.table.accuracy, 2))

    def legend(self, scene: Any) -> Legend | None:
        if not isinstance(scene, ConfusionScene) or self.layout_of(scene).matrix is None:
            return None
        return Legend(1.0, signed=False)

    def changed(self, before: Any, scene: Any) -> None:
        super().changed(before, scene)
        if isinstance(scene, ConfusionScene):
            classes = scene.table.classes
            self._focused = min(self._focused[0], classes - 1), min(self._focused[1], classes - 1)
            self._place = min(self._place, max(0, len(scene.listed) - 1))
            self.setAccessibleDescription(self._sentence(scene))

    @staticmethod
    def _sentence(scene: ConfusionScene) -> str:
        text = tr("Accuracy {share}.", share=percent(scene.table.accuracy, 2))
        largest = scene.table.largest_error
        if largest is None:
            return text
        return f"{text} {tr('Most frequent mistake:')} {cell_text(scene, largest)}"

    # --- painting ----------------------------------------------------------------------------

    def paint(self, painter: QPainter, scene: ConfusionScene) -> None:
        layout = self.layout_of(scene)
        self._pictures.take_from(scene.judgement.images)
        paint_confusion(painter, layout, scene, self._pictures, self.theme)
        focus = self._focus_rect(scene, layout)
        if focus is not None:
            draw_focus(painter, focus, self.theme)
        self.draw_readout(painter, QRectF(self.rect()))

    def layout_of(self, scene: ConfusionScene) -> ConfusionLayout:
        """Where everything lies."""
        row = self.buttons.sizeHint().width()
        return lay_out_confusion(QRectF(self.rect()), scene, self.theme, row, self._first)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self.described.emit()

    # --- pointing ----------------------------------------------------------------------------

    def readout(self, scene: ConfusionScene, point: QPointF) -> str:
        layout = self.layout_of(scene)
        cell = None if layout.matrix is None else layout.matrix.at(point)
        if cell is not None:
            return cell_text(scene, cell)
        place = None if layout.listed is None else layout.listed.at(point)
        if place is not None:
            return image_text(scene, int(scene.listed[place]))
        index = None if layout.bars is None else layout.bars.at(point)
        return "" if index is None else class_text(scene, index)

    def chosen_at(self, scene: ConfusionScene, point: QPointF) -> None:
        layout = self.layout_of(scene)
        cell = None if layout.matrix is None else layout.matrix.at(point)
        place = None if layout.listed is None else layout.listed.at(point)
        if cell is not None:
            self._focused = cell
            self.choose(Look.CELL, cell)
        elif place is not None:
            self._place = place
            self.sample_requested.emit(int(scene.listed[place]))

    def arrow(self, scene: ConfusionScene, right: int, down: int) -> None:
        layout = self.layout_of(scene)
        if layout.matrix is None and layout.bars is not None:
            self._first = min(max(self._first + down, 0), layout.bars.last_first)
        elif layout.listed is not None:
            target = self._place + right + down * layout.listed.across
            if 0 <= target < layout.listed.count:
                self._place = target
                self._first = layout.listed.first_with(target)
        elif layout.matrix is not None:
            row, column = self._focused[0] + down, self._focused[1] + right
            if 0 <= row < scene.table.classes and 0 <= column < scene.table.classes:
                self._focused = row, column

    def entered(self, scene: ConfusionScene) -> None:
        layout = self.layout_of(scene)
        if layout.listed is not None:
            if layout.listed.count:
                self.sample_requested.emit(int(scene.listed[self._place]))
        elif layout.matrix is not None:
            self.choose(Look.CELL, self._focused)

    def focus_point(self, scene: Any) -> QPointF | None:
        if not isinstance(scene, ConfusionScene):
            return None
        rect = self._focus_rect(scene, self.layout_of(scene))
        return None if rect is None else rect.center()

    def _focus_rect(self, scene: ConfusionScene, layout: ConfusionLayout) -> QRectF | None:
        if not self.by_keyboard or not self.hasFocus():
            return None
        if layout.listed is not None:
            seen = self._place in layout.listed.seen
            return layout.listed.picture(self._place) if seen else None
        return None if layout.matrix is None else layout.matrix.cell(*self._focused)

    # --- events ------------------------------------------------------------------------------

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        if event is None or event.modifiers() or not isinstance(self.shown, ConfusionScene):
            return
        layout = self.layout_of(self.shown)
        part = layout.listed or layout.bars
        if part is not None:
            wanted = part.first - round(event.angleDelta().y() / 120)
            self._first = min(max(wanted, 0), part.last_first)
            self.update()

    def goes_back(self) -> bool:
        return self.chosen is not Look.MATRIX

    def go_back(self) -> None:
        """From whatever is listed to the matrix."""
        self.choose(Look.MATRIX)
