"""Folders of idx files, and whether they go with a network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from cnnviz.core.network import build_network
from cnnviz.core.operations import Flatten, Linear, Softmax
from cnnviz.core.problem import Problem
from cnnviz.engine.datasets import check_fits, read_dataset, to_input
from cnnviz.resources import resource
from tests.engine.idx_files import TINY, write_dataset, write_idx


def test_that_the_bundled_mnist_is_whole() -> None:
    dataset = read_dataset(resource("data", "mnist"))
    assert dataset.train_images.shape == (60_000, 28, 28)
    assert dataset.test_images.shape == (10_000, 28, 28)
    # The counts of each digit that LeCun's page of MNIST leads to.
    assert np.bincount(dataset.train_labels).tolist() == [
        5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949,
    ]  # fmt: skip
    assert dataset.test_labels[:5].tolist() == [7, 2, 1, 0, 4]


def test_that_a_byte_becomes_the_number_that_totensor_gives() -> None:
    every = np.arange(256, dtype=np.uint8).reshape(1, 16, 16)
    # So it stands in torchvision.transforms.functional.to_tensor.
    expected = torch.from_numpy(every.copy()).to(dtype=torch.float32).div(255)
    assert np.array_equal(to_input(every)[:, 0], expected.numpy())


def test_that_plain_files_are_read_where_there_are_no_gzipped_ones(data: Path) -> None:
    before = read_dataset(data)
    for path in list(data.glob("*.gz")):
        path.unlink()
    for part, images, labels in (
        ("train", before.train_images, before.train_labels),
        ("t10k", before.test_images, before.test_labels),
    ):
        write_idx(data / f"{part}-images-idx3-ubyte", images)
        write_idx(data / f"{part}-labels-idx1-ubyte", labels)
    assert np.array_equal(read_dataset(data).test_images, before.test_images)


def test_that_images_and_labels_that_are_not_equally_many_are_refused(data: Path) -> None:
    write_idx(data / "train-labels-idx1-ubyte.gz", np.zeros(59, dtype=np.uint8))
    with pytest.raises(Problem, match=r"^train-labels-idx1-ubyte.gz: .*59 labels, but 60 images"):
        read_dataset(data)


def test_that_a_missing_file_is_named(data: Path) -> None:
    (data / "t10k-images-idx3-ubyte.gz").unlink()
    with pytest.raises(Problem, match=r"^t10k-images-idx3-ubyte.gz: there is no such file in"):
        read_dataset(data)


def test_that_a_label_beyond_the_classes_is_refused(data: Path) -> None:
    labels = np.zeros(40, dtype=np.uint8)
    labels[7] = 10
    write_idx(data / "t10k-labels-idx1-ubyte.gz", labels)
    with pytest.raises(Problem, match=r"t10k-labels: label 7 is class 10, .* classes 0 to 9"):
        check_fits(read_dataset(data), TINY)


def test_that_images_of_another_size_are_refused(tmp_path: Path) -> None:
    dataset = read_dataset(write_dataset(tmp_path / "data", side=32))
    with pytest.raises(Problem, match=r"train-images: .* 1 × 32 × 32, .* takes 1 × 28 × 28"):
        check_fits(dataset, TINY)
    flat = (Flatten(), Linear(32 * 32, 10), Softmax())
    check_fits(dataset, build_network("flat", "Flat", (1, 32, 32), flat))


def test_that_a_sample_is_the_image_as_the_network_is_fed(data: Path) -> None:
    dataset = read_dataset(data)
    sample = dataset.sample(3)
    assert sample.image.shape == (1, 28, 28)
    assert sample.image.dtype == np.float32
    assert sample.image.max() == 1.0
    assert sample.label == dataset.test_labels[3]
    with pytest.raises(Problem, match="numbered 0 to 39"):
        dataset.sample(40)
