"""The whole program in a process of its own: closed at any moment, and after an exception."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

LONGEST_CLOSING = 2.0
"""Seconds from the closing of the window to the end of the process, on a machine that is idle."""

MOST_TIMES = 4.0
"""The same as a multiple of the time that a process takes to end which has only imported torch:
half a second on an idle machine of two cores, and longer where others are at work."""

PROGRAM = """
import sys
from PyQt6.QtCore import QTimer
from cnnviz import app, launch

delay, train, fail = float(sys.argv[1]), sys.argv[2] == "train", sys.argv[2] == "fail"
show = launch.Program.show

def close(program):
    print("closing", program.window.banner.isVisible(), flush=True)
    program.window.close()

def training(program):
    controller = program.controller
    if controller is None or not controller.view.progress.ready:
        QTimer.singleShot(20, lambda: training(program))
        return
    controller.train()
    QTimer.singleShot(int(1000 * delay), lambda: close(program))

def shown(program):
    show(program)
    if train:
        training(program)
        return
    if fail:
        QTimer.singleShot(0, lambda: 1 / 0)
    QTimer.singleShot(int(1000 * delay), lambda: close(program))

launch.Program.show = shown
sys.exit(app.main(["--language", "en"]))
"""


def close_after(delay: float, what: str) -> tuple[int, float, str, str]:
    """(exit code, seconds to close, standard output, standard error) of one run."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(delay), what],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    said = process.stdout.readline()
    closed = time.monotonic()
    code = process.wait(60)
    taken = time.monotonic() - closed
    with process.stdout, process.stderr:
        return code, taken, said + process.stdout.read(), process.stderr.read()


def bare_ending() -> float:
    """Seconds that a process takes to end which has imported torch and nothing else."""
    process = subprocess.Popen(
        [sys.executable, "-c", "import torch; print('done', flush=True)"],
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    with process.stdout:
        process.stdout.readline()
        start = time.monotonic()
        process.wait(60)
        return time.monotonic() - start


# Five tests of ten, so that none comes near the limit of time that every test has.
@pytest.mark.parametrize("seed", range(5))
def test_that_the_window_can_be_closed_at_any_moment(seed: int) -> None:
    draw = random.Random(seed)
    for number in range(10):
        what = "train" if number % 3 == 0 else "open"
        delay = draw.uniform(0, 0.8) if what == "train" else draw.uniform(0, 2.5)
        code, taken, said, complaint = close_after(delay, what)
        assert said.startswith("closing"), complaint
        assert code == 0, (delay, what, complaint)
        if taken > LONGEST_CLOSING:
            assert taken <= MOST_TIMES * bare_ending(), (delay, what)


def test_that_an_exception_in_a_slot_becomes_a_banner_and_the_program_ends_well() -> None:
    code, _, said, complaint = close_after(0.6, "fail")
    assert (code, said) == (0, "closing True\n")
    assert "ZeroDivisionError" in complaint
