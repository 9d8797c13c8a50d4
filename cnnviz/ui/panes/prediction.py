"""The prediction pane: the sample shown, its logits and their softmax."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import QEvent, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QHelpEvent, QKeyEvent, QPainter, QWheelEvent
from PyQt6.QtWidgets import QToolTip, QWidget

from cnnviz.control.language import tr
from cnnviz.core.numbers import number
from cnnviz.core.problem import mark
from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.prediction import PredictionScene, prediction_scene
from cnnviz.core.view import View
from cnnviz.ui.controls import HEIGHT
from cnnviz.ui.painters.prediction import (
    PredictionLayout,
    lay_out_prediction,
    paint_prediction,
)
from cnnviz.ui.pane import Pane
from cnnviz.ui.sample_controls import SampleControls
from cnnviz.ui.words import called, class_number

Key = Qt.Key


class PredictionPane(Pane):
    """A row a class: softmax as a bar and in percent, and the logit.

    ← and → choose another sample while the pane has the focus, ↑ and ↓ scroll where there are
    more classes than fit, Escape gives the keys back.
    """

    key = "prediction"
    heading = mark("Prediction")
    has_controls = True
    """Whether a sample is chosen here."""

    sample_step_requested = pyqtSignal(int)
    """The sample so many behind this one is asked for."""
    sample_requested = pyqtSignal(int)
    """A sample by its index, from 0."""
    random_requested = pyqtSignal()
    """Any sample."""
    wrong_requested = pyqtSignal()
    """A sample that the network gets wrong."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._first = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.controls = SampleControls(self)
        if self.has_controls:
            self.hold(self.controls, below=True)
        else:
            self.controls.hide()
        self.controls.previous.clicked.connect(lambda: self.sample_step_requested.emit(-1))
        self.controls.next.clicked.connect(lambda: self.sample_step_requested.emit(1))
        self.controls.random.clicked.connect(lambda: self.random_requested.emit())
        self.controls.wrong.clicked.connect(lambda: self.wrong_requested.emit())
        self.controls.chosen.connect(self.sample_requested)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 112)  # ten classes

    def compute(self, view: View) -> PredictionScene | Empty:
        return prediction_scene(view)

    def caption(self, scene: Any) -> str:
        if not isinstance(scene, PredictionScene):
            return ""
        if scene.foreign:
            text = tr("likeliest of {count} classes · names in English", count=scene.classes)
        elif scene.label is None:
            text = tr("softmax of {count} logits · own picture", count=scene.classes)
        else:
            label = called(scene.names, scene.label)
            text = tr("softmax of {count} logits · label {label}", count=scene.classes, label=label)
            text = f"{text} · {tr('own picture')}" if scene.own else text
        if scene.right:
            return text
        predicted = tr("predicted {number}", number=called(scene.names, scene.chosen))
        return f"{text} · {predicted}"

    def badge(self, scene: Any) -> str:
        striking = isinstance(scene, PredictionScene) and scene.striking
        return tr("dropout as in training") if striking else ""

    def changed(self, before: Any, scene: Any) -> None:
        if isinstance(scene, PredictionScene):
            self.controls.show_sample(scene.asked, scene.count)
            self.controls.wrong.setEnabled(not scene.foreign)
            self._first = self._layout(scene).first
        self.update()

    def _layout(self, scene: PredictionScene) -> PredictionLayout:
        area = QRectF(self.rect())
        if self.has_controls:
            area.adjust(0, 0, 0, -self.theme.px(HEIGHT + 6))
        return lay_out_prediction(area, scene, self.theme, self._first)

    def paint(self, painter: QPainter, scene: PredictionScene) -> None:
        paint_prediction(painter, self._layout(scene), scene, self.theme)

    @property
    def framed(self) -> bool:
        return self.hasFocus()  # after a click too it takes the arrow keys

    def scroll_by(self, lines: int) -> None:
        """Show rows further down, or up again."""
        if isinstance(self.shown, PredictionScene):
            last = self._layout(self.shown).last_first
            self._first = min(max(self._first + lines, 0), last)
            self.update()

    # --- events -------------------------------------------------------------------------------

    def _keys(self) -> dict[int, tuple[Any, int]]:
        """What the keys do that this pane takes from the window while it has the focus."""
        if not isinstance(self.shown, PredictionScene):
            return {}
        taken: dict[int, tuple[Any, int]] = {
            Key.Key_Left: (self.sample_step_requested.emit, -1),
            Key.Key_Right: (self.sample_step_requested.emit, 1),
        }
        if self._layout(self.shown).last_first:
            taken[Key.Key_Up] = (self.scroll_by, -1)
            taken[Key.Key_Down] = (self.scroll_by, 1)
        return taken

    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
            escape = event.key() == Key.Key_Escape
            if not plain.value and (escape or event.key() in self._keys()):
                event.accept()
                return True
        if isinstance(event, QHelpEvent):
            return self._tell(event)
        return super().event(event)

    def _tell(self, event: QHelpEvent) -> bool:
        """The row under the mouse with more digits than it has room for."""
        scene = self.shown
        if not isinstance(scene, PredictionScene):
            return False
        index = self._layout(scene).at(event.pos().toPointF(), scene)
        if index is None:
            QToolTip.hideText()
            return True
        text = tr(
            "class {index}: logit {logit}, softmax {share}",
            index=class_number(scene.names, index),
            logit=number(float(scene.logits[index]), 4),
            share=number(float(scene.probabilities[index]), 6),
        )
        QToolTip.showText(event.globalPos(), text, self)
        return True

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is None:
            return
        keys = self._keys()
        if event.key() in keys:
            call, by = keys[event.key()]
            call(by)
        elif event.key() == Key.Key_Escape:
            self.clearFocus()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        if event is not None and not event.modifiers():
            self.scroll_by(-round(event.angleDelta().y() / 120))
