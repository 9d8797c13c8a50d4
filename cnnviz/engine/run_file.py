"""A run on disk: one SQLite file of network, settings, metrics and snapshots.

It is written as the run goes and can be read at the same time, by this process and by others.
Nothing here needs torch, and nothing in such a file is ever run or unpickled: numbers stand in it
in the format of safetensors, everything else as text that is checked.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.experiment import Experiment
from cnnviz.core.metrics import Evaluation, MetricLog
from cnnviz.core.operations import Parameters
from cnnviz.core.problem import Problem
from cnnviz.core.tensor_blob import Arrays, unpack
from cnnviz.engine.run_about import About, experiment_of, written_run
from cnnviz.engine.run_history import fill
from cnnviz.engine.run_metrics import (
    append_evaluation,
    append_losses,
    cut_metrics,
    read_evaluations,
    read_losses,
)
from cnnviz.engine.run_schema import connect, connect_new, explained
from cnnviz.engine.stored_step import Stored, classes_of, parameters_of
from cnnviz.engine.thinning import least_missed

BUDGET = 512_000_000
"""Bytes that snapshots may take together, where nothing else was chosen."""


class RunFile:
    """One run on disk, open for reading or for writing too; used by the thread that opened it.

    Every method raises `Problem` if the file turns out to be broken or cannot be written.  Each
    reading sees what was committed when it began, also while another process writes.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection, budget: int) -> None:
        self.path = path
        self.budget = budget
        self._connection = connection
        self._kept: list[tuple[int, bool, int]] = []  # step, epoch_end, bytes; for writing
        self._experiment: Experiment | None = None

    # --- opening and closing ---------------------------------------------------------------

    @classmethod
    def create(
        cls,
        path: Path,
        experiment: Experiment,
        about: About | None = None,
        budget: int = BUDGET,
        history: tuple[Path, int] | None = None,
    ) -> RunFile:
        """Begin a file for a run, open for writing.

        Parameters
        ----------
        about
            Where it is computed and with what; what can be known without torch if None.
        budget
            Bytes that its snapshots may take together.
        history
            Another run's file and a step: everything up to there is taken over.
        """
        with explained(path):
            if path.exists():
                raise Problem("there is such a file already")
            path.parent.mkdir(parents=True, exist_ok=True)
            # Under another name until it is whole: whoever finds a run can open it.
            beside = path.with_name(f".{path.name}.new")
            beside.unlink(missing_ok=True)
            try:
                connection = connect_new(beside)
                try:
                    fill(connection, written_run(experiment, about or About(), budget), history)
                finally:
                    connection.close()
                beside.rename(path)
            finally:
                beside.unlink(missing_ok=True)
        return cls.open(path, readonly=False)

    @classmethod
    def open(cls, path: Path, readonly: bool = True) -> RunFile:
        """Open a run that was written before, or is being written by another process."""
        with explained(path):
            connection = connect(path, readonly)
            try:
                file = cls(path, connection, BUDGET)
                file.budget = int(file._texts().get("budget", ""))
                if not readonly:
                    file._kept = file._kept_snapshots()
            except ValueError as error:
                connection.close()
                raise Problem("its budget is not a number") from error
            except BaseException:
                connection.close()
                raise
        return file

    def close(self) -> None:
        """Close the file; nothing is written that was not committed."""
        self._connection.close()

    def __enter__(self) -> RunFile:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # --- reading ---------------------------------------------------------------------------

    @property
    def experiment(self) -> Experiment:
        """Network, settings and data of the run; the same object at each call."""
        if self._experiment is None:
            with explained(self.path):
                self._experiment = experiment_of(self._texts())
        return self._experiment

    @property
    def about(self) -> About:
        """Where the run was computed, and with what."""
        with explained(self.path):
            return About.from_texts(self._texts())

    @property
    def version(self) -> int:
        """Another number whenever another connection has written into the file meanwhile."""
        with explained(self.path):
            return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    def text(self, name: str) -> str:
        """What is said of the run under a name; "" where nothing is."""
        with explained(self.path):
            return self._texts().get(name, "")

    def steps(self) -> NDArray[np.int64]:
        """(snapshots,) the steps whose weights are kept, in increasing order."""
        with explained(self.path):
            found = self._connection.execute("SELECT step FROM snapshots ORDER BY step")
            return np.fromiter((step for (step,) in found), dtype=np.int64)

    def epoch_ends(self) -> NDArray[np.int64]:
        """(epochs,) those of the steps kept that end an epoch."""
        with explained(self.path):
            found = self._connection.execute(
                "SELECT step FROM snapshots WHERE epoch_end ORDER BY step"
            )
            return np.fromiter((step for (step,) in found), dtype=np.int64)

    def nearest(self, step: int) -> int:
        """The kept step that is nearest, the earlier one of two."""
        with explained(self.path):
            found = self._connection.execute(
                "SELECT * FROM (SELECT step FROM snapshots WHERE step <= ?1 "
                "ORDER BY step DESC LIMIT 1) UNION ALL SELECT * FROM (SELECT step "
                "FROM snapshots WHERE step > ?1 ORDER BY step LIMIT 1)",
                (step,),
            ).fetchall()
            if not found:
                raise Problem("no weights are kept in it")
            return int(min((abs(kept - step), kept) for (kept,) in found)[1])

    def parameters_at(self, step: int) -> tuple[Parameters, ...]:
        """The weights at a step, or at the kept step nearest to it (`nearest` says which).

        As `Snapshot.parameters` has them: one mapping a layer of the network, float32, in torch's
        shapes, and what a batch norm keeps; new arrays each time.
        """
        arrays, layers = self.weights_at(step), len(self.experiment.network.layers)
        with explained(self.path):
            return parameters_of(arrays, layers)

    def kept_at(self, step: int) -> tuple[int, tuple[Parameters, ...]]:
        """The kept step nearest to a step, and its weights."""
        self._connection.execute("BEGIN")  # or it might be given up between the two
        try:
            kept = self.nearest(step)
            return kept, self.parameters_at(kept)
        finally:
            self._connection.execute("COMMIT")

    def classes_at(self, step: int) -> tuple[str, ...]:
        """What the weights of a kept step tell apart, where that is not the data's classes."""
        with explained(self.path):
            found = self._connection.execute(
                "SELECT place FROM snapshots WHERE step = ?", (step,)
            ).fetchone()
            return () if found is None else classes_of(found[0])

    def weights_at(self, step: int) -> Arrays:
        """The same as one mapping, named as in a state dict ("0.weight")."""
        kept = self.nearest(step)
        with explained(self.path):
            return unpack(self._blob("weights", kept))

    def resume_state(self, step: int) -> Stored:
        """What training goes on from, at exactly this step."""
        with explained(self.path):
            found = self._connection.execute(
                "SELECT epoch_end, place FROM snapshots WHERE step = ?", (step,)
            ).fetchone()
            if found is None:
                raise Problem("step {step} is not among those that are kept in it", step=step)
            weights, state = self._blob("weights", step), self._blob("states", step)
            return Stored(step, bool(found[0]), weights, state, found[1])

    def losses(self, first: int = 1) -> NDArray[np.float32]:
        """(count,) the losses of batches from ``first`` (1 is the first) to the newest one."""
        with explained(self.path):
            return read_losses(self._connection, first)

    def evaluations(self, known: int = 0) -> tuple[Evaluation, ...]:
        """Looks at the test set, oldest first, without the first ``known`` ones."""
        with explained(self.path):
            return read_evaluations(self._connection, known)

    def metrics(self, last: int | None = None) -> MetricLog:
        """Losses and evaluations, up to batch ``last`` or all."""
        losses = self.losses()[:last]
        log = MetricLog(max(len(losses), 1024))
        log.append(losses)
        for evaluation in self.evaluations():
            if last is None or evaluation.step <= last:
                log.evaluated(evaluation)
        return log

    # --- writing ---------------------------------------------------------------------------

    @contextmanager
    def together(self) -> Iterator[None]:
        """Commit what is written within, all of it or nothing."""
        with explained(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            kept = list(self._kept)
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                self._kept = kept
                # A full disk has rolled back by itself.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def say(self, name: str, value: str) -> None:
        """Say something of the run, in the place of what was said under that name."""
        with explained(self.path):
            self._connection.execute("INSERT OR REPLACE INTO run VALUES (?, ?)", (name, value))

    def change_settings(self, experiment: Experiment) -> None:
        """Write down other settings for the same network and data: a run that goes on longer."""
        written = written_run(experiment, self.about, self.budget)
        self.say("settings", written["settings"])
        self._experiment = None

    def append_losses(self, first: int, losses: NDArray[np.float32]) -> None:
        """Add the losses of batches ``first`` …, which follow the last one in the file."""
        with explained(self.path):
            append_losses(self._connection, first, losses)

    def append_evaluation(self, evaluation: Evaluation) -> None:
        """Add a look at the test set."""
        with explained(self.path):
            append_evaluation(self._connection, evaluation)

    def append_snapshot(self, stored: Stored) -> bool:
        """Add the newest snapshot, and give up others until they are within the budget.

        Returns
        -------
        Whether there is room for a snapshot of this size at all; if not, nothing was written.
        """
        with explained(self.path):
            if stored.size > self.budget:
                return False
            if self._kept and self._kept[-1][0] >= stored.step:
                return True  # it is kept already
            total = stored.size + sum(size for _, _, size in self._kept)
            while total > self.budget:
                given_up = least_missed(
                    [step for step, _, _ in self._kept], [end for _, end, _ in self._kept]
                )
                step, _, size = self._kept.pop(given_up)
                total -= size
                self._remove("step = ?", step)
            values = (stored.step, int(stored.epoch_end), stored.size, stored.place)
            self._connection.execute("INSERT INTO snapshots VALUES (?, ?, ?, ?)", values)
            self._connection.execute(
                "INSERT INTO weights VALUES (?, ?)", (stored.step, stored.weights)
            )
            self._connection.execute(
                "INSERT INTO states VALUES (?, ?)", (stored.step, stored.state)
            )
            self._kept.append((stored.step, stored.epoch_end, stored.size))
            return True

    def cut(self, step: int, experiment: Experiment, about: About) -> None:
        """Forget what comes after a step, and go on from there with these settings."""
        with self.together():
            self._remove("step > ?", step)
            cut_metrics(self._connection, step)
            self._connection.execute("DELETE FROM run WHERE name = 'shifts'")
            self._connection.executemany(
                "INSERT OR REPLACE INTO run VALUES (?, ?)",
                written_run(experiment, about, self.budget).items(),
            )
            self._kept = self._kept_snapshots()
        self._experiment = None

    # --- inside ----------------------------------------------------------------------------

    def _remove(self, which: str, step: int) -> None:
        for table in ("snapshots", "weights", "states"):
            self._connection.execute(f"DELETE FROM {table} WHERE {which}", (step,))

    def _kept_snapshots(self) -> list[tuple[int, bool, int]]:
        rows = self._connection.execute(
            "SELECT step, epoch_end, bytes FROM snapshots ORDER BY step"
        )
        return [(step, bool(end), size) for step, end, size in rows]

    def _texts(self) -> dict[str, str]:
        return dict(self._connection.execute("SELECT name, value FROM run LIMIT 100").fetchall())

    def _blob(self, table: str, step: int) -> bytes:
        found = self._connection.execute(
            f"SELECT data FROM {table} WHERE step = ?", (step,)
        ).fetchone()
        if found is None:
            raise Problem("no weights of step {step} are kept in it", step=step)
        data: bytes = found[0]
        return data
