"""One door for data: whatever a set's name stands for, read and checked against a network."""

from __future__ import annotations

from collections.abc import Generator
from functools import lru_cache
from pathlib import Path

import numpy as np

from cnnviz.core.dataset import DataName, Dataset, Misfit
from cnnviz.core.events import Starting
from cnnviz.core.known_data import KnownSet, known
from cnnviz.core.network import Network
from cnnviz.core.problem import Problem, mark
from cnnviz.core.shapes import coloured_shapes
from cnnviz.engine.cifar import is_cifar, read_cifar
from cnnviz.engine.cuttings import cuttings
from cnnviz.engine.data_places import place_of
from cnnviz.engine.idx_folder import is_idx_folder, read_idx_folder
from cnnviz.engine.image_folder import read_image_folder
from cnnviz.engine.outcome import outcome

Reading = Generator[Starting, None, Dataset]
"""Says how far it is; what is abandoned between two of them leaves nothing behind."""

DRAWN = ("shapes", "photographs")
"""Sets that are made by the program: a seed may stand behind their key, ``shapes:7``."""

SHAPE = (1, 28, 28)
"""What pictures are brought to where no network asks for another size."""


def read_dataset(name: DataName, shape: tuple[int, ...] = SHAPE) -> Dataset:
    """Read a data set at once; `reading` says meanwhile how far it is.

    Raises
    ------
    Problem
        If there is none, or it is broken.
    """
    return outcome(reading(name, shape))


def reading(name: DataName, shape: tuple[int, ...]) -> Reading:
    """Read a data set, a part for each ``next``.

    Parameters
    ----------
    name
        The key of a known set, a folder (idx files, CIFAR-10's binary files, or pictures by class),
        or a file of one.
    shape
        (channels, height, width) that pictures are brought to; data that have a size of their own
        keep it.

    Raises
    ------
    Problem
        If there is none, or it is broken.
    """
    yield Starting(mark("Reading the images"))
    if isinstance(name, str):
        return (yield from _reading_known(name))
    return (yield from _reading_path(name, shape))


def _reading_known(name: str) -> Reading:
    key, _, seed = name.partition(":")
    found = known(key)
    if found is None or (seed and key not in DRAWN):
        raise Problem("data: {name} is no data set that is known here", name=name)
    if key == "shapes":
        return coloured_shapes(_seed(seed))
    if key == "photographs":
        return (yield from cuttings(_seed(seed)))
    place = place_of(found)
    if place is None:
        raise Problem(
            "{title} is not on this computer: choose it in the menu File, Data, to download it",
            title=Problem(found.title),
        )
    return _read_place(place, found, _stamps(place))


@lru_cache(maxsize=1)
def _read_place(place: Path, found: KnownSet, _stamps: tuple[tuple[str, int, int], ...]) -> Dataset:
    """Read a known set once: MNIST takes 0.4 s, and every reset, branch or opened run asks for it.

    It is another one when its files are others.
    """
    if found.key == "cifar10":
        return read_cifar(place, found.key)
    return read_idx_folder(place, found)


def _stamps(place: Path) -> tuple[tuple[str, int, int], ...]:
    """Names, sizes and times of the files that a set is read from."""
    files = sorted(place.iterdir()) if place.is_dir() else [place]
    return tuple((file.name, file.stat().st_size, file.stat().st_mtime_ns) for file in files)


def _seed(text: str) -> int:
    if not text:
        return 0
    if not (text.isdecimal() and len(text) <= 9):
        raise Problem("data: {seed} is no seed, expected is a whole number from 0", seed=text)
    return int(text)


def _reading_path(path: Path, shape: tuple[int, ...]) -> Reading:
    if not path.exists():
        raise Problem("{folder}: there is no such folder", folder=path)
    if is_cifar(path):
        return read_cifar(path)
    folder = path if path.is_dir() else path.parent
    if is_idx_folder(folder):
        return read_idx_folder(folder, file=None if path.is_dir() else path.name)
    return (yield from read_image_folder(folder, shape))


def check_fits(dataset: Dataset, network: Network) -> None:
    """Raise `Misfit` unless the network takes these images and can name all of their classes."""
    if dataset.shape != network.input_shape:
        raise Misfit(
            "{data}: its images are {given}, the network takes {expected}",
            shape=dataset.shape,
            classes=dataset.class_count,
            data=title_of(dataset),
            given=" × ".join(map(str, dataset.shape)),
            expected=" × ".join(map(str, network.input_shape)),
        )
    for test in (False, True):
        labels = dataset.part(test)[1]
        if int(labels.max()) >= network.classes:
            first = int(np.argmax(labels >= network.classes))
            raise Misfit(
                "{data}: image {index} ({part}) is of class {label}, the network knows classes 0 "
                "to {last}",
                shape=dataset.shape,
                classes=dataset.class_count,
                data=title_of(dataset),
                part=Problem("test") if test else Problem("train"),
                index=first,
                label=int(labels[first]),
                last=network.classes - 1,
            )


def title_of(dataset: Dataset) -> object:
    """What a set is called in a sentence, translated where it is a known one."""
    found = known(dataset.key.partition(":")[0])
    return Problem(found.title) if found is not None else dataset.title
