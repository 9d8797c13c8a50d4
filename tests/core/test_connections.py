"""A layer as a matrix, with torch as the judge."""

from __future__ import annotations

from math import prod

import numpy as np
import pytest
import torch
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from cnnviz.core.connections import connections, counts, is_matrix
from cnnviz.core.operations import Conv2d, Linear, MaxPool2d, Operation, ReLU, Shape
from cnnviz.core.operations.adaptive_pooling import AdaptiveAvgPool2d
from cnnviz.core.operations.average_pooling import AvgPool2d
from cnnviz.core.problem import Problem
from cnnviz.engine.build import module_of
from tests.core.dense import as_matrix
from tests.core.operations.geometries import (
    convolutions,
    map_shapes,
    pairs,
    tensor,
)


@st.composite
def average_poolings(draw: st.DrawFn) -> tuple[Operation, Shape]:
    shape = draw(map_shapes())
    kernel = draw(pairs(1, 4))
    operation: Operation = draw(
        st.builds(AdaptiveAvgPool2d, pairs(1, 6))
        | st.builds(
            AvgPool2d,
            st.just(kernel),
            st.none() | pairs(1, 4),
            st.just((kernel[0] // 2, kernel[1] // 2)),
            st.booleans(),
            st.booleans(),
            st.none() | st.integers(2, 5),
        )
    )
    try:
        operation.output_shape(shape)
    except Problem:
        reject()
    return operation, shape


LINEARS = st.builds(Linear, st.integers(1, 40), st.integers(1, 9), st.booleans()).map(
    lambda linear: (linear, (linear.in_features,))
)
CASES = convolutions().map(lambda case: (case.operation, case.shape)) | average_poolings() | LINEARS


@settings(deadline=None, max_examples=2000)
@given(case=CASES, seed=st.integers(0, 2**32))
def test_that_the_matrix_times_the_input_is_torchs_output(
    case: tuple[Operation, Shape], seed: int
) -> None:
    operation, shape = case
    assert is_matrix(operation, shape)
    rng = np.random.default_rng(seed)
    sizes = operation.parameter_shapes(shape)
    parameters = {name: rng.standard_normal(size) for name, size in sizes.items()}
    x = rng.standard_normal(shape)
    tensors = {name: torch.from_numpy(values) for name, values in parameters.items()}
    with torch.device("meta"):
        module = module_of(operation)
    expected = torch.func.functional_call(module, tensors, (tensor(x),))[0].numpy()
    matrix, bias = as_matrix(operation, shape, parameters)
    size = np.abs(matrix) @ np.abs(x).reshape(-1) + np.abs(bias)
    assert np.all(np.abs(matrix @ x.reshape(-1) + bias - expected.reshape(-1)) <= 1e-12 * size)


@settings(deadline=None, max_examples=500)
@given(case=CASES)
def test_that_the_counts_are_those_of_the_matrix(case: tuple[Operation, Shape]) -> None:
    operation, shape = case
    outputs = prod(operation.output_shape(shape))
    found, counted = connections(operation, shape, range(outputs)), counts(operation, shape)
    assert counted.connections == len(set(zip(found.outputs, found.inputs, strict=True)))
    assert counted.full == outputs * prod(shape)
    learned = prod(operation.parameter_shapes(shape).get("weight", (0,)))
    assert counted.weights == learned
    # A weight that lies only on zeros around the input connects nothing; every other is used.
    used = set(found.weights.tolist()) - {-1}
    assert len(used) <= learned
    if isinstance(operation, Linear) or (
        isinstance(operation, Conv2d) and operation.margins == ((0, 0), (0, 0))
    ):
        assert used == set(range(learned))


@settings(deadline=None, max_examples=200)
@given(case=CASES, data=st.data())
def test_that_a_part_is_cut_out_of_the_whole(
    case: tuple[Operation, Shape], data: st.DataObject
) -> None:
    operation, shape = case
    rows, columns = prod(operation.output_shape(shape)), prod(shape)
    top, left = data.draw(st.integers(0, rows - 1)), data.draw(st.integers(0, columns - 1))
    outputs = range(top, data.draw(st.integers(top + 1, rows)))
    inputs = range(left, data.draw(st.integers(left + 1, columns)))
    whole = connections(operation, shape, range(rows))
    part = connections(operation, shape, outputs, inputs)
    kept = (
        (whole.outputs >= outputs.start)
        & (whole.outputs < outputs.stop)
        & (whole.inputs >= inputs.start)
        & (whole.inputs < inputs.stop)
    )
    for name in ("outputs", "inputs", "terms", "weights", "factors"):
        assert np.array_equal(getattr(part, name), getattr(whole, name)[kept])
    assert np.array_equal(part.biases, whole.biases[outputs.start : outputs.stop])


def test_that_the_lectures_first_example_is_this_matrix() -> None:
    x = np.array(
        [[1, 2, 3, 4, 5], [2, 1, 0, 1, 2], [3, 0, 1, 1, 0], [1, 4, 1, 1, 2], [2, 1, 1, 0, 0]]
    )
    kernel = np.array([[1.0, 0, 1], [1, 0, 1], [0, 1, 0]])
    operation = Conv2d(1, 1, (3, 3), bias=False)
    matrix, _ = as_matrix(operation, (1, 5, 5), {"weight": kernel[None, None]})
    assert matrix[0].tolist() == [1, 0, 1, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0] + [0] * 10
    assert (matrix @ x.reshape(-1)).tolist() == [6, 9, 11, 10, 4, 4, 7, 7, 4]
    found = counts(operation, (1, 5, 5))
    assert (found.connections, found.weights, found.full) == (81, 9, 225)
    assert found.shares
    assert not found.dense


def test_that_the_lecture_networks_first_layer_is_counted_at_once() -> None:
    found = counts(Conv2d(1, 32, (3, 3), padding=(1, 1)), (1, 28, 28))
    # 28 − 2 rows read 3, the first and the last 2.
    assert found.connections == 32 * (28 * 3 - 2) ** 2
    assert (found.weights, found.full) == (288, 25_088 * 784)


def test_that_a_weight_laid_on_an_input_twice_is_added() -> None:
    operation = Conv2d(1, 1, (1, 3), padding=(0, 1), padding_mode="replicate", bias=False)
    weight = np.array([[[[2.0, 3, 5]]]])
    matrix, _ = as_matrix(operation, (1, 1, 2), {"weight": weight})
    assert matrix.tolist() == [[5, 5], [2, 8]]
    assert counts(operation, (1, 1, 2)).connections == 4


@pytest.mark.parametrize("operation", [MaxPool2d((2, 2)), ReLU()])
def test_that_what_is_no_weighted_sum_has_no_matrix(operation: Operation) -> None:
    assert not is_matrix(operation, (1, 4, 4))
