"""Pages that take the place of the docks, and what the window's actions do there."""

from __future__ import annotations

from pathlib import Path

import pytest
from PyQt6.QtGui import QGuiApplication

from cnnviz.control.stepping import Stepping
from cnnviz.core.cursor import Cursor
from cnnviz.core.undo_stack import UndoStack
from cnnviz.core.view import View
from cnnviz.ui.main_window import MainWindow
from cnnviz.ui.workspace import NETWORK, Workspace
from tests.networks import bundled, snapshot


class Page(Workspace):
    """A page that only notes what it is told."""

    key = "lab"

    def __init__(self, stepping: Stepping) -> None:
        super().__init__(stepping)
        self.told: list[str] = []

    def look(self, view: View) -> None:
        self.told.append("look")

    @property
    def history(self) -> UndoStack[str]:
        edited: UndoStack[str] = UndoStack()
        edited.remember("something")
        return edited

    def undo(self) -> None:
        self.told.append("undo")

    def escape(self) -> bool:
        self.told.append("escape")
        return True

    def open_path(self, path: Path) -> bool:
        self.told.append(path.name)
        return path.suffix == ".lab"


@pytest.fixture
def page(window: MainWindow) -> Page:
    made = snapshot(seed=5)
    own = Page(Stepping(View(bundled(), stage=made, live=made, cursor=Cursor(0, 0, 4, 4, 9))))
    window.workspaces.pages.clear()
    window.workspaces.offer("lab", lambda: own)
    return own


def trigger(window: MainWindow, key: str) -> None:
    window.actions_by_key[key].trigger()


def test_that_a_page_takes_the_docks_place_and_gives_it_back(qtbot, window, page) -> None:
    qtbot.wait(100)  # until the docks have found their places
    seen = {key for key, dock in window.docks.items() if dock.isVisible()}
    sizes = {key: window.docks[key].size() for key in seen}
    trigger(window, "workspace_lab")
    assert page.isVisible()
    assert not [key for key, dock in window.docks.items() if dock.isVisible()]
    trigger(window, "workspace_network")
    assert not page.isVisible()
    assert {key for key, dock in window.docks.items() if dock.isVisible()} == seen
    qtbot.waitUntil(lambda: {key: window.docks[key].size() for key in seen} == sizes)


def test_that_the_step_actions_drive_the_workspace_that_is_shown(window, page) -> None:
    before = window.controller.view.cursor
    trigger(window, "workspace_lab")
    trigger(window, "forward")
    assert page.stepping.view.cursor == Cursor(0, 0, 4, 5, 9)
    assert window.controller.view.cursor == before
    trigger(window, "play")
    assert page.stepping.player.playing
    trigger(window, "workspace_network")
    assert not page.stepping.player.playing
    trigger(window, "forward")
    assert window.controller.view.cursor != before


def test_that_what_belongs_to_the_network_is_off_elsewhere(window, page) -> None:
    trigger(window, "workspace_lab")
    for key in ("next_sample", "wrong_sample", "hold", "restore_layout"):
        assert not window.actions_by_key[key].isEnabled(), key
    assert window.actions_by_key["train"].isEnabled()
    assert window.actions_by_key["undo"].isEnabled()
    assert not window.actions_by_key["redo"].isEnabled()
    trigger(window, "workspace_network")
    assert window.actions_by_key["next_sample"].isEnabled()
    assert not window.actions_by_key["undo"].isEnabled()


def test_that_a_page_is_asked_first_for_undo_escape_and_files(window, page, tmp_path) -> None:
    trigger(window, "workspace_lab")
    trigger(window, "undo")
    window.requests.escape()
    window.requests.open_path(tmp_path / "sheet.lab")
    assert page.told[-3:] == ["undo", "escape", "sheet.lab"]
    assert window.preferences.recent[0] == str(tmp_path / "sheet.lab")


def test_that_the_layout_remembered_on_a_page_is_that_of_the_docks(window, page) -> None:
    before = window.remembered().layout
    trigger(window, "workspace_lab")
    assert window.remembered().layout == before
    assert window.remembered().workspace == "lab"


def test_that_an_unknown_workspace_is_the_network(window) -> None:
    window.workspaces.choose("of another version")
    assert window.workspaces.key == NETWORK


def test_that_copying_puts_every_number_of_the_step_on_the_clipboard(window) -> None:
    window.controller.go_to(Cursor(0, 3, 10, 12, 9))
    trigger(window, "copy")
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    lines = [line.split("\t") for line in clipboard.text().splitlines()]
    products = [float(line[6]) for line in lines if line[0].isdigit()]
    assert len(products) == 9
    stage = window.pane("stage").shown
    assert float(lines[-1][-1]) == stage.ledger.result


def test_that_numbers_are_saved_or_a_sentence_says_why_not(window, tmp_path) -> None:
    window.requests.write_numbers(tmp_path / "numbers.csv")
    assert (tmp_path / "numbers.csv").read_text("utf-8-sig").startswith("term,channel")
    (tmp_path / "folder.csv").mkdir()
    window.requests.write_numbers(tmp_path / "folder.csv")
    assert window.banner.isVisible()
