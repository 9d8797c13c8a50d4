"""A folder of idx files as arrays, checked against the network that is to learn them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.network import Network
from cnnviz.core.problem import Problem
from cnnviz.core.snapshot import Sample
from cnnviz.engine.idx import read_idx


@dataclass(frozen=True, eq=False)
class Dataset:
    """Grey images and their classes, as they stand in the files.

    Attributes
    ----------
    train_images, test_images
        (count, height, width) uint8.
    train_labels, test_labels
        (count,) uint8.
    """

    train_images: NDArray[np.uint8]
    train_labels: NDArray[np.uint8]
    test_images: NDArray[np.uint8]
    test_labels: NDArray[np.uint8]

    def sample(self, index: int) -> Sample:
        """One test image; raises `Problem` if there is none of that number."""
        if not 0 <= index < len(self.test_images):
            raise Problem(
                "sample: there is no test image {index}, they are numbered 0 to {last}",
                index=index,
                last=len(self.test_images) - 1,
            )
        image = to_input(self.test_images[index : index + 1])[0]
        return Sample(index, image, int(self.test_labels[index]))


def to_input(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(count, height, width) bytes as (count, 1, height, width) float32 from 0 to 1.

    The numbers are those of torchvision's ToTensor, bit for bit: each byte divided by 255.
    """
    return images[:, None].astype(np.float32) / np.float32(255)


def read_dataset(folder: Path) -> Dataset:
    """Read the four files of MNIST (or of any set published in its form).

    Raises
    ------
    Problem
        If a file is missing or broken, or images and labels are not equally many.
    """
    return Dataset(*_read_part(folder, "train"), *_read_part(folder, "t10k"))


def _read_part(folder: Path, part: str) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    images_path = _find(folder, f"{part}-images-idx3-ubyte")
    labels_path = _find(folder, f"{part}-labels-idx1-ubyte")
    images, labels = read_idx(images_path, 3), read_idx(labels_path, 1)
    if len(images) != len(labels):
        raise Problem(
            "{file}: there are {labels} labels, but {images} images in {other}",
            file=labels_path.name,
            labels=f"{len(labels):,}",
            images=f"{len(images):,}",
            other=images_path.name,
        )
    return images, labels


def _find(folder: Path, name: str) -> Path:
    """The gzipped file, else the plain one, else the name that the sentence will say is missing."""
    packed = folder / f"{name}.gz"
    plain = folder / name
    return plain if plain.is_file() and not packed.is_file() else packed


def check_fits(dataset: Dataset, network: Network) -> None:
    """Raise `Problem` unless the network takes these images and can name all of their classes."""
    for part, images, labels in (
        ("train", dataset.train_images, dataset.train_labels),
        ("t10k", dataset.test_images, dataset.test_labels),
    ):
        if (1, *images.shape[1:]) != network.input_shape:
            raise Problem(
                "{file}: its images are {given}, the network takes {expected}",
                file=f"{part}-images",
                given=" × ".join(map(str, (1, *images.shape[1:]))),
                expected=" × ".join(map(str, network.input_shape)),
            )
        if int(labels.max()) >= network.classes:
            first = int(np.argmax(labels >= network.classes))
            raise Problem(
                "{file}: label {index} is class {label}, the network knows classes 0 to {last}",
                file=f"{part}-labels",
                index=first,
                label=int(labels[first]),
                last=network.classes - 1,
            )
