"""The row of buttons of the data pane: which part, which class, which number."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QSpinBox, QToolButton, QWidget

from cnnviz.control.language import tr
from cnnviz.core.scenes.data import DataScene
from cnnviz.ui.choosing import Choice
from cnnviz.ui.controls import ControlRow
from cnnviz.ui.own_keys import keep_own_keys
from cnnviz.ui.theme import Theme
from cnnviz.ui.words import called


class DataControls(ControlRow):
    """Two buttons for the two parts, a list of classes, and a number to type."""

    part_chosen = pyqtSignal(bool)
    """Whether the images to test with are to be shown."""
    class_chosen = pyqtSignal(object)
    """A class, or None for all."""
    number_chosen = pyqtSignal(int)
    """An image of the part, from 0."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] | None = None
        self.train, self.test = QToolButton(self), QToolButton(self)
        self.classes, self.number = Choice(self), QSpinBox(self)
        for button, test in ((self.train, False), (self.test, True)):
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _checked, test=test: self.part_chosen.emit(test))
            keep_own_keys(button)
        self.classes.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.classes.activated.connect(lambda row: self.class_chosen.emit(row - 1 if row else None))
        self.number.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.number.setGroupSeparatorShown(True)
        self.number.setKeyboardTracking(False)
        self.number.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.number.valueChanged.connect(lambda value: self.number_chosen.emit(value - 1))
        self.fill(self.train, self.test, self.classes, self.number)

    def show_scene(self, scene: DataScene, place: int) -> None:
        """Show what is chosen; ``place`` is the number of the image that is pointed at."""
        self.train.setChecked(not scene.test)
        self.test.setChecked(scene.test)
        names = tuple(called(scene.names, index) for index in range(scene.classes))
        if names != self._names:
            self._names = names
            self.classes.clear()
            self.classes.addItems([tr("All classes"), *names])
        self.classes.setCurrentIndex(0 if scene.chosen is None else scene.chosen + 1)
        self.number.blockSignals(True)
        self.number.setRange(1, max(1, scene.count))
        self.number.setValue(place + 1)
        self.number.blockSignals(False)

    def dress(self, theme: Theme) -> None:
        self.number.setFixedWidth(theme.px(72))
        self.classes.setMaximumWidth(theme.px(170))
        super().dress(theme)

    def say(self) -> None:
        self._names = None  # the names of classes are said anew with the next scene
        self.train.setText(tr("To train"))
        self.test.setText(tr("To test"))
        for part, tip in (
            (self.train, tr("The images that are trained on")),
            (self.test, tr("The images that are tested with; a click shows one in all panes")),
            (self.classes, tr("Show the images of one class")),
            (self.number, tr("Number of the image")),
        ):
            part.setToolTip(tip)
            part.setAccessibleName(tip)
