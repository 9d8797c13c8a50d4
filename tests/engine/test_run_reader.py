"""Reading a run beside its writer: kept steps, and exactly what torch makes of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from cnnviz.core.dataset import Dataset
from cnnviz.core.kept import Kept
from cnnviz.core.metrics import Evaluation, MetricLog
from cnnviz.core.problem import Problem
from cnnviz.core.snapshot import Snapshot
from cnnviz.engine.build import build_module
from cnnviz.engine.headless import make_session
from cnnviz.engine.resume import capture
from cnnviz.engine.run_file import RunFile
from cnnviz.engine.run_mark import being_written
from cnnviz.engine.run_reader import Found, RunReader, Source, Visit, _Desk
from cnnviz.engine.training import train
from tests.engine.idx_files import SKIPPING, TINY, bundled, experiment

PATIENCE = 30.0


class Reading:
    """A reader, and a way to wait for it."""

    def __init__(self) -> None:
        self._told = threading.Condition()
        self.reader = RunReader(self._tell)

    def _tell(self) -> None:
        with self._told:
            self._told.notify_all()

    def wait(self, take: Callable[[], Any]) -> Any:
        with self._told:
            taken = None

            def done() -> bool:
                nonlocal taken
                taken = take()
                return taken is not None

            assert self._told.wait_for(done, PATIENCE)
            return taken

    def kept(self) -> Kept:
        return self.found().kept

    def found(self) -> Found:
        found = self.wait(self.reader.take_found)
        assert isinstance(found, Found)
        return found

    def seen(self) -> Snapshot:
        seen = self.wait(self.reader.take_seen)
        assert isinstance(seen, Snapshot), seen
        return seen


@pytest.fixture
def reading() -> Iterator[Reading]:
    made = Reading()
    yield made
    assert made.reader.close(PATIENCE)


def record(path: Path, wanted, steps: int) -> tuple[list[dict[str, torch.Tensor]], Dataset]:
    """A run with a snapshot after every batch; its weights at each step, and its data."""
    session = make_session(wanted)
    states = []
    with RunFile.create(path, wanted) as file:
        file.append_snapshot(capture(session))
        states.append({k: v.clone() for k, v in session.module.state_dict().items()})
        for at_rest in train(session, lambda event: None):
            if at_rest:
                file.append_snapshot(capture(session))
                states.append({k: v.clone() for k, v in session.module.state_dict().items()})
                if session.step == steps:
                    break
    return states, session.dataset


def outputs(module: torch.nn.Sequential, x: torch.Tensor) -> list[torch.Tensor]:
    """What each module puts out, in the order of the modules."""
    found: list[torch.Tensor] = []
    for layer in module:
        layer.register_forward_hook(lambda _, given, output: found.append(output))
    module(x)
    for layer in module:
        layer._forward_hooks.clear()
    return found


@pytest.mark.parametrize(
    "network", [TINY, bundled("two_layer_cnn"), SKIPPING], ids=["tiny", "two", "skipping"]
)
def test_that_a_visited_step_is_what_torch_makes_of_its_weights(
    reading: Reading, tmp_path: Path, data: Path, network
) -> None:
    path, wanted = tmp_path / "a.cnnviz", experiment(data, network)
    states, dataset = record(path, wanted, 6)
    source = Source(path, 7, wanted.network)
    reading.reader.read(source)
    assert reading.kept().steps.tolist() == list(range(7))
    module = build_module(network).eval()
    for step in (4, 0, 6):
        sample = dataset.sample(step)
        reading.reader.visit(Visit(source, step, sample))
        seen = reading.seen()
        assert (seen.run, seen.step, seen.network) == (7, step, wanted.network)
        assert seen.sample is sample
        module.load_state_dict(states[step])
        x = torch.from_numpy(sample.image)[None]
        with torch.no_grad():
            for activation, output in zip(seen.activations[1:], outputs(module, x), strict=False):
                np.testing.assert_allclose(activation, output[0].numpy(), rtol=1e-5, atol=1e-6)
        for name, tensor in states[step].items():
            place, kind = name.split(".")
            if kind == "num_batches_tracked":  # counts, and goes into no output
                continue
            assert np.array_equal(seen.parameters[int(place)][kind], tensor.numpy())


def test_that_a_visited_step_has_the_classes_that_its_weights_told_apart(
    reading: Reading, tmp_path: Path, data: Path
) -> None:
    path, wanted = tmp_path / "a.cnnviz", experiment(data)
    session = make_session(wanted)
    session.classes = ("tench", "goldfish")  # published weights, before they are trained further
    with RunFile.create(path, wanted) as file:
        file.append_snapshot(capture(session))
        session.step, session.classes = 1, ()
        file.append_snapshot(capture(session))
    source = Source(path, 7, wanted.network)
    for step, classes in ((0, ("tench", "goldfish")), (1, ())):
        reading.reader.visit(Visit(source, step, session.dataset.sample(3)))
        assert reading.seen().classes == classes


def test_that_another_sample_needs_no_file(reading: Reading, tmp_path: Path, data: Path) -> None:
    path, wanted = tmp_path / "a.cnnviz", experiment(data)
    _, dataset = record(path, wanted, 3)
    source = Source(path, 1, wanted.network)
    reading.reader.visit(Visit(source, 2, dataset.sample(0)))
    first = reading.seen()
    reading.reader.forget()
    path.unlink()
    reading.reader.visit(Visit(source, 2, dataset.sample(5), first))
    second = reading.seen()
    assert second.parameters is first.parameters
    assert second.sample.index == 5
    assert not np.array_equal(second.activations[-1], first.activations[-1])


def test_that_it_is_waited_for_until_its_last_answer_is_taken(
    reading: Reading, tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, wanted = tmp_path / "a.cnnviz", experiment(data)
    _, dataset = record(path, wanted, 3)
    begun, going_on, look = threading.Event(), threading.Event(), _Desk.look

    def slowly(desk: _Desk, visit: Visit) -> Snapshot:
        begun.set()
        assert going_on.wait(PATIENCE)
        return look(desk, visit)

    monkeypatch.setattr(_Desk, "look", slowly)
    assert not reading.reader.waiting
    reading.reader.visit(Visit(Source(path, 1, wanted.network), 2, dataset.sample(0)))
    assert begun.wait(PATIENCE)
    assert reading.reader.waiting  # it is being read
    going_on.set()
    reading.wait(lambda: reading.reader._seen)
    assert reading.reader.waiting  # nobody has taken it
    assert reading.seen().step == 2
    assert not reading.reader.waiting


def test_that_a_file_is_waited_for_and_followed_while_it_is_written(
    reading: Reading, tmp_path: Path, data: Path
) -> None:
    path, wanted = tmp_path / "a.cnnviz", experiment(data)
    session = make_session(wanted)
    first = capture(session)
    reading.reader.read(Source(path, 1, wanted.network))
    with being_written(path), RunFile.create(path, wanted) as file:
        file.append_snapshot(first)
        assert reading.kept().steps.tolist() == [0]
        for step in (1, 2, 3):
            file.append_snapshot(replace(first, step=step, epoch_end=step == 2))
        kept = reading.kept()
        while len(kept) < 4:
            kept = reading.kept()
        assert kept.epoch_ends.tolist() == [2]
        file.append_snapshot(replace(first, step=9))
    # What is written last is seen although the mark goes at once.
    assert reading.kept().steps.tolist() == [0, 1, 2, 3, 9]


def test_that_losses_and_evaluations_follow_into_a_log(
    reading: Reading, tmp_path: Path, data: Path
) -> None:
    path, wanted, log = tmp_path / "a.cnnviz", experiment(data), MetricLog()
    first = capture(make_session(wanted))
    with being_written(path), RunFile.create(path, wanted) as file:
        with file.together():
            file.append_snapshot(first)
            file.append_losses(1, np.array([2.5, 2.25], np.float32))
        reading.reader.read(Source(path, 1, wanted.network, log=log))
        assert reading.found().written
        assert log.losses.tolist() == [2.5, 2.25]
        looks = (Evaluation(2, 0.5, 0.75, True), Evaluation(3, 0.25, 0.875, False))
        with file.together():
            file.append_losses(3, np.array([2.0], np.float32))
            for look in looks:
                file.append_evaluation(look)
        assert reading.found().written  # although no other step is kept
        assert log.losses.tolist() == [2.5, 2.25, 2.0]
        assert log.evaluations == looks
    assert not reading.found().written


def test_that_a_branch_shows_only_what_was_before_it(
    reading: Reading, tmp_path: Path, data: Path
) -> None:
    path, wanted = tmp_path / "a.cnnviz", experiment(data)
    record(path, wanted, 6)
    reading.reader.read(Source(path, 1, wanted.network, last=4))
    assert reading.kept().steps.tolist() == [0, 1, 2, 3, 4]


def test_that_a_step_that_was_given_up_stands_for_the_nearest(
    reading: Reading, tmp_path: Path, data: Path
) -> None:
    path, wanted = tmp_path / "a.cnnviz", experiment(data)
    _, dataset = record(path, wanted, 4)
    reading.reader.visit(Visit(Source(path, 1, wanted.network), 90, dataset.sample(0)))
    assert reading.seen().step == 4


@pytest.mark.parametrize("content", [None, b"", b"SQLite format 3\0" + bytes(2000), b"x" * 99])
def test_that_what_cannot_be_read_is_a_sentence(
    reading: Reading, tmp_path: Path, data: Path, content: bytes | None
) -> None:
    path, wanted = tmp_path / "a.cnnviz", experiment(data)
    if content is not None:
        path.write_bytes(content)
    dataset = make_session(wanted).dataset
    reading.reader.visit(Visit(Source(path, 1, wanted.network), 0, dataset.sample(0)))
    answer = reading.wait(reading.reader.take_seen)
    assert isinstance(answer, Problem)
    assert "a.cnnviz" in str(answer)


def test_that_the_reader_leaves_no_log_beside_a_run(
    reading: Reading, tmp_path: Path, data: Path
) -> None:
    path, wanted = tmp_path / "a.cnnviz", experiment(data)
    session = make_session(wanted)
    with RunFile.create(path, wanted) as file:
        file.append_snapshot(capture(session))
        reading.reader.read(Source(path, 1, wanted.network))
        assert len(reading.kept()) == 1
    assert reading.reader.close(PATIENCE)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.cnnviz", "data"]
