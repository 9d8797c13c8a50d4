"""The window's menus, made from the table of actions."""

from __future__ import annotations

from collections.abc import Iterable

from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QMenu, QMenuBar

from cnnviz.control.language import tr
from cnnviz.ui.actions import FILE, LESSONS, MENUS, VIEW, WITHIN, Entry
from cnnviz.ui.dock import PaneDock

FIRST = frozenset({
    "save_bench", "open_weights", "quit",
    "copy_latex", "export_film", "export_page", "export_runs",
    "copy", "edit_network", "first_remedy", "examples", "rename_run",
    "settings", "earlier_step", "previous_sample", "own_picture", "striking", "cancel_experiment",
    "start", "play", "up", "readers", "hold", "previous_group", "previous_layer",
    "way_1", "compare_curves", "side_by_side", "open_left", "log_scale", "more_digits", "theme",
    "motion", "full_screen", "receptive",
    "lesson_present", "lesson_next", "lesson_black", "lesson_notes",
})  # fmt: skip
"""Actions above which a line stands: what belongs together stands together."""


class Menus(QMenuBar):
    """Those of the table by their titles, those within them, and four that others fill.

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
        for entry in entries:
            if not entry.menu:
                continue
            if entry.key in FIRST:  # of a menu within another, the first has its line above that
                self.titled.get(entry.menu, self.titled[entry.outer_menu]).addSeparator()
            self._menu(entry.menu).addAction(actions[entry.key])
        self.panes = QMenu(self.titled[VIEW])
        for dock in docks:
            toggle = dock.toggleViewAction()
            assert toggle is not None
            # One that stands behind another as a tab would stay there, and seem not to have come.
            toggle.triggered.connect(lambda on, dock=dock: dock.raise_() if on else None)
            self.panes.addAction(toggle)
        self.titled[VIEW].insertMenu(actions["restore_layout"], self.panes)
        self.recent, self.data, self.lessons = QMenu(file), QMenu(file), QMenu(lessons)
        file.insertMenu(actions["picture"], self.recent)
        file.insertSeparator(actions["picture"])
        file.insertMenu(actions["open_data"], self.data)
        lessons.insertMenu(actions["open_lesson"], self.lessons)

    def _menu(self, title: str) -> QMenu:
        """The menu of that title; one within another is made where it is first asked for."""
        if title not in self.titled:
            outer = self.titled[WITHIN[title]]
            self.titled[title] = QMenu(outer)
            outer.addMenu(self.titled[title])
        return self.titled[title]

    def retranslate(self) -> None:
        """Write everything again in the language of now."""
        for title, menu in self.titled.items():
            menu.setTitle(tr(title))
        self.panes.setTitle(tr("&Panes"))
        self.recent.setTitle(tr("Open re&cent"))
        self.data.setTitle(tr("D&ata"))
        self.lessons.setTitle(tr("The co&urse"))
