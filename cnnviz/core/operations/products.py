"""The ledger that convolutions and linear share: products, channel subtotals, bias."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.operations.base import Ledger, Parameters, Taps


def product_ledger(taps: Taps, operands: NDArray[np.float64], parameters: Parameters) -> Ledger:
    """Σ operand × weight + bias, in float64, in the order of the taps."""
    assert taps.weights is not None
    weights = parameters["weight"][tuple(taps.weights.T)].astype(np.float64)
    # 0 × ∞ and ∞ − ∞ of a network that has diverged are NaN, in torch too, and nothing to warn of.
    with np.errstate(invalid="ignore", over="ignore"):
        terms = operands * weights
        if taps.holes:
            terms[~taps.inside] = 0.0  # no operand: an infinite weight there makes no NaN
        partials = np.cumsum(terms)
        subtotals = terms.reshape(len(taps.channels), -1).sum(axis=1)
    bias = None if taps.bias is None else float(parameters["bias"][taps.bias])
    return Ledger(
        taps=taps,
        operands=operands,
        weights=weights,
        terms=terms,
        partials=partials,
        subtotals=subtotals,
        bias=bias,
        # Read off the last partial, so that the running total on the screen ends in the result.
        result=float(partials[-1]) + (0.0 if bias is None else bias),
    )
