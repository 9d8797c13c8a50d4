"""Cuttings of the bundled photographs: real pixels, the same for the same seed."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
from PIL import Image

from cnnviz.core.dataset import Dataset
from cnnviz.core.experiment import Experiment
from cnnviz.core.settings import TrainingSettings
from cnnviz.engine import cuttings
from cnnviz.engine.datasets import read_dataset
from cnnviz.engine.headless import make_session
from cnnviz.engine.training import train
from cnnviz.resources import resource
from tests.networks import bundled


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return read_dataset("photographs")


def test_that_every_photograph_is_as_often_in_both_parts(dataset: Dataset) -> None:
    assert dataset.train_images.shape == (240, 3, 224, 224)
    assert dataset.test_images.shape == (48, 3, 224, 224)
    assert np.bincount(dataset.train_labels).tolist() == [60] * 4
    assert np.bincount(dataset.test_labels).tolist() == [12] * 4
    assert len(cuttings.FILES) == dataset.class_count


def test_that_a_cutting_has_the_colours_of_its_photograph(dataset: Dataset) -> None:
    for label, file in enumerate(cuttings.FILES):
        with Image.open(resource("images", file)) as opened:
            mean = np.asarray(opened.convert("RGB")).mean(axis=(0, 1))
        cut = dataset.train_images[dataset.train_labels == label].mean(axis=(0, 2, 3))
        assert np.abs(cut - mean).max() < 25
    grey = dataset.train_images[dataset.train_labels == 3]
    assert np.array_equal(grey[:, 0], grey[:, 2])


def test_that_another_seed_cuts_others(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cuttings, "TRAIN", 2)
    monkeypatch.setattr(cuttings, "TEST", 1)
    first, again, other = (
        read_dataset(name) for name in ("photographs", "photographs", "photographs:1")
    )
    assert np.array_equal(first.test_images, again.test_images)
    assert not np.array_equal(first.test_images, other.test_images)
    assert (first.key, other.key) == ("photographs", "photographs:1")


def test_that_alexnet_trains_on_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cuttings, "TRAIN", 2)
    monkeypatch.setattr(cuttings, "TEST", 1)
    settings = TrainingSettings(epochs=1, batch_size=4, evaluate_every=0)
    session = make_session(Experiment(bundled("alexnet"), settings, "photographs"))
    before = next(session.model.parameters()).detach().clone()
    list(islice(train(session, lambda _event: None), 1))
    assert not np.array_equal(before, next(session.model.parameters()).detach())
    assert np.isfinite(session.metrics.losses[:1]).all()
