"""Kept training steps of a run, read one after the other for a film, beside whoever else reads."""

from __future__ import annotations

from cnnviz.core.film import view_at_step
from cnnviz.core.problem import Problem
from cnnviz.core.snapshot import Sample, Snapshot
from cnnviz.core.view import View
from cnnviz.engine.run_reader import RunReader, Source, Visit


class KeptSteps:
    """What a run made of one image at its kept steps; none is left out.

    Parameters
    ----------
    seed
        Of the run, where dropout is to strike out as it did in training; else None.
    """

    def __init__(self, source: Source, sample: Sample, seed: int | None = None) -> None:
        self._source = source
        self._sample = sample
        self._seed = seed
        self._asked: int | None = None
        self._reader = RunReader(lambda: None)

    def look(self, step: int) -> Snapshot | Problem | None:
        """A step, or why it cannot be shown; None as long as it is being read: ask again."""
        if self._asked != step:
            self._asked = step
            self._reader.visit(Visit(self._source, step, self._sample, seed=self._seed))
            return None
        seen = self._reader.take_seen()
        if seen is not None:
            self._asked = None
        return seen

    def view_at(self, view: View, step: int) -> View | Problem | None:
        """What a film of training shows of a view at a step; likewise."""
        seen = self.look(step)
        return view_at_step(view, seen) if isinstance(seen, Snapshot) else seen

    def close(self, timeout: float) -> bool:
        """End the reader's thread; whether it has ended."""
        return self._reader.close(timeout)
