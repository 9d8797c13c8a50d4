"""The workspace of runs: the list, and what is done with the runs in it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QApplication, QFileDialog, QLineEdit, QMenu

from cnnviz.control.language import use_language
from cnnviz.engine.run_file import RunFile
from cnnviz.engine.run_mark import being_written
from cnnviz.engine.run_notes import name_of
from cnnviz.engine.run_places import runs_folder
from cnnviz.ui.main_window import MainWindow
from cnnviz.ui.runs import RunsPage
from cnnviz.ui.theme import LIGHT, Theme
from cnnviz.ui.workspace import NETWORK
from tests.engine.test_run_reading import write
from tests.ui.hands import press

NAMES = ("first", "second", "third")


@pytest.fixture
def page(qtbot, window: MainWindow) -> RunsPage:
    """With three runs, and a file that is none; newest first."""
    runs_folder().mkdir(parents=True)
    for day, name in enumerate(NAMES, start=1):
        write(runs_folder(), name, begun=f"2026-11-0{day}T12:00:00+00:00", epochs=5 - day)
    (runs_folder() / "broken.cnnviz").write_text("mine")
    window.actions_by_key["workspace_runs"].trigger()
    made = window.workspaces.page
    assert isinstance(made, RunsPage)
    qtbot.waitUntil(lambda: len(made.table.rows) == 4)
    return made


def shown(page: RunsPage) -> list[str]:
    items = (page.table.item(place, 0) for place in range(page.table.rowCount()))
    return [item.text() for item in items if item is not None]


def row_texts(page: RunsPage, place: int) -> list[str]:
    items = (page.table.item(place, column) for column in range(page.table.columnCount()))
    return [item.text() for item in items if item is not None]


def states(page: RunsPage) -> dict[str, str]:
    return {name: row_texts(page, place)[-1] for place, name in enumerate(shown(page))}


def select(page: RunsPage, *names: str) -> None:
    page.table.select(tuple(runs_folder() / f"{name}.cnnviz" for name in names))


def test_that_the_list_says_what_was_recorded(window: MainWindow, page: RunsPage) -> None:
    assert shown(page) == ["third", "second", "first", "broken"]
    third, first = row_texts(page, 0), row_texts(page, 2)
    assert third[1:3] == ["Tiny", "MNIST, 30 images, pixels shuffled"]
    assert third[4:7] == ["60 · 2/2", "34.5000", "87.50 %"]
    assert [first[4], first[-1]] == ["60 · 4/2", "complete"]
    broken = row_texts(page, 3)
    assert "not a run of cnnviz" in broken[1]
    assert broken[-1] == "cannot be read"
    assert not window.actions_by_key["forward"].isEnabled(), "there is nothing to step through"


def test_that_what_can_be_done_depends_on_what_is_selected(
    window: MainWindow, page: RunsPage
) -> None:
    def possible() -> list[bool]:
        keys = ("rename_run", "remove_runs", "export_runs")
        return [window.actions_by_key[key].isEnabled() for key in keys]

    assert possible() == [False, False, False]
    select(page, "first")
    assert possible() == [True, True, True]
    select(page, "first", "second")
    assert possible() == [False, True, True]
    select(page, "broken")
    assert possible() == [False, True, False]


def test_that_a_run_is_renamed_in_its_cell_and_that_can_be_undone(
    qtbot, window: MainWindow, page: RunsPage
) -> None:
    select(page, "second")
    window.actions_by_key["rename_run"].trigger()
    editor = page.table.findChild(QLineEdit)
    assert editor is not None
    editor.setText("with {braces}")
    press(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: shown(page)[1] == "with {braces}")
    with RunFile.open(runs_folder() / "second.cnnviz") as file:
        assert name_of(file) == "with {braces}"
    assert [row.name for row in page.table.selected] == ["with {braces}"]
    window.actions_by_key["undo"].trigger()
    qtbot.waitUntil(lambda: shown(page)[1] == "second")
    window.actions_by_key["redo"].trigger()
    qtbot.waitUntil(lambda: shown(page)[1] == "with {braces}")


def test_that_runs_are_deleted_and_put_back(qtbot, window: MainWindow, page: RunsPage) -> None:
    select(page, "first", "third", "broken")
    window.actions_by_key["remove_runs"].trigger()
    qtbot.waitUntil(lambda: shown(page) == ["second"])
    assert sorted(path.stem for path in runs_folder().glob("*.cnnviz")) == ["second"]
    window.actions_by_key["undo"].trigger()
    qtbot.waitUntil(lambda: shown(page) == ["third", "second", "first", "broken"])
    window.actions_by_key["redo"].trigger()
    qtbot.waitUntil(lambda: shown(page) == ["second"])


def test_that_a_run_that_is_written_to_stays(qtbot, window: MainWindow, page: RunsPage) -> None:
    path = write(runs_folder(), "busy", epochs=0)
    with being_written(path):
        qtbot.waitUntil(lambda: states(page).get("busy") == "being written")
        select(page, "busy")
        window.actions_by_key["remove_runs"].trigger()
        assert "busy is being written" in window.banner.label.text()
    assert not page.history.can_undo
    select(page, "third")
    window.controller.run_path = runs_folder() / "third.cnnviz"
    window.actions_by_key["remove_runs"].trigger()
    assert "third is the run of this window" in window.banner.label.text()
    assert (runs_folder() / "third.cnnviz").exists()


def test_that_metrics_are_exported(qtbot, window: MainWindow, page: RunsPage, tmp_path) -> None:
    select(page, "first", "second")
    window.actions_by_key["export_runs"].trigger()
    dialog = page.findChild(QFileDialog)
    assert dialog is not None
    file: Path = tmp_path / "metrics.csv"
    dialog.fileSelected.emit(str(file))
    dialog.close()
    qtbot.waitUntil(file.exists)
    lines = file.read_text("utf-8-sig").splitlines()
    assert lines[0] == "run,step,loss,test_loss,test_accuracy,whole_test_set"
    assert len(lines) == 1 + 2 * 60
    assert lines[1].startswith("second,1,0.0")


def test_that_an_export_that_fails_is_said(qtbot, window: MainWindow, page: RunsPage) -> None:
    select(page, "first")
    page.runs.export(page.table.selected, Path("/proc/nothing/metrics.csv"))
    qtbot.waitUntil(lambda: "could not be written" in window.banner.label.text())


def test_that_selected_lines_are_copied_as_a_table(window: MainWindow, page: RunsPage) -> None:
    select(page, "first")
    window.actions_by_key["copy"].trigger()
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    heading, line = clipboard.text().splitlines()
    assert heading.split("\t")[0] == "name"
    assert line.split("\t")[:2] == ["first", "Tiny"]


def test_that_a_run_is_opened_in_the_network_workspace(
    window: MainWindow, page: RunsPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path] = []
    monkeypatch.setattr(window.controller, "open_run", asked.append)
    select(page, "first")
    page.table.customContextMenuRequested.emit(QPoint(5, 5))
    menu = page.findChildren(QMenu)[-1]
    menu.actions()[0].trigger()
    menu.close()
    assert asked == [runs_folder() / "first.cnnviz"]
    assert window.workspaces.key == NETWORK
    page.table.itemActivated.emit(page.table.item(2, 0))
    assert len(asked) == 2


def test_that_selection_and_cells_survive_a_growing_list(
    qtbot, window: MainWindow, page: RunsPage
) -> None:
    select(page, "second", "broken")
    write(runs_folder(), "new", begun="2026-12-01")
    qtbot.waitUntil(lambda: shown(page)[0] == "new")
    assert [row.path.stem for row in page.table.selected] == ["second", "broken"]
    with RunFile.open(runs_folder() / "second.cnnviz", readonly=False) as file:
        file.append_losses(61, np.zeros(1, dtype=np.float32))
    qtbot.waitUntil(lambda: row_texts(page, 2)[4] == "61 · 3/2")


def test_that_the_page_speaks_korean_and_takes_another_theme(
    qtbot, qapp: QApplication, window: MainWindow, page: RunsPage
) -> None:
    use_language(qapp, "ko")
    qtbot.waitUntil(lambda: row_texts(page, 2)[-1] == "완료")
    assert row_texts(page, 0)[2] == "MNIST, 이미지 30장, 픽셀 섞음"
    window.set_theme(Theme(LIGHT, 1.5))
    assert page.table.rowHeight(0) == 42
