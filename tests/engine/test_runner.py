"""The thread that trains: what is asked of it, what it answers, and how it ends."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty
from typing import TypeVar

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional

from cnnviz.core.events import (
    EpochDone,
    Event,
    Failed,
    Finished,
    Loaded,
    Notice,
    Ready,
    Starting,
    Training,
    WrongSamples,
)
from cnnviz.core.experiment import Experiment
from cnnviz.core.snapshot import Sample, Snapshot
from cnnviz.engine import probe, training
from cnnviz.engine.runner import Runner
from cnnviz.engine.session import Session
from tests.engine.idx_files import bundled, experiment, write_dataset

PATIENCE = 60.0
"""Seconds after which a test gives up; nothing takes that long."""

E = TypeVar("E")


@dataclass
class Watched:
    """A runner whose events can be waited for."""

    runner: Runner = field(default_factory=Runner)
    seen: list[Event] = field(default_factory=list)

    def until(self, kind: type[E]) -> E:
        """Wait for the next event of a kind; those before it are kept in ``seen``."""
        events = self.runner._mailbox._events
        try:
            while True:
                event = events.get(timeout=PATIENCE)
                self.seen.append(event)
                if isinstance(event, kind):
                    return event
        except Empty:
            raise AssertionError(f"no {kind.__name__} after {self.seen}") from None

    def begin(self, wanted: Experiment) -> Ready:
        self.runner.start(wanted)
        return self.until(Ready)

    def look(self, sample: int = 0, frozen: Snapshot | None = None) -> Snapshot:
        """Ask for a snapshot and wait for it."""
        self.runner.look(sample, frozen)
        take = self.runner.take if frozen is None else self.runner.take_frozen
        return wait_for(take)

    def singles(self, count: int) -> None:
        """Train so many batches and wait for them."""
        wanted = self.runner.metrics.count + count
        for _ in range(count):
            self.runner.one_batch()
        wait_for(lambda: self.runner.metrics.count == wanted)
        wait_for(lambda: self.runner._mailbox.wanted.singles == 0)


def wait_for(poll: Callable[[], E | None]) -> E:
    """Ask again and again until the answer is not None (or not False)."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        answer = poll()
        if answer is not None and answer is not False:
            return answer
        threading.Event().wait(0.001)
    raise AssertionError("there was no answer")


@pytest.fixture
def watched() -> Iterator[Watched]:
    watched = Watched()
    yield watched
    assert watched.runner.close(PATIENCE)


def test_that_starting_is_announced_step_by_step(watched: Watched, data: Path) -> None:
    ready = watched.begin(experiment(data))
    assert [event.what for event in watched.seen if isinstance(event, Starting)] == [
        "Loading PyTorch",
        "Reading the images",
        "Looking for devices",
        "Preparing the model",
        "Preparing the optimiser",
    ]
    assert (ready.run, ready.train_count, ready.test_count, ready.batches) == (1, 60, 40, 6)
    assert ready.device.key == "cpu"
    assert ready.device in ready.devices


def test_that_a_run_goes_through_its_epochs(watched: Watched, data: Path) -> None:
    watched.begin(experiment(data))
    watched.runner.train()
    watched.until(Finished)
    watched.until(Training)
    after = [event for event in watched.seen if not isinstance(event, Loaded | Starting | Ready)]
    assert [type(event) for event in after] == [
        Training, EpochDone, EpochDone, Finished, Training,
    ]  # fmt: skip
    assert after[-1] == Training(False)
    assert watched.runner.metrics.count == 12
    watched.runner.train()
    assert watched.until(Finished).epochs == 2


def test_that_training_asked_for_early_begins_when_it_can(watched: Watched, data: Path) -> None:
    watched.runner.start(experiment(data))
    watched.runner.train()
    watched.until(Finished)


def test_that_one_batch_is_one_batch(watched: Watched, data: Path) -> None:
    watched.begin(experiment(data))
    watched.singles(1)
    watched.singles(3)
    assert watched.look().step == 4
    watched.singles(2)  # the epoch's last: its evaluation belongs to it
    assert watched.until(EpochDone).epoch == 1
    assert watched.look().step == 6


def test_that_one_batch_pauses_what_was_running(watched: Watched, data: Path) -> None:
    watched.begin(experiment(data, epochs=10_000))
    watched.runner.train()
    assert watched.until(Training) == Training(True)
    watched.runner.one_batch()
    assert watched.until(Training) == Training(False)


def test_that_pausing_stops_and_training_goes_on_from_there(watched: Watched, data: Path) -> None:
    watched.begin(experiment(data, epochs=10_000))
    watched.runner.train()
    watched.until(EpochDone)
    watched.runner.pause()
    while watched.until(Training).running:
        pass
    count = watched.runner.metrics.count
    assert watched.look().step == count
    watched.runner.train()
    wait_for(lambda: watched.runner.metrics.count > count)


