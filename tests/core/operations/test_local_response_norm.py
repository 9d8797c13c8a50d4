"""Local response normalisation, with torch as the judge."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from cnnviz.core.operations import Shape
from cnnviz.core.operations.local_response_norm import LocalResponseNorm
from cnnviz.core.problem import Problem
from tests.core.operations.geometries import arrays, elements, tensor

MANY = settings(deadline=None, max_examples=2000)
SHAPES = st.tuples(st.integers(1, 9), st.integers(1, 3), st.integers(1, 3))
NORMS = st.builds(
    LocalResponseNorm,
    size=st.integers(1, 12) | st.integers(13, 40),
    alpha=st.sampled_from([1e-4, 0.0, 1.0, -0.1]) | st.floats(0, 10),
    beta=st.sampled_from([0.75, 0.0, 1.0, -0.5]) | st.floats(0, 3),
    k=st.sampled_from([1.0, 2.0, 0.0]) | st.floats(0.01, 5),
)


def torchs(operation: LocalResponseNorm, x: np.ndarray) -> np.ndarray:
    module = nn.LocalResponseNorm(operation.size, operation.alpha, operation.beta, operation.k)
    output: np.ndarray = module(tensor(x))[0].numpy()
    return output


@MANY
@given(operation=NORMS, shape=SHAPES, data=st.data())
def test_that_any_element_is_torchs(
    operation: LocalResponseNorm, shape: Shape, data: st.DataObject
) -> None:
    x = data.draw(arrays(shape))
    expected = torchs(operation, x)
    assert operation.output_shape(shape) == expected.shape
    element = data.draw(elements(shape))
    ledger = operation.ledger(x, {}, element)
    size = abs(operation.alpha) * ledger.partials[-1] / operation.size + operation.k
    # Where alpha is negative, the base cancels; what was lost then counts beta times.
    loss = size / abs(ledger.parts["base"]) if ledger.parts["base"] else 1.0
    np.testing.assert_allclose(
        ledger.result, expected[element], rtol=1e-12 * max(1.0, loss * (1 + abs(operation.beta)))
    )
    assert ledger.taps.count == operation.taps(shape, (0, 0, 0)).count
    assert np.array_equal(ledger.terms, ledger.operands**2)
    assert np.array_equal(ledger.partials, np.cumsum(ledger.terms))
    assert ledger.parts["base"] == (
        operation.k + operation.alpha * (ledger.partials[-1] / operation.size)
    )
    if operation.keeps_range:
        assert abs(ledger.result) <= abs(x[element])


@MANY
@given(operation=NORMS, shape=SHAPES, data=st.data())
def test_that_the_neighbours_that_exist_are_those_that_torch_reads(
    operation: LocalResponseNorm, shape: Shape, data: st.DataObject
) -> None:
    element = data.draw(elements(shape))
    reads = LocalResponseNorm(operation.size, alpha=1.0, beta=1.0, k=1.0)
    felt = []
    for channel in range(shape[0]):
        x = np.zeros(shape)
        x[element] = 1.0
        before = torchs(reads, x)[element]
        x[(channel, *element[1:])] += np.e
        if torchs(reads, x)[element] != before:
            felt.append(channel)
    taps = operation.taps(shape, element)
    assert taps.inputs[taps.inside][:, 0].tolist() == felt
    assert all(taps.reads(term) == taps.inside[term] for term in range(taps.count))
    assert (taps.inputs[:, 1:] == element[1:]).all()


@MANY
@given(shape=SHAPES, size=st.integers(1, 12), data=st.data())
def test_that_readers_are_the_places_that_feel_an_input(
    shape: Shape, size: int, data: st.DataObject
) -> None:
    operation = LocalResponseNorm(size)
    position = data.draw(elements(shape))
    expected = np.zeros(shape[1:], dtype=bool)
    expected[position[1:]] = True
    assert np.array_equal(operation.readers(shape, position), expected)


@MANY
@given(size=st.integers(-5, 8), shape=SHAPES | st.tuples(st.integers(1, 4)))
def test_that_what_torch_refuses_is_refused_in_a_sentence(size: int, shape: Shape) -> None:
    module, x = nn.LocalResponseNorm(size), torch.zeros(1, *shape)
    try:
        module(x)
    except (ValueError, RuntimeError):
        with pytest.raises(Problem, match=r"at least 1 is needed|needs maps"):
            LocalResponseNorm(size).output_shape(shape)
    else:
        assert LocalResponseNorm(size).output_shape(shape) == shape


def test_that_a_size_far_past_the_channels_takes_no_memory() -> None:
    operation = LocalResponseNorm(2**31 - 1)
    assert operation.taps((3, 1, 1), (1, 0, 0)).count == 5
    x = np.array([1.0, 2.0, 3.0]).reshape(3, 1, 1)
    assert operation.ledger(x, {}, (1, 0, 0)).parts["base"] == 1 + 1e-4 * (14 / (2**31 - 1))


@pytest.mark.parametrize("field", ["alpha", "beta", "k"])
@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_that_what_is_no_finite_number_is_refused(field: str, value: float) -> None:
    with pytest.raises(Problem, match=f"{field}: .* is not a finite number"):
        LocalResponseNorm(3, **{field: value})


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e200, 5e-324])
def test_that_values_at_the_edge_come_out_as_in_torch(value: float) -> None:
    x = np.array([1.0, value, 2.0]).reshape(3, 1, 1)
    operation = LocalResponseNorm(2)
    results = [operation.ledger(x, {}, (i, 0, 0)).result for i in range(3)]
    np.testing.assert_allclose(results, torchs(operation, x)[:, 0, 0], rtol=1e-12)
