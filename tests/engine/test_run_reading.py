"""The list of recorded runs, read while they are being written, and runs that are removed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cnnviz.core.metrics import Evaluation
from cnnviz.core.problem import Problem
from cnnviz.core.recorded import Compared, RunRow, RunState
from cnnviz.engine.run_about import About
from cnnviz.engine.run_file import RunFile
from cnnviz.engine.run_mark import being_written
from cnnviz.engine.run_notes import write_shifts
from cnnviz.engine.run_reading import RunReading, read_compared, read_row, stamp_of
from cnnviz.engine.run_removal import KEPT_SECONDS, purge, put_back, remove
from tests.engine.idx_files import experiment
from tests.engine.test_runner import wait_for


def write(
    folder: Path, name: str = "run", losses: int = 60, epochs: int = 2, begun: str = "2026-11-24"
) -> Path:
    """A run of two epochs, of which so many were trained and tested."""
    path = folder / f"{name}.cnnviz"
    about = replace(About(), begun=begun, data_title="MNIST")
    wanted = experiment(folder, train_images=30, pixel_seed=5)
    with RunFile.create(path, wanted, about) as file, file.together():
        file.append_losses(1, np.arange(losses, dtype=np.float32))
        file.append_evaluation(Evaluation(5, 0.9, 0.5, False))
        for epoch in range(epochs):
            file.append_evaluation(Evaluation(10 + epoch, 0.5, 0.75 + epoch / 8, True))
    return path


@pytest.fixture
def reading(tmp_path: Path) -> Iterator[RunReading]:
    made = RunReading(tmp_path)
    yield made
    assert made.close(5.0)


def rows_of(reading: RunReading) -> dict[str, RunRow]:
    return {row.path.stem: row for row in reading.rows or ()}


def test_that_a_row_says_what_the_file_says(tmp_path: Path) -> None:
    row = read_row(write(tmp_path))
    assert row == RunRow(
        path=tmp_path / "run.cnnviz",
        name="run",
        state=RunState.COMPLETE,
        size=(tmp_path / "run.cnnviz").stat().st_size,
        network="Tiny",
        data="MNIST",
        begun="2026-11-24",
        steps=60,
        epochs_done=2,
        epochs=2,
        loss=float(np.arange(10, 60).mean()),
        accuracy=0.875,
        images=30,
        pixel_seed=5,
    )
    begun = read_row(write(tmp_path, "begun", losses=0, epochs=0))
    assert (begun.state, begun.accuracy) == (RunState.STOPPED, 0.5)
    assert begun.loss != begun.loss


def test_that_what_is_no_run_stands_in_the_list_with_the_reason(
    tmp_path: Path, reading: RunReading
) -> None:
    (tmp_path / "broken.cnnviz").write_text("mine")
    write(tmp_path, "older", begun="2026-11-23")
    write(tmp_path, "newer", begun="2026-11-25")
    (tmp_path / ".half.cnnviz.new").write_text("")
    reading.watch(True)
    wait_for(lambda: len(reading.rows or ()) == 3)
    assert [row.path.stem for row in reading.rows or ()] == ["newer", "older", "broken"]
    broken = rows_of(reading)["broken"]
    assert broken.state is RunState.UNREADABLE
    assert "not a run of cnnviz" in str(broken.problem)


def test_that_an_empty_folder_and_none_at_all_are_empty_lists(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        reading = RunReading(folder)
        reading.watch(True)
        wait_for(lambda: reading.rows == ())  # noqa: B023  (asked within the same turn)
        assert reading.close(5.0)


def test_that_the_state_follows_the_file(tmp_path: Path, reading: RunReading) -> None:
    path = write(tmp_path, epochs=0)
    reading.watch(True)
    wait_for(lambda: bool(reading.rows))
    assert rows_of(reading)["run"].state is RunState.STOPPED
    with RunFile.open(path, readonly=False) as file:
        with being_written(path):
            file.append_losses(61, np.ones(1, dtype=np.float32))
            wait_for(lambda: rows_of(reading)["run"].state is RunState.WRITING)
            wait_for(lambda: rows_of(reading)["run"].steps == 61)
        wait_for(lambda: rows_of(reading)["run"].state is RunState.STOPPED)
        file.append_evaluation(Evaluation(61, 0.1, 0.9, True))
        file.append_evaluation(Evaluation(61, 0.1, 0.9, True))
        wait_for(lambda: rows_of(reading)["run"].state is RunState.COMPLETE)
    path.unlink()
    wait_for(lambda: reading.rows == ())


def test_that_reading_a_run_does_not_make_it_another(tmp_path: Path) -> None:
    path = write(tmp_path)
    before = stamp_of(path)
    read_row(path)
    assert stamp_of(path) == before


def test_that_curves_are_followed_as_they_grow(tmp_path: Path, reading: RunReading) -> None:
    path = write(tmp_path, epochs=0)
    reading.watch(True)
    reading.follow((path,))
    wait_for(lambda: bool(reading.compared))
    first = reading.compared[0]
    assert (first.count, first.looks, first.shifts) == (60, 1, ())
    with RunFile.open(path, readonly=False) as file:
        file.append_losses(61, np.array([7, 8], dtype=np.float32))
        file.append_evaluation(Evaluation(62, 0.1, 0.9, True))
        write_shifts(file, {1: 0.5, -1: 0.25})
    wait_for(lambda: reading.compared[0].shifts != ())
    second = reading.compared[0]
    assert second.log is first.log, "only what is new is read"
    assert second.log.losses.tolist() == [*range(60), 7, 8]
    assert [look.step for look in second.log.evaluations] == [5, 62]
    assert second.shifts == ((-1, 0.25), (1, 0.5))
    reading.follow(())
    wait_for(lambda: reading.compared == ())


def test_that_a_run_that_was_cut_is_read_anew(tmp_path: Path) -> None:
    path = write(tmp_path)
    row = read_row(path)
    before = read_compared(row)
    with RunFile.open(path, readonly=False) as file:
        file.cut(20, file.experiment, file.about)
        file.append_losses(21, np.full(90, 3, dtype=np.float32))
    after: Compared = read_compared(row, before)
    assert after.log is not before.log
    assert after.log.losses.tolist() == [*range(20), *[3] * 90]


def test_that_a_job_that_fails_is_one_problem_and_the_list_goes_on(
    tmp_path: Path, reading: RunReading
) -> None:
    def fail() -> None:
        raise Problem("no")

    reading.ask(fail)
    wait_for(lambda: reading.rows == ())
    assert str(reading.take_problem()) == "no"
    assert reading.take_problem() is None


def test_that_a_run_lies_aside_with_its_log_and_comes_back(tmp_path: Path) -> None:
    path = write(tmp_path, losses=10)
    log = path.with_name(f"{path.name}-wal")
    kept = RunFile.open(path, readonly=False)
    kept.append_losses(11, np.ones(5, dtype=np.float32))
    content, added = path.read_bytes(), log.read_bytes()
    kept.close()
    path.write_bytes(content)  # as a killed process leaves the two
    log.write_bytes(added)
    aside = remove(path)
    assert sorted(tmp_path.iterdir()) == [tmp_path / ".removed"]
    put_back(aside, path)
    with RunFile.open(path) as file:
        assert len(file.losses()) == 15
    assert not list((tmp_path / ".removed").iterdir())
    with pytest.raises(Problem, match="cannot be put back"):
        put_back(aside, path)
    with pytest.raises(Problem, match="cannot be removed"):
        remove(tmp_path / "nothing.cnnviz")


def test_that_what_was_removed_is_deleted_after_a_week(tmp_path: Path) -> None:
    aside = remove(write(tmp_path))
    purge(tmp_path)
    assert aside.exists()
    purge(tmp_path, time.time() + KEPT_SECONDS + 1)
    assert not aside.exists()
