"""The loss pane: the training curves, live, zoomed, read out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import (
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PyQt6.QtWidgets import QRubberBand, QToolTip, QWidget

from cnnviz.control.language import tr
from cnnviz.core.numbers import percent
from cnnviz.core.problem import mark
from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.axes import zoomed
from cnnviz.core.scenes.loss import LossScene, Reading, dragged, loss_scene, reading, whole
from cnnviz.core.view import View, past_step
from cnnviz.ui.controls import HEIGHT
from cnnviz.ui.loss_buttons import LossButtons
from cnnviz.ui.painters.loss import legend_lines, paint_line, reading_lines, room_for
from cnnviz.ui.pane import Pane
from cnnviz.ui.theme import Theme
from cnnviz.ui.time_slider import TimeRow
from cnnviz.ui.zoom_history import ZoomHistory

if TYPE_CHECKING:
    from cnnviz.ui.loss_plot import LossPlot

STEP = 0.8
"""Share of the span that one notch of the wheel, or the key +, leaves."""

NARROW = 430
"""Below this width (at 100 %) the buttons lie over the plot, and the line above has its width."""

Key = Qt.Key
ZOOM_KEYS = {Key.Key_Plus: STEP, Key.Key_Equal: STEP, Key.Key_Minus: 1 / STEP}
READ_KEYS = (Key.Key_Left, Key.Key_Right, Key.Key_Home, Key.Key_End)
OWN_KEYS = {*ZOOM_KEYS, *READ_KEYS, Key.Key_Backspace, Key.Key_0, Key.Key_Escape}


class LossPane(Pane):
    """Loss by batch, smoothed and on test images, and the accuracy.

    Wheel or + and − zoom along the batches, a dragged rectangle zooms both ways; Backspace goes
    back, 0 or a double click shows the whole again.  ← and → move the readout, Escape ends it.
    """

    key = "loss"
    heading = mark("Loss")

    log_scale_requested = pyqtSignal(bool)
    """A logarithmic (True) or linear axis is asked for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plot: LossPlot | None = None
        self._view: View | None = None
        self._computed: tuple[object, ...] = ()
        self._zooms = ZoomHistory()
        self._batch: int | None = None
        self._pressed: QPoint | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._band = QRubberBand(QRubberBand.Shape.Rectangle, self)
        self._buttons = LossButtons(self)
        self.hold(self._buttons)
        self._buttons.back.clicked.connect(self.back)
        self._buttons.whole.clicked.connect(self.show_whole)
        self._buttons.log.clicked.connect(self.log_scale_requested)
        self.time = TimeRow(self)
        # Loading pyqtgraph (0.3 s) waits for the first paint, and is done before training needs it.
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._made_plot)

    # --- what is shown ------------------------------------------------------------------------

    def compute(self, view: View) -> LossScene | Empty:
        """The curves of a view; nothing is worked out where neither they nor the room changed."""
        if self._view is None or view.metrics is not self._view.metrics:
            self._zooms, self._batch = ZoomHistory(), None
        self._view = view
        self._show_time(view)
        key = (
            view.metrics,
            view.metric_count,
            view.evaluation_count,
            view.log_scale,
            view.progress.batches,
            self._zooms.now,
            self._plot_area(),
            self.theme,
        )
        if key != self._computed or isinstance(self.shown, Empty):
            self._computed = key
            area = self._plot_area()
            room = room_for(area.width(), area.height(), self.theme)
            return loss_scene(view, room, self._zooms.now)
        scene: LossScene = self.shown
        return scene

    def _show_time(self, view: View) -> None:
        """Let slider and curve say which step is looked at; the slider takes its room, or none."""
        self.time.look(view)
        if (len(view.kept) > 1) != self.time.isVisibleTo(self):
            self.time.setVisible(len(view.kept) > 1)
            self.arrange()
        if self._plot is not None:
            self._plot.mark(past_step(view))

    def caption(self, scene: Any) -> str:
        if not isinstance(scene, LossScene):
            return ""
        scale = tr("log") if scene.log_scale else tr("linear")
        return tr("{scale} · batch, smoothed, test", scale=scale)

    def badge(self, scene: Any) -> str:
        """The newest test accuracy, for the title bar; empty while there is none."""
        if not isinstance(scene, LossScene) or scene.latest is None:
            return ""
        return tr("test {accuracy}", accuracy=percent(scene.latest.accuracy))

    def changed(self, before: Any, scene: Any) -> None:
        shown = isinstance(scene, LossScene)
        if shown:
            plot = self._made_plot()
            plot.show_scene(scene)
            plot.point_at(scene, self._reading())
            self._buttons.show_state(scene.log_scale, scene.zoomed)
        if self._plot is not None:
            self._plot.setVisible(shown)
        if getattr(before, "zoomed", None) != getattr(scene, "zoomed", None):
            self.arrange()
        if shown and isinstance(before, LossScene):
            # Not what lies under the plot: it updates itself, and would be painted twice.
            self.update(0, 0, self.width(), self._plot_area().top())
        else:
            self.update()

    def set_theme(self, theme: Theme) -> None:
        self.time.set_theme(theme)
        if self._plot is not None:
            self._plot.set_theme(theme)
        super().set_theme(theme)
        self._again()

    def _again(self) -> None:
        """Show the same view once more, in other words, at another size or zoom."""
        if self._view is not None:
            self.look(self._view)

    # --- where things are ---------------------------------------------------------------------

    def _line_area(self) -> QRect:
        """Where the line above the plot is written."""
        px = self.theme.px
        right = px(8)
        if self.width() >= px(NARROW):
            right += self._buttons.sizeHint().width() + px(4)
        return QRect(px(8), px(4), max(1, self.width() - px(8) - right), px(HEIGHT))

    def _plot_area(self) -> QRect:
        top = self.theme.px(HEIGHT + 6)
        margin = self.theme.px(4)
        below = self.theme.px(HEIGHT + 8) if self.time.isVisibleTo(self) else margin
        size = (max(1, self.width() - 2 * margin), max(1, self.height() - top - below))
        return QRect(margin, top, *size)

    def arrange(self) -> None:
        high = self.theme.px(HEIGHT)
        self.time.setGeometry(0, self.height() - high - self.theme.px(4), self.width(), high)
        self.time.branch.setVisible(self.width() >= self.theme.px(NARROW))
        size, px = self._buttons.sizeHint(), self.theme.px
        top = self._plot_area().top() if self.width() < px(NARROW) else 0
        self._buttons.setGeometry(
            self.width() - px(8) - size.width(), top + px(4), size.width(), size.height()
        )
        if self._plot is not None:
            self._plot.setGeometry(self._plot_area())

    def _made_plot(self) -> LossPlot:
        if self._plot is None:
            from cnnviz.ui.loss_plot import LossPlot  # pyqtgraph: see `_later`

            self._plot = LossPlot(self.theme, self)
            self._plot.setGeometry(self._plot_area())
            self._plot.setVisible(isinstance(self.shown, LossScene))
            self._plot.lower()
            self.arrange()
        return self._plot

    # --- zoom ---------------------------------------------------------------------------------

    def back(self) -> None:
        """Show what was shown before the last zoom."""
        if self._zooms.back():
            self._again()

    def show_whole(self) -> None:
        """Show everything, and follow the newest batch again."""
        if self._zooms.clear():
            self._again()

    def _zoom_about(self, batch: float, factor: float) -> None:
        """One notch of the wheel."""
        if isinstance(self.shown, LossScene):
            everything = whole(self.shown.count)
            self._zooms.wheel(zoomed(self.shown.zoom, everything, batch, factor))
            self._again()

    def _zoom_to(self, area: QRect) -> None:
        """Show what a dragged rectangle holds; a flat one says nothing about the loss."""
        scene, plot = self.shown, self._plot
        if not isinstance(scene, LossScene) or plot is None:
            return
        first, last = self._at(area.topLeft()), self._at(area.bottomRight())
        zoom = dragged(scene, first, last, flat=area.height() < self.theme.px(12))
        if zoom is not None:
            self._zooms.add(zoom)
            self._again()

    def _at(self, place: QPoint) -> tuple[float, float]:
        """(batch, chart height) under a pixel of this pane."""
        plot = self._made_plot()
        at = plot.at(QPointF(place - plot.pos()))
        return at.x(), at.y()

    # --- readout ------------------------------------------------------------------------------

    def _reading(self) -> Reading | None:
        scene = self.shown
        if self._batch is None or not isinstance(scene, LossScene):
            return None
        return reading(scene, self._batch)

    def point_at(self, batch: int | None) -> None:
        """Read the values of a batch, or none."""
        scene = self.shown
        if not isinstance(scene, LossScene):
            return
        self._batch = None if batch is None else min(max(batch, 1), scene.count)
        self._made_plot().point_at(scene, self._reading())
        self.update(self._line_area())

    def _move_reading(self, pressed: int, wide: bool) -> None:
        scene: LossScene = self.shown
        first, last = max(1, int(scene.zoom.first)), min(int(scene.zoom.last), scene.count)
        # One point of what is drawn: among 10⁶ batches one batch would move nothing.
        step = scene.width * (10 if wide else 1)
        place = self._batch or last
        moved = {
            Key.Key_Left: place - step,
            Key.Key_Right: place + step,
            Key.Key_Home: first,
            Key.Key_End: last,
        }[Key(pressed)]
        self.point_at(min(max(moved, first), last))

    # --- events -------------------------------------------------------------------------------

    def paint(self, painter: QPainter, scene: LossScene) -> None:
        palette, taken = self.theme.palette, self._reading()
        lines = legend_lines(palette) if taken is None else reading_lines(taken, palette)
        paint_line(painter, QRectF(self._line_area()), lines, self.theme)

    @property
    def framed(self) -> bool:
        return self.hasFocus()  # after a click too it takes the arrow keys

    def paintEvent(self, event: QPaintEvent | None) -> None:
        super().paintEvent(event)
        if self._plot is None and not self._later.isActive():
            self._later.start(0)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._again()

    def retranslate(self) -> None:
        self.time.say()
        if self._plot is not None:
            self._plot.say_titles()
        super().retranslate()
        self._computed = ()
        self._again()

    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QKeyEvent) and self._wants(event):
            event.accept()
            return True
        if isinstance(event, QHelpEvent) and self._line_area().contains(event.pos()):
            self._tell(event)
            return True
        return super().event(event)

    def _wants(self, event: QKeyEvent) -> bool:
        """Whether the window's own shortcut for a key stands back while this pane has the focus."""
        override = event.type() == QEvent.Type.ShortcutOverride
        return override and event.key() in OWN_KEYS and isinstance(self.shown, LossScene)

    def _tell(self, event: QHelpEvent) -> None:
        """The line in its widest wording, as a tooltip: there may be no room for it."""
        taken, palette = self._reading(), self.theme.palette
        lines = legend_lines(palette) if taken is None else reading_lines(taken, palette)
        if isinstance(self.shown, LossScene):
            text = "\n".join(piece.text for piece in lines[0])
            QToolTip.showText(event.globalPos(), text, self, self._line_area())

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is None or not isinstance(self.shown, LossScene):
            return super().keyPressEvent(event)
        pressed = event.key()
        if pressed in ZOOM_KEYS:
            zoom = self.shown.zoom
            about = float(self._batch or (zoom.first + zoom.last) / 2)
            self._zoom_about(about, ZOOM_KEYS[Key(pressed)])
        elif pressed in READ_KEYS:
            wide = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._move_reading(pressed, wide)
        elif pressed == Key.Key_Backspace:
            self.back()
        elif pressed == Key.Key_0:
            self.show_whole()
        elif pressed == Key.Key_Escape:
            self.point_at(None)
            self.clearFocus()
        else:
            super().keyPressEvent(event)
        return None

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        if event is None or not isinstance(self.shown, LossScene):
            return
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()  # the whole window's zoom
            return
        turned = event.angleDelta().y()
        if turned:
            batch, _ = self._at(event.position().toPoint())
            self._zoom_about(batch, STEP ** (turned / 120))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event is None or not isinstance(self.shown, LossScene):
            return
        place = event.position().toPoint()
        if self._pressed is not None:
            area = QRect(self._pressed, place).normalized()
            if area.width() > self.theme.px(6):
                self._band.setGeometry(area & self._plot_area())
                self._band.show()
            return
        inside = self._plot_area().contains(place)
        self.point_at(round(self._at(place)[0]) if inside else None)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            return
        self._pressed = None
        if self._band.isVisible():
            self._band.hide()
            self._zoom_to(self._band.geometry())

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        if event is not None:
            self.show_whole()

    def leaveEvent(self, event: QEvent | None) -> None:
        super().leaveEvent(event)
        self.point_at(None)
