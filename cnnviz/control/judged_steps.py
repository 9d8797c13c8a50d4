"""Kept training steps of a run and what each makes of the whole test set, for a film."""

from __future__ import annotations

from dataclasses import replace

from cnnviz.control.kept_steps import KeptSteps
from cnnviz.core.dataset import Dataset
from cnnviz.core.film import view_at_step
from cnnviz.core.judgement import Judgement
from cnnviz.core.problem import Problem
from cnnviz.core.scenes.confusion import without_matrix
from cnnviz.core.snapshot import Snapshot
from cnnviz.core.view import View
from cnnviz.engine.judging import Judging


class JudgedSteps:
    """As `KeptSteps`, with a judgement in every view.

    Parameters
    ----------
    beside
        Whether something else reckons meanwhile; see `Judging`.
    """

    def __init__(self, steps: KeptSteps, dataset: Dataset, beside: bool = True) -> None:
        self._steps = steps
        self._judging = Judging(dataset, beside)
        self._seen: Snapshot | None = None  # that is being judged

    def view_at(self, view: View, step: int) -> View | Problem | None:
        """What a film shows of a view at a step, or why it cannot; None: ask again."""
        if self._seen is None:
            return self._begin(step)
        answer = self._judging.take()
        if not isinstance(answer, Judgement):
            return answer
        seen, self._seen = self._seen, None
        return replace(view_at_step(view, seen), judgement=answer)

    def _begin(self, step: int) -> Problem | None:
        """Read a step, and when that is done let it be judged."""
        found = self._steps.look(step)
        if not isinstance(found, Snapshot):
            return found
        reason = without_matrix(found)
        if reason:
            return Problem(reason)
        self._seen = found
        self._judging.ask(found)
        return None

    def close(self, timeout: float) -> bool:
        """End the threads; whether that which reads has ended.

        Nobody waits for the other one: it ends with the images that it is at.
        """
        self._judging.close(0.0)
        return self._steps.close(timeout)
