"""The buttons of the receptive field's pane: which of its four looks is shown."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QWidget

from cnnviz.control.language import tr
from cnnviz.core.scenes.receptive import Look
from cnnviz.ui.controls import HEIGHT, SIZE, small_controls
from cnnviz.ui.theme import Theme


class ReceptiveButtons(QWidget):
    """One button a look, in a row; exactly one is pressed."""

    chosen = pyqtSignal(Look)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.buttons = {look: QToolButton(self) for look in Look}
        group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for look, button in self.buttons.items():
            button.setCheckable(True)
            # Reached with Tab like every button, but a click leaves the arrow keys to the pane.
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _checked, look=look: self.chosen.emit(look))
            group.addButton(button)
            row.addWidget(button)
        row.addStretch(1)
        self.say()
        self.dress(Theme())
        self.show_look(Look.FIELD)

    def show_look(self, look: Look) -> None:
        """Press the button of the look that is shown."""
        self.buttons[look].setChecked(True)

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
            (Look.FIELD, tr("Exact field"), tr("Every pixel that can reach the element")),
            (
                Look.GRADIENT,
                tr("Gradient"),
                tr("How much each pixel counts for the element, as it is now"),
            ),
            (
                Look.INFLUENCE,
                tr("Influence"),
                tr("What a pixel reaches in every layer (click a pixel, or use the arrow keys)"),
            ),
            (
                Look.CONNECTIONS,
                tr("Connectivity"),
                tr("The element in its own layer, against a fully connected neuron"),
            ),
        ):  # fmt: skip
            self.buttons[look].setText(text)
            self.buttons[look].setToolTip(tip)
            self.buttons[look].setAccessibleDescription(tip)
