"""Writes a run to disk as it goes, in a thread of its own, at a bounded cost to training."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import torch

from cnnviz.core.events import Notice
from cnnviz.core.experiment import Experiment
from cnnviz.core.metrics import MetricLog
from cnnviz.core.problem import Problem
from cnnviz.engine import training
from cnnviz.engine.resume import capture, fingerprint
from cnnviz.engine.run_about import About
from cnnviz.engine.run_file import BUDGET, RunFile
from cnnviz.engine.run_mark import being_written
from cnnviz.engine.run_notes import NAME
from cnnviz.engine.run_places import Point
from cnnviz.engine.session import Session
from cnnviz.engine.stored_step import Stored

_log = logging.getLogger(__name__)

INTERVAL = 0.4
"""Seconds between two commits, and between two snapshots where they cost little: what a killed
process loses, with time to spare until it is one second."""

SHARE = 0.02
"""The share of the time that snapshots may cost once training is under way."""

ALLOWANCE = 0.15
"""Seconds that snapshots may cost at the start, where every batch is kept."""

MOST_WAITING = 16_000_000
"""Bytes of copies that may wait for being written, where it is more than one of them."""

DENSITY = 50
"""A snapshot is wanted when the step has grown by this part; up to this step, after each batch."""


class Recorder:
    """Records one run.

    The training thread calls every method.  Between batches it copies the weights, now and then;
    the rest is done by a thread that starts with the first batch and reads losses and evaluations
    from the run's metrics.  Copies of small networks may wait for it (`MOST_WAITING`), of large
    ones only the newest.  When the file cannot be written, that is said once as a `Notice`, and
    training goes on without.

    Parameters
    ----------
    path
        The run's file; it is made at the first batch, so that a run which is never trained leaves
        none.
    emit
        Takes the `Notice`; called in the recorder's thread.
    resume
        Where the run goes on from, if it does: with the same path, the file is cut there and goes
        on; with another one, it is a branch, which takes over what was before.
    name
        What a person calls the run; "" leaves it the name that it has, or its file's.
    """

    def __init__(
        self,
        session: Session,
        path: Path,
        emit: training.Emit,
        budget: int = BUDGET,
        resume: Point | None = None,
        name: str = "",
    ) -> None:
        self.path = path
        self._name = name
        self.failed = False
        self._session = session
        self._emit = emit
        self._budget = budget
        self._resume = resume
        self._thread: threading.Thread | None = None
        self._changed = threading.Condition()
        self._waiting: deque[Stored] = deque()  # copies that are not written yet
        self._stirred = False  # there may be losses to write
        self._experiment: Experiment | None = None  # other settings, to be written
        self._ending = False
        self.resting = True  # no evaluation is under way, which would be left out afterwards
        self._taken = -1  # the step and the time of the newest copy
        self._taken_at = 0.0
        self._balance = ALLOWANCE
        self._balanced_at = 0.0

    def steps(self) -> Iterator[bool]:
        """Train as `training.train` does, recording what happens."""
        self._begin()
        for at_rest in training.train(self._session, self._emit):
            self.resting = at_rest
            if at_rest:
                self.note()
            yield at_rest

    def note(self) -> None:
        """A batch was trained: take a copy if one is due."""
        if self.failed or self._thread is None:
            return
        session, now = self._session, time.monotonic()
        ends = session.step % session.batches == 0
        self._balance = min(ALLOWANCE, self._balance + SHARE * (now - self._balanced_at))
        self._balanced_at = now
        grown = session.step - self._taken >= max(1, session.step // DENSITY)
        due = self._balance > 0 and (grown or now - self._taken_at >= INTERVAL)
        with self._changed:
            free = self._has_room()
            if not self._stirred:
                self._stirred = True
                self._changed.notify()
        if (due and free) or ends:
            self._take()

    def note_experiment(self) -> None:
        """The session's experiment is another: the file is to say so."""
        with self._changed:
            if self._thread is not None:  # else it is written when the file is made
                self._experiment = self._session.experiment
                self._changed.notify()

    def close(self) -> bool:
        """Write what is not written yet, and end the thread; whether the whole run is recorded."""
        if self._thread is None:
            return not self.failed
        if self.resting and not self.failed and self._session.spoiled is None:
            # A loss that is no number: the snapshot before it is the last one.
            with contextlib.suppress(Problem):
                self._take()
        with self._changed:
            self._ending = True
            self._changed.notify()
        self._thread.join()
        self._thread = None
        return not self.failed

    # --- the training thread's side --------------------------------------------------------

    def _begin(self) -> None:
        if self._thread is None and not self.failed:
            self._balanced_at = time.monotonic()
            self._take()
            self._thread = threading.Thread(
                target=self._serve, args=(self._session.metrics,), name="recording"
            )
            self._thread.start()

    def _take(self) -> None:
        session = self._session
        training.flush(session)
        if session.step == self._taken:
            return
        start = time.monotonic()
        try:
            stored = capture(session)
        except (RuntimeError, MemoryError, KeyError) as error:
            self._fail(Problem("the weights cannot be copied: {error}", error=error))
            return
        self._taken, self._taken_at = session.step, time.monotonic()
        self._balance -= self._taken_at - start
        with self._changed:
            if not self._has_room():  # at the end of an epoch, or of the run
                self._waiting.pop()
            self._waiting.append(stored)
            self._changed.notify()

    def _has_room(self) -> bool:
        size = sum(stored.size for stored in self._waiting)
        return not self._waiting or size + self._waiting[-1].size <= MOST_WAITING

    # --- the recorder's thread -------------------------------------------------------------

    def _serve(self, metrics: MetricLog) -> None:
        try:
            with being_written(self.path), self._open() as file:
                if self._name:
                    file.say(NAME, self._name)
                writer = _Writer(file, metrics)
                while self._wait():
                    self._write(writer)
                self._write(writer)
        except Problem as problem:
            self._fail(problem)
        except Exception as error:  # whatever it is, training goes on
            _log.exception("unexpected error while recording")
            self._fail(Problem("something unexpected went wrong: {error}", error=repr(error)[:200]))

    def _wait(self) -> bool:
        """Sleep until there is something to write; whether more will come."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._waiting or self._stirred or self._experiment or self._ending
            )
            # Losses alone can wait a while for more of them; a snapshot takes them along.
            self._changed.wait_for(lambda: self._waiting or self._ending, timeout=INTERVAL)
            return not self._ending

    def _write(self, writer: _Writer) -> None:
        with self._changed:
            copies, experiment = tuple(self._waiting), self._experiment
            self._stirred, self._experiment = False, None
        start = time.thread_time()
        if not writer.write(copies, experiment):
            self._emit(Notice(_too_large(copies[0], self._budget)))
        with self._changed:
            # Only now: they take memory until they are written.
            for _ in copies:
                self._waiting.popleft()
            # Read and written by both threads, a little wrong at worst.
            self._balance -= time.thread_time() - start

    def _open(self) -> RunFile:
        session = self._session
        about = About(
            device=session.device.key,
            device_title=session.device.title,
            data_title=session.dataset.title,
            fingerprint=fingerprint(session.dataset),
            versions={**About().versions, "torch": torch.__version__},
        )
        experiment, resume = session.experiment, self._resume
        if resume is None or resume[0] != self.path:
            return RunFile.create(self.path, experiment, about, self._budget, resume)
        file = RunFile.open(self.path, readonly=False)
        try:
            file.cut(resume[1], experiment, about)
        except Problem:
            file.close()
            raise
        return file

    def _fail(self, problem: Problem) -> None:
        self.failed = True
        with self._changed:
            self._waiting.clear()
        said = Problem(
            "This run is recorded no further: {problem}. Training goes on.", problem=problem
        )
        self._emit(Notice(said))


class _Writer:
    """Knows what of the metrics is in the file already."""

    def __init__(self, file: RunFile, metrics: MetricLog) -> None:
        self._file = file
        self._metrics = metrics
        self._losses = len(file.losses())
        self._looks = len(file.evaluations())
        self._roomy = True

    def write(self, copies: tuple[Stored, ...], experiment: Experiment | None) -> bool:
        """Bring the file up to date; False the first time that a snapshot is too large for it."""
        was_roomy = self._roomy
        losses, looks = self._metrics.losses, self._metrics.evaluations
        with self._file.together():
            if experiment is not None:
                self._file.change_settings(experiment)
            if len(losses) > self._losses:
                self._file.append_losses(self._losses + 1, losses[self._losses :])
            for look in looks[self._looks :]:
                self._file.append_evaluation(look)
            for stored in copies if was_roomy else ():
                self._roomy = self._file.append_snapshot(stored)
        self._losses, self._looks = len(losses), len(looks)
        return self._roomy or not was_roomy


def _too_large(stored: Stored, budget: int) -> Problem:
    return Problem(
        "The weights of this network are not recorded: one snapshot takes {size} MB, a run may "
        "take {budget} MB. Losses are.",
        size=f"{stored.size / 1e6:,.0f}",
        budget=f"{budget / 1e6:,.0f}",
    )
