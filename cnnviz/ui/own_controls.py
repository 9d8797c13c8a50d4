"""The row of buttons below one's own picture: stroke, undo, clear, open, paste, camera, class."""

from __future__ import annotations

from PyQt6.QtCore import QSignalBlocker, Qt, pyqtSignal
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QSlider, QToolButton, QWidget

from cnnviz.control.language import tr
from cnnviz.core.scenes.own import OwnScene
from cnnviz.ui.choosing import Choice
from cnnviz.ui.controls import ControlRow
from cnnviz.ui.own_keys import keep_own_keys
from cnnviz.ui.theme import Theme
from cnnviz.ui.words import called

THINNEST, THICKEST, PEN = 8, 40, 22
"""Width of a stroke in pixels of the drawing; with this one a digit that fills the pad has, when
scaled into 20 × 20, strokes as thick as MNIST's: 2 pixels."""


class OwnControls(ControlRow):
    """What there is no room for is left out from the right; menus and keys do the same."""

    label_chosen = pyqtSignal(object)
    """A class, or None where nobody knows."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] | None = None
        self.show_it, self.undo, self.clear, self.open, self.paste, self.camera = (
            QToolButton(self) for _ in range(6)
        )
        self.classes, self.width_of_pen = Choice(self), QSlider(Qt.Orientation.Horizontal, self)
        self.width_of_pen.setRange(THINNEST, THICKEST)
        self.width_of_pen.setValue(PEN)
        self.classes.activated.connect(lambda row: self.label_chosen.emit(row - 1 if row else None))
        parts = (self.show_it, self.undo, self.clear, self.classes, self.width_of_pen, self.open,
                 self.paste, self.camera)  # fmt: skip
        for part in parts:
            part.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            keep_own_keys(part)
        self.fill(*parts, left_out=parts[::-1])

    def offer_camera(self, action: QAction) -> None:
        """Let the last button be an action of the window's: possible or not, and why, as there."""
        self.camera.setDefaultAction(action)
        self.fit()

    def show_scene(self, scene: OwnScene) -> None:
        """Show what is chosen, and whether there is a picture to be shown again."""
        names = tuple(called(scene.names, index) for index in range(scene.classes))
        with QSignalBlocker(self.classes):
            if names != self._names:
                self._names = names
                self.classes.clear()
                self.classes.addItems([tr("Class?"), *names])
            self.classes.setCurrentIndex(0 if scene.label is None else scene.label + 1)
        self.show_it.setEnabled(scene.prepared is not None and not scene.shown)
        for part in (self.undo, self.clear, self.classes):
            part.setEnabled(scene.prepared is not None)

    def dress(self, theme: Theme) -> None:
        self.classes.setMaximumWidth(theme.px(92))
        self.width_of_pen.setFixedWidth(theme.px(48))
        super().dress(theme)

    def say(self) -> None:
        self._names = None  # the names of classes are said anew with the next scene
        for button, text, tip in (
            (self.show_it, tr("Show"), tr("Show this picture in all panes again (Shift+D)")),
            (self.undo, tr("Undo"), tr("Take back the last stroke or picture")),
            (self.clear, tr("Clear"), tr("An empty drawing")),
            (self.open, tr("Open…"), tr("A picture from a file; dropping one here does the same")),
            (self.paste, tr("Paste"), tr("A picture from the clipboard (Ctrl+V)")),
        ):
            button.setText(text)
            button.setToolTip(tip)
            button.setAccessibleName(text)
        for part, tip in (
            (self.classes, tr("Which class it is, if you want to say so")),
            (self.width_of_pen, tr("How thick the pen is; the right mouse button erases")),
        ):
            part.setToolTip(tip)
            part.setAccessibleName(tip)
        self.fit()
