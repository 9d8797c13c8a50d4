"""The panes of one of two runs side by side: those of the network, as far as they are the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PyQt6.QtCore import QPointF, QRectF, QSize
from PyQt6.QtGui import QPainter

from cnnviz.control.language import tr
from cnnviz.core.numbers import number, shape
from cnnviz.core.problem import mark
from cnnviz.core.scenes import Empty, same
from cnnviz.core.scenes.maps import MapsScene, maps_scene
from cnnviz.core.scenes.prediction import PredictionScene, prediction_scene
from cnnviz.core.scenes.receptive import ReceptiveScene, receptive_scene
from cnnviz.core.scenes.side import SideScene
from cnnviz.core.view import View
from cnnviz.ui.painters.receptive import paint_input, paint_sentence, seen_text
from cnnviz.ui.painters.sheet import Cells
from cnnviz.ui.painters.side import HEIGHT, different_text, note_text, paint_side, where_text
from cnnviz.ui.painters.text import width_of
from cnnviz.ui.pane import Pane
from cnnviz.ui.panes.maps import MapsPane
from cnnviz.ui.panes.prediction import PredictionPane
from cnnviz.ui.pointing import PointingPane
from cnnviz.ui.theme import Theme
from cnnviz.ui.words import layer_name, struck_text


class SideHead(Pane):
    """Whose numbers stand below it, in what the run differs, and how well it does."""

    key = "side_head"
    heading = mark("Run")

    def show_scene(self, scene: SideScene) -> None:
        """Draw a scene, unless it is the one that is shown."""
        if same(self.shown, scene):
            return
        self.shown = scene
        self.say()
        self.update()

    def say(self) -> None:
        """Say the whole of what may be cut off."""
        scene = self.shown
        if isinstance(scene, SideScene):
            parts = (where_text(scene), different_text(scene), note_text(scene))
            self.setAccessibleName(scene.name)
            self.setAccessibleDescription(". ".join(part for part in parts if part))
            self.setToolTip("<br>".join(part for part in parts[1:] if part))

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.setFixedHeight(theme.px(HEIGHT))

    def retranslate(self) -> None:
        super().retranslate()
        self.say()

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 60)

    def paint(self, painter: QPainter, scene: SideScene) -> None:
        paint_side(painter, QRectF(self.rect()), scene, self.theme)


class SideInput(PointingPane):
    """The image, with everything shaded that cannot reach the element of the cursor."""

    key = "side_input"
    heading = mark("Input")

    def compute(self, view: View) -> ReceptiveScene | Empty:
        return receptive_scene(view)

    def changed(self, before: Any, scene: Any) -> None:
        super().changed(before, scene)
        if isinstance(scene, ReceptiveScene):
            self.setAccessibleDescription(seen_text(scene))

    def minimumSizeHint(self) -> QSize:
        return QSize(100, 80)

    def cells(self, scene: ReceptiveScene) -> Cells:
        """Where the pixels lie."""
        margin, line = self.theme.px(8), self.theme.px(22)
        area = QRectF(self.rect()).adjusted(margin, margin, -margin, -line)
        _, rows, columns = scene.network.input_shape
        return Cells.fit(area, rows, columns)

    def paint(self, painter: QPainter, scene: ReceptiveScene) -> None:
        paint_input(painter, self.cells(scene), scene, self.theme)
        line = self.theme.px(22)
        below = QRectF(0, self.height() - line, self.width(), line)
        text, role = seen_text(scene), self.theme.palette.input
        if width_of(text, self.theme.font(14)) > below.width():
            rows, columns = scene.field.extent
            text = tr("sees {rows}×{columns}", rows=rows, columns=columns)
        paint_sentence(painter, below, text, self.theme, role)
        self.draw_readout(painter, QRectF(self.rect()))

    def readout(self, scene: ReceptiveScene, point: QPointF) -> str:
        pixel = self.cells(scene).at(point.x(), point.y())
        if pixel is None:
            return ""
        values = ", ".join(number(float(value), 2) for value in scene.image[:, *pixel])
        return tr("pixel ({row}, {column}): {value}", row=pixel[0], column=pixel[1], value=values)


class SideMaps(MapsPane):
    """Activation maps whose colours mean the same on both sides; a click moves the cursor."""

    common: tuple[float, bool] | None = None
    """The range of both, and whether it goes below zero; None where each has its own."""

    named = False
    """Whether the title says which layer it is; else the list of layers beside it does."""

    def title(self, scene: Any) -> str:
        if not self.named or not isinstance(scene, MapsScene):
            return ""
        return f"{layer_name(scene.layer)} · {shape(scene.values.shape)}"

    def caption(self, scene: MapsScene | Empty) -> str:
        struck = None if isinstance(scene, Empty) else scene.struck
        return "" if struck is None else struck_text(struck)

    def compute(self, view: View) -> MapsScene | Empty:
        scene = maps_scene(view)
        if isinstance(scene, Empty) or self.common is None:
            return scene
        limit, signed = self.common
        return replace(scene, limit=limit, signed=signed)

    def chosen_at(self, scene: MapsScene, point: QPointF) -> None:
        super().chosen_at(scene, point)
        self.opened_at(scene, point)


class SidePrediction(PredictionPane):
    """What the run makes of the image, which stands larger beside the maps."""

    has_controls = False

    def compute(self, view: View) -> PredictionScene | Empty:
        scene = prediction_scene(view)
        return scene if isinstance(scene, Empty) else replace(scene, image=None)
