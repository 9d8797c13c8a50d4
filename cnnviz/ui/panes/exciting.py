"""What excites a channel most: test images with their patches, and a patch of every channel."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import QPointF, QRectF, pyqtSignal
from PyQt6.QtGui import QPainter, QWheelEvent
from PyQt6.QtWidgets import QWidget

from cnnviz.control.language import tr
from cnnviz.core.numbers import thousands
from cnnviz.core.problem import mark
from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.exciting import ExcitingScene, Look, exciting_scene
from cnnviz.core.scenes.fitting import fitting_snapshot
from cnnviz.core.view import View
from cnnviz.ui.look_buttons import LookButtons
from cnnviz.ui.painters.exciting import (
    ExcitingLayout,
    found_text,
    lay_out_exciting,
    paint_exciting,
    seen_text,
)
from cnnviz.ui.painters.pictures import SmallPictures
from cnnviz.ui.painters.readout import draw_focus
from cnnviz.ui.pointing import PointingPane
from cnnviz.ui.words import layer_name

LOOKS = (
    (Look.CHANNEL, mark("Channel"), mark("The test images that excite this channel most")),
    (
        Look.LAYER,
        mark("All channels"),
        mark("The patch that excites each channel of the layer most"),
    ),
)

MOST_PICTURES = 600
"""Images that are kept as Qt draws them: those of AlexNet have 150 kB each."""


class ExcitingPane(PointingPane):
    """A click on an image shows it in the other panes, and moves the cursor to what it excites.

    A click on the patch of a channel chooses the channel as well, and lists its images; Escape goes
    back.  The arrow keys and Enter do the same while the pane has the keyboard.
    """

    key = "exciting"
    heading = mark("What excites a channel")

    excitations_requested = pyqtSignal(object)
    """What excites a snapshot's channels most, of the whole test set, is wanted."""
    sample_requested = pyqtSignal(int)
    """A test image by its index, from 0."""
    element_requested = pyqtSignal(int, int, int, int)
    """An element was chosen: layer, channel, row, column."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chosen = Look.CHANNEL
        self._opened = False  # from a patch of the layer's
        self._place: int | None = None
        self._first = 0
        self._view: View | None = None
        self._pictures = SmallPictures(MOST_PICTURES)
        self.buttons = LookButtons(LOOKS, self)
        self.buttons.chosen.connect(self.choose)
        self.hold(self.buttons)

    def choose(self, look: Look, opened: bool = False) -> None:
        """Show something else; ``opened`` if Escape is to lead back."""
        self.chosen, self._opened = look, opened
        self._place, self._first = None, 0
        self.buttons.show_look(look)
        if self._view is not None:
            self.look(self._view)

    def begin(self, look: Look) -> None:
        """From the next view on, show a look as if nothing had been chosen before."""
        self._view = None
        self.choose(look)

    # --- the view ----------------------------------------------------------------------------

    def compute(self, view: View) -> ExcitingScene | Empty:
        return exciting_scene(view, self.chosen)

    def look(self, view: View) -> None:
        self._view = view
        super().look(view)
        # Only who is seen looks, so that nothing is searched for a pane behind another.
        snapshot = fitting_snapshot(view)
        if not isinstance(snapshot, Empty) and len(view.network.input_shape) == 3:
            self.excitations_requested.emit(snapshot)

    def caption(self, scene: Any) -> str:
        if not isinstance(scene, ExcitingScene):
            return ""
        name = layer_name(scene.layer)
        if scene.look is Look.CHANNEL:
            name = f"{name} · {tr('channel {number}', number=scene.channel)}"
        images = tr(
            "step {step} · {count} images",
            step=thousands(scene.step),
            count=thousands(len(scene.excitations.labels)),
        )
        return f"{name} · {images}"

    def badge(self, scene: Any) -> str:
        return seen_text(scene) if isinstance(scene, ExcitingScene) else ""

    def changed(self, before: Any, scene: Any) -> None:
        super().changed(before, scene)
        if not isinstance(scene, ExcitingScene):
            return
        if not isinstance(before, ExcitingScene) or before.index != scene.index:
            self._place, self._first = None, 0
        if self._place is not None:
            self._place = min(self._place, scene.count - 1)
        self.setAccessibleDescription(found_text(scene, self._standing(scene)))

    # --- painting ----------------------------------------------------------------------------

    def paint(self, painter: QPainter, scene: ExcitingScene) -> None:
        layout = self.layout_of(scene)
        self._pictures.take_from(scene.excitations.images)
        paint_exciting(painter, layout, scene, self._pictures, self.theme)
        focus = self._focus_rect(scene)
        if focus is not None:
            draw_focus(painter, focus, self.theme)
        self.draw_readout(painter, QRectF(self.rect()))

    def layout_of(self, scene: ExcitingScene) -> ExcitingLayout:
        """Where everything lies."""
        row = self.buttons.sizeHint().width()
        return lay_out_exciting(QRectF(self.rect()), scene, self.theme, row, self._first)

    # --- pointing ----------------------------------------------------------------------------

    def readout(self, scene: ExcitingScene, point: QPointF) -> str:
        place = self._at(scene, point)
        return "" if place is None else found_text(scene, place)

    def chosen_at(self, scene: ExcitingScene, point: QPointF) -> None:
        place = self._at(scene, point)
        if place is not None:
            self._place = place
            self._show(scene, place)

    def arrow(self, scene: ExcitingScene, right: int, down: int) -> None:
        listed = self.layout_of(scene).listed
        target = self._standing(scene) + right + down * listed.across
        if 0 <= target < listed.count:
            self._place = target
            self._first = listed.first_with(target)

    def entered(self, scene: ExcitingScene) -> None:
        if not self._nothing(scene):
            self._show(scene, self._standing(scene))

    def _show(self, scene: ExcitingScene, place: int) -> None:
        """Show the image in the other panes, and the element that it excites."""
        found = scene.at(place)
        channel, row, column = (0, 0, *found.element) if scene.vector else found.element
        self.sample_requested.emit(found.image)
        self.element_requested.emit(scene.index, channel, row, column)
        if scene.look is Look.LAYER:
            self.choose(Look.CHANNEL, opened=True)

    def _at(self, scene: ExcitingScene, point: QPointF) -> int | None:
        return None if self._nothing(scene) else self.layout_of(scene).listed.at(point)

    @staticmethod
    def _nothing(scene: ExcitingScene) -> bool:
        """Whether there is a sentence in place of the pictures."""
        return scene.look is Look.CHANNEL and scene.dead(scene.channel)

    def _standing(self, scene: ExcitingScene) -> int:
        """Where the keyboard stands: in the layer, first at the chosen channel."""
        if self._place is not None:
            return self._place
        return scene.channel if scene.look is Look.LAYER else 0

    def focus_point(self, scene: Any) -> QPointF | None:
        rect = self._focus_rect(scene) if isinstance(scene, ExcitingScene) else None
        return None if rect is None else rect.center()

    def _focus_rect(self, scene: ExcitingScene) -> QRectF | None:
        if not self.by_keyboard or not self.hasFocus() or self._nothing(scene):
            return None
        listed, place = self.layout_of(scene).listed, self._standing(scene)
        return listed.picture(place) if place in listed.seen else None

    # --- events ------------------------------------------------------------------------------

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        if event is None or event.modifiers() or not isinstance(self.shown, ExcitingScene):
            return
        listed = self.layout_of(self.shown).listed
        wanted = listed.first - round(event.angleDelta().y() / 120)
        self._first = min(max(wanted, 0), listed.last_first)
        self.update()

    def goes_back(self) -> bool:
        return self._opened

    def go_back(self) -> None:
        """From the images of a channel to the patches of all."""
        self.choose(Look.LAYER)
