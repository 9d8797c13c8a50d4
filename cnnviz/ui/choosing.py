"""Lists that keep their own keys: arrows choose in them, and step nothing while they do."""

from __future__ import annotations

from collections.abc import Collection

from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QComboBox, QListWidget, QWidget

MOVES = (
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_Home,
    Qt.Key.Key_End,
    Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown,
)

KEYS = (*MOVES, Qt.Key.Key_Space)
"""What chooses in a list, and is a shortcut of the window everywhere else."""


def claims(event: QEvent | None, keys: Collection[Qt.Key] = KEYS) -> bool:
    """Accept the question whether a key is the list's own; True if it was one of those."""
    # Accepting the override is how a widget takes a key that is a shortcut of the window.
    if (
        isinstance(event, QKeyEvent)
        and event.type() == QEvent.Type.ShortcutOverride
        and event.key() in keys
        and event.modifiers()
        in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
    ):
        event.accept()
        return True
    return False


class Choice(QComboBox):
    """A list that opens downwards; with the focus on it, up and down choose.

    A click leaves the focus where it was, so that the keys go on stepping.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def event(self, event: QEvent | None) -> bool:
        return claims(event) or super().event(event)


class ChoiceList(QListWidget):
    """A list that stands open: Space, which has nothing to open in it, plays as everywhere."""

    def event(self, event: QEvent | None) -> bool:
        return claims(event, MOVES) or super().event(event)