def test_that_a_paused_thread_takes_no_processor_time(watched: Watched, data: Path) -> None:
    watched.begin(experiment(data))
    watched.look()
    thread = watched.runner._thread.native_id
    stat = Path(f"/proc/self/task/{thread}/stat")
    if not stat.exists():  # not Linux: only that it waits without a time limit can be seen
        return

    def used() -> int:
        after_name = stat.read_text(encoding="ascii").rsplit(")", 1)[1].split()
        return int(after_name[11]) + int(after_name[12])

    before = used()
    threading.Event().wait(0.3)
    assert used() - before <= 1


def test_that_the_newest_request_is_answered_once(watched: Watched, data: Path) -> None:
    runner = watched.runner
    for sample in (1, 2, 3):
        runner.look(sample)  # before there is a run: kept until there is one
    watched.begin(experiment(data))
    assert wait_for(runner.take).sample.index == 3
    assert runner.take() is None


def test_that_frozen_and_live_requests_do_not_disturb_one_another(
    watched: Watched, data: Path
) -> None:
    watched.begin(experiment(data, epochs=10_000))
    frozen = watched.look(1)
    watched.runner.train()
    wait_for(lambda: watched.runner.metrics.count > 3)
    watched.runner.look(5)
    other = watched.look(2, frozen)
    live = wait_for(watched.runner.take)
    assert (other.step, other.sample.index) == (0, 2)
    assert other.parameters is frozen.parameters
    assert live.step > 0
    assert live.sample.index == 5


def test_that_a_look_that_fails_does_not_stop_training(watched: Watched, data: Path) -> None:
    watched.begin(experiment(data, epochs=10_000))
    watched.runner.train()
    watched.runner.look(99)
    assert "no test image 99" in str(watched.until(Failed).problem)
    count = watched.runner.metrics.count
    wait_for(lambda: watched.runner.metrics.count > count + 5)


def test_that_wrong_samples_are_those_of_one_step(watched: Watched, data: Path) -> None:
    watched.begin(experiment(data))
    watched.singles(2)
    watched.runner.find_wrong()
    wrong = watched.until(WrongSamples)
    assert wrong.step == 2
    for index in range(40):
        snapshot = watched.look(index)
        assert (snapshot.prediction != snapshot.sample.label) == (index in wrong.indices)


def test_that_restarting_abandons_the_run_and_does_not_train(watched: Watched, data: Path) -> None:
    watched.begin(experiment(data, epochs=10_000))
    old = watched.runner.metrics
    watched.runner.train()
    watched.until(EpochDone)
    watched.runner.restart(experiment(data, bundled("lenet5")))
    ready = watched.until(Ready)
    assert ready.run == 2
    assert [e for e in watched.seen if isinstance(e, Training)] == [Training(True), Training(False)]
    snapshot = watched.look()
    assert (snapshot.run, snapshot.step, snapshot.network.key) == (2, 0, "lenet5")
    assert watched.runner.metrics is not old
    assert watched.runner.metrics.count == 0


def test_that_the_last_of_several_restarts_wins(watched: Watched, data: Path) -> None:
    watched.begin(experiment(data))
    for seed in range(5):
        watched.runner.restart(experiment(data, seed=seed))
    watched.runner.restart(experiment(data, bundled("lenet5")))
    wait_for(lambda: watched.look().network.key == "lenet5")


def test_that_a_restart_that_fails_keeps_the_run(watched: Watched, data: Path) -> None:
    watched.begin(experiment(data, epochs=10_000))
    watched.singles(3)
    watched.runner.train()
    watched.until(Training)
    watched.runner.restart(experiment(data / "nowhere"))
    assert "nowhere: there is no such folder" in str(watched.until(Failed).problem)
    kept = watched.look()
    assert kept.run == 1
    assert kept.step == watched.runner.metrics.count >= 3
    watched.singles(1)
    assert watched.look().step == kept.step + 1


def test_that_a_first_run_that_fails_can_be_followed_by_another(
    watched: Watched, data: Path
) -> None:
    watched.runner.start(experiment(data / "nowhere"))
    assert "there is no such folder" in str(watched.until(Failed).problem)
    watched.runner.train()
    assert "there is no network to train yet" in str(watched.until(Failed).problem)
    watched.runner.restart(experiment(data))
    assert watched.until(Ready).run == 1


def test_that_a_device_that_is_not_there_gives_a_notice(watched: Watched, data: Path) -> None:
    ready = watched.begin(experiment(data, device="cuda:99"))
    assert ready.device.key == "cpu"
    assert "cuda:99 was not found" in str(watched.until(Notice).problem)


def test_that_a_loss_that_is_no_number_stops_training_only(watched: Watched, data: Path) -> None:
    watched.begin(experiment(data, epochs=10_000, learning_rate=1e30))
    watched.runner.train()
    assert "learning rate" in str(watched.until(Failed).problem)
    while watched.until(Training).running:
        pass
    assert watched.look().step == watched.runner.metrics.count
    watched.runner.train()
    assert "learning rate" in str(watched.until(Failed).problem)
    watched.runner.restart(experiment(data))
    assert watched.until(Ready).run == 2


