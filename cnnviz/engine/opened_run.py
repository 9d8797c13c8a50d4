"""What run a file holds, and which one was cut off when its process was killed."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from pathlib import Path

from cnnviz.core.experiment import Experiment
from cnnviz.core.problem import Problem
from cnnviz.engine.run_file import RunFile
from cnnviz.engine.run_mark import cut_off, is_being_written, take_away

_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Opened:
    """A run that can be gone on with.

    Attributes
    ----------
    experiment
        On the device on which it was trained, or the sums would come out differently.
    step
        The newest one that is kept.
    written
        Whether another process is training it.
    begun
        When, in UTC (ISO 8601); "" if it is not known.
    """

    path: Path
    experiment: Experiment
    step: int
    written: bool
    begun: str = ""


def opened_run(path: Path) -> Opened:
    """What run a file holds.

    Raises
    ------
    Problem
        If it is none, or none that can be gone on with.
    """
    with RunFile.open(path) as file:
        experiment, about, steps = file.experiment, file.about, file.steps()
    if not len(steps):
        said = Problem("no weights are kept in it")
        raise Problem("{file}: {problem}", file=path.name, problem=said)
    settings = replace(experiment.settings, device=about.device or "auto")
    written = is_being_written(path)
    if not written:
        take_away(path)  # it was cut off, and whoever opens it knows
    experiment = replace(experiment, settings=settings)
    return Opened(path, experiment, int(steps[-1]), written, about.begun)


def newest_cut_off(folder: Path) -> Opened | None:
    """The newest run of a folder whose recording was cut off, and that can be gone on with."""
    found = None
    for path in cut_off(folder):
        try:
            found = found or opened_run(path)
        except Problem as problem:
            _log.info("a run that was cut off cannot be gone on with: %s", problem)
        take_away(path)
    return found
