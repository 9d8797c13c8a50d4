"""Let a focused slider, button or tick have its own keys, which are shortcuts of the window too."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QAbstractButton, QAbstractSlider, QWidget

MOVING = frozenset(
    {
        Qt.Key.Key_Left,
        Qt.Key.Key_Right,
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_Home,
        Qt.Key.Key_End,
        Qt.Key.Key_PageUp,
        Qt.Key.Key_PageDown,
    }
)

PRESSING = frozenset({Qt.Key.Key_Space})


class _OwnKeys(QObject):
    """Accepting the override is how a widget takes a key that is a shortcut of its window."""

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.ShortcutOverride:
            return False
        moves = isinstance(watched, QAbstractSlider) and event.key() in MOVING
        presses = isinstance(watched, QAbstractButton) and event.key() in PRESSING
        plain = event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        )
        if plain and (moves or presses):
            event.accept()
            return True
        return False


def keep_own_keys(widget: QWidget) -> None:
    """While it has the focus, a slider moves by arrow keys and a button is pressed by Space."""
    widget.installEventFilter(_OwnKeys(widget))
