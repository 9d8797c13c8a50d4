"""Editing grids of numbers with the mouse: select, drag, paint, turn a wheel."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QContextMenuEvent, QMouseEvent, QWheelEvent
from PyQt6.QtWidgets import QWidget

from cnnviz.core.grid_selection import extended, one_cell
from cnnviz.core.scenes.grids import Grid, Place
from cnnviz.ui.grid_editing import EditableGrids, Shift
from cnnviz.ui.painters.grids_layout import Placed

PIXELS_A_STEP = 8
"""Of a vertical drag, at 100 %."""

WHEEL_STEP = 120
"""Qt's angle of one notch of a wheel."""


@dataclass
class _Drag:
    """A button that is held.

    Attributes
    ----------
    paints
        Whether cells that are passed over get the last number; otherwise the one cell changes.
    start
        The number that stood in the cell.
    edits
        Whether the stroke has begun.
    """

    paints: bool
    grid: Grid
    place: Place
    at: QPointF
    start: float
    edits: bool = False


class DraggedGrids(EditableGrids):
    """Cells that are edited with the mouse too; a press and its release are one step to undo."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._drag: _Drag | None = None
        self._turned = 0
        self.setMouseTracking(True)

    def pressed_beside(self, at: QPointF) -> None:
        """A click that is on no cell that can be edited."""

    def _editable_at(self, at: QPointF) -> tuple[Placed, Place] | None:
        layout = self.arrangement()
        found = None if layout is None else layout.at(at.x(), at.y())
        return found if found is not None and found[0].grid.editable else None

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is None or self.arrangement() is None:
            return
        at, button = event.position(), event.button()
        if not self.commit():
            return  # the refused text stays until it is put right, or Esc takes it back
        self.problem = None
        found = self._editable_at(at)
        if found is None:
            if button == Qt.MouseButton.LeftButton:
                self.select(None)
                self.pressed_beside(at)
            return
        placed, place = found
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if button == Qt.MouseButton.RightButton or alt:
            self._drag = _Drag(True, placed.grid, place, at, self.brush, True)
            self.stroke_began.emit()
            self._edit(placed.grid, place, self.brush)
        elif button == Qt.MouseButton.LeftButton:
            selection = self.selection
            if event.modifiers() & Shift and selection and selection.grid == placed.grid:
                self.select(extended(selection, place))
                return
            self.select(one_cell(placed.grid, place))
            start = self.number_at(placed.grid, place)
            self._drag = _Drag(False, placed.grid, place, at, start)

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """The second press is one more: a cell is typed into, or dragged; nothing opens."""
        self.mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event is None or self._drag is None:
            return
        if not event.buttons():  # the release went elsewhere
            self._end_stroke()
        elif self._drag.paints:
            self._paint_to(event.position())
        else:
            self._drag_to(event.position(), bool(event.modifiers() & Shift))

    def _drag_to(self, at: QPointF, finely: bool) -> None:
        drag = self._drag
        assert drag is not None
        steps = round((drag.at.y() - at.y()) / max(1, self.theme.px(PIXELS_A_STEP)))
        if not drag.edits:
            if not steps:
                return
            drag.edits = True
            self.stroke_began.emit()
        value = round(drag.start + steps * (0.1 if finely else 1.0), 10)
        if value != self.number_at(drag.grid, drag.place):
            self._edit(drag.grid, drag.place, value)

    def _paint_to(self, at: QPointF) -> None:
        """Paint every cell between the last position of the mouse and this one."""
        drag, layout = self._drag, self.arrangement()
        assert drag is not None
        placed = None if layout is None else layout.grid(drag.grid.key)
        if placed is None:
            return
        way, value = at - drag.at, drag.start
        pieces = (
            int(way.manhattanLength() // max(1, min(placed.size.width, placed.size.height))) + 1
        )
        for piece in range(1, 2 * pieces + 1):
            point = drag.at + way * (piece / (2 * pieces))
            place = placed.at(point.x(), point.y())
            if place is not None and place != drag.place:
                drag.place = place
                if self.number_at(placed.grid, place) != value:
                    self._edit(placed.grid, place, value)
        drag.at = at

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        self._end_stroke()

    def _end_stroke(self) -> None:
        drag, self._drag = self._drag, None
        if drag is not None and drag.edits:
            self.stroke_ended.emit()

    @property
    def dragging(self) -> bool:
        return self._drag is not None

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """A notch over the selected cell is 1, with Shift 0.1; elsewhere it is nobody's."""
        if event is None:
            return
        found, selection = self._editable_at(event.position()), self.selection
        if found is None or selection is None or self.editing:
            event.ignore()
            return
        if (found[0].grid, found[1]) != (selection.grid, selection.place):
            event.ignore()
            return
        angle = event.angleDelta()
        self._turned += angle.y() or angle.x()  # Shift turns a wheel sideways on some systems
        steps = int(self._turned / WHEEL_STEP)
        self._turned -= steps * WHEEL_STEP
        if steps:
            step = 0.1 if event.modifiers() & Shift else 1.0
            value = round(self.number_at(selection.grid, selection.place) + steps * step, 10)
            self._edit_once(selection.grid, [selection.place], value)
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:
        """The right button paints."""
        if event is not None:
            event.accept()
