"""Networks with skip connections in every pane: what is shown follows what is read."""

from __future__ import annotations

import numpy as np
import pytest

from cnnviz.core.cursor import Cursor
from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.graph import graph_scene
from cnnviz.core.scenes.kernels import KernelsScene, kernels_scene
from cnnviz.core.scenes.maps import MapsScene, maps_scene
from cnnviz.core.scenes.matrix import matrix_scene
from cnnviz.core.scenes.pooling import PoolingScene, pooling_scene
from cnnviz.core.scenes.skips import MOST_LEVELS, skip_lines
from cnnviz.core.scenes.stage import StageScene, stage_scene
from cnnviz.core.timeline import Unit, backward, forward
from cnnviz.core.view import View
from cnnviz.core.wires import Wire
from tests.networks import bundled, snapshot

SMALL = bundled("small_resnet")
FIRST, SECOND = 9, 18
"""Its two Adds."""


def view(layer: int, channel: int = 1, row: int = 3, column: int = 2, term: int = 99) -> View:
    shown = snapshot("small_resnet")
    return View(SMALL, cursor=Cursor(layer, channel, row, column, term), stage=shown, live=shown)


def test_that_lines_that_run_side_by_side_stand_one_above_the_other() -> None:
    wires = [Wire(), Wire(), Wire(skip=0), Wire(), Wire(skip=1), Wire(skip=2, source=0), Wire()]
    lines = [(it.start, it.end, it.level) for it in skip_lines(tuple(wires))]
    assert lines == [(1, 3, 0), (2, 5, 1), (1, 6, 2), (3, 6, 0)]
    dense = tuple(Wire(skip=0) if index > 1 else Wire() for index in range(12))
    assert max(it.level for it in skip_lines(dense)) == MOST_LEVELS - 1


def test_that_what_a_layer_reads_from_behind_itself_is_no_line() -> None:
    assert skip_lines((Wire(), Wire(skip=4), Wire())) == ()


@pytest.mark.parametrize(("layer", "skip"), [(FIRST, 3), (SECOND, 15)])
def test_that_an_add_on_the_stage_adds_what_its_two_sources_put_out(layer: int, skip: int) -> None:
    scene = stage_scene(view(layer))
    assert isinstance(scene, StageScene)
    outputs = scene.snapshot.activations
    assert scene.joins
    assert scene.source == layer - 1
    assert scene.input is outputs[layer]
    assert scene.skip is outputs[skip + 1]
    assert scene.ledger.result == pytest.approx(float(outputs[layer + 1][1, 3, 2]), rel=1e-6)
    assert scene.sum_limit >= max(float(np.abs(outputs[it + 1]).max()) for it in (skip, layer))


def test_that_stepping_through_an_add_goes_by_its_two_terms_and_back_again() -> None:
    cursor = Cursor(FIRST, 1, 3, 2, 0)
    walked = [cursor]
    for _ in range(4):
        walked.append(forward(SMALL, walked[-1], Unit.TERM))
    assert [(it.column, it.term) for it in walked] == [(2, 0), (2, 1), (2, 2), (3, 0), (3, 1)]
    back = [walked[-1]]
    for _ in range(4):
        back.append(backward(SMALL, back[-1], Unit.TERM))
    assert back == walked[::-1]


def test_that_kernels_are_those_of_the_path_that_is_the_adds_input() -> None:
    for layer, kernels in ((FIRST, 7), (FIRST + 1, 7), (17, 16), (SECOND, 16)):
        scene = kernels_scene(view(layer))
        assert isinstance(scene, KernelsScene)
        assert scene.index == kernels


def test_that_maps_behind_an_add_are_drawn_in_its_range() -> None:
    added, rectified = maps_scene(view(FIRST)), maps_scene(view(FIRST + 1))
    assert isinstance(added, MapsScene)
    assert isinstance(rectified, MapsScene)
    assert rectified.limit == added.limit
    assert rectified.source is SMALL.layers[FIRST]
    assert added.source is None


def test_that_a_pooling_follows_the_cursor_through_an_add_by_its_input() -> None:
    for layer in (SECOND, SECOND + 1):
        scene = pooling_scene(view(layer))
        assert isinstance(scene, PoolingScene)
        assert scene.index == 20
        assert scene.element[0] == 1


@pytest.mark.parametrize("make", [graph_scene, matrix_scene])
def test_that_an_add_is_no_matrix_and_that_a_layer_on_its_own_path_reads_its_source(
    make: object,
) -> None:
    assert isinstance(make(view(FIRST)), Empty)  # type: ignore[operator]
    assert not isinstance(make(view(16)), Empty)  # type: ignore[operator]
