"""The matrix of a layer: which part is shown, what stands in it, and one hue for each weight."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnviz.core.cursor import Cursor
from cnnviz.core.hues import hues
from cnnviz.core.operations import Conv2d, Linear
from cnnviz.core.operations.average_pooling import AvgPool2d
from cnnviz.core.operations.transposed_convolution import ConvTranspose2d
from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.connected import page
from cnnviz.core.scenes.matrix import MatrixScene, Part, matrix_scene
from cnnviz.core.view import Pointing, View
from tests.core.scenes.layers import LECTURE_INPUT, LECTURE_OUTPUT, layer_view, lecture_view
from tests.core.scenes.networks import network_of, view_of
from tests.networks import bundled, snapshot


def scene_of(view: View) -> MatrixScene:
    scene = matrix_scene(view)
    assert isinstance(scene, MatrixScene)
    return scene


def whole(scene: MatrixScene) -> Part:
    return scene.part(scene.outputs, scene.inputs)


def test_that_the_lectures_matrix_times_its_input_is_its_output() -> None:
    scene = scene_of(lecture_view())
    part = whole(scene)
    assert (part.outputs, part.inputs) == (range(9), range(25))
    matrix = np.nan_to_num(scene.values(part))
    assert tuple(matrix @ LECTURE_INPUT.reshape(-1)) == LECTURE_OUTPUT
    assert int(np.isnan(scene.values(part)).sum()) == 225 - 81  # a weight of 0 is a connection
    assert scene.counts.connections == 81


def test_that_each_weight_has_one_hue_along_its_diagonal() -> None:
    scene = scene_of(lecture_view())
    entries = scene.hues(whole(scene))
    assert entries[0, :13].tolist() == [0, 1, 2, -2, -2, 3, 4, 5, -2, -2, 6, 7, 8]
    for hue in range(9):
        rows, columns = np.nonzero(entries == hue)
        weight = int(scene.kernel.reshape(-1)[hue])
        assert rows.tolist() == list(range(9))
        assert np.array_equal(scene.uses(whole(scene), weight), entries == hue)
        assert columns.tolist() == [columns[0] + r * 5 + c for r in range(3) for c in range(3)]


@pytest.mark.parametrize(
    ("operation", "shape"),
    [
        (Conv2d(3, 2, (3, 3), (2, 2), (1, 1)), (3, 5, 5)),
        (Conv2d(4, 4, (2, 3), groups=2), (4, 4, 5)),
        (Conv2d(2, 2, (3, 3), flipped=True), (2, 5, 5)),
        (ConvTranspose2d(2, 3, (3, 2), (2, 2)), (2, 3, 3)),
        (Conv2d(5, 2, (3, 3)), (5, 4, 4)),
    ],
)
def test_that_two_entries_have_the_same_hue_if_and_only_if_they_are_the_same_weight(
    operation: Conv2d | ConvTranspose2d, shape: tuple[int, int, int]
) -> None:
    scene = scene_of(layer_view(operation, shape, Cursor(0, 1, 1, 1)))
    found = scene.found(whole(scene))
    hue = scene.hue_of(found)
    chosen = hue >= 0
    pairs = set(zip(hue[chosen].tolist(), found.weights[chosen].tolist(), strict=True))
    assert len(pairs) == scene.hue_count == len({h for h, _ in pairs}) == len({w for _, w in pairs})
    assert [scene.kernel.reshape(-1)[h] for h, _ in pairs] == [w for _, w in pairs]
    # Other kernels have other weights; of a kernel of more than 36, one slice has hues.
    assert set((found.outputs[chosen] // scene.map_size).tolist()) == {1}
    channels = found.inputs[chosen] // scene.input_map_size
    assert set(channels.tolist()) == set(scene.slices)
    read = len(scene.stage.ledger.taps.channels)
    assert len(scene.slices) == (1 if read == 5 else read)


def test_that_a_weight_that_is_pointed_at_is_found_wherever_it_is_used() -> None:
    scene = scene_of(lecture_view(pointing=Pointing(weight=4)))
    assert scene.pointed == 4
    assert scene.uses(whole(scene), 4).sum() == 9
    assert [scene.term_of(weight) for weight in range(9)] == list(range(9))


def test_that_an_average_pooling_is_a_matrix_of_nths() -> None:
    scene = scene_of(layer_view(AvgPool2d((2, 2)), (1, 4, 4)))
    values = scene.values(whole(scene))
    assert set(values[~np.isnan(values)].tolist()) == {0.25}
    assert (scene.learned, scene.kernel.size, scene.pointed) == (False, 0, None)
    assert (scene.counts.connections, scene.counts.weights, scene.counts.full) == (16, 0, 64)


def test_that_weights_of_a_linear_layer_have_no_hues() -> None:
    scene = scene_of(layer_view(Linear(6, 3), (6,), Cursor(0, 0, 0, 1)))
    assert not scene.has_hues
    assert set(scene.hues(whole(scene)).reshape(-1).tolist()) == {-1}
    weight = scene.parameters["weight"]
    assert np.array_equal(scene.values(whole(scene)), weight)


def test_that_entries_where_padding_brings_weights_together_are_their_sum() -> None:
    operation = Conv2d(1, 1, (1, 3), padding=(0, 1), padding_mode="replicate", bias=False)
    weight = np.array([[[[2, 3, 5]]]], dtype=np.float32)
    scene = scene_of(layer_view(operation, (1, 1, 2), weight=weight))
    part = whole(scene)
    assert scene.values(part).tolist() == [[5, 5], [2, 8]]
    assert scene.at(part, 0, 0).weights.tolist() == [0, 1]


@pytest.mark.parametrize("channel", [0, 31])
def test_that_of_a_large_matrix_a_part_around_the_cursor_is_shown(channel: int) -> None:
    stage = snapshot()
    cursor = Cursor(0, channel, 13, 20, 9)
    scene = scene_of(View(bundled(), cursor=cursor, stage=stage, live=stage))
    part = scene.part(150, 200)
    assert (len(part.outputs), len(part.inputs)) == (150, 200)
    assert scene.row in part.outputs
    assert set(scene.own.inputs.tolist()) <= set(part.inputs)
    assert part.outputs.start >= channel * 784
    assert part.outputs.stop <= (channel + 1) * 784
    assert scene.found(part).count <= 150 * 9


def test_that_of_a_long_linear_layer_the_opened_map_is_shown() -> None:
    stage = snapshot()
    view = View(bundled(), cursor=Cursor(7, 0, 0, 3), opened=2, stage=stage, live=stage)
    assert scene_of(view).part(30, 60) == Part(range(10), range(98, 147))


@given(st.integers(0, 500), st.integers(0, 500), st.integers(1, 600), st.integers(1, 600))
def test_that_a_page_holds_its_anchor_and_is_as_long_as_it_may(
    start: int, offset: int, count: int, most: int
) -> None:
    span = range(start, start + count)
    anchor = start + offset % count
    found = page(anchor, span, most)
    assert anchor in found
    assert len(found) == min(count, most)
    assert found.start >= span.start
    assert found.stop <= span.stop


@pytest.mark.parametrize(("layer", "some"), [(0, True), (1, False), (2, False), (6, False),
                                             (7, True), (10, False)])  # fmt: skip
def test_that_only_weighted_sums_are_laid_out_and_others_say_why(layer: int, some: bool) -> None:
    scene = matrix_scene(view_of(Cursor(layer)))
    assert isinstance(scene, MatrixScene) == some
    if isinstance(scene, Empty):
        assert scene.reason


def test_that_there_is_nothing_to_see_before_the_first_snapshot() -> None:
    assert isinstance(matrix_scene(View(network_of())), Empty)


@pytest.mark.parametrize("lightness", [0.70, 0.76])
def test_that_hues_differ_from_one_another_and_are_equally_bright(lightness: float) -> None:
    found = hues(9, lightness).astype(int)
    apart = np.abs(found[:, None] - found).sum(axis=2)
    assert apart[~np.eye(9, dtype=bool)].min() > 40
    grey = found @ [0.2126, 0.7152, 0.0722]
    assert grey.max() - grey.min() < 50
    assert len({tuple(rgb) for rgb in hues(36, lightness).tolist()}) == 36
