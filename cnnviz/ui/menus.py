"""The window's menus, made from the table of actions."""

from __future__ import annotations

from collections.abc import Iterable

from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QMenu, QMenuBar

from cnnviz.control.language import tr
from cnnviz.ui.actions import EXPORT, FILE, LESSONS, MENUS, VIEW, Entry
from cnnviz.ui.dock import PaneDock


class Menus(QMenuBar):
    """Those of the table by their titles, and five within them.

    Attributes
    ----------
    panes
        Which docks are shown.
    recent, data, lessons
        Filled by others: files, data sets, and the lessons of the course.
    """

    def __init__(
        self, entries: Iterable[Entry], actions: dict[str, QAction], docks: Iterable[PaneDock]
    ) -> None:
        super().__init__()
        self.titled = {title: QMenu(self) for title in MENUS}
        for menu in self.titled.values():
            self.addMenu(menu)
        file, lessons = self.titled[FILE], self.titled[LESSONS]
        self.titled[EXPORT] = QMenu(file)
        for entry in entries:
            if entry.menu in self.titled:
                self.titled[entry.menu].addAction(actions[entry.key])
        self.panes = QMenu(self.titled[VIEW])
        for dock in docks:
            toggle = dock.toggleViewAction()
            assert toggle is not None
            # One that stands behind another as a tab would stay there, and seem not to have come.
            toggle.triggered.connect(lambda on, dock=dock: dock.raise_() if on else None)
            self.panes.addAction(toggle)
        self.titled[VIEW].addMenu(self.panes)
        self.recent, self.data, self.lessons = QMenu(file), QMenu(file), QMenu(lessons)
        file.insertMenu(actions["save_bench"], self.titled[EXPORT])
        file.insertMenu(actions["picture"], self.recent)
        file.insertMenu(actions["open_data"], self.data)
        lessons.insertMenu(actions["open_lesson"], self.lessons)

    def retranslate(self) -> None:
        """Write everything again in the language of now."""
        for title, menu in self.titled.items():
            menu.setTitle(tr(title))
        self.panes.setTitle(tr("&Panes"))
        self.recent.setTitle(tr("Open re&cent"))
        self.data.setTitle(tr("D&ata"))
        self.lessons.setTitle(tr("The co&urse"))
