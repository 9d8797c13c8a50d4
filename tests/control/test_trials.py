"""Experiments that are trained by processes of their own: in turn, cancelled, gone on with."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from cnnviz.control.trials import Task, Trials, command_of
from cnnviz.core.network_file import write_network
from cnnviz.core.problem import Problem
from cnnviz.core.ready_made import Part, ReadyMade
from cnnviz.core.recorded import RunRow, RunState
from cnnviz.engine.run_reading import read_row
from cnnviz.train_line import parse_train
from tests.engine.idx_files import TINY, experiment, write_dataset

SECONDS = 60_000
"""Milliseconds that a process may take: it loads torch."""


@pytest.fixture
def made(tmp_path: Path) -> ReadyMade:
    """Two short runs of a tiny network."""
    data, network = write_dataset(tmp_path / "data"), tmp_path / "tiny.toml"
    network.write_text(write_network(TINY), "utf-8")
    asked = experiment(data, train_images=50, threads=1)
    parts = tuple(
        Part(
            f"seed{seed}",
            f"Seed {seed}",
            network,
            replace(asked, settings=replace(asked.settings, seed=seed)),
        )
        for seed in (1, 2)
    )
    return ReadyMade("tiny", "Tiny", 21, "", "", True, parts)


@pytest.fixture
def trials() -> Iterator[Trials]:
    yield (made := Trials())
    made.close()


def rows_in(folder: Path) -> tuple[RunRow, ...]:
    return tuple(read_row(path) for path in sorted(folder.glob("*.cnnviz")))


def wait_until_over(qtbot: QtBot, trials: Trials) -> None:
    qtbot.waitUntil(lambda: trials.running is None, timeout=SECONDS)


def stub(code: str):
    """A command in the place of the real one, which does not load torch."""
    return lambda task: [sys.executable, "-c", code, str(task.path)]


def test_that_the_command_line_says_all_of_the_settings(made: ReadyMade, tmp_path: Path) -> None:
    part = made.parts[1]
    changed = replace(
        part.experiment.settings, learning_rate=0.01, pixel_seed=4, epochs=3, evaluate_every=5
    )
    part = replace(part, experiment=replace(part.experiment, settings=changed))
    line = command_of(Task(part, tmp_path / "a.cnnviz", resume=False, shifts=True))
    assert line[:4] == [sys.executable, "-m", "cnnviz", "train"]
    said = parse_train(line[4:])
    assert (said.epochs, said.batch_size, said.lr, said.seed) == (3, 10, 0.01, 2)
    assert (said.images, said.shuffle_pixels, said.evaluate_every) == (50, 4, 5)
    assert (said.threads, said.device, said.name, said.shifts) == (1, "cpu", "Seed 2", True)
    again = command_of(Task(part, tmp_path / "a.cnnviz", resume=True, shifts=False))
    assert parse_train(again[4:]).resume


def test_that_an_experiment_is_trained_and_not_trained_twice(
    qtbot: QtBot, trials: Trials, made: ReadyMade, tmp_path: Path
) -> None:
    folder = tmp_path / "runs"
    folder.mkdir()
    assert trials.start(made, folder, ())
    assert trials.progress(folder, ())[:2] == (0, 20)
    assert not trials.start(made, folder, ()), "one at a time"
    wait_until_over(qtbot, trials)
    rows = rows_in(folder)
    assert [(row.name, row.state, row.steps, row.shifted) for row in rows] == [
        ("Seed 1", RunState.COMPLETE, 10, True),
        ("Seed 2", RunState.COMPLETE, 10, True),
    ]
    assert not trials.start(made, folder, rows), "there is nothing left to train"
    # What was cut off before the last measurement is only measured.
    first = replace(rows[0], shifted=False)
    assert trials.start(made, folder, (first, rows[1]))
    assert trials.progress(folder, rows)[:2] == (20, 20)
    wait_until_over(qtbot, trials)


def test_that_what_is_cancelled_is_gone_on_with(
    qtbot: QtBot, trials: Trials, made: ReadyMade, tmp_path: Path
) -> None:
    endless = tuple(
        replace(
            part,
            experiment=replace(
                part.experiment, settings=replace(part.experiment.settings, epochs=100_000)
            ),
        )
        for part in made.parts
    )
    made, folder = replace(made, parts=endless), tmp_path / "runs"
    problems: list[Problem] = []
    trials.failed.connect(problems.append)
    folder.mkdir()
    assert trials.start(made, folder, ())
    qtbot.waitUntil(lambda: any(row.steps > 5 for row in rows_in(folder)), timeout=SECONDS)
    trials.cancel()
    wait_until_over(qtbot, trials)
    (before,) = (row for row in rows_in(folder) if row.steps)
    assert before.state is RunState.STOPPED
    # It has changed a moment ago, but it was we who ended it.
    fresh = replace(before, state=RunState.WRITING)
    assert trials.start(made, folder, (fresh,))
    qtbot.waitUntil(lambda: read_row(before.path).steps > before.steps, timeout=SECONDS)
    trials.close()
    assert trials.running is None
    assert problems == []
    assert read_row(before.path).problem is None


def test_that_a_run_that_another_window_writes_is_left_alone(
    trials: Trials, made: ReadyMade, tmp_path: Path
) -> None:
    problems: list[Problem] = []
    trials.failed.connect(problems.append)
    path = made.paths(tmp_path)[0]
    assert not trials.start(made, tmp_path, (RunRow(path, "busy", RunState.WRITING),))
    assert "busy is being written by another window" in str(problems[0])
    assert trials.running is None


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (
            stub("import sys; sys.exit('nothing\\ncnnviz: it is so\\nmore')"),
            "Seed 1 could not be trained: it is so",
        ),
        (stub("import os; os._exit(3)"), "Seed 1 could not be trained"),
        (lambda task: ["/nowhere/python"], "Seed 1 could not be trained"),
    ],
)
def test_that_a_process_that_fails_is_said_and_ends_the_experiment(
    qtbot: QtBot, command, words: str, made: ReadyMade, tmp_path: Path
) -> None:
    trials, problems = Trials(command=command), list[Problem]()
    trials.failed.connect(problems.append)
    assert trials.start(made, tmp_path, ())
    wait_until_over(qtbot, trials)
    assert len(problems) == (1 if (os.cpu_count() or 1) <= 2 else len(problems))
    assert words in str(problems[0])


def test_that_a_core_is_left_free(
    qtbot: QtBot, made: ReadyMade, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for cores, expected in ((1, 1), (2, 1), (3, 2), (16, 2)):
        monkeypatch.setattr(os, "cpu_count", lambda cores=cores: cores)
        trials = Trials(command=stub("import time; time.sleep(60)"))
        assert trials.start(made, tmp_path, ())
        assert len(trials._processes) == expected
        trials.close()
        assert trials.running is None


def test_that_the_time_left_follows_from_what_was_gained(
    made: ReadyMade, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]
    monkeypatch.setattr("cnnviz.control.trials.monotonic", lambda: clock[0])
    trials = Trials(command=stub("import time; time.sleep(60)"))
    first, second = (RunRow(p, "", RunState.STOPPED) for p in made.paths(tmp_path))
    before = (replace(first, steps=4), second)
    assert trials.start(made, tmp_path, before)
    assert trials.progress(tmp_path, before) == (4, 20, float("inf"))
    clock[0] += 3.0
    # Six more of them in three seconds; ten are left.
    assert trials.progress(tmp_path, (replace(first, steps=10), second)) == (10, 20, 5.0)
    trials.close()
