"""Asks the worker what an augmentation makes of an image, and says when it has answered."""

from __future__ import annotations

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from cnnviz.core.augmentation import Augmentation, Augmenting, Variants
from cnnviz.core.problem import Problem
from cnnviz.core.snapshot import Sample
from cnnviz.engine.runner import Runner

POLL_MS = 16


class VariantsAsker(QObject):
    """One question at a time: a later one replaces one that waits."""

    answered = pyqtSignal(Variants)
    refused = pyqtSignal(Problem)

    def __init__(self, runner: Runner, sample: Sample, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.sample = sample
        self._runner = runner
        self._asked: Augmenting | None = None
        self._poll = QTimer(self)
        self._poll.setInterval(POLL_MS)
        self._poll.timeout.connect(self.drain)

    def ask(self, augmentation: Augmentation, number: int) -> None:
        """Ask for variants; another ``number`` draws anew."""
        self._asked = Augmenting(number, augmentation, self.sample)
        self._runner.augment(self._asked)
        if not self._poll.isActive():
            self._poll.start()

    def stop(self) -> None:
        """Nobody waits for an answer any more."""
        self._asked = None
        self._poll.stop()

    def drain(self) -> None:
        """Take an answer; one to an earlier question is not shown."""
        answer = self._runner.take_variants()
        if isinstance(answer, Problem):
            self.stop()
            self.refused.emit(answer)
        elif answer is not None and answer.asked is self._asked:
            self.stop()
            self.answered.emit(answer)
