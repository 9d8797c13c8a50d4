"""Panes that have several looks, and the one that a step of a lesson names."""

from __future__ import annotations

from cnnviz.core.scenes.exciting import Look
from cnnviz.core.scenes.rehearsal import Part
from cnnviz.ui.pane import Pane
from cnnviz.ui.panes.exciting import ExcitingPane
from cnnviz.ui.panes.rehearsal import RehearsalPane


def begin_look(pane: Pane | None, look: str) -> None:
    """Let a pane that has several looks show the one that is named, or its first."""
    if isinstance(pane, ExcitingPane):
        pane.begin(next((each for each in Look if each.value == look), Look.CHANNEL))
    elif isinstance(pane, RehearsalPane):
        pane.begin(next((each for each in Part if each.value == look), Part.FORWARD))
