"""The curves of the loss pane, drawn with pyqtgraph.

Kept apart from the pane because pyqtgraph takes 0.3 s to import, and the window is to be seen
before: this module is imported after the first paint.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QFontMetricsF, QPainter, QPainterPath
from PyQt6.QtWidgets import (
    QGraphicsPathItem,
    QGraphicsRectItem,
    QGraphicsSimpleTextItem,
    QGraphicsView,
    QWidget,
)

from cnnviz.control.language import tr
from cnnviz.core.scenes.axes import Tick
from cnnviz.core.scenes.loss import GAP, STRIP, LossScene, Reading
from cnnviz.ui.painters.device import is_vector, ratio_of
from cnnviz.ui.theme import Theme, colour

TEXT = 14
"""Size of the labels, in pixels at 100 %."""

BROAD = 2
"""Width of the smoothed and the test line, in pixels at 100 %.  Only the batches' line has about
a thousand points, where a width of 2 costs 2 to 3 times that of 1; that one stays at 1."""


class Line(QGraphicsPathItem):
    """A line as wide as its pen says, also where the device has finer pixels than the window."""

    smooth = False

    def paint(self, painter: QPainter | None, option: Any, widget: QWidget | None = None) -> None:
        if painter is None:
            return
        pen = self.pen()
        if not is_vector(painter):  # a cosmetic pen's width is counted in the device's pixels
            pen.setWidthF(pen.widthF() * ratio_of(painter))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, self.smooth)
        painter.setPen(pen)
        painter.setBrush(self.brush())
        painter.drawPath(self.path())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


class SmoothLine(Line):
    """A line without steps.  Batches' and grid lines do without: they are thin, or straight."""

    smooth = True


