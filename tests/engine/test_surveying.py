"""The whole test set as a snapshot's weights answer it: against torch, beside training."""

from __future__ import annotations

import threading
from collections.abc import Generator
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional

from cnnviz.core.confusion import confusion
from cnnviz.core.excitation import Excitations
from cnnviz.core.judgement import Judgement, same_weights
from cnnviz.core.operations import Flatten, Linear, Softmax
from cnnviz.core.problem import Problem
from cnnviz.core.snapshot import Snapshot
from cnnviz.core.survey import Answer, Survey, Underway
from cnnviz.engine.headless import make_session
from cnnviz.engine.probe import look
from cnnviz.engine.session import Session
from cnnviz.engine.surveying import survey
from cnnviz.engine.training import train
from tests.core.scenes.networks import network_of, snapshot_of
from tests.engine.idx_files import TINY, bundled, experiment, write_dataset
from tests.engine.test_runner import Watched, wait_for, watched  # noqa: F401


def exhausted(parts: Generator[Underway, None, Answer]) -> Answer:
    while True:
        try:
            next(parts)
        except StopIteration as end:
            answer: Answer = end.value
            return answer


def whole(session: Session, frozen: Snapshot) -> Judgement:
    answer = exhausted(survey(session, Survey.JUDGEMENT, frozen))
    assert isinstance(answer, Judgement)
    return answer


def judged(watching: Watched) -> Judgement | Problem | None:
    """What the worker has answered, if it has."""
    answer = watching.runner.take_surveyed(Survey.JUDGEMENT)
    assert not isinstance(answer, Excitations)
    return None if isinstance(answer, Underway) else answer


@pytest.fixture(params=["tiny", "two_layer_cnn", "lenet5"])
def session(request: pytest.FixtureRequest, tmp_path: Path) -> Session:
    """A run of a few batches, with more test images than go through at once."""
    network = TINY if request.param == "tiny" else bundled(request.param)
    data = write_dataset(tmp_path / "data", test=530)
    session = make_session(experiment(data, network))
    for _ in islice(train(session, lambda event: None), 3):
        pass
    return session


def test_that_it_is_what_the_model_itself_makes_of_every_image(session: Session) -> None:
    answer = whole(session, look(session, 0))
    session.model.eval()
    with torch.no_grad():
        logits = session.model(session.test.x)
        losses = functional.cross_entropy(logits, session.test.y, reduction="none")
    assert np.array_equal(answer.labels, session.test.y.numpy())
    assert np.array_equal(answer.predictions, logits.argmax(dim=1).numpy())
    assert np.allclose(answer.losses, losses.numpy(), rtol=1e-4, atol=1e-6)
    assert len(answer.images) == 530


def test_that_training_between_two_chunks_changes_nothing_and_is_not_changed(
    session: Session,
) -> None:
    frozen = look(session, 0)
    alone = whole(session, frozen)
    state, step = torch.get_rng_state(), session.step
    steps, parts = train(session, lambda event: None), survey(session, Survey.JUDGEMENT, frozen)
    beside = None
    while beside is None:
        try:
            next(parts)
        except StopIteration as end:
            beside = end.value
            assert isinstance(beside, Judgement)
        assert torch.equal(torch.get_rng_state(), state)
        if step == session.step:
            next(steps)
            state = torch.get_rng_state()
    assert session.step > step
    assert np.array_equal(beside.losses, alone.losses)
    assert np.array_equal(beside.predictions, alone.predictions)


def test_that_a_network_of_other_images_or_fewer_classes_is_refused(tmp_path: Path) -> None:
    session = make_session(experiment(write_dataset(tmp_path / "data")))
    with pytest.raises(Problem, match="1 × 8 × 8"):
        whole(session, snapshot_of(network_of()))
    few = network_of((Flatten(), Linear(784, 3), Softmax()), (1, 28, 28))
    with pytest.raises(Problem, match="10 classes"):
        whole(session, snapshot_of(few))


def test_that_the_worker_counts_as_numpy_does_while_it_trains(
    watched: Watched,  # noqa: F811
    data: Path,
) -> None:
    watched.begin(experiment(data, epochs=1000))
    shown = watched.look()
    watched.runner.train()
    watched.runner.survey(Survey.JUDGEMENT, shown)
    answer = wait_for(lambda: judged(watched))
    assert isinstance(answer, Judgement)
    assert answer.is_of(shown)
    table = confusion(answer.labels, answer.predictions, 10)
    for right in range(10):
        for predicted in range(10):
            both = (answer.labels == right) & (answer.predictions == predicted)
            assert table.counts[right, predicted] == both.sum()
    count = watched.runner.metrics.count
    wait_for(lambda: watched.runner.metrics.count > count)  # and training goes on


def test_that_a_later_request_replaces_one_under_way(watched: Watched, data: Path) -> None:  # noqa: F811
    watched.begin(experiment(data))
    first = watched.look()
    watched.singles(2)
    second = watched.look()
    assert not same_weights(first, second)
    assert same_weights(second, watched.look(7))
    watched.runner.survey(Survey.JUDGEMENT, first)
    watched.runner.survey(Survey.JUDGEMENT, second)

    def newest() -> Judgement | None:
        answer = judged(watched)
        if isinstance(answer, Judgement) and answer.snapshot is second:
            return answer
        return None

    wait_for(newest)


def test_that_what_cannot_be_judged_is_said_and_the_run_lives_on(
    watched: Watched,  # noqa: F811
    data: Path,
) -> None:
    watched.begin(experiment(data))
    watched.runner.survey(Survey.JUDGEMENT, snapshot_of(network_of()))
    assert isinstance(wait_for(lambda: judged(watched)), Problem)
    watched.singles(1)
    assert threading.active_count() > 1
