"""The small buttons and fields inside a pane: how they look, and a row of them."""

from __future__ import annotations

from PyQt6.QtCore import QSize
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from cnnviz.ui.theme import Theme

SIZE = 14
"""Size of their text, in pixels at 100 %."""

HEIGHT = 24
"""Height of a button, in pixels at 100 %."""


def small_controls(theme: Theme) -> str:
    """The style sheet of tool buttons and number fields that stand inside a pane."""
    palette, px = theme.palette, theme.px
    return f"""
        QToolButton, QSpinBox {{
            background: {palette.raised}; color: {palette.text};
            border: {px(1)}px solid {palette.border}; border-radius: {px(5)}px;
            padding: 0 {px(6)}px; font-size: {px(SIZE)}px; min-height: {px(HEIGHT) - 2 * px(1)}px;
            selection-background-color: {palette.accent}; selection-color: {palette.on_accent};
        }}
        QToolButton:hover {{ border-color: {palette.muted}; }}
        QToolButton:checked {{ color: {palette.accent}; border-color: {palette.accent}; }}
        QToolButton:pressed {{ background: {palette.border}; }}
        QToolButton:disabled, QSpinBox:disabled {{ color: {palette.faint}; }}
        QToolButton:focus, QSpinBox:focus {{ border: {px(2)}px solid {palette.accent}; }}
        QLabel {{ color: {palette.muted}; background: transparent; }}
    """


def small_list(theme: Theme) -> str:
    """The style sheet of a list to choose from among them."""
    padding = f"0 {theme.px(22)}px 0 {theme.px(6)}px"
    return f"QComboBox {{ padding: {padding}; min-height: 0; font-size: {theme.px(SIZE)}px; }}"


class ControlRow(QWidget):
    """A row of such controls; a subclass makes them and then calls `fill`."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._parts: tuple[QWidget, ...] = ()
        self._left_out: tuple[QWidget, ...] = ()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)

    def fill(self, *parts: QWidget, left_out: tuple[QWidget, ...] = ()) -> None:
        """Take in the controls; ``left_out`` are hidden where there is no room, the first first."""
        self._parts, self._left_out = parts, left_out
        for part in parts:
            self._row.addWidget(part)
        self._row.addStretch(1)
        self.say()
        self.dress(Theme())

    def say(self) -> None:
        """Take the words from the language of the window."""
        raise NotImplementedError

    def dress(self, theme: Theme) -> None:
        """Take other colours or another zoom."""
        self._row.setSpacing(theme.px(4))
        for part in self._parts:
            # On each one: a hidden parent passes no new sheet on to a child measured before.
            style = small_list if isinstance(part, QComboBox) else small_controls
            part.setStyleSheet(style(theme))
            part.setFont(theme.font(SIZE))
            part.setFixedHeight(theme.px(HEIGHT))
        self.fit()

    def width_in(self, room: int) -> int:
        """How wide the row is to be, where there is so much room."""
        return max(1, room)

    def fit(self) -> None:
        """Leave out what there is no room for."""
        gap = self._row.spacing()
        widths = {
            part: max(part.minimumWidth(), min(part.maximumWidth(), part.sizeHint().width()))
            for part in self._parts
        }
        used = sum(widths.values()) + gap * (len(widths) - 1)
        for part in self._left_out:
            fits = used <= self.width()
            part.setVisible(fits)
            used -= 0 if fits else widths[part] + gap

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self.fit()
