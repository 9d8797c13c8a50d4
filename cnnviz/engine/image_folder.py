"""Pictures in folders, one folder a class, brought to the size that a network takes."""

from __future__ import annotations

import os
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cnnviz.core.dataset import LARGEST_DATA, Dataset, Images, Labels
from cnnviz.core.events import Starting
from cnnviz.core.picture import SUFFIXES, Picture
from cnnviz.core.problem import Problem, mark
from cnnviz.engine.pictures import read_picture

TRAIN = ("train", "training")
TEST = ("test", "testing", "val", "valid", "validation")
"""Folders of the two parts, in any case of their letters."""

EVERY = 5
"""Where there are no parts, every so many-th picture of a class is put aside to test with."""

MOST_CLASSES = 1000

TURN = 20
"""Pictures that are read between two looks at whether they are still wanted."""

Listed = dict[str, list[Path]]
"""The pictures of every class, sorted by name."""


@dataclass(frozen=True)
class _Skipped:
    """Pictures that could not be read: how many, and why not the first."""

    count: int = 0
    first: Problem | None = None

    def __add__(self, other: _Skipped) -> _Skipped:
        return _Skipped(self.count + other.count, self.first or other.first)


def read_image_folder(folder: Path, shape: tuple[int, ...]) -> Generator[Starting, None, Dataset]:
    """Read ``folder/train/<class>/*`` and ``folder/test/…``, or ``folder/<class>/*``.

    Each picture is scaled until its shorter side fits, and what is too long is cut off evenly at
    both ends; grey or in colour as the network asks.  What cannot be read is skipped and counted.

    Parameters
    ----------
    folder
        The folder.
    shape
        (channels, height, width) that a network takes; 1 or 3 channels.

    Raises
    ------
    Problem
        If there are no pictures in it, more than memory is set aside for, or none can be read.
    """
    if len(shape) != 3 or shape[0] not in (1, 3):
        raise Problem(
            "{folder}: pictures have 1 channel or 3, the network takes {expected}",
            folder=folder.name,
            expected=" × ".join(map(str, shape)),
        )
    train, test, split = _both_parts(folder, int(np.prod(shape)))
    names = sorted({*train, *test}, key=_natural)
    if len(names) > MOST_CLASSES:
        raise Problem(
            "{folder}: there are {count} classes in it, at most {most} are read",
            folder=folder.name,
            count=f"{len(names):,}",
            most=f"{MOST_CLASSES:,}",
        )
    total = _count(train) + _count(test)
    train_part, skipped = yield from _read(train, names, shape, 0, total)
    test_part, more = yield from _read(test, names, shape, _count(train), total)
    skipped += more
    for part, which in ((train_part, mark("train")), (test_part, mark("test"))):
        if not len(part[1]):
            raise Problem(
                "{folder}: there is no picture that can be read in the part {part}; expected are "
                "folders of pictures, one a class",
                folder=folder.name,
                part=Problem(which),
            )
    return Dataset(
        *train_part,
        *test_part,
        classes=tuple(names),
        title=folder.name,
        key=str(folder),
        notices=_notices(folder, split, skipped, total),
    )


def _notices(folder: Path, split: bool, skipped: _Skipped, total: int) -> tuple[Problem, ...]:
    said = []
    if split:
        said.append(
            Problem(
                "{folder} has no parts train and test: every fifth picture of each class is kept "
                "for testing.",
                folder=folder.name,
            )
        )
    if skipped.first is not None:
        said.append(
            Problem(
                "{count} of {total} pictures were skipped because they cannot be read; the first: "
                "{problem}.",
                count=f"{skipped.count:,}",
                total=f"{total:,}",
                problem=skipped.first,
            )
        )
    if len(said) == 2:  # a second notice would take the first one's place
        return (Problem("{first} {second}", first=said[0], second=said[1]),)
    return tuple(said)


# --- what there is ----------------------------------------------------------------------------


