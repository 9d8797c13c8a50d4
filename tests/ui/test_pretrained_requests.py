"""Pretrained weights from the menu: offered, downloaded, failed, cancelled, or not to be had."""

from __future__ import annotations

from pathlib import Path

import pytest
from PyQt6.QtWidgets import QMessageBox, QProgressDialog, QPushButton
from pytestqt.qtbot import QtBot

from cnnviz.control import downloading
from cnnviz.core.pretrained import PRETRAINED, Pretrained
from cnnviz.core.problem import Problem
from cnnviz.ui import action_states, fetching, pretrained_requests
from cnnviz.ui.main_window import MainWindow
from tests.control.runners import FakeRunner
from tests.ui.test_data_requests import FakeDownload

WEIGHTS = PRETRAINED[0]


@pytest.fixture
def taken(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> list[tuple[Path, Pretrained]]:
    """What is read as weights; the open network is one that has published ones."""
    found: list[tuple[Path, Pretrained]] = []
    for module in (pretrained_requests, action_states):
        monkeypatch.setattr(module, "pretrained_for", lambda key: WEIGHTS)
    monkeypatch.setattr(pretrained_requests, "place_of", lambda weights: None)
    monkeypatch.setattr(pretrained_requests, "weights_folder", lambda: Path("/w"))
    monkeypatch.setattr(downloading, "Download", FakeDownload)
    monkeypatch.setattr(downloading, "INTERVAL", 1)
    weights = window.controller.weights
    monkeypatch.setattr(weights, "open_pretrained", lambda *given: found.append(given))
    window.look()
    return found


def downloads(window: MainWindow) -> QProgressDialog:
    """Take the action, and say yes to the download."""
    window.actions_by_key["pretrained"].trigger()
    (box,) = window.findChildren(QMessageBox)
    assert box.text() == (
        "AlexNet, pretrained (torchvision) is not on this computer. Download 244 MB "
        "from download.pytorch.org?"
    )
    box.accept()
    return window.findChildren(QProgressDialog)[-1]


def test_that_a_network_without_published_weights_says_why(window: MainWindow) -> None:
    action = window.actions_by_key["pretrained"]
    assert not action.isEnabled()
    assert action.toolTip() == (
        "There are published weights for AlexNet · ImageNet, VGG-16 · ImageNet, ResNet-18 · "
        "ImageNet only; choose one of them from the list of networks"
    )
    assert action.statusTip() == action.toolTip()
    window.requests.pretrained.get()
    assert "There are published weights for" in window.banner.label.text()


def test_that_weights_are_downloaded_with_the_time_left_and_read(
    window: MainWindow,
    taken: list[tuple[Path, Pretrained]],
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fetching, "LEFT_AFTER", 0.0)
    progress = downloads(window)
    FakeDownload.made.done = WEIGHTS.size // 2
    qtbot.waitUntil(lambda: progress.labelText().endswith(" left"))
    assert ": 122.2 of 244.4 MB, " in progress.labelText()
    FakeDownload.made.complete = FakeDownload.made.finished = True
    qtbot.waitUntil(lambda: window.requests.fetching.job is None)
    assert taken == [(Path("/w") / WEIGHTS.file.name, WEIGHTS)]


def test_that_weights_that_are_here_are_read_without_a_question(
    window: MainWindow, taken: list[tuple[Path, Pretrained]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pretrained_requests, "place_of", lambda weights: Path("/here"))
    window.actions_by_key["pretrained"].trigger()
    assert taken == [(Path("/here"), WEIGHTS)]


def test_that_a_failure_is_one_banner_that_says_what_to_do(
    window: MainWindow, runner: FakeRunner, taken: list[tuple[Path, Pretrained]], qtbot: QtBot
) -> None:
    before = list(runner.asked)
    downloads(window)
    FakeDownload.made.problem = Problem("it could not be downloaded from http://x: no route")
    FakeDownload.made.finished = True
    qtbot.waitUntil(lambda: window.requests.fetching.job is None)
    said = window.banner.label.text()
    assert said.startswith("it could not be downloaded from http://x: no route. Nothing was")
    assert said.endswith("open it here with Open weights")
    assert (taken, runner.asked) == ([], before)


def test_that_a_download_can_be_cancelled_and_two_do_not_run_at_once(
    window: MainWindow, taken: list[tuple[Path, Pretrained]]
) -> None:
    progress = downloads(window)
    window.requests.fetching.fetch(WEIGHTS, Path("/w"), lambda: None, lambda problem: None)
    assert "Another download is under way" in window.banner.label.text()
    (button,) = progress.findChildren(QPushButton)
    button.click()
    assert FakeDownload.made.cancelled
    assert window.requests.fetching.job is None
    assert taken == []
