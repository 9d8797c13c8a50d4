"""The linear layer, with torch as the judge."""

from __future__ import annotations

from math import prod

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cnnviz.core.operations import Flatten, Linear
from cnnviz.core.problem import Problem
from tests.core.operations.geometries import (
    LAWS,
    MANY,
    arrays,
    assert_adds_up,
    assert_is_sum,
    map_shapes,
    tensor,
)


@MANY
@given(inputs=st.integers(1, 300), outputs=st.integers(1, 12), bias=st.booleans(), data=st.data())
def test_that_any_element_is_torchs(
    inputs: int, outputs: int, bias: bool, data: st.DataObject
) -> None:
    operation = Linear(inputs, outputs, bias)
    module = torch.nn.Linear(inputs, outputs, bias, device="meta")
    shapes = operation.parameter_shapes((inputs,))
    assert list(shapes.items()) == [(n, tuple(p.shape)) for n, p in module.named_parameters()]
    x = data.draw(arrays((inputs,)))
    parameters = {name: data.draw(arrays(shape)) for name, shape in shapes.items()}
    tensors = {name: torch.from_numpy(values) for name, values in parameters.items()}
    expected = torch.nn.functional.linear(tensor(x), tensors["weight"], tensors.get("bias"))[0]
    assert operation.output_shape((inputs,)) == tuple(expected.shape)
    index = data.draw(st.integers(0, outputs - 1))
    ledger = operation.ledger(x, parameters, (index,))
    assert_is_sum(ledger, float(expected[index]))
    assert_adds_up(ledger)
    assert (ledger.bias is None) == (not bias)


@MANY
@given(fold=map_shapes(), outputs=st.integers(1, 4), data=st.data())
def test_that_terms_behind_a_flattening_are_added_map_by_map_in_its_order(
    fold: tuple[int, int, int], outputs: int, data: st.DataObject
) -> None:
    count = prod(fold)
    operation = Linear(count, outputs, fold=fold)
    maps = data.draw(arrays(fold))
    parameters = {"weight": data.draw(arrays((outputs, count))), "bias": np.ones(outputs)}
    index = data.draw(st.integers(0, outputs - 1))
    flat = torch.nn.Flatten()(tensor(maps))[0].numpy()
    ledger = operation.ledger(flat, parameters, (index,))
    places = [tuple(Flatten().taps(fold, (i,)).inputs[0]) for i in range(count)]
    assert np.array_equal(ledger.operands, [maps[place] for place in places])
    assert ledger.taps.channels.tolist() == list(range(fold[0]))
    assert ledger.taps.group_shape == fold[1:]
    products = maps * parameters["weight"][index].reshape(fold)
    sums = products.sum(axis=(1, 2))
    assert np.all(np.abs(ledger.subtotals - sums) <= 1e-12 * np.abs(products).sum(axis=(1, 2)))


@LAWS
@given(inputs=st.integers(1, 5000))
def test_that_every_layout_holds_every_term_once(inputs: int) -> None:
    groups, rows, columns = Linear(inputs, 1).layout
    assert groups * rows * columns == inputs
    assert columns >= groups


def test_that_every_output_reads_every_input() -> None:
    assert Linear(5, 3).readers((5,), (2,)).tolist() == [[True, True, True]]


@pytest.mark.parametrize(("inputs", "outputs"), [(0, 1), (1, 0), (-3, 2)])
def test_that_a_layer_without_neurons_is_refused(inputs: int, outputs: int) -> None:
    with pytest.raises(Problem, match="is too small"):
        Linear(inputs, outputs)


def test_that_another_input_size_is_refused_as_in_torch() -> None:
    with pytest.raises(RuntimeError):
        torch.nn.functional.linear(torch.zeros(1, 7), torch.zeros(2, 8))
    with pytest.raises(Problem, match=r"in_features: 8 was given, .* puts out 7"):
        Linear(8, 2).output_shape((7,))


def test_that_maps_are_refused_although_torch_would_take_their_last_axis() -> None:
    # Stricter than torch on purpose: it multiplies each row of each map, which nobody means who
    # forgot the Flatten.
    with pytest.raises(Problem, match="put a Flatten before it"):
        Linear(4, 2).output_shape((3, 4, 4))
