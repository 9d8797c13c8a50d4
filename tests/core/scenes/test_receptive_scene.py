"""The receptive field's scene: its table and what it follows."""

from __future__ import annotations

from cnnviz.core.cursor import Cursor
from cnnviz.core.scenes import same
from cnnviz.core.scenes.receptive import ReceptiveScene, receptive_scene
from cnnviz.core.view import View
from tests.core.scenes.networks import network_of, view_of
from tests.networks import bundled, snapshot


def scene(view: View) -> ReceptiveScene:
    found = receptive_scene(view)
    assert isinstance(found, ReceptiveScene)
    return found


def test_that_the_table_names_each_layer_that_sees_more_and_the_first_that_sees_all() -> None:
    network, stage = bundled("two_layer_cnn"), snapshot("two_layer_cnn")
    rows = scene(View(network, cursor=Cursor(4), stage=stage)).rows
    assert [row.layer.operation.kind for row in rows] == [
        "Conv2d",
        "MaxPool2d",
        "Conv2d",
        "MaxPool2d",
        "Flatten",
    ]
    assert [row.growth and row.growth[0].size for row in rows] == [3, 4, 8, 10, None]
    assert [row.chosen for row in rows] == [False, False, True, False, False]  # a ReLU behind it


def test_that_a_term_more_is_the_same_scene() -> None:
    view = view_of(Cursor(0, 1, 2, 3, 4))
    from dataclasses import replace

    later = replace(view, cursor=replace(view.cursor, term=5))
    moved = replace(view, cursor=replace(view.cursor, row=3))
    assert same(scene(view), scene(later))
    assert not same(scene(view), scene(moved))


def test_that_a_view_without_a_snapshot_says_why() -> None:
    assert not isinstance(receptive_scene(View(network_of())), ReceptiveScene)
