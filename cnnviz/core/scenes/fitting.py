"""The snapshot that a pane can show: one of the network that the cursor walks in."""

from __future__ import annotations

from cnnviz.core.problem import mark
from cnnviz.core.scenes import Empty
from cnnviz.core.snapshot import Snapshot
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
