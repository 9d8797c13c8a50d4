"""CIFAR-10 in its binary version: every record a class and 3 × 32 × 32 bytes.

The version for Python is made of pickles, which run whatever code somebody wrote into them; it is
recognised and refused.
"""

from __future__ import annotations

import tarfile
import zlib
from pathlib import Path

import numpy as np

from cnnviz.core.dataset import Dataset, Images, Labels
from cnnviz.core.known_data import CIFAR
from cnnviz.core.problem import Problem, mark

TRAIN = tuple(f"data_batch_{number}.bin" for number in range(1, 6))
TEST = "test_batch.bin"

INNER = "cifar-10-batches-bin"
"""The folder in the published archive."""

SHAPE = (3, 32, 32)
RECORD = 1 + 3 * 32 * 32

LARGEST_FILE = 10 * 10_000 * RECORD
"""Bytes of one file; a published one has a tenth of it."""

MOST_MEMBERS = 64
"""In an archive; the published one has nine."""

_PICKLES = ("data_batch_1", "test_batch")


def is_cifar(path: Path) -> bool:
    """Whether a path looks like CIFAR-10: its archive, its folder, or a file in that.

    Raises
    ------
    Problem
        If it is the version for Python.
    """
    if path.is_file() and path.name.endswith((".tar.gz", ".tgz", ".tar")):
        return True
    folder = path if path.is_dir() else path.parent
    if any((folder / name / TEST).is_file() for name in ("", INNER)):
        return True
    if any(
        (folder / inner / name).is_file()
        for inner in ("", "cifar-10-batches-py")
        for name in _PICKLES
    ):
        raise Problem(
            "{folder}: these are Python's pickles, which can run code when they are opened; take "
            "the binary version (cifar-10-binary.tar.gz) of the same images",
            folder=folder.name,
        )
    return False


def read_cifar(path: Path, key: str = "") -> Dataset:
    """Read the six files of the binary version, from a folder or from the archive itself.

    Raises
    ------
    Problem
        If one is missing or broken.
    """
    try:
        files = (
            _from_archive(path) if path.is_file() and path.suffix != ".bin" else _from_folder(path)
        )
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise Problem(
            "{file}: the archive is broken or cut short: {error}", file=path.name, error=error
        ) from error
    except OSError as error:
        said = error.strerror or error
        raise Problem(
            "{file}: the file cannot be read: {error}", file=path.name, error=said
        ) from error
    parts = {name: _records(name, data) for name, data in files.items()}
    images = np.concatenate([parts[name][0] for name in TRAIN])
    labels = np.concatenate([parts[name][1] for name in TRAIN])
    return Dataset(
        images, labels, *parts[TEST], classes=CIFAR, title=mark("CIFAR-10"), key=key or str(path)
    )


def _from_folder(path: Path) -> dict[str, bytes]:
    folder = path if path.is_dir() else path.parent
    if not (folder / TEST).is_file():
        folder = folder / INNER
    files = {}
    for name in (*TRAIN, TEST):
        file = folder / name
        if not file.is_file():
            raise Problem("{file}: there is no such file in {folder}", file=name, folder=folder)
        _check_size(name, file.stat().st_size)
        files[name] = file.read_bytes()
    return files


def _from_archive(path: Path) -> dict[str, bytes]:
    """The files by their names; nothing is unpacked to the disk, wherever an archive wants it."""
    files: dict[str, bytes] = {}
    with tarfile.open(path, "r:*") as archive:
        for count, member in enumerate(archive):
            if count >= MOST_MEMBERS:
                break
            _check_size(member.name, member.size)  # before it is unpacked, or skipped over
            name = member.name.rsplit("/", 1)[-1]
            stream = archive.extractfile(member) if member.isreg() else None
            if stream is not None and name in (*TRAIN, TEST):
                files[name] = stream.read()
    for name in (*TRAIN, TEST):
        if name not in files:
            raise Problem("{file}: there is no {name} in this archive", file=path.name, name=name)
    return files


def _check_size(name: str, size: int) -> None:
    if size > LARGEST_FILE:
        raise Problem(
            "{file}: it is {size} MB large, no file of CIFAR-10 is",
            file=name,
            size=size // 1_000_000,
        )


def _records(name: str, data: bytes) -> tuple[Images, Labels]:
    if not data or len(data) % RECORD:
        raise Problem(
            "{file}: it has {size} bytes, expected are records of {record} bytes, a class and "
            "3 × 32 × 32 values",
            file=name,
            size=f"{len(data):,}",
            record=f"{RECORD:,}",
        )
    records = np.frombuffer(data, dtype=np.uint8).reshape(-1, RECORD)
    labels = records[:, 0]
    if labels.max() >= len(CIFAR):
        first = int(np.argmax(labels >= len(CIFAR)))
        raise Problem(
            "{file}: record {index} is of class {label}, CIFAR-10 has classes 0 to 9",
            file=name,
            index=first,
            label=int(labels[first]),
        )
    return records[:, 1:].reshape(-1, *SHAPE), labels.copy()
