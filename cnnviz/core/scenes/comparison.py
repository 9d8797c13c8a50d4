"""Runs in common charts: their losses, their accuracies, and their accuracy by shift."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.metrics import Evaluation
from cnnviz.core.numbers import number, percent
from cnnviz.core.problem import mark
from cnnviz.core.recorded import Compared
from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.axes import Axis, Tick, Zoom, batch_ticks
from cnnviz.core.scenes.loss import LOWEST_ACCURACIES
from cnnviz.core.taken import SHIFTS

Numbers = NDArray[np.float64]

End = tuple[int, float, str]
"""Which run's line ends at which height, and at what value, as it is written."""

POINTS = 160
"""Points of a training curve: more cannot be told apart in a chart of that size."""

BEGINNING, EARLY = 0.1, 0.25
"""Shares of a run whose losses may lie above the chart, and whose accuracies below it: they are
those of a network that knows nothing yet, and would press flat what is compared."""


@dataclass(frozen=True, eq=False)
class Line:
    """A curve of one run in a chart whose sides are 0 … 1; what lies outside is cut off.

    Attributes
    ----------
    run
        Its place among the runs, which gives it colour and dashes.
    broad
        On the test set, and not on the batches that are learned from.
    marked
        Whether every point is a measurement to be seen as one.
    """

    x: Numbers
    y: Numbers
    run: int
    broad: bool = True
    marked: bool = False


