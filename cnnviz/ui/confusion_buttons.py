"""The buttons of the confusion pane: matrix, classes, worst, best."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from cnnviz.control.language import tr
from cnnviz.core.scenes.confusion import Look
from cnnviz.ui.controls import HEIGHT, SIZE, small_controls
from cnnviz.ui.own_keys import keep_own_keys
from cnnviz.ui.theme import Theme


class ConfusionButtons(QWidget):
    """One button a look, in a row; the one that is shown is pressed, none for a cell's images."""

    chosen = pyqtSignal(Look)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.buttons: dict[Look, QToolButton] = {
            look: QToolButton(self) for look in Look if look is not Look.CELL
        }
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for look, button in self.buttons.items():
            button.setCheckable(True)
            # Reached with Tab like every button, but a click leaves the arrow keys to the pane.
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _checked, look=look: self.chosen.emit(look))
            keep_own_keys(button)
            row.addWidget(button)
        self.say()
        self.dress(Theme())
        self.show_look(Look.MATRIX)

    def show_look(self, shown: Look) -> None:
        """Press the button of what is shown."""
        for look, button in self.buttons.items():
            button.setChecked(look is shown)

    def dress(self, theme: Theme) -> None:
        """Take other colours or another zoom."""
        layout = self.layout()
        if layout is not None:
            layout.setSpacing(theme.px(4))
        for button in self.buttons.values():
            # On each one: a hidden parent passes no new sheet on to a child measured before.
            button.setStyleSheet(small_controls(theme))
            button.setFont(theme.font(SIZE))
            button.setFixedHeight(theme.px(HEIGHT))

    def say(self) -> None:
        """Take the words from the language of the window."""
        for look, text, tip in (
            (Look.MATRIX, tr("Matrix"), tr("Which classes are taken for which")),
            (Look.CLASSES, tr("Classes"), tr("Accuracy of each class")),
            (Look.WORST, tr("Worst"), tr("Test images with the largest loss")),
            (Look.BEST, tr("Best"), tr("Test images with the smallest loss")),
        ):
            self.buttons[look].setText(text)
            self.buttons[look].setToolTip(tip)
            self.buttons[look].setAccessibleDescription(tip)
