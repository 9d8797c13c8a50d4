"""Max pooling, with torch as the judge."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn.functional import max_pool2d

from cnnviz.core.operations import MaxPool2d, Shape
from cnnviz.core.problem import Problem
from tests.core.operations.geometries import (
    LAWS,
    MANY,
    arrays,
    assert_refuses_as_torch,
    elements,
    pairs,
    poolings,
    tensor,
    torchs_shape,
)


def torchs(operation: MaxPool2d, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Values and indices.  With indices, torch checks the padding as it does while training."""
    values, indices = max_pool2d(
        x,
        operation.kernel_size,
        operation.stride,
        operation.padding,
        operation.dilation,
        operation.ceil_mode,
        return_indices=True,
    )
    return values[0], indices[0]


TIES = st.sampled_from([-2.0, 0.0, 1.0, -np.inf, np.inf, np.nan])
"""So few that windows hold them more than once."""


@MANY
@given(case=poolings(), data=st.data())
def test_that_any_element_and_its_winner_are_torchs(
    case: tuple[MaxPool2d, Shape], data: st.DataObject
) -> None:
    operation, shape = case
    x = data.draw(arrays(shape))
    if data.draw(st.booleans()):
        few = data.draw(st.lists(TIES, min_size=1, max_size=3))
        x = np.array(few)[x.astype(np.int64) % len(few)]
    values, indices = torchs(operation, tensor(x))
    assert operation.output_shape(shape) == tuple(values.shape)
    element = data.draw(elements(tuple(values.shape)))
    ledger = operation.ledger(x, {}, element)
    expected = float(values[element])
    assert ledger.result == expected or np.isnan([ledger.result, expected]).all()
    if ledger.winner is None:
        assert not ledger.taps.inside.any()
        assert ledger.result == -np.inf
    else:
        channel, row, column = ledger.taps.inputs[ledger.winner]
        assert channel == element[0]
        assert row * shape[2] + column == indices[element]


@LAWS
@given(case=poolings(), data=st.data())
def test_that_the_running_maximum_ends_in_the_result(
    case: tuple[MaxPool2d, Shape], data: st.DataObject
) -> None:
    operation, shape = case
    x = data.draw(arrays(shape))
    element = data.draw(elements(operation.output_shape(shape)))
    ledger = operation.ledger(x, {}, element)
    assert ledger.partials.tolist() == [
        max(ledger.operands[: i + 1]) for i in range(ledger.taps.count)
    ]
    assert ledger.partials[-1] == ledger.result
    assert ledger.subtotals.tolist() == [ledger.result]
    assert np.all(ledger.operands[~ledger.taps.inside] == -np.inf)
    assert ledger.taps.count == operation.kernel_size[0] * operation.kernel_size[1]


@MANY
@given(case=poolings(), data=st.data())
def test_that_readers_are_the_windows_that_feel_an_input(
    case: tuple[MaxPool2d, Shape], data: st.DataObject
) -> None:
    operation, shape = case
    position = data.draw(elements(shape))
    touch = np.zeros(shape)
    touch[position] = 1
    felt = torchs(operation, tensor(touch))[0] == 1
    assert np.array_equal(operation.readers(shape, position), felt.any(dim=0).numpy())


@st.composite
def attempts(draw: st.DrawFn) -> dict[str, Any]:
    """Fields of a pooling that are legal one by one, but for at most one of them."""
    fields: dict[str, Any] = {
        "kernel_size": draw(pairs(1, 7)),
        "stride": draw(st.none() | pairs(1, 4)),
        "padding": draw(pairs(0, 3)),
        "dilation": draw(pairs(1, 3)),
        "ceil_mode": draw(st.booleans()),
    }
    odd = draw(st.sampled_from([None, None, "kernel_size", "stride", "padding", "dilation"]))
    if odd is not None:
        fields[odd] = draw(pairs(-1, 2))
    return fields


@MANY
@given(fields=attempts(), size=pairs(1, 6))
def test_that_what_torch_refuses_is_refused_and_nothing_else(
    fields: dict[str, Any], size: tuple[int, int]
) -> None:
    x = torch.zeros(1, 1, *size, dtype=torch.float64)
    expected = torchs_shape(lambda: max_pool2d(x, **fields, return_indices=True)[0])
    assert_refuses_as_torch(MaxPool2d, fields, (1, *size), expected)


def test_that_the_refused_padding_is_named_with_its_own_kernel_size() -> None:
    sentence = "padding: 2 is more than half of kernel_size 3, at most 1 is possible"
    with pytest.raises(Problem, match=sentence):
        MaxPool2d((2, 3), padding=(1, 2))


def test_that_the_first_of_equal_values_wins() -> None:
    ledger = MaxPool2d((2, 2)).ledger(np.array([[[1.0, 7.0], [7.0, 7.0]]]), {}, (0, 0, 0))
    assert (ledger.result, ledger.winner) == (7.0, 1)