def test_that_an_unexpected_error_is_told_and_survived(
    watched: Watched,
    data: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    watched.begin(experiment(data))
    watched.singles(2)
    with monkeypatch.context() as patch:

        def fail(*arguments: object) -> None:
            raise ValueError("a bug")

        patch.setattr(training, "_gradients", fail)
        watched.runner.train()
        assert "ValueError: a bug" in str(watched.until(Failed).problem)
        while watched.until(Training).running:
            pass
    assert "a bug" in caplog.text
    caplog.clear()
    assert watched.look().step == 2
    watched.runner.train()
    watched.until(Finished)


def test_that_memory_that_runs_out_is_a_notice(
    watched: Watched, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = functional.cross_entropy

    def small(logits: Tensor, labels: Tensor, reduction: str = "mean") -> Tensor:
        if len(logits) > 4:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return original(logits, labels, reduction=reduction)

    watched.begin(experiment(data))
    with monkeypatch.context() as patch:
        patch.setattr(functional, "cross_entropy", small)
        watched.singles(1)
    assert "parts of 5" in str(watched.until(Notice).problem)
    assert "parts of 2" in str(watched.until(Notice).problem)


def final_weights(data: Path, drive: Callable[[Watched], None]) -> Snapshot:
    """The three-layer network (it has dropout) after 8 batches, driven in some manner."""
    watched = Watched()
    watched.begin(
        experiment(data, bundled("three_layer_cnn"), batch_size=15, evaluate_every=3, threads=2)
    )
    try:
        drive(watched)
        snapshot = watched.look()
        assert snapshot.step == 8
        return snapshot
    finally:
        assert watched.runner.close(PATIENCE)


def unwatched(watched: Watched) -> None:
    watched.runner.train()
    watched.until(Finished)


def constantly_watched(watched: Watched) -> None:
    frozen = watched.look(3)
    watched.runner.train()
    sample = 0
    while watched.runner.metrics.count < 8:
        sample = (sample + 1) % 40
        watched.runner.look(sample)
        watched.runner.look(sample, frozen)
        watched.runner.measure_gradient(frozen, 6, (1, 2, 3))
        watched.runner.find_wrong()
        wait_for(lambda: watched.runner.take() or watched.runner.metrics.count == 8)
    watched.until(Finished)


def paused_and_stepped(watched: Watched) -> None:
    watched.singles(1)
    watched.runner.train()
    watched.until(Training)
    watched.runner.pause()
    while watched.until(Training).running:
        pass
    watched.runner.restart(Experiment(bundled("lenet5"), experiment(Path()).settings, Path("no")))
    watched.until(Failed)
    while watched.runner.metrics.count < 7:
        watched.singles(1)
    watched.runner.train()
    watched.until(Finished)


def test_that_watching_and_pausing_change_no_bit(data: Path) -> None:
    expected = final_weights(data, unwatched)
    for drive in (unwatched, constantly_watched, paused_and_stepped):
        found = final_weights(data, drive)
        for mine, theirs in zip(found.parameters, expected.parameters, strict=True):
            for name in theirs:
                assert np.array_equal(mine[name], theirs[name]), drive.__name__


def test_that_closing_what_never_started_is_done_at_once() -> None:
    assert Runner().close(0)


@pytest.mark.parametrize("stage", ["started", "ready", "training", "searching", "finished"])
def test_that_closing_at_any_stage_ends_the_thread(stage: str, tmp_path: Path) -> None:
    watched = Watched()
    data = write_dataset(tmp_path, test=3000)
    watched.runner.start(experiment(data, epochs=1 if stage == "finished" else 10_000))
    if stage != "started":
        watched.until(Ready)
        watched.runner.train()
        watched.until(Finished if stage == "finished" else Training)
    if stage == "searching":
        watched.runner.find_wrong()
    start = time.monotonic()
    assert watched.runner.close(PATIENCE)
    assert time.monotonic() - start < 2
    assert watched.runner.close(0)


def test_that_closing_gives_up_after_its_timeout(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside, go_on = threading.Event(), threading.Event()
    original = probe.look

    def slow(session: Session, wanted: int | Sample, striking: bool) -> Snapshot:
        inside.set()
        assert go_on.wait(PATIENCE)
        return original(session, wanted, striking)

    monkeypatch.setattr(probe, "look", slow)
    watched = Watched()
    watched.begin(experiment(data))
    watched.runner.look(0)
    assert inside.wait(PATIENCE)
    assert not watched.runner.close(0.01)
    go_on.set()
    assert watched.runner.close(PATIENCE)


SCRIPT = """
import sys, threading
from pathlib import Path
from cnnviz.engine.runner import Runner
assert "torch" not in sys.modules, "importing the runner has imported torch"
from tests.engine.idx_files import experiment
runner = Runner()
runner.start(experiment(Path(sys.argv[1])))
{wait}
runner.close(0)
print(runner.close(30), len(threading.enumerate()))
"""


@pytest.mark.parametrize("wait", ["", "threading.Event().wait(0.4)", "threading.Event().wait(1)"])
def test_that_a_program_closed_while_torch_loads_exits_with_0(wait: str, data: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(wait=wait), str(data)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "True 1\n", "")
