"""A controller over a runner without a thread, with a network and its first snapshot."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from cnnviz.control.controller import Controller
from tests.control.runners import FakeRunner, experiment
from tests.networks import snapshot


@pytest.fixture
def runner() -> FakeRunner:
    return FakeRunner()


@pytest.fixture
def controller(qtbot: QtBot, runner: FakeRunner) -> Iterator[Controller]:
    made = Controller(runner, experiment())
    made.start()
    runner.say_ready()
    made.drain()
    runner.live = snapshot()
    made.drain()
    runner.asked.clear()
    yield made
    made.close(5)
