"""The mask that torch's dropout draws from a seed, and what drawing it leaves alone."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from cnnviz.core.operations import Shape
from cnnviz.engine.calculator import dropout_mask

SHAPES = st.tuples(st.integers(1, 300)) | st.tuples(*(st.integers(1, 20) for _ in range(3)))


@settings(deadline=None, max_examples=2000)
@given(
    shape=SHAPES,
    p=st.floats(0, 1, exclude_max=True) | st.sampled_from([0.0, 0.5]),
    seed=st.integers(0, 2**63 - 1),
    dtype=st.sampled_from([torch.float32, torch.float64]),
)
def test_that_the_mask_is_torchs_of_the_same_seed(
    shape: Shape, p: float, seed: int, dtype: torch.dtype
) -> None:
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        expected = functional.dropout(torch.ones(shape, dtype=dtype), p) != 0
    mask = dropout_mask(shape, p, seed)
    assert mask.dtype == np.float64
    assert np.array_equal(mask, expected.numpy().astype(np.float64))


def test_that_no_random_state_is_disturbed() -> None:
    state = torch.get_rng_state()
    first, second = dropout_mask((5, 5, 5), 0.5, 3), dropout_mask((5, 5, 5), 0.5, 3)
    assert np.array_equal(first, second)
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize("p", [0.1, 0.5, 0.8])
def test_that_the_share_which_is_struck_out_is_p(p: float) -> None:
    assert dropout_mask((100, 30, 30), p, 7).mean() == pytest.approx(1 - p, abs=0.01)
