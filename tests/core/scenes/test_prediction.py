"""The prediction pane's scene."""

from __future__ import annotations

import numpy as np

from cnnviz.core.network import build_network
from cnnviz.core.operations import Flatten, Linear, Softmax
from cnnviz.core.scenes import Empty, same
from cnnviz.core.scenes.prediction import PredictionScene, prediction_scene
from cnnviz.core.snapshot import Sample, Snapshot
from cnnviz.core.view import Progress, View

NETWORK = build_network("tiny", "Tiny", (1, 2, 2), (Flatten(), Linear(4, 3), Softmax()))


def snapshot(label: int, logits: tuple[float, ...] = (1.0, 3.0, -2.0)) -> Snapshot:
    values = np.array(logits, dtype=np.float32)
    shares = np.exp(values) / np.exp(values).sum()
    image = np.zeros((1, 2, 2), dtype=np.float32)
    activations = (image, image.ravel(), values, shares)
    return Snapshot(1, 5, NETWORK, Sample(7, image, label), ({}, {}, {}), activations)


def scene_of(view: View) -> PredictionScene:
    scene = prediction_scene(view)
    assert isinstance(scene, PredictionScene)
    return scene


def test_that_without_a_snapshot_there_is_a_reason() -> None:
    scene = prediction_scene(View(NETWORK))
    assert isinstance(scene, Empty)
    assert scene.reason


def test_that_logits_and_probabilities_are_the_networks_own() -> None:
    shown = snapshot(1)
    scene = scene_of(View(NETWORK, live=shown, sample=7, progress=Progress(test_count=10)))
    assert scene.logits is shown.activations[-2]
    assert scene.probabilities is shown.activations[-1]
    assert (scene.asked, scene.count, scene.classes) == (7, 10, 3)


def test_that_a_right_and_a_wrong_prediction_are_told_apart() -> None:
    assert scene_of(View(NETWORK, live=snapshot(1))).right
    wrong = scene_of(View(NETWORK, live=snapshot(0)))
    assert not wrong.right
    assert (wrong.chosen, wrong.label) == (1, 0)


def test_that_the_held_snapshot_is_shown_while_the_others_are_held() -> None:
    held, live = snapshot(2), snapshot(1)
    view = View(NETWORK, stage=held, live=live, held=True, others_held=True)
    assert scene_of(view).label == 2
    assert scene_of(View(NETWORK, stage=held, live=live, held=True)).label == 1


def test_that_the_same_snapshot_makes_the_same_scene() -> None:
    shown = snapshot(1)
    view = View(NETWORK, live=shown)
    assert same(scene_of(view), scene_of(view))
    assert not same(scene_of(view), scene_of(View(NETWORK, live=snapshot(1))))
