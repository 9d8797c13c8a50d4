"""Ready-made experiments under way: processes that train, as many at once as leave a core free."""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from PyQt6.QtCore import QObject, QProcess, QProcessEnvironment, pyqtSignal

import cnnviz
from cnnviz.core.problem import Problem
from cnnviz.core.ready_made import Part, ReadyMade
from cnnviz.core.recorded import RunRow, RunState

MEGABYTES = 48
"""What the snapshots of one such run may take on disk."""

STOPPING = 300
"""Milliseconds that a closing window waits for the processes to write what they have; then they are
killed, which costs at most a second of training."""


@dataclass(frozen=True)
class Task:
    """A run that is to be trained, or to be gone on with."""

    part: Part
    path: Path
    resume: bool
    shifts: bool


Command = Callable[[Task], list[str]]


class Trials(QObject):
    """Trains the runs of one experiment after another, each in a process of its own.

    The processes write run files like any other, which the list reads; nothing is heard of them
    otherwise but how they end.
    """

    changed = pyqtSignal()
    """Another experiment is under way, or none."""
    failed = pyqtSignal(Problem)

    def __init__(self, parent: QObject | None = None, command: Command | None = None) -> None:
        super().__init__(parent)
        self._command = command or command_of
        self.running: ReadyMade | None = None
        self._waiting: deque[Task] = deque()
        self._processes: dict[Path, QProcess] = {}
        self._stopped: set[Path] = set()  # ended by us: fresh, and yet nobody writes them
        self._begun = 0.0
        self._begun_steps = 0
        self._cancelled = False

    def start(self, made: ReadyMade, folder: Path, rows: tuple[RunRow, ...]) -> bool:
        """Train what is not complete; whether there is anything to train.

        Parameters
        ----------
        rows
            The runs that are recorded by now.
        """
        if self.running is not None:
            return False
        known = {row.path: row for row in rows}
        tasks = [
            task
            for part, path in zip(made.parts, made.paths(folder), strict=True)
            if (task := _task(made, part, path, known.get(path))) is not None
        ]
        busy = [t for t in tasks if _is_busy(known.get(t.path)) and t.path not in self._stopped]
        if busy:
            self.failed.emit(
                Problem(
                    "{name} is being written by another window: wait until it is done.",
                    name=known[busy[0].path].name,
                )
            )
            return False
        if not tasks:
            return False
        self.running, self._cancelled = made, False
        self._waiting = deque(tasks)
        self._begun, self._begun_steps = monotonic(), self._steps(folder, rows)
        self._fill()
        self.changed.emit()
        return True

    def cancel(self) -> None:
        """Stop after the batch; what was trained is kept, and gone on with another time."""
        self._cancelled = True
        self._waiting.clear()
        for path, process in self._processes.items():
            self._stopped.add(path)
            process.terminate()
        self._end_if_done()

    def close(self) -> None:
        """Stop all processes now."""
        self.cancel()
        for process in tuple(self._processes.values()):
            if not process.waitForFinished(STOPPING):
                process.kill()
                process.waitForFinished(STOPPING)

    def progress(self, folder: Path, rows: tuple[RunRow, ...]) -> tuple[int, int, float]:
        """Batches trained, all of them, and the seconds that the rest will take (∞: unknown)."""
        if self.running is None:
            return 0, 0, 0.0
        total = sum(part.steps for part in self.running.parts)
        done = self._steps(folder, rows)
        gained, seconds = done - self._begun_steps, monotonic() - self._begun
        left = (total - done) * seconds / gained if gained > 0 else float("inf")
        return done, total, left

    def _steps(self, folder: Path, rows: tuple[RunRow, ...]) -> int:
        assert self.running is not None
        known = {row.path: row.steps for row in rows}
        parts = zip(self.running.parts, self.running.paths(folder), strict=True)
        return sum(min(part.steps, known.get(path, 0)) for part, path in parts)

    # --- the processes ---------------------------------------------------------------------

    def _fill(self) -> None:
        most = max(1, (os.cpu_count() or 1) - 1)
        while self._waiting and len(self._processes) < most:
            self._begin(self._waiting.popleft())

    def _begin(self, task: Task) -> None:
        process = QProcess(self)
        process.setProcessEnvironment(_environment())
        process.finished.connect(lambda code, status: self._ended(task, process, code, status))
        process.errorOccurred.connect(lambda error: self._erred(task, process, error))
        self._processes[task.path] = process
        program, *arguments = self._command(task)
        process.start(program, arguments)

    def _erred(self, task: Task, process: QProcess, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:  # nothing else is said of it
            self._ended(task, process, 1, QProcess.ExitStatus.CrashExit)

    def _ended(self, task: Task, process: QProcess, code: int, status: QProcess.ExitStatus) -> None:
        if self._processes.pop(task.path, None) is None:
            return
        self._stopped.add(task.path)
        said = process.readAllStandardError().data().decode("utf-8", "replace")
        process.deleteLater()
        if code != 0 and not self._cancelled:
            self.failed.emit(_reason(task, said, process.errorString()))
            self._waiting.clear()
        self._fill()
        self._end_if_done()

    def _end_if_done(self) -> None:
        if self.running is not None and not self._processes and not self._waiting:
            self.running = None
            self.changed.emit()


def command_of(task: Task) -> list[str]:
    """The command line that trains a run, or goes on with it."""
    line = [sys.executable, "-m", "cnnviz", "train"]
    if task.resume:
        line.append("--resume")
    else:
        settings = task.part.experiment.settings
        line += [str(task.part.network), "--data", str(task.part.experiment.data)]
        for option, value in (
            ("--epochs", settings.epochs),
            ("--batch-size", settings.batch_size),
            ("--lr", settings.learning_rate),
            ("--seed", settings.seed),
            ("--images", settings.train_images),
            ("--shuffle-pixels", settings.pixel_seed),
            ("--evaluate-every", settings.evaluate_every),
            ("--threads", settings.threads),
            ("--device", settings.device),
            ("--megabytes", MEGABYTES),
            ("--name", task.part.title),
        ):
            line += [option, str(value)]
    return [*line, "--run", str(task.path), *(["--shifts"] if task.shifts else [])]


def _task(made: ReadyMade, part: Part, path: Path, row: RunRow | None) -> Task | None:
    if row is None:
        return Task(part, path, resume=False, shifts=made.shifts)
    complete = row.state is RunState.COMPLETE
    if complete and (row.shifted or not made.shifts):
        return None
    return Task(part, path, resume=True, shifts=made.shifts)


def _is_busy(row: RunRow | None) -> bool:
    return row is not None and row.state is RunState.WRITING


def _environment() -> QProcessEnvironment:
    """This process' own, in which the same cnnviz is found."""
    environment = QProcessEnvironment.systemEnvironment()
    folder = str(Path(cnnviz.__file__).parent.parent)
    before = environment.value("PYTHONPATH")
    environment.insert("PYTHONPATH", os.pathsep.join(filter(None, (folder, before))))
    return environment


def _reason(task: Task, said: str, error: str) -> Problem:
    """The last sentence that a process said of itself, or what Qt says of it."""
    sentences = [line for line in said.splitlines() if line.startswith("cnnviz: ")]
    reason = sentences[-1].removeprefix("cnnviz: ") if sentences else error
    return Problem("{name} could not be trained: {reason}", name=task.part.title, reason=reason)
