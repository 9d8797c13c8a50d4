"""The thread that trains, with every run on disk."""

from __future__ import annotations

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
