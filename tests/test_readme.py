"""What the README says is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image
from PyQt6.QtWidgets import QApplication

from cnnviz.control.language import use_language
from cnnviz.ui.dialogs.keys import key_table
from tests import gallery

README = (Path(__file__).parent.parent / "README.md").read_text("utf-8")
PICTURES = gallery.ROOT / gallery.FOLDER

MOST_BYTES = 500_000
"""Of a picture: a page with sixteen of them is to open quickly."""


def test_that_the_readme_lists_the_keys_of_the_table(qapp: QApplication) -> None:
    use_language(qapp, "en")
    listed = README.split("<!-- keys: python -m cnnviz.ui.dialogs.keys -->\n")[1]
    assert listed.split("\n<!-- /keys -->")[0] == key_table()


def test_that_the_readme_shows_the_pictures_that_one_command_makes() -> None:
    shown = README.split("<!-- gallery: python -m tests.gallery -->\n")[1]
    assert shown.split("\n<!-- /gallery -->")[0] == gallery.table()
    linked = set(re.findall(r"!\[[^]]*\]\(([^)]+)\)", README))
    assert linked == {(gallery.FOLDER / each.file).as_posix() for each in gallery.GALLERY}
    made = {path.relative_to(gallery.ROOT).as_posix() for path in PICTURES.iterdir()}
    assert made == linked


def test_that_the_gallery_shows_more_than_a_dark_english_window() -> None:
    lines = [each.arguments for each in gallery.GALLERY]
    assert any("--theme light" in line for line in lines)
    assert any("--language ko" in line for line in lines)


@pytest.mark.parametrize("shown", gallery.GALLERY, ids=lambda each: each.file)
def test_that_a_picture_of_the_gallery_can_be_read_and_is_small(shown: gallery.Shown) -> None:
    path = PICTURES / shown.file
    assert path.stat().st_size < MOST_BYTES
    with Image.open(path) as picture:
        assert picture.format in ("PNG", "WEBP")
        assert picture.width >= 960
        assert (getattr(picture, "n_frames", 1) > 1) == (path.suffix != ".png")


def test_that_the_gallery_writes_a_picture_by_the_program_itself(tmp_path: Path) -> None:
    example = gallery.Shown("x.png", "--example convolution --size 640x480", "2*Right", "")
    pressed = gallery.make(example, tmp_path)
    stepped = gallery.make(
        gallery.Shown("y.png", "--example convolution --size 640x480 --steps 2", "", ""), tmp_path
    )
    still = gallery.make(
        gallery.Shown("z.png", "--example convolution --size 640x480", "", ""), tmp_path
    )
    assert pressed.read_bytes() == stepped.read_bytes()
    assert pressed.read_bytes() != still.read_bytes()
