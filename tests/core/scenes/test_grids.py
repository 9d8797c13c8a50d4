"""Which grids a layer is shown as, and what stands in them."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from cnnviz.core.cursor import Cursor
from cnnviz.core.grid_text import cell_text, characters
from cnnviz.core.operations import Conv2d, Flatten, Linear, MaxPool2d, Operation, ReLU, Softmax
from cnnviz.core.operations.transposed_convolution import ConvTranspose2d
from cnnviz.core.problem import Problem
from cnnviz.core.scenes import same
from cnnviz.core.scenes.grid_cells import (
    computed,
    read_cells,
    subtotal_maps,
    term_of_weight,
    values_of,
    weight_cell,
)
from cnnviz.core.scenes.grids import contents_of, never_read
from cnnviz.core.scenes.stage import StageScene, stage_scene
from cnnviz.core.view import View
from tests.benches import FIRST_OUTPUT, first_view, lab_view, random_view


def scene_of(view: View) -> StageScene:
    scene = stage_scene(view)
    assert isinstance(scene, StageScene)
    return scene


def geometry() -> st.SearchStrategy[dict[str, Any]]:
    pair = st.tuples(st.integers(1, 3), st.integers(1, 3))
    return st.fixed_dictionaries(
        {
            "kernel_size": pair,
            "stride": pair,
            "padding": st.tuples(st.integers(0, 2), st.integers(0, 2)),
            "dilation": pair,
        }
    )


@settings(max_examples=50)
@given(
    geometry(),
    st.sampled_from([1, 2]),
    st.booleans(),
    st.sampled_from(["zeros", "reflect", "replicate", "circular"]),
    st.integers(0, 2**32),
)
def test_that_the_channels_maps_add_up_to_torchs_output(
    fields: dict[str, Any], groups: int, flipped: bool, mode: str, seed: int
) -> None:
    operation = Conv2d(4, 2, groups=groups, flipped=flipped, padding_mode=mode, **fields)
    _maps_add_up(operation, seed)


@settings(max_examples=50)
@given(geometry(), st.sampled_from([1, 2]), st.integers(0, 2**32))
def test_that_a_transposed_convolutions_maps_add_up_too(
    fields: dict[str, Any], groups: int, seed: int
) -> None:
    _maps_add_up(ConvTranspose2d(4, 2, groups=groups, **fields), seed)


def _maps_add_up(operation: Conv2d | ConvTranspose2d, seed: int) -> None:
    try:
        view = random_view(operation, (4, 6, 5), seed=seed)
    except Problem:
        return  # it does not fit
    snapshot = view.stage
    assert snapshot is not None
    for channel in range(operation.out_channels):
        maps = subtotal_maps(snapshot, 0, channel)
        assert maps is not None
        total = maps.sum(axis=0) + snapshot.parameters[0]["bias"][channel]
        np.testing.assert_allclose(total, snapshot.activations[1][channel], atol=1e-12)


def test_that_a_channels_map_is_the_convolution_of_that_channel() -> None:
    view = random_view(Conv2d(3, 2, (3, 3), padding=(1, 1)), (3, 6, 5))
    snapshot = view.stage
    assert snapshot is not None
    x, weight = snapshot.activations[0], snapshot.parameters[0]["weight"]
    maps = subtotal_maps(snapshot, 0, 1)
    assert maps is not None
    for group in range(3):
        alone = functional.conv2d(
            torch.tensor(x[None, group : group + 1]),
            torch.tensor(weight[1:2, group : group + 1]),
            padding=1,
        )
        np.testing.assert_allclose(maps[group], alone[0, 0].numpy())


def test_that_one_channel_is_shown_as_input_kernel_bias_and_output() -> None:
    scene = scene_of(first_view())
    contents = contents_of(scene)
    assert [grid.part for grid in contents.grids] == ["input", "weight", "bias", "output"]
    assert values_of(scene, contents.output).tolist() == FIRST_OUTPUT[0]


def test_that_every_input_channel_of_the_group_has_a_row() -> None:
    scene = scene_of(random_view(Conv2d(4, 4, (3, 3), groups=2), (4, 6, 6), Cursor(0, 2, 1, 1, 3)))
    contents = contents_of(scene)
    assert [row.channel for row in contents.rows] == [2, 3]
    for row in contents.rows:
        assert row.kernel is not None
        assert row.map is not None
        assert row.kernel.prefix == (2, row.channel - 2)
        kernel = scene.snapshot.parameters[0]["weight"][row.kernel.prefix]
        assert np.array_equal(values_of(scene, row.kernel), kernel)


def test_that_a_flipped_kernel_is_shown_as_typed_and_as_laid_on() -> None:
    scene = scene_of(random_view(Conv2d(1, 1, (3, 2), flipped=True), (1, 6, 6)))
    row = contents_of(scene).rows[0]
    assert row.kernel is not None
    assert row.laid is not None
    typed, laid = values_of(scene, row.kernel), values_of(scene, row.laid)
    assert np.array_equal(typed[::-1, ::-1], laid)
    for term in range(6):
        cell, turned = weight_cell(scene, row.kernel, term), weight_cell(scene, row.laid, term)
        assert cell is not None
        assert turned is not None
        assert typed[cell] == laid[turned] == scene.ledger.weights[term]  # type: ignore[index]
        assert term_of_weight(scene, row.kernel, cell) == term
        assert term_of_weight(scene, row.laid, turned) == term


@pytest.mark.parametrize("mode", ["zeros", "reflect", "replicate", "circular"])
def test_that_the_padding_holds_what_torch_pads_with(mode: str) -> None:
    view = random_view(Conv2d(2, 1, (3, 3), padding=(1, 2), padding_mode=mode), (2, 4, 5))
    scene = scene_of(view)
    kind = {"zeros": "constant"}.get(mode, mode)
    padded = functional.pad(torch.tensor(scene.input)[None], (2, 2, 1, 1), mode=kind)[0].numpy()
    for row in contents_of(scene).rows:
        assert np.array_equal(values_of(scene, row.input), padded[row.channel])


def test_that_a_window_of_ceil_mode_is_seen_beyond_the_edge() -> None:
    view = random_view(MaxPool2d((2, 2), ceil_mode=True), (1, 5, 5))
    last = replace(view, cursor=Cursor(0, 0, 2, 2, 4))
    scene = scene_of(last)
    grid = contents_of(scene).rows[0].input
    assert grid.padding == ((0, 1), (0, 1))
    assert read_cells(scene, grid) == [(4, 4), (4, 5), (5, 4), (5, 5)]
    values = values_of(scene, grid)
    assert values.shape == (6, 6)
    assert (values[5] == -inf).all()
    assert (values[:, 5] == -inf).all()
    assert scene.in_padding(5, 5) == (-inf, None)
    assert scene.in_padding(6, 5) is None


def test_that_a_maximums_padding_never_wins() -> None:
    scene = scene_of(random_view(MaxPool2d((3, 3), (2, 2), (1, 1)), (2, 5, 5)))
    values = values_of(scene, contents_of(scene).rows[0].input)
    assert (values[0] == -inf).all()
    assert np.isfinite(values[1:-1, 1:-1]).all()


def test_that_the_windows_cells_are_those_that_are_read_and_no_others() -> None:
    operation = Conv2d(1, 1, (2, 2), padding=(1, 1), dilation=(2, 2))
    scene = scene_of(random_view(operation, (1, 4, 4), Cursor(0, 0, 0, 1, 4)))
    row = contents_of(scene).rows[0]
    assert read_cells(scene, row.input) == [(-1, 0), (-1, 2), (1, 0), (1, 2)]


def test_that_rows_and_columns_are_named_that_no_window_reads() -> None:
    scene = scene_of(random_view(Conv2d(1, 1, (3, 3), (3, 3)), (1, 7, 7)))
    assert never_read(scene) == ((6,), (6,))
    assert contents_of(scene).unread
    assert not contents_of(scene_of(first_view())).unread


def test_that_maps_are_written_as_far_as_they_are_computed() -> None:
    operation = Conv2d(2, 1, (2, 2))
    for term, first, second, output in ((0, 4, 4, 4), (3, 5, 4, 4), (7, 5, 5, 4), (8, 5, 5, 5)):
        scene = scene_of(random_view(operation, (2, 4, 4), Cursor(0, 0, 1, 1, term)))
        contents = contents_of(scene)
        maps = [row.map for row in contents.rows]
        assert maps[0] is not None
        assert maps[1] is not None
        written = [computed(scene, grid) for grid in (*maps, contents.output) if grid is not None]
        assert written == [first, second, output]


@pytest.mark.parametrize(
    ("operation", "shape", "parts"),
    [
        (Linear(4, 3), (4,), ["input", "weight", "bias", "output"]),
        (Softmax(), (5,), ["input", "terms", "output"]),
        (ReLU(), (2, 3, 3), ["input", "output"]),
        (Flatten(), (2, 3, 3), ["input", "input", "output"]),
        (Conv2d(2, 1, (1, 1), bias=False), (2, 3, 3), ["input", "weight", "map"] * 2 + ["output"]),
    ],
)
def test_that_every_operation_has_its_grids(
    operation: Operation, shape: tuple[int, ...], parts: list[str]
) -> None:
    scene = scene_of(random_view(operation, shape))
    contents = contents_of(scene)
    assert [grid.part for grid in contents.grids] == parts
    for grid in contents.grids:
        assert values_of(scene, grid).shape == grid.padded_size


def test_that_a_linear_layer_reads_its_whole_input() -> None:
    scene = scene_of(random_view(Linear(4, 3), (4,), Cursor(0, 0, 0, 2, 4)))
    contents = contents_of(scene)
    assert read_cells(scene, contents.rows[0].input) == [(0, i) for i in range(4)]
    assert contents.matrix is not None
    assert weight_cell(scene, contents.matrix, 1) == (2, 1)


@pytest.mark.parametrize(
    ("value", "room", "text"),
    [
        (3, 1, "3"),
        (-3, 2, "−3"),
        (0.5, 4, "0.5"),
        (0.25, 4, "0.25"),
        (1 / 3, 4, "0.33"),
        (-1 / 3, 4, "−0.3"),
        (12.75, 3, "13"),
        (1234567, 4, "1e6"),
        (1234567, 7, "1.23e6"),
        (-1000000, 4, "−1e6"),
        (123456, 6, "123456"),
        (-1e12, 5, "−1e12"),
        (12, 1, "…"),
        (-inf, 2, "−∞"),
        (float("nan"), 4, ""),
    ],
)
def test_that_a_number_is_as_exact_as_its_cell_allows(value: float, room: int, text: str) -> None:
    assert cell_text(value, room) == text
    assert len(text) <= room


@given(st.floats(-1e15, 1e15), st.integers(1, 8))
def test_that_a_cells_text_fits_and_is_about_the_number(value: float, room: int) -> None:
    text = cell_text(value, room)
    assert len(text) <= room
    if text != "…":
        assert abs(float(text.replace("−", "-")) - value) <= max(0.5, abs(value) * 0.34)


def test_that_the_room_that_numbers_need_changes_seldom() -> None:
    assert characters(np.array([0.0, 9])) == 1
    assert characters(np.array([-9.0])) == characters(np.array([10.0])) == 2
    assert characters(np.array([0.25])) == characters(np.array([-100.0])) == 4
    assert characters(np.array([-1000000.0])) == 7
    assert characters(np.array([np.nan, inf])) == 1


def test_that_snapshots_with_other_parameters_are_no_same_scene() -> None:
    first, second = first_view(), first_view()
    assert first.stage is not None
    assert second.stage is not None
    assert not same(first.stage.parameters, second.stage.parameters)
    assert same(first.stage.parameters, first.stage.parameters)
    changed = ({**first.stage.parameters[0]},)
    assert same(first.stage.parameters, changed)
    assert not same(first.stage.parameters, ({},))


def test_that_the_same_array_comes_back_while_nothing_changes() -> None:
    view = lab_view(ReLU(), [[[1, 2], [3, 4]]])
    scene, again = scene_of(view), scene_of(view)
    grid = contents_of(scene).output
    assert values_of(scene, grid) is values_of(again, grid)
