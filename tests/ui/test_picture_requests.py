"""Pictures of panes as files, on the clipboard and at the mouse; numbers as LaTeX and tables."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QMimeData, QPoint, Qt
from PyQt6.QtGui import QCursor, QDrag, QGuiApplication, QImage
from PyQt6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from cnnviz.core.scenes.stage import StageScene, stage_scene
from cnnviz.ui import picture_files, picture_requests
from cnnviz.ui.dialogs.picture import PDF, PNG, SVG, PictureChoice, PictureDialog
from cnnviz.ui.drawn import Drawn, image, in_light, size
from cnnviz.ui.main_window import MainWindow
from cnnviz.ui.panes.stage import StagePane
from tests.full_disks import REFUSALS, refuse
from tests.pictures import pixels


def offered(window: MainWindow, key: str) -> Drawn:
    found = {what.pane.key: what for what in window.requests.pictures.offered()}
    return found[key]


def written(
    window: MainWindow, path: Path, choice: PictureChoice, key: str = "stage"
) -> tuple[str, bool]:
    """Write a picture; what is said of it, and whether it failed."""
    said: list[tuple[str, bool]] = []
    pictures = window.requests.pictures
    window.banner.said.connect(lambda problem, failed: said.append((str(problem), failed)))
    pictures.write(path, offered(window, key), choice)
    while pictures.files.busy:
        QApplication.processEvents()
    return said[-1]


def clipboard_text() -> str:
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    return clipboard.text()


def scene_of(window: MainWindow) -> StageScene:
    scene = stage_scene(window.controller.view)
    assert isinstance(scene, StageScene)
    return scene


@pytest.mark.parametrize("scale", [1, 3])
def test_that_a_png_has_the_pixels_that_are_drawn(
    window: MainWindow, tmp_path: Path, scale: int
) -> None:
    path = tmp_path / "stage.png"
    expected = pixels(image(offered(window, "stage"), scale))
    text, failed = written(window, path, PictureChoice(scale=scale))
    assert not failed
    assert "stage.png" in text
    assert np.array_equal(pixels(QImage(str(path))), expected)


@pytest.mark.parametrize(("ending", "begin"), [(SVG, b"<?xml"), (PDF, b"%PDF-")])
def test_that_the_name_of_the_file_says_of_what_kind_it_is(
    window: MainWindow, tmp_path: Path, ending: str, begin: bytes
) -> None:
    path = tmp_path / f"maps{ending.upper()}"
    assert not written(window, path, PictureChoice(PNG), "maps")[1]
    assert path.read_bytes().startswith(begin)


def test_that_another_ending_is_refused_with_the_ones_there_are(
    window: MainWindow, tmp_path: Path
) -> None:
    text, failed = written(window, tmp_path / "stage.bmp", PictureChoice())
    assert failed
    assert "stage.bmp" in text
    assert ".png, .svg or .pdf" in text
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("ending", [PNG, SVG, PDF])
@pytest.mark.parametrize(("code", "sentence"), REFUSALS)
def test_that_what_the_system_refuses_is_said_and_the_old_file_stays(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    ending: str, code: int, sentence: str,
) -> None:  # fmt: skip
    path = tmp_path / f"maps{ending}"
    path.write_bytes(b"old")
    refuse(monkeypatch, code)
    text, failed = written(window, path, PictureChoice(), "maps")
    assert failed
    assert text == sentence.format(file=path.name, folder=tmp_path)
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"old"]


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Packing takes until this is set."""
    go_on = threading.Event()

    def packed(*_: object) -> bytes:
        go_on.wait(10)
        return b"content"

    monkeypatch.setattr(picture_requests, "png", packed)
    monkeypatch.setattr(picture_files, "NOTICED", 0.02)
    yield go_on
    go_on.set()


