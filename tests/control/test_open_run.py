"""Opening runs: recorded ones, ones that another process trains, and files that are none."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from cnnviz.control.controller import Controller
from cnnviz.core.experiment import Experiment
from cnnviz.core.network import build_network
from cnnviz.core.operations import Flatten, Linear, Softmax
from cnnviz.core.problem import Problem
from cnnviz.core.snapshot import Snapshot
from cnnviz.core.view import past_step
from cnnviz.engine.headless import make_session
from cnnviz.engine.opened_run import newest_cut_off
from cnnviz.engine.recording import Recorder
from cnnviz.engine.run_file import RunFile
from cnnviz.engine.run_mark import has_mark
from cnnviz.engine.run_places import Plan
from cnnviz.engine.runner import Runner
from cnnviz.engine.session import Session
from tests.engine.idx_files import experiment, write_dataset

PATIENCE = 60_000

LINEAR = build_network("linear", "Linear", (1, 28, 28), (Flatten(), Linear(784, 10), Softmax()))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_dataset(tmp_path / "data")


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return tmp_path / "runs"


@pytest.fixture
def said() -> list[Problem]:
    return []


@pytest.fixture
def controller(qtbot: QtBot, data: Path, runs: Path, said: list[Problem]) -> Iterator[Controller]:
    made = Controller(Runner(Plan(runs)), experiment(data, threads=1))
    made.noticed.connect(lambda problem, _failed: said.append(problem))
    made.start()
    qtbot.waitUntil(lambda: made.newest is not None, timeout=PATIENCE)
    yield made
    assert made.close(60)


def wanted(data: Path, epochs: int = 3) -> Experiment:
    return experiment(data, LINEAR, threads=1, epochs=epochs)


class Elsewhere:
    """A run as another process would train it."""

    def __init__(self, path: Path, data: Path, epochs: int = 3) -> None:
        self.session: Session = make_session(wanted(data, epochs))
        self.recorder = Recorder(self.session, path, lambda event: None)
        self._steps = self.recorder.steps()

    def train_to(self, step: int) -> None:
        while self.session.step < step or not self.recorder.resting:
            next(self._steps)
        deadline = time.monotonic() + PATIENCE / 1000
        while not self._keeps(step):  # it is written by another thread
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def _keeps(self, step: int) -> bool:
        if not self.recorder.path.exists():
            return False
        with RunFile.open(self.recorder.path) as file:
            return step in file.steps()

    def end(self) -> np.ndarray:
        assert self.recorder.close()
        weights = self.session.module.state_dict()["1.weight"]
        return np.array(weights.numpy())


def recorded(path: Path, data: Path, steps: int, epochs: int = 3) -> np.ndarray:
    elsewhere = Elsewhere(path, data, epochs)
    elsewhere.train_to(steps)
    return elsewhere.end()


def await_step(controller: Controller, qtbot: QtBot, step: int) -> None:
    def there() -> bool:
        newest, view = controller.newest, controller.view
        return newest is not None and newest.step == step and view.network.key == "linear"

    qtbot.waitUntil(there, timeout=PATIENCE)


def await_shown(controller: Controller, qtbot: QtBot, step: int) -> None:
    def there() -> bool:
        stage = controller.view.stage
        return stage is not None and stage.step == step and stage.network.key == "linear"

    qtbot.waitUntil(there, timeout=PATIENCE)


def stage(controller: Controller) -> Snapshot:
    assert controller.view.stage is not None
    return controller.view.stage


def weight(controller: Controller) -> np.ndarray:
    return stage(controller).parameters[1]["weight"]


def test_that_a_recorded_run_is_shown_where_it_ends_and_not_trained(
    controller: Controller, qtbot: QtBot, tmp_path: Path, data: Path, runs: Path
) -> None:
    path = tmp_path / "a.cnnviz"
    end = recorded(path, data, 8)
    content = path.read_bytes()
    controller.open_run(path)
    await_step(controller, qtbot, 8)
    qtbot.waitUntil(lambda: len(controller.view.kept) == 9, timeout=PATIENCE)
    view = controller.view
    assert view.network.layers == LINEAR.layers
    assert (view.metric_count, view.progress.step, view.progress.running) == (8, 8, False)
    assert len(view.metrics.evaluations) == 1
    assert view.kept.epoch_ends.tolist() == [6]
    assert view.past is None
    assert np.array_equal(weight(controller), end)
    controller.time.go_to(0)
    await_shown(controller, qtbot, 0)
    assert not np.array_equal(weight(controller), end)
    assert path.read_bytes() == content
    assert not runs.exists()


def test_that_an_opened_run_goes_on_in_its_own_file(
    controller: Controller, qtbot: QtBot, tmp_path: Path, data: Path, runs: Path
) -> None:
    path = tmp_path / "a.cnnviz"
    recorded(path, data, 8)
    whole = recorded(tmp_path / "whole.cnnviz", data, 18)
    controller.open_run(path)
    await_step(controller, qtbot, 8)
    controller.train()
    qtbot.waitUntil(lambda: controller.view.progress.finished, timeout=PATIENCE)
    await_step(controller, qtbot, 18)
    assert np.array_equal(weight(controller), whole)
    qtbot.waitUntil(lambda: controller.view.kept.steps[-1:].tolist() == [18], timeout=PATIENCE)
    with RunFile.open(path) as file, RunFile.open(tmp_path / "whole.cnnviz") as other:
        assert file.losses().tolist() == other.losses().tolist()
    assert not runs.exists()


def test_that_an_opened_run_that_is_complete_gets_more_epochs_in_its_own_file(
    controller: Controller, qtbot: QtBot, tmp_path: Path, data: Path, runs: Path
) -> None:
    path = tmp_path / "a.cnnviz"
    recorded(path, data, 18)
    whole = recorded(tmp_path / "whole.cnnviz", data, 30, epochs=5)
    controller.open_run(path)
    await_step(controller, qtbot, 18)
    assert controller.complete
    controller.train_longer(3)  # no more than it has
    assert not controller.view.progress.running
    controller.train_longer(5)
    assert controller.view.settings.epochs == controller.experiment.settings.epochs == 5
    assert not controller.complete
    qtbot.waitUntil(lambda: controller.view.progress.finished, timeout=PATIENCE)
    await_step(controller, qtbot, 30)
    assert controller.complete
    assert np.array_equal(weight(controller), whole)
    qtbot.waitUntil(lambda: controller.view.kept.steps[-1:].tolist() == [30], timeout=PATIENCE)
    with RunFile.open(path) as file, RunFile.open(tmp_path / "whole.cnnviz") as other:
        assert file.losses().tolist() == other.losses().tolist()
        assert file.evaluations() == other.evaluations()
        assert file.experiment.settings == other.experiment.settings
    assert not runs.exists()


def test_that_a_run_that_another_process_completed_gets_more_epochs_here(
    controller: Controller, qtbot: QtBot, tmp_path: Path, data: Path
) -> None:
    path = tmp_path / "a.cnnviz"
    elsewhere = Elsewhere(path, data)
    elsewhere.train_to(4)
    controller.open_run(path)
    await_shown(controller, qtbot, 4)
    assert not controller.complete
    elsewhere.train_to(18)
    elsewhere.end()
    qtbot.waitUntil(lambda: controller.complete and controller.view.past is None, timeout=PATIENCE)
    controller.train_longer(4)
    qtbot.waitUntil(lambda: controller.view.progress.finished, timeout=PATIENCE)
    await_step(controller, qtbot, 24)
    assert np.array_equal(weight(controller), recorded(tmp_path / "b.cnnviz", data, 24, epochs=4))


def test_that_an_opened_run_is_branched_into_another_file(
    controller: Controller, qtbot: QtBot, tmp_path: Path, data: Path, runs: Path
) -> None:
    path = tmp_path / "a.cnnviz"
    recorded(path, data, 8)
    content = path.read_bytes()
    controller.open_run(path)
    await_step(controller, qtbot, 8)
    qtbot.waitUntil(lambda: len(controller.view.kept) == 9, timeout=PATIENCE)
    controller.time.go_to(3)
    await_shown(controller, qtbot, 3)
    controller.time.branch()
    await_step(controller, qtbot, 3)
    controller.one_batch()
    await_step(controller, qtbot, 4)
    qtbot.waitUntil(
        lambda: controller.view.kept.steps.tolist() == [0, 1, 2, 3, 4], timeout=PATIENCE
    )
    assert path.read_bytes() == content
    assert len(list(runs.glob("*.cnnviz"))) == 1


def test_that_a_run_is_followed_while_another_process_trains_it(
    controller: Controller, qtbot: QtBot, tmp_path: Path, data: Path
) -> None:
    path = tmp_path / "a.cnnviz"
    elsewhere = Elsewhere(path, data)
    try:
        elsewhere.train_to(4)
        controller.open_run(path)
        await_shown(controller, qtbot, 4)
        qtbot.waitUntil(lambda: controller.view.followed, timeout=PATIENCE)
        elsewhere.train_to(9)
        await_shown(controller, qtbot, 9)
        assert controller.view.metric_count == 9
        assert past_step(controller.view) is None  # it is the newest there is
        controller.choose_sample(5)
        qtbot.waitUntil(lambda: stage(controller).sample.index == 5, timeout=PATIENCE)
        assert stage(controller).step == 9
        controller.time.go_to(2)
        await_shown(controller, qtbot, 2)
        elsewhere.train_to(11)
        qtbot.waitUntil(lambda: controller.view.metric_count == 11, timeout=PATIENCE)
        assert past_step(controller.view) == 2
        controller.time.go_live()
        await_shown(controller, qtbot, 11)
    finally:
        end = elsewhere.end()
    # It has ended, and is now a run like any other.
    await_step(controller, qtbot, 11)
    qtbot.waitUntil(lambda: not controller.view.followed, timeout=PATIENCE)
    assert np.array_equal(weight(controller), end)
    controller.one_batch()
    await_step(controller, qtbot, 12)
    qtbot.waitUntil(lambda: has_mark(path), timeout=PATIENCE)


def test_that_training_on_beside_another_process_is_a_branch(
    controller: Controller, qtbot: QtBot, tmp_path: Path, data: Path, runs: Path
) -> None:
    path = tmp_path / "a.cnnviz"
    elsewhere = Elsewhere(path, data)
    try:
        elsewhere.train_to(4)
        controller.open_run(path)
        await_shown(controller, qtbot, 4)
        elsewhere.train_to(7)
        await_shown(controller, qtbot, 7)
        controller.train()
        qtbot.waitUntil(lambda: controller.view.progress.finished, timeout=PATIENCE)
        await_step(controller, qtbot, 18)
        ours = weight(controller).copy()
        qtbot.waitUntil(lambda: controller.view.kept.steps[-1:].tolist() == [18], timeout=PATIENCE)
        elsewhere.train_to(18)
    finally:
        theirs = elsewhere.end()
    assert np.array_equal(ours, theirs)
    (branch,) = runs.glob("*.cnnviz")
    with RunFile.open(path) as file, RunFile.open(branch) as other:
        assert file.losses().tolist() == other.losses().tolist()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "there is no such file"),
        (b"", "not a run"),
        (b"not a database, and long enough to be looked at" * 99, "not a run"),
    ],
    ids=["missing", "empty", "foreign"],
)
def test_that_a_file_that_is_no_run_is_a_sentence_and_changes_nothing(
    controller: Controller,
    qtbot: QtBot,
    tmp_path: Path,
    said: list[Problem],
    content: bytes | None,
    sentence: str,
) -> None:
    path = tmp_path / "a.cnnviz"
    if content is not None:
        path.write_bytes(content)
    controller.one_batch()
    qtbot.waitUntil(lambda: stage(controller).step == 1, timeout=PATIENCE)
    before = controller.view
    controller.open_run(path)
    qtbot.waitUntil(lambda: bool(said), timeout=PATIENCE)
    qtbot.wait(100)
    assert [str(problem) for problem in said if sentence in str(problem)]
    assert len(said) == 1
    assert controller.run_number == 1
    assert controller.view.live is before.live
    assert controller.view.network is before.network


def test_that_the_run_that_is_open_is_not_opened_again(
    controller: Controller, qtbot: QtBot, runs: Path, said: list[Problem]
) -> None:
    controller.one_batch()
    qtbot.waitUntil(lambda: len(controller.view.kept) == 2, timeout=PATIENCE)
    controller.open_run(next(runs.glob("*.cnnviz")))
    assert "open already" in str(said[0])
    assert controller.run_number == 1


def cut_off_at(path: Path, data: Path, step: int) -> None:
    """A run as a killed process leaves it."""
    recorded(path, data, step)
    path.with_name(f".{path.name}.recording").touch()


def test_that_a_run_that_was_cut_off_is_offered_once_and_resumed(
    controller: Controller, qtbot: QtBot, data: Path, runs: Path, tmp_path: Path
) -> None:
    path, offered = runs / "a.cnnviz", list[tuple[str, Path]]()
    cut_off_at(path, data, 8)
    controller.time.cut_off.connect(lambda said, file: offered.append((str(said), file)))
    controller.time.look_for_cut_off(runs)
    qtbot.waitUntil(lambda: bool(offered), timeout=PATIENCE)
    sentence, file = offered[0]
    assert file == path
    assert sentence.startswith("The run of Linear of 20")
    assert sentence.endswith("was cut off at step 8.")
    assert controller.run_number == 1  # it is an offer
    controller.time.resume_run(file)
    qtbot.waitUntil(lambda: controller.view.progress.finished, timeout=PATIENCE)
    await_step(controller, qtbot, 18)
    assert np.array_equal(weight(controller), recorded(tmp_path / "whole.cnnviz", data, 18))
    assert len(list(runs.glob("*.cnnviz"))) == 1
    controller.time.look_for_cut_off(runs)
    qtbot.wait(100)
    assert len(offered) == 1


def test_that_broken_runs_that_were_cut_off_are_passed_over(tmp_path: Path, data: Path) -> None:
    cut_off_at(tmp_path / "whole.cnnviz", data, 2)
    (tmp_path / "broken.cnnviz").write_bytes(b"x" * 5000)
    (tmp_path / ".broken.cnnviz.recording").touch()
    found = newest_cut_off(tmp_path)
    assert found is not None
    assert (found.path.name, found.step) == ("whole.cnnviz", 2)
    assert newest_cut_off(tmp_path) is None
    assert newest_cut_off(tmp_path / "nowhere") is None


def test_that_training_goes_on_when_recording_stops_and_that_is_said(
    qtbot: QtBot, data: Path, tmp_path: Path, said: list[Problem]
) -> None:
    (tmp_path / "file").touch()  # nothing can be written below a file
    made = Controller(Runner(Plan(tmp_path / "file" / "runs")), experiment(data, threads=1))
    made.noticed.connect(lambda problem, _failed: said.append(problem))
    made.start()
    try:
        qtbot.waitUntil(lambda: made.newest is not None, timeout=PATIENCE)
        made.train()
        qtbot.waitUntil(lambda: made.view.progress.finished, timeout=PATIENCE)
        qtbot.waitUntil(lambda: bool(said), timeout=PATIENCE)
        assert "recorded no further" in str(said[0])
        assert len(made.view.kept) == 0
    finally:
        assert made.close(60)


def test_that_a_run_whose_data_are_gone_is_a_sentence_and_changes_nothing(
    controller: Controller, qtbot: QtBot, tmp_path: Path, said: list[Problem]
) -> None:
    other, path = write_dataset(tmp_path / "other"), tmp_path / "a.cnnviz"
    recorded(path, other, 3)
    for file in other.iterdir():
        file.unlink()
    other.rmdir()
    controller.open_run(path)
    qtbot.waitUntil(lambda: bool(said), timeout=PATIENCE)
    assert "there is no such folder" in str(said[0])
    assert controller.run_number == 1
    controller.one_batch()
    qtbot.waitUntil(lambda: len(controller.view.kept) == 2, timeout=PATIENCE)
    assert controller.view.past is None


def test_that_a_run_is_opened_at_the_step_and_with_the_image_that_were_asked_for(
    controller: Controller, qtbot: QtBot, data: Path, runs: Path
) -> None:
    path = runs / "run.cnnviz"
    recorded(path, data, 5)
    controller.time.open_run(path, (3, 7))
    await_shown(controller, qtbot, 3)
    qtbot.waitUntil(lambda: stage(controller).sample.index == 7, timeout=PATIENCE)
    assert past_step(controller.view) == 3
    # The same run again, which is open now: no other one begins.
    number = controller.run_number
    controller.time.open_run(path, (1, 2))
    await_shown(controller, qtbot, 1)
    qtbot.waitUntil(lambda: stage(controller).sample.index == 2, timeout=PATIENCE)
    assert controller.run_number == number
    # Opened without a step, a run stands where it ends.
    controller.open_run(path)
    assert controller.run_number == number
