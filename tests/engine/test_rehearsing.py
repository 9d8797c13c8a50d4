"""One training step on a copy: the numbers of the step that follows, and nothing is changed."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch

from cnnviz.core.augmentation import Augmentation
from cnnviz.core.network import Network
from cnnviz.core.operations import Conv2d, Flatten, Linear, ReLU, Softmax
from cnnviz.core.operations.batch_norm import BatchNorm2d
from cnnviz.core.problem import Problem
from cnnviz.core.rehearsal import Rehearsal, Rehearsing
from cnnviz.engine.headless import make_session
from cnnviz.engine.rehearsing import kernel_of, rehearse
from cnnviz.engine.resume import capture
from cnnviz.engine.session import Session
from cnnviz.engine.training import train
from tests.core.scenes.networks import network_of
from tests.engine.idx_files import TINY, experiment, write_dataset
from tests.engine.test_skips import SMALL

NORMED = network_of(
    (Conv2d(1, 3, (5, 5), (2, 2)), BatchNorm2d(3), ReLU(), Flatten(), Linear(432, 10), Softmax()),
    (1, 28, 28),
)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_dataset(tmp_path_factory.mktemp("rehearse"))


def session_of(data: Path, network: Network = TINY, steps: int = 4, **changes: object) -> Session:
    session = make_session(experiment(data, network, **changes))
    trained(session, steps)
    return session


def trained(session: Session, steps: int) -> None:
    """Train so many batches."""
    wanted = session.step + steps
    parts = train(session, lambda event: None)
    while session.step < wanted:
        next(parts)


def asked_of(session: Session, layer: int, kernel: int = 1) -> Rehearsing:
    return Rehearsing(session.run, session.step, session.changes, layer, kernel)


def weighted(network: Network) -> list[int]:
    layers = enumerate(network.layers)
    return [i for i, layer in layers if len(layer.parameter_shapes.get("weight", ())) > 1]


def rehearsed(session: Session) -> list[Rehearsal]:
    network = session.experiment.network
    return [rehearse(session, asked_of(session, layer)) for layer in weighted(network)]


def weight_of(session: Session, layer: int) -> torch.nn.Parameter:
    weight = session.module[layer].weight
    assert isinstance(weight, torch.nn.Parameter)
    return weight


@pytest.mark.parametrize("network", [TINY, NORMED, SMALL], ids=["dropout", "norm", "skips"])
@pytest.mark.parametrize("steps", [0, 1, 6, 7])
def test_that_it_tells_the_step_that_follows_bit_for_bit(
    data: Path, network: Network, steps: int
) -> None:
    session = session_of(data, network, steps)
    told = rehearsed(session)
    trained(session, 1)
    for rehearsal in told:
        layer = rehearsal.asked.layer
        operation = network.layers[layer].operation
        weight = weight_of(session, layer)
        now = kernel_of(operation, weight.detach().numpy(), 1)
        assert np.array_equal(rehearsal.kernel_after, now)
        assert weight.grad is not None
        assert np.array_equal(rehearsal.gradient, kernel_of(operation, weight.grad.numpy(), 1))
        assert rehearsal.loss == session.metrics.losses[-1]
        state = session.optimizer.state[weight]
        assert rehearsal.adam.number == session.step
        assert np.array_equal(
            rehearsal.adam.v[1], kernel_of(operation, state["exp_avg_sq"].numpy(), 1)
        )


@pytest.mark.parametrize("network", [TINY, NORMED], ids=["dropout", "batch norm"])
def test_that_rehearsals_leave_training_as_it_is_bit_for_bit(data: Path, network: Network) -> None:
    alone = session_of(data, network, 0)
    trained(alone, 9)
    state = torch.get_rng_state()
    disturbed = session_of(data, network, 0)
    for _ in range(9):
        rehearsed(disturbed)
        trained(disturbed, 1)
    rehearsed(disturbed)
    assert torch.equal(torch.get_rng_state(), state)
    one, other = capture(alone), capture(disturbed)
    assert (one.step, one.place) == (other.step, other.place)
    assert bytes(one.weights) == bytes(other.weights)
    assert bytes(one.state) == bytes(other.state)
    for mine, theirs in zip(
        alone.module.state_dict().values(), disturbed.module.state_dict().values(), strict=True
    ):
        assert torch.equal(mine, theirs)
    assert np.array_equal(alone.metrics.losses, disturbed.metrics.losses)


def test_that_its_parts_are_the_lectures_sums(data: Path) -> None:
    session = session_of(data)
    for rehearsal in rehearsed(session):
        logits = rehearsal.logits.astype(np.float64)
        p = np.exp(logits - logits.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        y = np.eye(10)[rehearsal.labels]
        np.testing.assert_allclose(rehearsal.gradients, (p - y) / rehearsal.count, atol=1e-6)
        right = p[np.arange(rehearsal.count), rehearsal.labels]
        np.testing.assert_allclose(rehearsal.losses, -np.log(right), rtol=1e-4, atol=1e-5)
        assert rehearsal.loss == pytest.approx(float(rehearsal.losses.mean()), rel=1e-5)
        np.testing.assert_allclose(rehearsal.parts.sum(axis=0), rehearsal.gradient, atol=1e-5)
        adam = rehearsal.adam
        for place in np.ndindex(rehearsal.kernel.shape):
            after = rehearsal.kernel[place] + adam.step(place)
            assert after == pytest.approx(float(rehearsal.kernel_after[place]), abs=1e-6)
            m = adam.beta1 * adam.m[0][place] + (1 - adam.beta1) * rehearsal.gradient[place]
            assert m == pytest.approx(float(adam.m[1][place]), abs=1e-6)


def test_that_the_batch_is_the_next_one_augmented_as_it_will_be(data: Path) -> None:
    session = session_of(data, augmentation=Augmentation(shift=2))
    rehearsal = rehearsed(session)[0]
    seen: list[torch.Tensor] = []
    hook = session.model[0].register_forward_pre_hook(lambda module, given: seen.append(given[0]))
    trained(session, 1)
    hook.remove()
    assert np.array_equal(rehearsal.images, seen[0].numpy())
    assert np.array_equal(rehearsal.labels, session.train.y[rehearsal.indices].numpy())


def test_that_the_loss_after_it_is_that_of_the_same_batch(data: Path) -> None:
    operations = (Conv2d(1, 2, (5, 5)), Flatten(), Linear(1152, 10), Softmax())
    network = network_of(operations, (1, 28, 28))
    session = session_of(data, network)
    rehearsal = rehearsed(session)[0]
    trained(session, 1)
    with torch.no_grad():
        logits = session.model(torch.from_numpy(rehearsal.images))
        loss = torch.nn.functional.cross_entropy(logits, torch.from_numpy(rehearsal.labels))
    assert rehearsal.loss_after == pytest.approx(float(loss), rel=1e-5)
    assert rehearsal.loss_after < rehearsal.loss


def test_that_what_cannot_be_rehearsed_says_why(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = session_of(data, epochs=1)
    layer = weighted(TINY)[0]
    with pytest.raises(Problem, match="no such kernel"):
        rehearse(session, asked_of(session, layer, 1000))
    for _ in islice(train(session, lambda event: None), 10_000):
        pass
    with pytest.raises(Problem, match="All epochs are trained"):
        rehearse(session, asked_of(session, layer))
    monkeypatch.setattr("cnnviz.engine.rehearsing.MOST_PARAMETERS", 100)
    with pytest.raises(Problem, match="too many"):
        rehearse(session, asked_of(session, layer))


def test_that_a_batch_in_parts_is_told_as_it_is_trained(data: Path) -> None:
    session = session_of(data)
    session.part = 3
    told = rehearsed(session)
    trained(session, 1)
    for rehearsal in told:
        layer = rehearsal.asked.layer
        now = weight_of(session, layer).detach().numpy()
        operation = session.experiment.network.layers[layer].operation
        assert np.array_equal(rehearsal.kernel_after, kernel_of(operation, now, 1))
        assert rehearsal.count == len(rehearsal.logits) == 10
        np.testing.assert_allclose(rehearsal.parts.sum(axis=0), rehearsal.gradient, atol=1e-5)
