"""Filters over pictures in the training thread: torch's numbers, at any moment, latest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional

from cnnviz.core.events import Finished, Ready
from cnnviz.core.filtering import EDGES, Channels, filtering
from cnnviz.core.filters import FILTERS, filter_of, learned_kernels
from cnnviz.core.picture import Picture
from cnnviz.core.problem import Problem
from cnnviz.core.snapshot import Snapshot
from cnnviz.engine.filtering import filtered
from cnnviz.engine.runner import Runner
from tests.engine.idx_files import experiment
from tests.engine.test_runner import PATIENCE, Watched, wait_for

PICTURE = Picture(np.random.default_rng(0).random((3, 20, 24), dtype=np.float32))


@pytest.fixture
def watched() -> Iterator[Watched]:
    watched = Watched()
    yield watched
    assert watched.runner.close(PATIENCE)


def expected(image: np.ndarray, weight: np.ndarray, groups: int, mode: str) -> np.ndarray:
    rows, columns = (side // 2 for side in weight.shape[2:])
    x = functional.pad(
        torch.from_numpy(image)[None],
        (columns, columns, rows, rows),
        "constant" if mode == "zeros" else mode,
    )
    return functional.conv2d(x, torch.from_numpy(weight), groups=groups)[0].numpy()


@pytest.mark.parametrize("kernel", FILTERS, ids=lambda kernel: kernel.key)
@pytest.mark.parametrize("channels", Channels)
@pytest.mark.parametrize("mode", EDGES)
def test_that_a_filter_is_torchs_convolution(kernel, channels, mode) -> None:
    asked = filtering(7, PICTURE, kernel, channels, mode)
    answer = filtered(asked)
    groups = 3 if channels is Channels.APART else 1
    np.testing.assert_allclose(
        answer.activations[1], expected(asked.image, asked.weight, groups, mode), atol=1e-5
    )
    assert (answer.run, answer.network) == (7, asked.network)
    assert answer.activations[0] is asked.image


def test_that_every_element_adds_up_to_the_answer() -> None:
    weight = np.random.default_rng(1).standard_normal((1, 3, 5, 5)).astype(np.float32)
    asked = filtering(1, PICTURE, learned_kernels(weight)[0], Channels.SUMMED, "replicate")
    answer = filtered(asked)
    operation = answer.network.layers[0].operation
    for element in ((0, 0, 0), (0, 19, 23), (0, 10, 3)):
        ledger = operation.ledger(answer.activations[0], answer.parameters[0], element)
        assert ledger.result == pytest.approx(float(answer.activations[1][element]), abs=1e-4)


def ask(runner: Runner, number: int, key: str = "box_3") -> None:
    runner.filter(filtering(number, PICTURE, filter_of(key), Channels.APART, "replicate"))


def answer_to(runner: Runner, number: int) -> Snapshot:
    def newest() -> Snapshot | None:
        answer = runner.take_filtered()
        assert not isinstance(answer, Problem)
        return answer if answer is not None and answer.run == number else None

    return wait_for(newest)


def test_that_a_filter_waits_for_torch_and_not_for_a_run(watched: Watched, data: Path) -> None:
    runner = watched.runner
    ask(runner, 1)
    assert runner.take_filtered() is None
    runner.start(experiment(data))
    assert answer_to(runner, 1).activations[1].shape == (3, 20, 24)


def test_that_a_filter_is_answered_without_any_run(watched: Watched, data: Path) -> None:
    runner = watched.runner
    runner.start(replace(experiment(data), data=data / "none"))
    ask(runner, 1)
    answer_to(runner, 1)


def test_that_the_latest_of_many_requests_is_answered(watched: Watched, data: Path) -> None:
    runner = watched.runner
    watched.begin(experiment(data))
    for number in range(50):
        ask(runner, number)
    answer_to(runner, 49)
    assert runner.take_filtered() is None


def test_that_filters_are_answered_while_training_and_change_nothing(
    watched: Watched, data: Path
) -> None:
    def weights(filters: bool) -> np.ndarray:
        watched.runner.restart(experiment(data))
        watched.until(Ready)
        watched.runner.train()
        if filters:
            for number in range(20):
                ask(watched.runner, number)
                answer_to(watched.runner, number)
        watched.until(Finished)
        return np.asarray(watched.look().parameters[0]["weight"])

    watched.begin(experiment(data))
    np.testing.assert_array_equal(weights(True), weights(False))


def test_that_what_cannot_be_computed_is_answered_by_a_sentence(
    watched: Watched, data: Path
) -> None:
    watched.begin(experiment(data))
    asked = filtering(1, PICTURE, filter_of("box_3"), Channels.APART, "replicate")
    watched.runner.filter(replace(asked, weight=asked.weight[:, :0]))
    answer = wait_for(watched.runner.take_filtered)
    assert isinstance(answer, Problem)
    ask(watched.runner, 2)  # answered too: the thread has lived on
    answer_to(watched.runner, 2)
    with pytest.raises(Problem, match="could not be filtered"):
        filtered(replace(asked, weight=asked.weight[:, :0]))
