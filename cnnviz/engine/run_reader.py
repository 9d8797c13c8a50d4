"""The thread that reads a run's file for the window: which steps are kept, and what they show."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnnviz.core.kept import Kept
from cnnviz.core.metrics import MetricLog
from cnnviz.core.network import Network
from cnnviz.core.problem import Problem
from cnnviz.core.snapshot import Sample, Snapshot
from cnnviz.engine.opened_run import Opened, newest_cut_off, opened_run
from cnnviz.engine.run_file import RunFile
from cnnviz.engine.run_mark import has_mark, is_being_written
from cnnviz.engine.run_schema import tidy
from cnnviz.engine.woken_thread import WokenThread

_log = logging.getLogger(__name__)

POLL = 0.4
"""Seconds between two looks at a file that is being written: as often as it is."""

SHARE = 0.02
"""Of the time, at most, that such looks take."""


@dataclass(frozen=True, eq=False)
class Source:
    """A run's file, and what its snapshots are to be called.

    Attributes
    ----------
    run
        The number of the run in the window that they belong to.
    network
        The window's own; its snapshots have it, and not an equal one.
    last
        Steps behind it are another run's, where this one has branched off; None if all are its own.
    log
        Where losses and evaluations go as they are written, if another process writes them; the
        reader alone adds to it.
    """

    path: Path
    run: int
    network: Network
    last: int | None = None
    log: MetricLog | None = None


@dataclass(frozen=True, eq=False)
class Found:
    """What a file has of a run now, and whether it is being written."""

    source: Source
    kept: Kept
    written: bool


@dataclass(frozen=True, eq=False)
class Visit:
    """A kept step to be looked at with a sample.

    Attributes
    ----------
    weights
        A snapshot of that step, where one has been read already: only the image is another.
    seed
        Of the run, where dropout is to strike out as it did in training; else None.
    """

    source: Source
    step: int
    sample: Sample
    weights: Snapshot | None = None
    seed: int | None = None


class RunReader:
    """Answers from a file, in a thread of its own that starts with the first request.

    The newest request replaces one that waits, and the newest answer one that was not taken.
    Training is never disturbed: the file is read beside its writer, and one image goes through the
    network on one core.

    Parameters
    ----------
    answered
        Called in the reader's thread whenever there is something to take.
    """

    def __init__(self, answered: Callable[[], None]) -> None:
        self._answered = answered
        self._thread = WokenThread(self._serve, "reading")
        self._source: Source | None = None
        self._visit: Visit | None = None
        self._visiting: Visit | None = None
        self._asked_path: Path | None = None
        self._opened: Opened | Problem | None = None
        self._asked_folder: Path | None = None
        self._cut_off: Opened | None = None
        self._found: Found | None = None
        self._seen: Snapshot | Problem | None = None
        self._desk = _Desk()

    # --- the window's side -----------------------------------------------------------------

    def open(self, path: Path) -> None:
        """Ask what run a file holds; answered by `take_opened`."""
        with self._thread.changed:
            self._asked_path = path
            self._thread.wake()

    def look_for_cut_off(self, folder: Path) -> None:
        """Ask for the newest run of a folder that was cut off; answered by `take_cut_off`.

        It is answered once: the next time, none of the present ones is.
        """
        with self._thread.changed:
            self._asked_folder = folder
            self._thread.wake()

    def read(self, source: Source) -> None:
        """Say which steps a file keeps, now and whenever they are others.

        A file that is not there yet is waited for.
        """
        with self._thread.changed:
            self._source, self._found = source, None
            self._thread.wake()

    def visit(self, visit: Visit) -> None:
        """Ask what a kept step makes of a sample; answered by `take_seen`."""
        with self._thread.changed:
            self._visit = visit
            self._thread.wake()

    def forget(self) -> None:
        """Read no further in any file, and drop what was not taken."""
        with self._thread.changed:
            self._source = self._visit = self._found = self._seen = None
            self._thread.changed.notify()

    @property
    def waiting(self) -> bool:
        """Whether more comes of what was asked of `visit` than `take_seen` has given so far."""
        with self._thread.changed:
            return any(it is not None for it in (self._visit, self._visiting, self._seen))

    def take_opened(self) -> Opened | Problem | None:
        """The newest answer to `open`, once: the run, or why it cannot be opened."""
        with self._thread.changed:
            taken, self._opened = self._opened, None
            return taken

    def take_cut_off(self) -> Opened | None:
        """The answer to `look_for_cut_off`, once; None also if there is no such run."""
        with self._thread.changed:
            taken, self._cut_off = self._cut_off, None
            return taken

    def take_found(self) -> Found | None:
        """The newest answer to `read`, once, whenever there is more than before."""
        with self._thread.changed:
            taken, self._found = self._found, None
            return taken

    def take_seen(self) -> Snapshot | Problem | None:
        """The newest answer to `visit`, once."""
        with self._thread.changed:
            taken, self._seen = self._seen, None
            return taken

    def close(self, timeout: float) -> bool:
        """End the thread; whether it has ended within ``timeout`` seconds."""
        return self._thread.close(timeout)

    # --- the thread ------------------------------------------------------------------------

    def _serve(self) -> None:
        try:
            while True:
                with self._thread.changed:
                    self._thread.changed.wait_for(self._is_wanted, timeout=self._desk.patience)
                    if self._thread.closing:
                        return
                    source, visit = self._source, self._visit
                    self._visit, self._visiting = None, visit
                    path, self._asked_path = self._asked_path, None
                    folder, self._asked_folder = self._asked_folder, None
                if folder is not None:
                    self._answer_cut_off(folder)
                if path is not None:
                    self._answer_opened(path)
                if visit is not None:
                    self._answer(visit)
                self._look_after(source)
        finally:
            self._desk.close()

    def _is_wanted(self) -> bool:
        other = self._source is not self._desk.asked
        paths = self._asked_path is not None or self._asked_folder is not None
        return self._thread.closing or self._visit is not None or paths or other

    def _answer_cut_off(self, folder: Path) -> None:
        try:
            found = newest_cut_off(folder)
        except OSError as error:
            _log.info("the folder of runs cannot be read: %s", error)
            return
        if found is not None:
            with self._thread.changed:
                self._cut_off = found
            self._answered()

    def _answer_opened(self, path: Path) -> None:
        opened: Opened | Problem
        try:
            opened = opened_run(path)
        except Problem as problem:
            opened = problem
        with self._thread.changed:
            self._opened = opened
        self._answered()

    def _answer(self, visit: Visit) -> None:
        seen: Snapshot | Problem
        try:
            seen = self._desk.look(visit)
        except Problem as problem:
            seen = problem
        except Exception as error:  # whoever waits must not wait for ever
            _log.exception("unexpected error while a run was read")
            seen = Problem("the step cannot be shown: {error}", error=repr(error)[:200])
        with self._thread.changed:
            self._seen, self._visiting = seen, None
        self._answered()

    def _look_after(self, source: Source | None) -> None:
        try:
            found = self._desk.look_after(source)
        except Problem as problem:
            _log.info("a run cannot be read: %s", problem)
            return
        if found is None:
            return
        with self._thread.changed:
            if self._source is not source:
                return
            self._found = found
        self._answered()


def _fill(log: MetricLog, file: RunFile) -> bool:
    """Add what a log lacks of losses and evaluations; whether it was anything."""
    losses, looks = file.losses(log.count + 1), file.evaluations(len(log.evaluations))
    log.append(losses)
    for look in looks:
        log.evaluated(look)
    return bool(len(losses) or looks)


class _Desk:
    """The open file; the reader's thread alone touches it."""

    def __init__(self) -> None:
        self.asked: Source | None = None
        self._file: RunFile | None = None
        self._source: Source | None = None  # what is open
        self._kept = Kept()
        self._version = -1
        self._settled: Source | None = None  # looked at, and nobody writes it
        self._due = 0.0
        self._module: tuple[Network, Any] | None = None

    @property
    def patience(self) -> float | None:
        """Seconds until the file should be looked at again; None if it will not change."""
        if self.asked is None or self._settled is self.asked:
            return None
        return max(0.0, self._due - time.monotonic())

    def look_after(self, source: Source | None) -> Found | None:
        """Open the file that is asked for, when it is there; what is in it, if that is news."""
        if source is not self.asked:
            self.asked, self._due = source, 0.0
            if source is None:
                self.close()
        start = time.monotonic()
        if source is None or start < self._due:
            return None
        self._due = start + POLL
        if self._source is not source and not self._open(source):
            return None
        assert self._file is not None
        # Before it is read: what is written until the mark goes is not missed.
        written = (has_mark if source.log is None else is_being_written)(source.path)
        ended = not written and self._settled is not source
        self._settled = None if written else source
        version = self._file.version
        if version == self._version and not ended:
            return None
        self._version = version
        kept = Kept(self._file.steps(), self._file.epoch_ends())
        kept = kept if source.last is None else kept.up_to(source.last)
        grown = source.log is not None and _fill(source.log, self._file)
        end = time.monotonic()
        self._due = end + max(POLL, (end - start) / SHARE)
        if kept.same(self._kept) and not grown and not ended:
            return None
        self._kept = kept
        return Found(source, kept, written)

    def look(self, visit: Visit) -> Snapshot:
        """A kept step with a sample; the nearest one, where it was given up meanwhile."""
        from cnnviz.engine.build import empty_module  # torch; the window does without
        from cnnviz.engine.one_thread import one_thread
        from cnnviz.engine.probe import with_weights
        from cnnviz.engine.striking import masks_of

        weights = visit.weights or self._read(visit)
        network, seed = visit.source.network, visit.seed
        masks = None if seed is None else masks_of(network, seed, weights.step)
        if self._module is None or self._module[0] is not weights.network:
            self._module = weights.network, empty_module(weights.network)
        with one_thread():
            return with_weights(weights, visit.sample, masks=masks, module=self._module[1])

    def _read(self, visit: Visit) -> Snapshot:
        source = visit.source
        if self._source is not source and not self._open(source):
            raise Problem("{file}: the file of the run is no longer there", file=source.path.name)
        assert self._file is not None
        step, parameters = self._file.kept_at(visit.step)
        classes = self._file.classes_at(step)
        return Snapshot(
            source.run, step, source.network, visit.sample, parameters, (), classes=classes
        )

    def _open(self, source: Source) -> bool:
        if not source.path.is_file():
            return False
        file = RunFile.open(source.path)
        self.close()
        self._file, self._source = file, source
        return True

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            if not has_mark(self._file.path):
                tidy(self._file.path)
        self._file = self._source = None
        self._kept, self._version = Kept(), -1
