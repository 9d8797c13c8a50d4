"""The program on a real (virtual) display, with real keys."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt6.QtGui import QImage

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def display() -> Iterator[dict[str, str]]:
    """The environment of a program on an X server of its own."""
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x720x24", "-nolisten", "tcp"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as pipe:
        number = pipe.readline().strip()  # returns when the server is ready
    yield {**os.environ, "DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}
    server.terminate()
    server.wait(10)


def run(environment: dict[str, str], *command: str) -> str:
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout


def picture(environment: dict[str, str], file: Path) -> QImage:
    run(environment, "import", "-window", "root", str(file))
    return QImage(str(file))


def until(seconds: float, condition: object) -> None:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.2)


def test_that_keys_train_step_and_quit_in_a_real_window(display, tmp_path: Path) -> None:
    command = [sys.executable, "main.py", "--language", "en", "--theme", "dark"]
    program = subprocess.Popen([*command, "--size", "1280x720"], cwd=ROOT, env=display)
    try:
        search = ["xdotool", "search", "--sync", "--onlyvisible", "--name", "Two-layer CNN"]
        window = run(display, *search).split()[0]
        run(display, "xdotool", "windowfocus", window)
        shot = tmp_path / "shot.png"
        time.sleep(1)  # the title says that torch is ready; the first numbers come a moment later
        before = picture(display, shot).copy(0, 180, 840, 300)
        run(display, "xdotool", "key", "Right")
        until(20, lambda: picture(display, shot).copy(0, 180, 840, 300) != before)
        status = picture(display, shot).copy(0, 692, 400, 28)
        run(display, "xdotool", "key", "t")
        until(60, lambda: picture(display, shot).copy(0, 692, 400, 28) != status)
        run(display, "xdotool", "key", "ctrl+q")
        assert program.wait(30) == 0
    finally:
        program.kill()
        program.wait(10)
