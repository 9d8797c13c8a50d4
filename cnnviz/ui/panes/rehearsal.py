"""One training step in slow motion: what pressing One batch will do, without doing it."""

from __future__ import annotations

from typing import Any

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QImage, QPainter
from PyQt6.QtWidgets import QToolButton, QWidget

from cnnviz.control.language import tr
from cnnviz.core.numbers import number, thousands
from cnnviz.core.problem import mark
from cnnviz.core.rehearsal import Rehearsal, Rehearsing
from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.rehearsal import (
    Part,
    Place,
    RehearsalScene,
    rehearsal_scene,
    wanted_rehearsal,
)
from cnnviz.core.view import View
from cnnviz.ui.controls import HEIGHT, SIZE, small_controls
from cnnviz.ui.look_buttons import LookButtons
from cnnviz.ui.own_keys import keep_own_keys
from cnnviz.ui.painters.device import ratio_of
from cnnviz.ui.painters.pictures import picture_of
from cnnviz.ui.painters.rehearsal import (
    RehearsalLayout,
    lay_out_rehearsal,
    paint_rehearsal,
    place_text,
    title_text,
)
from cnnviz.ui.pane import Legend
from cnnviz.ui.pointing import PointingPane
from cnnviz.ui.theme import Theme
from cnnviz.ui.words import called, layer_name

PARTS = (
    (Part.FORWARD, mark("1 Forward"), mark("The batch goes through the network")),
    (Part.LOSS, mark("2 Loss"), mark("How wrong the network is on this batch")),
    (Part.BACKWARD, mark("3 Backward"), mark("What each weight has to do with it")),
    (Part.UPDATE, mark("4 Update"), mark("How each weight is changed")),
)


