"""Bundled files are whole, are found, and come with their licences."""

from __future__ import annotations

import fnmatch
import gzip
import hashlib
import re
from pathlib import Path

import pytest

from cnnviz import resources
from cnnviz.resources import resource

LICENCES = resource("LICENSES.md")


def licence_patterns() -> list[str]:
    """The file patterns of the first column of the table of licences."""
    rows = [line for line in LICENCES.read_text("utf-8").splitlines() if line.startswith("| `")]
    return [pattern for row in rows for pattern in re.findall(r"`([^`]+)`", row.split("|")[1])]


def test_that_every_bundled_file_has_its_licence_named() -> None:
    patterns = [*licence_patterns(), "LICENSES.md", "*-LICENSE.txt"]
    files = [path for path in resource().rglob("*") if path.is_file()]
    assert files
    unnamed = [
        str(path)
        for path in files
        if not any(
            fnmatch.fnmatch(path.relative_to(resource()).as_posix(), pattern)
            for pattern in patterns
        )
    ]
    assert not unnamed


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("train-images-idx3-ubyte", "train images"),
        ("train-labels-idx1-ubyte", "train labels"),
        ("t10k-images-idx3-ubyte", "test images"),
        ("t10k-labels-idx1-ubyte", "test labels"),
    ],
)
def test_that_mnist_is_byte_for_byte_the_original(name: str, words: str) -> None:
    said = re.search(rf"{words} ([0-9a-f]{{32}})", LICENCES.read_text("utf-8"))
    assert said
    content = gzip.decompress(resource("data", "mnist", f"{name}.gz").read_bytes())
    assert hashlib.md5(content, usedforsecurity=False).hexdigest() == said[1]


def test_that_the_font_comes_with_its_licence() -> None:
    assert "SIL OPEN FONT LICENSE" in resource("fonts", "Pretendard-LICENSE.txt").read_text("utf-8")


def test_that_an_installed_copy_is_preferred_to_a_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = tmp_path / "cnnviz" / "resources"
    monkeypatch.setattr(resources, "_INSTALLED", installed)
    monkeypatch.setattr(resources, "_CHECKOUT", tmp_path / "resources")
    assert resource("fonts") == tmp_path / "resources" / "fonts"
    installed.mkdir(parents=True)
    assert resource("fonts", "a.otf") == installed / "fonts" / "a.otf"
