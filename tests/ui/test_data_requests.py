"""The menu of data, downloads from it, and what is offered where data and network do not fit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt6.QtWidgets import QApplication, QMessageBox, QProgressDialog, QPushButton
from pytestqt.qtbot import QtBot

from cnnviz.control import controller as controlling
from cnnviz.control import downloading
from cnnviz.control.language import use_language
from cnnviz.core.dataset import Misfit
from cnnviz.core.events import Failed, Ready
from cnnviz.core.known_data import KNOWN, KnownSet, known
from cnnviz.core.network_file import read_network
from cnnviz.core.problem import Problem
from cnnviz.core.shapes import coloured_shapes
from cnnviz.opening import first_data
from cnnviz.resources import resource
from cnnviz.ui.dialogs.choice import ChoiceDialog
from cnnviz.ui.main_window import MainWindow
from tests.control.runners import CPU, FakeRunner
from tests.networks import bundled

SHAPES = coloured_shapes(0, 30, 20)


class FakeDownload:
    """A download without a thread; what becomes of it is said by hand."""

    made: FakeDownload

    def __init__(self, found: KnownSet, folder: Path) -> None:
        FakeDownload.made = self
        self.found = found
        self.done = 0
        self.problem: Problem | None = None
        self.finished = self.complete = self.cancelled = False

    def start(self) -> None:
        pass

    def cancel(self) -> None:
        self.cancelled = True


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Keys of the downloaded sets that are on this computer."""
    found: set[str] = set()
    monkeypatch.setattr(
        controlling, "place_of", lambda known: Path("x") if known.key in found else None
    )
    monkeypatch.setattr(downloading, "Download", FakeDownload)
    monkeypatch.setattr(downloading, "INTERVAL", 1)
    return found


@pytest.fixture
def ready(window: MainWindow, runner: FakeRunner, here: set[str]) -> Iterator[MainWindow]:
    """A window that trains the two-layer CNN on MNIST."""
    yield window
    for dialog in window.findChildren(ChoiceDialog):
        dialog.reject()


def texts(window: MainWindow) -> list[str]:
    window.requests.data.fill_menu()
    return [action.text() for action in window.menus.data.actions() if action.text()]


def titles_of(dialog: ChoiceDialog) -> list[str]:
    items = (dialog.list.item(row) for row in range(dialog.list.count()))
    return [item.text() for item in items if item is not None]


def refuse(window: MainWindow, runner: FakeRunner, shape: tuple[int, ...], classes: int) -> None:
    """The worker's answer to what was asked for last."""
    said = Misfit("{data}: it does not fit", shape=shape, classes=classes, data="Data")
    runner.waiting.append(Failed(said))
    window.controller.drain()


def asked_for(runner: FakeRunner) -> tuple[str, object]:
    name, experiment, *_ = runner.asked[-1]
    assert name == "restart"
    return experiment.network.key, experiment.data  # type: ignore[attr-defined]


def test_that_the_menu_lists_what_is_known_and_ticks_what_is_used(
    ready: MainWindow, runner: FakeRunner, here: set[str], qapp: QApplication
) -> None:
    here.add("fashion_mnist")
    assert texts(ready) == [
        "MNIST",
        "Fashion-MNIST",
        "Kuzushiji-MNIST, download…",
        "CIFAR-10, download…",
        "Coloured shapes",
        "Cuttings of photographs",
        "Open &data folder…",
    ]
    ready.menus.data.actions()[4].trigger()
    assert asked_for(runner) == ("two_layer_cnn", "shapes")
    runner.waiting.append(Ready(2, (CPU,), CPU, 30, 20, 3, SHAPES))
    ready.controller.drain()
    ready.requests.data.fill_menu()
    ticked = [action.text() for action in ready.menus.data.actions() if action.isChecked()]
    assert ticked == ["Coloured shapes"]
    assert ready.preferences.data == "shapes"
    use_language(qapp, "ko")
    assert "색 도형" in texts(ready)


def test_that_networks_are_offered_that_take_the_chosen_data(
    ready: MainWindow, runner: FakeRunner
) -> None:
    ready.requests.data.take("shapes")
    refuse(ready, runner, (3, 32, 32), 10)
    (dialog,) = ready.findChildren(ChoiceDialog)
    titles = titles_of(dialog)
    assert "Colour CNN" in titles
    assert "LeNet-5" not in titles
    dialog.list.setCurrentRow(titles.index("Colour CNN"))
    dialog.accept()
    assert asked_for(runner) == ("cifar_cnn", "shapes")
    assert ready.preferences.network == "cifar_cnn"


