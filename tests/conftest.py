"""What every test is held to: it leaves no thread, timer or window, and warns of nothing."""

from __future__ import annotations

import gc
import logging
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.pictures import GoldenPictures

if TYPE_CHECKING:
    from PyQt6.QtGui import QImage
    from PyQt6.QtWidgets import QApplication, QWidget

# Before anything imports Qt.  `setdefault`: a person may want to see the windows.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# Deadlines measure the machine and not the code; a red build must be red again when it is repeated.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "here")

PATIENCE = 5.0
"""Seconds that a thread which was told to end may take."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--accept-pictures",
        action="store_true",
        help="take what is drawn now as the golden pictures (look at them before and after)",
    )


@pytest.fixture(scope="session", autouse=True)
def _session_folders() -> Iterator[None]:
    """Caches and sockets away from the user's; shared, as they only make tests quicker."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", folder)
        patch.setenv("XDG_RUNTIME_DIR", folder)
        yield


@pytest.fixture(autouse=True)
def _home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new and empty home, so that no test reads or writes the user's preferences."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    for variable, folder in (
        ("XDG_CONFIG_HOME", ".config"),
        ("XDG_DATA_HOME", ".local/share"),
        ("XDG_STATE_HOME", ".local/state"),
    ):
        monkeypatch.setenv(variable, str(home / folder))


@pytest.fixture(autouse=True)
def _nothing_left_behind() -> Iterator[None]:
    """Fail a test that leaves a thread, an active timer or a top-level widget."""
    threads, widgets, timers = set(threading.enumerate()), _widgets(), _timers()
    yield
    deadline = time.monotonic() + PATIENCE
    left = [thread for thread in threading.enumerate() if thread not in threads]
    for thread in left:
        # A dummy stands for a thread that Python did not start (torch's), and cannot be joined.
        if not isinstance(thread, threading._DummyThread):
            thread.join(max(0.0, deadline - time.monotonic()))
            assert not thread.is_alive(), f"a thread was left behind: {thread}"
    assert not (left_timers := _new(_timers, timers)), f"active timers left behind: {left_timers}"
    assert not (left_widgets := _new(_widgets, widgets)), f"widgets left behind: {left_widgets}"


@pytest.fixture(autouse=True)
def _no_warnings_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail a test during which a warning was logged; one that expects it calls `caplog.clear()`."""
    yield
    logged = [
        record.getMessage()
        for when in ("setup", "call")
        for record in caplog.get_records(when)
        if record.levelno >= logging.WARNING
    ]
    assert not logged, f"warnings were logged: {logged}"


@pytest.fixture(scope="session")
def qapp(qapp: QApplication) -> QApplication:
    """pytest-qt's application, with our font before anything is measured: widths are remembered."""
    from cnnviz.launch import make_fonts

    make_fonts()
    return qapp


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[QImage, str], None]:
    """``golden(image, name)``: the image is, byte for byte, the one in tests/golden."""
    return GoldenPictures(
        Path(__file__).parent / "golden", accept=request.config.getoption("--accept-pictures")
    ).check


def _new(living: Callable[[], dict[int, str]], before: dict[int, str]) -> list[str]:
    """Descriptions of what lives now and did not before, once Qt and Python have thrown away."""
    left = [text for key, text in living().items() if key not in before]
    if left:
        from PyQt6.QtCore import QCoreApplication, QEvent

        gc.collect()  # only then: with torch loaded it takes 0.1 s
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        left = [text for key, text in living().items() if key not in before]
    return left


def _widgets() -> dict[int, str]:
    return {id(widget): _describe(widget) for widget in _top_level_widgets()}


def _timers() -> dict[int, str]:
    """Active timers below the application or below a window, by identity."""
    if "PyQt6.QtWidgets" not in sys.modules:
        return {}
    from PyQt6.QtCore import QCoreApplication, QObject, QTimer

    owners: list[QObject] = list(_top_level_widgets())
    app = QCoreApplication.instance()
    if app is not None:
        owners.append(app)
    return {
        id(timer): f"{timer.interval()} ms below {_describe(owner)}"
        for owner in owners
        for timer in owner.findChildren(QTimer)
        if timer.isActive()
    }


def _top_level_widgets() -> list[QWidget]:
    if "PyQt6.QtWidgets" not in sys.modules:
        return []
    from PyQt6.QtWidgets import QApplication

    return QApplication.topLevelWidgets() if QApplication.instance() is not None else []


def _describe(thing: object) -> str:
    name = thing.objectName() if hasattr(thing, "objectName") else ""
    return f"{type(thing).__name__} {name!r}"
