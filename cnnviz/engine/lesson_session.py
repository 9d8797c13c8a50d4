"""What panes ask of a run that trains, answered for a step of a lesson that has none."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import torch
from torch import Tensor, nn

from cnnviz.core.experiment import Experiment
from cnnviz.core.metrics import MetricLog
from cnnviz.core.problem import Problem
from cnnviz.core.rehearsal import Rehearsal, Rehearsing
from cnnviz.core.scenes.rehearsal import wanted_rehearsal
from cnnviz.core.survey import surveys_of
from cnnviz.core.view import View, has_dropout, with_answer
from cnnviz.engine.build import empty_module, quick_order
from cnnviz.engine.devices import choose_device, find_devices
from cnnviz.engine.lesson_ahead import Prepared, drawn
from cnnviz.engine.one_thread import one_thread
from cnnviz.engine.outcome import outcome
from cnnviz.engine.rehearsing import rehearse
from cnnviz.engine.session import Session, adam, images_of, put_in
from cnnviz.engine.surveying import survey


def answered(view: View, prepared: Prepared, panes: Collection[str]) -> View:
    """The view of a step, with what its panes ask of the whole test set and of the next batch."""
    if not surveys_of(panes) and "rehearsal" not in panes:
        return view
    session = _begun(prepared)
    with one_thread():
        for kind in surveys_of(panes):
            view = with_answer(view, outcome(survey(session, kind, prepared.snapshot)))
        wanted = wanted_rehearsal(view) if "rehearsal" in panes else None
        if isinstance(wanted, Rehearsing):
            view = replace(view, rehearsal=_rehearsed(session, wanted))
    return view


def _rehearsed(session: Session, wanted: Rehearsing) -> Rehearsal | Problem:
    try:
        return rehearse(session, wanted)
    except Problem as problem:
        return problem  # which the pane says


class _Dropout(nn.Module):
    """torch's dropout with a generator of its own.

    Torch's belongs to the run that may be trained meanwhile: whoever draws from it changes what
    that run draws.  The masks are those of a run alone, for this is what torch's dropout does with
    its generator on a CPU (2.5 to 2.15).
    """

    def __init__(self, p: float, masks: torch.Generator) -> None:
        super().__init__()
        self.p, self.masks = p, masks

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or not self.p:
            return x
        if self.p == 1:
            return torch.zeros_like(x) * x
        kept = torch.empty_like(x).bernoulli_(1 - self.p, generator=self.masks)
        return x * kept.div_(1 - self.p)


def _begun(prepared: Prepared) -> Session:
    """The step's run before its next batch, on the CPU.

    `prepare` would seed torch and set its number of threads, for the run that is trained as well.
    """
    experiment, frozen = prepared.asked.experiment, prepared.snapshot
    settings, devices = experiment.settings, find_devices()
    device, _ = choose_device("cpu", devices)
    module = empty_module(frozen.network).to_empty(device="cpu")
    put_in(module, frozen.parameters)
    masks = _masks(experiment)
    for place, part in enumerate(module):
        if isinstance(part, nn.Dropout):
            module[place] = _Dropout(part.p, masks)
    module = module.to(memory_format=torch.channels_last)
    return Session(
        experiment=experiment,
        run=frozen.run,
        devices=devices,
        device=device,
        fallback=None,
        dataset=prepared.data,
        train=images_of(prepared.data, "train", device),
        test=images_of(prepared.data, "test", device),
        module=module,
        model=quick_order(module),
        optimizer=adam(module, settings, device),
        shuffle=torch.Generator().manual_seed(settings.seed),
        metrics=MetricLog(1),
        part=settings.batch_size,
        step=frozen.step,
        masks=masks,
    )


def _masks(experiment: Experiment) -> torch.Generator:
    """What dropout draws from in the first step of a run: its generator behind the weights."""
    if has_dropout(experiment.network):
        return drawn(experiment)[1]
    return torch.Generator()
