"""How the docks stand in a new window, and how large each is."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QMainWindow

from cnnviz.ui.dock import PaneDock

Horizontal, Vertical = Qt.Orientation.Horizontal, Qt.Orientation.Vertical


INSTEAD = ("matrix", "graph", "receptive", "confusion", "exciting", "rehearsal", "data")
"""Docks that wait behind the stage: whoever asks for one wants to see it, in the largest place."""

ON_DEMAND = (*INSTEAD, "own")
"""Docks that wait behind others until the View menu is asked for them."""


def arrange(window: QMainWindow, docks: dict[str, PaneDock]) -> None:
    """Put every dock where the design has it; no central widget, so that all panes are equal."""
    for dock in docks.values():
        window.removeDockWidget(dock)
        dock.setFloating(False)
    window.addDockWidget(Qt.DockWidgetArea.TopDockWidgetArea, docks["network"])
    window.splitDockWidget(docks["network"], docks["stage"], Vertical)
    window.splitDockWidget(docks["stage"], docks["loss"], Horizontal)
    window.splitDockWidget(docks["stage"], docks["kernels"], Vertical)
    window.splitDockWidget(docks["kernels"], docks["maps"], Horizontal)
    window.splitDockWidget(docks["loss"], docks["pooling"], Vertical)
    window.splitDockWidget(docks["pooling"], docks["prediction"], Vertical)
    for key in INSTEAD:
        window.tabifyDockWidget(docks["stage"], docks[key])
    window.tabifyDockWidget(docks["pooling"], docks["own"])  # the stage shows what is drawn
    for key, dock in docks.items():
        dock.setVisible(key not in ON_DEMAND)


def proportion(window: QMainWindow, docks: dict[str, PaneDock], zoom: float) -> None:
    """Give every dock its share; Qt honours it only once the window has its size."""
    width, height = window.width(), window.height()
    # At 720 lines there is just room for a picture, the three lines under it and the bracket.
    strip = min(round(168 * zoom), round(0.22 * height))
    rest = height - strip - round(80 * zoom)
    maps = round(0.27 * rest)
    window.resizeDocks([docks["network"], docks["stage"]], [strip, rest], Vertical)
    window.resizeDocks(
        [docks["stage"], docks["loss"]], [round(width * 0.66), round(width * 0.34)], Horizontal
    )
    window.resizeDocks([docks["stage"], docks["kernels"]], [rest - maps, maps], Vertical)
    window.resizeDocks(
        [docks["kernels"], docks["maps"]], [round(width * 0.24), round(width * 0.42)], Horizontal
    )
    thirds = [round(rest * share) for share in (0.40, 0.32, 0.28)]
    window.resizeDocks([docks["loss"], docks["pooling"], docks["prediction"]], thirds, Vertical)


def make_room(window: QMainWindow, docks: dict[str, PaneDock]) -> None:
    """Give the pane that is drawn in the largest part of its column, where the design has it."""
    column = [docks["loss"], docks["own"], docks["prediction"]]
    if any(dock.isFloating() for dock in column):
        return
    height = sum(dock.height() for dock in column)
    window.resizeDocks(column, [round(height * share) for share in (0.28, 0.43, 0.29)], Vertical)
