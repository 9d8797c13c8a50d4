"""The snapshot that a pane can show: one of the network that the cursor walks in."""

from __future__ import annotations

from cnnviz.core.problem import Problem, mark
from cnnviz.core.scenes import Empty
from cnnviz.core.snapshot import Snapshot
from cnnviz.core.survey import Survey
from cnnviz.core.view import View, shown_snapshot


def fitting_snapshot(view: View) -> Snapshot | Empty:
    """The snapshot to show, or why there is none.

    After another network was chosen, the last snapshot is still of the one before, and the cursor
    may stand where that one has nothing.
    """
    snapshot = shown_snapshot(view)
    if snapshot is not None and snapshot.network == view.network:
        return snapshot
    return Empty(
        view.progress.waiting or mark("This appears as soon as the network has been built.")
    )


def unanswered(view: View, kind: Survey) -> Empty:
    """Why nothing has been found out yet about the whole test set."""
    found = view.surveys.get(kind)
    if isinstance(found, Problem):
        return Empty("", problem=found)
    reason = mark("The test images are being gone through…")
    return Empty(reason) if found is None else Empty(reason, found.done, found.total)