@dataclass(frozen=True, eq=False)
class Chart:
    """Lines between two axes.

    Attributes
    ----------
    title, across
        English names of the vertical and of the horizontal axis.
    ends
        (run, height, value) of each broad line's last point, where its name is written.
    """

    title: str
    across: str
    lines: tuple[Line, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    ends: tuple[End, ...]


@dataclass(frozen=True, eq=False)
class ComparisonScene:
    """Charts of the same runs.

    Attributes
    ----------
    names
        Of the runs, in the order of the list.
    trained
        Whether thin lines of training stand beside the broad ones of the test.
    """

    names: tuple[str, ...]
    charts: tuple[Chart, ...]
    trained: bool


def curves_scene(runs: Sequence[Compared]) -> ComparisonScene | Empty:
    """Losses (training and test) and test accuracies of runs, by batches trained."""
    if not runs:
        return Empty(mark("Select two or more runs in the list to compare them."))
    last = max(1, *(run.count for run in runs))
    if all(run.count == 0 for run in runs):
        return Empty(mark("No batch of these runs has been recorded yet."))
    charts = (_losses(runs, last), _accuracies(runs, last))
    return ComparisonScene(_names(runs), charts, trained=True)


def shifts_scene(runs: Sequence[Compared]) -> ComparisonScene | Empty:
    """Accuracy on test images that are shifted sideways, for the runs where it was measured."""
    if not any(run.shifts for run in runs):
        return Empty(
            mark(
                "Accuracy on shifted digits was measured for none of these runs. The experiment "
                "“MLP or CNN” measures it, and so does cnnviz train --shifts."
            )
        )
    lowest = min(share for run in runs for _, share in run.shifts)
    axis = _share_axis(lowest)
    lines, ends = [], []
    for place, run in enumerate(runs):
        if run.shifts:
            columns, shares = np.array(run.shifts, dtype=np.float64).T
            heights = axis.place(shares)
            lines.append(Line(_shift_place(columns), heights, place, marked=True))
            ends.append((place, float(heights[-1]), percent(float(shares[-1]))))
    ticks = tuple(Tick(float(_shift_place(c)), number(c, 0)) for c in SHIFTS)
    chart = Chart(
        title=mark("test accuracy"),
        across=mark("columns to the right"),
        lines=tuple(lines),
        x_ticks=ticks,
        y_ticks=_percent_ticks(axis),
        ends=tuple(ends),
    )
    return ComparisonScene(_names(runs), (chart,), trained=False)


def spread(heights: Sequence[float], least: float, low: float, high: float) -> list[float]:
    """Places for labels, as near to ``heights`` as can be with ``least`` between two of them.

    Where there is room for all, they stay between ``low`` and ``high``.
    """
    given: Numbers = np.asarray(heights, dtype=np.float64)
    order = np.argsort(given, kind="stable")
    wanted: Numbers = np.clip(given[order], low, high)
    if len(wanted) > 1 and least * (len(wanted) - 1) >= high - low:
        wanted = np.arange(len(wanted), dtype=np.float64) * least + low
    for place in range(1, len(wanted)):
        wanted[place] = max(wanted[place], wanted[place - 1] + least)
    over = high
    for place in range(len(wanted) - 1, -1, -1):
        wanted[place] = min(wanted[place], max(over, low + least * place))
        over = wanted[place] - least
    placed = np.empty(len(wanted))
    placed[order] = wanted
    return [float(value) for value in placed]


def _names(runs: Sequence[Compared]) -> tuple[str, ...]:
    return tuple(run.row.name for run in runs)


def _losses(runs: Sequence[Compared], last: int) -> Chart:
    axis = Axis(0.0, _highest_loss(runs))
    lines, ends = _tested(runs, last, axis, lambda look: look.loss, lambda loss: number(loss, 3))
    for place, run in enumerate(runs):
        trace = run.log.smooth_trace(1, run.count, POINTS)
        lines.append(Line(trace.x / last, axis.place(trace.low), place, broad=False))
    # Each run's thin line below its broad one.
    lines.sort(key=lambda line: (line.run, line.broad))
    return _by_batch(mark("loss"), last, lines, axis.ticks(5), ends)


def _tested(
    runs: Sequence[Compared],
    last: int,
    axis: Axis,
    measured: Callable[[Evaluation], float],
    written: Callable[[float], str],
) -> tuple[list[Line], list[End]]:
    """What was measured on the test set, a line for each run that was looked at."""
    lines, ends = [], []
    for place, run in enumerate(runs):
        looks = _looks(run)
        if looks:
            values = np.array([measured(look) for look in looks])
            heights = axis.place(values)
            lines.append(Line(_steps(looks) / last, heights, place, marked=_few(looks)))
            ends.append((place, float(heights[-1]), written(float(values[-1]))))
    return lines, ends


def _by_batch(
    title: str, last: int, lines: Sequence[Line], ticks: tuple[Tick, ...], ends: Sequence[End]
) -> Chart:
    return Chart(
        title=title,
        across=mark("batch"),
        lines=tuple(lines),
        x_ticks=_batch_places(last),
        y_ticks=ticks,
        ends=tuple(ends),
    )


def _highest_loss(runs: Sequence[Compared]) -> float:
    """What the chart has to reach: test losses and later training losses, with a margin."""
    highest = 0.0
    for run in runs:
        late = run.log.smooth_trace(1 + int(BEGINNING * run.count), run.count, POINTS).high
        tests = [look.loss for look in _looks(run) if look.step > BEGINNING * run.count]
        for values in (late, np.array(tests)):
            finite = values[np.isfinite(values)]
            highest = max(highest, float(finite.max(initial=0.0)))
    return max(1.05 * highest, 1e-3)


def _accuracies(runs: Sequence[Compared], last: int) -> Chart:
    late = [look.accuracy for run in runs for look in _looks(run) if look.step > EARLY * run.count]
    axis = _share_axis(min(late, default=0.0))
    lines, ends = _tested(
        runs, last, axis, lambda look: look.accuracy, lambda share: percent(share, 2)
    )
    return _by_batch(mark("test accuracy"), last, lines, _percent_ticks(axis), ends)


def _looks(run: Compared) -> Sequence[Evaluation]:
    """The looks at the test set, of many every so many, and always the newest one."""
    stride = max(1, -(-run.looks // POINTS))
    return run.log.evaluations[(run.looks - 1) % stride : run.looks : stride]


def _steps(looks: Sequence[Evaluation]) -> Numbers:
    return np.array([look.step for look in looks], dtype=np.float64)


def _few(looks: Sequence[Evaluation]) -> bool:
    return len(looks) <= 24


def _batch_places(last: int) -> tuple[Tick, ...]:
    ticks = batch_ticks(Zoom(0.0, float(last)), 4)
    return tuple(Tick(tick.place / last, tick.label) for tick in ticks)


def _share_axis(lowest: float) -> Axis:
    low = next((low for low in LOWEST_ACCURACIES if low <= lowest), 0.0)
    return Axis(low, 1.0 + (1.0 - low) / 40)


def _percent_ticks(axis: Axis) -> tuple[Tick, ...]:
    ticks = Axis(100 * axis.low, 100 * axis.high).ticks(6)
    return tuple(Tick(tick.place, f"{tick.label} %") for tick in ticks if tick.place <= 1.0)


def _shift_place(columns: Any) -> Any:
    first, last = SHIFTS[0] - 0.25, SHIFTS[-1]
    return (np.asarray(columns, dtype=np.float64) - first) / (last - first)
