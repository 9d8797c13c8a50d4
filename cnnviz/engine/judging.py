"""What a snapshot's weights make of the whole test set, a chunk at a time beside the training."""

from __future__ import annotations

from collections.abc import Generator
from time import perf_counter

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn import functional

from cnnviz.core.judgement import Judgement
from cnnviz.core.problem import Problem
from cnnviz.core.snapshot import Snapshot
from cnnviz.engine.build import empty_module, quick_order
from cnnviz.engine.evaluate import chunk_size, evaluating
from cnnviz.engine.probe import weights_of
from cnnviz.engine.session import Session

Weighted = tuple[nn.Module, dict[str, Tensor]]
"""A model, and the numbers it is to be computed with, by their keys in it."""


def judge(session: Session, frozen: Snapshot) -> Generator[None, None, Judgement]:
    """Look at every test image, a chunk for each ``next``.

    The weights are the snapshot's own: training may go on between two chunks, and an earlier step
    can be judged as well as the newest.  No random number is drawn.

    Raises
    ------
    Problem
        If the snapshot's network takes other images than the test set has, or knows fewer classes.
    """
    _check(session, frozen)
    started = perf_counter()
    device, count = session.device.key, len(session.test.y)
    model = _model(frozen, device)
    predictions: list[Tensor] = []
    losses: list[Tensor] = []
    chunk, seconds = chunk_size(session), perf_counter() - started
    for start in range(0, count, chunk):
        started = perf_counter()
        part = slice(start, min(start + chunk, count))
        logits, y = _logits(model, session.test.x[part]), session.test.y[part]
        losses.append(functional.cross_entropy(logits, y, reduction="none"))
        predictions.append(logits.argmax(dim=1))
        seconds += perf_counter() - started
        yield
    started = perf_counter()
    answers, errors = torch.cat(predictions).cpu(), torch.cat(losses).cpu()
    return Judgement(
        snapshot=frozen,
        labels=session.test.y.cpu().numpy(),
        predictions=answers.numpy(),
        losses=errors.numpy(),
        images=session.dataset.pictures[1],
        seconds=seconds + perf_counter() - started,
    )


def _model(frozen: Snapshot, device: str) -> Weighted:
    module = empty_module(frozen.network)
    weights = dict(zip(module, weights_of(frozen, device), strict=False))
    model = quick_order(module)
    named = {f"{i}.{key}": v for i, part in enumerate(model) for key, v in weights[part].items()}
    return model, named


def _logits(model: Weighted, x: Tensor) -> Tensor:
    module, weights = model
    with evaluating(module):
        logits: Tensor = functional_call(module, weights, (x,))
    return logits


def _check(session: Session, frozen: Snapshot) -> None:
    given, expected = tuple(session.test.x.shape[1:]), frozen.network.input_shape
    if given != expected:
        raise Problem(
            "sample: the images are now {given}, the network shown takes {expected}",
            given=" × ".join(map(str, given)),
            expected=" × ".join(map(str, expected)),
        )
    largest = int(session.test.y.max())
    if largest >= frozen.network.classes:
        raise Problem(
            "the test images are now of {count} classes, the network shown knows {known}",
            count=largest + 1,
            known=frozen.network.classes,
        )
