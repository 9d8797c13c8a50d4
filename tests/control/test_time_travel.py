"""From the slider's place to what every pane shows, with the real threads and real files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from pytestqt.qtbot import QtBot
from safetensors.numpy import load_file

from cnnviz.control.controller import Controller
from cnnviz.core.problem import Problem
from cnnviz.core.snapshot import Snapshot
from cnnviz.core.view import past_step, shown_snapshot
from cnnviz.engine.build import build_module
from cnnviz.engine.run_file import RunFile
from cnnviz.engine.run_places import Plan
from cnnviz.engine.runner import Runner
from tests.engine.idx_files import SKIPPING, experiment, write_dataset

PATIENCE = 60_000


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return tmp_path / "runs"


@pytest.fixture
def controller(qtbot: QtBot, tmp_path: Path, runs: Path) -> Iterator[Controller]:
    data = write_dataset(tmp_path / "data")
    # With a skip connection: whatever holds for it holds for a plain list of layers.
    made = Controller(Runner(Plan(runs)), experiment(data, SKIPPING, epochs=4, threads=1))
    made.start()
    qtbot.waitUntil(lambda: made.newest is not None, timeout=PATIENCE)
    yield made
    assert made.close(60)


def stage(controller: Controller) -> Snapshot:
    assert controller.view.stage is not None
    return controller.view.stage


def live(controller: Controller) -> Snapshot:
    assert controller.view.live is not None
    return controller.view.live


def newest(controller: Controller) -> Snapshot:
    assert controller.newest is not None
    return controller.newest


def await_count(controller: Controller, qtbot: QtBot, count: int) -> None:
    qtbot.waitUntil(lambda: controller.runner.metrics.count >= count, timeout=PATIENCE)


def await_live(controller: Controller, qtbot: QtBot, step: int) -> None:
    qtbot.waitUntil(lambda: live(controller).step == step, timeout=PATIENCE)


def await_past(controller: Controller, qtbot: QtBot, step: int) -> None:
    qtbot.waitUntil(lambda: past_step(controller.view) == step, timeout=PATIENCE)


def train_to(controller: Controller, qtbot: QtBot, step: int) -> None:
    """Train batch by batch, and wait until all of it is in the file."""
    while controller.runner.metrics.count < step:
        wanted = controller.runner.metrics.count + 1
        controller.one_batch()
        await_count(controller, qtbot, wanted)
    qtbot.waitUntil(lambda: len(controller.view.kept) >= step + 1, timeout=PATIENCE)


def await_run(controller: Controller, qtbot: QtBot, number: int) -> None:
    qtbot.waitUntil(
        lambda: controller.run_number == number and controller.newest is not None, timeout=PATIENCE
    )


def visit(controller: Controller, qtbot: QtBot, step: int) -> Snapshot:
    controller.time.go_to(step)
    await_past(controller, qtbot, step)
    shown = shown_snapshot(controller.view)
    assert shown is not None
    assert shown is controller.view.stage
    return shown


def recorded(runs: Path, step: int) -> torch.nn.Sequential:
    """torch's own model with the weights that the file has of a step."""
    (path,) = runs.glob("*.cnnviz")
    module = build_module(SKIPPING).eval()
    with RunFile.open(path) as file:
        arrays = file.weights_at(step)
    module.load_state_dict({name: torch.from_numpy(array) for name, array in arrays.items()})
    return module


