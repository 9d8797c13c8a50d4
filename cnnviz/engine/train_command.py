"""``cnnviz train``: trains in the calling thread, records, and stops when it is asked to."""

from __future__ import annotations

import os
import shlex
import sys
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

from cnnviz.core.augmentation import augmentation_from
from cnnviz.core.dataset import DataName
from cnnviz.core.events import EpochDone, Event, Notice
from cnnviz.core.experiment import Experiment
from cnnviz.core.known_data import known
from cnnviz.core.network import Network
from cnnviz.core.network_file import read_network
from cnnviz.core.problem import Problem
from cnnviz.core.settings import TrainingSettings
from cnnviz.engine.allocator import keep_pages
from cnnviz.engine.headless import make_session
from cnnviz.engine.parallel import Ranks, together
from cnnviz.engine.progress import ProgressBar
from cnnviz.engine.recording import Recorder
from cnnviz.engine.run_file import BUDGET, RunFile
from cnnviz.engine.run_mark import is_being_written
from cnnviz.engine.run_notes import write_shifts
from cnnviz.engine.run_places import Point, new_path, runs_folder
from cnnviz.engine.session import Session
from cnnviz.engine.shifts import shifted_accuracies
from cnnviz.engine.stop_signals import stop_signals
from cnnviz.engine.training import train
from cnnviz.resources import resource
from cnnviz.train_line import TrainArguments

DONE, STOPPED, NOT_BEGUN = 0, 1, 2
"""Exit codes; a signal's is 128 and its number."""


def train_command(arguments: TrainArguments) -> int:
    """Train as the command line says, one of several processes under torchrun; the exit code."""
    keep_pages()
    try:
        with together(arguments.device) as (ranks, device):
            code = _train_here(replace(arguments, device=device), ranks)
    except Problem as problem:
        sys.stderr.write(f"cnnviz: {problem}\n")
        return NOT_BEGUN
    if ranks.world > 1:
        # Without taking the interpreter down: a thread that spoke to the others may outlive it, and
        # then aborts the process ("terminate called…", seen in the test of two, 2026-11).
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    return code


def _train_here(arguments: TrainArguments, ranks: Ranks) -> int:
    """Train and, in the first process, record and say so; raises `Problem` before it begins."""
    experiment, path, resume = _planned(arguments, ranks)
    session = make_session(experiment, resume=resume)
    session.ranks = ranks
    ranks.begin(experiment.settings.seed)
    if not ranks.first:
        return _follow(session, arguments)
    for notice in (*session.dataset.notices, session.fallback):
        if notice is not None:
            sys.stderr.write(f"cnnviz: {notice}\n")
    first, last = session.step, _last(session, arguments)
    sys.stderr.write(f"{experiment.network.title} on {session.device.title}, recorded in {path}\n")
    bar = ProgressBar(sys.stderr, first, last, session.batches, session.settings.batch_size)
    budget = BUDGET if arguments.megabytes is None else arguments.megabytes * 1_000_000
    recorder = Recorder(
        session, path, lambda event: _report(event, bar), budget, resume, arguments.name
    )
    code = _train(session, recorder, last, bar)
    bar.clear()
    if not recorder.close() and code == DONE:
        code = STOPPED
    if arguments.shifts and session.finished and code == DONE:
        code = _measure_shifts(session, path)
    if not session.finished and path.exists():
        command = f"cnnviz train --resume --run {shlex.quote(str(path))}"
        sys.stderr.write(f"stopped after batch {session.step:,}; to go on: {command}\n")
    return code


def _train(session: Session, recorder: Recorder, last: int, bar: ProgressBar) -> int:
    """Train up to step ``last``; the exit code, as far as training decides it."""
    steps = recorder.steps()
    with _stop_signals(session.ranks) as caught:
        try:
            # The evaluation that follows the last batch belongs to it.
            while not (session.step >= last and recorder.resting):
                if _stops(session.ranks, caught) or next(steps, None) is None:
                    break
                if session.metrics.count:
                    bar.show(session.step, float(session.metrics.losses[-1]))
        except Problem as problem:
            bar.clear()
            sys.stderr.write(f"cnnviz: {problem}\n")
            return STOPPED
        return 128 + caught[0] if caught else DONE


def _follow(session: Session, arguments: TrainArguments) -> int:
    """Train beside the first process, which speaks for all of them."""
    last, resting = _last(session, arguments), True
    steps = train(session, lambda _event: None)
    with _stop_signals(session.ranks) as caught:
        try:
            while not (session.step >= last and resting) and not _stops(session.ranks, caught):
                step = next(steps, None)
                if step is None:
                    break
                resting = step
        except Problem:
            return STOPPED
        return 128 + caught[0] if caught else DONE


