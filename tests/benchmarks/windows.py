"""A real window for the benchmarks, driven by its own controller."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PyQt6.QtCore import QEventLoop, QTimer
from PyQt6.QtWidgets import QApplication

from cnnviz.command_line import Arguments
from cnnviz.control.controller import Controller
from cnnviz.control.preferences import Preferences
from cnnviz.launch import SWITCH_INTERVAL, Program, make_application


@contextmanager
def open_window(threads: int) -> Iterator[tuple[QApplication, Controller]]:
    """The program as it is launched, at 1600×900, with a worker that is ready to train."""
    sys.setswitchinterval(SWITCH_INTERVAL)
    app = make_application()
    arguments = Arguments(size=(1600, 900), theme="dark", language="en")
    program = Program(app, Preferences(threads=threads, device="cpu"), arguments)
    program.show()
    wait_for(lambda: program.controller is not None, 60)
    controller = program.controller
    assert controller is not None
    wait_for(lambda: controller.view.live is not None, 120)
    program.window.restore_layout()
    settle(0.5)
    try:
        yield app, controller
    finally:
        program.window.close()
        controller.close(30)


def wait_for(condition: Callable[[], bool], seconds: float) -> None:
    """Let the window live until something is so."""
    loop, timer, start = QEventLoop(), QTimer(), time.perf_counter()
    timer.setInterval(20)
    timer.timeout.connect(
        lambda: loop.quit() if condition() or time.perf_counter() - start > seconds else None
    )
    timer.start()
    if not condition():
        loop.exec()
    timer.stop()
    if not condition():
        raise TimeoutError(f"not reached in {seconds} s")


def settle(seconds: float) -> None:
    """Let the window live for a while."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()
