"""When the whole test set is gone through: often enough to be seen, and seldom enough to train."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from cnnviz.core.judgement import same_weights
from cnnviz.core.problem import Problem
from cnnviz.core.snapshot import Snapshot
from cnnviz.core.survey import Answer, Survey, Underway
from cnnviz.engine.runner import Runner

SHARE = 0.03
"""Of the training thread's time, at most, while training goes on."""

LEAST_SECONDS = 2.0
"""Between two of them while training goes on: no matrix can be read in less."""


class Surveying:
    """Asks the worker for one kind of survey of what is shown, and remembers what it has asked."""

    def __init__(self, runner: Runner, kind: Survey) -> None:
        self._runner = runner
        self._kind = kind
        self._asked: Snapshot | None = None
        self._answered: Snapshot | None = None
        self._not_before = 0.0
        self._known: Answer | None = None  # and not taken yet

    @property
    def waiting(self) -> bool:
        """Whether an answer is under way."""
        return self._asked is not None or self._known is not None

    def ask(
        self,
        snapshot: Snapshot,
        training: bool,
        known: Callable[[], Answer | None] = lambda: None,
    ) -> bool:
        """Have it answered, unless it is already or the time has not come; True if it will be.

        While training pauses at once: what is under way of an earlier step is given up for it.

        Parameters
        ----------
        known
            Gives the answer where it was found out before.
        """
        if self._asked is not None and (training or same_weights(self._asked, snapshot)):
            return False
        if self._answered is not None and same_weights(self._answered, snapshot):
            return False
        self._known = known()
        if self._known is not None:
            self._answered, self._asked = snapshot, None
            return True
        if training and monotonic() < self._not_before:
            return False
        self._asked = snapshot
        self._runner.survey(self._kind, snapshot)
        return True

    def take(self) -> Answer | Underway | Problem | None:
        """The answer, once, or how far it is.  What had no answer is not asked for again."""
        known, self._known = self._known, None
        if known is not None:
            return known
        answer = self._runner.take_surveyed(self._kind)
        if answer is None or self._asked is None:
            return None  # of a run before
        if not isinstance(answer, Problem) and answer.snapshot is not self._asked:
            return None  # given up for a newer one
        if isinstance(answer, Underway):
            return answer
        self._answered, self._asked = self._asked, None
        if not isinstance(answer, Problem):
            self._not_before = monotonic() + max(LEAST_SECONDS, answer.seconds / SHARE)
        return answer

    def forget(self) -> None:
        """Another run has begun; it was told nothing of what is under way."""
        self._asked = self._answered = self._known = None
        self._not_before = 0.0
