"""The graph of a layer: which neurons are shown, and the lines between them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnviz.core.cursor import Cursor
from cnnviz.core.operations import Conv2d, Linear
from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.graph import GraphScene, Slot, graph_scene, slots
from cnnviz.core.view import Pointing, View
from tests.core.scenes.layers import layer_view, lecture_view
from tests.core.scenes.networks import view_of
from tests.networks import bundled, snapshot


def scene_of(view: View) -> GraphScene:
    scene = graph_scene(view)
    assert isinstance(scene, GraphScene)
    return scene


def shown(found: tuple[Slot, ...]) -> list[int]:
    return [slot.index for slot in found if slot.index is not None]


def lecture_network(cursor: Cursor, opened: int = 0) -> GraphScene:
    stage = snapshot()
    return scene_of(View(bundled(), cursor=cursor, opened=opened, stage=stage, live=stage))


def test_that_the_lectures_layer_has_a_line_for_each_product() -> None:
    scene = scene_of(lecture_view(Cursor(0, 0, 1, 1, 9)))
    neurons = scene.neurons(30, 30)
    lines = scene.lines(neurons)
    assert (len(neurons.inputs), len(neurons.outputs), len(lines.sources)) == (25, 9, 81)
    assert lines.sources[lines.own].tolist() == [6, 7, 8, 11, 12, 13, 16, 17, 18]
    assert set(lines.targets[lines.own].tolist()) == {4}
    assert lines.hues[lines.own].tolist() == list(range(9))
    assert np.array_equal(lines.values, np.tile([1, 0, 1, 1, 0, 1, 0, 1, 0], 9))


def test_that_all_lines_of_a_linear_layer_are_its_weights() -> None:
    view = layer_view(Linear(6, 4), (6,), Cursor(0, 0, 0, 2))
    scene = scene_of(view)
    lines = scene.lines(scene.neurons(30, 30))
    assert view.stage is not None
    weight = view.stage.parameters[0]["weight"]
    assert np.array_equal(lines.values.reshape(4, 6), weight)
    assert set(lines.hues.tolist()) == {-1}
    assert lines.own.sum() == 6


@pytest.mark.parametrize("most", [12, 20, 32])
def test_that_of_a_large_layer_the_window_is_shown_and_what_is_left_out_is_counted(
    most: int,
) -> None:
    scene = lecture_network(Cursor(0, 3, 10, 13, 9))
    neurons = scene.neurons(most, 2 * most)
    for found, count in ((neurons.inputs, 784), (neurons.outputs, 25_088)):
        assert len(found) <= most
        assert len(shown(found)) + sum(slot.hidden for slot in found) == count
        assert shown(found) == sorted(shown(found))
    assert scene.row in shown(neurons.outputs)
    if most >= 14:  # nine, and what is left out before, between and behind three rows of three
        assert set(scene.own.inputs.tolist()) <= set(shown(neurons.inputs))
    lines = scene.lines(neurons)
    assert lines.own.sum() == len(set(scene.own.inputs.tolist()) & set(shown(neurons.inputs)))


def test_that_the_inputs_stay_the_same_while_the_cursor_moves_a_few_steps() -> None:
    found = {
        lecture_network(Cursor(0, 0, 10, column, 9)).neurons(32, 60).inputs
        for column in range(8, 16)
    }
    assert len(found) <= 2


@settings(deadline=None, max_examples=100)
@given(st.sampled_from([0, 3, 7]), st.integers(3, 40), st.integers(0, 3135), st.integers(0, 63))
def test_that_there_are_never_more_neurons_than_asked_for(
    layer: int, most: int, term: int, opened: int
) -> None:
    group = {0: 0, 3: opened % 32, 7: opened}[layer]
    terms = {0: 9, 3: 288, 7: 3136}[layer]
    cursor = Cursor(layer, 0, 0, 5, term % (terms + 1))
    scene = lecture_network(cursor, group)
    neurons = scene.neurons(most, most)
    for found, count in ((neurons.inputs, scene.inputs), (neurons.outputs, scene.outputs)):
        assert len(found) <= most
        assert len(shown(found)) + sum(slot.hidden for slot in found) == count
    assert scene.row in shown(neurons.outputs)
    current = scene.current
    if layer != 3 and current is not None and current in scene.channel_inputs:
        assert current in shown(neurons.inputs)


def test_that_slots_count_what_is_left_out_before_between_and_behind() -> None:
    assert slots([2, 3, 7], 10) == (
        Slot(None, 2), Slot(2), Slot(3), Slot(None, 3), Slot(7), Slot(None, 2),
    )  # fmt: skip
    assert slots([0, 1], 2) == (Slot(0), Slot(1))


def test_that_a_weight_that_is_pointed_at_has_as_many_lines_as_uses() -> None:
    view = layer_view(Conv2d(2, 2, (2, 2)), (2, 4, 4), Cursor(0, 1, 0, 0), 1, Pointing(weight=5))
    scene = scene_of(view)
    lines = scene.lines(scene.neurons(40, 40))
    assert (lines.weights == scene.pointed).sum() == 9


def test_that_a_layer_that_adds_nothing_up_says_why() -> None:
    scene = graph_scene(view_of(Cursor(1)))
    assert isinstance(scene, Empty)
    assert scene.reason
