"""A run that begins with weights that are given: those, and the seed's for everything else."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import torch

from cnnviz.core.draft import draft_of
from cnnviz.core.events import Event, Failed, Finished, Ready
from cnnviz.core.experiment import Experiment
from cnnviz.core.kept_weights import kept_weights
from cnnviz.core.network_edits import inserted, with_field
from cnnviz.core.operations import Parameters
from cnnviz.core.snapshot import Snapshot
from cnnviz.engine.headless import make_session
from cnnviz.engine.runner import Runner
from cnnviz.engine.session import Session, prepare
from cnnviz.engine.training import train
from tests.engine.idx_files import TINY, experiment, settings

PATIENCE = 60.0


def prepared(
    asked: object, weights: tuple[Parameters, ...], before: Session | None = None
) -> Session:
    parts = prepare(asked, 1, weights, before)  # type: ignore[arg-type]
    while True:
        try:
            next(parts)
        except StopIteration as end:
            session: Session = end.value
            return session


def until(runner: Runner, kind: type[Event]) -> None:
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        for event in runner.events():
            assert not isinstance(event, Failed), event
            if isinstance(event, kind):
                return
        time.sleep(0.01)
    raise AssertionError(f"no {kind.__name__}")


def look(runner: Runner) -> Snapshot:
    runner.look(0)
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        found = runner.take()
        if found is not None:
            return found
        time.sleep(0.01)
    raise AssertionError("no snapshot")


def test_that_given_weights_are_taken_and_all_others_are_the_seeds(data: Path) -> None:
    wider = with_field(inserted(draft_of(TINY), 1, "BatchNorm2d"), 6, "bias", False)
    after = wider.network("wider")
    random = np.random.default_rng(1)
    weights: tuple[Parameters, ...] = (
        {"weight": random.random((2, 1, 3, 3), np.float32), "bias": np.array([1, 2], np.float32)},
        {"running_mean": np.array([3, 4], np.float32)},
        *({} for _ in range(6)),
    )
    session = prepared(experiment(data, after), weights)
    drawn = make_session(experiment(data, after))
    own, seeds = dict(session.module.state_dict()), dict(drawn.module.state_dict())
    assert np.array_equal(own["0.weight"].numpy(), weights[0]["weight"])
    assert np.array_equal(own["0.bias"].numpy(), [1, 2])
    assert np.array_equal(own["1.running_mean"].numpy(), [3, 4])
    others = set(own) - {"0.weight", "0.bias", "1.running_mean"}
    assert others >= {"1.weight", "1.running_var", "6.weight"}
    assert all(torch.equal(own[name], seeds[name]) for name in others)
    assert torch.equal(session.shuffle.get_state(), drawn.shuffle.get_state())
    assert session.step == 0


def test_that_an_edited_network_goes_on_with_what_the_layers_that_fit_have_learned(
    data: Path,
) -> None:
    runner = Runner()
    try:
        runner.start(experiment(data))
        until(runner, Ready)
        runner.train()
        until(runner, Finished)
        had = look(runner)
        after = inserted(draft_of(TINY), 5, "Linear").network("deeper")
        asked = experiment(data, after)
        runner.restart(asked, kept_weights(TINY, had.parameters, after))
        until(runner, Ready)
        now = look(runner)
        assert np.array_equal(now.parameters[0]["weight"], had.parameters[0]["weight"])
        assert not np.array_equal(now.parameters[0]["weight"], _seeds(data, after)["0.weight"])
        assert np.array_equal(now.parameters[5]["weight"], _seeds(data, after)["5.weight"])
        runner.restart(asked)
        until(runner, Ready)
        reset = look(runner)
        assert np.array_equal(reset.parameters[0]["weight"], _seeds(data, after)["0.weight"])
    finally:
        assert runner.close(PATIENCE)


def _seeds(data, network):
    session = make_session(experiment(data, network))
    return {name: tensor.numpy() for name, tensor in session.module.state_dict().items()}


def test_that_images_of_the_same_set_are_taken_over_and_train_alike(data: Path) -> None:
    mnist = Experiment(TINY, settings(batch_size=100, threads=1), "mnist")
    first = prepared(mnist, ())
    second = prepared(mnist, (), first)
    other = prepared(experiment(data), (), second)
    assert second.train is first.train
    assert second.test is first.test
    assert len(other.train.y) == 60
    for session in (first, second):
        # Training together would draw from one generator.
        torch.manual_seed(1)
        for _ in train(session, lambda event: None):
            if session.step == 3:
                break
    assert np.array_equal(first.metrics.losses, second.metrics.losses)