def _last(session: Session, arguments: TrainArguments) -> int:
    """The step that this call ends with."""
    whole = session.settings.epochs * session.batches
    limit = arguments.limit_batches
    return whole if limit is None else min(whole, session.step + limit)


def _stops(ranks: Ranks, caught: list[int]) -> bool:
    """Whether it is time to stop: at once when alone, else behind the batch at which all do."""
    ranks.stopping = bool(caught)
    return ranks.stopping if ranks.world == 1 else ranks.stopped


def _measure_shifts(session: Session, path: Path) -> int:
    """Measure the accuracy on shifted images and put it into the run's file; the exit code."""
    with _stop_signals(session.ranks) as caught:
        parts, found = shifted_accuracies(session), dict[int, float]()
        for columns, accuracy in parts:
            found[columns] = accuracy
            sys.stdout.write(f"shifted by {columns:>2}  test accuracy {accuracy:.2%}\n")
            sys.stdout.flush()
            if caught:
                return 128 + caught[0]
    try:
        with RunFile.open(path, readonly=False) as file:
            write_shifts(file, found)
    except Problem as problem:
        sys.stderr.write(f"cnnviz: {problem}\n")
        return STOPPED
    return DONE


def _report(event: Event, bar: ProgressBar) -> None:
    if isinstance(event, Notice):
        bar.clear()
        sys.stderr.write(f"cnnviz: {event.problem}\n")
    elif isinstance(event, EpochDone):
        bar.clear()
        sys.stdout.write(
            f"epoch {event.epoch:>3}  cost {event.mean_loss:.9f}  test loss {event.test_loss:.5f}  "
            f"test accuracy {event.test_accuracy:.2%}\n"
        )
        sys.stdout.flush()


def _stop_signals(ranks: Ranks) -> AbstractContextManager[list[int]]:
    # torchrun hands on to each of several processes what the terminal has already told it.
    return stop_signals(all_of_them=ranks.world > 1)


def _planned(arguments: TrainArguments, ranks: Ranks) -> tuple[Experiment, Path, Point | None]:
    """What to train, where to record it, and where it goes on from; raises `Problem`."""
    if arguments.resume:
        assert arguments.run is not None
        return _resumed(arguments, arguments.run, ranks)
    assert arguments.network is not None
    settings = _settings(TrainingSettings(), arguments, ranks)
    settings = replace(settings, batch_size=settings.batch_size * ranks.world)
    experiment = Experiment(_network_of(arguments.network), settings, _data_of(arguments.data))
    path = arguments.run or new_path(runs_folder(), experiment.network.key)
    if path.exists() and ranks.first:
        raise Problem(
            "{file}: there is such a file already: add --resume to go on with it, or name another",
            file=path.name,
        )
    return experiment, path, None


def _resumed(
    arguments: TrainArguments, path: Path, ranks: Ranks
) -> tuple[Experiment, Path, Point | None]:
    with RunFile.open(path) as file:
        experiment, device, steps = file.experiment, file.about.device, file.steps()
    said = None if len(steps) else Problem("no weights are kept in it")
    if is_being_written(path):
        said = Problem("it is being written by another process")
    if said is not None:
        raise Problem("{file}: {problem}", file=path.name, problem=said)
    # On the device it was trained on, or the sums come out differently.
    settings = _settings(replace(experiment.settings, device=device or "auto"), arguments, ranks)
    if settings.batch_size % ranks.world:
        raise Problem(
            "the run's batches of {count} images cannot be shared equally by {processes} processes",
            count=settings.batch_size,
            processes=ranks.world,
        )
    return replace(experiment, settings=settings), path, (path, int(steps[-1]))


def _settings(
    settings: TrainingSettings, arguments: TrainArguments, ranks: Ranks
) -> TrainingSettings:
    """The settings with what the command line says in their place."""
    if ranks.world > 1:  # all processes on all cores would wait for one another
        cores = os.cpu_count() or 1
        settings = replace(settings, threads=max(1, cores // ranks.local_world))
    names = {
        "epochs": "epochs",
        "batch_size": "batch_size",
        "lr": "learning_rate",
        "seed": "seed",
        "threads": "threads",
        "device": "device",
        "images": "train_images",
        "shuffle_pixels": "pixel_seed",
        "evaluate_every": "evaluate_every",
    }
    changes = {
        field: value
        for name, field in names.items()
        if (value := getattr(arguments, name)) is not None
    }
    if arguments.augment is not None:
        settings = replace(settings, augmentation=augmentation_from(arguments.augment))
    return replace(settings, **changes)


def _network_of(name: str) -> Network:
    bundled = resource("networks", f"{name}.toml")
    return read_network(bundled if bundled.is_file() else Path(name))


def _data_of(name: str | None) -> DataName:
    if name is None or known(name.partition(":")[0]) is not None:
        return name or "mnist"
    return Path(name)
