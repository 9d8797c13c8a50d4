"""The training loop as a generator: a batch for each ``next``, and every pause between two."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from cnnviz.core.events import EpochDone, Event, Notice
from cnnviz.core.problem import Problem
from cnnviz.engine.allocator import hand_back
from cnnviz.engine.augmenting import augmented
from cnnviz.engine.evaluate import evaluate
from cnnviz.engine.memory import ACROSS, APART, reads_across_images
from cnnviz.engine.session import Session

BLOCK = 20
"""Batches whose losses cross from an accelerator together: each crossing waits until the device has
caught up.  On a CPU there is nothing to wait for and they cross one by one."""

Emit = Callable[[Event], None]

T = TypeVar("T")


def train(session: Session, emit: Emit) -> Iterator[bool]:
    """Train from where the session stands to the end of its last epoch.

    Yields True after a batch and everything that follows it, False between the chunks of an
    evaluation and between the parts of a batch.  At either the caller may stop asking, for a while
    or for good; another generator on the same session goes on from there, with the same batch from
    its beginning.

    Raises
    ------
    Problem
        If the loss is not finite, or the memory is too small for a single image.
    """
    if session.spoiled is not None:
        raise session.spoiled
    every = session.settings.evaluate_every
    while not session.finished:
        end = (session.epochs_done + 1) * session.batches
        while session.step < end:
            yield from _train_batch(session, emit)
            if every and session.step % every == 0 and session.step < end:
                yield False
                flush(session)
                session.metrics.evaluated((yield from _unrushed(evaluate(session, complete=False))))
            yield session.step < end
        emit((yield from _end_epoch(session)))
        yield True


def flush(session: Session) -> None:
    """Bring the losses that wait on the device into the log.

    Raises
    ------
    Problem
        If one of them is not finite; those before it are kept, and the session is spoiled.
    """
    if not session.waiting:
        return
    losses = torch.stack(session.waiting).cpu().numpy()
    session.waiting.clear()
    finite = np.isfinite(losses)
    good = len(losses) if finite.all() else int(finite.argmin())
    session.metrics.append(losses[:good])
    if good < len(losses):
        session.spoiled = Problem(
            "the loss of batch {step} is {loss}, not a number to learn from: training has stopped. "
            "Most often the learning rate ({rate}) is too high: lower it and reset",
            step=session.metrics.count + 1,
            loss=float(losses[good]),
            rate=session.settings.learning_rate,
        )
        raise session.spoiled


def _end_epoch(session: Session) -> Generator[bool, None, EpochDone]:
    flush(session)
    evaluation = yield from _unrushed(evaluate(session, complete=True))
    session.metrics.evaluated(evaluation)
    session.epochs_done += 1
    hand_back()
    losses = session.metrics.losses[-session.batches :]
    return EpochDone(
        epoch=session.epochs_done,
        mean_loss=float(losses.mean(dtype=np.float64)),
        test_loss=evaluation.loss,
        test_accuracy=evaluation.accuracy,
    )


def _unrushed(chunks: Generator[None, None, T]) -> Generator[bool, None, T]:
    while True:
        try:
            next(chunks)
        except StopIteration as end:
            value: T = end.value
            return value
        yield False


def _train_batch(session: Session, emit: Emit) -> Generator[bool, None, None]:
    x, y = _next_batch(session)
    loss = yield from _gradients(session, x, y)
    while loss is None:
        _halve(session, emit)
        loss = yield from _gradients(session, x, y)
    loss = session.ranks.average(session.model, loss)
    session.waiting.append(loss)
    # Before the weights change: on a CPU the model stays as it was before a loss that is no number.
    if session.device.key == "cpu" or len(session.waiting) >= BLOCK:
        flush(session)
    session.optimizer.step()
    session.step += 1
    session.classes = ()  # from here on it learns what the data call their classes


def _next_batch(session: Session) -> tuple[Tensor, Tensor]:
    epoch, place = divmod(session.step, session.batches)
    if session.order is None or session.order_epoch != epoch:
        session.draw_order(epoch)
    assert session.order is not None
    size = session.settings.batch_size
    chosen = session.ranks.share(session.order[place * size : (place + 1) * size])
    x, y = session.train.x.index_select(0, chosen), session.train.y.index_select(0, chosen)
    if session.settings.augmentation.on:
        x = augmented(session, x, session.step)
    return x, y


def _gradients(session: Session, x: Tensor, y: Tensor) -> Generator[bool, None, Tensor | None]:
    """Put the gradients of the batch's mean loss in place; None if memory ran out."""
    session.optimizer.zero_grad(set_to_none=True)
    x = x.contiguous(memory_format=torch.channels_last)
    try:
        if session.part >= len(y):
            loss = functional.cross_entropy(session.model(x), y)
            torch.autograd.backward(loss)
            return loss.detach()
        total = torch.zeros((), device=x.device)
        for start in range(0, len(y), session.part):
            part = slice(start, start + session.part)
            summed = functional.cross_entropy(session.model(x[part]), y[part], reduction="sum")
            loss = summed / len(y)
            torch.autograd.backward(loss)
            total += loss.detach()
            if part.stop < len(y):
                yield False
        return total
    except RuntimeError as error:
        if not _is_out_of_memory(error):
            raise
    # Behind the except block: while the exception lives, it holds on to the very activations.
    return None


def _is_out_of_memory(error: RuntimeError) -> bool:
    # CUDA has a type for it; MPS and the CPU's allocator only say it.
    said = str(error).lower()
    return isinstance(error, torch.OutOfMemoryError) or (
        "out of memory" in said or "can't allocate memory" in said
    )


def _halve(session: Session, emit: Emit) -> None:
    """Compute every batch in smaller parts from now on.

    The gradients of the parts add up to the batch's, so that steps, epochs and what is learned
    stay what the settings say; only the memory and the speed are halved.  A batch norm is another
    one for each part, and that is said.
    """
    session.optimizer.zero_grad(set_to_none=True)
    if session.device.key.startswith("cuda"):
        torch.cuda.empty_cache()
    if session.part == 1:
        session.part = session.settings.batch_size
        raise Problem(
            "the memory of {device} is too small for even one image at a time: training has "
            "stopped. Close other programs that use it, or choose another device",
            device=session.device.title,
        )
    session.part = max(1, session.part // 2)
    sentence = ACROSS if reads_across_images(session.experiment.network) else APART
    device, batch = session.device.title, session.settings.batch_size
    emit(Notice(Problem(sentence, device=device, batch=batch, part=session.part)))
