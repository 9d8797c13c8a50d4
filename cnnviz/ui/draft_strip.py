"""The layers of a network that is edited: choose, drag, and put others in between."""

from __future__ import annotations

import logging

from PyQt6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import (
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PyQt6.QtWidgets import QApplication, QToolTip, QWidget

from cnnviz.control.language import tr, tr_problem
from cnnviz.core.draft import Draft
from cnnviz.core.scenes.skips import skip_lines
from cnnviz.core.scenes.strip import torch_style
from cnnviz.ui.painters.draft import DraftLayout, draw_draft, draw_drop, lay_out_draft
from cnnviz.ui.painters.readout import draw_focus
from cnnviz.ui.painters.skips import skip_at, skip_text
from cnnviz.ui.theme import Theme, colour

log = logging.getLogger(__name__)

MOVES = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Home: -1_000_000,
    Qt.Key.Key_End: 1_000_000,
}


class DraftStrip(QWidget):
    """Shows a `Draft`; what a person asks for goes up as signals."""

    layer_chosen = pyqtSignal(int)
    layer_moved = pyqtSignal(int, int)
    gap_chosen = pyqtSignal(int, QPoint)
    """A layer is to be put in, so that it becomes this one; where a menu may open."""
    fields_wanted = pyqtSignal()

    def __init__(self, draft: Draft, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = Theme()
        self.draft = draft
        self.chosen = 0
        self.offset = 0.0
        self.dragged: int | None = None
        self._pressed: tuple[int, QPointF] | None = None
        self._hovered: int | None = None
        self._pointer = QPointF()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.retranslate()

    @property
    def layout_now(self) -> DraftLayout:
        """Where everything lies, at the present scroll."""
        return lay_out_draft(QRectF(self.rect()), self.draft, self.theme, self.offset)

    def show_draft(self, draft: Draft, chosen: int) -> None:
        """Show another draft, or another layer of it as the chosen one."""
        self.draft, self.chosen = draft, chosen
        self._reveal()
        self.update()

    def gap_point(self, index: int) -> QPoint:
        """Where on the screen the menu of a gap opens."""
        gap = self.layout_now.gaps[index]
        return self.mapToGlobal(QPointF(gap.center().x(), gap.bottom()).toPoint())

    # --- drawing ---------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        try:
            painter.fillRect(self.rect(), colour(self.theme.palette.panel))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            layout = self.layout_now
            draw_draft(painter, layout, self.draft, self.chosen, self.theme, self._hovered)
            if self.dragged is not None:
                gap = layout.gaps[layout.nearest_gap(self._pointer.x())]
                draw_drop(painter, gap, self.theme)
            if self.hasFocus() and self.draft.places:
                box = layout.boxes[self.chosen + 1]
                beyond = self.theme.px(4)
                draw_focus(painter, box.adjusted(-beyond, 1, beyond, -1), self.theme)
        except Exception:
            # An exception that leaves paintEvent can take the process down.
            log.exception("could not draw the layers")
        finally:
            painter.end()

    def sizeHint(self) -> QSize:
        return QSize(self.theme.px(900), self.theme.px(140))

    def minimumSizeHint(self) -> QSize:
        return QSize(200, self.theme.px(120))

    # --- mouse -----------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            return
        layout, at = self.layout_now, event.position()
        gap, layer = layout.gap_at(at), layout.layer_at(at)
        if gap is not None:
            self.gap_chosen.emit(gap, self.gap_point(gap))
        elif layer is not None and layer >= 0:
            self._pressed = (layer, at)
            self.layer_chosen.emit(layer)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event is None:
            return
        self._pointer = event.position()
        hovered = self.layout_now.gap_at(self._pointer)
        if self._pressed is not None:
            far = (self._pointer - self._pressed[1]).manhattanLength()
            if far >= QApplication.startDragDistance():
                self.dragged = self._pressed[0]
            self.update()
        elif hovered != self._hovered:
            self._hovered = hovered
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        dragged, self.dragged, self._pressed = self.dragged, None, None
        if event is not None and dragged is not None:
            gap = self.layout_now.nearest_gap(event.position().x())
            # Taken out first, it leaves one place less before the gap.
            self.layer_moved.emit(dragged, gap - 1 if gap > dragged else gap)
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and self.layout_now.layer_at(event.position()) is not None:
            self.fields_wanted.emit()

    def leaveEvent(self, event: QEvent | None) -> None:
        self._hovered = None
        self.update()

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        if event is None:
            return
        turned = event.pixelDelta() if not event.pixelDelta().isNull() else event.angleDelta()
        self._scroll_to(self.offset - float(turned.x() or turned.y()))
        event.accept()

    # --- keys ------------------------------------------------------------------------------

    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            text = self._tooltip(QPointF(event.pos()))
            if text:
                QToolTip.showText(event.globalPos(), text, self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def _tooltip(self, point: QPointF) -> str:
        layout = self.layout_now
        if layout.gap_at(point) is not None:
            return tr("Put a layer in here")
        line = skip_at(point, skip_lines(self.draft.wires), layout.boxes, self.theme)
        if line is not None:
            return skip_text(*(self._named(box) for box in (line.start, line.end)))
        layer = layout.layer_at(point)
        if layer is None or layer < 0:
            return ""
        place = self.draft.places[layer]
        lines = [torch_style(place.operation)]
        return "\n".join(lines if place.problem is None else [*lines, tr_problem(place.problem)])

    def _named(self, box: int) -> str:
        """The number of a layer, counted from 1, and its name."""
        if box == 0:
            return tr("Input")
        return f"{box} ({tr(self.draft.operations[box - 1].title)})"

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is None:
            return
        key = Qt.Key(event.key())
        if key in MOVES and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            last = len(self.draft.places) - 1
            self.layer_chosen.emit(min(max(self.chosen + MOVES[key], 0), last))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.fields_wanted.emit()
        else:
            super().keyPressEvent(event)

    # --- scrolling -------------------------------------------------------------------------

    def _scroll_to(self, offset: float) -> None:
        offset = max(0.0, min(offset, self.layout_now.content - self.width()))
        if offset != self.offset:
            self.offset = offset
            self.update()

    def _reveal(self) -> None:
        """Scroll as little as shows the chosen layer and a part of its neighbours."""
        box = self.layout_now.boxes[min(self.chosen, len(self.draft.places) - 1) + 1]
        margin = self.theme.px(60)
        if box.left() < margin:
            self._scroll_to(self.offset + box.left() - margin)
        elif box.right() > self.width() - margin:
            self._scroll_to(self.offset + box.right() - self.width() + margin)
        else:
            self._scroll_to(self.offset)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._reveal()
        super().resizeEvent(event)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours or another zoom."""
        self.theme = theme
        self.updateGeometry()
        self._reveal()
        self.update()

    def retranslate(self) -> None:
        """Write everything again in the language of now."""
        self.setAccessibleName(tr("layers"))
        self.update()
