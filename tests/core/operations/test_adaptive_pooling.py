"""Adaptive pooling, with torch as the judge."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn.functional import adaptive_avg_pool2d, adaptive_max_pool2d

from cnnviz.core.operations import Shape
from cnnviz.core.operations.adaptive_pooling import AdaptiveAvgPool2d, AdaptiveMaxPool2d
from cnnviz.core.problem import Problem
from cnnviz.engine.build import module_of
from tests.core.operations.geometries import (
    LAWS,
    MANY,
    arrays,
    assert_refuses_as_torch,
    elements,
    map_shapes,
    pairs,
    tensor,
    torchs_shape,
)

SIZES = pairs(1, 12)
"""Of outputs; the inputs have up to 9 rows and columns, so that some become larger."""
TIES = st.sampled_from([-2.0, 0.0, 1.0, -np.inf, np.inf, np.nan])
"""So few that windows hold them more than once."""

KINDS = [AdaptiveAvgPool2d, AdaptiveMaxPool2d]
Adaptive = AdaptiveAvgPool2d | AdaptiveMaxPool2d
both = pytest.mark.parametrize("kind", KINDS)


def torchs(operation: Adaptive, x: np.ndarray) -> np.ndarray:
    result: np.ndarray = module_of(operation)(tensor(x))[0].numpy()
    return result


@MANY
@given(shape=map_shapes(), output=SIZES, data=st.data())
def test_that_every_mean_of_a_map_is_torchs(
    shape: Shape, output: tuple[int, int], data: st.DataObject
) -> None:
    operation = AdaptiveAvgPool2d(output)
    x = data.draw(arrays(shape))
    expected = torchs(operation, x)
    assert operation.output_shape(shape) == expected.shape
    channel = data.draw(st.integers(0, shape[0] - 1))
    ledgers = [operation.ledger(x, {}, (channel, *place)) for place in np.ndindex(output)]
    sizes = [np.abs(ledger.terms).sum() / (ledger.divisor or np.nan) for ledger in ledgers]
    found = np.array([ledger.result for ledger in ledgers])
    assert np.all(np.abs(found - expected[channel].flatten()) <= 1e-12 * np.array(sizes))


@MANY
@given(shape=map_shapes(), output=SIZES, data=st.data())
def test_that_every_maximum_of_a_map_and_its_winner_are_torchs(
    shape: Shape, output: tuple[int, int], data: st.DataObject
) -> None:
    operation = AdaptiveMaxPool2d(output)
    x = data.draw(arrays(shape))
    if data.draw(st.booleans()):
        few = data.draw(st.lists(TIES, min_size=1, max_size=3))
        x = np.array(few)[x.astype(np.int64) % len(few)]
    values, indices = adaptive_max_pool2d(tensor(x), output, return_indices=True)
    assert operation.output_shape(shape) == values[0].shape
    channel = data.draw(st.integers(0, shape[0] - 1))
    ledgers = [operation.ledger(x, {}, (channel, *place)) for place in np.ndindex(output)]
    found = np.array([ledger.result for ledger in ledgers])
    np.testing.assert_equal(found, values[0, channel].flatten().numpy())
    winners = [ledger.taps.inputs[ledger.winner or 0] for ledger in ledgers]
    assert all(place[0] == channel for place in winners)
    expected = indices[0, channel].flatten().tolist()
    assert [place[1] * shape[2] + place[2] for place in winners] == expected


@LAWS
@given(shape=map_shapes(), output=SIZES, data=st.data())
def test_that_the_running_sum_and_the_divisor_lead_to_the_mean(
    shape: Shape, output: tuple[int, int], data: st.DataObject
) -> None:
    x = data.draw(arrays(shape))
    ledger = AdaptiveAvgPool2d(output).ledger(x, {}, data.draw(elements((shape[0], *output))))
    assert np.array_equal(ledger.terms, ledger.operands)
    assert np.array_equal(ledger.partials, np.cumsum(ledger.terms))
    assert ledger.subtotals.tolist() == [ledger.partials[-1]]
    assert ledger.divisor == np.count_nonzero(ledger.taps.inside)
    assert ledger.result == ledger.partials[-1] / ledger.divisor
    assert np.all(ledger.operands[~ledger.taps.inside] == 0)


@LAWS
@given(shape=map_shapes(), output=SIZES, data=st.data())
def test_that_the_running_maximum_ends_in_the_result(
    shape: Shape, output: tuple[int, int], data: st.DataObject
) -> None:
    x = data.draw(arrays(shape))
    ledger = AdaptiveMaxPool2d(output).ledger(x, {}, data.draw(elements((shape[0], *output))))
    assert ledger.partials.tolist() == [
        max(ledger.operands[: i + 1]) for i in range(ledger.taps.count)
    ]
    assert ledger.partials[-1] == ledger.result
    assert ledger.subtotals.tolist() == [ledger.result]
    assert np.all(ledger.operands[~ledger.taps.inside] == -np.inf)


@both
@MANY
@given(shape=map_shapes(), output=SIZES, data=st.data())
def test_that_readers_are_the_windows_that_feel_an_input(
    kind: type[Adaptive], shape: Shape, output: tuple[int, int], data: st.DataObject
) -> None:
    operation = kind(output)
    position = data.draw(elements(shape))
    touch = np.zeros(shape)
    touch[position] = 1
    felt = torchs(operation, touch) != 0
    assert np.array_equal(operation.readers(shape, position), felt.any(axis=0))


@both
@LAWS
@given(shape=map_shapes(), output=SIZES)
def test_that_every_element_has_as_many_taps_and_holes_stand_nowhere(
    kind: type[Adaptive], shape: Shape, output: tuple[int, int]
) -> None:
    operation = kind(output)
    largest = 0
    for element in np.ndindex(1, *output):
        taps = operation.taps(shape, element)
        assert taps.count == taps.group_size
        assert np.all(taps.inputs[~taps.inside, 1:] == -1)
        assert np.all(taps.inputs[:, 0] == element[0])
        largest = max(largest, int(taps.inside.sum()))
    assert largest == taps.group_size


def windows(size: int, outputs: int) -> list[list[int]]:
    """What each of torch's windows over one axis reads: one map for every input position."""
    touches = torch.eye(size, dtype=torch.float64).reshape(1, size, size, 1)
    felt = adaptive_avg_pool2d(touches, (outputs, 1))[0, :, :, 0] != 0
    return [felt[:, i].nonzero().flatten().tolist() for i in range(outputs)]


