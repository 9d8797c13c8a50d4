"""What the README says is so."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtWidgets import QApplication

from cnnviz.control.language import use_language
from cnnviz.ui.dialogs.keys import key_table

README = (Path(__file__).parent.parent / "README.md").read_text("utf-8")


def test_that_the_readme_lists_the_keys_of_the_table(qapp: QApplication) -> None:
    use_language(qapp, "en")
    listed = README.split("<!-- keys: python -m cnnviz.ui.dialogs.keys -->\n")[1]
    assert listed.split("\n<!-- /keys -->")[0] == key_table()


def test_that_the_readme_shows_a_picture_that_is_there() -> None:
    assert (Path(__file__).parent.parent / "resources/screenshots/main_dark.png").is_file()
    assert "resources/screenshots/main_dark.png" in README
