"""Pooling of one map: a window, its values, and the cell that their maximum or mean becomes."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, pyqtSignal
from PyQt6.QtGui import QPainter

from cnnviz.control.language import tr
from cnnviz.core.numbers import number
from cnnviz.core.numbers import shape as shape_text
from cnnviz.core.problem import mark
from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.pooling import PoolingScene, pooling_scene
from cnnviz.core.view import View
from cnnviz.ui.painters.device import ratio_of
from cnnviz.ui.painters.pooling import PoolingLayout, draw_pooling, lay_out_pooling
from cnnviz.ui.painters.readout import draw_focus
from cnnviz.ui.pane import Legend
from cnnviz.ui.pointing import PointingPane
from cnnviz.ui.words import geometry, layer_name


class PoolingPane(PointingPane):
    """Shows where one number of the pooled map comes from."""

    key = "pooling"
    heading = mark("Pooling")

    element_requested = pyqtSignal(int, int, int, int)
    """An element was chosen: layer, channel, row, column."""

    def compute(self, view: View) -> PoolingScene | Empty:
        return pooling_scene(view)

    def caption(self, scene: PoolingScene | Empty) -> str:
        if isinstance(scene, Empty):
            return ""
        before, after = scene.layer.input_shape[1:], scene.layer.output_shape[1:]
        sizes = f"{shape_text(before)} → {shape_text(after)}"
        return f"{layer_name(scene.layer)} {geometry(scene.layer)} · {sizes}"

    def legend(self, scene: PoolingScene | Empty) -> Legend | None:
        return None if isinstance(scene, Empty) else Legend(scene.limit, scene.signed)

    def layout_of(self, scene: PoolingScene, ratio: float | None = None) -> PoolingLayout:
        """Where everything lies."""
        ratio = self.devicePixelRatioF() if ratio is None else ratio
        return lay_out_pooling(QRectF(self.rect()), scene, self.theme, ratio)

    def paint(self, painter: QPainter, scene: PoolingScene) -> None:
        layout = self.layout_of(scene, ratio_of(painter))
        draw_pooling(painter, layout, scene, self.theme)
        if self.by_keyboard and self.hasFocus():
            draw_focus(painter, layout.after.area.adjusted(-3, -3, 3, 3), self.theme)
        self.draw_readout(painter, QRectF(self.rect()))

    def readout(self, scene: PoolingScene, point: QPointF) -> str:
        layout = self.layout_of(scene)
        for tiles, values, text in (
            (layout.before, scene.input, tr("input")),
            (layout.after, scene.output, tr("output")),
        ):
            found = tiles.at(point)
            if found is not None:
                row, column = found[1:]
                value = number(float(values[scene.channel, row, column]), 4)
                return f"{text} ({row}, {column}): {value}"
        index = layout.cell_at(point)
        return "" if index is None else self._cell_text(scene, index)

    def chosen_at(self, scene: PoolingScene, point: QPointF) -> None:
        layout = self.layout_of(scene)
        found = layout.after.at(point)
        place = found[1:] if found is not None else None
        read = layout.before.at(point)
        if read is not None:
            place = scene.reader(*read[1:])
        if place is not None:
            self._request(scene, *place)

    def arrow(self, scene: PoolingScene, right: int, down: int) -> None:
        _, row, column = scene.element
        rows, columns = scene.layer.output_shape[1:]
        if 0 <= row + down < rows and 0 <= column + right < columns:
            self._request(scene, row + down, column + right)

    def entered(self, scene: PoolingScene) -> None:
        self._request(scene, *scene.element[1:])

    def _request(self, scene: PoolingScene, row: int, column: int) -> None:
        self.element_requested.emit(scene.index, scene.channel, row, column)

    @staticmethod
    def _cell_text(scene: PoolingScene, index: int) -> str:
        taps = scene.ledger.taps
        row, column = (int(i) for i in taps.inputs[index, 1:])
        if not scene.ledger.taps.reads(index):
            return ""
        if not taps.inside[index]:
            largest = scene.layer.operation.verb == "maximum"
            return tr("padding: −∞, so that it never wins") if largest else tr("padding: 0")
        value = number(float(scene.ledger.operands[index]), 4)
        if index == scene.ledger.winner:
            return tr("input ({row}, {column}): {value}, the largest",
                      row=row, column=column, value=value)  # fmt: skip
        return tr("input ({row}, {column}): {value}", row=row, column=column, value=value)
