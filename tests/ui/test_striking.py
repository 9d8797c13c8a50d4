"""Dropout as in training, in the window: what is asked for, struck out, and said."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtGui import QImage
from pytestqt.qtbot import QtBot

from cnnviz.core.cursor import Cursor
from cnnviz.core.scenes.maps import MapsScene, maps_scene
from cnnviz.core.scenes.prediction import PredictionScene, prediction_scene
from cnnviz.core.scenes.stage import StageScene, stage_scene
from cnnviz.core.snapshot import Snapshot
from cnnviz.core.view import Progress, View
from cnnviz.ui.main_window import MainWindow
from cnnviz.ui.pane import Pane
from cnnviz.ui.panes.graph import GraphPane
from cnnviz.ui.panes.maps import MapsPane
from cnnviz.ui.panes.prediction import PredictionPane
from cnnviz.ui.panes.stage import StagePane
from cnnviz.ui.theme import DARK, LIGHT, Theme
from cnnviz.ui.transport import Transport
from tests.control.runners import FakeRunner
from tests.networks import bundled, snapshot

DROPOUT, LINEAR = 12, 13
"""Their places in the three-layer network."""


def struck(share: float = 0.5, key: str = "three_layer_cnn") -> Snapshot:
    """A snapshot whose dropouts have masks; what follows them is not computed anew."""
    plain, random = snapshot(key), np.random.default_rng(1)
    masks, activations = {}, list(plain.activations)
    for index, layer in enumerate(plain.network.layers):
        if layer.operation.kind == "Dropout":
            mask = (random.random(layer.output_shape) >= share).astype(np.float32)
            masks[index] = mask
            kept = 1 - layer.operation.p  # type: ignore[attr-defined]
            activations[index + 1] = activations[index] * mask / np.float32(kept)
    return replace(plain, masks=masks, activations=tuple(activations), limits={}, kept={})


def view_of(found: Snapshot, layer: int = DROPOUT) -> View:
    cursor = Cursor(layer, 0, 0, 0, 1)
    return View(
        found.network, cursor=cursor, live=found, stage=found, progress=Progress(ready=True)
    )


def drawn(pane: Pane, view: View, qtbot: QtBot, theme: Theme) -> QImage:
    pane.setParent(None)
    qtbot.addWidget(pane)
    pane.set_theme(theme)
    pane.resize(700, 420)
    pane.look(view)
    image = pane.grab().toImage()
    assert not pane.failed
    return image


def test_that_scenes_say_which_neurons_are_struck_out() -> None:
    found = struck()
    mask = np.asarray((found.masks or {})[DROPOUT])
    maps = maps_scene(view_of(found))
    assert isinstance(maps, MapsScene)
    assert maps.struck is not None
    np.testing.assert_array_equal(maps.struck, mask == 0)
    stage = stage_scene(view_of(found))
    assert isinstance(stage, StageScene)
    assert stage.mask is not None
    assert stage.ledger.parts["mask"] == mask[0]
    after = stage_scene(view_of(found, LINEAR))
    assert isinstance(after, StageScene)
    assert after.mask is None
    assert after.struck_inputs is not None
    np.testing.assert_array_equal(after.struck_inputs, mask == 0)
    prediction = prediction_scene(view_of(found))
    assert isinstance(prediction, PredictionScene)
    assert prediction.striking


def test_that_a_flatten_between_them_hides_nothing() -> None:
    found = struck(0.25, "keras_cnn")
    layers = [layer.operation.kind for layer in found.network.layers]
    linear = layers.index("Linear")
    assert layers[linear - 2 : linear] == ["Dropout", "Flatten"]
    stage = stage_scene(view_of(found, linear))
    assert isinstance(stage, StageScene)
    assert stage.struck_inputs is not None
    mask = np.asarray((found.masks or {})[linear - 2])
    np.testing.assert_array_equal(stage.struck_inputs, mask.reshape(-1) == 0)


def test_that_an_evaluated_network_has_nothing_struck_out() -> None:
    view = view_of(snapshot("three_layer_cnn"))
    maps, stage = maps_scene(view), stage_scene(view)
    assert isinstance(maps, MapsScene)
    assert isinstance(stage, StageScene)
    assert maps.struck is None
    assert stage.mask is None
    assert stage.struck_inputs is None
    prediction = prediction_scene(view)
    assert isinstance(prediction, PredictionScene)
    assert not prediction.striking


@pytest.mark.parametrize("palette", [DARK, LIGHT])
def test_that_panes_draw_it_and_say_how_many(qtbot: QtBot, palette, window) -> None:
    found, theme = struck(), Theme(palette)
    # The same numbers without masks, so that only the strokes differ.
    same = replace(found, masks=None, limits={}, kept={})
    count = int(np.count_nonzero(np.asarray((found.masks or {})[DROPOUT]) == 0))
    said = f"╱ struck out: {count} of 625"
    transport = Transport(window.actions_by_key)
    for pane, layer in (
        (MapsPane(), DROPOUT),
        (StagePane(transport), DROPOUT),
        (GraphPane(), LINEAR),
    ):
        with_strokes = drawn(pane, view_of(found, layer), qtbot, theme)
        assert said in pane.caption(pane.shown)
        assert drawn(pane, view_of(same, layer), qtbot, theme) != with_strokes
        assert said not in pane.caption(pane.shown)
    prediction = PredictionPane()
    drawn(prediction, view_of(found), qtbot, theme)
    assert prediction.badge(prediction.shown) == "dropout as in training"


@pytest.mark.parametrize("layer", [3, 7])
def test_that_maps_are_struck_out_too(qtbot: QtBot, layer) -> None:
    found = struck(0.25, "keras_cnn")
    same = replace(found, masks=None, limits={}, kept={})
    assert found.network.layers[layer].operation.kind == "Dropout"
    images = [drawn(MapsPane(), view_of(one, layer), qtbot, Theme()) for one in (found, same)]
    assert images[0] != images[1]


# --- the window ----------------------------------------------------------------------------------


def choose(window: MainWindow, runner: FakeRunner, key: str) -> None:
    window.controller.choose_network(bundled(key))
    runner.say_ready()
    window.controller.drain()
    runner.live = snapshot(key)
    window.controller.drain()
    runner.asked.clear()


def test_that_a_key_switches_it_on_and_off(window, runner) -> None:
    choose(window, runner, "three_layer_cnn")
    window.actions_by_key["striking"].trigger()
    assert runner.asked == [("strike_out", True), ("look", 0, None)]
    assert window.actions_by_key["striking"].isChecked()
    runner.live = snapshot("three_layer_cnn")  # looked at before it was asked for
    window.controller.drain()
    assert window.controller._mailbox.isActive()
    runner.live = struck()
    window.controller.drain()
    assert window.controller.view.live.masks
    assert not window.controller._mailbox.isActive()
    window.actions_by_key["striking"].trigger()
    assert runner.asked[-2:] == [("strike_out", False), ("look", 0, None)]
    assert not window.actions_by_key["striking"].isChecked()
    runner.live = snapshot("three_layer_cnn")
    window.controller.drain()


def test_that_the_held_step_is_struck_out_too(window, runner) -> None:
    choose(window, runner, "three_layer_cnn")
    window.controller.toggle_held()
    window.actions_by_key["striking"].trigger()
    held = window.controller.view.stage
    assert ("look", 0, held) in runner.asked


def test_that_a_network_without_dropout_says_so(window, runner) -> None:
    assert not window.actions_by_key["striking"].isEnabled()
    window.requests.toggle_striking()
    assert "no dropout" in window.banner.label.text()
    assert not window.actions_by_key["striking"].isChecked()
    assert not window.controller.view.striking


def test_that_it_ends_with_a_network_without_dropout(window, runner) -> None:
    choose(window, runner, "three_layer_cnn")
    window.actions_by_key["striking"].trigger()
    choose(window, runner, "two_layer_cnn")
    assert not window.controller.view.striking
    assert not window.actions_by_key["striking"].isChecked()
