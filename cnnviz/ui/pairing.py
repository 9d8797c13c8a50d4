"""Which two runs of the list can be shown side by side, and why others cannot."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cnnviz.control.language import tr, tr_name
from cnnviz.core.ready_made import ReadyMade
from cnnviz.core.recorded import Compared, RunRow

Pair = tuple[Compared, Compared]


def selected_pair(selected: Sequence[RunRow], compared: Sequence[Compared]) -> Pair | None:
    """The two runs that are selected, as soon as they have been read; None for any others."""
    paths = {row.path for row in selected}
    if len(compared) == len(paths) == 2 and {run.path for run in compared} == paths:
        return compared[0], compared[1]
    return None


def why_no_pair(selected: Sequence[RunRow], compared: Sequence[Compared]) -> str:
    """Why the selected runs cannot be shown side by side; "" if they can."""
    if len(selected) != 2:
        return tr("Select exactly two runs to see them side by side.")
    unreadable = [row for row in selected if row.problem is not None]
    if unreadable:
        return tr("{name} cannot be read.", name=tr_name(unreadable[0].name))
    return "" if selected_pair(selected, compared) else tr("The runs are being read…")


def experiment_pair(
    made: ReadyMade | None, folder: Path, compared: Sequence[Compared]
) -> Pair | None:
    """The first two runs of an experiment, which it is about.

    None before both are there, and where no weights of them are kept.
    """
    if made is None:
        return None
    by_path = {run.path: run for run in compared if run.row.kept}
    left, right = (by_path.get(path) for path in made.paths(folder)[:2])
    return None if left is None or right is None else (left, right)
