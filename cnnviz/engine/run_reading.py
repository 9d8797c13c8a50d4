"""Reads the recorded runs of a folder in a thread of its own, and follows those being written."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from cnnviz.core.metrics import MetricLog
from cnnviz.core.problem import Problem
from cnnviz.core.recorded import LAST, Compared, RunRow, RunState, newest_first
from cnnviz.engine.run_file import RunFile
from cnnviz.engine.run_mark import is_being_written
from cnnviz.engine.run_notes import name_of, shifts_of
from cnnviz.engine.run_places import SUFFIX
from cnnviz.engine.run_removal import purge
from cnnviz.engine.woken_thread import WokenThread

_log = logging.getLogger(__name__)

INTERVAL = 0.7
"""Seconds between two looks at the folder."""

Job = Callable[[], None]
Stamp = tuple[int, ...]


class RunReading:
    """What the window knows of the runs on disk; every result is published as a whole.

    The thread starts when the folder is first looked at.  `rows` and `compared` are replaced and
    never changed, so that any thread reads them; who shows them looks whether they are others.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rows: tuple[RunRow, ...] | None = None
        self.compared: tuple[Compared, ...] = ()
        self._thread = WokenThread(self._serve, "run list", daemon=True)
        self._watching = False
        self._wanted: tuple[Path, ...] = ()
        self._jobs: deque[Job] = deque()
        self._problems: deque[Problem] = deque()
        self._known: dict[Path, tuple[Stamp, RunRow]] = {}
        self._followed: dict[Path, tuple[Stamp, Compared]] = {}

    # --- any thread ------------------------------------------------------------------------

    def watch(self, watching: bool) -> None:
        """Look at the folder every so often, or leave it alone."""
        with self._thread.changed:
            self._watching = watching
            self._thread.wake()

    def follow(self, paths: tuple[Path, ...]) -> None:
        """Read the curves of these runs, and go on reading what is added to them."""
        with self._thread.changed:
            self._wanted = paths
            self._thread.wake()

    def ask(self, job: Job) -> None:
        """Let the thread do something to the files; a `Problem` that it raises is kept."""
        with self._thread.changed:
            self._jobs.append(job)
            self._thread.wake()

    def take_problem(self) -> Problem | None:
        """The oldest problem that was not taken yet."""
        return self._problems.popleft() if self._problems else None

    def close(self, timeout: float) -> bool:
        """End the thread when it has done what it was asked; whether it has."""
        return self._thread.close(timeout)

    # --- the thread ------------------------------------------------------------------------

    def _serve(self) -> None:
        purge(self.folder)
        while True:
            with self._thread.changed:
                jobs = tuple(self._jobs)
                self._jobs.clear()
                if self._thread.closing and not jobs:
                    return
                wanted = self._wanted
            for job in jobs:
                self._do(job)
            self._do(self._scan)
            self._do(lambda wanted=wanted: self._read_curves(wanted))  # type: ignore[misc]
            with self._thread.changed:
                self._thread.changed.wait_for(
                    lambda wanted=wanted: (  # type: ignore[misc]
                        self._jobs or self._thread.closing or self._wanted != wanted
                    ),
                    timeout=INTERVAL if self._watching else None,
                )

    def _do(self, job: Job) -> None:
        try:
            job()
        except Problem as problem:
            self._problems.append(problem)
        except Exception as error:  # whatever it is, the list goes on
            _log.exception("unexpected error while reading runs")
            self._problems.append(
                Problem("something unexpected went wrong: {error}", error=repr(error)[:200])
            )

    def _scan(self) -> None:
        try:
            paths = [path for path in self.folder.glob(f"*{SUFFIX}") if path.name[0] != "."]
        except OSError:
            paths = []
        known: dict[Path, tuple[Stamp, RunRow]] = {}
        for path in paths:
            if self._thread.closing:
                return
            found = self._row(path)
            if found is not None:
                known[path] = found
            elif path in self._known:
                known[path] = self._known[path]
        self._known = known
        rows = newest_first([row for _, row in known.values()])
        if rows != self.rows:
            self.rows = rows

    def _row(self, path: Path) -> tuple[Stamp, RunRow] | None:
        """The row of a file, read anew where the file has changed; None if it is gone again."""
        try:
            stamp, before = stamp_of(path), self._known.get(path)
        except OSError:
            return None
        if before is not None and before[0] == stamp:
            return stamp, _now(before[1])
        return stamp, _now(read_row(path))

    def _read_curves(self, wanted: tuple[Path, ...]) -> None:
        followed: dict[Path, tuple[Stamp, Compared]] = {}
        for path in wanted:
            known, before = self._known.get(path), self._followed.get(path)
            if known is None and path.parent != self.folder:
                known = self._row(path)  # one that is followed without being listed
            if known is None or known[1].problem is not None or self._thread.closing:
                continue
            stamp, row = known
            if before is not None and before[0] == stamp and before[1].row == row:
                followed[path] = before
                continue
            try:
                followed[path] = stamp, read_compared(row, before[1] if before else None)
            except Problem:
                continue  # the list says why
        self._followed = followed
        compared = tuple(each for _, each in followed.values())
        if [id(each) for each in compared] != [id(each) for each in self.compared]:
            self.compared = compared


