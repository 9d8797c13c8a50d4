"""Convolution, with torch as the judge."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cnnviz.core.operations import Conv2d, Shape
from cnnviz.core.problem import Problem
from tests.core.operations.geometries import (
    LAWS,
    Convolution,
    arrays,
    assert_adds_up,
    assert_is_sum,
    convolutions,
    elements,
    pairs,
    tensor,
)


def options(operation: Conv2d) -> dict[str, Any]:
    return {
        "stride": operation.stride,
        "padding": operation.padding,
        "dilation": operation.dilation,
        "groups": operation.groups,
    }


@LAWS
@given(case=convolutions(), data=st.data())
def test_that_any_element_is_torchs(case: Convolution, data: st.DataObject) -> None:
    operation, shape = case.operation, case.shape
    x = data.draw(arrays(shape))
    parameters = {
        name: data.draw(arrays(size)) for name, size in operation.parameter_shapes(shape).items()
    }
    tensors = {name: torch.from_numpy(values) for name, values in parameters.items()}
    expected = torch.nn.functional.conv2d(
        tensor(x), tensors["weight"], tensors.get("bias"), **options(operation)
    )[0].numpy()
    assert operation.output_shape(shape) == expected.shape
    element = data.draw(elements(expected.shape))
    ledger = operation.ledger(x, parameters, element)
    assert_is_sum(ledger, expected[element])
    assert_adds_up(ledger)
    assert (ledger.bias is None) == (not operation.bias)


@LAWS
@given(case=convolutions(), data=st.data())
def test_that_operands_and_weights_stand_where_the_taps_say(
    case: Convolution, data: st.DataObject
) -> None:
    operation, shape = case.operation, case.shape
    # Each input and each weight is its own number, so that a wrong place shows.
    x = np.arange(1.0, 1 + np.prod(shape)).reshape(shape)
    sizes = operation.parameter_shapes(shape)
    weight = np.arange(1.0, 1 + np.prod(sizes["weight"])).reshape(sizes["weight"])
    parameters = {"weight": weight, "bias": np.arange(operation.out_channels) / 8}
    element = data.draw(elements(operation.output_shape(shape)))
    taps, ledger = operation.taps(shape, element), operation.ledger(x, parameters, element)
    unfolded = torch.nn.functional.unfold(
        tensor(x),
        operation.kernel_size,
        operation.dilation,
        operation.padding,
        operation.stride,
    )[0].reshape(shape[0], -1, *operation.output_shape(shape)[1:])
    window = unfolded[taps.channels.tolist(), :, element[1], element[2]]
    assert np.array_equal(ledger.operands, window.reshape(-1).numpy())
    assert ledger.weights is not None
    assert np.array_equal(ledger.weights, weight[element[0]].reshape(-1))
    assert np.all(ledger.operands[~taps.inside] == 0)


@LAWS
@given(case=convolutions(), data=st.data())
def test_that_readers_are_the_windows_that_feel_an_input(
    case: Convolution, data: st.DataObject
) -> None:
    operation, shape = case.operation, case.shape
    position = data.draw(elements(shape))
    touch = np.zeros(shape)
    touch[position] = 1
    ones = torch.ones(operation.parameter_shapes(shape)["weight"], dtype=torch.float64)
    felt = torch.nn.functional.conv2d(tensor(touch), ones, **options(operation))[0]
    assert np.array_equal(operation.readers(shape, position), (felt != 0).any(dim=0).numpy())


@st.composite
def attempts(draw: st.DrawFn) -> dict[str, Any]:
    """Fields of a convolution that are legal one by one, but for at most one of them."""
    groups = draw(st.integers(1, 2))
    channels = [groups * draw(st.integers(1, 2)) for _ in range(2)]
    fields: dict[str, Any] = {
        "in_channels": channels[0],
        "out_channels": channels[1],
        "kernel_size": draw(pairs(1, 5)),
        "stride": draw(pairs(1, 3)),
        "padding": draw(pairs(0, 2)),
        "dilation": draw(pairs(1, 3)),
        "groups": groups,
    }
    odd = draw(st.sampled_from([None, None, None, *fields]))
    if odd is not None:
        fields[odd] = draw(st.integers(0, 4) if isinstance(fields[odd], int) else pairs(-1, 2))
    return fields


def torchs_shape(fields: dict[str, Any], shape: Shape) -> Shape | None:
    """What torch makes of the fields; None if it refuses."""
    inputs, outputs, groups = (fields[k] for k in ("in_channels", "out_channels", "groups"))
    if min(inputs, outputs, groups) < 1 or inputs % groups or outputs % groups:
        return None  # nn.Conv2d says so itself, before it makes its weights
    try:
        result = torch.nn.functional.conv2d(
            torch.zeros(1, *shape, dtype=torch.float64),
            torch.zeros(outputs, inputs // groups, *fields["kernel_size"], dtype=torch.float64),
            None,
            *(fields[k] for k in ("stride", "padding", "dilation", "groups")),
        )
    except (RuntimeError, ValueError):
        return None
    return tuple(result.shape[1:])


@LAWS
@given(fields=attempts(), size=pairs(1, 6), arriving=st.none() | st.integers(1, 4))
def test_that_what_torch_refuses_is_refused_and_nothing_else(
    fields: dict[str, Any], size: tuple[int, int], arriving: int | None
) -> None:
    shape = (arriving or max(1, fields["in_channels"]), *size)
    expected = None
    if all(k >= 0 for k in fields["kernel_size"]):  # torch cannot even make the weights
        expected = torchs_shape(fields, shape)
    try:
        found = Conv2d(**fields).output_shape(shape)
    except Problem as problem:
        assert str(problem)
        assert expected is None
    else:
        assert found == expected


@pytest.mark.parametrize("channels", [(0, 1, 1), (1, 0, 1), (4, 4, 0), (4, 6, 4), (6, 4, 4)])
def test_that_channels_which_nn_conv2d_refuses_are_refused(channels: tuple[int, int, int]) -> None:
    inputs, outputs, groups = channels
    with pytest.raises(Problem):
        Conv2d(inputs, outputs, (1, 1), groups=groups)


@LAWS
@given(case=convolutions())
def test_that_parameters_have_torchs_names_order_and_shapes(case: Convolution) -> None:
    o = case.operation
    module = torch.nn.Conv2d(
        o.in_channels,
        o.out_channels,
        o.kernel_size,
        o.stride,
        o.padding,
        o.dilation,
        o.groups,
        o.bias,
        device="meta",
    )
    expected = [(name, tuple(p.shape)) for name, p in module.named_parameters()]
    assert list(o.parameter_shapes(case.shape).items()) == expected


def test_that_an_infinite_weight_over_padding_is_nan_as_in_torch() -> None:
    weight = np.full((1, 1, 2, 2), np.inf)
    ledger = Conv2d(1, 1, (2, 2), padding=(1, 1), bias=False).ledger(
        np.ones((1, 2, 2)), {"weight": weight}, (0, 0, 0)
    )
    torchs = torch.nn.functional.conv2d(
        torch.ones(1, 1, 2, 2, dtype=torch.float64), torch.from_numpy(weight), padding=1
    )
    assert np.isnan(ledger.result)
    assert torchs[0, 0, 0, 0].isnan()
