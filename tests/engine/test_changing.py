"""Weights set between two batches, end to end: the thread that trains, and what torch computes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from cnnviz.core.events import EpochDone, Failed, Notice, Ready, Training
from cnnviz.core.operations import Element
from cnnviz.core.snapshot import Snapshot
from cnnviz.core.weight_edit import (
    WeightChange,
    WeightEdit,
    all_weights,
    edited,
    one_weight,
    weight_place,
    zeroed,
)
from cnnviz.engine.build import build_module
from cnnviz.engine.headless import make_session
from cnnviz.engine.training import train
from tests.engine.idx_files import TINY, experiment
from tests.engine.test_runner import PATIENCE, Watched, wait_for


@pytest.fixture
def watched() -> Iterator[Watched]:
    watched = Watched()
    yield watched
    assert watched.runner.close(PATIENCE)


def model_of(snapshot: Snapshot) -> nn.Sequential:
    """A model of torch's own with a snapshot's weights."""
    model = build_module(TINY).eval()
    state = {
        f"{index}.{name}": torch.from_numpy(array)
        for index, arrays in enumerate(snapshot.parameters)
        for name, array in arrays.items()
    }
    model.load_state_dict(state)
    return model


def outputs_of(model: nn.Sequential, snapshot: Snapshot) -> list[np.ndarray]:
    x, outputs = torch.from_numpy(snapshot.sample.image)[None], []
    with torch.no_grad():
        for layer in model:
            x = layer(x)
            outputs.append(x[0].numpy())
        outputs.append(torch.softmax(x, dim=1)[0].numpy())
    return outputs


def change(number: int, *edits: WeightEdit, run: int = 1, **more: object) -> WeightChange:
    return WeightChange(run, number, edits, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("layer", "name", "index"),
    [(0, "weight", (1, 0, 2, 0)), (0, "bias", (1,)), (5, "weight", (7, 40)), (5, "bias", (3,))],
)
def test_that_an_edited_weight_is_what_torch_computes_with_at_the_next_look(
    watched: Watched, data: Path, layer: int, name: str, index: Element
) -> None:
    watched.begin(experiment(data))
    before = watched.look()
    watched.runner.change_weights(change(1, one_weight(layer, name, index, 1.75)))
    after = watched.look()
    assert (after.step, after.changes) == (0, 1)
    model = model_of(before)
    with torch.no_grad():
        getattr(model[layer], name)[index] = 1.75
    expected = outputs_of(model, before)
    for shown, torchs in zip(after.activations[1:], expected, strict=True):
        np.testing.assert_allclose(shown, torchs, rtol=1e-5, atol=1e-6)
    assert not np.array_equal(after.activations[-1], before.activations[-1])
    assert not np.array_equal(after.parameters[layer][name], before.parameters[layer][name])


def test_that_training_goes_on_with_the_edited_weight(watched: Watched, data: Path) -> None:
    watched.begin(experiment(data))
    watched.singles(2)
    watched.runner.change_weights(change(1, one_weight(0, "weight", (0, 0, 1, 1), 2.0)))
    watched.singles(1)
    after = watched.look()
    assert after.step == 3
    # Adam moves a weight by at most about the learning rate a step.
    assert 0 < abs(after.parameters[0]["weight"][0, 0, 1, 1] - 2.0) < 0.01
    watched.runner.train()
    assert watched.until(EpochDone).epoch == 1
    assert not [event for event in watched.seen if isinstance(event, Failed)]


def test_that_an_edit_while_training_runs_goes_into_the_live_weights(
    watched: Watched, data: Path
) -> None:
    watched.begin(experiment(data, epochs=10_000))
    watched.runner.train()
    wait_for(lambda: watched.runner.metrics.count > 3)
    watched.runner.change_weights(change(1, one_weight(5, "bias", (0,), 50.0)))
    shown = watched.look()
    assert shown.changes == 1
    assert abs(shown.parameters[5]["bias"][0] - 50.0) < 1
    count = watched.runner.metrics.count
    wait_for(lambda: watched.runner.metrics.count > count + 3)


def test_that_every_change_is_made_and_in_order(watched: Watched, data: Path) -> None:
    watched.begin(experiment(data))
    for number in range(1, 6):
        watched.runner.change_weights(
            change(
                number, one_weight(0, "bias", (0,), number), one_weight(0, "bias", (1,), -number)
            )
        )
    assert watched.look().parameters[0]["bias"].tolist() == [5, -5]


def test_that_a_zeroed_kernel_leaves_the_bias_alone(watched: Watched, data: Path) -> None:
    watched.begin(experiment(data))
    before = watched.look()
    watched.runner.change_weights(change(1, zeroed(0, TINY.layers[0], 1)))
    after = watched.look()
    assert not after.parameters[0]["weight"][1].any()
    assert np.array_equal(after.parameters[0]["weight"][0], before.parameters[0]["weight"][0])
    assert np.unique(after.activations[1][1]).tolist() == [before.parameters[0]["bias"][1]]


def test_that_what_an_edit_replaced_takes_it_back_bit_for_bit(watched: Watched, data: Path) -> None:
    watched.begin(experiment(data))
    before = watched.look()
    edit = zeroed(5, TINY.layers[5], 3)
    back = edit.replaced(before.parameters)
    assert edited(edited(before.parameters, [edit]), [back])[5]["weight"].tobytes() == (
        before.parameters[5]["weight"].tobytes()
    )
    watched.runner.change_weights(change(1, edit))
    watched.runner.change_weights(change(2, back))
    assert watched.look().parameters[5]["weight"].tobytes() == (
        before.parameters[5]["weight"].tobytes()
    )


def test_that_a_change_for_a_run_that_is_no_more_is_not_made(watched: Watched, data: Path) -> None:
    watched.begin(experiment(data))
    before = watched.look()
    watched.runner.restart(experiment(data))
    watched.runner.change_weights(change(1, one_weight(0, "bias", (0,), 9.0)))
    watched.until(Ready)
    after = watched.look()
    assert (after.run, after.changes) == (2, 0)
    assert np.array_equal(after.parameters[0]["bias"], before.parameters[0]["bias"])


def test_that_weights_of_a_file_are_torchs_the_optimiser_begins_anew_and_reset_goes_back(
    watched: Watched, data: Path
) -> None:
    watched.begin(experiment(data))
    seeds = watched.look()
    watched.singles(4)
    torch.manual_seed(99)
    other = build_module(TINY).eval()
    arrays = [
        {k: v.detach().numpy().copy() for k, v in layer.named_parameters()} for layer in other
    ]
    watched.runner.change_weights(
        change(1, *all_weights(arrays), anew=True, file="w.pt", renamed="conv.weight")
    )
    said = watched.until(Notice).problem
    assert said.fields == {"file": "w.pt", "step": 4, "key": "conv.weight"}
    shown = watched.look()
    for output, torchs in zip(shown.activations[1:], outputs_of(other, shown), strict=True):
        np.testing.assert_allclose(output, torchs, rtol=1e-5, atol=1e-6)
    watched.singles(1)
    moved = watched.look().parameters[0]["weight"] - shown.parameters[0]["weight"]
    # Adam's first step moves every weight by the learning rate, whatever the gradient's size.
    np.testing.assert_allclose(np.abs(moved), 0.001, rtol=0.02)
    watched.runner.restart(experiment(data))
    watched.until(Ready)
    again = watched.look()
    assert again.step == 0
    assert np.array_equal(again.parameters[0]["weight"], seeds.parameters[0]["weight"])


def test_that_a_change_mends_a_run_whose_loss_was_no_number(watched: Watched, data: Path) -> None:
    watched.begin(experiment(data))
    before = watched.look()
    edit = one_weight(5, "bias", (0,), 3e38)
    edits = (edit, one_weight(5, "bias", (1,), -3e38))
    watched.runner.change_weights(change(1, *edits))
    watched.runner.train()
    assert "not a number" in watched.until(Failed).problem.sentence
    while watched.until(Training).running:
        pass
    watched.runner.change_weights(change(2, *(it.replaced(before.parameters) for it in edits)))
    watched.runner.train()
    assert watched.until(EpochDone).epoch == 1
    assert watched.runner.metrics.count == 6


def test_that_one_batch_stays_one_where_a_change_cuts_an_evaluation_off(
    watched: Watched, data: Path
) -> None:
    watched.begin(experiment(data, evaluate_every=1))
    for number in range(1, 6):
        watched.runner.one_batch()
        watched.runner.change_weights(change(number, one_weight(0, "bias", (0,), number)))
        wait_for(lambda: watched.runner._mailbox.wanted.singles == 0)
        assert watched.look().step == number


def test_that_changing_nothing_changes_no_bit_of_what_is_learned(data: Path) -> None:
    """The optimiser, the order of the images and dropout's draws go on as they would have."""
    from cnnviz.engine.changing import change_weights

    results = []
    for touched in (False, True):
        session = make_session(experiment(data))
        for _ in train(session, lambda _: None):
            if touched and session.step == 3:
                bias = session.module[0].bias
                assert isinstance(bias, torch.Tensor)
                same = one_weight(0, "bias", (0,), float(bias.detach()[0]))
                change_weights(session, change(1, same, run=session.run))
        results.append([value.clone() for value in session.module.state_dict().values()])
    assert all(torch.equal(*pair) for pair in zip(*results, strict=True))


def test_that_the_place_of_a_term_is_the_weight_that_it_multiplies_with() -> None:
    layer = TINY.layers[5]
    assert weight_place(layer, 7, 40) == (7, 40)
    assert weight_place(TINY.layers[0], 1, 5) == (1, 0, 1, 2)