def test_that_every_step_shows_what_torch_made_of_it(
    controller: Controller, qtbot: QtBot, runs: Path
) -> None:
    weights = {}
    for step in range(5):
        if step:
            train_to(controller, qtbot, step)
        await_live(controller, qtbot, step)
        weights[step] = live(controller)
    assert controller.view.kept.steps.tolist() == [0, 1, 2, 3, 4]
    for step in (3, 0, 2):
        shown = visit(controller, qtbot, step)
        for name, array in weights[step].parameters[0].items():
            assert np.array_equal(shown.parameters[0][name], array)
        with torch.no_grad():
            logits = recorded(runs, step)(torch.from_numpy(shown.sample.image)[None])[0]
        np.testing.assert_allclose(shown.activations[-2], logits.numpy(), rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(
            shown.activations[-1], weights[step].activations[-1], rtol=1e-5, atol=1e-6
        )


def test_that_the_weights_that_are_shown_are_those_that_are_saved(
    controller: Controller, qtbot: QtBot, runs: Path, tmp_path: Path
) -> None:
    train_to(controller, qtbot, 3)
    await_live(controller, qtbot, 3)

    def saved(name: str) -> dict[str, np.ndarray]:
        with qtbot.waitSignal(controller.noticed, timeout=PATIENCE):
            controller.weights.save_file(tmp_path / name)
        return load_file(tmp_path / name)

    newest_weights = saved("newest.safetensors")
    visit(controller, qtbot, 1)
    past = saved("past.safetensors")
    with RunFile.open(next(runs.glob("*.cnnviz"))) as file:
        kept = file.weights_at(1)
    # A snapshot has what is computed with; how many batches a mean was taken over is not.
    kept = {name: kept[name] for name in kept if not name.endswith("num_batches_tracked")}
    assert past.keys() == kept.keys()
    assert all(np.array_equal(past[name], kept[name]) for name in kept)
    assert not np.array_equal(past["0.weight"], newest_weights["0.weight"])
    asked = controller.weights.to_save()
    assert asked is not None
    controller.time.go_live()
    again = saved("again.safetensors")
    assert all(np.array_equal(again[name], newest_weights[name]) for name in again)
    # What was asked for is written, wherever one looks meanwhile.
    with qtbot.waitSignal(controller.noticed, timeout=PATIENCE):
        controller.weights.save_file(tmp_path / "asked.safetensors", asked)
    assert np.array_equal(load_file(tmp_path / "asked.safetensors")["0.weight"], past["0.weight"])


def test_that_the_past_stays_while_training_goes_on_and_live_comes_back(
    controller: Controller, qtbot: QtBot
) -> None:
    train_to(controller, qtbot, 3)
    shown = visit(controller, qtbot, 1)
    controller.train()
    qtbot.waitUntil(lambda: controller.view.progress.finished, timeout=PATIENCE)
    assert controller.view.stage is shown
    assert shown_snapshot(controller.view) is shown
    controller.step(1)  # the arithmetic can be stepped there
    assert controller.view.stage is shown
    controller.time.go_live()
    qtbot.waitUntil(lambda: stage(controller).step == 24, timeout=PATIENCE)
    assert controller.view.past is None
    assert not controller.view.held


def test_that_another_sample_is_seen_with_the_weights_of_that_step(
    controller: Controller, qtbot: QtBot, runs: Path
) -> None:
    train_to(controller, qtbot, 3)
    visit(controller, qtbot, 2)
    controller.choose_sample(7)
    qtbot.waitUntil(lambda: stage(controller).sample.index == 7, timeout=PATIENCE)
    shown = stage(controller)
    assert shown.step == 2
    with torch.no_grad():
        logits = recorded(runs, 2)(torch.from_numpy(shown.sample.image)[None])[0]
    np.testing.assert_allclose(shown.activations[-2], logits.numpy(), rtol=1e-5, atol=1e-6)
    controller.time.go_live()
    qtbot.waitUntil(lambda: stage(controller).sample.index == 7, timeout=PATIENCE)


def test_that_one_goes_from_kept_step_to_kept_step(controller: Controller, qtbot: QtBot) -> None:
    train_to(controller, qtbot, 3)
    qtbot.waitUntil(lambda: live(controller).step == 3, timeout=PATIENCE)
    controller.time.move(1)
    assert controller.view.past is None
    for by, step in ((-1, 2), (-1, 1), (1, 2), (-9, 0), (9, 3)):
        controller.time.move(by)
        await_past(controller, qtbot, step)


def test_that_the_newest_of_many_requests_is_shown(controller: Controller, qtbot: QtBot) -> None:
    train_to(controller, qtbot, 5)
    for step in (1, 4, 0, 3, 5, 2):
        controller.time.go_to(step)
    assert controller.view.past == 2
    qtbot.waitUntil(lambda: past_step(controller.view) == 2, timeout=PATIENCE)
    qtbot.wait(100)
    assert past_step(controller.view) == controller.view.past == 2


def test_that_the_film_shows_every_step_and_stops_at_the_last(
    controller: Controller, qtbot: QtBot
) -> None:
    train_to(controller, qtbot, 4)
    controller.time._film.setInterval(1)
    seen: list[int | None] = []
    controller.changed.connect(lambda: seen.append(past_step(controller.view)))
    controller.time.toggle_film()
    qtbot.waitUntil(lambda: past_step(controller.view) == 4, timeout=PATIENCE)
    qtbot.waitUntil(lambda: not controller.view.filming, timeout=PATIENCE)
    steps = [
        step for place, step in enumerate(seen) if step not in (None, *seen[place - 1 : place])
    ]
    assert steps[-5:] == [0, 1, 2, 3, 4]
    controller.time.toggle_film()  # from the beginning again
    assert controller.view.past == 0
    controller.time.toggle_film()
    assert not controller.view.filming
    assert controller.view.past is not None


def test_that_a_branch_goes_on_from_the_step_that_is_shown(
    controller: Controller, qtbot: QtBot, runs: Path
) -> None:
    train_to(controller, qtbot, 5)
    qtbot.waitUntil(lambda: live(controller).step == 5, timeout=PATIENCE)
    fifth, losses = live(controller), controller.view.metrics.losses.tolist()
    shown = visit(controller, qtbot, 2)
    controller.time.branch()
    known: list[int] = []
    controller.changed.connect(lambda: known.append(len(controller.view.kept)))
    await_run(controller, qtbot, 2)
    assert 0 not in known  # the slider stays where it is
    assert controller.view.past is None
    assert newest(controller).step == 2
    assert np.array_equal(newest(controller).parameters[8]["weight"], shown.parameters[8]["weight"])
    qtbot.waitUntil(lambda: len(controller.view.kept) == 3, timeout=PATIENCE)
    assert controller.view.metric_count == 2
    assert visit(controller, qtbot, 1).step == 1
    controller.time.go_live()
    train_to(controller, qtbot, 5)
    qtbot.waitUntil(lambda: newest(controller).step == 5, timeout=PATIENCE)
    # The same seed, the same images: bit for bit what the first run had.
    assert np.array_equal(newest(controller).parameters[8]["weight"], fifth.parameters[8]["weight"])
    assert controller.view.metrics.losses.tolist() == losses
    assert len(list(runs.glob("*.cnnviz"))) == 2


def test_that_a_branch_from_nowhere_is_explained(controller: Controller, qtbot: QtBot) -> None:
    said: list[Problem] = []
    controller.noticed.connect(lambda problem, _failed: said.append(problem))
    controller.time.branch()
    assert "slider" in str(said[0])


def test_that_a_run_that_is_begun_anew_has_no_past(controller: Controller, qtbot: QtBot) -> None:
    train_to(controller, qtbot, 3)
    visit(controller, qtbot, 1)
    controller.reset()
    await_run(controller, qtbot, 2)
    assert controller.view.past is None
    assert len(controller.view.kept) == 0
    assert stage(controller).step == 0


def test_that_a_file_that_is_gone_is_a_sentence_and_the_window_goes_on(
    controller: Controller, qtbot: QtBot, runs: Path
) -> None:
    train_to(controller, qtbot, 3)
    said: list[Problem] = []
    controller.noticed.connect(lambda problem, _failed: said.append(problem))
    path = next(runs.glob("*.cnnviz"))
    controller.time._reader.forget()
    qtbot.wait(50)
    path.rename(path.with_suffix(".gone"))
    try:
        controller.time.go_to(1)
        qtbot.waitUntil(lambda: bool(said), timeout=PATIENCE)
        assert "no longer there" in str(said[0])
        controller.time.go_live()
        assert controller.view.stage is controller.view.live
    finally:
        path.with_suffix(".gone").rename(path)
