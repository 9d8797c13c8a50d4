"""What lessons can name: everything that comes with the program, by its key."""

from __future__ import annotations

from pathlib import Path

from cnnviz.core.filters import FILTERS
from cnnviz.core.known_data import KNOWN
from cnnviz.core.lesson_file import Library


def lesson_library(folder: Path) -> Library:
    """What the folder of resources holds for lessons; nothing is read but names."""
    return Library(
        examples=_files(folder / "lab", ".toml"),
        networks=_files(folder / "networks", ".toml"),
        runs=_files(folder / "lessons" / "runs", ".cnnviz"),
        experiments=_files(folder / "experiments", ".toml"),
        data=tuple(each.key for each in KNOWN),
        photographs=tuple(_files(folder / "images", ".png")),
        filters=tuple(kernel.key for kernel in FILTERS),
    )


def _files(folder: Path, suffix: str) -> dict[str, Path]:
    return {path.stem: path for path in sorted(folder.glob(f"*{suffix}"))}