def test_that_data_are_offered_that_a_chosen_network_takes(
    ready: MainWindow, runner: FakeRunner
) -> None:
    ready.controller.choose_network(read_network(resource("networks", "cifar_cnn.toml")))
    refuse(ready, runner, (1, 28, 28), 10)
    (dialog,) = ready.findChildren(ChoiceDialog)
    assert titles_of(dialog) == ["Coloured shapes"]
    dialog.accept()
    assert asked_for(runner) == ("cifar_cnn", "shapes")


def test_that_where_nothing_fits_the_sentence_stands_in_the_banner(
    ready: MainWindow, runner: FakeRunner
) -> None:
    ready.requests.data.take(Path("/somewhere"))
    refuse(ready, runner, (1, 28, 28), 5000)
    assert ready.findChildren(ChoiceDialog) == []
    assert ready.banner.label.text() == "Data: it does not fit"
    assert ready.controller.view.network is bundled()


def downloads(window: MainWindow) -> QProgressDialog:
    """Choose CIFAR-10, and say yes to the download."""
    found = known("cifar10")
    assert found is not None
    window.requests.data.choose(found)
    (box,) = window.findChildren(QMessageBox)
    assert box.text() == (
        "CIFAR-10 is not on this computer. Download 170 MB from www.cs.toronto.edu?"
    )
    box.accept()
    return window.findChildren(QProgressDialog)[-1]


def test_that_a_download_is_asked_for_counted_and_taken(
    ready: MainWindow, runner: FakeRunner, here: set[str], qtbot: QtBot
) -> None:
    before = list(runner.asked)
    progress = downloads(ready)
    assert runner.asked == before  # what is trained goes on meanwhile
    FakeDownload.made.done = 85_000_000
    qtbot.waitUntil(lambda: progress.labelText() == "CIFAR-10: 85.0 of 170.1 MB")
    assert progress.value() == 85_000_000
    FakeDownload.made.complete = FakeDownload.made.finished = True
    qtbot.waitUntil(lambda: ready.requests.fetching.job is None)
    assert asked_for(runner) == ("two_layer_cnn", "cifar10")
    assert not any(box.isVisible() for box in ready.findChildren(QProgressDialog))


def test_that_a_download_that_fails_is_one_sentence_and_changes_nothing(
    ready: MainWindow, runner: FakeRunner, qtbot: QtBot
) -> None:
    before = list(runner.asked)
    downloads(ready)
    FakeDownload.made.problem = Problem("CIFAR-10 could not be downloaded")
    FakeDownload.made.finished = True
    qtbot.waitUntil(lambda: ready.requests.fetching.job is None)
    assert ready.banner.label.text() == "CIFAR-10 could not be downloaded"
    assert runner.asked == before
    assert not any(box.isVisible() for box in ready.findChildren(QProgressDialog))


def test_that_a_download_can_be_cancelled(ready: MainWindow, runner: FakeRunner) -> None:
    before = list(runner.asked)
    progress = downloads(ready)
    (button,) = progress.findChildren(QPushButton)
    button.click()
    assert FakeDownload.made.cancelled
    assert ready.requests.fetching.job is None
    assert runner.asked == before
    assert not any(box.isVisible() for box in ready.findChildren(QProgressDialog))


@pytest.mark.parametrize(
    ("name", "network", "expected", "said"),
    [
        ("mnist", "two_layer_cnn", "mnist", False),
        ("shapes:4", "cifar_cnn", "shapes:4", False),
        ("mnist", "cifar_cnn", "shapes", False),
        ("shapes", "lenet5", "mnist", False),
        ("kmnist", "lenet5", "mnist", True),
        ("/nowhere/at/all", "lenet5", "mnist", True),
    ],
)
def test_that_the_window_opens_with_data_that_fit(
    name: str, network: str, expected: str, said: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cnnviz.opening.place_of", lambda found: None)
    data, problem = first_data(name, bundled(network))
    assert (data, problem is not None) == (expected, said)


def test_that_a_remembered_folder_is_opened_again(tmp_path: Path) -> None:
    assert first_data(str(tmp_path), bundled()) == (tmp_path, None)
    assert {found.key for found in KNOWN} >= {"mnist", "shapes", "cifar10"}
