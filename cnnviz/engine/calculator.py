"""What torch makes of one input, in float64: the Lab's and the photographs' results."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.func import functional_call

from cnnviz.core.bench import Bench
from cnnviz.core.operations import Operation, Parameters
from cnnviz.core.snapshot import Sample, Snapshot
from cnnviz.core.wires import SKIP
from cnnviz.engine.build import module_of
from cnnviz.engine.one_thread import one_thread


def apply(
    operation: Operation, x: NDArray[np.floating[Any]], parameters: Parameters
) -> NDArray[np.float64]:
    """The output of one operation for one input, as torch computes it in float64.

    Draws no random number, and leaves gradients and the number of threads as they are.

    Parameters
    ----------
    x
        (channels, height, width) or (features,), without the batch axis.
    parameters
        The arrays by torch's names.  A dropout whose ``mask`` is given trains with that mask,
        x · mask / (1 − p); without one it is evaluated.  What an Add adds is ``skip``.
    """
    # Copied: torch warns of arrays that cannot be written to, which a bench's are.
    given = {name: torch.tensor(v, dtype=torch.float64) for name, v in parameters.items()}
    batch = torch.tensor(x, dtype=torch.float64)[None]
    mask, skip = given.pop("mask", None), given.pop(SKIP, None)
    with torch.no_grad(), one_thread():
        if mask is None:
            read = (batch,) if skip is None else (batch, skip[None])
            output = functional_call(_module(operation), given, read)
        else:
            output = batch * (mask / (1.0 - operation.p))  # type: ignore[attr-defined]
    result: NDArray[np.float64] = output[0].numpy()
    return result


def bench_snapshot(bench: Bench) -> Snapshot:
    """The bench as a network's snapshot, with torch's output; all of it in float64."""
    output = apply(bench.operation, bench.input, bench.parameters)
    sample = Sample(index=0, image=bench.input.astype(np.float32), label=0)
    arrays = (bench.input, output)
    return Snapshot(0, 0, bench.network, sample, (bench.parameters,), arrays, pictured=False)


@lru_cache(maxsize=64)
def _module(operation: Operation) -> nn.Module:
    """Evaluated, and with parameters that take no memory and draw no random number."""
    with torch.device("meta"):
        return module_of(operation).eval()
