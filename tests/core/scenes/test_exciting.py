"""What excites a channel most, as the pane shows it, and why there is nothing to see."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cnnviz.core.cursor import Cursor
from cnnviz.core.excitation import MOST, Excitations, Peaks
from cnnviz.core.network import build_network
from cnnviz.core.operations import Linear, Softmax
from cnnviz.core.problem import Problem
from cnnviz.core.receptive import receptive_field
from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.exciting import ExcitingScene, Look, exciting_scene
from cnnviz.core.snapshot import Snapshot
from cnnviz.core.survey import Survey, Underway
from cnnviz.core.view import View
from tests.core.scenes.networks import network_of, snapshot_of, view_of

COUNT = 40


def excitations_of(
    snapshot: Snapshot, most: int = MOST, count: int = COUNT, side: int = 8
) -> Excitations:
    """Random images and values; the last channel of every layer is 0 everywhere."""
    draw = np.random.default_rng(2)
    layers = []
    for layer in snapshot.network.layers:
        channels = layer.output_shape[0]
        values = -np.sort(-draw.random((channels, most), dtype=np.float32) - 0.1, axis=1)
        values[-1] = 0
        images = draw.integers(0, count, (channels, most))
        places = draw.integers(0, int(np.prod(layer.output_shape[1:])), (channels, most))
        layers.append(Peaks(values, images, places))
    pictures = draw.integers(0, 256, (count, side, side)).astype(np.uint8)
    labels = draw.integers(0, snapshot.network.classes, count)
    return Excitations(snapshot, tuple(layers), labels, pictures, 0.1)


def excited(cursor: Cursor | None = None, most: int = MOST) -> View:
    """A view of the small network with what excites it."""
    view = view_of(cursor=cursor or Cursor())
    assert view.live is not None
    return replace(view, excitations=excitations_of(view.live, most))


def scene_of(view: View, look: Look = Look.CHANNEL) -> ExcitingScene:
    scene = exciting_scene(view, look)
    assert isinstance(scene, ExcitingScene)
    return scene


def test_that_the_cursor_chooses_layer_and_channel() -> None:
    scene = scene_of(excited(Cursor(3, 4, 1, 1)))
    assert (scene.index, scene.channel, scene.count) == (3, 4, MOST)
    found, peaks = scene.at(2), scene.excitations.layers[3]
    assert found.image == peaks.images[4, 2]
    assert found.value == pytest.approx(peaks.values[4, 2])
    assert found.element == (4, *divmod(int(peaks.places[4, 2]), 4))
    assert scene.patch(found.element).field == receptive_field(
        scene.excitations.snapshot.network, 3, found.element
    )


def test_that_a_feature_of_a_vector_is_a_channel() -> None:
    scene = scene_of(excited(Cursor(7, 0, 0, 13)), Look.LAYER)
    assert (scene.channel, scene.channels, scene.count) == (13, 20, 20)
    assert scene.at(5).element == (5,)
    assert scene.patch((5,)).field.count == 64


def test_that_a_channel_that_is_0_everywhere_is_told_apart() -> None:
    scene = scene_of(excited(Cursor(0, 3)))
    assert scene.dead(3)
    assert not scene.dead(0)


def test_that_it_says_how_far_it_is_or_why_there_is_nothing() -> None:
    view = replace(excited(), excitations=None)
    assert view.live is not None
    waiting = exciting_scene(view)
    assert isinstance(waiting, Empty)
    assert not waiting.total
    underway = Underway(view.live, 250, 10_000)
    far = exciting_scene(replace(view, surveys={Survey.EXCITATION: underway}))
    assert isinstance(far, Empty)
    assert (far.reason, far.done, far.total) == (waiting.reason, 250, 10_000)
    refused = exciting_scene(replace(view, surveys={Survey.EXCITATION: Problem("no")}))
    assert isinstance(refused, Empty)
    assert str(refused.problem) == "no"


def test_that_another_network_or_a_vectors_is_not_shown() -> None:
    view = excited()
    other = snapshot_of(network_of())
    assert isinstance(exciting_scene(replace(view, live=None, stage=None)), Empty)
    changed = build_network("v", "V", (6,), (Linear(6, 5), Softmax()))
    assert isinstance(
        exciting_scene(replace(view, network=changed, live=snapshot_of(changed))), Empty
    )
    assert other.network == view.network


def test_that_newer_weights_are_said_to_be_newer() -> None:
    view = excited()
    assert view.live is not None
    assert not scene_of(view).newer
    assert scene_of(replace(view, live=replace(view.live, step=7))).newer
