"""Going on from a snapshot: the same weights, bit for bit, as without a stop."""

from __future__ import annotations

import gc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from cnnviz.core.experiment import Experiment
from cnnviz.core.network import Network, build_network
from cnnviz.core.operations import Conv2d, Dropout, Flatten, Linear, MaxPool2d, ReLU, Softmax
from cnnviz.core.operations.batch_norm import BatchNorm2d
from cnnviz.core.problem import Problem
from cnnviz.core.tensor_blob import lay_out
from cnnviz.engine.resume import capture, fingerprint, prepare_from
from cnnviz.engine.run_about import About
from cnnviz.engine.run_file import RunFile
from cnnviz.engine.run_places import Point
from cnnviz.engine.session import Session
from cnnviz.engine.training import train
from tests.engine.idx_files import SKIPPING, TINY, bundled, experiment, write_dataset

DRAWING = build_network(
    "drawing",
    "Drawing",
    (1, 28, 28),
    (
        Conv2d(1, 4, (3, 3), padding=(1, 1)),
        BatchNorm2d(4),
        ReLU(),
        Dropout(0.3),
        MaxPool2d((4, 4)),
        Flatten(),
        Dropout(0.5),
        Linear(196, 10),
        Softmax(),
    ),
)
"""A network that draws random numbers at each batch, and keeps more than it learns."""


def session_of(wanted: Experiment, resume: Point | None = None) -> Session:
    parts = prepare_from(wanted, 1, resume)
    while True:
        try:
            next(parts)
        except StopIteration as end:
            session: Session = end.value
            return session


def kept(session: Session) -> dict[str, Tensor]:
    return {name: tensor.clone() for name, tensor in session.module.state_dict().items()}


def record(path: Path, wanted: Experiment) -> tuple[dict[str, Tensor], list[float], object]:
    """A whole run with every snapshot; its weights, losses and evaluations at the end."""
    session = session_of(wanted)
    about = About(fingerprint=fingerprint(session.dataset))
    with RunFile.create(path, wanted, about) as file:
        file.append_snapshot(capture(session))
        for at_rest in train(session, lambda event: None):
            if at_rest:
                file.append_losses(session.step, session.metrics.losses[-1:])
                for look in session.metrics.evaluations[len(file.evaluations()) :]:
                    file.append_evaluation(look)
                file.append_snapshot(capture(session))
    return kept(session), session.metrics.losses.tolist(), session.metrics.evaluations


@pytest.mark.parametrize(
    "network",
    [bundled("two_layer_cnn"), DRAWING, TINY, SKIPPING],
    ids=["two", "drawing", "tiny", "skipping"],
)
def test_that_every_step_kept_leads_to_the_same_weights(network: Network, data: Path) -> None:
    threads = 1 if network is TINY else 2
    wanted = experiment(data, network, evaluate_every=4, threads=threads)
    path = data.parent / "run.cnnviz"
    weights, losses, looks = record(path, wanted)
    with RunFile.open(path) as file:
        assert file.steps().tolist() == list(range(13))
        assert file.epoch_ends().tolist() == [6, 12]
    for step in (0, 1, 4, 6, 9, 12):
        torch.manual_seed(step)  # whatever was drawn meanwhile must not matter
        torch.rand(step)
        session = session_of(wanted, (path, step))
        assert session.step == session.metrics.count == step
        for _ in train(session, lambda event: None):
            pass
        found = kept(session)
        assert found.keys() == weights.keys()
        assert all(torch.equal(found[name], weights[name]) for name in weights), step
        assert session.metrics.losses.tolist() == losses
        assert session.metrics.evaluations == looks


def test_that_a_look_at_a_session_leaves_it_as_it_was(data: Path) -> None:
    wanted = experiment(data, DRAWING)
    plain, watched = session_of(wanted), None
    for _ in train(plain, lambda event: None):
        pass
    watched = session_of(wanted)
    for _ in train(watched, lambda event: None):
        capture(watched)
    expected, found = kept(plain), kept(watched)
    assert all(torch.equal(found[name], expected[name]) for name in expected)


def test_that_a_branch_goes_on_with_another_rate_and_longer(data: Path) -> None:
    wanted = experiment(data)
    path = data.parent / "run.cnnviz"
    record(path, wanted)
    settings = replace(wanted.settings, learning_rate=0.5, epochs=3)
    session = session_of(replace(wanted, settings=settings), (path, 12))
    assert not session.finished
    assert session.optimizer.param_groups[0]["lr"] == 0.5
    for _ in train(session, lambda event: None):
        pass
    assert session.step == 18


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"batch_size": 20}, "batch_size: 20 was given, but the run was trained with 10"),
        ({"network": DRAWING}, "the network is another"),
        ({"step": 99}, "step 99 is not among those"),
        ({"data": True}, "the images are others"),
    ],
)
def test_that_what_does_not_go_together_is_refused(
    changes: dict[str, object], words: str, data: Path
) -> None:
    wanted = experiment(data)
    path = data.parent / "run.cnnviz"
    record(path, wanted)
    if "batch_size" in changes:
        wanted = experiment(data, batch_size=20)
    if "network" in changes:
        wanted = experiment(data, DRAWING)
    if "data" in changes:
        wanted = experiment(write_dataset(data.parent / "other", train=70))
    state, threads = torch.get_rng_state(), torch.get_num_threads()
    step = changes.get("step", 3)
    assert isinstance(step, int)
    with pytest.raises(Problem, match=words):
        session_of(wanted, (path, step))
    gc.collect()
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.get_num_threads() == threads


@pytest.mark.parametrize(
    "place", ["{", "[]", '{"epochs_done": 9, "part": 10, "order_epoch": 0}', '{"part": true}']
)
def test_that_a_state_that_cannot_be_used_is_one_problem(place: str, data: Path) -> None:
    wanted = experiment(data)
    path = data.parent / "run.cnnviz"
    session = session_of(wanted)
    with RunFile.create(path, wanted) as file:
        file.append_snapshot(replace(capture(session), place=place))
    with pytest.raises(Problem, match=r"run\.cnnviz: training cannot go on from step 0"):
        session_of(wanted, (path, 0))
    blob, arrays = lay_out({"0.weight": (np.float32, (1,))}).empty()
    arrays["0.weight"][...] = 0
    path.unlink()
    with RunFile.create(path, wanted) as file:
        file.append_snapshot(replace(capture(session), weights=blob))
    with pytest.raises(Problem, match="belong to another network"):
        session_of(wanted, (path, 0))
