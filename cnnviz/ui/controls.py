"""How the small buttons and fields inside a pane look."""

from __future__ import annotations

from collections.abc import Iterable

from PyQt6.QtWidgets import QWidget

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


def dress_row(row: QWidget, parts: Iterable[QWidget], theme: Theme) -> None:
    """Give a row of such controls the colours and the size of a theme."""
    layout = row.layout()
    if layout is not None:
        layout.setSpacing(theme.px(4))
    for part in parts:
        part.setStyleSheet(small_controls(theme))
        part.setFont(theme.font(SIZE))
        part.setFixedHeight(theme.px(HEIGHT))
