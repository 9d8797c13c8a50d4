"""Kept training steps of two runs side by side, read one after the other for a film."""

from __future__ import annotations

from dataclasses import replace

from cnnviz.control.kept_steps import KeptSteps
from cnnviz.control.two_runs import Side, TwoRuns
from cnnviz.core.problem import Problem
from cnnviz.core.snapshot import Snapshot
from cnnviz.core.view import View

GONE = Problem("There are no two runs side by side any more.")


class PairedSteps:
    """Both runs at each step, as their page shows them; none is left out.

    Parameters
    ----------
    runs
        As they are shown when the film begins: both read, and neither with a problem.
    """

    def __init__(self, runs: TwoRuns) -> None:
        self.runs = runs
        """As they are at the step that was read last."""
        self._readers = tuple(_reader(side) for side in runs.sides)
        self._found: list[Snapshot | None] = [None for _ in runs.sides]

    def view_at(self, view: View, step: int) -> View | Problem | None:
        """What the leading side shows at a step, or why it cannot; None: ask again.

        Each run is shown at the step it keeps that is nearest.
        """
        for place, side in enumerate(self.runs.sides):
            if self._found[place] is not None:
                continue
            assert side.kept is not None
            wanted = side.kept.step_at(side.kept.place_of(step))
            if side.seen is not None and side.seen.step == wanted:
                self._found[place] = side.seen
                continue
            seen = self._readers[place].look(wanted)
            if isinstance(seen, Problem):
                return seen
            self._found[place] = seen
        if any(found is None for found in self._found):
            return None
        found, self._found = self._found, [None for _ in self._found]
        sides = [
            replace(side, seen=seen) for side, seen in zip(self.runs.sides, found, strict=True)
        ]
        moved = replace(self.runs, sides=tuple(sides), at=step, view=view)
        self.runs = replace(moved, view=replace(moved.side_view(moved.leading), cursor=view.cursor))
        return self.runs.view

    def close(self, timeout: float) -> bool:
        """End the readers' threads; whether they have ended."""
        ended = [reader.close(timeout) for reader in self._readers]
        return all(ended)


def unfilmable(runs: TwoRuns) -> Problem | None:
    """Why there is no film of two runs now; None if there is."""
    if not runs.sides:
        return GONE
    if any(side.problem is not None for side in runs.sides):
        return Problem("One of the two runs cannot be shown, so there is no film of both.")
    if any(side.seen is None or side.kept is None or side.awaited for side in runs.sides):
        return Problem("There is nothing to film yet: the runs are being read.")
    return None


def _reader(side: Side) -> KeptSteps:
    assert side.seen is not None
    return KeptSteps(side.source, side.seen.sample)
