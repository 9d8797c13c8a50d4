"""A folder of idx files: MNIST, and the many sets that are published in its form."""

from __future__ import annotations

import re
from pathlib import Path
from string import ascii_lowercase, ascii_uppercase

import numpy as np

from cnnviz.core.dataset import DIGITS, Dataset, Images, Labels
from cnnviz.core.known_data import KNOWN, MNIST, KnownSet
from cnnviz.core.problem import Problem
from cnnviz.engine.idx import read_idx

_NAME = re.compile(r"^(.*?)(train|t10k|test)-(?:images|labels)[-.]idx[13]-ubyte(?:\.gz)?$")
"""As MNIST's files are called, EMNIST's ("emnist-letters-train-images-idx3-ubyte.gz"), and what an
unpacking program makes of the names ("train-images.idx3-ubyte")."""

_INNER = ("raw", "gzip")
"""Folders within a set's own, as torchvision and EMNIST's archive have them."""

_MERGED = (*DIGITS, *ascii_uppercase, *"abdefghnqrt")
"""EMNIST leaves out small letters that look like the large ones."""

EMNIST = {
    "digits": DIGITS,
    "mnist": DIGITS,
    "letters": ("–", *ascii_uppercase),  # counted from 1 there
    "balanced": _MERGED,
    "bymerge": _MERGED,
    "byclass": (*DIGITS, *ascii_uppercase, *ascii_lowercase),
}
"""Names of the classes of each of EMNIST's splits."""


def is_idx_folder(folder: Path) -> bool:
    """Whether there is an idx file in it that is called as such files are."""
    return bool(_prefixes(folder))


def read_idx_folder(
    folder: Path, found: KnownSet | None = None, file: str | None = None
) -> Dataset:
    """Read four files of grey images and their classes.

    Parameters
    ----------
    folder
        Where the files are.
    found
        What they are known to be; otherwise it is guessed from the names.
    file
        One of the files, where several sets lie in the folder.

    Raises
    ------
    Problem
        If a file is missing or broken, or images and labels are not equally many.
    """
    prefix = _prefix(folder, file)
    split = prefix.removeprefix("emnist-").strip("-") if prefix.startswith("emnist-") else ""
    train, test = (
        _read_part(folder, f"{prefix}train"),
        _read_part(folder, f"{prefix}{_test(folder, prefix)}"),
    )
    if split:
        # Published on their side: rows are columns in NIST's own arrays.
        train, test = _upright(*train), _upright(*test)
        classes, title = EMNIST.get(split, ()), f"EMNIST {split}"
    else:
        found = found or _guess(folder)
        classes = () if found is None else found.classes
        title = folder.name if found is None else found.title
    key = found.key if found is not None and not split else str(folder / (file or ""))
    return Dataset(*train, *test, classes=classes, title=title, key=key)


def _upright(images: Images, labels: Labels) -> tuple[Images, Labels]:
    return np.ascontiguousarray(images.swapaxes(2, 3)), labels


def _prefixes(folder: Path) -> list[str]:
    """What stands before "train" in the names of the idx files, each once."""
    try:
        names = sorted(path.name for path in folder.iterdir())
    except OSError:
        return []
    return sorted({found[1] for name in names if (found := _NAME.match(name))})


def _prefix(folder: Path, file: str | None) -> str:
    given = _NAME.match(file) if file is not None else None
    if given is not None:
        return given[1]
    prefixes = _prefixes(folder)
    if len(prefixes) > 1:
        raise Problem(
            "{folder}: there are several sets in it ({names}); open a file of the one you mean",
            folder=folder.name,
            names=", ".join(prefix.strip("-") or "mnist" for prefix in prefixes),
        )
    return prefixes[0] if prefixes else ""


def _test(folder: Path, prefix: str) -> str:
    """How the part to test with is called: MNIST says t10k, EMNIST says test."""
    named = (path.name for path in folder.glob(f"{prefix}test-*ubyte*"))
    return "test" if any(map(_NAME.match, named)) else "t10k"


def _guess(folder: Path) -> KnownSet | None:
    """The known set that a folder's name says it is."""
    resolved = folder.absolute()
    if resolved.name.lower() in _INNER:
        resolved = resolved.parent
    name = resolved.name.lower()
    grey = [found for found in KNOWN if found.shape[0] == 1]
    if name == "mnist":
        return MNIST
    return next((found for found in grey if name in found.folders), None)


def _read_part(folder: Path, part: str) -> tuple[Images, Labels]:
    images_path = _find(folder, f"{part}-images", 3)
    labels_path = _find(folder, f"{part}-labels", 1)
    images, labels = read_idx(images_path, 3), read_idx(labels_path, 1)
    if len(images) != len(labels):
        raise Problem(
            "{file}: there are {labels} labels, but {images} images in {other}",
            file=labels_path.name,
            labels=f"{len(labels):,}",
            images=f"{len(images):,}",
            other=images_path.name,
        )
    return images[:, None], labels


def _find(folder: Path, name: str, dimensions: int) -> Path:
    """The gzipped file, else the plain one, else the name that the sentence will say is missing."""
    names = [f"{name}{mark}idx{dimensions}-ubyte" for mark in "-."]
    places = [folder / f"{each}{end}" for each in names for end in (".gz", "")]
    return next((place for place in places if place.is_file()), places[0])
