"""Looks as in training: dropout strikes out by the step's masks, and training is not disturbed."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
import torch

from cnnviz.core.network import Network
from cnnviz.core.snapshot import Snapshot
from cnnviz.core.survey import Survey
from cnnviz.engine.headless import make_session
from cnnviz.engine.probe import gradient, look, look_frozen
from cnnviz.engine.runner import Runner
from cnnviz.engine.session import Session
from cnnviz.engine.striking import masks_of
from cnnviz.engine.surveying import survey
from cnnviz.engine.training import train
from tests.engine.idx_files import TINY, bundled, experiment

T = TypeVar("T")
DROPOUT = 4
"""Its place in TINY."""


@pytest.fixture(params=["tiny", "keras_cnn"])
def session(request: pytest.FixtureRequest, data: Path) -> Session:
    network = TINY if request.param == "tiny" else bundled(request.param)
    session = make_session(experiment(data, network))
    for _ in islice(train(session, lambda event: None), 3):
        pass
    return session


def places(network: Network) -> list[int]:
    return [i for i, layer in enumerate(network.layers) if layer.operation.kind == "Dropout"]


def masks(snapshot: Snapshot) -> dict[int, np.ndarray]:
    assert snapshot.masks is not None
    return {layer: np.asarray(mask) for layer, mask in snapshot.masks.items()}


def test_that_each_dropout_strikes_out_its_share_and_divides_the_others(session: Session) -> None:
    snapshot = look(session, 2, striking=True)
    network = snapshot.network
    assert list(masks(snapshot)) == places(network)
    for layer, mask in masks(snapshot).items():
        p = network.layers[layer].operation.p  # type: ignore[attr-defined]
        given, found = snapshot.activations[layer], snapshot.activations[layer + 1]
        np.testing.assert_array_equal(found, given * (mask / np.float32(1 - p)))
        assert set(np.unique(mask)) <= {0, 1}
        share, spread = 1 - mask.mean(), np.sqrt(p * (1 - p) / mask.size)
        assert abs(share - p) < 5 * spread


def test_that_what_follows_is_computed_from_what_is_kept(session: Session) -> None:
    snapshot = look(session, 2, striking=True)
    last = len(snapshot.network.layers) - 2
    weight, bias = (
        torch.from_numpy(snapshot.parameters[last][name]) for name in ("weight", "bias")
    )
    x = torch.from_numpy(snapshot.activations[last])
    expected = torch.nn.functional.linear(x, weight, bias)
    np.testing.assert_allclose(snapshot.activations[last + 1], expected, atol=1e-5)
    plain = look(session, 2)
    assert plain.masks is None
    assert not np.array_equal(plain.activations[-1], snapshot.activations[-1])


def test_that_every_ledger_reckons_what_stands_there(session: Session) -> None:
    snapshot = look(session, 2, striking=True)
    random = np.random.default_rng(0)
    for layer in places(snapshot.network):
        output, x = snapshot.activations[layer + 1], snapshot.activations[layer]
        for _ in range(10):
            place = tuple(int(random.integers(0, n)) for n in output.shape)
            operation = snapshot.network.layers[layer].operation
            ledger = operation.ledger(x, snapshot.given(layer), place)
            assert ledger.result == pytest.approx(float(output[place]), rel=1e-6)


def test_that_a_step_has_its_masks_and_the_next_one_others(session: Session) -> None:
    one, again = (look(session, i, striking=True) for i in (2, 5))
    for layer, mask in masks(one).items():
        np.testing.assert_array_equal(masks(again)[layer], mask)  # whatever image is looked at
    next(train(session, lambda event: None))
    other = look(session, 2, striking=True)
    assert any(not np.array_equal(masks(other)[i], mask) for i, mask in masks(one).items())
    assert masks_of(one.network, 1, 3)[places(one.network)[0]].dtype == np.float32


def test_that_training_that_is_watched_so_gives_the_same_weights(data: Path) -> None:
    weights = []
    for watched in (False, True):
        session = make_session(experiment(data, TINY))
        for _ in islice(train(session, lambda event: None), 8):
            if watched:
                look(session, 1, striking=True)
        weights.append([p.detach().clone() for p in session.module.parameters()])
    assert all(torch.equal(a, b) for a, b in zip(*weights, strict=True))


def test_that_a_held_step_keeps_its_masks_for_other_images(session: Session) -> None:
    held = look(session, 2, striking=True)
    for _ in islice(train(session, lambda event: None), 2):
        pass
    other = look_frozen(session, 5, held, striking=True)
    assert other.masks is held.masks
    plain = look_frozen(session, 2, held)
    assert plain.masks is None
    back = look_frozen(session, 2, plain, striking=True)
    for one, two in zip(back.activations, held.activations, strict=True):
        np.testing.assert_array_equal(one, two)


def test_that_a_neuron_that_is_struck_out_passes_no_gradient_on(data: Path) -> None:
    session = make_session(experiment(data, TINY))
    snapshot = look(session, 2, striking=True)
    mask = masks(snapshot)[DROPOUT]
    struck, kept = int(np.argmin(mask)), int(np.argmax(mask))
    assert not gradient(session, snapshot, DROPOUT, (struck,)).values.any()
    assert mask[kept] == 1
    before = gradient(session, snapshot, DROPOUT - 1, (kept,)).values
    after = gradient(session, snapshot, DROPOUT, (kept,)).values
    np.testing.assert_allclose(after, before / 0.75, rtol=1e-5, atol=1e-7)


def test_that_the_test_set_is_judged_by_the_evaluated_network(session: Session) -> None:
    judged = [
        exhausted(survey(session, Survey.JUDGEMENT, look(session, 2, striking=striking)))
        for striking in (False, True)
    ]
    np.testing.assert_array_equal(judged[0].predictions, judged[1].predictions)


def exhausted(parts):
    while True:
        try:
            next(parts)
        except StopIteration as end:
            return end.value


def awaited(take: Callable[[], T | None]) -> T:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found = take()
        if found is not None:
            return found
        time.sleep(0.005)
    raise AssertionError("no answer came in time")


def test_that_a_runner_strikes_out_from_when_it_is_asked_to(data: Path) -> None:
    runner = Runner()
    try:
        runner.start(experiment(data, TINY))
        runner.look(1)
        plain = awaited(runner.take)
        assert plain.masks is None
        runner.strike_out(True)
        runner.look(1)
        runner.look(1, plain)
        assert list(masks(awaited(runner.take))) == [DROPOUT]
        assert list(masks(awaited(runner.take_frozen))) == [DROPOUT]
        runner.strike_out(False)
        runner.look(1)
        assert awaited(runner.take).masks is None
    finally:
        assert runner.close(30)
