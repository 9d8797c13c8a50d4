"""The scene of the activation maps."""

from __future__ import annotations

from dataclasses import replace

from cnnviz.core.cursor import Cursor
from cnnviz.core.scenes import Empty, same
from cnnviz.core.scenes.maps import MapsScene, maps_scene
from cnnviz.core.view import Progress, View
from tests.core.scenes.networks import network_of, snapshot_of, view_of


def scene_at(cursor: Cursor) -> MapsScene:
    scene = maps_scene(view_of(cursor))
    assert isinstance(scene, MapsScene)
    return scene


def test_that_the_chosen_layers_own_output_is_shown() -> None:
    view = view_of(Cursor(0, 2, 3, 4))
    scene = maps_scene(view)
    assert isinstance(scene, MapsScene)
    assert view.live is not None
    assert scene.values is view.live.activations[1]
    assert (scene.channel, scene.place, scene.signed) == (2, (3, 4), True)


def test_that_a_relu_names_the_layer_before_it_and_has_no_negative_side() -> None:
    scene = scene_at(Cursor(1))
    assert scene.source is not None
    assert scene.source.ordinal == 1
    assert not scene.signed
    assert scene.limit == scene_at(Cursor(0)).limit


def test_that_a_vector_has_a_chosen_value_and_no_place() -> None:
    scene = scene_at(Cursor(7, 0, 0, 13))
    assert (scene.vector, scene.bars, scene.channel, scene.place) == (True, False, 13, None)
    assert scene_at(Cursor(10, 0, 0, 2)).bars


def test_that_the_cursor_is_marked_only_on_what_is_stepped() -> None:
    view = view_of(Cursor(0, 0, 1, 1))
    live = replace(view, live=snapshot_of(view.network, seed=1), held=True)
    scene = maps_scene(live)
    assert isinstance(scene, MapsScene)
    assert scene.place is None
    held = maps_scene(replace(live, others_held=True))
    assert isinstance(held, MapsScene)
    assert held.place == (1, 1)


def test_that_stepping_a_term_changes_nothing() -> None:
    view = view_of(Cursor(0, 0, 1, 1, 3))
    assert same(maps_scene(view), maps_scene(replace(view, cursor=Cursor(0, 0, 1, 1, 4))))


def test_that_an_empty_pane_says_what_is_awaited() -> None:
    view = View(network_of(), progress=Progress(waiting="Reading the images"))
    assert maps_scene(view) == Empty("Reading the images")
    reason = maps_scene(View(network_of()))
    assert isinstance(reason, Empty)
    assert reason.reason
