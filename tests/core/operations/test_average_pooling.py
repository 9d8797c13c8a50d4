"""Average pooling, with torch as the judge."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, reject
from hypothesis import strategies as st
from torch import nn

from cnnviz.core.network_file import read_network
from cnnviz.core.operations import Shape
from cnnviz.core.operations.average_pooling import AvgPool2d
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

DIVISORS = st.none() | st.integers(-9, 9).filter(bool)


@st.composite
def average_poolings(draw: st.DrawFn) -> tuple[AvgPool2d, Shape]:
    """Any legal average pooling of a small input."""
    kernel = draw(pairs(1, 5))
    operation = AvgPool2d(
        kernel_size=kernel,
        stride=draw(st.none() | pairs(1, 5)),
        padding=(draw(st.integers(0, kernel[0] // 2)), draw(st.integers(0, kernel[1] // 2))),
        ceil_mode=draw(st.booleans()),
        count_include_pad=draw(st.booleans()),
        divisor_override=draw(DIVISORS),
    )
    shape = draw(map_shapes())
    try:
        operation.output_shape(shape)
    except Problem:
        reject()
    return operation, shape


def torchs(operation: AvgPool2d, x: np.ndarray) -> np.ndarray:
    result: np.ndarray = module_of(operation)(tensor(x))[0].numpy()
    return result


@MANY
@given(case=average_poolings(), data=st.data())
def test_that_every_element_of_a_map_is_torchs(
    case: tuple[AvgPool2d, Shape], data: st.DataObject
) -> None:
    operation, shape = case
    x = data.draw(arrays(shape))
    expected = torchs(operation, x)
    assert operation.output_shape(shape) == expected.shape
    channel = data.draw(st.integers(0, shape[0] - 1))
    places = [(channel, *place) for place in np.ndindex(expected.shape[1:])]
    ledgers = [operation.ledger(x, {}, place) for place in places]
    sizes = [np.abs(ledger.terms).sum() / abs(ledger.divisor or np.nan) for ledger in ledgers]
    found = np.array([ledger.result for ledger in ledgers])
    assert np.all(np.abs(found - expected[channel].flatten()) <= 1e-12 * np.array(sizes))


@LAWS
@given(case=average_poolings(), data=st.data())
def test_that_the_running_sum_and_the_divisor_lead_to_the_result(
    case: tuple[AvgPool2d, Shape], data: st.DataObject
) -> None:
    operation, shape = case
    x = data.draw(arrays(shape))
    ledger = operation.ledger(x, {}, data.draw(elements(operation.output_shape(shape))))
    assert np.array_equal(ledger.terms, ledger.operands)
    assert np.array_equal(ledger.partials, np.cumsum(ledger.terms))
    assert ledger.subtotals.tolist() == [ledger.partials[-1]]
    assert ledger.divisor is not None
    assert ledger.result == ledger.partials[-1] / ledger.divisor
    assert np.all(ledger.operands[~ledger.taps.inside] == 0)
    assert ledger.taps.count == operation.kernel_size[0] * operation.kernel_size[1]


@MANY
@given(case=average_poolings(), data=st.data())
def test_that_readers_are_the_windows_that_feel_an_input(
    case: tuple[AvgPool2d, Shape], data: st.DataObject
) -> None:
    operation, shape = case
    position = data.draw(elements(shape))
    touch = np.zeros(shape)
    touch[position] = 1
    felt = torchs(operation, touch) != 0
    assert np.array_equal(operation.readers(shape, position), felt.any(axis=0))


@LAWS
@given(case=average_poolings(), data=st.data())
def test_that_only_another_divisor_makes_more_of_the_largest_input(
    case: tuple[AvgPool2d, Shape], data: st.DataObject
) -> None:
    operation, shape = case
    x = data.draw(arrays(shape))
    largest = float(np.abs(torchs(operation, x)).max())
    assert operation.keeps_range == (operation.divisor_override is None)
    assert not operation.keeps_range or largest <= np.abs(x).max() * (1 + 1e-12)


@st.composite
def attempts(draw: st.DrawFn) -> dict[str, Any]:
    """Fields of a pooling that are legal one by one, but for at most one of them."""
    fields: dict[str, Any] = {
        "kernel_size": draw(pairs(1, 7)),
        "stride": draw(st.none() | pairs(1, 4)),
        "padding": draw(pairs(0, 3)),
        "ceil_mode": draw(st.booleans()),
        "count_include_pad": draw(st.booleans()),
        "divisor_override": draw(DIVISORS),
    }
    odd = draw(st.sampled_from([None, None, "kernel_size", "stride", "padding", "divisor"]))
    if odd == "divisor":
        fields["divisor_override"] = 0
    elif odd is not None:
        fields[odd] = draw(pairs(-1, 2))
    return fields


@MANY
@given(fields=attempts(), size=pairs(1, 6))
def test_that_what_torch_refuses_is_refused_and_nothing_else(
    fields: dict[str, Any], size: tuple[int, int]
) -> None:
    x = torch.zeros(1, 1, *size, dtype=torch.float64)
    expected = torchs_shape(lambda: nn.AvgPool2d(**fields)(x))
    assert_refuses_as_torch(AvgPool2d, fields, (1, *size), expected)


def test_that_the_refused_padding_is_named_with_its_own_kernel_size() -> None:
    sentence = "padding: 2 is more than half of kernel_size 3, at most 1 is possible"
    with pytest.raises(Problem, match=sentence):
        AvgPool2d((2, 3), padding=(1, 2))


def test_that_a_divisor_of_zero_is_refused_by_its_field() -> None:
    with pytest.raises(Problem, match="divisor_override: nothing can be divided by 0"):
        AvgPool2d((2, 2), divisor_override=0)


def test_that_a_vector_is_refused() -> None:
    with pytest.raises(Problem, match="vector of 5"):
        AvgPool2d((2, 2)).output_shape((5,))


@pytest.mark.parametrize(
    ("count_include_pad", "divisors"),
    [
        # Four columns and a window of three with one of padding: what is counted in the windows
        # from −1, from 1, and from 3, whose last tap stands beyond the padding.
        (True, [3.0, 3.0, 2.0]),
        (False, [2.0, 3.0, 1.0]),
    ],
)
def test_that_what_lies_beyond_the_padding_is_never_counted(
    count_include_pad: bool, divisors: list[float]
) -> None:
    operation = AvgPool2d(
        (1, 3), (1, 2), (0, 1), ceil_mode=True, count_include_pad=count_include_pad
    )
    x = np.ones((1, 1, 4))
    ledgers = [operation.ledger(x, {}, (0, 0, column)) for column in range(3)]
    assert [ledger.divisor for ledger in ledgers] == divisors
    assert [ledger.result for ledger in ledgers] == torchs(operation, x)[0, 0].tolist()


@pytest.mark.parametrize("values", [[np.inf, -np.inf], [np.nan, 1.0], [1e308, 1e308]])
def test_that_a_network_that_has_diverged_is_followed_without_a_warning(
    values: list[float],
) -> None:
    x = np.array([[values]])
    operation = AvgPool2d((1, 2))
    result = operation.ledger(x, {}, (0, 0, 0)).result
    np.testing.assert_equal(result, torchs(operation, x)[0, 0, 0])


def description(tmp_path: Path, divisor: str) -> Path:
    pool = f'[[layers]]\ntype = "AvgPool2d"\nkernel_size = 2\ndivisor_override = {divisor}\n'
    end = '[[layers]]\ntype = "Flatten"\n[[layers]]\ntype = "Softmax"\n'
    path = tmp_path / "net.toml"
    path.write_text(f'title = "T"\ninput = [1, 4, 4]\n{pool}{end}', encoding="utf-8")
    return path


def test_that_a_description_may_name_the_divisor(tmp_path: Path) -> None:
    network = read_network(description(tmp_path, "3"))
    assert network.layers[0].operation == AvgPool2d((2, 2), divisor_override=3)


@pytest.mark.parametrize("divisor", ["0", "true", "2.5", "[2, 2]"])
def test_that_a_description_with_another_divisor_is_refused(tmp_path: Path, divisor: str) -> None:
    with pytest.raises(Problem, match="divisor_override"):
        read_network(description(tmp_path, divisor))
