"""Snapshots, and looking through the test set: torch's numbers, and nothing disturbed."""

from __future__ import annotations

from collections.abc import Generator
from itertools import islice
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
import torch

from cnnviz.core.network import build_network
from cnnviz.core.operations import Flatten, Linear, Softmax
from cnnviz.core.problem import Problem
from cnnviz.engine.evaluate import find_wrong, judge
from cnnviz.engine.headless import make_session
from cnnviz.engine.probe import look, look_frozen
from cnnviz.engine.session import Session
from cnnviz.engine.training import train
from tests.engine.idx_files import TINY, bundled, experiment, write_dataset

T = TypeVar("T")


@pytest.fixture(params=["tiny", "two_layer_cnn", "three_layer_cnn"])
def session(request: pytest.FixtureRequest, data: Path) -> Session:
    """A run of a few batches."""
    network = TINY if request.param == "tiny" else bundled(request.param)
    session = make_session(experiment(data, network))
    for _ in islice(train(session, lambda event: None), 3):
        pass
    return session


def test_that_shapes_are_those_of_the_network(session: Session) -> None:
    snapshot = look(session, 5)
    network = snapshot.network
    assert (snapshot.run, snapshot.step, snapshot.sample.index) == (1, 3, 5)
    assert len(snapshot.parameters) == len(network.layers)
    assert snapshot.activations[0] is snapshot.sample.image
    for layer, owned, output in zip(
        network.layers, snapshot.parameters, snapshot.activations[1:], strict=True
    ):
        assert output.shape == layer.output_shape
        assert {name: array.shape for name, array in owned.items()} == layer.parameter_shapes
        for array in (output, *owned.values()):
            assert array.dtype == np.float32
            assert array.flags.c_contiguous


def test_that_the_activations_are_the_models_own(session: Session) -> None:
    snapshot = look(session, 2)
    session.module.eval()
    with torch.no_grad():
        logits = session.module(session.test.x[2:3])[0]
    session.module.train()
    assert np.array_equal(snapshot.activations[-2], logits.numpy())
    assert np.array_equal(snapshot.activations[-1], torch.softmax(logits, 0).numpy())
    assert snapshot.prediction == int(logits.argmax())


def test_that_a_snapshot_is_a_copy(session: Session) -> None:
    snapshot = look(session, 0)
    before = [array.copy() for owned in snapshot.parameters for array in owned.values()]
    next(train(session, lambda event: None))
    after = [array for owned in snapshot.parameters for array in owned.values()]
    assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))
    again = look(session, 0)
    assert any(
        not np.array_equal(a, b)
        for old, new in zip(snapshot.parameters, again.parameters, strict=True)
        for a, b in zip(old.values(), new.values(), strict=True)
    )


def test_that_weights_which_have_not_changed_are_copied_once(session: Session) -> None:
    first, other = look(session, 0), look(session, 1)
    assert all(a is b for a, b in zip(first.parameters[:-1], other.parameters[:-1], strict=True))
    index = next(i for i, layer in enumerate(first.network.layers) if layer.parameter_count)
    with torch.no_grad():
        next(session.module[index].parameters()).mul_(2)
    edited = look(session, 1)
    same = [a is b for a, b in zip(other.parameters, edited.parameters, strict=True)]
    assert same.index(False) == index
    assert same[:-1].count(False) == 1
    before, after = other.parameters[index]["weight"], edited.parameters[index]["weight"]
    assert np.array_equal(2 * before, after)


def test_that_looking_draws_no_random_number_and_goes_back_to_training(session: Session) -> None:
    state = torch.get_rng_state()
    snapshot = look(session, 0)
    look_frozen(session, 1, snapshot)
    tuple(find_wrong(session))
    assert torch.equal(torch.get_rng_state(), state)
    assert session.module.training
    assert torch.is_grad_enabled()


def test_that_frozen_weights_give_again_what_they_gave(session: Session) -> None:
    frozen = look(session, 4)
    other = look(session, 7)
    next(train(session, lambda event: None))
    again = look_frozen(session, 4, frozen)
    moved = look_frozen(session, 7, frozen)
    for answer, expected in ((again, frozen), (moved, other)):
        assert (answer.run, answer.step) == (frozen.run, frozen.step)
        assert answer.parameters is frozen.parameters
        assert answer.sample.index == expected.sample.index
        for mine, theirs in zip(answer.activations, expected.activations, strict=True):
            assert np.array_equal(mine, theirs)
    assert session.step == 4


def test_that_weights_of_another_network_can_be_looked_at(data: Path) -> None:
    frozen = look(make_session(experiment(data, bundled("lenet5"))), 0)
    session = make_session(experiment(data), run=2)
    answer = look_frozen(session, 9, frozen)
    assert (answer.run, answer.network.key, answer.sample.index) == (1, "lenet5", 9)


def test_that_what_cannot_be_looked_at_gets_a_sentence(data: Path, tmp_path: Path) -> None:
    session = make_session(experiment(data))
    with pytest.raises(Problem, match="there is no test image 40"):
        look(session, 40)
    with pytest.raises(Problem, match="there is no test image -1"):
        look(session, -1)
    flat = build_network("flat", "F", (1, 32, 32), (Flatten(), Linear(1024, 10), Softmax()))
    wide = write_dataset(tmp_path / "wide", side=32)
    frozen = look(make_session(experiment(wide, flat)), 0)
    with pytest.raises(Problem, match="now 1 × 28 × 28, the network shown takes 1 × 32 × 32"):
        look_frozen(session, 0, frozen)


def test_that_the_wrong_ones_are_found_hardest_first(data: Path) -> None:
    session = make_session(experiment(data))
    wrong = _end(find_wrong(session))
    session.module.eval()
    with torch.no_grad():
        logits = session.module(session.test.x)
    losses = torch.nn.functional.cross_entropy(logits, session.test.y, reduction="none")
    expected = (logits.argmax(1) != session.test.y).nonzero().flatten().tolist()
    assert sorted(wrong) == expected
    assert list(wrong) == sorted(wrong, key=lambda i: -losses[i].item())


def test_that_at_most_100_wrong_ones_are_named(tmp_path: Path) -> None:
    session = make_session(experiment(write_dataset(tmp_path, test=700)))
    assert len(_end(find_wrong(session))) == 100


def test_that_chunks_add_up_to_the_whole(tmp_path: Path) -> None:
    session = make_session(experiment(write_dataset(tmp_path, test=700)))
    chunks = judge(session, 600)
    assert sum(1 for _ in judge(session, 600)) == 3
    losses, right = _end(chunks)
    assert losses.shape == right.shape == (600,)
    session.part = 1  # memory has run out before
    assert sum(1 for _ in judge(session, 60)) == 60


def _end(generator: Generator[None, None, T]) -> T:
    """What a generator returns."""
    while True:
        try:
            next(generator)
        except StopIteration as end:
            value: T = end.value
            return value
