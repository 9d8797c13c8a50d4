"""``--screenshot FILE``: train a little if asked to, then write what the window shows and close."""

from __future__ import annotations

import sys

from PyQt6.QtCore import QCoreApplication, QObject, QTimer

from cnnviz.command_line import Arguments
from cnnviz.core.problem import Problem
from cnnviz.core.view import View
from cnnviz.ui.main_window import MainWindow

CHECK_MS = 100

SETTLE_MS = 600
"""For docks to find their sizes and panes to draw the last snapshot."""


class Screenshot(QObject):
    """Waits until the window shows a trained step, pauses, and takes the picture."""

    def __init__(self, window: MainWindow, arguments: Arguments) -> None:
        super().__init__(window)
        self._window = window
        self._arguments = arguments
        self._asked = False
        self._timer = QTimer(self)
        self._timer.setInterval(CHECK_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()
        window.controller.noticed.connect(self._notice)
        window.controller.misfit.connect(lambda problem, _asked: self._notice(problem, True))

    def _notice(self, problem: Problem, failed: bool) -> None:
        """Where the run cannot begin there will be no picture: say why, and end with code 2."""
        if failed and not self._window.controller.view.progress.ready:
            self._timer.stop()
            sys.stderr.write(f"{problem}\n")
            QCoreApplication.exit(2)

    def _look(self) -> None:
        view: View = self._window.controller.view
        if not view.progress.ready or view.live is None:
            return
        page = self._window.workspaces.page
        if self._window.stepping.view.stage is None and (page is None or page.steps):
            return
        if view.metric_count < self._arguments.train_batches:
            if not self._asked:
                self._asked = True
                self._window.controller.train()
            return
        if view.progress.running:
            self._window.controller.pause_training()
            return
        self._timer.stop()
        for _ in range(self._arguments.steps):
            self._window.stepping.step(1)
        QTimer.singleShot(SETTLE_MS, self._take)

    def _take(self) -> None:
        assert self._arguments.screenshot is not None
        self._window.requests.write_picture(self._arguments.screenshot)
        self._window.close()
