"""A row of buttons in a pane, one for each of its looks."""

from __future__ import annotations

from enum import Enum
from typing import Any

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QToolButton, QWidget

from cnnviz.control.language import tr
from cnnviz.ui.controls import ControlRow
from cnnviz.ui.own_keys import keep_own_keys

Looks = tuple[tuple[Any, str, str], ...]
"""(member of the pane's own enumeration, English name, English tool tip) of each button."""


class LookButtons(ControlRow):
    """The button of the look that is shown is pressed; none where that look has no button."""

    chosen = pyqtSignal(object)
    """The member of the enumeration."""

    def __init__(self, looks: Looks, parent: QWidget, *others: QWidget) -> None:
        """``others``: what stands behind the buttons."""
        super().__init__(parent)
        self._looks = looks
        self.buttons: dict[Any, QToolButton] = {look: QToolButton(self) for look, _, _ in looks}
        for look, button in self.buttons.items():
            button.setCheckable(True)
            # Reached with Tab like every button, but a click leaves the arrow keys to the pane.
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _checked, look=look: self.chosen.emit(look))
            keep_own_keys(button)
        self.fill(*self.buttons.values(), *others)
        self.show_look(looks[0][0])

    def show_look(self, shown: Enum) -> None:
        """Press the button of what is shown."""
        for look, button in self.buttons.items():
            button.setChecked(look is shown)

    def width_in(self, room: int) -> int:
        return min(room, self.sizeHint().width())

    def say(self) -> None:
        for look, name, tip in self._looks:
            button = self.buttons[look]
            button.setText(tr(name))
            button.setToolTip(tr(tip))
            button.setAccessibleDescription(tr(tip))
