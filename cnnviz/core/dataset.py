"""Images and their classes, of whatever kind they are, before a network sees them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.problem import Problem
from cnnviz.core.snapshot import Sample

DataName = Path | str
"""What names a data set: a folder or file, or the key of one that is known (see `known_data`)."""

DIGITS = tuple("0123456789")
"""The names of MNIST's classes."""

LARGEST_DATA = 600_000_000
"""Bytes of the images of one part; as float32 they take four times as much."""

Images = NDArray[np.uint8]
Labels = NDArray[np.integer[Any]]


@dataclass(frozen=True, eq=False)
class Dataset:
    """Images in two parts, to train on and to test with; nothing in it ever changes.

    Attributes
    ----------
    train_images, test_images
        (count, channels, height, width) uint8.
    train_labels, test_labels
        (count,) the class of each, from 0.
    classes
        English names of the classes, translated where they are shown; classes beyond them are
        shown by their number.
    title
        English name of the set.
    key
        What it is remembered by.
    notices
        What a person should know of how it was read.
    """

    train_images: Images
    train_labels: Labels
    test_images: Images
    test_labels: Labels
    classes: tuple[str, ...] = ()
    title: str = ""
    key: str = ""
    notices: tuple[Problem, ...] = ()

    @property
    def shape(self) -> tuple[int, int, int]:
        """(channels, height, width) of every image."""
        channels, height, width = self.train_images.shape[1:]
        return int(channels), int(height), int(width)

    def part(self, test: bool) -> tuple[Images, Labels]:
        """The images and labels of one of the two parts."""
        if test:
            return self.test_images, self.test_labels
        return self.train_images, self.train_labels

    @cached_property
    def pictures(self) -> tuple[Images, Images]:
        """The images of both parts as they are drawn, not copied.

        (count, height, width) grey, or (count, height, width, 3) red, green, blue.
        """
        return _drawn(self.train_images), _drawn(self.test_images)

    @cached_property
    def class_count(self) -> int:
        """Classes that are named, or that a label has."""
        largest = max(int(labels.max(initial=0)) for _, labels in map(self.part, (False, True)))
        return max(len(self.classes), largest + 1)

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


class Misfit(Problem):
    """A network cannot take a data set: of that shape, with so many classes."""

    def __init__(
        self, sentence: str, /, shape: tuple[int, ...], classes: int, **fields: object
    ) -> None:
        super().__init__(sentence, **fields)
        self.shape = shape
        self.classes = classes


def _drawn(images: Images) -> Images:
    return images.transpose(0, 2, 3, 1) if images.shape[1] == 3 else images[:, 0]


def to_input(images: Images) -> NDArray[np.float32]:
    """(count, channels, height, width) bytes as float32 from 0 to 1.

    The numbers are those of torchvision's ToTensor, bit for bit: each byte divided by 255.
    """
    return images.astype(np.float32) / np.float32(255)
