"""The open lesson as a file, from the window's menu, while the window goes on."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt6.QtWidgets import QApplication, QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from cnnviz.control.language import use_language
from cnnviz.ui import lesson_html
from cnnviz.ui.lesson_files import LessonFiles
from cnnviz.ui.main_window import MainWindow
from tests.full_disks import REFUSALS, refuse
from tests.lessons import LAB, QUESTION, step, write_lesson

PATIENCE = 30_000

STEPS = (
    step(LAB + "column = 1\n", title="One"),
    step(LAB + 'hide = ["output"]\n', QUESTION, "Two"),
)


@pytest.fixture
def files(window: MainWindow, tmp_path: Path) -> Iterator[LessonFiles]:
    """With a lesson of two steps open."""
    folder = tmp_path / "lessons"
    folder.mkdir()
    assert window.requests.lectures.open(write_lesson(folder, *STEPS))
    yield window.requests.lesson_files
    window.requests.lesson_files.cancel()


def finish(files: LessonFiles, qtbot: QtBot) -> str:
    """Wait for the end, and what the banner says of it."""
    qtbot.waitUntil(lambda: files.drawing is None, timeout=PATIENCE)
    return str(files._window.banner.problem)


def left_in(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir() if file.name != "lessons")


def test_that_a_lesson_can_be_written_only_while_it_is_open(window: MainWindow) -> None:
    assert not window.actions_by_key["export_page"].isEnabled()


def test_that_an_open_lesson_becomes_a_page(
    files: LessonFiles, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    action = window.actions_by_key["export_page"]
    assert action.isEnabled()
    action.trigger()
    dialog = window.findChild(QFileDialog)
    assert dialog is not None
    assert not dialog.testOption(QFileDialog.Option.DontConfirmOverwrite)
    dialog.fileSelected.emit(str(tmp_path / "x"))
    dialog.close()
    bar = files.bar
    assert bar is not None
    qtbot.waitUntil(lambda: bar.bar.value() > 0, timeout=PATIENCE)
    assert "Lesson: " in bar.line.text()
    assert str(tmp_path / "x.html") in finish(files, qtbot)
    assert left_in(tmp_path) == ["x.html"]
    page = (tmp_path / "x.html").read_text("utf-8")
    assert "Words of <em>One</em>." in page
    assert files.bar is None


def test_that_it_is_in_the_windows_language(
    files: LessonFiles, qapp: QApplication, qtbot: QtBot, tmp_path: Path
) -> None:
    use_language(qapp, "ko")
    files.begin(tmp_path / "x.html")
    finish(files, qtbot)
    assert "얼마?" in (tmp_path / "x.html").read_text("utf-8")


def test_that_no_file_mixes_two_languages(
    files: LessonFiles, qapp: QApplication, qtbot: QtBot, tmp_path: Path
) -> None:
    files.begin(tmp_path / "x.html")
    use_language(qapp, "ko")
    assert "The language was changed" in finish(files, qtbot)
    assert not left_in(tmp_path)


@pytest.mark.parametrize("after", [0, 1])
def test_that_cancelling_leaves_nothing(
    files: LessonFiles, qtbot: QtBot, tmp_path: Path, after: int
) -> None:
    files.begin(tmp_path / "x.html")
    bar = files.bar
    assert bar is not None
    qtbot.waitUntil(lambda: bar.bar.value() >= after, timeout=PATIENCE)
    bar.cancel.click()
    assert files.drawing is None
    assert not left_in(tmp_path)
    files.begin(tmp_path / "y.html")  # another can follow
    finish(files, qtbot)
    assert left_in(tmp_path) == ["y.html"]


def test_that_closing_the_window_ends_it(
    files: LessonFiles, window: MainWindow, tmp_path: Path
) -> None:
    files.begin(tmp_path / "x.html")
    window.close()
    assert files.drawing is None
    assert not left_in(tmp_path)


def test_that_a_folder_that_is_not_there_is_said_in_the_banner(
    files: LessonFiles, qtbot: QtBot, tmp_path: Path
) -> None:
    files.begin(tmp_path / "none" / "x.html")
    assert "x.html" in finish(files, qtbot)
    assert not left_in(tmp_path)


@pytest.mark.parametrize("ending", [".html", ".pdf"])
@pytest.mark.parametrize(("code", "sentence"), REFUSALS)
def test_that_what_the_system_refuses_is_said_and_the_old_file_stays(
    files: LessonFiles, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    ending: str, code: int, sentence: str,
) -> None:  # fmt: skip
    path = tmp_path / f"x{ending}"
    path.write_bytes(b"old")
    refuse(monkeypatch, code)
    files.begin(path)
    assert finish(files, qtbot) == sentence.format(file=path.name, folder=tmp_path)
    assert left_in(tmp_path) == [path.name]
    assert path.read_bytes() == b"old"


def test_that_a_file_that_was_not_named_is_asked_about(
    files: LessonFiles, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    there = tmp_path / "x.html"
    there.write_bytes(b"old")
    files.named(tmp_path / "x.htm", ".html")
    box = window.findChild(QMessageBox)
    assert box is not None
    assert "x.html" in box.text()
    assert files.drawing is None
    box.reject()
    assert there.read_bytes() == b"old"
    files.named(there, ".html")  # the dialog of files has asked about it
    finish(files, qtbot)
    assert there.read_bytes() != b"old"


def test_that_a_lesson_that_is_cancelled_while_it_is_put_together_leaves_nothing(
    files: LessonFiles, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(*_: object, **__: object) -> str:
        begun.set()
        go_on.wait(PATIENCE)
        return "content"

    monkeypatch.setattr(lesson_html, "lesson_page", slow)
    files.begin(tmp_path / "x.html")
    assert files.bar is not None
    qtbot.waitUntil(begun.is_set, timeout=PATIENCE)
    start = time.monotonic()
    files.bar.cancel.click()
    assert time.monotonic() - start < 2, "nobody waits for what is being made"
    go_on.set()
    for thread in threading.enumerate():
        if thread.name == "file":
            thread.join()
    assert not left_in(tmp_path)


def test_that_one_is_written_at_a_time(
    files: LessonFiles, window: MainWindow, tmp_path: Path
) -> None:
    files.begin(tmp_path / "x.html")
    first = files.drawing
    files.begin(tmp_path / "y.html")
    assert files.drawing is first
    files.export(".html")
    assert "is being written" in str(window.banner.problem)


def test_that_nothing_is_written_over_a_lecture(files: LessonFiles, window: MainWindow) -> None:
    lectures = window.requests.lectures
    lectures.present_here()
    assert not window.actions_by_key["export_page"].isEnabled()
    lectures.leave()
    assert window.actions_by_key["export_page"].isEnabled() == lectures.active
    lectures.lecture.close()
    assert not window.actions_by_key["export_page"].isEnabled()


def test_that_an_open_lesson_becomes_a_handout(
    files: LessonFiles, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    assert window.actions_by_key["export_handout"].isEnabled()
    files.begin(tmp_path / "x.pdf")
    assert "x.pdf" in finish(files, qtbot)
    assert (tmp_path / "x.pdf").read_bytes().startswith(b"%PDF")
    assert left_in(tmp_path) == ["x.pdf"]


def test_that_a_handout_that_is_cancelled_leaves_nothing(
    files: LessonFiles, tmp_path: Path
) -> None:
    files.begin(tmp_path / "x.pdf")
    assert files.bar is not None
    files.bar.cancel.click()
    assert files.drawing is None
    assert not left_in(tmp_path)
