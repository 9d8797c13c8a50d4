"""A main window over a runner without a thread."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnnviz.control.controller import Controller
from cnnviz.control.language import use_language
from cnnviz.control.preferences import Preferences
from cnnviz.ui import camera
from cnnviz.ui.furnish import furnish
from cnnviz.ui.main_window import MainWindow
from cnnviz.ui.theme import Theme
from tests.control.runners import FakeRunner, experiment
from tests.networks import KEYS, bundled, snapshot


@pytest.fixture
def runner() -> FakeRunner:
    return FakeRunner()


@pytest.fixture
def window(
    qtbot: QtBot, qapp: QApplication, runner: FakeRunner, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MainWindow]:
    """Shown, with a network and its first snapshot; without a camera, whatever is plugged in."""
    monkeypatch.setattr(camera, "why_none", lambda: camera.NO_CAMERA)
    use_language(qapp, "en")
    controller = Controller(runner, experiment())
    networks = [(key, bundled(key).title) for key in KEYS]
    made = MainWindow(Preferences(language="en"), Theme())
    furnish(made, controller, networks)
    qtbot.addWidget(made)
    made.resize(1280, 720)
    made.show()
    qtbot.waitExposed(made)
    controller.start()
    runner.say_ready()
    controller.drain()
    runner.live = snapshot()
    controller.drain()
    made.restore_layout()
    yield made
    controller.close(0.1)
    made.close()
    use_language(qapp, "en")
