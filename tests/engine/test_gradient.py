"""How much each pixel counts: torch's own gradient, measured without disturbing anything."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch

from cnnviz.core.gradient import PixelGradient
from cnnviz.core.receptive import receptive_field
from cnnviz.engine.headless import make_session
from cnnviz.engine.probe import gradient, look
from cnnviz.engine.session import Session
from cnnviz.engine.training import train
from tests.engine.idx_files import TINY, bundled, experiment
from tests.engine.test_runner import Watched, wait_for, watched  # noqa: F401


@pytest.fixture(params=["tiny", "two_layer_cnn", "three_layer_cnn"])
def session(request: pytest.FixtureRequest, data: Path) -> Session:
    """A run of a few batches."""
    network = TINY if request.param == "tiny" else bundled(request.param)
    session = make_session(experiment(data, network))
    for _ in islice(train(session, lambda event: None), 3):
        pass
    return session


def middle(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(size // 2 for size in shape)


def test_that_it_is_the_gradient_of_the_model_in_every_layer(session: Session) -> None:
    snapshot = look(session, 5)
    session.module.eval()
    for index, layer in enumerate(snapshot.network.layers):
        element = middle(layer.output_shape)
        x = session.test.x[5:6].clone().requires_grad_()
        y = x
        for module in list(session.module)[: index + 1]:
            y = module(y)
        if index == len(session.module):
            y = torch.softmax(y, dim=1)
        (expected,) = torch.autograd.grad(y[0][element], x)
        found = gradient(session, snapshot, index, element)
        assert found.is_of(snapshot, index, element)
        assert found.values.dtype == np.float32
        assert found.values.shape == snapshot.network.input_shape
        assert np.allclose(found.values, expected[0].numpy(), rtol=1e-4, atol=1e-7)
        field = receptive_field(snapshot.network, index, element).mask(snapshot.network.input_shape)
        assert not found.strength[~field].any()


def test_that_it_stays_with_the_snapshots_weights_when_training_has_gone_on(
    session: Session,
) -> None:
    snapshot = look(session, 2)
    before = gradient(session, snapshot, 0, (0, 3, 3))
    next(train(session, lambda event: None))
    assert np.array_equal(gradient(session, snapshot, 0, (0, 3, 3)).values, before.values)
    later = gradient(session, look(session, 2), 0, (0, 3, 3))
    assert not np.array_equal(later.values, before.values)
    assert before.is_near(later.snapshot, 0, (0, 3, 3))
    assert not before.is_of(later.snapshot, 0, (0, 3, 3))
    assert not before.is_near(look(session, 3), 0, (0, 3, 3))


def test_that_measuring_leaves_random_state_gradients_and_mode_alone(session: Session) -> None:
    state = torch.get_rng_state()
    parameters = list(session.module.parameters())
    before = [None if p.grad is None else p.grad.clone() for p in parameters]
    gradient(session, look(session, 0), len(session.module), (3,))
    assert torch.equal(torch.get_rng_state(), state)
    assert session.module.training
    assert torch.is_grad_enabled()
    for parameter, old in zip(parameters, before, strict=True):
        assert (parameter.grad is None) is (old is None)
        assert old is None or torch.equal(parameter.grad, old)  # type: ignore[arg-type]


def test_that_strength_sums_what_the_channels_count(session: Session) -> None:
    found = gradient(session, look(session, 0), 1, (1, 9, 9))
    assert np.array_equal(found.strength, np.abs(found.values).sum(axis=0))


def test_that_the_newest_request_is_answered_once(
    watched: Watched,  # noqa: F811
    data: Path,
) -> None:
    watched.begin(experiment(data, epochs=10_000))
    snapshot = watched.look(1)
    watched.runner.train()
    for row in range(5):
        watched.runner.measure_gradient(snapshot, 0, (0, row, 4))
    answer = wait_for(lambda: _of(watched, (0, 4, 4)))
    assert answer.snapshot is snapshot
    assert watched.runner.take_gradient() is None


def _of(watched: Watched, element: tuple[int, ...]) -> PixelGradient | None:  # noqa: F811
    """An answer, if it is the one for this element: the thread may be quicker than the requests."""
    answer = watched.runner.take_gradient()
    return answer if answer is not None and answer.element == element else None
