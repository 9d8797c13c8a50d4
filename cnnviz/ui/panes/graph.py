"""The graph: the chosen layer as neurons, with a line for every connection."""

from __future__ import annotations

from typing import ClassVar

from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import QPainter
from PyQt6.QtWidgets import QWidget

from cnnviz.control.language import tr
from cnnviz.core.numbers import thousands
from cnnviz.core.problem import mark
from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.graph import GraphScene, Lines, graph_scene
from cnnviz.core.view import View
from cnnviz.ui.connecting import ConnectingPane
from cnnviz.ui.painters.connected import connection_text
from cnnviz.ui.painters.graph import paint_moving, paint_still
from cnnviz.ui.painters.graph_layout import GraphLayout, GraphsLayout, both_fit, lay_out_graphs
from cnnviz.ui.pane import Legend
from cnnviz.ui.words import layer_name, struck_text


class GraphPane(ConnectingPane):
    """Shows how few connections a convolution has, beside a layer that connects everything."""

    key: ClassVar[str] = "graph"
    heading: ClassVar[str] = mark("Connections")

    def __init__(self, parent: QWidget | None = None) -> None:
        self._laid_out: tuple[object, GraphsLayout, Lines] | None = None
        super().__init__(parent)

    def compute(self, view: View) -> GraphScene | Empty:
        return graph_scene(view)

    def caption(self, scene: GraphScene | Empty) -> str:
        if isinstance(scene, Empty):
            return ""
        parts = [
            layer_name(scene.layer),
            tr(
                "inputs: {inputs}, outputs: {outputs}",
                inputs=thousands(scene.inputs),
                outputs=thousands(scene.outputs),
            ),
        ]
        neurons = self.layout_of(scene)[0].neurons
        if any(slot.index is None for slot in (*neurons.inputs, *neurons.outputs)):
            parts.append(tr("those around the cursor"))
        if scene.stage.struck_inputs is not None:
            parts.append(struck_text(scene.stage.struck_inputs))
        return " · ".join(parts)

    def legend(self, scene: GraphScene | Empty) -> Legend | None:
        if isinstance(scene, Empty):
            return None
        if scene.has_hues:
            return Legend(scene.stage.output_limit, scene.stage.output_is_signed)
        return Legend(scene.stage.weight_limit)

    # --- drawing -----------------------------------------------------------------------------

    def layout_of(self, scene: GraphScene) -> tuple[GraphsLayout, Lines]:
        """Where everything stands, and the lines; worked out anew only when they can have moved."""
        stage = scene.stage
        key = (
            stage.snapshot,
            stage.cursor.layer,
            scene.row,
            scene.input_channel,
            scene.current,
            self.size(),
            self.theme,
            self.switch.isChecked(),
        )
        if self._laid_out is None or self._laid_out[0] != key:
            layout = lay_out_graphs(self._area(), scene, self.switch.isChecked(), self.theme)
            self._laid_out = (key, layout, scene.lines(layout.neurons))
        return self._laid_out[1:]

    def paint(self, painter: QPainter, scene: GraphScene) -> None:
        layout, lines = self.layout_of(scene)
        key = (scene.stage.snapshot, layout, scene.pointed, scene.channel_outputs, scene.slices)
        self.draw_kept(
            painter, key, lambda still: paint_still(still, layout, scene, lines, self.theme)
        )
        paint_moving(painter, layout, scene, lines, self.theme)
        self.draw_readout(painter, self._area())  # not over the button

    # --- pointing ----------------------------------------------------------------------------

    def readout(self, scene: GraphScene, point: QPointF) -> str:
        layout, lines = self.layout_of(scene)
        for graph in (layout.own, layout.full):
            if graph is not None:
                text = self._neuron_text(scene, graph, point)
                if text:
                    return text
        weight = self._kernel_weight(scene, layout, point)
        if weight is not None:
            return self.weight_text(scene, weight)
        line = self._line(layout, lines, point)
        if line is None or layout.own is None:
            return ""
        source = layout.own.inputs.slots[int(lines.sources[line])].index
        target = layout.own.outputs.slots[int(lines.targets[line])].index
        assert source is not None
        assert target is not None
        both = (lines.sources == lines.sources[line]) & (lines.targets == lines.targets[line])
        weights, values = lines.weights[both].tolist(), lines.values[both].tolist()
        return connection_text(scene, target, source, weights, values)

    def _neuron_text(self, scene: GraphScene, graph: GraphLayout, point: QPointF) -> str:
        reach = self.theme.px(12)
        index = graph.inputs.at(point, reach)
        if index is not None:
            return self.input_text(scene, index)
        index = graph.outputs.at(point, reach)
        return "" if index is None else self.output_text(scene, index)

    @staticmethod
    def _kernel_weight(scene: GraphScene, layout: GraphsLayout, point: QPointF) -> int | None:
        for place, cell in enumerate(layout.kernel):
            if cell.contains(point):
                weight = int(scene.kernel.reshape(-1)[place])
                return weight if weight >= 0 else None
        return None

    def _line(self, layout: GraphsLayout, lines: Lines, point: QPointF) -> int | None:
        if layout.own is None:
            return None
        return layout.own.line_at(lines, point, max(4.0, self.theme.px(4)))

    def chosen_at(self, scene: GraphScene, point: QPointF) -> None:
        layout, lines = self.layout_of(scene)
        reach = self.theme.px(12)
        for graph in (layout.own, layout.full):
            if graph is None:
                continue
            output, index = graph.outputs.at(point, reach), graph.inputs.at(point, reach)
            if output is not None:
                self.element_requested.emit(*scene.request(output))
                return
            if index is not None:
                self.pixel_requested.emit(scene.input_place(index))
                return
        line = self._line(layout, lines, point)
        if line is not None and layout.own is not None:
            target = layout.own.outputs.slots[int(lines.targets[line])].index
            assert target is not None
            self.element_requested.emit(*scene.request(target))

    def weight_at(self, scene: GraphScene, point: QPointF) -> int | None:
        layout, lines = self.layout_of(scene)
        weight = self._kernel_weight(scene, layout, point)
        if weight is None:
            line = self._line(layout, lines, point)
            weight = None if line is None else int(lines.weights[line])
        return weight

    def focus_point(self, scene: GraphScene) -> QPointF | None:
        layout, _ = self.layout_of(scene)
        graph = layout.own or layout.full
        if graph is None:
            return None
        place = graph.outputs.place(scene.row)
        return None if place is None else QPointF(graph.outputs.x, graph.outputs.y(place))

    # --- the button and what lies around -----------------------------------------------------

    def _area(self) -> QRectF:
        px = self.theme.px
        below = px(34) if self.switch.isVisibleTo(self) else px(8)
        return QRectF(self.rect()).adjusted(px(10), px(4), -px(10), -below)

    def name_switch(self) -> None:
        self.switch.setText(tr("Fully connected"))
        self.switch.setToolTip(tr("The layer of the same size that connects everything"))

    def offers_switch(self) -> bool:
        """Where both graphs do not fit side by side."""
        scene: GraphScene = self.shown
        return not scene.counts.dense and not both_fit(self._area(), self.theme)
