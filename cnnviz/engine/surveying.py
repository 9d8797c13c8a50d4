"""What a snapshot's weights make of the whole test set, a chunk at a time beside the training."""

from __future__ import annotations

from collections.abc import Callable, Generator
from time import perf_counter
from typing import Protocol

import torch
from torch import Tensor
from torch.nn import functional

from cnnviz.core.judgement import Judgement
from cnnviz.core.problem import Problem
from cnnviz.core.snapshot import Snapshot
from cnnviz.core.survey import Answer, Survey, Underway
from cnnviz.engine.build import empty_module, quick_order
from cnnviz.engine.evaluate import chunk_size
from cnnviz.engine.exciting import Excited
from cnnviz.engine.session import Images, Session
from cnnviz.engine.tested import Tested
from cnnviz.engine.weighted import weighted


class Findings(Protocol):
    """What is gathered of the test images, chunk by chunk."""

    def add(self, x: Tensor, y: Tensor) -> None:
        """The next images (count, channels, height, width), and their classes (count,)."""

    def answer(self, seconds: float) -> Answer:
        """What was found, when every image has been added."""


def survey(session: Session, kind: Survey, frozen: Snapshot) -> Generator[Underway, None, Answer]:
    """Go through every test image of a run; see `survey_of`."""
    pictures, chunk = session.dataset.pictures[1], chunk_size(session)
    return survey_of(Tested(session.test, pictures, session.device, chunk), kind, frozen)


def survey_of(tested: Tested, kind: Survey, frozen: Snapshot) -> Generator[Underway, None, Answer]:
    """Go through every test image, a chunk for each ``next``.

    The weights are the snapshot's own: training may go on between two chunks, and an earlier step
    can be looked at as well as the newest.  No random number is drawn.

    Raises
    ------
    Problem
        If the snapshot's network takes other images than the test set has, or knows fewer classes.
    """
    _check(tested.test, frozen)
    started = perf_counter()
    count, chunk = len(tested.test.y), tested.chunk
    findings = FINDINGS[kind](tested, frozen)
    seconds = perf_counter() - started
    for start in range(0, count, chunk):
        started = perf_counter()
        part = slice(start, min(start + chunk, count))
        with torch.no_grad():
            findings.add(tested.test.x[part], tested.test.y[part])
        seconds += perf_counter() - started
        yield Underway(frozen, part.stop, count)
    return findings.answer(seconds)


class Judged:
    """Right classes, the model's own, and how sure it was of them."""

    def __init__(self, tested: Tested, frozen: Snapshot) -> None:
        self._tested, self._frozen = tested, frozen
        module = empty_module(frozen.network)
        self._model = weighted(quick_order(module), module, frozen, tested.device.key)
        self._predictions: list[Tensor] = []
        self._losses: list[Tensor] = []

    def add(self, x: Tensor, y: Tensor) -> None:
        logits = self._model(x)
        self._losses.append(functional.cross_entropy(logits, y, reduction="none"))
        self._predictions.append(logits.argmax(dim=1))

    def answer(self, seconds: float) -> Judgement:
        started = perf_counter()
        answers, errors = torch.cat(self._predictions).cpu(), torch.cat(self._losses).cpu()
        return Judgement(
            snapshot=self._frozen,
            labels=self._tested.test.y.cpu().numpy(),
            predictions=answers.numpy(),
            losses=errors.numpy(),
            images=self._tested.pictures,
            seconds=seconds + perf_counter() - started,
        )


FINDINGS: dict[Survey, Callable[[Tested, Snapshot], Findings]] = {
    Survey.JUDGEMENT: Judged,
    Survey.EXCITATION: Excited,
}
"""What gathers each kind."""


def _check(test: Images, frozen: Snapshot) -> None:
    given, expected = tuple(test.x.shape[1:]), frozen.network.input_shape
    if given != expected:
        raise Problem(
            "sample: the images are now {given}, the network shown takes {expected}",
            given=" × ".join(map(str, given)),
            expected=" × ".join(map(str, expected)),
        )
    largest = int(test.y.max())
    if largest >= frozen.network.classes:
        raise Problem(
            "the test images are now of {count} classes, the network shown knows {known}",
            count=largest + 1,
            known=frozen.network.classes,
        )
