"""The recorded runs as the window has them: the list, what is compared, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PyQt6.QtCore import QTimer, pyqtSignal

from cnnviz.control.stepping import Stepping
from cnnviz.control.whole_file import write_whole
from cnnviz.core.network import Network
from cnnviz.core.problem import Problem
from cnnviz.core.recorded import Compared, RunRow, RunState
from cnnviz.core.undo_stack import UndoStack
from cnnviz.core.view import View
from cnnviz.engine.run_file import RunFile
from cnnviz.engine.run_notes import NAME, name_of
from cnnviz.engine.run_reading import RunReading
from cnnviz.engine.run_removal import put_back, remove
from cnnviz.export.metrics import metrics_table
from cnnviz.export.table import as_csv

INTERVAL = 250
"""Milliseconds between two looks at what the reading thread has found."""

MOST_COMPARED = 8
"""As many colours and line styles can be told apart."""


@dataclass(frozen=True)
class Edit:
    """Something done to the files that can be undone: two jobs for the reading thread."""

    do: Callable[[], None]
    undo: Callable[[], None]


class Runs(Stepping):
    """Asks the reading thread, and takes what it finds; there is nothing to step through here."""

    listed = pyqtSignal()
    """`rows` are others."""
    compared_changed = pyqtSignal()
    """`compared` are others, or their curves have grown."""
    edited = pyqtSignal()
    """There is something to undo or to redo, or no longer."""

    def __init__(self, network: Network, folder: Path) -> None:
        super().__init__(View(network=network))
        self._reading = RunReading(folder)
        self.rows: tuple[RunRow, ...] | None = None
        self.compared: tuple[Compared, ...] = ()
        self.history: UndoStack[Edit] = UndoStack()
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL)
        self._timer.timeout.connect(self.drain)

    @property
    def folder(self) -> Path:
        return self._reading.folder

    # --- what is asked for -----------------------------------------------------------------

    def watch(self, watching: bool) -> None:
        """Follow the folder while the list is on the screen."""
        self._reading.watch(watching)
        if watching:
            self._timer.start()
        else:
            self._timer.stop()

    def compare(self, paths: tuple[Path, ...]) -> None:
        """Read the curves of these runs, at most `MOST_COMPARED`."""
        if len(paths) > MOST_COMPARED:
            self.noticed.emit(
                Problem("Only the first {most} runs are compared.", most=MOST_COMPARED), False
            )
        self._reading.follow(paths[:MOST_COMPARED])

    def rename(self, row: RunRow, name: str) -> None:
        """Call a run something else; "" calls it as its file is called."""
        name, before = name.strip(), row.name
        if name == before:
            return
        self._edit(Edit(lambda: _say_name(row.path, name), lambda: _say_name(row.path, before)))

    def remove(self, rows: tuple[RunRow, ...], here: Path | None) -> None:
        """Move runs aside; those that are being written stay, and that is said.

        Parameters
        ----------
        here
            Where the window records its own run, which it may go on with at any time.
        """
        busy = [row for row in rows if row.state is RunState.WRITING or row.path == here]
        if busy and busy[0].path == here:
            self.noticed.emit(
                Problem("{name} is the run of this window: reset it first.", name=busy[0].name),
                False,
            )
        elif busy:
            self.noticed.emit(
                Problem("{name} is being written: stop it first.", name=busy[0].name), False
            )
        removal = _Removal(tuple(row.path for row in rows if row not in busy))
        if removal.paths:
            self._edit(Edit(removal.do, removal.undo))

    def export(self, rows: tuple[RunRow, ...], file: Path) -> None:
        """Write losses and looks at the test set of runs into one table."""
        paths = tuple(row.path for row in rows)
        self._reading.ask(lambda: _write_metrics(paths, file))

    def undo(self) -> None:
        edit = self.history.undo()
        if edit is not None:
            self._reading.ask(edit.undo)
            self.edited.emit()

    def redo(self) -> None:
        edit = self.history.redo()
        if edit is not None:
            self._reading.ask(edit.do)
            self.edited.emit()

    def close(self, timeout: float) -> bool:
        """End the reading thread; whether it has ended in time."""
        self._timer.stop()
        return self._reading.close(timeout)

    def _edit(self, edit: Edit) -> None:
        self.history.remember(edit)
        self._reading.ask(edit.do)
        self.edited.emit()

    # --- what is found ---------------------------------------------------------------------

    def drain(self) -> None:
        """Take what the reading thread has found since."""
        while (problem := self._reading.take_problem()) is not None:
            self.noticed.emit(problem, True)
        rows, compared = self._reading.rows, self._reading.compared
        if rows is not self.rows:
            self.rows = rows
            self.listed.emit()
        if compared is not self.compared:
            self.compared = compared
            self.compared_changed.emit()


class _Removal:
    """Runs that go aside together, and where they lie then."""

    def __init__(self, paths: tuple[Path, ...]) -> None:
        self.paths = paths
        self._aside: dict[Path, Path] = {}

    def do(self) -> None:
        for path in self.paths:
            self._aside[path] = remove(path)

    def undo(self) -> None:
        for path in self.paths:
            if path in self._aside:
                put_back(self._aside.pop(path), path)


def _say_name(path: Path, name: str) -> None:
    with RunFile.open(path, readonly=False) as file:
        file.say(NAME, name)


def _write_metrics(paths: tuple[Path, ...], file: Path) -> None:
    runs = []
    for path in paths:
        with RunFile.open(path) as run:
            runs.append((name_of(run), run.losses(), run.evaluations()))
    try:
        write_whole(file, as_csv(metrics_table(runs)))
    except OSError as error:
        raise Problem(
            "{file}: the numbers could not be written: {error}",
            file=file.name,
            error=error.strerror,
        ) from error
