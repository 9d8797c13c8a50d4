"""The workspace of runs: what was recorded, and how runs compare."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from PyQt6.QtCore import QPoint, Qt, pyqtSignal
from PyQt6.QtGui import QAction, QGuiApplication
from PyQt6.QtWidgets import QMenu, QSplitter, QVBoxLayout, QWidget

from cnnviz.control.controller import Controller
from cnnviz.control.language import tr
from cnnviz.control.runs import Runs
from cnnviz.control.trials import Trials
from cnnviz.core.problem import Problem, mark
from cnnviz.core.ready_made import ReadyMade, figures, list_ready_made
from cnnviz.core.recorded import RunRow
from cnnviz.core.undo_stack import Undoable
from cnnviz.core.view import View
from cnnviz.engine.run_places import runs_folder
from cnnviz.export.table import as_tabs
from cnnviz.resources import resource
from cnnviz.ui.actions import ENTRIES
from cnnviz.ui.comparison import Comparison
from cnnviz.ui.experiments import ExperimentButtons, ExperimentReport
from cnnviz.ui.file_dialogs import file_to_write, open_dialog
from cnnviz.ui.main_window import MainWindow
from cnnviz.ui.pairing import Pair, experiment_pair, selected_pair, why_no_pair
from cnnviz.ui.runs_heading import RunsHeading
from cnnviz.ui.runs_table import RunsTable
from cnnviz.ui.theme import Theme
from cnnviz.ui.workspace import RUNS, Workspace

BUTTONS = ("side_by_side", "rename_run", "remove_runs", "export_runs")

READY = resource("experiments", "runs")
"""Runs of the ready-made experiments that come with the program; they are only ever read."""

CLOSING_SECONDS = 0.3
"""How long a closing window waits for a file that is being read."""


class RunsPage(Workspace):
    """The table of runs above, and what the selected ones have in common and not below."""

    key: ClassVar[str] = RUNS
    steps: ClassVar[bool] = False

    open_requested = pyqtSignal(Path)
    """A run is to be opened."""
    pair_requested = pyqtSignal(object, object)
    """Two `Compared` are to be shown side by side."""

    def __init__(
        self,
        runs: Runs,
        network: Controller,
        actions: dict[str, QAction],
        experiments: tuple[ReadyMade, ...],
    ) -> None:
        super().__init__(runs)
        self.runs = runs
        self.trials = Trials(self)
        self._shown: ReadyMade | None = None
        self._ready = False  # whether its runs are those that come with the program
        self._selecting = False
        self._all_experiments = experiments
        self._network = network
        self._actions = actions
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.heading = RunsHeading([actions[key] for key in BUTTONS], self)
        self.table = RunsTable(self)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.experiments = ExperimentButtons(experiments, self)
        self.report = ExperimentReport(actions["cancel_experiment"], self)
        self.report.pair.clicked.connect(lambda: self._show_pair(self._experiment_pair()))
        self.comparison = Comparison(actions, self.experiments, self.report, self)
        self._arrange()
        self._connect()
        self.retranslate()

    def _arrange(self) -> None:
        self.above = QWidget(self)
        column = QVBoxLayout(self.above)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.heading)
        column.addWidget(self.table, 1)
        self.splitter = QSplitter(Qt.Orientation.Vertical, self)
        self.splitter.setChildrenCollapsible(False)
        for part, stretch in ((self.above, 2), (self.comparison, 3)):
            self.splitter.addWidget(part)
            self.splitter.setStretchFactor(self.splitter.count() - 1, stretch)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.splitter, 1)

    def _connect(self) -> None:
        runs, table = self.runs, self.table
        table.chosen.connect(self._chosen)
        table.renamed.connect(runs.rename)
        table.opened.connect(self.open_requested)
        table.customContextMenuRequested.connect(self._offer)
        runs.listed.connect(self._list)
        runs.compared_changed.connect(self._compare)
        self.experiments.chosen.connect(self.choose_experiment)
        self.trials.changed.connect(self._show_progress)
        self.trials.changed.connect(self._compare)
        self.trials.failed.connect(lambda problem: runs.noticed.emit(problem, True))
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
        dialog = file_to_write(
            *(self, tr("Export metrics"), "csv", tr("Tables (*.csv)")),
            then=lambda path: self.runs.export(rows, path),
            folder=str(Path.home()),
        )
        open_dialog(dialog)

    def side_by_side(self) -> None:
        """Show the two selected runs with one cursor."""
        self._show_pair(selected_pair(self.table.selected, self.runs.compared))

    def _show_pair(self, pair: Pair | None) -> None:
        if pair is not None:
            self.pair_requested.emit(*pair)

    def _experiment_pair(self) -> Pair | None:
        return experiment_pair(self._shown, self._folder, self.runs.compared)

    def _say_pair(self) -> None:
        """Let the button say what it does, or why it does not."""
        entry = next(entry for entry in ENTRIES if entry.key == "side_by_side")
        why_not = why_no_pair(self.table.selected, self.runs.compared)
        tip = why_not or f"{tr(entry.tip)} ({entry.keys[0]})"
        self._actions["side_by_side"].setToolTip(tip)

    # --- experiments -----------------------------------------------------------------------

    def choose_experiment(self, made: ReadyMade) -> None:
        """Train what is not trained yet of an experiment, and compare its runs."""
        rows = self.runs.rows
        if rows is None:
            self.experiments.show_chosen(self._shown)
            return  # the list is being read: nobody knows yet what is trained
        self._shown, self._ready = made, False
        self._select_shown()
        other = self.trials.running
        if other is None:
            self.trials.start(made, self.runs.folder, rows)
        elif other is not made:
            title = tr(other.title)
            self.runs.noticed.emit(
                Problem("{title} is being trained: wait, or cancel it first.", title=title), False
            )

    @property
    def shown(self) -> ReadyMade | None:
        """The experiment that is shown."""
        return self._shown

    def show_experiment(self, key: str) -> None:
        """Compare the runs of an experiment, by its key, and train nothing; "": none.

        They are those that come with the program, which the list does not hold; where there are
        none, a person's own.
        """
        made, ready = self._made_ready(key)
        self._shown, self._ready = made, bool(ready)
        if ready:
            self._selecting = True
            self.table.select(())
            self._selecting = False
            self.runs.compare(ready)
            self.runs.drain()  # they may have been read ahead
        else:
            self._compare_selected()
        if made is None or ready or self.runs.rows is None:
            self.experiments.show_chosen(made)
        else:
            self._select_shown()
        self._compare()

    def look_ahead(self, key: str) -> None:
        """Read the runs of an experiment that will be shown while nobody looks at this page."""
        _, ready = self._made_ready(key)
        if ready and not self.isVisible():
            self.runs.compare(ready)

    @property
    def settled(self) -> bool:
        """Whether the runs that come with the program have been read, where they are shown."""
        return not self._ready or {run.path.parent for run in self.runs.compared} == {READY}

    def _made_ready(self, key: str) -> tuple[ReadyMade | None, tuple[Path, ...]]:
        """An experiment, and those of its runs that come with the program: all of them, or ()."""
        made = next((made for made in self._all_experiments if made.key == key), None)
        ready = () if made is None else made.paths(READY)
        return made, ready if all(path.is_file() for path in ready) else ()

    def _compare_selected(self) -> None:
        selected = self.table.selected
        self.runs.compare(tuple(row.path for row in selected if row.problem is None))

    @property
    def _folder(self) -> Path:
        """Where the runs lie of the experiment that is shown."""
        return READY if self._ready else self.runs.folder

    def cancel_experiment(self) -> None:
        self.trials.cancel()

    def _recorded(self, made: ReadyMade) -> set[Path]:
        """Those of its runs that there are."""
        known = {row.path for row in self.table.rows if row.problem is None}
        return known.intersection(made.paths(self.runs.folder))

    def _select_shown(self) -> None:
        """Select the runs of the experiment that is shown, also those that have come since."""
        if self._shown is not None and not self._ready:
            self._selecting = True
            self.table.select(tuple(self._recorded(self._shown)))
            self._selecting = False
        self.experiments.show_chosen(self._shown)
        self._tell()

    def _compare(self) -> None:
        waiting = ""
        if self._ready:
            waiting = mark("The runs are being read…")
        elif self._shown is not None and self._shown is self.trials.running:
            waiting = mark("The first run is about to begin…")
        elif self._shown is not None and not self._recorded(self._shown):
            waiting = mark("This experiment is not trained yet: press its button above. "
                           "It takes a minute or two.")  # fmt: skip
        self.comparison.show_runs(self.runs.compared, waiting)
        self._tell()
        self._say_pair()
        self.undo_changed.emit()

    def _tell(self) -> None:
        """Say what to watch for, and what came out when all runs are complete."""
        made = self._shown
        self.report.show_pair([run.row.name for run in self._experiment_pair() or ()])
        if made is None:
            self.report.show_report("", "")
            return
        by_path = {run.path: run for run in self.runs.compared}
        found = [by_path.get(path) for path in made.paths(self._folder)]
        complete = [run for run in found if run is not None and made.is_complete(run)]
        result = ""
        if len(complete) == len(made.parts):
            result = tr(made.result, **figures(made, complete))
        self.report.show_report(tr(made.watch), result)

    def _show_progress(self) -> None:
        running = self.trials.running
        if running is None:
            self.report.show_progress(None)
        else:
            known = self.runs.rows or ()
            progress = self.trials.progress(self.runs.folder, known)
            self.report.show_progress((tr(running.title), *progress))
        self.undo_changed.emit()

    # --- what is asked for of the comparison -------------------------------------------------

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
        if len(readable) == 1:
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
            "cancel_experiment": self.trials.running is not None,
            "side_by_side": not why_no_pair(selected, self.runs.compared),
            "export_runs": bool(selected) and len(readable) == len(selected),
        }
        return possible.get(key, True)

    # --- showing ---------------------------------------------------------------------------

    def look(self, view: View) -> None:
        """Nothing here follows a cursor."""

    def entered(self) -> None:
        self.runs.watch(True)
        self._give_focus()

    def left(self) -> None:
        super().left()
        self.runs.watch(False)

    def _list(self) -> None:
        rows: tuple[RunRow, ...] = self.runs.rows or ()
        self._selecting = True  # what is selected anew was selected before
        self.table.show_rows(rows, self._network.run_path)
        self._selecting = False
        self._select_shown()
        self.heading.say(self.runs.rows)
        self._show_progress()

    def _chosen(self) -> None:
        if self._ready and self._selecting:
            return  # no run that is shown stands in the list
        self._ready = False
        paths = tuple(row.path for row in self.table.selected if row.problem is None)
        shown = next(
            (made for made in self._all_experiments if self._recorded(made) == set(paths)), None
        )
        if paths and shown is not None:
            # In the experiment's own order: it says what is compared with what.
            paths = tuple(path for path in shown.paths(self.runs.folder) if path in paths)
            self._shown = shown
        elif not self._selecting:
            self._shown = None
        self.experiments.show_chosen(self._shown)
        self.runs.compare(paths)
        self._tell()
        self._say_pair()
        self.undo_changed.emit()  # what the buttons do depends on what is selected

    # --- the window's actions --------------------------------------------------------------

    @property
    def history(self) -> Undoable:
        return self.runs.history

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

    def present(self, presented: bool, narrow: bool) -> None:
        self.above.setVisible(not presented)
        if self.isVisible():
            self._give_focus()

    def _give_focus(self) -> None:
        """To the list, or to the window where it is hidden: never to a button that would train."""
        there = self.table if self.above.isVisibleTo(self) else self.window()
        assert there is not None
        there.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.heading.set_theme(theme)
        self.table.set_theme(theme)
        self.comparison.set_theme(theme)
        self.experiments.set_theme(theme)
        self.report.set_theme(theme)
        self.splitter.setHandleWidth(theme.px(6))

    def retranslate(self) -> None:
        self.heading.say(self.runs.rows)
        self.table.retranslate()
        self.comparison.retranslate()
        self.experiments.retranslate()
        self._say_pair()
        self._tell()
        self._show_progress()


def made_page(window: MainWindow, controller: Controller) -> RunsPage:
    """The page of a window, with everything tied to it."""
    runs = Runs(controller.view.network, runs_folder())
    experiments = list_ready_made(resource("experiments"), resource("networks"))
    page = RunsPage(runs, controller, window.actions_by_key, experiments)
    runs.setParent(page)
    window.closed.connect(lambda _: page.trials.close())
    window.closed.connect(lambda _: runs.close(CLOSING_SECONDS))
    page.open_requested.connect(window.requests.open_path)
    page.pair_requested.connect(window.requests.runs.show_side_by_side)
    window.follow(page)
    return page
