"""``--screenshot FILE``: train a little if asked to, then write what the window shows and close."""

from __future__ import annotations

import sys
from time import monotonic

from PyQt6.QtCore import QCoreApplication, QObject, Qt, QTimer
from PyQt6.QtGui import QKeySequence

from cnnviz.command_line import Arguments
from cnnviz.core.problem import Problem
from cnnviz.core.view import View
from cnnviz.ui.main_window import MainWindow

CHECK_MS = 100

SETTLE_MS = 600
"""For docks to find their sizes and panes to draw the last snapshot."""

PRESS_MS = 300
"""Between two keys: a list that is read is looked for every 250 ms."""


class Screenshot(QObject):
    """Waits until the window shows a trained step, pauses, presses keys, and takes the picture."""

    def __init__(self, window: MainWindow, arguments: Arguments) -> None:
        super().__init__(window)
        self._window = window
        self._arguments = arguments
        self._asked = self._stepped = False
        self._keys = [(text, QKeySequence(text)) for text in arguments.press]
        self._pressed = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(CHECK_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()
        window.controller.noticed.connect(self._notice)
        window.controller.misfit.connect(lambda problem, _asked: self._notice(problem, True))

    def _notice(self, problem: Problem, failed: bool) -> None:
        """Where the run cannot begin there will be no picture: say why, and end with code 2."""
        if failed and not self._window.controller.view.progress.ready:
            self._refuse(problem)

    def _refuse(self, problem: Problem) -> None:
        self._timer.stop()
        sys.stderr.write(f"{problem}\n")
        QCoreApplication.exit(2)

    def _look(self) -> None:
        if not self._settled() or not self._trained():
            return
        if not self._stepped:
            self._stepped = True
            for _ in range(self._arguments.steps):
                self._window.stepping.step(1)
        if monotonic() - self._pressed < PRESS_MS / 1000:
            return
        if self._keys:
            self._pressed = monotonic()
            self._press(*self._keys.pop(0))
            return
        self._timer.stop()
        QTimer.singleShot(SETTLE_MS, self._take)

    def _settled(self) -> bool:
        """Whether everything is there that the window waits for."""
        controller, page = self._window.controller, self._window.workspaces.page
        if not controller.view.progress.ready or controller.view.live is None:
            return False
        if controller.searching or not self._window.requests.lectures.settled:
            return False
        return self._window.stepping.view.stage is not None or (page is not None and not page.steps)

    def _trained(self) -> bool:
        """Whether as many batches are trained as was asked for, and training pauses."""
        view: View = self._window.controller.view
        if view.metric_count < self._arguments.train_batches:
            if not self._asked:
                self._asked = True
                self._window.controller.train()
            return False
        if view.progress.running:
            self._window.controller.pause_training()
        return not view.progress.running

    def _press(self, text: str, keys: QKeySequence) -> None:
        """As by hand: to whatever has the keyboard, or to the shortcut that they are."""
        from PyQt6.QtTest import QTest

        if keys.count() != 1 or keys[0].key() == Qt.Key.Key_unknown:
            self._refuse(Problem("--press {keys}: these are no keys", keys=text))
            return
        self._window.activateWindow()
        target = self._window.focusWidget() or self._window
        QTest.keyClick(target, keys[0].key(), keys[0].keyboardModifiers())  # type: ignore[call-overload]  # its stub wants a self

    def _take(self) -> None:
        assert self._arguments.screenshot is not None
        self._window.requests.write_picture(self._arguments.screenshot)
        self._window.close()
