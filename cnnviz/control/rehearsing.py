"""Which training step is computed ahead, and for which kernel: each once."""

from __future__ import annotations

from cnnviz.core.problem import Problem
from cnnviz.core.rehearsal import Rehearsal, Rehearsing
from cnnviz.engine.runner import Runner


class Rehearsals:
    """Asks the worker for the numbers of the next step, and remembers what it has asked."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._asked: Rehearsing | None = None
        self._answered: Rehearsing | None = None

    @property
    def waiting(self) -> bool:
        """Whether an answer is under way."""
        return self._asked is not None

    def ask(self, asked: Rehearsing) -> bool:
        """Have a step computed, unless it is already; True if asked."""
        if asked in (self._asked, self._answered):
            return False
        self._asked = asked
        self._runner.rehearse(asked)
        return True

    def take(self) -> Rehearsal | Problem | None:
        """The answer, once.  What could not be computed is not asked for again."""
        answer = self._runner.take_rehearsal()
        if answer is None or self._asked is None:
            return None
        if isinstance(answer, Rehearsal) and not self._is_of_kernel(answer):
            return None  # given up for a newer one
        asked, self._asked = self._asked, None
        if isinstance(answer, Rehearsal) and answer.asked != asked:
            return None  # of a later step: who shows it asks again
        self._answered = asked
        return answer

    def _is_of_kernel(self, answer: Rehearsal) -> bool:
        asked = self._asked
        return asked is not None and (answer.asked.layer, answer.asked.kernel) == (
            asked.layer,
            asked.kernel,
        )

    def forget(self) -> None:
        """Another run has begun."""
        self._asked = self._answered = None
