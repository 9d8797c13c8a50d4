"""How the window looks: size, colours, language, digits, and which panes are seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnviz.control.language import resolve_language
from cnnviz.ui.arrangement import ON_DEMAND
from cnnviz.ui.panes.stage import StagePane
from cnnviz.ui.theme import DARK

if TYPE_CHECKING:
    from cnnviz.ui.main_window import MainWindow

ZOOM_STEPS = (80, 90, 100, 110, 125, 150, 175, 200, 250, 300)
"""Percent."""


class LookRequests:
    """Changes the preferences that decide about it; they are remembered."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window

    def zoom_by(self, by: int) -> None:
        now = min(
            range(len(ZOOM_STEPS)), key=lambda i: abs(ZOOM_STEPS[i] - self.window.preferences.zoom)
        )
        self.set_zoom(ZOOM_STEPS[min(max(now + by, 0), len(ZOOM_STEPS) - 1)])

    def set_zoom(self, percent: int) -> None:
        self.window.prefer(zoom=percent)

    def next_theme(self) -> None:
        self.window.prefer(theme="light" if self.window.theme.palette is DARK else "dark")

    def next_language(self) -> None:
        # By what is in force and not by what is chosen: "system" may be either of the two.
        now = resolve_language(self.window.preferences.language)
        self.window.prefer(language="en" if now == "ko" else "ko")

    def toggle_motion(self) -> None:
        self.window.prefer(reduced_motion=not self.window.preferences.reduced_motion)

    def change_decimals(self, by: int) -> None:
        self.window.prefer(decimals=min(max(self.window.preferences.decimals + by, 1), 8))
        stage = self.window.docks["stage"].pane
        if isinstance(stage, StagePane):
            stage.set_decimals(self.window.preferences.decimals)
        for page in self.window.workspaces.pages.values():
            page.set_decimals(self.window.preferences.decimals)

    def show_pane(self, key: str) -> None:
        """Bring a pane to the front that is hidden or behind another; once more puts it away."""
        dock = self.window.docks[key]
        put_away = dock.in_front and key in ON_DEMAND
        dock.setVisible(not put_away)
        if not put_away:
            dock.raise_()
