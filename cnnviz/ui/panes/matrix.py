"""The sparse matrix: the chosen layer unrolled, with every use of a weight in the same hue."""

from __future__ import annotations

from typing import ClassVar

from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import QPainter
from PyQt6.QtWidgets import QWidget

from cnnviz.control.language import tr
from cnnviz.core.numbers import number, thousands
from cnnviz.core.problem import mark
from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.matrix import MatrixScene, matrix_scene
from cnnviz.core.view import View
from cnnviz.ui.connecting import ConnectingPane
from cnnviz.ui.painters.connected import connection_text, place_text
from cnnviz.ui.painters.matrix import paint_moving, paint_still
from cnnviz.ui.painters.matrix_layout import MatrixLayout, lay_out_matrix
from cnnviz.ui.pane import Legend
from cnnviz.ui.words import layer_name


class MatrixPane(ConnectingPane):
    """Shows y = W x + b of the cursor's layer, as much of it as there is room for."""

    key: ClassVar[str] = "matrix"
    heading: ClassVar[str] = mark("Weight matrix")

    def __init__(self, parent: QWidget | None = None) -> None:
        self._laid_out: tuple[object, MatrixLayout] | None = None
        super().__init__(parent)

    def compute(self, view: View) -> MatrixScene | Empty:
        return matrix_scene(view)

    def caption(self, scene: MatrixScene | Empty) -> str:
        if isinstance(scene, Empty):
            return ""
        part = self.layout_of(scene).part
        size = f"{thousands(scene.outputs)}×{thousands(scene.inputs)}"
        title = f"{layer_name(scene.layer)} · {size}"
        if len(part.outputs) == scene.outputs and len(part.inputs) == scene.inputs:
            return title
        return " · ".join(
            [
                title,
                tr(
                    "outputs {first}–{last}",
                    first=place_text(scene.output_place(part.outputs.start)),
                    last=place_text(scene.output_place(part.outputs.stop - 1)),
                ),
                tr(
                    "inputs {first}–{last}",
                    first=place_text(scene.input_place(part.inputs.start)),
                    last=place_text(scene.input_place(part.inputs.stop - 1)),
                ),
            ]
        )

    def legend(self, scene: MatrixScene | Empty) -> Legend | None:
        if isinstance(scene, Empty):
            return None
        if self.by_value(scene):
            return Legend(scene.stage.weight_limit)
        return Legend(scene.stage.output_limit, scene.stage.output_is_signed)

    def by_value(self, scene: MatrixScene) -> bool:
        """Whether colours say how large weights are; where none is shared, nothing else can."""
        return self.switch.isChecked() or not scene.has_hues

    # --- drawing -----------------------------------------------------------------------------

    def layout_of(self, scene: MatrixScene) -> MatrixLayout:
        """Where everything lies; worked out anew only when it can have moved."""
        stage = scene.stage
        key = (
            stage.snapshot.network,
            stage.cursor.layer,
            scene.row,
            scene.input_channel,
            scene.current,
            self.size(),
            self.theme,
            self.by_value(scene),
            self.switch.isVisibleTo(self),
        )
        if self._laid_out is None or self._laid_out[0] != key:
            area, foot = self._areas()
            self._laid_out = (key, lay_out_matrix(area, foot, scene, self.theme))
        return self._laid_out[1]

    def paint(self, painter: QPainter, scene: MatrixScene) -> None:
        layout, by_value = self.layout_of(scene), self.by_value(scene)
        key = (scene.stage.snapshot, layout, scene.channel_outputs, scene.slices, by_value)
        self.draw_kept(
            painter, key, lambda still: paint_still(still, layout, scene, by_value, self.theme)
        )
        paint_moving(painter, layout, scene, by_value, self.theme)
        self.draw_readout(painter, self._areas()[0])  # not over the button

    # --- pointing ----------------------------------------------------------------------------

    def readout(self, scene: MatrixScene, point: QPointF) -> str:
        layout = self.layout_of(scene)
        found = layout.place(point)
        if found is None:
            return ""
        what, row, column = found
        output, index = layout.part.outputs.start + row, layout.part.inputs.start + column
        if what == "W":
            at = scene.at(layout.part, output, index)
            values = at.values(scene.parameters).tolist()
            return connection_text(scene, output, index, at.weights.tolist(), values)
        if what == "x":
            return self.input_text(scene, index)
        if what == "kernel":
            weight = int(scene.kernel.reshape(-1)[row])
            return self.weight_text(scene, weight) if weight >= 0 else ""
        if what == "b":
            biases = scene.biases(layout.part)
            value = 0.0 if biases is None else float(biases[row])
            return tr("bias of output {place}: {value}",
                      place=place_text(scene.output_place(output)),
                      value=number(value, 6))  # fmt: skip
        return self.output_text(scene, output)

    def chosen_at(self, scene: MatrixScene, point: QPointF) -> None:
        layout = self.layout_of(scene)
        found = layout.place(point)
        if found is None or found[0] == "kernel":
            return
        what, row, column = found
        if what == "x":
            self.pixel_requested.emit(scene.input_place(layout.part.inputs.start + column))
        else:
            self.element_requested.emit(*scene.request(layout.part.outputs.start + row))

    def weight_at(self, scene: MatrixScene, point: QPointF) -> int | None:
        layout = self.layout_of(scene)
        found = layout.place(point)
        if found is None or not scene.learned:
            return None
        what, row, column = found
        if what == "kernel":
            return int(scene.kernel.reshape(-1)[row])
        if what != "W":
            return None
        part = layout.part
        at = scene.at(part, part.outputs.start + row, part.inputs.start + column)
        return int(at.weights[0]) if at.count else None

    def focus_point(self, scene: MatrixScene) -> QPointF | None:
        layout = self.layout_of(scene)
        if scene.row not in layout.part.outputs:
            return None
        return layout.y_cells(scene.row - layout.part.outputs.start).center()

    # --- the button and what lies around -----------------------------------------------------

    def _areas(self) -> tuple[QRectF, QRectF]:
        """What the matrix has, and the line of text at the right of the button."""
        px, whole = self.theme.px, QRectF(self.rect())
        band = px(26)
        area = whole.adjusted(px(10), px(4), -px(12), -band - px(10))
        left = self.switch.geometry().right() + px(10) if self.switch.isVisibleTo(self) else px(10)
        foot = QRectF(left, whole.bottom() - band - px(6), whole.right() - px(10) - left, band)
        return area, foot

    def name_switch(self) -> None:
        self.switch.setText(tr("Values"))
        self.switch.setToolTip(tr("Colours: one hue for each shared weight, or how large it is"))

    def offers_switch(self) -> bool:
        scene: MatrixScene = self.shown
        return scene.has_hues