class LossPlot(pg.GraphicsLayoutWidget):  # type: ignore[misc]  # pyqtgraph has no types
    """Batches along x, and chart heights from 0 to 1, which the scene worked out, along y.

    Built of a view box and two axes: a PlotItem also makes seven menus without a parent, which
    outlive it (pyqtgraph 0.14), for things that nobody reaches here.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._ticks: object = None
        self._marked: object = None
        self._scene: LossScene | None = None
        self._box = pg.ViewBox(enableMenu=False, enableMouse=False, defaultPadding=0.0)
        self._box.setYRange(0.0, 1.0, padding=0.0)
        self._left, self._bottom = pg.AxisItem("left"), pg.AxisItem("bottom")
        for axis, row, column in ((self._left, 0, 0), (self._box, 0, 1), (self._bottom, 1, 1)):
            self.ci.addItem(axis, row, column)
        self._left.linkToView(self._box)
        self._bottom.linkToView(self._box)
        self.ci.layout.setSpacing(0)
        # The pane takes mouse and keys itself: they then are the same with and without a plot, and
        # pyqtgraph need not look for an item under the mouse at every move.
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # Of one colour, and as a picture it would be one in a PDF too, blurred as a JPEG.
        self.setCacheMode(QGraphicsView.CacheModeFlag.CacheNone)
        self._epochs, self._grid = self._line(0), self._line(0)
        self._batch = self._line(1)
        self._smooth, self._test = self._add(SmoothLine(), 2), self._add(SmoothLine(), 2)
        self._cover = self._add(QGraphicsRectItem(), 3)
        self._accuracy_grid, self._accuracy = self._line(4), self._add(SmoothLine(), 4)
        self._marks = self._add(pg.ScatterPlotItem(), 5)
        self._pointer = self._add(pg.InfiniteLine(angle=90), 6)
        self._past = self._add(pg.InfiniteLine(angle=90), 6)
        self._past.hide()
        self._pointed = self._add(pg.ScatterPlotItem(), 7)
        self._pointer.hide()
        self._batch_title = QGraphicsSimpleTextItem(self._bottom)
        self._loss_title = QGraphicsSimpleTextItem(self._left)
        self._loss_title.setRotation(-90)
        # Which labels fit is known only when the layout has given the curves their place.
        self._box.sigResized.connect(self._refit)
        self.set_theme(theme)

    def _add(self, item: Any, depth: float) -> Any:
        item.setZValue(depth)
        self._box.addItem(item, ignoreBounds=True)
        return item

    def _line(self, depth: float) -> Any:
        # Not plot() or a PlotCurveItem: those work out bounds in Python several times a redraw, and
        # an update of this pane took 4.5 ms instead of 2.3 (480×205 px, offscreen).
        return self._add(Line(), depth)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours or another zoom."""
        self._theme, palette = theme, theme.palette
        self.setBackground(colour(palette.panel))
        broad = theme.px(BROAD)
        for line, role, width in (
            (self._smooth, palette.kernel, broad),
            (self._test, palette.input, broad),
            (self._accuracy, palette.output, broad),
            (self._epochs, palette.border, 1),
            (self._grid, palette.border, 1),
            (self._accuracy_grid, palette.border, 1),
        ):
            line.setPen(pg.mkPen(colour(role), width=width))
        # Half clear: the two lines that tell something are to be seen before the noise.
        self._batch.setPen(pg.mkPen(colour(palette.muted, 140), width=1))
        self._cover.setBrush(colour(palette.panel))
        self._cover.setPen(pg.mkPen(None))
        self._pointer.setPen(pg.mkPen(colour(palette.text), style=Qt.PenStyle.DashLine))
        self._past.setPen(pg.mkPen(colour(palette.text), width=broad))
        self._marked = None
        self._style_axes()
        self.say_titles()

    def _style_axes(self) -> None:
        font = self._theme.font(TEXT)
        metrics = QFontMetricsF(font)
        palette = self._theme.palette
        left, bottom = self._left, self._bottom
        for axis in (left, bottom):
            axis.setPen(pg.mkPen(colour(palette.border)))
            axis.setTextPen(pg.mkPen(colour(palette.muted)))
            axis.setStyle(tickLength=0, tickFont=font, tickTextOffset=self._theme.px(4))
        self._widen("0.001")
        bottom.setHeight(round(metrics.height() + self._theme.px(4)))
        margin = self._theme.px(8)
        self.ci.layout.setContentsMargins(0, self._theme.px(2), margin, 0)
        self._ticks = None

    def _widen(self, widest: str) -> None:
        """Give the labels of the loss as much room as the widest needs, and its title."""
        metrics = QFontMetricsF(self._theme.font(TEXT))
        wanted = metrics.horizontalAdvance(widest) + metrics.height() + self._theme.px(10)
        if self._left.width() != round(wanted):
            self._left.setWidth(round(wanted))

    def say_titles(self) -> None:
        """Write the axes' titles, in the language of the window."""
        for text, words in ((self._batch_title, tr("batch")), (self._loss_title, tr("loss"))):
            text.setFont(self._theme.font(TEXT))
            text.setBrush(colour(self._theme.palette.muted))
            text.setText(words)
        self._ticks = None
        self._place_titles(True)

    def _refit(self) -> None:
        if self._scene is not None:
            self._show_ticks(self._scene)

    def show_scene(self, scene: LossScene) -> None:
        """Draw other curves."""
        self._scene = scene
        first, last = scene.zoom.first, scene.zoom.last
        (left, right), _ = self._box.viewRange()
        if (left, right) != (first, last):
            self._box.setXRange(first, last, padding=0.0)
        for line, curve in (
            (self._batch, scene.batch),
            (self._smooth, scene.smooth),
            (self._test, scene.test),
            (self._accuracy, scene.accuracies),
        ):
            line.setPath(pg.arrayToQPath(curve.x, curve.y, connect="finite"))
        self._show_marks(scene)
        ticks = (
            scene.batch_ticks,
            scene.loss_ticks,
            scene.accuracy_ticks,
            scene.epochs,
            first,
            last,
        )
        if ticks != self._ticks:
            self._ticks = ticks
            self._show_ticks(scene)

    def _show_marks(self, scene: LossScene) -> None:
        """The points of the test curve, those on all test images larger."""
        small, large = scene.marks, scene.large_marks
        marks = tuple(values.tobytes() for c in (small, large) for values in (c.x, c.y))
        if marks == self._marked:
            return
        self._marked = marks
        sizes = [self._theme.px(5)] * len(small.x) + [self._theme.px(9)] * len(large.x)
        blue = colour(self._theme.palette.input)
        self._marks.setData(
            x=np.concatenate([small.x, large.x]),
            y=np.concatenate([small.y, large.y]),
            size=sizes,
            brush=blue,
            pen=pg.mkPen(colour(self._theme.palette.panel)),
        )

    def _show_ticks(self, scene: LossScene) -> None:
        first, last = scene.zoom.first, scene.zoom.last
        self._place_titles(scene.accuracy is not None)
        across = max(1.0, self._box.width())
        scale = across / (last - first)
        end = across - self._batch_title.boundingRect().width() - self._theme.px(8)
        metrics = QFontMetricsF(self._theme.font(TEXT))
        named = [
            tick
            for tick in scene.batch_ticks
            if (tick.place - first) * scale + metrics.horizontalAdvance(tick.label) / 2 < end
        ]
        self._bottom.setTicks([_pairs(named)])
        heights = [*scene.loss_ticks, *scene.accuracy_ticks]
        self._widen(max(("0.001", *(tick.label for tick in heights)), key=len))
        self._left.setTicks([_pairs(heights)])
        loss = [tick.place for tick in scene.loss_ticks]
        self._grid.setPath(_level(loss, first, last))
        strip = [tick.place for tick in scene.accuracy_ticks]
        self._accuracy_grid.setPath(_level(strip, first, last))
        bottom = scene.loss.bottom
        self._epochs.setPath(_upright(scene.epochs, bottom))
        # Hides what a zoomed loss curve would draw below its own part of the plot.
        covered = bottom if scene.accuracy is None else STRIP + GAP / 2
        self._cover.setRect(QRectF(first, -0.1, last - first, 0.1 + covered))

    def _place_titles(self, strip: bool) -> None:
        bottom, box = self._bottom, self._box
        title = self._batch_title.boundingRect()
        self._batch_title.setPos(bottom.boundingRect().right() - title.width(), self._theme.px(4))
        share = 1.0 - STRIP - GAP if strip else 1.0
        across = self._loss_title.boundingRect().width()
        self._loss_title.setPos(0.0, (box.height() * share + across) / 2)
        self._loss_title.setVisible(across < box.height() * share)
        self._batch_title.setVisible(title.width() * 4 < box.width())

    def point_at(self, scene: LossScene, reading: Reading | None) -> None:
        """Mark the values of a batch, or none."""
        self._pointer.setVisible(reading is not None)
        if reading is None:
            self._pointed.setData(x=[], y=[])
            return
        self._pointer.setValue(reading.batch)
        palette = self._theme.palette
        values = [reading.loss, reading.smoothed]
        hues = [palette.muted, palette.kernel]
        brushes = [pg.mkBrush(colour(hue)) for hue in hues]
        self._pointed.setData(
            x=[reading.batch] * 2,
            y=scene.loss.place(np.array(values)),
            size=self._theme.px(8),
            brush=brushes,
            pen=pg.mkPen(colour(palette.panel)),
        )

    def mark(self, step: int | None) -> None:
        """Mark the step in the past that is looked at, or none."""
        self._past.setVisible(step is not None)
        if step is not None and self._past.value() != step:
            self._past.setValue(step)

    def plotted(self) -> QRectF:
        """Where the curves are, in this widget's pixels."""
        box = self._box
        return QRectF(self.mapFromScene(box.sceneBoundingRect()).boundingRect())

    def at(self, place: QPointF) -> QPointF:
        """(batch, chart height) of a pixel."""
        area, (xs, _) = self.plotted(), self._box.viewRange()
        share = (place.x() - area.left()) / max(1.0, area.width())
        height = 1.0 - (place.y() - area.top()) / max(1.0, area.height())
        return QPointF(xs[0] + share * (xs[1] - xs[0]), height)


def _pairs(ticks: list[Tick]) -> list[tuple[float, str]]:
    return [(tick.place, tick.label) for tick in ticks]


def _level(heights: list[float], first: float, last: float) -> QPainterPath:
    """Level lines as one path, instead of one item a line."""
    path = QPainterPath()
    for height in heights:
        path.moveTo(first, height)
        path.lineTo(last, height)
    return path


def _upright(batches: tuple[float, ...], bottom: float) -> QPainterPath:
    path = QPainterPath()
    for batch in batches:
        path.moveTo(batch, bottom)
        path.lineTo(batch, 1.0)
    return path
