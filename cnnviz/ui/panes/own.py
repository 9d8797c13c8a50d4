"""The pane of one's own picture: a pad to draw on, and how the drawing becomes the input."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PyQt6.QtCore import QEvent, QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QKeySequence, QMouseEvent, QPainter
from PyQt6.QtWidgets import QWidget

from cnnviz.control.language import tr
from cnnviz.core.numbers import number
from cnnviz.core.numbers import shape as shape_text
from cnnviz.core.problem import mark
from cnnviz.core.scenes.own import NOTHING, OwnScene, own_scene
from cnnviz.core.view import View
from cnnviz.ui.controls import HEIGHT
from cnnviz.ui.own_controls import OwnControls
from cnnviz.ui.painters.own import OwnLayout, Placed, lay_out_own, paint_own, step_place
from cnnviz.ui.pointing import PointingPane

ERASER = 1.5
"""How much wider the eraser is than the pen."""


class OwnPane(PointingPane):
    """The left mouse button (or a pen) draws, the right one erases; Ctrl+Z takes a stroke back."""

    key = "own"
    heading = mark("Own picture")

    own_stroke_requested = pyqtSignal(tuple, tuple, float, bool, bool)
    """(row, column) from and to, half of its width, whether it draws, whether it was set down."""
    own_lifted = pyqtSignal()
    """The pen was lifted."""
    own_undo_requested = pyqtSignal()
    own_clear_requested = pyqtSignal()
    own_open_requested = pyqtSignal()
    own_paste_requested = pyqtSignal()
    own_take_requested = pyqtSignal()
    """The picture is to be shown in all panes again."""
    own_label_chosen = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pen_at: tuple[float, float] | None = None
        self._draws = True
        self._pad: Placed | None = None  # of the stroke that is being drawn
        self.controls = OwnControls(self)
        self.hold(self.controls, below=True)
        for button, signal in (
            (self.controls.show_it, self.own_take_requested),
            (self.controls.undo, self.own_undo_requested),
            (self.controls.clear, self.own_clear_requested),
            (self.controls.open, self.own_open_requested),
            (self.controls.paste, self.own_paste_requested),
        ):
            button.clicked.connect(lambda _checked, signal=signal: signal.emit())
        self.controls.label_chosen.connect(self.own_label_chosen)

    def compute(self, view: View) -> OwnScene:
        return own_scene(view)

    def caption(self, scene: Any) -> str:
        if not isinstance(scene, OwnScene):
            return ""
        parts = [scene.picture.name] if scene.picture.name else []
        if scene.prepared is not None and scene.prepared.inverted:
            parts.append(tr("inverted: it was dark on light"))
        parts.append(tr("the network gets {shape}", shape=shape_text(scene.shape)))
        return " · ".join(parts)

    def changed(self, before: Any, scene: Any) -> None:
        super().changed(before, scene)
        self.controls.show_scene(scene)

    # --- painting ----------------------------------------------------------------------------

    def layout_of(self, scene: OwnScene) -> OwnLayout:
        """Where everything is."""
        area = QRectF(self.rect()).adjusted(0, 0, 0, -self.theme.px(HEIGHT + 8))
        return lay_out_own(area, scene, self.theme)

    def paint(self, painter: QPainter, scene: OwnScene) -> None:
        paint_own(painter, self.layout_of(scene), scene, self.theme)
        self.draw_readout(painter, QRectF(self.rect()))

    def retranslate(self) -> None:
        super().retranslate()
        if isinstance(self.shown, OwnScene):
            self.controls.show_scene(self.shown)

    # --- pointing ----------------------------------------------------------------------------

    def readout(self, scene: Any, point: QPointF) -> str:
        """The number of a pixel of one of the steps."""
        if not isinstance(scene, OwnScene) or scene.prepared is None:
            return ""
        for step, rect in zip(scene.prepared.steps, self.layout_of(scene).steps, strict=False):
            placed = step_place(rect, step)
            if placed.rect.contains(point):
                row, column = (round(place) for place in placed.place(point))
                _, rows, columns = step.image.shape
                row, column = min(max(row, 0), rows - 1), min(max(column, 0), columns - 1)
                values = ", ".join(number(float(v), 3) for v in step.image[:, row, column])
                return tr("row {row}, column {column}: {value}",
                          row=row, column=column, value=values)  # fmt: skip
        return ""

    # --- drawing -----------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        scene = self.shown
        if event is None or not isinstance(scene, OwnScene):
            return
        pad, point = self.layout_of(scene).pad, event.position()
        buttons = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
        if event.button() not in buttons or not pad.rect.contains(point):
            super().mousePressEvent(event)
            return
        # Over a picture a drawing begins: it lies where an empty one would.
        empty = scene if scene.picture.drawn else replace(scene, picture=NOTHING)
        self._pad = self.layout_of(empty).pad
        self._draws = event.button() == Qt.MouseButton.LeftButton
        self._pen_at = self._pad.place(point)
        self._draw_to(point, new=True)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event is None:
            return
        if self._pen_at is not None:
            self._draw_to(event.position(), new=False)
            return
        super().mouseMoveEvent(event)
        scene = self.shown
        if isinstance(scene, OwnScene) and self.layout_of(scene).pad.rect.contains(
            event.position()
        ):
            self.setCursor(Qt.CursorShape.CrossCursor)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        if self._pen_at is not None:
            self._pen_at = self._pad = None
            self.own_lifted.emit()

    def _draw_to(self, point: QPointF, new: bool) -> None:
        assert self._pad is not None
        assert self._pen_at is not None
        before, self._pen_at = self._pen_at, self._pad.place(point)
        radius = self.controls.width_of_pen.value() / 2 * (1 if self._draws else ERASER)
        self.own_stroke_requested.emit(before, self._pen_at, radius, self._draws, new)

    # --- keys --------------------------------------------------------------------------------

    def event(self, event: QEvent | None) -> bool:
        # While the pad has the focus, Undo is of strokes, and not of weights that were edited.
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and event.matches(QKeySequence.StandardKey.Undo)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is not None and event.matches(QKeySequence.StandardKey.Undo):
            self.own_undo_requested.emit()
        else:
            super().keyPressEvent(event)