def stamp_of(path: Path) -> Stamp:
    """What is another when a run's file has changed: nanoseconds and bytes of file and log.

    A log without bytes is one that a reader has left; it says nothing.
    """
    main = path.stat()
    try:
        log = path.with_name(f"{path.name}-wal").stat()
    except OSError:
        return main.st_mtime_ns, main.st_size
    if not log.st_size:
        return main.st_mtime_ns, main.st_size
    return main.st_mtime_ns, main.st_size, log.st_mtime_ns, log.st_size


def _now(row: RunRow) -> RunRow:
    """The row with its state of now: what is not complete is being written, or was cut off."""
    if row.state in (RunState.COMPLETE, RunState.UNREADABLE):
        return row
    state = RunState.WRITING if is_being_written(row.path) else RunState.STOPPED
    return row if state is row.state else replace(row, state=state)


def read_row(path: Path) -> RunRow:
    """What the list says of one file; a file that cannot be read says why in its row."""
    try:
        with RunFile.open(path) as file:
            return _row_of(file)
    except Problem as problem:
        size = path.stat().st_size if path.exists() else 0
        return RunRow(path, path.stem, RunState.UNREADABLE, size, problem=problem)


def _row_of(file: RunFile) -> RunRow:
    experiment, about, losses = file.experiment, file.about, file.losses()
    looks = file.evaluations()
    whole = [look for look in looks if look.complete]
    last = (whole or looks)[-1] if looks else None
    done = len(whole) >= experiment.settings.epochs
    return RunRow(
        path=file.path,
        name=name_of(file),
        state=RunState.COMPLETE if done else RunState.STOPPED,
        size=sum(stamp_of(file.path)[1::2]),
        network=experiment.network.title,
        data=about.data_title,
        begun=about.begun,
        steps=len(losses),
        epochs_done=len(whole),
        epochs=experiment.settings.epochs,
        loss=float(losses[-LAST:].mean(dtype=np.float64)) if len(losses) else float("nan"),
        accuracy=float("nan") if last is None else last.accuracy,
        shifted=bool(shifts_of(file)),
        images=experiment.settings.train_images,
        pixel_seed=experiment.settings.pixel_seed,
        kept=len(file.steps()),
    )


def read_compared(row: RunRow, before: Compared | None = None) -> Compared:
    """The curves of a run; where they go on from those of before, only what is new is read."""
    with RunFile.open(row.path) as file:
        log = None if before is None else _longer(file, before.log)
        if log is None:
            log = file.metrics()
        looks = len(log.evaluations)
        return Compared(row, file.experiment, log, log.count, looks, shifts_of(file))


def _longer(file: RunFile, log: MetricLog) -> MetricLog | None:
    """The log with what the file has more; None if the run was cut and went another way."""
    count, looks = log.count, log.evaluations
    if not count:
        return None
    losses, evaluations = file.losses(count), file.evaluations()
    if not len(losses) or losses[0] != log.losses[-1] or evaluations[: len(looks)] != looks:
        return None
    log.append(losses[1:])
    for look in evaluations[len(looks) :]:
        log.evaluated(look)
    return log
