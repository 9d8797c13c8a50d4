"""The row of buttons under the stage: step, play, unit, slider, speed."""

from __future__ import annotations

from PyQt6.QtCore import QSignalBlocker, Qt, pyqtSignal
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QComboBox, QHBoxLayout, QSlider, QToolButton, QWidget

from cnnviz.control.language import tr
from cnnviz.control.player import SPEEDS
from cnnviz.core.numbers import thousands
from cnnviz.core.problem import mark
from cnnviz.core.timeline import Unit, frame, frame_count
from cnnviz.core.view import View
from cnnviz.ui.line import Line
from cnnviz.ui.painters.text import RIGHT
from cnnviz.ui.theme import Theme

UNIT_NAMES = {
    Unit.TERM: mark("term"),
    Unit.WINDOW: mark("window"),
    Unit.ROW: mark("row"),
    Unit.MAP: mark("map"),
    Unit.LAYER: mark("layer"),
}


def speed_text(speed: float) -> str:
    """ "0.25×", "2×"."""
    return f"{speed:g}×"


class Transport(QWidget):
    """Shows where in the frames we are; what is asked for goes up as signals."""

    unit_requested = pyqtSignal(Unit)
    speed_requested = pyqtSignal(float)
    frame_requested = pyqtSignal(int)

    def __init__(self, actions: dict[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("transport")
        row = QHBoxLayout(self)
        self._row = row
        self._view: View | None = None
        for key in ("start", "back", "play", "forward", "end"):
            button = QToolButton(self)
            button.setDefaultAction(actions[key])
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            if key == "play":
                button.setObjectName("accent")
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
                self.play = button
            row.addWidget(button)
        self.unit = QComboBox(self)
        # Another language has longer words than that in which it was first shown.
        self.unit.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.unit.activated.connect(lambda index: self.unit_requested.emit(Unit(index)))
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.slider.valueChanged.connect(self.frame_requested)
        self.label = Line(RIGHT, self)
        self.speed = QComboBox(self)
        self.speed.addItems([speed_text(speed) for speed in SPEEDS])
        self.speed.activated.connect(lambda index: self.speed_requested.emit(SPEEDS[index]))
        for part, stretch in ((self.unit, 0), (self.slider, 1), (self.label, 0), (self.speed, 0)):
            row.addWidget(part, stretch)
        self.retranslate()

    def look(self, view: View) -> None:
        """Show the place of a view's cursor among the frames."""
        self._view = view
        count = frame_count(view.network, view.cursor, view.unit)
        number = frame(view.network, view.cursor, view.unit)
        with QSignalBlocker(self.slider):
            if self.slider.maximum() != count - 1:
                self.slider.setRange(0, count - 1)
            self.slider.setValue(number)
        self.label.say(
            tr(
                "{unit} {number} / {count}",
                unit=tr(UNIT_NAMES[view.unit]),
                number=thousands(number + 1),
                count=thousands(count),
            )
        )
        if self.unit.currentIndex() != view.unit:
            self.unit.setCurrentIndex(view.unit)
        nearest = min(range(len(SPEEDS)), key=lambda i: abs(SPEEDS[i] - view.speed))
        if self.speed.currentIndex() != nearest:
            self.speed.setCurrentIndex(nearest)

    def set_theme(self, theme: Theme) -> None:
        """Take another zoom; colours come from the window's style sheet."""
        self._row.setContentsMargins(theme.px(14), theme.px(6), theme.px(14), theme.px(8))
        self._row.setSpacing(theme.px(8))
        self.label.set_theme(theme)

    def retranslate(self) -> None:
        """Write everything again in the language of now."""
        index = max(0, self.unit.currentIndex())
        with QSignalBlocker(self.unit):
            self.unit.clear()
            self.unit.addItems([tr("by {unit}", unit=tr(name)) for name in UNIT_NAMES.values()])
            self.unit.setCurrentIndex(index)
        self.unit.setToolTip(tr("How far one step goes (U)"))
        self.speed.setToolTip(tr("Speed of playing ([ and ])"))
        self.slider.setToolTip(tr("All frames of this map, or of what the unit runs over"))
        self.slider.setAccessibleName(tr("frame"))
        self.unit.setAccessibleName(tr("unit"))
        self.speed.setAccessibleName(tr("speed"))
        if self._view is not None:
            self.look(self._view)
