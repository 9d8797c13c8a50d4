"""The training generator: its order, its place, and what stops it."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from cnnviz.core.events import EpochDone, Event, Notice
from cnnviz.core.network import Network
from cnnviz.core.problem import Problem
from cnnviz.engine import training
from cnnviz.engine.headless import make_session
from cnnviz.engine.session import Session
from cnnviz.engine.training import flush, train
from cnnviz.resources import resource
from tests.engine.idx_files import TINY, bundled, experiment, write_dataset


def weights(session: Session) -> list[Tensor]:
    return [parameter.detach().clone() for parameter in session.module.parameters()]


def equal(one: list[Tensor], other: list[Tensor]) -> bool:
    return all(torch.equal(a, b) for a, b in zip(one, other, strict=True))


def test_that_images_which_fill_no_batch_are_left_out(tmp_path: Path) -> None:
    session = make_session(experiment(write_dataset(tmp_path, train=67)))
    assert session.batches == 6
    assert sum(1 for _ in train(session, lambda event: None)) > 0
    assert session.step == session.metrics.count == 12


def test_that_each_epoch_sees_its_own_order_and_each_image_once(data: Path) -> None:
    session = make_session(experiment(data))
    orders: list[list[int]] = []
    for _ in train(session, lambda event: None):
        assert session.order is not None
        if session.order.tolist() not in orders:
            orders.append(session.order.tolist())
    assert [sorted(order) for order in orders] == [list(range(60))] * 2


def test_that_an_epoch_ends_with_the_whole_test_set(data: Path) -> None:
    events: list[Event] = []
    session = make_session(experiment(data, evaluate_every=4))
    for _ in train(session, events.append):
        pass
    done = [event for event in events if isinstance(event, EpochDone)]
    looks = session.metrics.evaluations
    assert [event.epoch for event in done] == [1, 2]
    assert [(look.step, look.complete) for look in looks] == [
        (4, False), (6, True), (8, False), (12, True),
    ]  # fmt: skip
    assert done[1].test_accuracy == looks[3].accuracy
    assert done[0].mean_loss == pytest.approx(session.metrics.losses[:6].mean())
    with torch.no_grad():
        session.module.eval()
        logits = session.module(session.test.x)
    expected = functional.cross_entropy(logits, session.test.y).item()
    assert looks[3].loss == pytest.approx(expected, rel=1e-5)
    assert looks[3].accuracy == (logits.argmax(1) == session.test.y).double().mean().item()


def test_that_the_mathematics_is_the_lectures(data: Path) -> None:
    """The plain loop, standard memory format, on the same batches: the same losses."""
    session = make_session(experiment(data, bundled("two_layer_cnn"), epochs=1))
    torch.manual_seed(777)
    model = make_session(experiment(data, bundled("two_layer_cnn"))).module
    model = model.to(memory_format=torch.contiguous_format)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    order = torch.randperm(60, generator=torch.Generator().manual_seed(777))
    expected: list[float] = []
    for chosen in order.reshape(6, 10):
        optimizer.zero_grad()
        cost = nn.CrossEntropyLoss()(model(session.train.x[chosen]), session.train.y[chosen])
        torch.autograd.backward(cost)
        optimizer.step()
        expected.append(cost.item())
    for _ in train(session, lambda event: None):
        pass
    assert np.allclose(session.metrics.losses, expected, rtol=2e-3)


def test_that_another_generator_goes_on_where_the_first_stopped(data: Path) -> None:
    whole = make_session(experiment(data, evaluate_every=3))
    for _ in train(whole, lambda event: None):
        pass
    expected = weights(whole)
    parts = make_session(experiment(data, evaluate_every=3))
    for count in (1, 4, 3, 99):
        for _ in islice(train(parts, lambda event: None), count):
            pass
    assert parts.step == whole.step
    assert equal(weights(parts), expected)


@pytest.mark.parametrize("network", [TINY, bundled("three_layer_cnn")], ids=["tiny", "three"])
def test_that_the_same_seed_gives_the_same_weights(network: Network, data: Path) -> None:
    def run(seed: int) -> list[Tensor]:
        session = make_session(experiment(data, network, seed=seed))
        for _ in islice(train(session, lambda event: None), 4):
            pass
        return weights(session)

    first = run(777)
    assert equal(run(777), first)
    assert not equal(run(778), first)


def test_that_a_loss_that_is_no_number_stops_before_it_spoils_the_weights(data: Path) -> None:
    session = make_session(experiment(data))
    steps = train(session, lambda event: None)
    next(steps)
    with torch.no_grad():
        session.train.x.fill_(float("nan"))
    before = weights(session)
    with pytest.raises(Problem, match=r"batch 2 is nan.*learning rate \(0\.001\) is too high"):
        next(steps)
    assert session.metrics.count == session.step == 1
    assert equal(weights(session), before)
    with pytest.raises(Problem, match="batch 2"):
        next(train(session, lambda event: None))


def test_that_a_learning_rate_far_too_high_is_noticed(data: Path) -> None:
    session = make_session(experiment(data, epochs=50, learning_rate=1e30))
    with pytest.raises(Problem, match="learning rate"):
        for _ in train(session, lambda event: None):
            pass
    assert np.isfinite(session.metrics.losses).all()


def test_that_losses_waiting_on_a_device_are_kept_up_to_the_bad_one(data: Path) -> None:
    session = make_session(experiment(data))
    session.waiting = [torch.tensor(v) for v in (2.0, 1.0, float("inf"), 0.5)]
    with pytest.raises(Problem, match="batch 3 is inf"):
        flush(session)
    assert session.metrics.losses.tolist() == [2.0, 1.0]


def test_that_losses_cross_from_an_accelerator_in_blocks(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = make_session(experiment(data))
    monkeypatch.setattr(training, "BLOCK", 4)
    # A device that is not the CPU by name only: everything else goes on as it does there.
    monkeypatch.setattr(session, "device", type(session.device)("cpu:0", "Accelerator"))
    counts = [session.metrics.count for _ in islice(train(session, lambda event: None), 5)]
    assert counts == [0, 0, 0, 4, 4]


class OutOfMemory(nn.Module):
    """Fails as CUDA does for more images than ``room``."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self.room = room
        self.sizes: list[int] = []

    def forward(self, x: Tensor) -> Tensor:
        self.sizes.append(len(x))
        if len(x) > self.room:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB")
        return x


