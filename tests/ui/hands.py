"""What a person does with mouse, wheel and keyboard, as the events that Qt makes of it.

pytest-qt's own functions have no types, and those of QTest have wrong ones.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from PyQt6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PyQt6.QtWidgets import QApplication, QWidget

NONE = Qt.KeyboardModifier.NoModifier
LEFT, NO_BUTTON = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
Type = QEvent.Type


def _mouse(widget: QWidget, kind: QEvent.Type, at: QPointF, button: Qt.MouseButton) -> None:
    place = widget.mapToGlobal(at)
    held = NO_BUTTON if kind is Type.MouseButtonRelease else button
    QCoreApplication.sendEvent(widget, QMouseEvent(kind, at, place, button, held, NONE))


def click(widget: QWidget, at: QPointF) -> None:
    _mouse(widget, Type.MouseButtonPress, at, LEFT)
    _mouse(widget, Type.MouseButtonRelease, at, LEFT)


def double_click(widget: QWidget, at: QPointF) -> None:
    click(widget, at)
    _mouse(widget, Type.MouseButtonDblClick, at, LEFT)
    _mouse(widget, Type.MouseButtonRelease, at, LEFT)


def hover(widget: QWidget, at: QPointF) -> None:
    _mouse(widget, Type.MouseMove, at, NO_BUTTON)


def press(widget: QWidget, key: Qt.Key) -> None:
    for kind in (Type.KeyPress, Type.KeyRelease):
        QCoreApplication.sendEvent(widget, QKeyEvent(kind, key, NONE))


def is_taken_from_shortcuts(widget: QWidget, key: Qt.Key) -> bool:
    """Whether a widget claims a key that may be a shortcut of the window."""
    event = QKeyEvent(Type.ShortcutOverride, key, NONE)
    event.ignore()
    QCoreApplication.sendEvent(widget, event)
    return event.isAccepted()


def turn_wheel(widget: QWidget, notches: int) -> None:
    """Turn the wheel over the middle of a widget; downwards if positive."""
    at = QPointF(widget.rect().center())
    event = QWheelEvent(
        at,
        widget.mapToGlobal(at),
        QPoint(),
        QPoint(0, -120 * notches),
        NO_BUTTON,
        NONE,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QCoreApplication.sendEvent(widget, event)


def wait_until(app: QApplication, done: Callable[[], bool]) -> None:
    """Let the application go on until something is so, for a minute at most."""
    end = time.monotonic() + 60
    while not done():
        assert time.monotonic() < end, "it did not happen"
        app.processEvents()
        time.sleep(0.002)
