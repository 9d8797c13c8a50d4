"""Argmax along an axis, with torch as the judge, ties and NaNs among its inputs."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnviz.core.operations import Shape
from cnnviz.core.operations.argmax import Argmax
from cnnviz.core.operations.base import spatial
from cnnviz.core.problem import Problem
from cnnviz.engine.build import module_of
from tests.core.operations.geometries import elements, map_shapes, tensor

MANY = settings(deadline=None, max_examples=2000)
SHAPES = map_shapes() | st.tuples(st.integers(1, 40))


def tied(shape: Shape) -> st.SearchStrategy[np.ndarray]:
    """Few different numbers, so that equal ones meet; NaN and ±∞ among them now and then."""

    def draw(seed: int, edges: bool) -> np.ndarray:
        values = [0.0, -0.0, 1.0, 2.0] + ([np.nan, np.inf, -np.inf] if edges else [])
        return np.random.default_rng(seed).choice(values, size=shape)

    return st.builds(draw, st.integers(0, 2**32), st.booleans())


@MANY
@given(shape=SHAPES, data=st.data())
def test_that_any_place_is_torchs(shape: Shape, data: st.DataObject) -> None:
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    operation, x = Argmax(axis), data.draw(tied(shape))
    output = operation.output_shape(shape)
    expected = torch.argmax(torch.from_numpy(x), axis).numpy().reshape(output)
    assert np.array_equal(module_of(operation)(tensor(x))[0].numpy(), expected)
    element = data.draw(elements(output))
    ledger = operation.ledger(x, {}, element)
    assert ledger.result == ledger.winner == expected[element]
    place = tuple(ledger.taps.inputs[ledger.winner])
    assert place[axis % len(shape)] == ledger.result
    assert np.array_equal(ledger.partials[-1], x[place], equal_nan=True)
    read = x[tuple(ledger.taps.inputs.T)]
    assert np.array_equal(ledger.operands, read, equal_nan=True)
    assert np.array_equal(ledger.partials, np.maximum.accumulate(read), equal_nan=True)


@MANY
@given(shape=SHAPES, data=st.data())
def test_that_the_reader_of_an_input_is_the_element_without_the_axis(
    shape: Shape, data: st.DataObject
) -> None:
    axis = data.draw(st.integers(0, len(shape) - 1))
    operation, position = Argmax(axis), data.draw(elements(shape))
    # One larger than all others: torch's index there is its place along the axis, plus one for 0.
    x = torch.zeros(shape, dtype=torch.float64)
    x[position] = 1
    felt = torch.amax(x, axis).reshape(operation.output_shape(shape))
    readers = operation.readers(shape, position)
    assert readers.shape == spatial(operation.output_shape(shape))
    assert np.array_equal(readers, felt.numpy().reshape(readers.shape) == 1)


@MANY
@given(shape=SHAPES, axis=st.integers(-6, 6))
def test_that_an_axis_which_torch_refuses_is_refused_in_a_sentence(shape: Shape, axis: int) -> None:
    x = torch.zeros(shape)
    try:
        torch.argmax(x, axis)
    except IndexError:
        with pytest.raises(Problem, match=r"axis: -?\d does not exist, .* from -\d to \d"):
            Argmax(axis).output_shape(shape)
    else:
        Argmax(axis).output_shape(shape)


@pytest.mark.parametrize("count", [2, 7, 8, 9, 64, 1000, 5000])
def test_that_the_first_of_equal_values_wins_however_many_there_are(count: int) -> None:
    for first in {0, 1, count // 2, count - 2}:
        x = np.zeros(count)
        x[first:] = 1.0
        assert torch.argmax(torch.from_numpy(x)) == first
        assert Argmax(0).ledger(x, {}, (0,)).result == first
