"""What the confusion pane shows: lists by loss, images of a cell, names."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cnnviz.core.judgement import Judgement
from cnnviz.core.network import build_network
from cnnviz.core.operations import Flatten, Linear, Softmax
from cnnviz.core.scenes import Empty, same
from cnnviz.core.scenes.confusion import ConfusionScene, Look, confusion_scene, without_matrix
from cnnviz.core.view import View
from tests.core.scenes.networks import view_of

CLASSES = 5


def judged(count: int = 200, seed: int = 0, view: View | None = None) -> View:
    """A view with a judgement of random answers, three of four of them right."""
    view = view_of() if view is None else view
    draw = np.random.default_rng(seed)
    labels = draw.integers(0, CLASSES, count)
    others = draw.integers(0, CLASSES, count)
    predictions = np.where(draw.random(count) < 0.75, labels, others)
    losses = draw.exponential(size=count).astype(np.float32)
    images = draw.integers(0, 256, (count, 8, 8)).astype(np.uint8)
    assert view.live is not None
    judgement = Judgement(view.live, labels, predictions, losses, images, 0.5)
    return replace(view, judgement=judgement)


def scene_of(view: View, *asked: object) -> ConfusionScene:
    scene = confusion_scene(view, *asked)  # type: ignore[arg-type]
    assert isinstance(scene, ConfusionScene)
    return scene


def test_that_before_the_first_judgement_there_is_nothing() -> None:
    assert isinstance(confusion_scene(view_of()), Empty)


def test_that_a_judgement_of_another_network_is_not_shown() -> None:
    view = judged()
    other = replace(view.network, title="Another")
    assert isinstance(confusion_scene(replace(view, network=other, live=None, stage=None)), Empty)


def test_that_other_classes_and_a_thousand_of_them_have_no_matrix() -> None:
    view = view_of()
    assert view.live is not None
    assert without_matrix(view.live) == ""
    foreign = replace(view.live, classes=("tench",))
    assert "and not the data's" in without_matrix(foreign)
    shown = confusion_scene(replace(view, live=foreign, stage=foreign))
    assert shown == Empty(without_matrix(foreign))
    layers = (Flatten(), Linear(4, 1000), Softmax())
    many = replace(view.live, network=build_network("m", "M", (1, 2, 2), layers))
    assert "more than 200 classes" in without_matrix(many)


def test_that_worst_and_best_are_in_the_order_of_their_losses() -> None:
    view = judged()
    assert view.judgement is not None
    losses = view.judgement.losses
    worst, best = scene_of(view, Look.WORST).listed, scene_of(view, Look.BEST).listed
    assert losses[worst[0]] == losses.max()
    assert losses[best[0]] == losses.min()
    assert (np.diff(losses[worst]) <= 0).all()
    assert (np.diff(losses[best]) >= 0).all()


def test_that_every_cell_lists_exactly_its_images_the_largest_loss_first() -> None:
    view = judged()
    judgement, seen = view.judgement, []
    assert judgement is not None
    for cell in np.ndindex(CLASSES, CLASSES):
        scene = scene_of(view, Look.CELL, cell)
        assert len(scene.listed) == scene.table.counts[cell]
        assert (judgement.labels[scene.listed] == cell[0]).all()
        assert (judgement.predictions[scene.listed] == cell[1]).all()
        assert (np.diff(judgement.losses[scene.listed]) <= 0).all()
        seen += scene.listed.tolist()
    assert sorted(seen) == list(range(200))


def test_that_the_same_judgement_is_the_same_scene_and_another_sample_is_not() -> None:
    view = judged()
    assert same(scene_of(view, Look.WORST), scene_of(view, Look.WORST))
    moved = replace(view, sample=view.sample + 1)
    assert not same(scene_of(view, Look.WORST), scene_of(moved, Look.WORST))
