"""Transposed convolution, with torch as the judge."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from cnnviz.core.network import build_chain
from cnnviz.core.operations import Conv2d, Shape
from cnnviz.core.operations.transposed_convolution import ConvTranspose2d
from cnnviz.core.problem import Problem
from cnnviz.core.receptive import receptive_field
from cnnviz.engine.build import module_of
from tests.core.operations.geometries import (
    LAWS,
    MANY,
    arrays,
    assert_adds_up,
    assert_is_sum,
    assert_refuses_as_torch,
    elements,
    pairs,
    tensor,
    torchs_shape,
    transposed_convolutions,
)

Case = tuple[ConvTranspose2d, Shape]


def torchs(
    operation: ConvTranspose2d, x: torch.Tensor, parameters: dict[str, NDArray[np.float64]]
) -> torch.Tensor:
    """(channels, rows, columns) what torch's layer makes of a batch of one."""
    with torch.device("meta"):
        module = module_of(operation)
    assert type(module) is torch.nn.ConvTranspose2d
    tensors = {name: torch.from_numpy(values) for name, values in parameters.items()}
    assert {k: v.shape for k, v in tensors.items()} == (
        {k: v.shape for k, v in module.named_parameters()}
    )
    result: torch.Tensor = torch.func.functional_call(module, tensors, (x,))
    return result[0]


def drawn(operation: ConvTranspose2d, shape: Shape, seed: int) -> dict[str, NDArray[np.float64]]:
    random = np.random.default_rng(seed)
    sizes = operation.parameter_shapes(shape)
    return {name: random.normal(size=size) for name, size in sizes.items()}


def ones(operation: ConvTranspose2d, shape: Shape) -> dict[str, NDArray[np.float64]]:
    """Weights of 1, biases of 0."""
    sizes = operation.parameter_shapes(shape)
    return {name: np.full(size, float(name == "weight")) for name, size in sizes.items()}


@MANY
@given(case=transposed_convolutions(), seed=st.integers(0, 2**32), data=st.data())
def test_that_any_element_is_torchs(case: Case, seed: int, data: st.DataObject) -> None:
    operation, shape = case
    x = data.draw(arrays(shape))
    parameters = drawn(operation, shape, seed)
    expected = torchs(operation, tensor(x), parameters).numpy()
    assert operation.output_shape(shape) == expected.shape
    element = data.draw(elements(expected.shape))
    ledger = operation.ledger(x, parameters, element)
    assert_is_sum(ledger, expected[element])
    assert_adds_up(ledger)
    assert (ledger.bias is None) == (not operation.bias)


@LAWS
@given(case=transposed_convolutions(), data=st.data())
def test_that_the_taps_are_what_torch_adds_up_for_an_element(
    case: Case, data: st.DataObject
) -> None:
    operation, shape = case
    parameters = ones(operation, shape)
    x = torch.ones(1, *shape, dtype=torch.float64, requires_grad=True)
    weight = torch.from_numpy(parameters.pop("weight")).requires_grad_()
    with torch.device("meta"):
        module = module_of(operation)
    tensors = {name: torch.from_numpy(values) for name, values in parameters.items()}
    out = torch.func.functional_call(module, tensors | {"weight": weight}, (x,))[0]
    element = data.draw(elements(tuple(out.shape)))
    through_input, through_weight = torch.autograd.grad(out[element], (x, weight))
    taps = operation.taps(shape, element)
    assert taps.weights is not None
    assert taps.group_shape == operation.kernel_size
    # Every pair of an input and a weight once: each gradient counts how often it is used.
    used_inputs, used_weights = (
        np.zeros(shape),
        np.zeros(operation.parameter_shapes(shape)["weight"]),
    )
    np.add.at(used_inputs, tuple(taps.inputs[taps.inside].T), 1)
    np.add.at(used_weights, tuple(taps.weights[taps.inside].T), 1)
    assert np.array_equal(used_inputs, through_input[0].numpy())
    assert np.array_equal(used_weights, through_weight.numpy())
    assert np.all(taps.inputs[~taps.inside, 1:] == -1)
    assert [taps.reads(term) for term in range(taps.count)] == taps.inside.tolist()


