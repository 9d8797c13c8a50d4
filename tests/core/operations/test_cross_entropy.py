"""The logarithm of softmax, and cross-entropy, with torch as the judge."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from cnnviz.core.operations.cross_entropy import CrossEntropyLoss
from cnnviz.core.operations.log_softmax import LogSoftmax
from cnnviz.core.problem import Problem
from cnnviz.engine.build import module_of

MANY = settings(deadline=None, max_examples=2000)
PLAIN = st.floats(-50, 50) | st.floats(-1e4, 1e4)
EDGES = st.sampled_from([np.inf, -np.inf, np.nan, 1e308, -1e308, 5e-324, 0.0, -0.0])
LOGITS = st.lists(PLAIN, min_size=1, max_size=40) | st.lists(PLAIN | EDGES, min_size=1, max_size=6)
SHARES = st.sampled_from([0.0, 0.1, 1.0]) | st.floats(0, 1)


def scale(logits: np.ndarray) -> float:
    """What z − max z − log Σ is rounded at: the largest of what is taken off one another."""
    finite = np.abs(logits[np.isfinite(logits)])
    return 2 * min(float(finite.max(initial=1.0)), 1e300)


@MANY
@given(logits=LOGITS, data=st.data())
def test_that_any_logarithm_is_torchs(logits: list[float], data: st.DataObject) -> None:
    x = np.array(logits)
    index = data.draw(st.integers(0, len(x) - 1))
    expected = float(torch.log_softmax(torch.from_numpy(x), 0)[index])
    ledger = LogSoftmax().ledger(x, {}, (index,))
    np.testing.assert_allclose(ledger.result, expected, rtol=1e-12, atol=1e-15 * scale(x))
    assert ledger.winner == index
    np.testing.assert_equal(ledger.shift, x.max())
    np.testing.assert_equal(ledger.partials, np.cumsum(ledger.terms))
    np.testing.assert_equal(ledger.parts["logarithm"], float(np.log(ledger.partials[-1])))
    with np.errstate(invalid="ignore", over="ignore"):
        written = x[index] - ledger.shift - ledger.parts["logarithm"]
    np.testing.assert_equal(ledger.result, written)


@MANY
@given(logits=LOGITS, share=SHARES, data=st.data())
def test_that_any_loss_is_torchs(logits: list[float], share: float, data: st.DataObject) -> None:
    x = np.array(logits)
    target = data.draw(st.integers(0, len(x) - 1))
    operation = CrossEntropyLoss(share, target)
    assert operation.output_shape(x.shape) == (1,)
    loss = nn.CrossEntropyLoss(label_smoothing=share)
    expected = float(loss(torch.from_numpy(x)[None], torch.tensor([target])))
    ledger = operation.ledger(x, {}, (0,))
    np.testing.assert_allclose(ledger.result, expected, rtol=1e-12, atol=1e-14 * scale(x))
    built = module_of(operation)(torch.from_numpy(x)[None])
    assert built.shape == (1, 1)
    np.testing.assert_allclose(ledger.result, float(built), rtol=1e-12, atol=1e-14 * scale(x))
    assert ledger.winner == target
    if share == 0:
        np.testing.assert_equal(ledger.result, ledger.parts["loss"])


def test_that_a_loss_far_beyond_a_softmax_that_is_zero_keeps_its_digits() -> None:
    ledger = CrossEntropyLoss(target=1).ledger(np.array([2000.0, 0.0]), {}, (0,))
    assert ledger.terms[1] == 0
    assert ledger.result == 2000


@MANY
@given(
    count=st.integers(1, 6),
    target=st.integers(-3, 8),
    share=st.floats(0, 1.5) | st.sampled_from([0.0, 1.0]),
)
def test_that_what_torch_refuses_is_refused_in_a_sentence(
    count: int, target: int, share: float
) -> None:
    loss = nn.CrossEntropyLoss(label_smoothing=share)
    x, y = torch.zeros(1, count), torch.tensor([target])
    try:
        loss(x, y)
    except (IndexError, RuntimeError):
        with pytest.raises(Problem, match=r"no class|not a share from 0 to 1"):
            CrossEntropyLoss(share, target).output_shape((count,))
    else:
        assert CrossEntropyLoss(share, target).output_shape((count,)) == (1,)


@pytest.mark.parametrize("share", [float("nan"), -0.1])
def test_that_a_share_which_torch_takes_for_none_is_refused(share: float) -> None:
    with pytest.raises(Problem, match=r"label_smoothing: .* is not a share from 0 to 1"):
        CrossEntropyLoss(share)


@pytest.mark.parametrize("operation", [LogSoftmax(), CrossEntropyLoss()], ids=lambda o: o.kind)
def test_that_maps_are_refused_and_what_to_do_is_said(
    operation: LogSoftmax | CrossEntropyLoss,
) -> None:
    with pytest.raises(Problem, match="put a Flatten before it"):
        operation.output_shape((3, 2, 2))


def test_that_the_readers_are_all_logarithms_and_the_one_loss() -> None:
    assert LogSoftmax().readers((4,), (1,)).tolist() == [[True] * 4]
    assert CrossEntropyLoss().readers((4,), (1,)).tolist() == [[True]]
