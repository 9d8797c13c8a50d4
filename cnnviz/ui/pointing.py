"""What panes share whose parts can be pointed at: hover, click, keys, and a readout."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import QEvent, QPointF, QRectF, Qt
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PyQt6.QtWidgets import QWidget

from cnnviz.core.scenes import Empty
from cnnviz.ui.painters.readout import draw_readout
from cnnviz.ui.pane import Pane

MOVES = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}

CHOICES = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class PointingPane(Pane):
    """A pane with parts that the mouse or the keyboard can point at.

    The arrow keys step through the forward pass everywhere in the window.  A pane takes them for
    itself only while it was reached with the keyboard (Tab): who clicks on a map and then presses →
    wants to step on.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hovered: QPointF | None = None
        self._read = ""
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def readout(self, scene: Any, point: QPointF) -> str:
        """What is under a point, as a text to show; empty where there is nothing."""
        return ""

    def chosen_at(self, scene: Any, point: QPointF) -> None:
        """A click; ask for what is under it."""

    def opened_at(self, scene: Any, point: QPointF) -> None:
        """A double click."""

    def arrow(self, scene: Any, right: int, down: int) -> None:
        """An arrow key."""

    def entered(self, scene: Any) -> None:
        """The enter key."""

    def goes_back(self) -> bool:
        """Whether Escape ends something in this pane now, after a click too."""
        return False

    def go_back(self) -> None:
        """The Escape key."""

    def focus_point(self, scene: Any) -> QPointF | None:
        """Where the keyboard stands, for the readout."""
        return None

    def draw_readout(self, painter: QPainter, area: QRectF) -> None:
        """Say what the mouse, or else the keyboard, points at."""
        point = self.hovered
        if point is None and self.by_keyboard:
            point = self.focus_point(self.shown)
        text = "" if point is None else self.readout(self.shown, point)
        if point is not None and text:
            draw_readout(painter, area, text, point, self.theme)

    # --- events ----------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event is None or isinstance(self.shown, Empty):
            return
        self.hovered = event.position()
        read = self.readout(self.shown, self.hovered)
        pointing = Qt.CursorShape.PointingHandCursor if read else Qt.CursorShape.ArrowCursor
        if self.cursor().shape() != pointing:
            self.setCursor(pointing)
        if read != self._read:
            self._read = read
            self.update()

    def leaveEvent(self, event: QEvent | None) -> None:
        self.hovered, self._read = None, ""
        self.update()

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            return
        if not isinstance(self.shown, Empty):
            self.chosen_at(self.shown, event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            return
        if not isinstance(self.shown, Empty):
            self.opened_at(self.shown, event.position())

    def event(self, event: QEvent | None) -> bool:
        # Accepting the override is how a widget takes a key that is a shortcut of the window.
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and (self._takes_escape(event) or (self.by_keyboard and self._takes(event)))
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is None:
            return
        if self._takes_escape(event):
            self.go_back()
            return
        if isinstance(self.shown, Empty) or not self._takes(event):
            super().keyPressEvent(event)
            return
        self.by_keyboard = True
        key = Qt.Key(event.key())
        if key in MOVES:
            self.arrow(self.shown, *MOVES[key])
        else:
            self.entered(self.shown)
        self.update()

    def _takes_escape(self, event: QKeyEvent) -> bool:
        # Unlike the arrow keys after a click too: it only ends what the click has begun.
        return event.key() == Qt.Key.Key_Escape and self.goes_back()

    @staticmethod
    def _takes(event: QKeyEvent) -> bool:
        plain = event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        )
        return plain and (event.key() in MOVES or event.key() in CHOICES)