@LAWS
@given(case=transposed_convolutions(), seed=st.integers(0, 2**32))
def test_that_it_is_the_transpose_of_the_convolution_of_the_same_kernel(
    case: Case, seed: int
) -> None:
    operation, shape = case
    weight = np.random.default_rng(seed).normal(size=operation.parameter_shapes(shape)["weight"])
    output = operation.output_shape(shape)
    back = Conv2d(
        in_channels=operation.out_channels,
        out_channels=operation.in_channels,
        kernel_size=operation.kernel_size,
        stride=operation.stride,
        padding=operation.padding,
        dilation=operation.dilation,
        groups=operation.groups,
        bias=False,
    )
    draw = np.random.default_rng(seed + 1)
    element, place = (tuple(int(draw.integers(0, n)) for n in s) for s in (output, shape))
    there = operation.taps(shape, element)
    assert there.weights is not None
    row = np.zeros(shape)
    terms = weight[tuple(there.weights.T)] * there.inside
    np.add.at(row, tuple(np.maximum(there.inputs, 0).T), terms)
    # What the input's `place` gives to `element` there, `element` gives to `place` back.
    touch = np.zeros(output)
    touch[element] = 1
    assert row[place] == back.ledger(touch, {"weight": weight}, place).result


@MANY
@given(case=transposed_convolutions(), data=st.data())
def test_that_readers_are_the_outputs_that_feel_an_input(case: Case, data: st.DataObject) -> None:
    operation, shape = case
    position = data.draw(elements(shape))
    touch = np.zeros(shape)
    touch[position] = 1
    felt = torchs(operation, tensor(touch), ones(operation, shape))
    assert np.array_equal(operation.readers(shape, position), (felt != 0).any(dim=0).numpy())


@MANY
@given(case=transposed_convolutions(), data=st.data())
def test_that_a_weight_meets_the_inputs_that_its_output_feels(
    case: Case, data: st.DataObject
) -> None:
    operation, shape = case
    tap = data.draw(elements(operation.kernel_size))
    parameters = ones(operation, shape)
    alone = np.zeros(operation.kernel_size)
    alone[tap] = 1
    parameters["weight"] = parameters["weight"] * alone
    x = torch.zeros(1, *shape, dtype=torch.float64, requires_grad=True)
    (gradient,) = torch.autograd.grad(torchs(operation, x, parameters).sum(), x)
    felt = (gradient[0] != 0).any(dim=0).numpy()
    assert np.array_equal(operation.touched(shape, *tap), felt)


@LAWS
@given(case=transposed_convolutions(), data=st.data())
def test_that_kernels_are_laid_out_by_output_and_input_channel(
    case: Case, data: st.DataObject
) -> None:
    operation, shape = case
    weight = drawn(operation, shape, 0)["weight"]
    kernels = operation.kernels(weight)
    element = data.draw(elements(operation.output_shape(shape)))
    taps = operation.taps(shape, element)
    assert taps.weights is not None
    assert np.array_equal(
        kernels[element[0]].reshape(-1),
        weight[tuple(taps.weights.T)],
    )


@st.composite
def attempts(draw: st.DrawFn) -> dict[str, Any]:
    """Fields that are legal one by one, but for at most one of them."""
    groups = draw(st.integers(1, 2))
    fields: dict[str, Any] = {
        "in_channels": groups * draw(st.integers(1, 2)),
        "out_channels": groups * draw(st.integers(1, 2)),
        "kernel_size": draw(pairs(1, 4)),
        "stride": draw(pairs(1, 3)),
        "padding": draw(pairs(0, 3)),
        "output_padding": draw(pairs(0, 2)),
        "groups": groups,
        "dilation": draw(pairs(1, 3)),
    }
    odd = draw(st.sampled_from([None, None, None, *fields]))
    if odd is not None:
        fields[odd] = draw(st.integers(0, 4) if isinstance(fields[odd], int) else pairs(-1, 4))
    return fields


