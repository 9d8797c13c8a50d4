"""What is worked out from a snapshot goes with it."""

from __future__ import annotations

import gc
import weakref
from dataclasses import replace

from cnnviz.core.cursor import Cursor
from cnnviz.core.scenes.kept import kept
from cnnviz.core.scenes.kernels import kernels_scene
from cnnviz.core.scenes.maps import maps_scene
from cnnviz.core.scenes.pooling import pooling_scene
from cnnviz.core.scenes.stage import stage_scene
from cnnviz.core.scenes.strip import strip_scene
from cnnviz.core.snapshot import Snapshot
from tests.core.scenes.networks import network_of, snapshot_of, view_of


def test_that_an_answer_is_worked_out_once_and_the_oldest_is_forgotten() -> None:
    asked: list[int] = []

    @kept(2)
    def doubled(snapshot: Snapshot, number: int) -> int:
        asked.append(number)
        return 2 * number

    snapshot = snapshot_of(network_of())
    assert [doubled(snapshot, n) for n in (1, 2, 1, 3, 1)] == [2, 4, 2, 6, 2]
    assert asked == [1, 2, 3, 1]
    doubled(snapshot_of(network_of()), 1)
    assert asked == [1, 2, 3, 1, 1]


def test_that_no_scene_holds_on_to_a_snapshot_that_is_shown_no_longer() -> None:
    view = view_of(Cursor(3))
    gone = weakref.ref(view.live)
    for scene in (strip_scene, maps_scene, kernels_scene, pooling_scene, stage_scene):
        scene(view)
    view = replace(view, live=None, stage=None)
    gc.collect()
    assert gone() is None
