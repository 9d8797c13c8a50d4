"""The line in which a cell's number is typed, at the cell's own place."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QRegularExpression, Qt, pyqtSignal
from PyQt6.QtGui import (
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QRegularExpressionValidator,
)
from PyQt6.QtWidgets import QLineEdit, QWidget

from cnnviz.control.language import tr
from cnnviz.ui.pane import BY_HAND
from cnnviz.ui.pointing import MOVES
from cnnviz.ui.theme import Theme

LONGEST = 40
"""Characters of a number; no float needs more than 24."""

_ALLOWED = QRegularExpression(r"[0-9eE+\-\x{2212}.,\s]*")
"""What numbers are made of: "nan" and "inf" cannot even be typed."""


class CellEditor(QLineEdit):
    """Typed into like a spreadsheet's cell: Enter, Tab and the arrow keys keep what was typed."""

    kept = pyqtSignal(int, int)
    """Columns and rows to go on by."""
    tabbed = pyqtSignal(bool)
    """Whether backward."""
    cancelled = pyqtSignal()
    block_pasted = pyqtSignal()
    """The clipboard holds several numbers: they belong into several cells."""
    left = pyqtSignal()
    """The focus has gone elsewhere."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._overwrites = True
        self.open = False
        self.refused = False
        self.setValidator(QRegularExpressionValidator(_ALLOWED, self))
        self.setMaxLength(LONGEST)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setAccessibleName(tr("number in the cell"))
        self.hide()

    def begin(self, text: str, overwrites: bool, theme: Theme, font: int) -> None:
        """Show a text to go on typing: the first character, or the number as it was."""
        self._overwrites, self.open, self.refused = overwrites, True, False
        self.restyle(theme, font)
        self.setText(text)
        if not overwrites:
            self.selectAll()
        self.show()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def close_over(self, widget: QWidget) -> None:
        """Vanish; the keys go to a widget if they came here."""
        self.open = False
        if self.hasFocus():
            # As by a click: the selected cell is frame enough.
            widget.setFocus(Qt.FocusReason.MouseFocusReason)
        self.hide()

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        super().focusOutEvent(event)
        if self.open and event is not None and event.reason() not in BY_HAND[1:]:
            self.left.emit()

    def restyle(self, theme: Theme, font: int) -> None:
        """Take the theme's colours; the frame is red while the text is refused."""
        palette, edge = theme.palette, theme.px(2)
        frame = palette.wrong if self.refused else palette.accent
        self.setFont(theme.font(font))
        self.setStyleSheet(
            f"QLineEdit {{ background: {palette.panel}; color: {palette.text}; padding: 0; "
            f"min-height: 0; border: {edge}px solid {frame}; border-radius: {theme.px(4)}px; "
            f"font-size: {theme.px(font)}px; }}"
        )

    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QKeyEvent):
            kind = event.type()
            if kind == QEvent.Type.ShortcutOverride and self._claims(event):
                event.accept()
                return True
            # Qt would take the Tab key for moving the focus before it is a key to us.
            if kind == QEvent.Type.KeyPress and event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
                self.tabbed.emit(event.key() == Qt.Key.Key_Backtab)
                return True
        return super().event(event)

    @staticmethod
    def _claims(event: QKeyEvent) -> bool:
        """Every key that types or moves; Page Up and Down go on to turn the lecture's pages."""
        shift, keypad = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.KeypadModifier
        if event.modifiers() & ~(shift | keypad):
            return event.matches(QKeySequence.StandardKey.Paste)
        return event.key() not in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown) and not (
            Qt.Key.Key_F1 <= event.key() <= Qt.Key.Key_F35
        )

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is None:
            return
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape:
            self.cancelled.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.kept.emit(0, 1)
        elif key in MOVES and (self._overwrites or key in (Qt.Key.Key_Up, Qt.Key.Key_Down)):
            self.kept.emit(*MOVES[key])
        elif event.matches(QKeySequence.StandardKey.Paste) and _holds_block():
            self.block_pasted.emit()
        else:
            super().keyPressEvent(event)


def _holds_block() -> bool:
    clipboard = QGuiApplication.clipboard()
    text = "" if clipboard is None else clipboard.text().strip()
    return any(mark in text for mark in "\t\n;[")
