"""Let what has the focus have its own keys, which are shortcuts of the window too."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QWidget,
)

from cnnviz.ui.choosing import KEYS, MOVES

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


def is_own_key(widget: QObject | None, event: QEvent | None) -> bool:
    """Whether this asks for a key that a slider, a button, a number or a list uses itself."""
    if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.ShortcutOverride:
        return False
    plain = event.modifiers() in (
        Qt.KeyboardModifier.NoModifier,
        Qt.KeyboardModifier.KeypadModifier,
    )
    moves = isinstance(widget, QAbstractSlider) and event.key() in MOVING
    presses = isinstance(widget, QAbstractButton) and event.key() in PRESSING
    chooses = isinstance(widget, QComboBox) and event.key() in KEYS
    steps = isinstance(widget, QAbstractSpinBox | QAbstractItemView) and event.key() in MOVES
    return plain and (moves or presses or chooses or steps)


class _OwnKeys(QObject):
    """Accepting the override is how a widget takes a key that is a shortcut of its window."""

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if event is not None and is_own_key(watched, event):
            event.accept()
            return True
        return False


def keep_own_keys(widget: QWidget) -> None:
    """While it has the focus, a slider moves by arrow keys and a button is pressed by Space."""
    widget.installEventFilter(_OwnKeys(widget))