@MANY
@given(fields=attempts(), size=pairs(1, 5), arriving=st.none() | st.integers(1, 4))
def test_that_what_torch_refuses_is_refused_and_nothing_else(
    fields: dict[str, Any], size: tuple[int, int], arriving: int | None
) -> None:
    shape = (arriving or max(1, fields["in_channels"]), *size)
    # In float64: in float32 oneDNN also takes a dilation of 0, and makes outputs without rows.
    x = torch.zeros(1, *shape, dtype=torch.float64)
    expected = None
    counts = (*fields["kernel_size"], *(fields[k] for k in ("in_channels", "out_channels")))
    if min(counts) >= 1:  # torch warns of weights that are empty, or cannot make them
        expected = torchs_shape(lambda: torch.nn.ConvTranspose2d(**fields, dtype=x.dtype)(x))
    assert_refuses_as_torch(ConvTranspose2d, fields, shape, expected)


REFUSED = [
    (
        {"stride": (2, 2), "output_padding": (0, 3)},
        "output_padding: 3 is not smaller than stride 2 or dilation 1: at most 1 is possible",
    ),
    (
        {"padding": (0, 5), "stride": (1, 2)},
        "padding: 5 is too large: of an output 9 wide at most 4 can be cut off at each end",
    ),
    (
        {"padding": (4, 0)},
        "padding: 4 is too large: of an output 7 high at most 3 can be cut off at each end",
    ),
    ({"groups": 4}, "groups: 4 does not divide in_channels 2 and out_channels 6, possible: 1, 2"),
    ({"output_padding": (-1, 0)}, "output_padding: -1 is too small, at least 0 is needed"),
]


@pytest.mark.parametrize(("fields", "sentence"), REFUSED)
def test_that_a_refusal_names_the_nearest_legal_value(
    fields: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(Problem) as caught:
        ConvTranspose2d(2, 6, (3, 3), **fields).output_shape((2, 5, 4))
    assert str(caught.value) == sentence


def test_that_a_vector_is_refused() -> None:
    with pytest.raises(Problem, match="vector of 5"):
        ConvTranspose2d(1, 1, (2, 2)).output_shape((5,))


def test_that_a_hole_is_no_product_even_of_an_infinite_weight() -> None:
    operation = ConvTranspose2d(1, 1, (2, 2), (2, 2), bias=False)
    weight = np.array([[[[1.0, np.inf], [np.inf, np.nan]]]])
    x = np.ones((1, 2, 2))
    ledger = operation.ledger(x, {"weight": weight}, (0, 0, 0))
    assert ledger.terms.tolist() == [1.0, 0.0, 0.0, 0.0]
    assert ledger.result == torchs(operation, tensor(x), {"weight": weight})[0, 0, 0] == 1.0


def test_that_an_element_that_no_input_reaches_is_the_bias() -> None:
    operation = ConvTranspose2d(1, 1, (1, 1), (3, 3))
    parameters = {"weight": np.ones((1, 1, 1, 1)), "bias": np.array([0.25])}
    ledger = operation.ledger(np.ones((1, 2, 2)), parameters, (0, 1, 1))
    assert not ledger.taps.inside.any()
    assert ledger.result == 0.25


@settings(LAWS, max_examples=400)
@given(case=transposed_convolutions(), first=pairs(1, 2), data=st.data())
def test_that_a_receptive_field_behind_it_is_the_gradients_support(
    case: Case, first: tuple[int, int], data: st.DataObject
) -> None:
    operation, (channels, height, width) = case
    operation = replace(operation, groups=1)
    before = Conv2d(1, channels, first)
    shape = (1, height + first[0] - 1, width + first[1] - 1)
    network = build_chain("drawn", "Drawn", shape, (before, operation))
    element = data.draw(elements(network.layers[-1].output_shape))
    x = torch.ones(1, *shape, dtype=torch.float64, requires_grad=True)
    windows = torch.nn.functional.conv2d(x, torch.ones(channels, 1, *first, dtype=x.dtype))
    sizes = operation.parameter_shapes((channels, height, width))
    out = torchs(operation, windows, {name: np.ones(size) for name, size in sizes.items()})
    (gradient,) = torch.autograd.grad(out[element], x)
    expected = (gradient[0] != 0).any(dim=0).numpy()
    assert np.array_equal(receptive_field(network, 1, element).mask(shape), expected)
