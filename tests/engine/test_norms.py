"""Networks with normalisation: what is trained, what is kept beside it, and what is looked at."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from cnnviz.core.events import Event, Notice
from cnnviz.core.network import build_network
from cnnviz.core.operations import Conv2d, Dropout, Flatten, Linear, MaxPool2d, ReLU, Softmax
from cnnviz.core.operations.base import buffer_shapes
from cnnviz.core.operations.batch_norm import BatchNorm2d
from cnnviz.core.operations.local_response_norm import LocalResponseNorm
from cnnviz.core.problem import Problem
from cnnviz.engine.build import build_module, quick_order
from cnnviz.engine.evaluate import judge
from cnnviz.engine.headless import make_session
from cnnviz.engine.probe import look, look_frozen
from cnnviz.engine.session import Session
from cnnviz.engine.training import train
from tests.engine.idx_files import experiment
from tests.engine.test_training import OutOfMemory

NORMS = build_network(
    "norms",
    "Norms",
    (1, 28, 28),
    (
        Conv2d(1, 6, (3, 3), padding=(1, 1), bias=False),
        BatchNorm2d(6),
        ReLU(),
        MaxPool2d((2, 2)),
        LocalResponseNorm(3, 0.5, k=2.0),
        Conv2d(6, 4, (3, 3), (2, 2)),
        BatchNorm2d(4, momentum=None, affine=False),
        ReLU(),
        BatchNorm2d(4, track_running_stats=False),
        Flatten(),
        Dropout(0.25),
        Linear(144, 10),
        Softmax(),
    ),
)
TRACKING = [1, 6]
"""The layers that keep running statistics."""


@pytest.fixture
def session(data: Path) -> Session:
    """A run of a few batches."""
    session = make_session(experiment(data, NORMS))
    for _ in islice(train(session, lambda event: None), 4):
        pass
    return session


def running(session: Session) -> list[torch.Tensor]:
    return [buffer.clone() for buffer in session.module.buffers()]


def test_that_parameters_are_counted_as_torch_counts_them(session: Session) -> None:
    module = session.module
    assert NORMS.parameter_count == sum(p.numel() for p in module.parameters())
    for layer, child in zip(NORMS.layers, module, strict=False):
        shapes = {name: tuple(p.shape) for name, p in child.named_parameters()}
        assert shapes == layer.parameter_shapes


def test_that_a_snapshot_holds_the_running_statistics_of_its_step(session: Session) -> None:
    snapshot = look(session, 0)
    for layer, child, owned in zip(NORMS.layers, session.module, snapshot.parameters, strict=False):
        kept = buffer_shapes(layer.operation, layer.input_shape)
        shapes = {name: array.shape for name, array in owned.items()}
        assert shapes == layer.parameter_shapes | kept
        for name in kept:
            assert np.array_equal(owned[name], getattr(child, name).numpy())
    for index in TRACKING:
        assert snapshot.parameters[index]["running_mean"].any()
        before = snapshot.parameters[index]["running_mean"].copy()
        next(train(session, lambda event: None))
        assert np.array_equal(snapshot.parameters[index]["running_mean"], before)
        assert not np.array_equal(look(session, 0).parameters[index]["running_mean"], before)


def test_that_activations_are_torchs_evaluation_and_ledgers_give_them(session: Session) -> None:
    snapshot, random = look(session, 3), np.random.default_rng(0)
    x = session.test.x[3:4]
    session.module.eval()
    with torch.no_grad():
        for child, activation in zip(session.module, snapshot.activations[1:], strict=False):
            x = child(x)
            assert np.array_equal(activation, x[0].numpy())
    session.module.train()
    for index, layer in enumerate(NORMS.layers):
        given, output = snapshot.activations[index], snapshot.activations[index + 1]
        for _ in range(20):
            element = tuple(int(random.integers(size)) for size in layer.output_shape)
            ledger = layer.operation.ledger(given, snapshot.parameters[index], element)
            # float32 keeps seven digits, and a batch norm subtracts what may be nearly alike.
            assert ledger.result == pytest.approx(output[element], rel=2e-5, abs=2e-5)


def test_that_frozen_statistics_give_again_what_they_gave(session: Session) -> None:
    frozen, other = look(session, 4), look(session, 7)
    next(train(session, lambda event: None))
    for index, expected in ((4, frozen), (7, other)):
        answer = look_frozen(session, index, frozen)
        for mine, theirs in zip(answer.activations, expected.activations, strict=True):
            assert np.array_equal(mine, theirs)


def test_that_only_training_moves_the_running_statistics(session: Session) -> None:
    before = running(session)
    frozen = look(session, 0)
    look_frozen(session, 1, frozen)
    list(judge(session, 40))
    assert all(map(torch.equal, before, running(session)))
    next(train(session, lambda event: None))
    after = running(session)
    assert len(before) == len(after) == 6
    assert not any(map(torch.equal, before, after))


def test_that_training_gathers_what_torch_gathers(data: Path) -> None:
    session = make_session(experiment(data, NORMS))
    next(train(session, lambda event: None))
    again = make_session(experiment(data, NORMS))
    x = again.train.x[torch.randperm(60, generator=again.shuffle)[:10]]
    again.module[:2].train()(x)
    first, second = session.module[1], again.module[1]
    assert isinstance(first, nn.BatchNorm2d)
    assert isinstance(second, nn.BatchNorm2d)
    assert first.running_mean is not None
    assert second.running_mean is not None
    assert torch.allclose(first.running_mean, second.running_mean, rtol=1e-5, atol=1e-7)
    assert int(first.num_batches_tracked or 0) == 1


def test_that_pooling_before_relu_changes_no_bit_behind_a_batch_norm() -> None:
    torch.manual_seed(1)
    plain = build_module(NORMS).to(memory_format=torch.channels_last)
    state = {name: values.clone() for name, values in plain.state_dict().items()}
    quick = quick_order(plain)
    assert [type(module).__name__ for module in quick][:4] == [
        "Conv2d",
        "BatchNorm2d",
        "MaxPool2d",
        "ReLU",
    ]
    x, results = torch.rand(8, 1, 28, 28), []
    x[:, :, :, :14] = 0
    for model in (plain, quick):
        plain.load_state_dict(state)
        plain.zero_grad()
        torch.manual_seed(0)  # dropout
        logits = model.train()(x)
        torch.autograd.backward(nn.functional.cross_entropy(logits, torch.arange(8)))
        gradients = [parameter.grad for parameter in plain.parameters()]
        kept = [buffer.clone() for buffer in plain.buffers()]
        results.append([logits, *gradients, *kept])
    for one, other in zip(*results, strict=True):
        assert one is not None
        assert other is not None
        assert torch.equal(one, other)


def test_that_parts_of_a_batch_are_said_to_change_what_a_batch_norm_learns(data: Path) -> None:
    session, events = make_session(experiment(data, NORMS)), list[Event]()
    session.model.insert(0, OutOfMemory(room=5))
    next(train(session, events.append))
    (notice,) = (event for event in events if isinstance(event, Notice))
    assert "parts of 5, and BatchNorm takes mean and variance of each part" in str(notice.problem)


def test_that_a_single_value_a_channel_is_refused_before_training(data: Path) -> None:
    network = build_network(
        "single",
        "Single",
        (1, 28, 28),
        (MaxPool2d((28, 28)), BatchNorm2d(1), Flatten(), Linear(1, 10), Softmax()),
    )
    with pytest.raises(Problem, match=r"layer 2 \(BatchNorm2d\) .* at least 2 is needed"):
        make_session(experiment(data, network, batch_size=1))
    next(train(make_session(experiment(data, network, batch_size=2)), lambda event: None))
