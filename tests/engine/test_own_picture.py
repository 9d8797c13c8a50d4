"""A picture of one's own in the network: looked at like a test image, and recognised like one."""

from __future__ import annotations

import time
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from cnnviz.core.events import Failed
from cnnviz.core.experiment import Experiment
from cnnviz.core.picture import Picture
from cnnviz.core.preparation import prepare
from cnnviz.core.problem import Problem
from cnnviz.core.settings import TrainingSettings
from cnnviz.core.snapshot import Sample
from cnnviz.engine.headless import make_session
from cnnviz.engine.probe import look, look_frozen
from cnnviz.engine.runner import Runner
from cnnviz.engine.training import train
from cnnviz.resources import resource
from tests.engine.idx_files import TINY, bundled, experiment

IMAGES = 500


def test_that_it_gets_the_activations_that_a_test_image_of_the_same_pixels_gets(data: Path) -> None:
    session = make_session(experiment(data, bundled("two_layer_cnn")))
    given = look(session, 3)
    own = Sample(-1, given.sample.image.copy(), None)
    snapshot = look(session, own)
    assert snapshot.sample is own
    for mine, theirs in zip(snapshot.activations, given.activations, strict=True):
        np.testing.assert_array_equal(mine, theirs)
    frozen = look_frozen(session, own, given)
    assert frozen.parameters is given.parameters
    np.testing.assert_array_equal(frozen.activations[-1], given.activations[-1])


def test_that_training_with_looks_at_it_gives_the_same_weights(data: Path) -> None:
    wanted = experiment(data, bundled("three_layer_cnn"))  # it has a dropout
    weights = []
    for watched in (False, True):
        session = make_session(wanted)
        for _ in islice(train(session, lambda event: None), 5):
            if watched:
                look(session, Sample(-1, np.full((1, 28, 28), 0.3, dtype=np.float32), None))
        weights.append([p.detach().clone() for p in session.module.parameters()])
    assert all(torch.equal(a, b) for a, b in zip(*weights, strict=True))


def test_that_another_shape_is_one_problem(data: Path) -> None:
    session = make_session(experiment(data, TINY))
    with pytest.raises(Problem, match="the images are now 3 × 5 × 5"):
        look(session, Sample(-1, np.zeros((3, 5, 5), dtype=np.float32), None))


def test_that_a_runner_answers_while_it_trains_and_leaves_out_what_does_not_fit(data: Path) -> None:
    runner = Runner()
    events = []
    try:
        runner.start(experiment(data, TINY, epochs=10_000))
        runner.train()
        shape = TINY.input_shape
        runner.look(Sample(-1, np.zeros((3, 99, 99), dtype=np.float32), None))
        time.sleep(0.3)
        own = Sample(-2, np.full(shape, 0.5, dtype=np.float32), 1)
        runner.look(own)
        found, deadline = None, time.monotonic() + 60
        while found is None and time.monotonic() < deadline:
            found = runner.take()
            events += runner.events()
            time.sleep(0.005)
        assert found is not None
        assert found.sample is own
        assert not [event for event in events if isinstance(event, Failed)]
    finally:
        assert runner.close(30)


def test_that_digits_blown_up_and_prepared_are_recognised_as_often() -> None:
    wanted = Experiment(
        bundled("two_layer_cnn"),
        TrainingSettings(threads=2, device="cpu", evaluate_every=0),
        resource("data", "mnist"),
    )
    session = make_session(wanted)
    for _ in islice(train(session, lambda event: None), 100):
        pass
    images, labels = session.dataset.test_images[:IMAGES, 0], session.dataset.test_labels[:IMAGES]
    random = np.random.default_rng(0)

    def accuracy(pictures: np.ndarray) -> float:
        session.module.eval()
        with torch.no_grad():
            found = session.module(torch.from_numpy(pictures)).argmax(dim=1).numpy()
        session.module.train()
        return float((found == labels).mean())

    def dark_photograph(image: np.ndarray) -> np.ndarray:
        large = Image.fromarray(image).resize((200, 200), Image.Resampling.BICUBIC)
        ink = np.asarray(large, dtype=np.float32) / 255
        placed = np.zeros((300, 400), dtype=np.float32)
        row, column = random.integers(0, 100), random.integers(0, 200)
        placed[row : row + 200, column : column + 200] = ink
        noise = random.normal(0, 0.01, placed.shape)
        return (0.85 - 0.6 * placed + noise).astype(np.float32)

    plain = accuracy(images[:, None] / np.float32(255))
    assert plain > 0.9
    large = [np.asarray(Image.fromarray(i).resize((200, 200), 3)) / np.float32(255) for i in images]
    prepared = [prepare(Picture(i[None].astype(np.float32)), (1, 28, 28)).image for i in large]
    assert accuracy(np.stack(prepared)) >= plain - 0.01
    photographs = [prepare(Picture(dark_photograph(i)[None]), (1, 28, 28)) for i in images]
    assert all(found.inverted for found in photographs)
    assert accuracy(np.stack([found.image for found in photographs])) >= plain - 0.015
    # As they were put there, and not prepared, hardly any is recognised.
    raw = [
        np.asarray(Image.fromarray(np.pad(i, ((0, 14), (0, 28)))).resize((28, 28))) for i in images
    ]
    assert accuracy(np.stack(raw)[:, None] / np.float32(255)) < plain - 0.3