def _both_parts(folder: Path, size: int) -> tuple[Listed, Listed, bool]:
    """The pictures of both parts, and whether they had to be parted here."""
    train, test = _part(folder, TRAIN), _part(folder, TEST)
    if train is not None and test is not None:
        return _listed(train, size), _listed(test, size), False
    every = _listed(train or folder, size)
    if not every:
        raise Problem(
            "{folder}: there are neither idx files in it nor folders of pictures, one a class",
            folder=folder.name,
        )
    return (
        {name: [p for i, p in enumerate(paths, 1) if i % EVERY] for name, paths in every.items()},
        {name: paths[EVERY - 1 :: EVERY] for name, paths in every.items()},
        True,
    )


def _part(folder: Path, names: tuple[str, ...]) -> Path | None:
    inside = {entry.name.lower(): entry for entry in _entries(folder) if entry.is_dir()}
    return next((Path(inside[name].path) for name in names if name in inside), None)


def _listed(folder: Path, size: int) -> Listed:
    """Every class with a picture in it; nothing is decoded, and no more is listed than is read."""
    most, count, found = LARGEST_DATA // size, 0, Listed()
    for entry in _entries(folder):
        if not entry.is_dir():
            continue
        pictures = [
            Path(file.path)
            for file in _entries(Path(entry.path))
            if file.name.lower().endswith(SUFFIXES)
        ]
        count += len(pictures)
        if count > most:
            raise Problem(
                "{folder}: there are more than {most} pictures in it, which take more than {size} "
                "MB in the size that the network asks for",
                folder=folder.name,
                most=f"{most:,}",
                size=LARGEST_DATA // 1_000_000,
            )
        if pictures:
            found[entry.name] = pictures
    return found


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    """What is in a folder, by name; hidden things are not."""
    try:
        with os.scandir(folder) as entries:
            shown = [entry for entry in entries if not entry.name.startswith(".")]
    except OSError as error:
        raise Problem(
            "{folder}: the folder cannot be read: {error}", folder=folder, error=error.strerror
        ) from error
    return sorted(shown, key=lambda entry: _natural(entry.name))


def _natural(name: str) -> tuple[int, str]:
    """Classes that are numbers stand in the order of numbers, before all others."""
    return (int(name), "") if name.isdecimal() and len(name) < 10 else (10**10, name)


def _count(listed: Listed) -> int:
    return sum(map(len, listed.values()))


# --- reading ----------------------------------------------------------------------------------


def _read(
    listed: Listed, names: list[str], shape: tuple[int, ...], before: int, total: int
) -> Generator[Starting, None, tuple[tuple[Images, Labels], _Skipped]]:
    images = np.empty((_count(listed), *shape), dtype=np.uint8)
    labels = np.empty(len(images), dtype=np.uint16)
    skipped, kept, seen = _Skipped(), 0, before
    for label, name in enumerate(names):
        for path in listed.get(name, ()):
            if seen % TURN == 0:
                yield Starting(mark("Reading pictures"), seen, total)
            seen += 1
            try:
                images[kept] = fitted(read_picture(path, f"{name}/{path.name}"), shape)
            except Problem as problem:
                skipped += _Skipped(1, problem)
                continue
            labels[kept] = label
            kept += 1
    return (images[:kept], labels[:kept]), skipped


def fitted(picture: Picture, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """A picture as (channels, height, width) bytes: its shorter side fits, its middle is kept."""
    channels, height, width = shape
    planes = picture.grey if channels == 1 else picture.image
    values = np.rint(planes * 255).astype(np.uint8)
    _, rows, columns = values.shape
    scale = max(height / rows, width / columns)
    size = max(width, round(columns * scale)), max(height, round(rows * scale))
    image = Image.fromarray(values[0] if len(values) == 1 else values.transpose(1, 2, 0))
    if image.size != size:
        image = image.resize(size, Image.Resampling.BILINEAR)
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    cut = np.asarray(image, dtype=np.uint8)[top : top + height, left : left + width]
    return np.broadcast_to(cut if cut.ndim == 2 else cut.transpose(2, 0, 1), tuple(shape))
