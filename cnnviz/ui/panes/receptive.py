"""The receptive field: which pixels of the input reach the element that is computed."""

from __future__ import annotations

from typing import Any, ClassVar

from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QPainter

from cnnviz.control.language import tr
from cnnviz.core.problem import mark
from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.receptive import ReceptiveScene, receptive_scene
from cnnviz.core.view import View
from cnnviz.ui.painters.receptive import paint_receptive, seen_text
from cnnviz.ui.pane import Pane


class ReceptivePane(Pane):
    """The input with everything shaded that cannot reach the cursor's element, and the table."""

    key: ClassVar[str] = "receptive"
    heading: ClassVar[str] = mark("Receptive field")

    def compute(self, view: View) -> ReceptiveScene | Empty:
        return receptive_scene(view)

    def caption(self, scene: Any) -> str:
        if not isinstance(scene, ReceptiveScene):
            return ""
        return tr("size, jump and start in pixels of the input")

    def changed(self, before: Any, scene: Any) -> None:
        super().changed(before, scene)
        if isinstance(scene, ReceptiveScene):
            self.setAccessibleDescription(seen_text(scene))

    def paint(self, painter: QPainter, scene: Any) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_receptive(painter, QRectF(self.rect()), scene, self.theme)
