"""In what runs differ: network, data, settings and layers, and what came out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from difflib import SequenceMatcher
from pathlib import Path

from cnnviz.core.augmentation import Augmentation
from cnnviz.core.dataset import DataName
from cnnviz.core.numbers import number, percent, thousands
from cnnviz.core.problem import mark
from cnnviz.core.recorded import LAST, Compared
from cnnviz.core.scenes.strip import torch_style
from cnnviz.core.settings import TrainingSettings

NOTHING = "–"


@dataclass(frozen=True)
class Difference:
    """One line of the table.

    Attributes
    ----------
    what
        English name, with ``{number}`` for that of a layer.
    number
        Of the layer among those of all runs; 0 for other lines.
    values
        One of each run, `NOTHING` where it has none.
    named
        Whether the values are names that are translated.
    """

    what: str
    values: tuple[str, ...]
    number: int = 0
    named: bool = False


SETTINGS = {
    "learning_rate": mark("learning rate"),
    "batch_size": mark("batch size"),
    "epochs": mark("epochs"),
    "seed": mark("seed"),
    "threads": mark("threads"),
    "device": mark("device"),
    "evaluate_every": mark("batches between two looks"),
    "augmentation": mark("augmentation"),
    "train_images": mark("training images (0: all)"),
    "pixel_seed": mark("seed of shuffled pixels (0: none)"),
}
"""English names of the fields of `TrainingSettings`."""


def differences(runs: Sequence[Compared]) -> tuple[Difference, ...]:
    """What came out of each run, and then everything in which the runs are not all alike."""
    if not runs:
        return ()
    return (*results(runs), *unlike(runs))


def results(runs: Sequence[Compared]) -> tuple[Difference, ...]:
    """What came out of each run."""
    return (
        Difference(mark("test accuracy"), tuple(_accuracy(run) for run in runs)),
        Difference(mark("test loss"), tuple(_test_loss(run) for run in runs)),
        Difference(mark("loss of the last batches"), tuple(_loss(run) for run in runs)),
        Difference(
            mark("parameters"),
            tuple(thousands(run.experiment.network.parameter_count) for run in runs),
        ),
    )


def unlike(runs: Sequence[Compared]) -> tuple[Difference, ...]:
    """Everything in which the runs are not all alike, but for what came out."""
    return tuple(line for line in _alike(runs) if len(set(line.values)) > 1)


def _alike(runs: Sequence[Compared]) -> list[Difference]:
    lines = [
        Difference(
            mark("network"), tuple(run.experiment.network.title for run in runs), named=True
        ),
        Difference(mark("data"), tuple(_data(run.experiment.data) for run in runs)),
    ]
    for field in fields(TrainingSettings):
        values = tuple(_text(getattr(run.experiment.settings, field.name)) for run in runs)
        lines.append(Difference(SETTINGS[field.name], values))
    for place, values in enumerate(aligned([_layers(run) for run in runs]), start=1):
        lines.append(Difference(mark("layer {number}"), values, place))
    return lines


def aligned(columns: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """Sequences beside one another, each in a column, with the same in the same row if it can be.

    What one column lacks is `NOTHING` in it.
    """
    rows: list[list[str]] = [[text] for text in columns[0]] if columns else []
    for place, column in enumerate(columns[1:], start=1):
        known = [next((t for t in reversed(row) if t != NOTHING), NOTHING) for row in rows]
        merged: list[list[str]] = []
        for kind, a, b, c, d in SequenceMatcher(None, known, column, autojunk=False).get_opcodes():
            if kind in ("equal", "replace"):
                both = min(b - a, d - c)
                merged += [[*rows[a + i], column[c + i]] for i in range(both)]
                a, c = a + both, c + both
            merged += [[*row, NOTHING] for row in rows[a:b]]
            merged += [[*[NOTHING] * place, text] for text in column[c:d]]
        rows = merged
    return [tuple(row) for row in rows]


def _layers(run: Compared) -> list[str]:
    return [torch_style(layer.operation) for layer in run.experiment.network.layers]


def _data(name: DataName) -> str:
    return name.name if isinstance(name, Path) else name


def _text(value: object) -> str:
    if isinstance(value, Augmentation):
        drawn = {name: given for name, given in asdict(value).items() if given}
        return ", ".join(f"{name} {given}" for name, given in drawn.items()) or NOTHING
    return thousands(value) if isinstance(value, int) else str(value)


def _accuracy(run: Compared) -> str:
    return NOTHING if run.row.accuracy != run.row.accuracy else percent(run.row.accuracy, 2)


def _test_loss(run: Compared) -> str:
    looks = run.log.evaluations[: run.looks]
    return number(looks[-1].loss, 4) if looks else NOTHING


def _loss(run: Compared) -> str:
    losses = run.log.losses[: run.count][-LAST:]
    return number(float(losses.mean()), 4) if len(losses) else NOTHING
