"""Where the files of known data sets lie on this computer."""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_cache_path

from cnnviz.core.dataset import DataName
from cnnviz.core.known_data import MNIST, KnownSet, known
from cnnviz.resources import resource

SHARED = (Path("/usr/share/datasets"), Path("/usr/local/share/datasets"))
"""Where distributions put data for all users (Debian's dataset-fashion-mnist)."""


def download_folder(found: KnownSet) -> Path:
    """Where a set is kept that was downloaded."""
    return user_cache_path("cnnviz") / "data" / found.key


def place_of(found: KnownSet) -> Path | None:
    """A folder with all files of a set (or its one archive); None if there is none.

    Only whether the files are there is looked at, not what is in them.
    """
    if found == MNIST:
        return resource("data", "mnist")
    folders = [download_folder(found)]
    folders += [shared / name for shared in SHARED for name in found.folders]
    for folder in folders:
        if found.files and all((folder / file.name).is_file() for file in found.files):
            return folder / found.files[0].name if len(found.files) == 1 else folder
    return None


def path_of(name: DataName) -> Path | None:
    """Where the files of a data set are; None where there are none."""
    if isinstance(name, Path):
        return name
    found = known(name)
    return None if found is None else place_of(found)
