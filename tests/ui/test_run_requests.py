"""Opening runs from the window: menu, drop, command line, and the offer in the banner."""

from __future__ import annotations

from pathlib import Path

import pytest
from PyQt6.QtCore import QMimeData, QPointF, Qt, QUrl
from PyQt6.QtGui import QDropEvent
from PyQt6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from cnnviz.control.language import use_language
from cnnviz.core.events import Notice
from cnnviz.core.experiment import Experiment
from cnnviz.core.problem import Problem
from cnnviz.engine.run_file import RunFile
from cnnviz.ui.banner import Banner
from cnnviz.ui.main_window import MainWindow
from cnnviz.ui.theme import Theme
from tests.control.runners import FakeRunner, experiment
from tests.engine.test_run_file import stored


def write_run(path: Path) -> Path:
    with RunFile.create(path, experiment("lenet5")) as file:
        for step in range(3):
            file.append_snapshot(stored(step))
    return path


def drop(window: MainWindow, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    window.dropEvent(
        QDropEvent(
            QPointF(5, 5),
            Qt.DropAction.CopyAction,
            data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
    )


def test_that_a_dropped_run_is_opened_where_it_ends(
    qtbot: QtBot, window: MainWindow, runner: FakeRunner, tmp_path: Path
) -> None:
    path = write_run(tmp_path / "a.cnnviz")
    window.requests.choose_workspace("lab")
    drop(window, path)
    qtbot.waitUntil(lambda: runner.asked[-1][0] == "restart", timeout=5000)
    _, asked, resume, same_file = runner.asked[-1]
    assert isinstance(asked, Experiment)
    assert asked.network.key == "lenet5"
    assert (resume, same_file) == ((path, 2), True)
    assert window.workspaces.key == "network"
    assert window.preferences.recent == [str(path)]


def test_that_a_broken_run_that_is_dropped_is_a_sentence(
    qtbot: QtBot, window: MainWindow, runner: FakeRunner, tmp_path: Path
) -> None:
    path = tmp_path / "broken.cnnviz"
    path.write_bytes(b"x" * 3000)
    before = len(runner.asked)
    drop(window, path)
    qtbot.waitUntil(window.banner.isVisible, timeout=5000)
    assert "broken.cnnviz" in window.banner.label.text()
    assert not [asked for asked in runner.asked[before:] if asked[0] == "restart"]


def test_that_the_menu_asks_for_a_file(qtbot: QtBot, window: MainWindow) -> None:
    window.actions_by_key["open_run"].trigger()
    dialog = window.findChild(QFileDialog)
    assert dialog is not None
    assert "cnnviz" in dialog.nameFilters()[0]
    dialog.close()


def test_that_a_run_that_was_cut_off_is_offered_and_resumed(
    qtbot: QtBot, window: MainWindow, runner: FakeRunner, tmp_path: Path
) -> None:
    path = write_run(tmp_path / "a.cnnviz")
    path.with_name(".a.cnnviz.recording").touch()
    window.controller.time.look_for_cut_off(tmp_path)
    qtbot.waitUntil(window.banner.isVisible, timeout=5000)
    assert "was cut off at step 2" in window.banner.label.text()
    assert window.isActiveWindow() or QApplication.activeModalWidget() is None
    assert window.banner.offer_button.isVisible()
    assert window.banner.offer_button.text() == "Resume"
    window.banner.offer_button.click()
    assert not window.banner.isVisible()
    qtbot.waitUntil(lambda: runner.asked[-1] == ("train",), timeout=5000)
    assert [asked[2:] for asked in runner.asked if asked[0] == "restart"] == [((path, 2), True)]


def test_that_recording_which_stops_reaches_the_banner(
    window: MainWindow, runner: FakeRunner
) -> None:
    said = Problem("This run is recorded no further: {problem}. Training goes on.", problem="full")
    runner.waiting.append(Notice(said))
    window.controller.drain()
    assert window.banner.isVisible()
    assert "recorded no further" in window.banner.label.text()
    assert not window.banner.offer_button.isVisible()


@pytest.mark.parametrize("width", [700, 1280, 1900])
def test_that_a_sentence_takes_the_lines_it_needs_and_no_more(
    qtbot: QtBot, window: MainWindow, width: int
) -> None:
    window.resize(width, 720)
    qtbot.wait(50)  # until the menus have found their row
    bar = window.topbar.height()
    window.banner.say(Problem("The numbers of this step. {many}", many="More words. " * 20), True)
    qtbot.wait(50)
    banner = window.banner
    needed = banner.heightForWidth(banner.width())
    assert needed <= banner.height() <= needed + 4
    assert window.topbar.height() <= bar + 4


@pytest.mark.parametrize(("language", "text"), [("en", "Resume"), ("ko", "이어서 학습")])
def test_that_an_offer_speaks_the_language_and_goes_with_the_next_sentence(
    qtbot: QtBot, qapp: QApplication, language: str, text: str
) -> None:
    banner, taken = Banner(), list[int]()
    qtbot.addWidget(banner)
    try:
        use_language(qapp, language)
        banner.set_theme(Theme())
        banner.offer(Problem("This run is open already."), "Resume", lambda: taken.append(1))
        assert banner.offer_button.text() == text
        banner.say(Problem("This run is open already."), False)
        assert not banner.offer_button.isVisible()
        banner.offer_button.click()
        assert taken == []
    finally:
        use_language(qapp, "en")
