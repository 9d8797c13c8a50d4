"""What stands over each of two runs, and the scales that they have in common."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cnnviz.core.cursor import Cursor
from cnnviz.core.scenes.ranges import output_limit
from cnnviz.core.scenes.side import Standing, common_range, different, side_scenes, top_loss
from cnnviz.core.side_by_side import Match
from tests.core.scenes.test_comparison import compared
from tests.networks import bundled, snapshot


def standing(key: str = "two_layer_cnn", layer: int = 0, seed: int = 0, **changes) -> Standing:
    run = compared("a", [2.0, 1.0], [(2, 0.25, 0.5)], **changes.pop("settings", {}))
    run = replace(run, experiment=replace(run.experiment, network=bundled(key)))
    match = Match(Cursor(layer), same=True, alike=True)
    made = Standing(run, run.log, match, snapshot(key, 2, seed), 2, 1000, written=False)
    return replace(made, **changes)


def test_that_colours_mean_the_same_on_both_sides() -> None:
    left, right = standing(seed=0), standing(seed=1)
    limits = [output_limit(side.seen, 0) for side in (left, right) if side.seen is not None]
    assert limits[0] != limits[1]
    assert common_range((left, right)) == (max(limits), True)
    behind = [replace(side, match=replace(side.match, cursor=Cursor(1))) for side in (left, right)]
    assert bundled().layers[1].operation.kind == "ReLU"
    assert common_range(behind) == (max(limits), False)


@pytest.mark.parametrize("missing", [True, False])
def test_that_other_layers_have_scales_of_their_own(missing: bool) -> None:
    right = standing("mlp")
    right = replace(right, match=replace(right.match, same=False)) if missing else right
    assert common_range((standing(), right if missing else replace(right, seen=None))) is None


def test_that_each_side_says_where_it_stands() -> None:
    left = standing(settings={"train_images": 1000, "batch_size": 100})
    right = replace(standing("mlp"), seen=None, last=None, written=True)
    right = replace(right, match=Match(Cursor(2), same=False, alike=False))
    scenes = side_scenes((left, right), at=7)
    assert [scene.step for scene in scenes] == [2, None]
    assert [scene.epochs for scene in scenes] == [0.2, None]
    assert [scene.early for scene in scenes] == [True, False]
    assert [scene.written for scene in scenes] == [False, True]
    assert scenes[0].missing is None
    assert scenes[1].missing is bundled().layers[0]
    assert scenes[1].shown is bundled("mlp").layers[2]
    assert scenes[0].figures.loss == 1.5
    assert scenes[0].figures.test is not None


def test_that_networks_of_other_layers_are_told_by_name_and_size() -> None:
    lines = different((standing().run, standing("mlp").run))
    assert [line.what for line in lines] == ["network", "parameters"]
    assert lines[1].values == ("50,186", "79,510")
    short = different((standing("lenet5").run, standing("lenet5_tanh").run))
    assert [line.what for line in short] == ["network"]
    assert different((standing().run, standing().run)) == ()


def test_that_both_losses_fit_on_the_bar() -> None:
    one, other = compared("a", [2.0, 4.0], []), compared("b", [1.0], [])
    logs = [one.log, other.log]
    assert top_loss(logs, [0.5, 0.25]) == 3.0
    assert top_loss(logs, [0.5, 9.0]) == 9.0
    assert top_loss(logs, [np.nan, np.inf]) == 3.0
    assert top_loss([], []) == 1.0
