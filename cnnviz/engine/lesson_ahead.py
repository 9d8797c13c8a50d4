"""What the next steps of a lesson show of networks and runs, made ready in a thread of its own."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnnviz.core.dataset import Dataset
from cnnviz.core.experiment import Experiment
from cnnviz.core.judgement import same_weights
from cnnviz.core.kept import Kept
from cnnviz.core.metrics import MetricLog
from cnnviz.core.operations import Parameters
from cnnviz.core.problem import Problem
from cnnviz.core.receptive import sights
from cnnviz.core.snapshot import Snapshot
from cnnviz.core.survey import Answer, Survey
from cnnviz.engine.run_file import RunFile
from cnnviz.engine.woken_thread import WokenThread

if TYPE_CHECKING:
    import torch

_log = logging.getLogger(__name__)

Surveyed = tuple["Asked", Survey]
"""A step, and what it shows of all test images."""

BEFORE_ALL = -1
"""The run that a snapshot belongs to which was made ready here."""


@dataclass(frozen=True)
class Asked:
    """A network as it begins, or a recorded run at one of its steps, with a test image.

    Attributes
    ----------
    key
        What tells this experiment from others.
    experiment
        Network, settings and data; of a run, its own.
    run, step
        The run's file, and the kept step that is shown (the nearest; −1: its last); None for the
        weights that the seed draws.
    striking
        Whether dropout strikes out as in training.
    """

    key: str
    experiment: Experiment = field(compare=False)
    run: Path | None
    step: int
    sample: int
    striking: bool = False


@dataclass(frozen=True, eq=False)
class Prepared:
    """Everything of it that the panes show."""

    asked: Asked
    snapshot: Snapshot
    data: Dataset
    kept: Kept
    log: MetricLog


class Ahead:
    """Makes what is asked for ready, in that order; what is asked for no longer is forgotten.

    The thread starts with the first request.

    Parameters
    ----------
    answered
        Called in the thread whenever something more is ready.
    """

    def __init__(self, answered: Callable[[], None] = lambda: None) -> None:
        self._answered = answered
        self._thread = WokenThread(self._serve, "lesson")
        self._wanted: tuple[Asked, ...] = ()
        self._ready: dict[Asked, Prepared | Problem] = {}
        self._surveys: tuple[Surveyed, ...] = ()
        self._found: dict[Surveyed, Answer | None] = {}
        self._weights: dict[tuple[str, int], tuple[int, Any]] = {}

    # --- the window's side -----------------------------------------------------------------

    def ask(self, wanted: Iterable[Asked], surveys: Iterable[Surveyed] = ()) -> None:
        """Say what will be shown, the next of it first, and what of it needs all test images."""
        with self._thread.changed:
            self._wanted = tuple(dict.fromkeys(wanted))
            self._surveys = tuple(dict.fromkeys(surveys))
            self._ready = {a: made for a, made in self._ready.items() if a in self._wanted}
            self._found = {s: made for s, made in self._found.items() if s[0] in self._wanted}
            if self._wanted:
                self._thread.wake()

    def take(self, asked: Asked) -> Prepared | None:
        """What was asked for, if it is ready."""
        with self._thread.changed:
            made = self._ready.get(asked)
            return made if isinstance(made, Prepared) else None

    def take_surveyed(self, kind: Survey, snapshot: Snapshot) -> Answer | None:
        """What all test images say of a snapshot's weights, if that is ready."""
        with self._thread.changed:
            found = [each for (_, of), each in self._found.items() if of is kind and each]
        for each in found:
            if same_weights(replace(each.snapshot, run=snapshot.run), snapshot):
                return replace(each, snapshot=snapshot)
        return None

    def close(self, timeout: float) -> bool:
        """End the thread; whether it has ended within ``timeout`` seconds."""
        return self._thread.close(timeout)

    # --- the thread ------------------------------------------------------------------------

    def _serve(self) -> None:
        thread = self._thread
        while True:
            with thread.changed:
                thread.changed.wait_for(lambda: thread.closing or self._next() or self._survey())
                asked, survey = self._next(), self._survey()
            if thread.closing:
                return
            if asked is not None:
                self._make(asked)
            elif survey is not None:
                self._look_through(survey)
            self._answered()

    def _make(self, asked: Asked) -> None:
        made: Prepared | Problem
        try:
            made = self.prepare(asked)
        except Problem as problem:
            made = problem  # it is said when the step itself is shown
        except Exception as error:  # the lesson goes on without
            _log.exception("unexpected error while a step was made ready")
            made = Problem("the step cannot be made ready: {error}", error=repr(error)[:200])
        with self._thread.changed:
            if asked in self._wanted:
                self._ready[asked] = made

    def _next(self) -> Asked | None:
        return next((asked for asked in self._wanted if asked not in self._ready), None)

    def _survey(self) -> Surveyed | None:
        """What is next to be asked of all test images, as soon as the step itself is ready."""
        return next(
            (s for s in self._surveys if s not in self._found and s[0] in self._ready), None
        )

    def _look_through(self, survey: Surveyed) -> None:
        asked, kind = survey
        prepared = self.take(asked)
        answer: Answer | None = None
        if prepared is not None:
            try:
                answer = self._answer_of(prepared, kind)
            except Problem as problem:
                _log.info("not looked through: %s", problem)  # it is said when the step is shown
            except Exception:  # the lesson goes on without
                _log.exception("unexpected error while test images were looked through")
        with self._thread.changed:
            if answer is not None or not self._is_given_up(asked):
                self._found[survey] = answer

    def _answer_of(self, prepared: Prepared, kind: Survey) -> Answer | None:
        """The answer; None if something else has become more pressing before it was complete."""
        from cnnviz.engine.one_thread import one_thread
        from cnnviz.engine.outcome import outcome_unless
        from cnnviz.engine.surveying import survey_of
        from cnnviz.engine.tested import tested_on_cpu

        snapshot = prepared.snapshot
        with one_thread():
            parts = survey_of(tested_on_cpu(prepared.data, snapshot.network), kind, snapshot)
            return outcome_unless(lambda: self._is_given_up(prepared.asked), parts)

    def _is_given_up(self, asked: Asked) -> bool:
        with self._thread.changed:
            return self._thread.closing or asked not in self._wanted or self._next() is not None

    def prepare(self, asked: Asked) -> Prepared:
        """Make one of them ready at once, in the thread that asks."""
        # Here and not above: torch, which the window does without.
        from cnnviz.core.taken import taken
        from cnnviz.engine.datasets import read_dataset
        from cnnviz.engine.one_thread import one_thread
        from cnnviz.engine.probe import with_weights
        from cnnviz.engine.striking import masks_of

        experiment = asked.experiment
        network, settings = experiment.network, experiment.settings
        data = taken(read_dataset(experiment.data, network.input_shape), settings)
        kept, log = Kept(), MetricLog()
        if asked.run is not None:
            with RunFile.open(asked.run) as file:
                kept, log = Kept(file.steps(), file.epoch_ends()), file.metrics()
        if len(network.input_shape) == 3:
            sights(network)  # what its layers read is remembered: 50 ms of VGG that no paint takes
        step, weights = self._weights_of(asked)
        sample = data.sample(asked.sample % len(data.test_labels))
        masks = masks_of(network, settings.seed, step) if asked.striking else None
        bare = Snapshot(BEFORE_ALL, step, network, sample, weights, ())
        with one_thread():
            snapshot = with_weights(bare, sample, masks=masks)
        return Prepared(asked, snapshot, data, kept, log)

    def _weights_of(self, asked: Asked) -> tuple[int, tuple[Parameters, ...]]:
        """The step and its weights: the same arrays for every image that is shown with them."""
        key = asked.key, asked.step
        if key not in self._weights:
            still = {(a.key, a.step) for a in self._wanted}
            self._weights = {k: found for k, found in self._weights.items() if k in still}
            if asked.run is None:
                self._weights[key] = 0, drawn(asked.experiment)[0]
            else:
                with RunFile.open(asked.run) as file:
                    last = int(file.steps()[-1])
                    self._weights[key] = file.kept_at(last if asked.step < 0 else asked.step)
        return self._weights[key]