class RehearsalPane(PointingPane):
    """The four parts have a button each, and ← and → go through them while it has the keyboard.

    ↑ and ↓ choose another image of the batch, as a click on it does; a click on a weight writes
    that one out; Enter, or the button, makes the step.
    """

    key = "rehearsal"
    heading = mark("One training step")

    rehearsal_requested = pyqtSignal(Rehearsing)
    """The numbers of the next step are wanted."""
    one_batch_requested = pyqtSignal()
    """The step is to be made."""
    pause_requested = pyqtSignal()
    """Training is to pause."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.part = Part.FORWARD
        self.image = 0
        self.place: Place | None = None
        self._view: View | None = None
        self._shown: Rehearsal | None = None
        self._pictures: dict[int, QImage] = {}
        self.do_it, self.pause = QToolButton(self), QToolButton(self)
        self.do_it.clicked.connect(self.one_batch_requested)
        self.pause.clicked.connect(self.pause_requested)
        for button in (self.do_it, self.pause):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            keep_own_keys(button)
        self.pause.hide()
        self.buttons = LookButtons(PARTS, self, self.do_it)
        self.setTabOrder(self.buttons.buttons[Part.UPDATE], self.do_it)
        self.buttons.chosen.connect(self.choose)
        self.hold(self.buttons)
        self._say()

    def choose(self, part: Part) -> None:
        """Show a part of the step."""
        self.part = part
        self.buttons.show_look(part)
        self._look_again()

    def begin(self, part: Part) -> None:
        """From the next view on, show a part as if nothing had been chosen before."""
        self.image, self.place, self._view = 0, None, None
        self.choose(part)

    def _look_again(self) -> None:
        if self._view is not None:
            self.look(self._view)

    # --- the view ----------------------------------------------------------------------------

    def compute(self, view: View) -> RehearsalScene | Empty:
        return rehearsal_scene(view, self.part, self.image, self.place)

    def look(self, view: View) -> None:
        before, self._view = self._view, view
        super().look(view)
        if before is None or before.progress.running != view.progress.running:
            self.arrange()
        # Only who is seen looks, so that nothing is computed for a pane behind another.
        wanted = wanted_rehearsal(view)
        if isinstance(wanted, Rehearsing):
            self.rehearsal_requested.emit(wanted)

    def caption(self, scene: Any) -> str:
        if not isinstance(scene, RehearsalScene):
            return ""
        return tr(
            "step {step} → {next} · {layer}, kernel {kernel}",
            step=thousands(scene.rehearsal.asked.step),
            next=thousands(scene.rehearsal.asked.step + 1),
            layer=layer_name(scene.layer),
            kernel=scene.rehearsal.asked.kernel,
        )

    def badge(self, scene: Any) -> str:
        if not isinstance(scene, RehearsalScene):
            return ""
        return tr("loss {loss}", loss=number(scene.rehearsal.loss, 4))

    def legend(self, scene: Any) -> Legend | None:
        if not isinstance(scene, RehearsalScene) or scene.part is not Part.BACKWARD:
            return None
        return Legend(float(np.abs(scene.rehearsal.gradient).max()))

    def changed(self, before: Any, scene: Any) -> None:
        super().changed(before, scene)
        if isinstance(scene, RehearsalScene):
            self.setAccessibleDescription(title_text(scene))
        self.arrange()

    # --- painting ----------------------------------------------------------------------------

    def paint(self, painter: QPainter, scene: RehearsalScene) -> None:
        if self._shown is not scene.rehearsal:
            self._shown, self._pictures = scene.rehearsal, {}
        layout = self.layout_of(scene, ratio_of(painter))
        paint_rehearsal(painter, layout, scene, self._picture, self.theme)
        self.draw_readout(painter, QRectF(self.rect()))

    def _picture(self, place: int) -> QImage:
        """An image of the batch as the network is given it, made when it is first seen."""
        found = self._pictures.get(place)
        if found is None:
            assert self._shown is not None
            pixels = np.round(np.clip(self._shown.images[place], 0, 1) * 255).astype(np.uint8)
            image = pixels.transpose(1, 2, 0) if len(pixels) == 3 else pixels[0]
            found = self._pictures[place] = picture_of(image)
        return found

    def layout_of(self, scene: RehearsalScene, ratio: float | None = None) -> RehearsalLayout:
        """Where everything lies."""
        row = self.buttons.sizeHint().width()
        ratio = self.devicePixelRatioF() if ratio is None else ratio
        return lay_out_rehearsal(QRectF(self.rect()), scene, self.theme, row, ratio)

    def set_theme(self, theme: Theme) -> None:
        self.pause.setStyleSheet(small_controls(theme))
        self.pause.setFont(theme.font(SIZE))
        super().set_theme(theme)

    def arrange(self) -> None:
        super().arrange()
        running = self._view is not None and self._view.progress.running
        self.pause.setVisible(running and not isinstance(self.shown, RehearsalScene))
        px, hint = self.theme.px, self.pause.sizeHint().width()
        self.pause.setGeometry(
            (self.width() - hint) // 2, self.height() // 2 + px(24), hint, px(HEIGHT)
        )

    def retranslate(self) -> None:
        self._say()
        super().retranslate()

    def _say(self) -> None:
        self.do_it.setText(tr("Do it"))
        self.do_it.setToolTip(tr("Train this batch, and show the next one"))
        self.pause.setText(tr("Pause training"))

    # --- pointing ----------------------------------------------------------------------------

    def readout(self, scene: RehearsalScene, point: QPointF) -> str:
        layout, rehearsal = self.layout_of(scene), scene.rehearsal
        place, image = layout.weight_at(point), layout.image_at(point)
        if place is not None:
            return tr(
                "weight {place}: {before} → {after}, gradient {gradient}",
                place=place_text(place),
                before=number(float(rehearsal.kernel[place]), 5),
                after=number(float(rehearsal.kernel_after[place]), 5),
                gradient=number(float(rehearsal.gradient[place]), 5),
            )
        if image is None:
            return ""
        return tr(
            "image {number} of the batch: training image {index}, label {label}, loss {loss}",
            number=image + 1,
            index=thousands(int(rehearsal.indices[image]) + 1),
            label=called(scene.names, int(rehearsal.labels[image])),
            loss=number(float(rehearsal.losses[image]), 4),
        )

    def chosen_at(self, scene: RehearsalScene, point: QPointF) -> None:
        layout = self.layout_of(scene)
        place, image = layout.weight_at(point), layout.image_at(point)
        if place is not None:
            self.place = place
        elif image is not None:
            self.image = image
        self._look_again()

    def arrow(self, scene: RehearsalScene, right: int, down: int) -> None:
        parts = [part for part, _, _ in PARTS]
        if right:
            self.choose(parts[min(max(parts.index(self.part) + right, 0), len(parts) - 1)])
            return
        self.image = min(max(scene.image + down, 0), scene.rehearsal.count - 1)
        self._look_again()

    def entered(self, scene: RehearsalScene) -> None:
        self.one_batch_requested.emit()
