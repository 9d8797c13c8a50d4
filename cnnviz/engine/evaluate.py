"""How well the model does on test images, a chunk at a time so that nobody waits for it."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from cnnviz.core.events import Device
from cnnviz.core.metrics import Evaluation
from cnnviz.core.network import Network
from cnnviz.engine.memory import most_at_once
from cnnviz.engine.session import Session

SAMPLE = 1000
"""The first so many test images are looked at between epochs."""

MOST_WRONG = 100

_CHUNK = {"cpu": 250, "cuda": 2500, "mps": 2500}
"""Images at once: on a CPU about 20 ms' worth, and its largest activation (25 MB) still stays below
the block that glibc is told to keep; an accelerator is busy with more."""


@contextmanager
def evaluating(module: nn.Module) -> Iterator[None]:
    """Dropout off and no gradients, and back to what it was; draws no random number.

    Never held across a ``yield``: gradients are switched off for the whole thread.
    """
    training = module.training
    module.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        module.train(training)


def chunk_on(device: Device, network: Network) -> int:
    """Images that go through a network at once, as far as is known without trying."""
    chunk = _CHUNK[device.key.split(":")[0]]
    most = most_at_once(network, device)
    return chunk if most is None else min(chunk, most)


def chunk_size(session: Session) -> int:
    """Images that go through the network at once where nothing is learned from them."""
    chunk = chunk_on(session.device, session.experiment.network)
    if session.part < session.settings.batch_size:
        return min(chunk, session.part)  # memory has run out before
    return chunk


def judge(
    session: Session, count: int
) -> Generator[None, None, tuple[NDArray[np.float32], NDArray[np.bool_]]]:
    """Look at the first ``count`` test images, a chunk for each ``next``.

    Returns
    -------
    (count,) the cross-entropy of each image, and whether the highest logit was the right one.
    """
    losses: list[torch.Tensor] = []
    right: list[torch.Tensor] = []
    chunk = chunk_size(session)
    for start in range(0, count, chunk):
        part = slice(start, min(start + chunk, count))
        with evaluating(session.model):
            logits, y = session.model(session.test.x[part]), session.test.y[part]
            losses.append(functional.cross_entropy(logits, y, reduction="none"))
            right.append(logits.argmax(dim=1) == y)
        yield
    return torch.cat(losses).cpu().numpy(), torch.cat(right).cpu().numpy()


def evaluate(session: Session, complete: bool) -> Generator[None, None, Evaluation]:
    """Loss and accuracy now, on all test images or on the first `SAMPLE`."""
    step, count = session.step, len(session.test.y)
    losses, right = yield from judge(session, count if complete else min(count, SAMPLE))
    # float64: a mean of 10,000 float32 losses would lose digits.
    loss = float(losses.mean(dtype=np.float64))
    return Evaluation(step, loss, float(right.mean(dtype=np.float64)), complete)


def find_wrong(session: Session) -> Generator[None, None, tuple[int, ...]]:
    """Test images that get the wrong answer, the largest loss first, at most `MOST_WRONG`."""
    losses, right = yield from judge(session, len(session.test.y))
    hardest = np.argsort(-losses, kind="stable")
    return tuple(int(i) for i in hardest[~right[hardest]][:MOST_WRONG])