def drawn(experiment: Experiment) -> tuple[tuple[Parameters, ...], torch.Generator]:
    """The weights that a run of the experiment begins with, drawn beside torch's own generator.

    That one belongs to the training thread, which may draw weights or masks at the same time; what
    is done here is what torch's modules do with it when they are made.

    Returns
    -------
    The weights, and the generator as it is behind them: the first masks of dropout come next.
    """
    import torch
    from torch import nn
    from torch.nn.modules.batchnorm import _NormBase
    from torch.nn.modules.conv import _ConvNd

    from cnnviz.engine.build import empty_module
    from cnnviz.engine.probe import parameters_of

    network = experiment.network
    generator = torch.Generator().manual_seed(experiment.settings.seed)
    module = empty_module(network).to_empty(device="cpu")
    for part in module:
        if isinstance(part, nn.Linear | _ConvNd):
            _draw(part, generator)
            if network.initialisation == "xavier" and isinstance(part, nn.Linear):
                nn.init.xavier_uniform_(part.weight, generator=generator)
        elif isinstance(part, _NormBase):
            part.reset_parameters()  # ones and zeros
    return parameters_of(module), generator


def _draw(part: Any, generator: Any) -> None:
    """As `reset_parameters` of linear layers and convolutions (torch 2.5 to 2.15)."""
    from torch.nn import init

    init.kaiming_uniform_(part.weight, a=math.sqrt(5), generator=generator)
    if part.bias is not None:
        inputs, _ = init._calculate_fan_in_and_fan_out(part.weight)
        bound = 1 / math.sqrt(inputs)
        init.uniform_(part.bias, -bound, bound, generator=generator)


def experiment_of_run(path: Path) -> tuple[Experiment, int]:
    """What a recorded run is made of, and its last kept step; raises `Problem`."""
    with RunFile.open(path) as file:
        settings = replace(file.experiment.settings, device=file.about.device or "auto")
        return replace(file.experiment, settings=settings), int(file.steps()[-1])
