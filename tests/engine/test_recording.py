"""Recording beside training: what is in the file, what it changes (nothing), and how it fails."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import numpy as np
import pytest
import torch

from cnnviz.core.events import Event, Notice
from cnnviz.core.network import Network
from cnnviz.core.problem import Problem
from cnnviz.engine import recording
from cnnviz.engine.headless import make_session
from cnnviz.engine.recording import Recorder
from cnnviz.engine.run_file import BUDGET, RunFile
from cnnviz.engine.run_places import Point, new_path
from cnnviz.engine.session import Session
from cnnviz.engine.training import train
from tests.engine.idx_files import TINY, bundled, experiment
from tests.engine.test_resume import DRAWING, kept, session_of


def recorded(
    session: Session,
    path: Path,
    events: list[Event],
    budget: int = BUDGET,
    resume: Point | None = None,
    batches: int = 10**9,
) -> Recorder:
    """Train to the end, or so many batches, with a recorder that is closed then."""
    recorder = Recorder(session, path, events.append, budget, resume)
    last = session.step + batches
    for _ in recorder.steps():
        if session.step >= last:
            break
    recorder.close()
    return recorder


def wait_until_written(recorder: Recorder) -> None:
    with recorder._changed:
        while recorder._waiting and not recorder.failed:
            recorder._changed.wait(0.001)


@pytest.mark.parametrize("network", [bundled("two_layer_cnn"), DRAWING], ids=["two", "drawing"])
def test_that_a_recorded_run_gives_the_same_weights(network: Network, data: Path) -> None:
    plain = make_session(experiment(data, network, evaluate_every=4, threads=1))
    for _ in train(plain, lambda event: None):
        pass
    expected, losses = kept(plain), plain.metrics.losses.tolist()
    looks = plain.metrics.evaluations
    session = make_session(experiment(data, network, evaluate_every=4, threads=1))
    events: list[Event] = []
    path = data.parent / "runs" / "run.cnnviz"
    recorder = recorded(session, path, events)
    assert not recorder.failed
    assert not [event for event in events if isinstance(event, Notice)]
    found = kept(session)
    assert all(torch.equal(found[name], expected[name]) for name in expected)
    with RunFile.open(path) as file:
        assert file.losses().tolist() == losses
        assert file.evaluations() == looks
        assert file.experiment == session.experiment
        assert file.about.versions["torch"] == torch.__version__
        assert file.about.device == "cpu"
        steps = file.steps().tolist()
        assert steps[0] == 0
        assert {6, 12} <= set(steps)
        last = {k: v for layer in file.parameters_at(12) for k, v in layer.items()}
        for name, array in file.weights_at(12).items():
            assert np.array_equal(array, found[name].numpy())
        assert last


def test_that_a_run_that_is_never_trained_leaves_no_file(data: Path) -> None:
    path = data.parent / "run.cnnviz"
    recorder = Recorder(make_session(experiment(data, threads=1)), path, lambda event: None)
    assert recorder.close()
    assert not path.exists()


def test_that_a_long_run_is_dense_at_first(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "ALLOWANCE", 1000.0)  # whatever the machine is doing
    path = data.parent / "run.cnnviz"
    session = make_session(experiment(data, epochs=30, threads=1))
    recorder = Recorder(session, path, lambda event: None)
    for _ in recorder.steps():
        wait_until_written(recorder)
    assert recorder.close()
    with RunFile.open(path) as file:
        steps = file.steps()
        assert steps[:50].tolist() == list(range(50))
        assert steps[-1] == 180
        assert 90 < len(steps) < 160


def test_that_a_run_goes_on_in_its_own_file(data: Path) -> None:
    wanted = experiment(data, DRAWING, evaluate_every=4, threads=1)
    whole = session_of(wanted)
    for _ in train(whole, lambda event: None):
        pass
    path = data.parent / "run.cnnviz"
    recorded(session_of(wanted), path, [], batches=8)
    with RunFile.open(path) as file:
        step = int(file.steps()[-1])
    assert step == 7  # the evaluation after 8 was not complete
    for start in (step, 6):  # the newest, and one further back: what follows is trained again
        session = session_of(wanted, (path, start))
        recorded(session, path, [], resume=(path, start))
        expected, found = kept(whole), kept(session)
        assert all(torch.equal(found[name], expected[name]) for name in expected)
        with RunFile.open(path) as file:
            assert file.losses().tolist() == whole.metrics.losses.tolist()
            assert file.evaluations() == whole.metrics.evaluations
            assert file.steps()[-1] == 12


def test_that_a_branch_leaves_the_run_it_came_from_as_it_was(data: Path) -> None:
    path, branch = data.parent / "run.cnnviz", data.parent / "branch.cnnviz"
    recorded(session_of(experiment(data, threads=1)), path, [])
    with RunFile.open(path) as file:
        steps = file.steps().tolist()
    wanted = experiment(data, learning_rate=0.5)
    recorded(session_of(wanted, (path, 6)), branch, [], resume=(path, 6))
    with RunFile.open(path) as old, RunFile.open(branch) as new:
        assert old.steps().tolist() == steps
        assert new.losses()[:6].tolist() == old.losses()[:6].tolist()
        assert new.losses()[7:].tolist() != old.losses()[7:].tolist()
        assert len(new.losses()) == 12


def test_that_training_goes_on_when_the_disk_is_full(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(file: RunFile, stored: object) -> bool:
        if len(file.steps()) > 1:
            raise sqlite3.OperationalError("database or disk is full")
        return append(file, stored)  # type: ignore[arg-type]

    append = RunFile.append_snapshot
    monkeypatch.setattr(RunFile, "append_snapshot", full)
    path = data.parent / "run.cnnviz"
    events: list[Event] = []
    session = make_session(experiment(data, epochs=4, threads=1))
    recorder = Recorder(session, path, events.append)
    for _ in recorder.steps():
        wait_until_written(recorder)
    assert not recorder.close()
    assert session.step == 24
    said = [str(event.problem) for event in events if isinstance(event, Notice)]
    assert len(said) == 1
    assert "recorded no further: run.cnnviz" in said[0]
    assert "disk is full. Training goes on." in said[0]
    with RunFile.open(path) as file:
        assert len(file.steps()) == 2  # what was committed is there


def test_that_training_goes_on_where_nothing_can_be_written(data: Path) -> None:
    path = data / "train-images-idx3-ubyte.gz" / "run.cnnviz"  # a file is no folder
    events: list[Event] = []
    session = make_session(experiment(data, threads=1))
    recorder = recorded(session, path, events)
    assert recorder.failed
    assert session.finished
    assert sum(isinstance(event, Notice) for event in events) == 1


def test_that_a_network_too_large_for_the_budget_is_said_once(data: Path) -> None:
    path = data.parent / "run.cnnviz"
    events: list[Event] = []
    session = make_session(experiment(data, threads=1))
    recorder = recorded(session, path, events, budget=1000)
    said = [str(event.problem) for event in events if isinstance(event, Notice)]
    assert len(said) == 1
    assert "are not recorded" in said[0]
    assert not recorder.failed
    with RunFile.open(path) as file:
        assert len(file.losses()) == 12
        assert file.steps().tolist() == []


def test_that_a_loss_that_is_no_number_leaves_what_was_before(data: Path) -> None:
    path = data.parent / "run.cnnviz"
    session = make_session(experiment(data, threads=1))
    recorder = Recorder(session, path, lambda event: None)
    steps = recorder.steps()
    next(steps)
    with torch.no_grad():
        session.train.x.fill_(float("nan"))
    with pytest.raises(Problem, match="batch 2 is nan"):
        next(steps)
    assert recorder.close()
    with RunFile.open(path) as file:
        assert len(file.losses()) == 1


def test_that_the_disk_is_left_alone_while_training_rests(data: Path) -> None:
    session = make_session(experiment(data, threads=1))
    recorder = Recorder(session, data.parent / "run.cnnviz", lambda event: None)
    next(recorder.steps())
    wait_until_written(recorder)
    threading.Event().wait(2 * recording.INTERVAL)  # losses that came with the batch
    assert not recorder._stirred
    assert recorder.close()


def test_that_two_runs_of_one_moment_have_two_names(tmp_path: Path) -> None:
    names = set()
    for _ in range(3):
        path = new_path(tmp_path, TINY.key)
        assert path.suffix == ".cnnviz"
        assert "tiny" in path.name
        path.touch()
        names.add(path)
    assert len(names) == 3
