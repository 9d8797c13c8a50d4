"""Which layer, element and step of one run is another's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnviz.core.cursor import Cursor
from cnnviz.core.experiment import Experiment
from cnnviz.core.kept import Kept
from cnnviz.core.metrics import Evaluation, MetricLog
from cnnviz.core.network_file import read_network
from cnnviz.core.settings import TrainingSettings
from cnnviz.core.side_by_side import (
    brought_over,
    corresponding,
    epochs_at,
    figures_at,
    in_layer,
    instead,
    same_images,
    together,
)
from cnnviz.resources import resource
from tests.networks import KEYS, bundled


def of_experiment(key: str):
    return read_network(resource("experiments", "networks", f"{key}.toml"))


def kinds(pairs, left, right) -> list[tuple[str, str | None]]:
    return [
        (
            left.layers[i].operation.kind,
            None if j is None else right.layers[j].operation.kind,
        )
        for i, j in pairs
    ]


@pytest.mark.parametrize("key", KEYS)
def test_that_every_layer_of_a_network_corresponds_to_itself(key: str) -> None:
    network = bundled(key)
    for layer in range(len(network.layers)):
        assert corresponding(network, layer, network) == layer
        assert brought_over(network, Cursor(layer), network, Cursor()).cursor == Cursor(layer)


def test_that_a_maximum_corresponds_to_an_average() -> None:
    left, right = bundled("lenet5"), of_experiment("lenet5_average")
    assert [corresponding(left, i, right) for i in range(len(left.layers))] == list(
        range(len(left.layers))
    )
    assert right.layers[2].operation.kind == "AvgPool2d"


def test_that_a_layer_that_only_one_network_has_moves_none_of_the_others() -> None:
    left, right = of_experiment("wide_mlp"), of_experiment("wide_mlp_dropout")
    found = [(i, corresponding(left, i, right)) for i in range(len(left.layers))]
    assert all(a == b for a, b in kinds(found, left, right))
    assert [j for _, j in found] == [0, 2, 3, 5, 6, 8, 9]
    assert corresponding(right, 1, left) is None


def test_that_an_mlp_has_no_maps_and_its_hidden_activation_is_shown() -> None:
    cnn, mlp = bundled("two_layer_cnn"), bundled("mlp")
    for layer, of in enumerate(cnn.layers):
        if len(of.output_shape) == 3:
            match = brought_over(cnn, Cursor(layer, 1, 2, 3), mlp, Cursor())
            assert not match.same
            assert mlp.layers[match.cursor.layer].operation.kind == "ReLU"
    # But its logits are logits, though they are its second linear layer and the CNN's first.
    assert mlp.layers[-2].operation.kind == cnn.layers[-2].operation.kind == "Linear"
    match = brought_over(cnn, Cursor(len(cnn.layers) - 2, column=4), mlp, Cursor())
    assert match.same
    assert match.alike
    assert match.cursor == Cursor(len(mlp.layers) - 2, column=4)


def test_that_a_side_without_the_layer_stays_where_it_was_looked_at() -> None:
    cnn, mlp = bundled("two_layer_cnn"), bundled("mlp")
    chosen = Cursor(instead(mlp), column=17)
    assert brought_over(cnn, Cursor(0, 1, 2, 3), mlp, chosen).cursor == chosen


def test_that_an_element_that_is_not_there_is_said_to_be_another() -> None:
    left, right = bundled("two_layer_cnn"), bundled("lenet5")
    channels = right.layers[0].output_shape[0]
    inside = brought_over(left, Cursor(0, channels - 1, 4, 5), right, Cursor())
    assert (inside.same, inside.alike) == (True, True)
    outside = brought_over(left, Cursor(0, channels, 4, 5), right, Cursor())
    assert (outside.same, outside.alike) == (True, False)
    assert outside.cursor.channel == channels - 1


@given(st.integers(0, 27), st.integers(0, 27))
def test_that_another_layer_is_entered_at_the_same_place_of_the_image(
    row: int, column: int
) -> None:
    network = bundled("two_layer_cnn")
    pooling = next(i for i, la in enumerate(network.layers) if la.operation.kind == "MaxPool2d")
    moved = in_layer(network, Cursor(0, 3, row, column), pooling)
    assert (moved.row, moved.column) == (row // 2, column // 2)


@given(st.lists(st.integers(0, 50), unique=True), st.lists(st.integers(0, 50), unique=True))
def test_that_the_slider_has_the_steps_of_both(left: list[int], right: list[int]) -> None:
    def kept(steps: list[int]) -> Kept:
        ordered = np.array(sorted(steps), dtype=np.int64)
        return Kept(ordered, ordered[::2])

    both = together(kept(left), kept(right))
    assert both.steps.tolist() == sorted({*left, *right})
    assert set(both.epoch_ends.tolist()) == {*sorted(left)[::2], *sorted(right)[::2]}


def test_that_figures_are_those_of_the_step_and_not_of_the_end() -> None:
    log = MetricLog()
    log.append(np.arange(100, dtype=np.float32))
    for step, whole in ((10, False), (20, True), (30, False), (40, True)):
        log.evaluated(Evaluation(step, 0.5, step / 100, whole))
    assert figures_at(log, 0).test is None
    assert np.isnan(figures_at(log, 0).loss)
    assert figures_at(log, 4).loss == 1.5
    assert figures_at(log, 100).loss == np.arange(50, 100).mean()
    looks = {step: figures_at(log, step).test for step in (10, 19, 20, 39, 40)}
    assert {step: look.step for step, look in looks.items() if look} == {
        10: 10,
        19: 10,
        20: 20,
        39: 20,  # and not the part of the test set after it
        40: 40,
    }


def test_that_epochs_are_counted_in_the_images_that_were_learned_from() -> None:
    network = bundled()
    whole = Experiment(network, TrainingSettings(batch_size=100), "mnist")
    part = replace(whole, settings=replace(whole.settings, train_images=1000))
    assert epochs_at(whole, 60_000, 300) == 0.5
    assert epochs_at(part, 60_000, 25) == 2.5


def test_that_shuffled_pixels_are_another_picture() -> None:
    one = Experiment(bundled(), TrainingSettings(), "mnist")
    assert same_images(one, Experiment(bundled("mlp"), TrainingSettings(epochs=3), "mnist"))
    assert not same_images(one, replace(one, data="fashion_mnist"))
    assert not same_images(one, replace(one, settings=TrainingSettings(pixel_seed=1)))