@pytest.mark.parametrize("outputs", range(1, 31))
def test_that_every_window_over_every_small_size_is_torchs(outputs: int) -> None:
    operation = AdaptiveMaxPool2d((outputs, 1))
    for size in range(1, 31):
        for i, expected in enumerate(windows(size, outputs)):
            taps = operation.taps((1, size, 1), (0, i, 0))
            assert taps.inputs[taps.inside, 1].tolist() == expected


@pytest.mark.parametrize("outputs", range(1, 31))
def test_that_axes_are_told_exactly_where_one_window_slides(outputs: int) -> None:
    operation = AdaptiveAvgPool2d((1, outputs))
    for size in range(1, 31):
        expected = windows(size, outputs)
        steps = {second[0] - first[0] for first, second in pairwise(expected)}
        slides = len(set(map(len, expected))) == 1 and len(steps) <= 1 and 0 not in steps
        axes = operation.axes((1, 3, size))
        assert (axes is not None) == slides
        if axes is not None:
            rows, columns = axes
            assert rows.reads(0).tolist() == [0, 1, 2]
            assert (rows.output_size, columns.output_size) == (1, outputs)
            assert [columns.reads(i).tolist() for i in range(outputs)] == expected


def test_that_a_divided_axis_has_the_stride_of_its_kernel() -> None:
    axes = AdaptiveAvgPool2d((2, 3)).axes((1, 8, 9))
    assert axes is not None
    assert [(axis.kernel_size, axis.stride) for axis in axes] == [(4, 4), (3, 3)]


@both
def test_that_one_output_pools_the_map_as_a_whole(kind: type[Adaptive]) -> None:
    x = np.arange(24.0).reshape(2, 3, 4)
    ledger = kind((1, 1)).ledger(x, {}, (1, 0, 0))
    assert ledger.operands.tolist() == x[1].flatten().tolist()
    assert ledger.result == (17.5 if kind is AdaptiveAvgPool2d else 23.0)


@both
@MANY
@given(output=pairs(-2, 3), size=pairs(1, 6))
def test_that_what_torch_refuses_or_leaves_empty_is_refused_and_nothing_else(
    kind: type[Adaptive], output: tuple[int, int], size: tuple[int, int]
) -> None:
    x = torch.zeros(1, 1, *size, dtype=torch.float64)
    expected = torchs_shape(lambda: getattr(nn, kind.kind)(output)(x))
    if expected is not None and 0 in expected:
        expected = None
    assert_refuses_as_torch(kind, {"output_size": output}, (1, *size), expected)


@both
def test_that_a_vector_is_refused(kind: type[Adaptive]) -> None:
    operation = kind((1, 1))
    with pytest.raises(Problem, match="vector of 5"):
        operation.output_shape((5,))
    with pytest.raises(Problem, match="vector of 5"):
        operation.axes((5,))


@pytest.mark.parametrize("values", [[np.inf, -np.inf], [np.nan, 1.0], [1e308, 1e308]])
@both
def test_that_a_network_that_has_diverged_is_followed_without_a_warning(
    kind: type[Adaptive], values: list[float]
) -> None:
    x = np.array([[values]])
    operation = kind((1, 1))
    result = operation.ledger(x, {}, (0, 0, 0)).result
    np.testing.assert_equal(result, torchs(operation, x)[0, 0, 0])
