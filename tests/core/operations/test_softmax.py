"""Softmax, with torch as the judge."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnviz.core.operations import Softmax
from cnnviz.core.problem import Problem
from tests.core.operations.geometries import LAWS

MANY = settings(deadline=None, max_examples=2000)
PLAIN = st.floats(-1e4, 1e4)
LOGITS = st.lists(PLAIN, min_size=1, max_size=40)
EDGES = st.sampled_from([np.inf, -np.inf, np.nan, 1e308, -1e308, 5e-324, -5e-324, 0.0, -0.0])


@MANY
@given(logits=LOGITS, data=st.data())
def test_that_any_probability_is_torchs(logits: list[float], data: st.DataObject) -> None:
    x = np.array(logits)
    index = data.draw(st.integers(0, len(x) - 1))
    expected = float(torch.softmax(torch.from_numpy(x), 0)[index])
    ledger = Softmax().ledger(x, {}, (index,))
    # Below 1e-300 doubles lose digits one by one; all terms are positive, so nothing cancels.
    assert abs(ledger.result - expected) <= 1e-12 * expected + 1e-300
    assert ledger.winner == index
    assert ledger.terms[index] / ledger.partials[-1] == ledger.result
    assert ledger.shift == x.max()
    assert np.array_equal(ledger.operands, x)
    assert ledger.subtotals.tolist() == [ledger.partials[-1]]


@LAWS
@given(logits=LOGITS)
def test_that_probabilities_add_up_to_one(logits: list[float]) -> None:
    x = np.array(logits)
    total = sum(Softmax().ledger(x, {}, (i,)).result for i in range(len(x)))
    assert total == pytest.approx(1, rel=1e-12)


@MANY
@given(logits=st.lists(PLAIN | EDGES | st.floats(), min_size=1, max_size=9))
def test_that_what_is_huge_tiny_or_no_number_gives_what_torch_gives(logits: list[float]) -> None:
    x = np.array(logits)
    results = [Softmax().ledger(x, {}, (i,)).result for i in range(len(x))]
    expected = torch.softmax(torch.from_numpy(x), 0).numpy()
    np.testing.assert_allclose(results, expected, rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize(
    "logits",
    [
        [1e308, -1e308, 1e308],
        [1.0, np.inf],
        [np.inf, np.inf],
        [-np.inf, -np.inf],
        [-np.inf, 2.0],
        [np.nan, 1.0],
    ],
)
def test_that_logits_of_a_diverged_network_give_what_torch_gives(logits: list[float]) -> None:
    x = np.array(logits)
    results = [Softmax().ledger(x, {}, (i,)).result for i in range(len(x))]
    assert np.array_equal(results, torch.softmax(torch.from_numpy(x), 0).numpy(), equal_nan=True)


def test_that_every_output_reads_every_input() -> None:
    assert Softmax().readers((4,), (1,)).all()
    assert Softmax().readers((4,), (1,)).shape == (1, 4)


def test_that_maps_are_refused() -> None:
    with pytest.raises(Problem, match="put a Flatten before it"):
        Softmax().output_shape((3, 2, 2))
