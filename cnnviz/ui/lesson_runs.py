"""An experiment in a lesson's file: its chart, what came out, and its numbers as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cnnviz.control.language import tr, tr_name
from cnnviz.core.differences import NOTHING, differences, results
from cnnviz.core.lesson import RunsShowing
from cnnviz.core.lesson_view import Seen
from cnnviz.core.numbers import number, percent
from cnnviz.core.ready_made import figures
from cnnviz.core.recorded import Compared
from cnnviz.core.scenes.comparison import curves_scene, shifts_scene
from cnnviz.core.taken import SHIFTS
from cnnviz.core.view import View
from cnnviz.export.lesson_page import Card
from cnnviz.ui.comparison import ComparisonChart

SCENES = {"curves": curves_scene, "shifts": shifts_scene}
"""What is drawn of runs, by a step's look; of their differences, which are a table, nothing."""

Rows = tuple[tuple[str, ...], ...]
"""Cells of a table; the first row names its columns."""


class RunsChart(ComparisonChart):
    """The window's chart of an experiment's runs, under the name of the experiment."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: Seen | None = None
        """The step."""

    def compute(self, view: View) -> Any:
        assert self.seen is not None
        assert isinstance(self.seen.showing, RunsShowing)
        return SCENES[self.seen.showing.look](self.seen.runs)

    def title(self, scene: Any) -> str:
        made = self.seen.experiment if self.seen is not None else None
        return super().title(scene) if made is None else tr(made.title)


def card_of(seen: Seen) -> Card:
    """What is said of a step among the runs; of another one nothing."""
    if not isinstance(seen.showing, RunsShowing):
        return Card()
    made, runs = seen.experiment, seen.runs
    if made is None:
        return Card(tr("Runs"), (tr("In the window: the list of all runs that were recorded."),))
    title = tr("Experiment: {title}", title=tr(made.title))
    if runs:
        result = tr(made.result, **figures(made, runs))
        rows = _shifts(runs) if seen.showing.look == "shifts" else _lines(seen.showing.look, runs)
        return Card(title, (tr(made.watch), result), rows)
    parts = " · ".join(tr(part.title) for part in made.parts)
    return Card(
        title,
        (
            tr(made.watch),
            tr("Runs that are trained for it: {names}", names=parts),
            tr("In the window, a click among the runs trains and compares them."),
        ),
    )


def _lines(look: str, runs: Sequence[Compared]) -> Rows:
    """A column a run: what came out, and in what the runs differ where that is looked at."""
    rows = [("", *(tr_name(run.row.name) for run in runs))]
    for line in differences(runs) if look == "differences" else results(runs):
        values = map(tr_name, line.values) if line.named else line.values
        rows.append((tr(line.what, number=line.number), *values))
    return tuple(rows)


def _shifts(runs: Sequence[Compared]) -> Rows:
    """A row a run: its accuracies on shifted digits, by columns."""
    rows = [(tr("columns to the right"), *(number(columns, 0) for columns in SHIFTS))]
    for run in runs:
        measured = dict(run.shifts)
        shares = (measured.get(columns) for columns in SHIFTS)
        cells = (NOTHING if share is None else percent(share, 2) for share in shares)
        rows.append((tr_name(run.row.name), *cells))
    return tuple(rows)