def test_that_a_batch_that_does_not_fit_is_computed_in_halves(data: Path) -> None:
    network = bundled("lenet5")  # no dropout, so that parts and whole must agree
    plain = make_session(experiment(data, network))
    for _ in islice(train(plain, lambda event: None), 3):
        pass
    expected = weights(plain)
    session = make_session(experiment(data, network))
    probe = OutOfMemory(room=3)
    session.model.insert(0, probe)
    events: list[Event] = []
    for _ in train(session, events.append):
        if session.step == 3:
            break
    assert probe.sizes[:7] == [10, 5, 2, 2, 2, 2, 2]
    sentences = [str(event.problem) for event in events if isinstance(event, Notice)]
    assert [s.split("parts of ")[1].split(",")[0] for s in sentences] == ["5", "2"]
    assert session.step == session.metrics.count == 3
    for mine, theirs in zip(weights(session), expected, strict=True):
        assert torch.allclose(mine, theirs, atol=1e-5)


def test_that_a_batch_in_parts_can_be_left_between_two_and_begun_again(data: Path) -> None:
    plain, parted = (make_session(experiment(data, bundled("lenet5"))) for _ in range(2))
    next(train(plain, lambda event: None))
    parted.part = 3
    assert list(islice(train(parted, lambda event: None), 2)) == [False, False]
    assert (parted.step, parted.metrics.count) == (0, 0)
    rests = list(islice(train(parted, lambda event: None), 4))
    assert rests == [False, False, False, True]
    assert parted.step == parted.metrics.count == 1
    for mine, theirs in zip(weights(parted), weights(plain), strict=True):
        assert torch.allclose(mine, theirs, atol=1e-5)


def test_that_training_stops_where_not_even_one_image_fits(data: Path) -> None:
    session = make_session(experiment(data))
    session.model.insert(0, OutOfMemory(room=0))
    before = weights(session)
    with pytest.raises(Problem, match="memory of CPU is too small for even one image"):
        next(train(session, lambda event: None))
    assert session.step == 0
    assert equal(weights(session), before)


def test_that_other_errors_of_torch_are_not_taken_for_a_lack_of_memory(data: Path) -> None:
    session = make_session(experiment(data))
    session.model.insert(0, nn.Linear(5, 5))
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
        next(train(session, lambda event: None))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("learning_rate", 0.0),
        ("learning_rate", float("nan")),
        ("batch_size", 0),
        ("batch_size", 61),
        ("epochs", 0),
        ("seed", -1),
        ("threads", 0),
        ("evaluate_every", -1),
    ],
)
def test_that_a_setting_out_of_range_is_named(field: str, value: float, data: Path) -> None:
    with pytest.raises(Problem, match=f"^{field}: "):
        make_session(experiment(data, TINY, **{field: value}))


def test_that_a_run_that_cannot_be_made_leaves_random_state_and_threads(data: Path) -> None:
    torch.set_num_threads(1)
    state = torch.get_rng_state()
    from cnnviz.engine.session import prepare

    parts = prepare(experiment(data, threads=2), 1)
    for _ in range(4):
        next(parts)
    assert torch.get_num_threads() == 2
    parts.close()
    assert torch.get_num_threads() == 1
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize(("key", "least"), [("two_layer_cnn", 0.9), ("mlp", 0.85)])
def test_that_200_batches_of_mnist_are_enough_for_most_digits(key: str, least: float) -> None:
    mnist = resource("data", "mnist")
    session = make_session(experiment(mnist, bundled(key), batch_size=100, evaluate_every=200))
    for _ in train(session, lambda event: None):
        if session.metrics.evaluations:
            break
    (look,) = session.metrics.evaluations
    assert (look.step, look.complete) == (200, False)
    assert look.accuracy > least
