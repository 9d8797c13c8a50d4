"""One of two runs side by side: who it is, where it stands, and how well it does there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite

from cnnviz.core.differences import Difference, unlike
from cnnviz.core.metrics import MetricLog
from cnnviz.core.network import Layer, Network
from cnnviz.core.numbers import thousands
from cnnviz.core.operations import Shape
from cnnviz.core.problem import mark
from cnnviz.core.recorded import Compared
from cnnviz.core.scenes.ranges import is_signed, output_limit
from cnnviz.core.side_by_side import Figures, Match, epochs_at, figures_at, same_images
from cnnviz.core.snapshot import Snapshot

FIRST = 5
"""Batches whose mean loss is what a run began with."""

MOST_LAYERS = 2
"""Layers that are named as different; networks that differ in more are told by their names."""


@dataclass(frozen=True)
class SideScene:
    """What stands over a side.

    Attributes
    ----------
    place
        0 is the left one; it gives the run its colour, as among the compared runs.
    different
        In what it differs from the other: what, and this one's value.
    step
        That is shown; None before one has been read.
    last
        The newest step that the run keeps; None while not known.
    epochs
        How many times the training images had been seen; None while not known.
    early
        Whether the run has no step as late as the one that is asked for.
    written
        Whether it is being written.
    figures, top_loss
        Loss and accuracy at that step, and the loss at the end of the bar of both sides.
    missing
        The layer of the other side that has no corresponding one here, or None.
    shown
        The layer that is shown.
    moved
        Whether the other side's element is not here, and the nearest one is shown.
    other_images
        Whether a test image's number is another image here than there, or has its pixels elsewhere.
    inputs
        The shapes of what this network and the other one take.
    """

    place: int
    name: str
    different: tuple[Difference, ...]
    step: int | None
    last: int | None
    epochs: float | None
    early: bool
    written: bool
    figures: Figures
    top_loss: float
    missing: Layer | None
    shown: Layer
    moved: bool
    other_images: bool
    inputs: tuple[Shape, Shape]


@dataclass(frozen=True, eq=False)
class Standing:
    """What is known of a run that is shown: see `cnnviz.control.side_by_side.Side`."""

    run: Compared
    log: MetricLog
    match: Match
    seen: Snapshot | None
    last: int | None
    images: int
    written: bool


def side_scenes(standings: Sequence[Standing], at: int) -> tuple[SideScene, ...]:
    """What stands over each of two sides.

    Parameters
    ----------
    at
        The step that is asked for.
    """
    runs = tuple(standing.run for standing in standings)
    lines = different(runs)
    steps = [0 if s.seen is None else s.seen.step for s in standings]
    figures = [figures_at(s.log, step) for s, step in zip(standings, steps, strict=True)]
    top = top_loss([s.log for s in standings], [f.loss for f in figures])
    same = same_images(runs[0].experiment, runs[1].experiment)
    return tuple(
        SideScene(
            place=place,
            name=standing.run.row.name,
            different=lines,
            step=None if standing.seen is None else standing.seen.step,
            last=standing.last,
            epochs=_epochs(standing),
            early=standing.last is not None and standing.last < at,
            written=standing.written,
            figures=figures[place],
            top_loss=top,
            missing=None if standing.match.same else _layer(standings[1 - place]),
            shown=_layer(standing),
            moved=standing.match.same and not standing.match.alike,
            other_images=not same,
            inputs=(_network(standing).input_shape, _network(standings[1 - place]).input_shape),
        )
        for place, standing in enumerate(standings)
    )


# A step of the cursor asks for it again, and laying layers beside one another takes 0.5 ms.
@lru_cache(maxsize=4)
def different(runs: tuple[Compared, ...]) -> tuple[Difference, ...]:
    """In what two runs differ, as short as a line over a picture has to be."""
    lines = unlike(runs)
    layers = [line for line in lines if line.number]
    counts = tuple(thousands(run.experiment.network.parameter_count) for run in runs)
    said = [line for line in lines if not line.number]
    if len(layers) <= MOST_LAYERS:
        return (*said, *layers)
    sizes = Difference(mark("parameters"), counts)
    return (*said[:1], sizes, *said[1:]) if len(set(counts)) > 1 else tuple(said)


def top_loss(logs: Sequence[MetricLog], now: Sequence[float]) -> float:
    """The end of a bar on which both losses can be compared: what they began with, or more."""
    first = [float(log.losses[:FIRST].mean()) for log in logs if log.count]
    return max((loss for loss in (*first, *now) if isfinite(loss) and loss > 0), default=1.0)


def common_range(standings: Sequence[Standing]) -> tuple[float, bool] | None:
    """One range of colours for both sides' maps, and whether it goes below zero.

    None where the two are not layers of the same kind, so that their numbers are not comparable, or
    where one of them has not been read.
    """
    limit, signed = 0.0, False
    for standing in standings:
        seen, layer = standing.seen, standing.match.cursor.layer
        if seen is None or not standing.match.same:
            return None
        limit = max(limit, output_limit(seen, layer))
        signed = signed or is_signed(seen, layer)
    return limit, signed


def _epochs(standing: Standing) -> float | None:
    if standing.seen is None or not standing.images:
        return None
    return epochs_at(standing.run.experiment, standing.images, standing.seen.step)


def _network(standing: Standing) -> Network:
    return standing.run.experiment.network


def _layer(standing: Standing) -> Layer:
    return _network(standing).layers[standing.match.cursor.layer]