def test_that_a_picture_that_takes_long_is_said_and_can_be_cancelled(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, slow: threading.Event
) -> None:
    files = window.requests.pictures.files
    window.requests.pictures.write(
        tmp_path / "a.png", offered(window, "maps"), PictureChoice(scale=1)
    )
    assert not files.bars
    qtbot.waitUntil(lambda: bool(files.bars))
    (bar,) = files.bars.values()
    assert bar.line.text() == "Picture: a.png"
    window.controller.step(1)  # the window goes on
    bar.cancel.click()
    assert not files.busy
    assert not files.bars
    slow.set()
    for thread in threading.enumerate():
        if thread.name == "file":
            thread.join()
    assert not list(tmp_path.iterdir())


def test_that_a_picture_is_finished_when_the_window_is_closed(
    window: MainWindow, tmp_path: Path
) -> None:
    files = window.requests.pictures.files
    window.requests.pictures.write(tmp_path / "a.svg", offered(window, "maps"), PictureChoice(SVG))
    window.close()
    assert not files.busy
    assert (tmp_path / "a.svg").read_bytes().startswith(b"<?xml")


def test_that_a_folder_that_is_none_gets_a_sentence(window: MainWindow, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    text, failed = written(window, tmp_path / "file" / "a.png", PictureChoice())
    assert failed
    assert text.startswith("a.png: the file could not be written: ")


def test_that_a_light_picture_is_written_from_a_dark_window(
    window: MainWindow, tmp_path: Path
) -> None:
    path = tmp_path / "a.png"
    what = offered(window, "stage")
    dark = pixels(image(what))
    with in_light(what):
        expected = pixels(image(what))
    assert not np.array_equal(dark, expected)
    written(window, path, PictureChoice(scale=1, light=True))
    assert np.array_equal(pixels(QImage(str(path))), expected)


def test_that_the_pane_with_the_keyboard_is_proposed_or_else_the_stage(
    window: MainWindow, qtbot: QtBot
) -> None:
    def proposed() -> str:
        window.requests.pictures.save()
        (dialog,) = window.findChildren(PictureDialog)
        text = dialog.pane.currentText()
        dialog.reject()
        qtbot.waitUntil(lambda: not window.findChildren(PictureDialog))
        return text

    window.setFocus()
    assert proposed() == "Step by step"
    window.docks["maps"].pane.setFocus()
    assert proposed() == "Activation maps"


def test_that_only_panes_on_the_screen_that_show_something_are_offered(window: MainWindow) -> None:
    window.docks["maps"].hide()
    keys = [what.pane.key for what in window.requests.pictures.offered()]
    assert "stage" in keys
    assert "maps" not in keys
    assert "loss" not in keys, "nothing has been trained yet"


def test_that_the_dialog_asks_for_a_file_of_the_chosen_kind(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    window.requests.pictures.save(window.docks["maps"])
    (dialog,) = window.findChildren(PictureDialog)
    whole = size(offered(window, "maps"))
    assert f"{2 * whole.width()}×{2 * whole.height()}" in dialog.scale.currentText()
    dialog.kind.setCurrentIndex(1)
    assert not dialog.scale.isEnabled()
    dialog._accept()
    (files,) = window.findChildren(QFileDialog)
    assert files.defaultSuffix() == "svg"
    assert not files.testOption(QFileDialog.Option.DontConfirmOverwrite)
    path = tmp_path / "maps.svg"
    files.fileSelected.emit(str(path))
    files.reject()
    qtbot.waitUntil(lambda: not window.requests.pictures.files.busy)
    assert path.read_bytes().startswith(b"<?xml")
    qtbot.waitUntil(lambda: not window.findChildren((PictureDialog, QFileDialog)))


def test_that_cancelling_leaves_no_file(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    window.requests.pictures.save()
    (dialog,) = window.findChildren(PictureDialog)
    dialog._accept()
    (files,) = window.findChildren(QFileDialog)
    files.reject()
    qtbot.waitUntil(lambda: not window.findChildren((PictureDialog, QFileDialog)))
    assert not list(tmp_path.iterdir())


def test_that_a_copied_picture_is_twice_as_fine_as_the_screen(window: MainWindow) -> None:
    expected = pixels(image(offered(window, "maps"), 2))
    window.requests.pictures.copy(window.docks["maps"])
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    assert np.array_equal(pixels(clipboard.image()), expected)


def drag(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> list[QMimeData]:
    carried: list[QMimeData] = []

    def carry(self: QDrag, *_: object) -> Qt.DropAction:
        data = QMimeData()
        given = self.mimeData()
        assert given is not None
        data.setImageData(given.imageData())
        data.setUrls(given.urls())
        carried.append(data)
        return Qt.DropAction.CopyAction

    monkeypatch.setattr(QDrag, "exec", carry)
    act()
    return carried


def test_that_a_picture_is_dragged_out_by_its_handle_and_the_dock_stays(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    dock = window.docks["maps"]
    dock.bar._show_buttons(True)
    QApplication.processEvents()
    handle, left = dock.bar.picture, Qt.MouseButton.LeftButton
    asked: list[bool] = []
    dock.picture_requested.connect(lambda: asked.append(True))

    def pull() -> None:
        qtbot.mousePress(handle, left, pos=QPoint(5, 5))
        qtbot.mouseMove(handle, QPoint(60, 60))
        qtbot.mouseRelease(handle, left, pos=QPoint(60, 60))

    (data,) = drag(monkeypatch, pull)
    assert not dock.isFloating()
    assert not asked, "a drag is no click"
    (url,) = data.urls()
    expected = pixels(image(offered(window, "maps"), 2))
    assert np.array_equal(pixels(QImage(url.toLocalFile())), expected)


def test_that_a_click_on_the_handle_asks_how_the_picture_is_to_be(
    window: MainWindow, qtbot: QtBot
) -> None:
    bar = window.docks["kernels"].bar
    bar._show_buttons(True)
    bar.picture.click()
    (dialog,) = window.findChildren(PictureDialog)
    assert dialog.pane.currentText() == "Kernels"
    dialog.reject()
    qtbot.waitUntil(lambda: not window.findChildren(PictureDialog))


def test_that_the_arithmetic_of_the_element_is_copied_as_latex(window: MainWindow) -> None:
    window.requests.pictures.copy_latex()
    text = clipboard_text()
    place = ",".join(str(int(i)) for i in scene_of(window).element)
    assert (
        r"H_{\text{out}} &= \left\lfloor \frac{28 - 3 + 2\cdot 1}{1}\right\rfloor + 1 = 28" in text
    )
    assert f"\n\\[\\begin{{aligned}}\n\\text{{out}}_{{{place}}} &= " in text
    assert text.count(r"\cdot") == 2 + 9


def test_that_the_map_of_the_cursor_is_copied_with_all_its_digits(window: MainWindow) -> None:
    window.controller.choose_channel(5)
    QCursor.setPos(QPoint(0, 0))
    window.requests.pictures.copy_map()
    rows = [row.split("\t") for row in clipboard_text().splitlines()]
    copied = np.array([[float(cell) for cell in row] for row in rows], dtype=np.float32)
    assert np.array_equal(copied, scene_of(window).output[5])


def test_that_the_input_map_under_the_mouse_is_copied_instead(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    pane = window.docks["stage"].pane
    assert isinstance(pane, StagePane)
    cells = pane.body.arrangement()
    assert cells is not None
    place = pane.body.mapToGlobal(cells.input.rect.center()).toPoint()
    monkeypatch.setattr(QCursor, "pos", lambda: place)
    window.requests.pictures.copy_matrix()
    text = clipboard_text()
    assert text.startswith("\\[\\left[\\begin{array}{" + 28 * "r" + "}")
    first = float(text.splitlines()[1].split(" & ")[0])
    assert first == pytest.approx(float(scene_of(window).input[0, 0, 0]), abs=1e-4)


def test_that_a_picture_that_is_written_is_waited_for_at_the_end(
    window: MainWindow, tmp_path: Path
) -> None:
    path = tmp_path / "a.png"
    what = offered(window, "stage")
    width = size(what).width()
    window.requests.pictures.write(path, what, PictureChoice(scale=4))
    window.close()
    assert QImage(str(path)).width() == 4 * width
