"""Ready-made experiments: runs that differ in one thing, what to watch for, and what came out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from cnnviz.core.dataset import DataName
from cnnviz.core.description import check_keys, parse, wrong
from cnnviz.core.experiment import Experiment
from cnnviz.core.known_data import named
from cnnviz.core.network_file import read_network, write_network
from cnnviz.core.numbers import number, percent
from cnnviz.core.problem import Problem, mark
from cnnviz.core.recorded import Compared, RunState
from cnnviz.core.settings import TrainingSettings

WHAT = mark("an experiment")

LARGEST_FILE = 64 * 1024

SHIFTED = (-2, 2)
"""Columns whose accuracies are averaged for the figure of shifted digits."""


@dataclass(frozen=True)
class Part:
    """One run of an experiment.

    Attributes
    ----------
    network
        The file that describes it.
    """

    key: str
    title: str
    network: Path
    experiment: Experiment

    @property
    def steps(self) -> int:
        """Batches from the beginning to the end; every experiment says how many images it takes."""
        settings = self.experiment.settings
        return settings.epochs * (settings.train_images // settings.batch_size)

    @cached_property
    def digest(self) -> str:
        """Eight digits that are others when the network, the settings or the data are."""
        experiment = self.experiment
        said = f"{write_network(experiment.network)}{experiment.settings}{experiment.data}"
        return hashlib.sha256(said.encode()).hexdigest()[:8]


@dataclass(frozen=True)
class ReadyMade:
    """Runs that are trained with one click and compared.

    Attributes
    ----------
    row
        Of the curriculum.
    watch
        English text: what to look at.
    result
        English template whose fields are those of `figures`.
    shifts
        Whether accuracy on shifted digits is measured too.
    """

    key: str
    title: str
    row: int
    watch: str
    result: str
    shifts: bool
    parts: tuple[Part, ...]

    def paths(self, folder: Path) -> tuple[Path, ...]:
        """Where its runs are recorded: always in the same files, so that a run that was cut off
        goes on, and in others where what is trained has become another."""
        return tuple(folder / f"{self.key} {p.key} {p.digest}.cnnviz" for p in self.parts)

    def is_complete(self, run: Compared) -> bool:
        """Whether everything was measured that a run of this experiment is to measure."""
        return run.row.state is RunState.COMPLETE and (run.row.shifted or not self.shifts)


def figures(made: ReadyMade, runs: Sequence[Compared]) -> Mapping[str, str]:
    """What came out, for the template: of each part its accuracy ("cnn"), its test loss
    ("cnn_loss") and the lowest it had been ("cnn_lowest"), its training loss ("cnn_train"), and its
    accuracy on shifted digits ("cnn_shifted").

    Parameters
    ----------
    runs
        Complete ones, in the order of the parts.
    """
    found: dict[str, str] = {}
    for part, run in zip(made.parts, runs, strict=True):
        whole = [look for look in run.log.evaluations[: run.looks] if look.complete]
        found[part.key] = percent(run.row.accuracy, 1)
        found[f"{part.key}_train"] = number(run.row.loss, 3)
        if whole:
            found[f"{part.key}_loss"] = number(whole[-1].loss, 3)
            found[f"{part.key}_lowest"] = number(min(look.loss for look in whole), 3)
        moved = [share for columns, share in run.shifts if columns in SHIFTED]
        if moved:
            found[f"{part.key}_shifted"] = percent(sum(moved) / len(moved), 1)
    return found


def list_ready_made(folder: Path, networks: Path) -> tuple[ReadyMade, ...]:
    """The experiments of a folder, in the order of the curriculum; raises `Problem`.

    Parameters
    ----------
    networks
        Where networks are looked for that are not among the experiments' own.
    """
    found = [read_ready_made(path, networks) for path in sorted(folder.glob("*.toml"))]
    return tuple(sorted(found, key=lambda made: (made.row != 21, made.row)))


def read_ready_made(path: Path, networks: Path) -> ReadyMade:
    """Read one experiment; raises `Problem` if the file does not describe any."""
    try:
        return _ready_made(path, parse(path, WHAT, LARGEST_FILE), networks)
    except Problem as problem:
        raise Problem("{file}: {problem}", file=path.name, problem=problem) from problem


def _ready_made(path: Path, document: dict[str, Any], networks: Path) -> ReadyMade:
    needed = ("title", "row", "watch", "result", "data", "settings", "runs")
    check_keys(document, (*needed, "shifts"), needed)
    runs = document["runs"]
    if not isinstance(runs, list) or not runs:
        raise wrong("runs", runs, mark("a list of tables, each begun with [[runs]]"))
    common, data = document["settings"], named(str(document["data"]))
    folders = (path.parent / "networks", networks)
    return ReadyMade(
        key=path.stem,
        title=str(document["title"]),
        row=int(document["row"]),
        watch=str(document["watch"]),
        result=str(document["result"]),
        shifts=bool(document.get("shifts", False)),
        parts=tuple(_part(table, common, data, folders) for table in runs),
    )


def _part(
    table: dict[str, Any], common: dict[str, Any], data: DataName, folders: tuple[Path, ...]
) -> Part:
    check_keys(table, ("key", "title", "network", "settings"), ("key", "title", "network"))
    changes = common | table.get("settings", {})
    check_keys(changes, TrainingSettings.__dataclass_fields__, ("train_images",))
    # On one core of the processor, which every computer has: the same figures every time.
    settings = replace(TrainingSettings(threads=1, device="cpu"), **changes)
    files = [folder / f"{table['network']}.toml" for folder in folders]
    network = next((file for file in files if file.is_file()), files[-1])
    experiment = Experiment(read_network(network), settings, data)
    return Part(str(table["key"]), str(table["title"]), network, experiment)
