"""Data of every kind through one door, and whether they go with a network."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from cnnviz.core.dataset import DIGITS, Dataset, Misfit, to_input
from cnnviz.core.known_data import FASHION, KNOWN, known
from cnnviz.core.network import build_network
from cnnviz.core.operations import Flatten, Linear, Softmax
from cnnviz.core.problem import Problem
from cnnviz.engine import data_places
from cnnviz.engine.datasets import check_fits, read_dataset
from cnnviz.resources import resource
from tests.engine.idx_files import TINY, write_dataset, write_idx


def test_that_the_bundled_mnist_is_whole() -> None:
    dataset = read_dataset(resource("data", "mnist"))
    assert dataset.train_images.shape == (60_000, 1, 28, 28)
    assert dataset.test_images.shape == (10_000, 1, 28, 28)
    # The counts of each digit that LeCun's page of MNIST leads to.
    assert np.bincount(dataset.train_labels).tolist() == [
        5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949,
    ]  # fmt: skip
    assert dataset.test_labels[:5].tolist() == [7, 2, 1, 0, 4]
    assert (dataset.key, dataset.classes, dataset.shape) == ("mnist", DIGITS, (1, 28, 28))
    assert read_dataset("mnist").title == dataset.title == "MNIST"


def test_that_a_byte_becomes_the_number_that_totensor_gives() -> None:
    every = np.arange(256, dtype=np.uint8).reshape(1, 1, 16, 16)
    # So it stands in torchvision.transforms.functional.to_tensor.
    expected = torch.from_numpy(every.copy()).to(dtype=torch.float32).div(255)
    assert np.array_equal(to_input(every), expected.numpy())


def test_that_plain_files_are_read_where_there_are_no_gzipped_ones(data: Path) -> None:
    before = read_dataset(data)
    for path in list(data.glob("*.gz")):
        path.unlink()
    for part, mark, test in (("train", "-", False), ("t10k", ".", True)):
        images, labels = before.part(test)
        write_idx(data / f"{part}-images{mark}idx3-ubyte", images[:, 0])
        write_idx(data / f"{part}-labels{mark}idx1-ubyte", labels.astype(np.uint8))
    again = read_dataset(data)
    assert np.array_equal(again.test_images, before.test_images)
    assert np.array_equal(again.train_labels, before.train_labels)


def test_that_images_and_labels_that_are_not_equally_many_are_refused(data: Path) -> None:
    write_idx(data / "train-labels-idx1-ubyte.gz", np.zeros(59, dtype=np.uint8))
    with pytest.raises(Problem, match=r"^train-labels-idx1-ubyte.gz: .*59 labels, but 60 images"):
        read_dataset(data)


def test_that_a_missing_file_is_named(data: Path) -> None:
    (data / "t10k-images-idx3-ubyte.gz").unlink()
    with pytest.raises(Problem, match=r"^t10k-images-idx3-ubyte.gz: there is no such file in"):
        read_dataset(data)


@pytest.mark.parametrize(
    ("folder", "key"),
    [
        ("fashion-mnist", "fashion_mnist"),
        ("FashionMNIST/raw", "fashion_mnist"),
        ("KMNIST", "kmnist"),
        ("mnist", "mnist"),
    ],
)
def test_that_a_folders_name_says_what_the_classes_are(
    tmp_path: Path, folder: str, key: str
) -> None:
    found = known(key)
    dataset = read_dataset(write_dataset(tmp_path / folder))
    assert found is not None
    assert (dataset.key, dataset.title, dataset.classes) == (key, found.title, found.classes)


def test_that_classes_of_an_unknown_folder_have_numbers(data: Path) -> None:
    dataset = read_dataset(data)
    assert (dataset.classes, dataset.title, dataset.key) == ((), "data", str(data))
    assert dataset.class_count == 10


def test_that_emnist_stands_upright_and_its_letters_have_names(data: Path) -> None:
    plain = read_dataset(data)
    for part, name in (("train", "train"), ("t10k", "test")):
        for kind in ("images-idx3", "labels-idx1"):
            new = data / f"emnist-letters-{name}-{kind}-ubyte.gz"
            (data / f"{part}-{kind}-ubyte.gz").rename(new)
    letters = read_dataset(data)
    assert np.array_equal(letters.test_images, plain.test_images.swapaxes(2, 3))
    assert (letters.classes[1], letters.classes[26], len(letters.classes)) == ("A", "Z", 27)
    assert letters.title == "EMNIST letters"
    write_dataset(data)
    with pytest.raises(Problem, match=r"several sets in it \(mnist, emnist-letters\)"):
        read_dataset(data)
    one = read_dataset(data / "emnist-letters-train-images-idx3-ubyte.gz")
    assert one.title == "EMNIST letters"


def test_that_a_known_set_is_found_where_distributions_put_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data_places, "SHARED", (tmp_path,))
    monkeypatch.setattr(data_places, "user_cache_path", lambda name: tmp_path / "cache")
    with pytest.raises(Problem, match=r"^Fashion-MNIST is not on this computer"):
        read_dataset("fashion_mnist")
    shutil.copytree(write_dataset(tmp_path / "any"), tmp_path / "fashion-mnist")
    dataset = read_dataset("fashion_mnist")
    assert (dataset.key, dataset.classes) == ("fashion_mnist", FASHION)


def test_that_a_name_that_is_not_known_is_refused() -> None:
    for name in ("svhn", "mnist:3", "shapes:x", "shapes:-1"):
        with pytest.raises(Problem, match=r"^data: "):
            read_dataset(name)
    assert read_dataset("shapes:12").key == "shapes:12"


def test_that_every_known_set_has_a_name_for_each_class() -> None:
    for found in KNOWN:
        assert len(set(found.classes)) == (4 if found.key == "photographs" else 10)
        assert all(len(file.md5) == 32 and file.size > 0 for file in found.files)
        assert found.shape[0] in (1, 3)


def test_that_a_label_beyond_the_classes_is_refused(data: Path) -> None:
    labels = np.zeros(40, dtype=np.uint8)
    labels[7] = 10
    write_idx(data / "t10k-labels-idx1-ubyte.gz", labels)
    with pytest.raises(Misfit, match=r"image 7 \(test\) is of class 10, .* classes 0 to 9") as said:
        check_fits(read_dataset(data), TINY)
    assert (said.value.shape, said.value.classes) == ((1, 28, 28), 11)


def test_that_images_of_another_size_are_refused(tmp_path: Path) -> None:
    dataset = read_dataset(write_dataset(tmp_path / "data", side=32))
    with pytest.raises(Misfit, match=r"^data: .* 1 × 32 × 32, .* takes 1 × 28 × 28") as said:
        check_fits(dataset, TINY)
    assert (said.value.shape, said.value.classes) == ((1, 32, 32), 10)
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


def test_that_images_are_drawn_grey_or_in_colour() -> None:
    labels = np.zeros(2, dtype=np.uint8)
    for channels, shape in ((1, (2, 4, 5)), (3, (2, 4, 5, 3))):
        images = np.arange(40 * channels, dtype=np.uint8).reshape(2, channels, 4, 5)
        _, test = Dataset(images, labels, images, labels).pictures
        assert test.shape == shape
        assert np.shares_memory(test, images)
        assert test.reshape(2, 4, 5, channels)[1, 3, 2, -1] == images[1, -1, 3, 2]


def test_that_a_set_knows_how_many_classes_it_has() -> None:
    images, labels = np.zeros((2, 1, 4, 4), dtype=np.uint8), np.array([0, 4])
    assert Dataset(images, labels, images, labels).class_count == 5
    assert Dataset(images, labels, images, labels, classes=DIGITS).class_count == 10


def test_that_a_known_set_is_read_once_and_again_when_its_files_are_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_dataset(tmp_path / "mnist")
    monkeypatch.setattr("cnnviz.engine.datasets.place_of", lambda found: folder)
    first = read_dataset("mnist")
    assert read_dataset("mnist") is first
    write_dataset(folder, train=50)
    second = read_dataset("mnist")
    assert len(second.train_labels) == 50
    assert len(first.train_labels) == 60
