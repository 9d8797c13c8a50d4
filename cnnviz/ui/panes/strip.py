"""The network strip: the whole network in small; a click goes to a layer."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, pyqtSignal
from PyQt6.QtGui import QHelpEvent, QPainter, QPixmap, QResizeEvent, QWheelEvent
from PyQt6.QtWidgets import QToolTip, QWidget

from cnnviz.control.language import tr
from cnnviz.core.numbers import shape as shape_text
from cnnviz.core.problem import mark
from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.skips import Line
from cnnviz.core.scenes.strip import Cell, StripScene, strip_scene, torch_style
from cnnviz.core.view import View
from cnnviz.ui.painters.device import is_vector, ratio_of
from cnnviz.ui.painters.readout import draw_focus
from cnnviz.ui.painters.skips import skip_at, skip_text
from cnnviz.ui.painters.strip import (
    StripLayout,
    cell_texts,
    draw_labels,
    draw_pictures,
    inner,
    lay_out_strip,
)
from cnnviz.ui.painters.text import write
from cnnviz.ui.pane import Legend
from cnnviz.ui.pointing import PointingPane
from cnnviz.ui.theme import Theme, colour


class StripPane(PointingPane):
    """Every layer with its maps in small; scrolls where they do not fit."""

    key = "network"
    heading = mark("Network")

    layer_requested = pyqtSignal(int)
    """A layer was chosen; the input stands for the layer that reads it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.offset = 0.0
        self.focused: int | None = None
        self._laid: tuple[tuple[object, ...], StripLayout] | None = None
        self._labels: tuple[tuple[object, ...], QPixmap] | None = None

    def compute(self, view: View) -> StripScene | Empty:
        return strip_scene(view)

    def changed(self, before: object, scene: object) -> None:
        chosen = before.chosen if isinstance(before, StripScene) else None
        if isinstance(scene, StripScene) and scene.chosen != chosen:
            self.focused = None
            self._reveal(scene, scene.chosen + 1)
        super().changed(before, scene)

    def caption(self, scene: StripScene | Empty) -> str:
        return tr("each layer in its own range, ReLU and pooling in that of the layer before")

    def legend(self, scene: StripScene | Empty) -> Legend | None:
        if isinstance(scene, Empty):
            return None
        cell = scene.chosen_cell
        return None if cell.bars or cell.values is None else Legend(cell.limit, cell.signed)

    def sizeHint(self) -> QSize:
        return QSize(self.theme.px(900), self.theme.px(136))

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 84)  # not zoomed, see Pane

    def paint(self, painter: QPainter, scene: StripScene) -> None:
        layout = self.layout_of(scene)
        painter.setClipRect(self.rect())
        if is_vector(painter):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            draw_labels(painter, layout, scene, self.theme)
        else:
            painter.drawPixmap(0, 0, self._drawn_labels(layout, scene, ratio_of(painter)))
        draw_pictures(painter, layout, scene, self.theme)
        if self.by_keyboard and self.hasFocus():
            box = layout.boxes[self._standing(scene)]
            draw_focus(painter, inner(box, self.theme), self.theme)
        for forward in (False, True):
            self._paint_more(painter, layout, forward)

    def layout_of(self, scene: StripScene) -> StripLayout:
        """Where the boxes lie, at the present scroll; worked out once for the same layers."""
        layers = tuple(cell.layer for cell in scene.cells)
        key = (self.size(), self.theme, self.offset, layers)
        if self._laid is None or self._laid[0] != key:
            rect = QRectF(self.rect())
            self._laid = key, lay_out_strip(rect, scene, self.theme, self.offset)
        return self._laid[1]

    def _drawn_labels(self, layout: StripLayout, scene: StripScene, ratio: float) -> QPixmap:
        """Texts and frames, kept while they are the same: 25 texts take half of a redraw."""
        key = (layout, scene.chosen, ratio)
        if self._labels is None or self._labels[0] != key:
            pixmap = QPixmap((QSizeF(self.size()) * ratio).toSize())
            pixmap.setDevicePixelRatio(ratio)
            pixmap.fill(colour(self.theme.palette.panel))
            painter = QPainter(pixmap)
            try:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                draw_labels(painter, layout, scene, self.theme)
            finally:
                painter.end()
            self._labels = key, pixmap
        return self._labels[1]

    def retranslate(self) -> None:
        self._laid = None
        super().retranslate()

    def set_theme(self, theme: Theme) -> None:
        self._labels = None
        super().set_theme(theme)
        if isinstance(self.shown, StripScene):
            self._reveal(self.shown, self.shown.chosen + 1)

    def readout(self, scene: StripScene, point: QPointF) -> str:
        found = self.layout_of(scene).at(point)
        return "" if found is None else cell_texts(scene.cells[found])[0]

    def chosen_at(self, scene: StripScene, point: QPointF) -> None:
        layout = self.layout_of(scene)
        for forward in (False, True):
            if self._more(layout, forward) and self._more_rect(forward).contains(point):
                self._scroll((1 if forward else -1) * self.width() * 0.6)
                return
        found = layout.at(point)
        if found is not None:
            self.layer_requested.emit(max(0, found - 1))

    def arrow(self, scene: StripScene, right: int, down: int) -> None:
        target = self._standing(scene) + right
        if 0 <= target < len(scene.cells):
            self.focused = target
            self._reveal(scene, target)

    def entered(self, scene: StripScene) -> None:
        self.layer_requested.emit(max(0, self._standing(scene) - 1))

    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            text = self.tooltip_at(QPointF(event.pos()))
            if text:
                QToolTip.showText(event.globalPos(), text, self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def tooltip_at(self, point: QPointF) -> str:
        """Everything about the layer under a point, in PyTorch's words."""
        if isinstance(self.shown, Empty):
            return ""
        layout = self.layout_of(self.shown)
        found, line = layout.at(point), skip_at(point, self.shown.lines, layout.boxes, self.theme)
        if line is not None:
            return _skip_described(self.shown, line)
        return "" if found is None else _described(self.shown, found)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        if event is None:
            return
        turned = event.pixelDelta() if not event.pixelDelta().isNull() else event.angleDelta()
        self._scroll(-float(turned.x() or turned.y()))
        event.accept()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        if isinstance(self.shown, StripScene):
            self._reveal(self.shown, self.shown.chosen + 1)
        super().resizeEvent(event)

    # --- scrolling -----------------------------------------------------------------------------

    def _scroll(self, by: float) -> None:
        if isinstance(self.shown, StripScene):
            self._scroll_to(self.offset + by, self.layout_of(self.shown))

    def _scroll_to(self, offset: float, layout: StripLayout) -> None:
        offset = max(0.0, min(offset, layout.content - self.width()))
        if offset != self.offset:
            self.offset = offset
            self.update()

    def _reveal(self, scene: StripScene, index: int) -> None:
        """Scroll as little as shows a box and a part of its neighbours."""
        layout = self.layout_of(scene)
        box, margin = layout.boxes[index], self.theme.px(48)
        if box.left() < margin:
            self._scroll_to(self.offset + box.left() - margin, layout)
        elif box.right() > self.width() - margin:
            self._scroll_to(self.offset + box.right() - self.width() + margin, layout)
        else:
            self._scroll_to(self.offset, layout)

    def _more(self, layout: StripLayout, forward: bool) -> bool:
        """Whether something lies beyond an edge."""
        return layout.content - self.offset > self.width() + 1 if forward else self.offset > 1

    def _more_rect(self, forward: bool) -> QRectF:
        width = self.theme.px(24)
        return QRectF(self.width() - width if forward else 0, 0, width, self.height())

    def _paint_more(self, painter: QPainter, layout: StripLayout, forward: bool) -> None:
        if not self._more(layout, forward):
            return
        rect = self._more_rect(forward)
        painter.fillRect(rect, colour(self.theme.palette.panel, 225))
        text = "›" if forward else "‹"
        write(painter, rect, text, colour(self.theme.palette.text), self.theme.font(24, bold=True))

    def _standing(self, scene: StripScene) -> int:
        """The box that the keyboard stands on."""
        return scene.chosen + 1 if self.focused is None else self.focused


def _described(scene: StripScene, index: int) -> str:
    """The text of the tooltip."""
    cell = scene.cells[index]
    if cell.layer is None:
        return "\n".join(cell_texts(cell))
    layer, lines = cell.layer, list(cell_texts(cell))
    lines[1] = f"{shape_text(layer.input_shape)} → {shape_text(layer.output_shape)}"
    lines.insert(1, torch_style(layer.operation))
    arrays = (f"{name} {shape_text(shape)}" for name, shape in layer.parameter_shapes.items())
    read = [_named(scene.cells[it.start]) for it in scene.lines if it.end == index]
    skips = (tr("skip connection from {layer}", layer=name) for name in read)
    return "\n".join([*lines, *skips, *arrays, tr("Click to look into this layer.")])


def _skip_described(scene: StripScene, line: Line) -> str:
    """The text of the tooltip on a skip connection."""
    return skip_text(_named(scene.cells[line.start]), _named(scene.cells[line.end]))


def _named(cell: Cell) -> str:
    """The number of a layer, counted from 1, and its name."""
    name = cell_texts(cell)[0]
    return name if cell.layer is None else f"{cell.index + 1} ({name})"
