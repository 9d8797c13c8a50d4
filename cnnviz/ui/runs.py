"""The workspace of runs: what was recorded, and how runs compare."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from PyQt6.QtCore import QPoint, Qt, pyqtSignal
from PyQt6.QtGui import QAction, QGuiApplication
from PyQt6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnnviz.control.controller import Controller
from cnnviz.control.language import tr
from cnnviz.control.runs import Runs
from cnnviz.core.recorded import RunRow
from cnnviz.core.view import View
from cnnviz.engine.run_places import runs_folder
from cnnviz.export.table import as_tabs
from cnnviz.ui.comparison import Comparison
from cnnviz.ui.main_window import MainWindow
from cnnviz.ui.runs_table import RunsTable
from cnnviz.ui.theme import Theme
from cnnviz.ui.workspace import RUNS, Workspace

BUTTONS = ("rename_run", "remove_runs", "export_runs")

CLOSING_SECONDS = 0.3
"""How long a closing window waits for a file that is being read."""


class RunsPage(Workspace):
    """The table of runs above, and what the selected ones have in common and not below."""

    key: ClassVar[str] = RUNS
    steps: ClassVar[bool] = False

    open_requested = pyqtSignal(Path)
    """A run is to be opened; offered only where somebody listens."""

    def __init__(self, runs: Runs, network: Controller, actions: dict[str, QAction]) -> None:
        super().__init__(runs)
        self.runs = runs
        self._network = network
        self._actions = actions
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.heading = QLabel(self)
        self.heading.setObjectName("brand")
        self.note = QLabel(self)
        self.note.setObjectName("muted")
        self.table = RunsTable(self)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.comparison = Comparison(actions, self)
        self._arrange()
        self._connect()
        self.retranslate()

    def _arrange(self) -> None:
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._top = QHBoxLayout()
        self._top.addWidget(self.heading)
        self._top.addWidget(self.note, 1)
        for key in BUTTONS:
            button = QToolButton(self)
            button.setDefaultAction(self._actions[key])
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self._top.addWidget(button)
        above = QWidget(self)
        column = QVBoxLayout(above)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._top)
        column.addWidget(self.table, 1)
        self.splitter = QSplitter(Qt.Orientation.Vertical, self)
        self.splitter.setChildrenCollapsible(False)
        for part, stretch in ((above, 2), (self.comparison, 3)):
            self.splitter.addWidget(part)
            self.splitter.setStretchFactor(self.splitter.count() - 1, stretch)
        self._column.addWidget(self.splitter, 1)

    def _connect(self) -> None:
        runs, table = self.runs, self.table
        table.chosen.connect(self._chosen)
        table.renamed.connect(runs.rename)
        table.opened.connect(self.open_requested)
        table.customContextMenuRequested.connect(self._offer)
        runs.listed.connect(self._list)
        runs.compared_changed.connect(lambda: self.comparison.show_runs(runs.compared))
        runs.edited.connect(self.undo_changed)

    # --- what is asked for -----------------------------------------------------------------

    def rename(self) -> None:
        self.table.edit_name()

    def remove(self) -> None:
        """Move the selected runs aside."""
        here = self._network.run_path
        self.runs.remove(self.table.selected, here)

    def export(self) -> None:
        """Ask for a file, and write the metrics of the selected runs into it."""
        rows = self.table.selected
        dialog = QFileDialog(self, tr("Export metrics"), str(Path.home()))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.setNameFilters([tr("Tables (*.csv)")])
        dialog.fileSelected.connect(lambda name: self.runs.export(rows, Path(name)))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def look_at_curves(self) -> None:
        self.comparison.show_look(0)

    def look_at_shifts(self) -> None:
        self.comparison.show_look(1)

    def look_at_differences(self) -> None:
        self.comparison.show_look(2)

    def _offer(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        readable = [row for row in self.table.selected if row.problem is None]
        if len(readable) == 1 and self.receivers(self.open_requested):
            path = readable[0].path
            menu.addAction(tr("Open"), lambda: self.open_requested.emit(path))
        for key in BUTTONS:
            menu.addAction(self._actions[key])
        viewport = self.table.viewport()
        assert viewport is not None
        menu.popup(viewport.mapToGlobal(at))

    def can(self, key: str) -> bool:
        selected = self.table.selected
        readable = [row for row in selected if row.problem is None]
        possible = {
            "rename_run": len(selected) == len(readable) == 1,
            "remove_runs": bool(selected),
            "export_runs": bool(selected) and len(readable) == len(selected),
        }
        return possible.get(key, True)

    # --- showing ---------------------------------------------------------------------------

    def look(self, view: View) -> None:
        """Nothing here follows a cursor."""

    def entered(self) -> None:
        self.runs.watch(True)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def left(self) -> None:
        super().left()
        self.runs.watch(False)

    def _list(self) -> None:
        rows: tuple[RunRow, ...] = self.runs.rows or ()
        self.table.show_rows(rows, self._network.run_path)
        self._say()
        self.undo_changed.emit()

    def _chosen(self) -> None:
        readable = (row for row in self.table.selected if row.problem is None)
        self.runs.compare(tuple(row.path for row in readable))
        self.undo_changed.emit()  # what the buttons do depends on what is selected

    def _say(self) -> None:
        self.heading.setText(tr("Runs"))
        rows = self.runs.rows
        if rows is None:
            self.note.setText(tr("The runs are being read…"))
        elif not rows:
            self.note.setText(
                tr("There is none yet: every run that is trained is recorded and listed here.")
            )
        else:
            size = f"{sum(row.size for row in rows) / 1e6:,.0f}"
            self.note.setText(tr("{count} runs, {size} MB", count=len(rows), size=size))

    # --- the window's actions --------------------------------------------------------------

    @property
    def can_undo(self) -> bool:
        return self.runs.can_undo

    @property
    def can_redo(self) -> bool:
        return self.runs.can_redo

    def undo(self) -> None:
        self.runs.undo()

    def redo(self) -> None:
        self.runs.redo()

    def copy(self) -> bool:
        clipboard = QGuiApplication.clipboard()
        if clipboard is None or not self.table.selected:
            return False
        clipboard.setText(as_tabs(self.table.as_table()))
        return True

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        margin = theme.px(12)
        self._top.setContentsMargins(margin, theme.px(6), margin, theme.px(6))
        self._top.setSpacing(theme.px(8))
        self.table.set_theme(theme)
        self.comparison.set_theme(theme)
        self.splitter.setHandleWidth(theme.px(6))

    def retranslate(self) -> None:
        self._say()
        self.table.retranslate()
        self.comparison.retranslate()


def made_page(window: MainWindow, controller: Controller) -> RunsPage:
    """The page of a window, with everything tied to it."""
    runs = Runs(controller.view.network, runs_folder())
    page = RunsPage(runs, controller, window.actions_by_key)
    runs.setParent(page)
    window.closed.connect(lambda _: runs.close(CLOSING_SECONDS))
    window.follow(page)
    return page
