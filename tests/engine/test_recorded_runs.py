"""The thread that trains, with every run on disk."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from cnnviz.core.events import Failed, Finished, Ready, Training
from cnnviz.engine.run_file import RunFile
from cnnviz.engine.run_places import Plan
from cnnviz.engine.runner import Runner
from tests.engine.idx_files import experiment
from tests.engine.test_runner import PATIENCE, Watched, wait_for


def steps_in(path: Path) -> list[int]:
    with RunFile.open(path) as file:
        return [-1, *file.steps().tolist()]


def epochs_in(path: Path) -> int:
    with RunFile.open(path) as file:
        return file.experiment.settings.epochs


def test_that_a_run_is_recorded_in_the_file_that_ready_names(tmp_path: Path, data: Path) -> None:
    watched = Watched(Runner(Plan(tmp_path / "runs")))
    try:
        ready = watched.begin(experiment(data, threads=1))
        assert ready.path is not None
        assert not ready.path.exists()
        watched.runner.train()
        watched.until(Finished)
    finally:
        assert watched.runner.close(PATIENCE)
    with RunFile.open(ready.path) as file:
        assert file.losses().tolist() == watched.runner.metrics.losses.tolist()
        assert file.steps()[-1] == 12


def test_that_a_run_branches_from_a_step_of_another(tmp_path: Path, data: Path) -> None:
    watched = Watched(Runner(Plan(tmp_path / "runs")))
    wanted = experiment(data, threads=1)
    try:
        first = watched.begin(wanted).path
        watched.runner.train()
        watched.until(Finished)
        watched.until(Training)
        end = watched.look()
        assert first is not None
        wait_for(lambda: first.exists() and steps_in(first)[-1] == 12)
        watched.runner.restart(wanted, resume=(first, 6))
        second = watched.until(Ready).path
        assert watched.runner.metrics.count == 6
        assert watched.look().step == 6
        watched.runner.train()
        watched.until(Finished)
        again = watched.look()
        watched.runner.restart(wanted, resume=(first, 99))
        assert "step 99 is not among" in str(watched.until(Failed).problem)
        assert watched.look().step == 12  # the run before is kept
    finally:
        assert watched.runner.close(PATIENCE)
    assert again.run != end.run
    for ours, theirs in zip(again.parameters, end.parameters, strict=True):
        assert all(np.array_equal(ours[name], theirs[name]) for name in ours)
    assert second is not None
    with RunFile.open(first) as old, RunFile.open(second) as new:
        assert new.losses().tolist() == old.losses().tolist()
        assert {0, 6, 12} <= set(new.steps().tolist())


def test_that_a_finished_run_goes_on_for_more_epochs_bit_for_bit(
    tmp_path: Path, data: Path
) -> None:
    """In memory and in its file: as if it had been begun with as many."""
    wanted = experiment(data, threads=1, epochs=2, evaluate_every=4)
    longer = replace(wanted, settings=replace(wanted.settings, epochs=4))
    watched, other = Watched(Runner(Plan(tmp_path / "a"))), Watched(Runner(Plan(tmp_path / "b")))
    try:
        path = watched.begin(wanted).path
        watched.runner.lengthen(1)  # fewer than it has: nothing
        watched.runner.train()
        assert watched.until(Finished).epochs == 2
        watched.until(Training)
        watched.look()  # looking in between changes nothing
        watched.runner.lengthen(4)
        watched.runner.train()
        assert watched.until(Finished).epochs == 4
        end = watched.look()
        whole = other.begin(longer).path
        other.runner.train()
        other.until(Finished)
        expected = other.look()
    finally:
        assert watched.runner.close(PATIENCE)
        assert other.runner.close(PATIENCE)
    assert (end.step, end.run) == (24, 1)
    for ours, theirs in zip(end.parameters, expected.parameters, strict=True):
        assert all(np.array_equal(ours[name], theirs[name]) for name in ours)
    assert path is not None
    assert whole is not None
    with RunFile.open(path) as file, RunFile.open(whole) as straight:
        assert file.experiment.settings == straight.experiment.settings
        assert file.losses().tolist() == straight.losses().tolist()
        assert file.evaluations() == straight.evaluations()
        assert bytes(file.resume_state(24).state) == bytes(straight.resume_state(24).state)
    assert [each.name for each in path.parent.glob("*.cnnviz")] == [path.name]


def test_that_a_run_that_was_made_longer_says_so_before_it_trains(
    tmp_path: Path, data: Path
) -> None:
    watched = Watched(Runner(Plan(tmp_path / "runs")))
    try:
        path = watched.begin(experiment(data, threads=1, epochs=1)).path
        watched.runner.train()
        watched.until(Finished)
        watched.runner.lengthen(3)
        assert path is not None
        wait_for(lambda: path.exists() and epochs_in(path) == 3)
        assert watched.runner.metrics.count == 6
    finally:
        assert watched.runner.close(PATIENCE)
