"""A picture from a camera: offered where there is one, taken once, cancelled, given up."""

from __future__ import annotations

import subprocess
import sys
from typing import ClassVar

import numpy as np
import pytest
from PyQt6.QtCore import QCoreApplication, QObject, Qt, pyqtSignal
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QProgressDialog
from pytestqt.qtbot import QtBot

from cnnviz.control.language import use_language
from cnnviz.ui import camera
from cnnviz.ui.main_window import MainWindow
from cnnviz.ui.panes.own import OwnPane
from tests.ui.test_own_pane import scene_of


class FakeCapture(QObject):
    """Takes a picture when the test says so."""

    taken = pyqtSignal(QImage)
    failed = pyqtSignal(str)
    made: ClassVar[list[FakeCapture]] = []

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.said: list[str] = []
        self.made.append(self)

    def begin(self) -> None:
        self.said.append("begin")

    def end(self) -> None:
        self.said.append("end")


@pytest.fixture
def captures(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> list[FakeCapture]:
    """A camera is there; what was switched on."""
    monkeypatch.setattr(camera, "why_none", lambda: None)
    monkeypatch.setattr(camera, "Capture", FakeCapture)
    monkeypatch.setattr(FakeCapture, "made", [])
    return FakeCapture.made


def take(window: MainWindow) -> QProgressDialog:
    window.actions_by_key["camera"].trigger()
    found = window.findChild(QProgressDialog)
    assert found is not None
    return found


def test_that_a_picture_that_is_taken_becomes_the_networks_input(
    window: MainWindow, captures: list[FakeCapture], qtbot: QtBot
) -> None:
    assert take(window).isVisible()
    window.actions_by_key["camera"].trigger()  # one at a time
    (capture,) = captures
    image = QImage(64, 48, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    for row in range(10, 38):
        for column in range(30, 34):
            image.setPixel(column, row, 0xFF000000)
    capture.taken.emit(image)
    assert capture.said == ["begin", "end"]
    own = window.controller.own
    qtbot.waitUntil(lambda: own.picture is not None, timeout=5000)
    assert own.picture is not None
    assert own.picture.name == "Camera"
    assert own.picture.image.shape[1:] == (48, 64)
    assert np.argmin(own.picture.image[0].sum(axis=0)) in range(30, 34)
    assert window.controller.view.own_shown
    pane = window.docks["own"].pane
    assert isinstance(pane, OwnPane)
    qtbot.waitUntil(lambda: window.docks["own"].in_front)
    prepared = scene_of(pane).prepared
    assert prepared is not None
    assert prepared.inverted  # dark on light


def test_that_cancel_switches_the_camera_off_and_nothing_comes_after_it(
    window: MainWindow, captures: list[FakeCapture], qtbot: QtBot
) -> None:
    take(window).canceled.emit()
    (capture,) = captures
    assert capture.said == ["begin", "end"]
    capture.taken.emit(QImage(8, 8, QImage.Format.Format_RGB32))  # it was under way
    qtbot.wait(50)
    assert window.controller.own.picture is None
    assert not window.banner.isVisible()
    assert not window.requests.own.camera._patience.isActive()


def test_that_a_camera_that_fails_or_never_answers_is_said(
    window: MainWindow, captures: list[FakeCapture], monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    used = window.requests.own.camera
    take(window)
    with qtbot.waitSignal(used.noticed) as said:
        captures[0].failed.emit("it is in use")
    assert str(said.args[0]) == "The camera gave no picture: it is in use"
    used._patience.setInterval(1)
    with qtbot.waitSignal(used.noticed) as said:
        take(window)
    assert said.args[0] is camera.NO_PICTURE
    assert [capture.said for capture in captures] == [["begin", "end"]] * 2


@pytest.mark.parametrize("language", ["en", "ko"])
def test_that_without_a_camera_the_action_is_grey_and_says_why(
    language: str, window: MainWindow, qapp, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_language(qapp, language)
    QCoreApplication.processEvents()  # the window hears of it
    action, before = window.actions_by_key["camera"], window.actions_by_key["camera"].toolTip()
    assert action.isEnabled()  # nobody has looked
    window.actions_by_key["own_picture"].trigger()
    said = {"en": "No camera was found.", "ko": "카메라를 찾지 못했습니다."}[language]
    assert (action.isEnabled(), action.toolTip(), action.statusTip()) == (False, said, said)
    pane = window.docks["own"].pane
    assert isinstance(pane, OwnPane)
    assert not pane.controls.camera.isEnabled()
    monkeypatch.setattr(camera, "why_none", lambda: None)  # one is plugged in
    window.actions_by_key["own_picture"].trigger()
    assert (action.isEnabled(), action.toolTip(), action.statusTip()) == (True, before, "")


def test_that_a_system_without_qts_multimedia_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "platform", "other")
    monkeypatch.setitem(sys.modules, "PyQt6.QtMultimedia", None)
    said = camera.why_none()
    assert said is not None
    assert "Qt's multimedia" in str(said)


def test_that_multimedia_is_not_loaded_with_the_window() -> None:
    code = "import sys, cnnviz.ui.furnish; sys.exit('PyQt6.QtMultimedia' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
