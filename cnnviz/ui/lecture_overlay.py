"""Over the whole window of a lecture: black, a pointer, a magnifier, and the strokes of a pen."""

from __future__ import annotations

from PyQt6.QtCore import QPoint, QPointF, QRect, QRectF, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import (
    QCursor,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
    QRegion,
)
from PyQt6.QtWidgets import QDockWidget, QMainWindow, QWidget

from cnnviz.ui.theme import Theme, colour

FOLLOW_MS = 16
"""How often the mouse is looked for while something follows it."""

MAGNIFIED = 2.2
"""Times the size in the magnifier."""

LENS = 300
"""Its width and half as much more than its height, in pixels at 100 %."""


class LectureOverlay(QWidget):
    """Lets the mouse through but while a pen is in hand, and is hidden while it shows nothing."""

    changed = pyqtSignal()
    """Another tool is in hand."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._main = window
        self.theme = Theme()
        self.black = self.pointing = self.magnifying = self.drawing = False
        self.strokes: list[QPolygonF] = []
        self._mouse = QPoint()
        self._follow = QTimer(self)
        self._follow.setInterval(FOLLOW_MS)
        self._follow.timeout.connect(self._look_for_mouse)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    # --- what is in hand -------------------------------------------------------------------

    def toggle_black(self) -> None:
        self.black = not self.black
        self._arrange()

    def toggle_pointer(self) -> None:
        self.pointing = not self.pointing
        self._arrange()

    def toggle_magnifier(self) -> None:
        self.magnifying = not self.magnifying
        self._arrange()

    def toggle_pen(self) -> None:
        self.drawing = not self.drawing
        self._arrange()

    def undo(self) -> bool:
        """Take the last stroke away; whether there was one."""
        if not self.strokes:
            return False
        self.strokes.pop()
        self._arrange()
        return True

    def clear(self) -> None:
        """Take every stroke away, and the black: another step is shown."""
        if self.strokes or self.black:
            self.strokes.clear()
            self.black = False
            self._arrange()

    def put_away(self) -> bool:
        """Take all of it away; whether there was anything."""
        there = self.isVisibleTo(self._main)
        self.black = self.pointing = self.magnifying = self.drawing = False
        self.strokes.clear()
        self._arrange()
        return there

    def _arrange(self) -> None:
        follows = self.pointing or self.magnifying
        if follows and not self._follow.isActive():
            self._look_for_mouse()
            self._follow.start()
        elif not follows:
            self._follow.stop()
        catches = self.drawing and not self.black
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, not catches)
        self.setCursor(Qt.CursorShape.CrossCursor if catches else Qt.CursorShape.ArrowCursor)
        shown = self.black or follows or self.drawing or bool(self.strokes)
        if shown:
            self.resize(self._main.size())
            self.raise_()
        self.setVisible(shown)
        self.update()
        self.changed.emit()

    def set_theme(self, theme: Theme) -> None:
        self.theme = theme
        self.update()

    # --- the mouse -------------------------------------------------------------------------

    def _look_for_mouse(self) -> None:
        mouse = self.mapFromGlobal(QCursor.pos())
        if mouse != self._mouse:
            before, self._mouse = self._around(self._mouse), mouse
            self.update(before.united(self._around(mouse)))
        elif self.magnifying:
            self.update(self._around(mouse))  # what is below it may play

    def _around(self, mouse: QPoint) -> QRect:
        """What follows the mouse covers no more than this."""
        reach = self.theme.px(LENS if self.magnifying else 60)
        return QRect(mouse.x() - reach, mouse.y() - reach, 2 * reach, 2 * reach)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self.strokes.append(QPolygonF([event.position()]))

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and event.buttons() & Qt.MouseButton.LeftButton and self.strokes:
            stroke = self.strokes[-1]
            stroke.append(event.position())
            reach = self.theme.px(12)
            last = (
                stroke.boundingRect() if len(stroke) < 3 else QPolygonF(stroke[-3:]).boundingRect()
            )
            self.update(last.toAlignedRect().adjusted(-reach, -reach, reach, reach))

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        self.update()
        self.changed.emit()

    # --- painting --------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.black:
            painter.fillRect(self.rect(), Qt.GlobalColor.black)
        else:
            if self.magnifying:
                self._paint_lens(painter)
            self._paint_strokes(painter)
            if self.pointing:
                self._paint_pointer(painter)
        painter.end()

    def _paint_strokes(self, painter: QPainter) -> None:
        for width, ink in ((9, self.theme.palette.panel), (5, self.theme.palette.accent)):
            pen = QPen(colour(ink), self.theme.px(width))
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
            for stroke in self.strokes:
                if len(stroke) == 1:
                    painter.drawPoint(stroke[0])
                else:
                    painter.drawPolyline(stroke)

    def _paint_pointer(self, painter: QPainter) -> None:
        """A ring that is seen on dark and on light."""
        at, px = QPointF(self._mouse), self.theme.px
        painter.setBrush(colour(self.theme.palette.accent, 70))
        painter.setPen(QPen(colour(self.theme.palette.panel), px(7)))
        painter.drawEllipse(at, px(24), px(24))
        painter.setPen(QPen(colour(self.theme.palette.accent), px(4)))
        painter.drawEllipse(at, px(24), px(24))

    def _paint_lens(self, painter: QPainter) -> None:
        """What is around the mouse, drawn anew in a larger size and not blown up."""
        width, height = self.theme.px(LENS) * 2 - 8, self.theme.px(LENS) * 4 // 3 - 8
        lens = QRectF(0, 0, width, height)
        lens.moveCenter(QPointF(self._mouse))
        seen = QRectF(0, 0, width / MAGNIFIED, height / MAGNIFIED)
        seen.moveCenter(QPointF(self._mouse))
        path = QPainterPath()
        path.addRoundedRect(lens, 14, 14)
        painter.save()
        painter.setClipPath(path)
        painter.fillRect(lens, colour(self.theme.palette.gap))
        painter.translate(lens.topLeft())
        painter.scale(MAGNIFIED, MAGNIFIED)
        painter.translate(-seen.topLeft())
        for part in self._stage():
            corner = part.mapTo(self._main, QPoint(0, 0))
            region = seen.toAlignedRect().translated(-corner).intersected(part.rect())
            if not region.isEmpty():
                part.render(painter, corner + region.topLeft(), QRegion(region))
        painter.restore()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour(self.theme.palette.accent), self.theme.px(3)))
        painter.drawPath(path)

    def _stage(self) -> list[QWidget]:
        """What stands in the window beside the lecture's own words."""
        central = self._main.centralWidget()
        docks = [
            d for d in self._main.findChildren(QDockWidget) if d.isVisible() and not d.isFloating()
        ]
        return [w for w in (central, *docks) if w is not None and w.isVisible()]
