"""Activations, with torch as the judge, far out on both sides and at every edge."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnviz.core.operations import Activation, ReLU
from cnnviz.core.operations.gelu import GELU
from cnnviz.core.operations.leaky_relu import LeakyReLU
from cnnviz.core.operations.sigmoid import Sigmoid
from cnnviz.core.operations.silu import SiLU
from cnnviz.core.operations.tanh import Tanh
from cnnviz.core.problem import Problem
from cnnviz.engine.build import module_of

ACTIVATIONS: list[Activation] = [
    ReLU(),
    LeakyReLU(),
    LeakyReLU(0.3),
    LeakyReLU(0.0),
    Sigmoid(),
    Tanh(),
    SiLU(),
    GELU(),
    GELU("tanh"),
]
EDGES = st.sampled_from([np.inf, -np.inf, np.nan, 0.0, -0.0, 5e-324, -5e-324, 1e308, -1e308])
VALUES = st.floats(-60, 60) | st.floats() | EDGES
named = pytest.mark.parametrize("operation", ACTIVATIONS, ids=repr)


def torchs(operation: Activation, values: list[float]) -> np.ndarray:
    result: np.ndarray = module_of(operation)(torch.tensor(values, dtype=torch.float64)).numpy()
    return result


@named
@settings(deadline=None, max_examples=2000)
@given(values=st.lists(VALUES, min_size=1, max_size=8))
def test_that_the_curve_is_torchs(operation: Activation, values: list[float]) -> None:
    expected = torchs(operation, values)
    with np.errstate(all="ignore"):
        found = operation.curve(np.array(values))
    # 1 + erf and 1 + tanh cancel far on the left, in torch too: what is exact there to 1e-12 is
    # the factor of x, and not the product.
    size = np.abs(values) if isinstance(operation, GELU) else np.abs(expected)
    both = np.isnan(found) & np.isnan(expected)
    with np.errstate(invalid="ignore"):
        near = np.abs(found - expected) <= 1e-12 * size + 1e-300
    assert np.all((found == expected) | near | both)


@named
@settings(deadline=None, max_examples=500)
@given(values=st.lists(st.floats(-60, 60) | st.just(0.0), min_size=1, max_size=8))
def test_that_the_slope_is_torchs_gradient(operation: Activation, values: list[float]) -> None:
    x = torch.tensor(values, dtype=torch.float64, requires_grad=True)
    module_of(operation)(x).sum().backward()
    assert x.grad is not None
    np.testing.assert_allclose(operation.slope(np.array(values)), x.grad.numpy(), atol=1e-8)


@named
@pytest.mark.parametrize("value", [0.0, -0.0, np.inf, -np.inf, np.nan, 1e300, -1e300, 5e-324])
def test_that_values_at_the_edge_come_out_as_in_torch(operation: Activation, value: float) -> None:
    expected = torchs(operation, [value])[0]
    with np.errstate(all="ignore"):
        result = operation.ledger(np.array([value]), {}, (0,)).result
    np.testing.assert_allclose(result, expected, rtol=1e-12, atol=1e-300)


@named
@settings(deadline=None, max_examples=200)
@given(value=st.floats(-1e3, 1e3))
def test_that_what_keeps_its_range_gives_nothing_larger(
    operation: Activation, value: float
) -> None:
    result = operation.ledger(np.array([value]), {}, (0,)).result
    assert not operation.keeps_range or abs(result) <= abs(value)


@named
def test_that_the_formula_names_the_value_and_nothing_else_in_braces(
    operation: Activation,
) -> None:
    written = operation.written
    assert "{x}" in written
    assert "{" not in written.replace("{x}", "")


def test_that_a_slope_which_rectifies_nothing_is_refused() -> None:
    with pytest.raises(Problem, match="negative_slope"):
        LeakyReLU(1.5)


def test_that_an_unknown_approximation_is_refused() -> None:
    with pytest.raises(Problem, match=r"approximate.*none, tanh"):
        GELU("erf")
