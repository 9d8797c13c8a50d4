"""How the small buttons and fields inside a pane look."""

from __future__ import annotations

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
