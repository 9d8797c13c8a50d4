"""How the network's panes stand for a step of a lesson: few of them, the first the largest."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtWidgets import QMainWindow

from cnnviz.ui.arrangement import arrange, proportion
from cnnviz.ui.dock import PaneDock

Horizontal, Vertical = Qt.Orientation.Horizontal, Qt.Orientation.Vertical

LARGEST = 0.62
"""The first pane's share of the width beside others."""

STRIP = 0.24
"""Of the height, for the network's strip where it stands over others."""

MOST_BESIDE = 3
"""Panes in the column beside the first."""


def arrange_for_step(
    window: QMainWindow, docks: dict[str, PaneDock], names: Sequence[str], zoom: float
) -> None:
    """Show the panes of those names alone; all of the usual ones where none is named."""
    if not names:
        arrange(window, docks)
        proportion(window, docks, zoom)
        return
    for dock in docks.values():
        window.removeDockWidget(dock)
        dock.setFloating(False)
    rest = list(dict.fromkeys(names))
    over = rest.pop(rest.index("network")) if "network" in rest[1:] else None
    first, beside = docks[rest[0]], [docks[name] for name in rest[1:]]
    if over is not None:
        window.addDockWidget(Qt.DockWidgetArea.TopDockWidgetArea, docks[over])
        window.splitDockWidget(docks[over], first, Vertical)
    else:
        window.addDockWidget(Qt.DockWidgetArea.TopDockWidgetArea, first)
    column, below = beside[:MOST_BESIDE], beside[MOST_BESIDE:]
    before = first
    for number, dock in enumerate(column):
        window.splitDockWidget(before, dock, Vertical if number else Horizontal)
        before = dock
    for dock in below:
        window.tabifyDockWidget(before, dock)
    for dock in (*((docks[over],) if over else ()), first, *beside):
        dock.show()
    _share(window, docks[over] if over else None, first, column)


def _share(
    window: QMainWindow, over: PaneDock | None, first: PaneDock, column: list[PaneDock]
) -> None:
    room = QSize(window.width(), window.height())
    if over is not None:
        strip = round(STRIP * room.height())
        window.resizeDocks([over, first], [strip, room.height() - strip], Vertical)
    if column:
        large = round(LARGEST * room.width())
        window.resizeDocks([first, column[0]], [large, room.width() - large], Horizontal)
        part = room.height() // len(column)
        window.resizeDocks(column, [part] * len(column), Vertical)
