"""What the window shows, for those who have none: a run to train, and runs and networks to see."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from cnnviz.core.dataset import Dataset
from cnnviz.core.experiment import Experiment
from cnnviz.core.kept import Kept
from cnnviz.core.metrics import MetricLog
from cnnviz.core.problem import Problem
from cnnviz.core.snapshot import Snapshot
from cnnviz.core.taken import taken
from cnnviz.core.view import Progress, View
from cnnviz.engine.datasets import check_fits, read_dataset
from cnnviz.engine.outcome import outcome
from cnnviz.engine.probe import look, with_weights
from cnnviz.engine.resume import prepare_from
from cnnviz.engine.run_file import RunFile
from cnnviz.engine.run_places import Point
from cnnviz.engine.run_reader import Source
from cnnviz.engine.session import Session


def make_session(experiment: Experiment, run: int = 1, resume: Point | None = None) -> Session:
    """Make a run ready, from its start or from a step of another; raises as `prepare_from` does."""
    return outcome(prepare_from(experiment, run, resume))


def network_view(experiment: Experiment, sample: int) -> View:
    """A network before its first step, and what it makes of a test image.

    Raises
    ------
    Problem
        If the run cannot be begun, or there is no such image.
    """
    session = make_session(experiment)
    return _view(experiment, look(session, sample), session.dataset, MetricLog(), Kept())


def run_view(path: Path, step: int | None, sample: int) -> tuple[View, Source]:
    """A recorded run at the kept step that is nearest to one, or at its last.

    Raises
    ------
    Problem
        If it cannot be read, or its data are no longer there.
    """
    with RunFile.open(path) as file:
        experiment, kept = file.experiment, Kept(file.steps(), file.epoch_ends())
        if not len(kept):
            said = Problem("no weights are kept in it")
            raise Problem("{file}: {problem}", file=path.name, problem=said)
        last = kept.step_at(len(kept) - 1)
        wanted = kept.step_at(kept.place_of(last if step is None else step))
        found, parameters = file.kept_at(wanted)
        log = file.metrics()
    dataset = _data_of(experiment)
    image = dataset.sample(sample)
    frozen = Snapshot(1, found, experiment.network, image, parameters, ())
    view = _view(experiment, with_weights(frozen, image), dataset, log, kept)
    return replace(view, past=found), Source(path, 1, experiment.network)


def _data_of(experiment: Experiment) -> Dataset:
    dataset = read_dataset(experiment.data, experiment.network.input_shape)
    check_fits(dataset, experiment.network)
    return taken(dataset, replace(experiment.settings, train_images=0))


def _view(
    experiment: Experiment, seen: Snapshot, dataset: Dataset, log: MetricLog, kept: Kept
) -> View:
    settings = experiment.settings
    images = settings.train_images or len(dataset.train_images)
    progress = Progress(
        ready=True,
        loaded=True,
        step=log.count,
        batches=images // settings.batch_size,
        test_count=len(dataset.test_images),
    )
    return View(
        network=experiment.network,
        settings=settings,
        stage=seen,
        live=seen,
        kept=kept,
        progress=progress,
        metrics=log,
        metric_count=log.count,
        evaluation_count=len(log.evaluations),
        sample=seen.sample.index,
        data=dataset,
    )
