"""The loss pane: what of the training curves is shown, thin enough to draw at once."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import lru_cache
from math import floor, log2
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.metrics import Evaluation, MetricLog
from cnnviz.core.problem import mark
from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.axes import FEWEST_BATCHES, Axis, Tick, Zoom, batch_ticks
from cnnviz.core.view import View

Numbers = NDArray[np.float64]

STRIP = 0.24
"""Share of the height that the accuracy gets, below the loss: one plot with two y axes is read
wrongly from the last row, because nobody sees which curve belongs to which axis."""

GAP = 0.07
"""Share of the height between the loss and the accuracy."""

MOST_EPOCHS = 24
"""More epoch lines than these would be a hatching."""

LOWEST_ACCURACIES = (0.99, 0.95, 0.9, 0.8, 0.5, 0.0)
"""Where the accuracy's axis may begin: round, and seldom another one while training."""


@dataclass(frozen=True)
class Room:
    """How much a plot can show.

    Attributes
    ----------
    points
        Places along the batches, about one a pixel.
    columns, rows
        Labels that fit along the batches and along the loss.
    strip
        Whether there is room for the accuracy.
    """

    points: int = 480
    columns: int = 5
    rows: int = 4
    strip: bool = True


@dataclass(frozen=True, eq=False)
class Curve:
    """A line through (x, y): batches and chart heights (0 … 1)."""

    x: Numbers
    y: Numbers


NOTHING = Curve(np.empty(0), np.empty(0))


@dataclass(frozen=True, eq=False)
class LossScene:
    """What the loss pane shows.

    Attributes
    ----------
    log
        The run's metrics, for `reading`.
    count
        Batches whose loss is known.
    zoom, zoomed
        What is shown, and whether that is a part only.
    loss, accuracy
        The axes; no accuracy where there is no room for it, or nothing known.
    batch
        Lowest and highest in turn where a point sums up several batches (``width`` of them).
    test, marks, large_marks
        Test losses as a line, and its points on the sample and on the whole test set.
    latest
        The newest look at the test set, or None.
    """

    log: MetricLog
    count: int
    zoom: Zoom
    zoomed: bool
    log_scale: bool
    loss: Axis
    accuracy: Axis | None
    batch: Curve
    smooth: Curve
    test: Curve
    marks: Curve
    large_marks: Curve
    accuracies: Curve
    width: int
    batch_ticks: tuple[Tick, ...]
    loss_ticks: tuple[Tick, ...]
    accuracy_ticks: tuple[Tick, ...]
    epochs: tuple[float, ...]
    latest: Evaluation | None


@dataclass(frozen=True)
class Reading:
    """The values at one batch; ``test`` is the last look at the test set until then."""

    batch: int
    loss: float
    smoothed: float
    test: Evaluation | None


def whole(count: int) -> Zoom:
    """From before the first batch to a little behind the newest; a few do not fill the plot alone.

    The end grows by a 64th to a 32nd at once: the curve then grows into the free space, and the
    axis (half of what an update costs) is seldom laid out anew, and not ten times a second.
    """
    count = max(count, 10)
    step = 2.0 ** (floor(log2(count)) - 5)
    return Zoom(0.0, (count * 1.012 // step + 1) * step)


def loss_scene(view: View, room: Room, zoom: Zoom | None = None) -> LossScene | Empty:
    """The training curves of a view.

    Parameters
    ----------
    room
        What fits into the plot; the cost depends on it, and not on how long training was.
    zoom
        The part to show; None for the whole, up to the newest batch.
    """
    if view.metric_count == 0:
        return Empty(mark("No batch has been trained yet. Press T to train."))
    return _curves(view, room, zoom or whole(view.metric_count), zoom is not None)


def _curves(view: View, room: Room, shown: Zoom, zoomed: bool) -> LossScene:
    metrics, count = view.metrics, view.metric_count
    first, last = int(shown.first), min(int(shown.last) + 1, count)
    trace = metrics.trace(first, last, room.points)
    smooth = metrics.smooth_trace(first, last, max(1, room.points // 2))
    evaluations = metrics.evaluations[: view.evaluation_count]
    near = _near(metrics, evaluations, shown, room.points // 2)
    steps, tests, accuracies = _columns(near)
    accuracy = _accuracy_axis(accuracies) if room.strip and near else None
    bottom = 0.0 if accuracy is None else STRIP + GAP
    values: list[NDArray[np.floating[Any]]] = [trace.low, trace.high, smooth.low, tests]
    loss = _loss_axis(shown, view.log_scale, bottom, values)
    line = Curve(steps, loss.place(tests))
    return LossScene(
        log=metrics,
        count=count,
        zoom=shown,
        zoomed=zoomed,
        log_scale=view.log_scale,
        loss=loss,
        accuracy=accuracy,
        batch=_outline(trace.x, loss.place(trace.low), loss.place(trace.high)),
        smooth=Curve(smooth.x, loss.place(smooth.low)),
        test=line,
        marks=_marks(line, near, room, complete=False),
        large_marks=_marks(line, near, room, complete=True),
        accuracies=NOTHING if accuracy is None else Curve(steps, accuracy.place(accuracies)),
        width=trace.width,
        batch_ticks=batch_ticks(shown, room.columns),
        loss_ticks=loss.ticks(room.rows),
        accuracy_ticks=_accuracy_ticks(accuracy),
        epochs=_epochs(shown, view.progress.batches),
        latest=evaluations[-1] if evaluations else None,
    )


def dragged(
    scene: LossScene, start: tuple[float, float], end: tuple[float, float], flat: bool
) -> Zoom | None:
    """The zoom that a rectangle between two corners (batch, chart height) asks for.

    Parameters
    ----------
    flat
        The rectangle has no height to speak of, and the loss is fitted.

    Returns
    -------
    None where the rectangle lies beside the curves.
    """
    everything = whole(scene.count)
    first = max(everything.first, min(start[0], end[0]))
    last = min(everything.last, max(start[0], end[0]))
    if last <= first:
        return None
    missing = max(0.0, FEWEST_BATCHES - (last - first)) / 2
    first, last = max(everything.first, first - missing), last + missing
    bottom, top = sorted((start[1], end[1]))
    bottom, top = max(bottom, scene.loss.bottom), min(top, 1.0)
    if flat or top <= bottom:
        return Zoom(first, last)
    return Zoom(first, last, scene.loss.value(bottom), scene.loss.value(top))


def reading(scene: LossScene, batch: int) -> Reading:
    """The values at a batch (from 1), or at the nearest one there is."""
    batch = min(max(batch, 1), scene.count)
    evaluations = scene.log.evaluations
    behind = bisect_right(evaluations, batch, key=attrgetter("step"))
    return Reading(
        batch,
        float(scene.log.losses[batch - 1]),
        float(scene.log.smoothed[batch - 1]),
        evaluations[behind - 1] if behind else None,
    )


def _near(
    metrics: MetricLog, evaluations: tuple[Evaluation, ...], zoom: Zoom, most: int
) -> tuple[Evaluation, ...]:
    """The looks at the test set within a zoom, and one beyond each end for the line to go on.

    Where there are many, every so many of them; those on all test images stay, if they are few.
    """
    step = attrgetter("step")
    start = max(0, bisect_left(evaluations, zoom.first, key=step) - 1)
    stop = min(bisect_right(evaluations, zoom.last, key=step) + 1, len(evaluations))
    stride = -(-(stop - start) // max(1, most))
    if stride <= 1:
        return evaluations[start:stop]
    large = _complete(metrics, len(evaluations))
    large = large[bisect_left(large, start) : bisect_left(large, stop)]
    # Counted from the end: the newest one is always there.
    places = {*range(stop - 1, start - 1, -stride), *(large if len(large) <= most // 4 else ())}
    return tuple(evaluations[place] for place in sorted(places))


# Going through the 10⁴ looks of 10⁶ batches takes as long (1 ms) as all else in an update.
@lru_cache(maxsize=2)
def _complete(metrics: MetricLog, count: int) -> tuple[int, ...]:
    """Which of the first so many looks were at all test images."""
    return tuple(place for place, e in enumerate(metrics.evaluations[:count]) if e.complete)


def _columns(near: tuple[Evaluation, ...]) -> tuple[Numbers, Numbers, Numbers]:
    """Steps, losses and accuracies."""
    rows = [(e.step, e.loss, e.accuracy) for e in near]
    steps, losses, accuracies = np.array(rows, dtype=np.float64).reshape(-1, 3).T
    return steps, losses, accuracies


def _outline(x: Numbers, low: Numbers, high: Numbers) -> Curve:
    """Down and up at each x; a single point gets a width, or nothing would be drawn."""
    if len(x) == 1:
        return Curve(np.array([x[0] - 0.5, x[0] + 0.5]), np.array([low[0], high[0]]))
    if np.array_equal(low, high):
        return Curve(x, low)
    return Curve(np.repeat(x, 2), np.column_stack([low, high]).ravel())


def _marks(line: Curve, near: tuple[Evaluation, ...], room: Room, complete: bool) -> Curve:
    """The points of a line where they stand apart, on the sample or on all test images."""
    chosen = np.array([e.complete is complete for e in near], dtype=bool)
    apart = 24 if complete else 10
    if int(chosen.sum()) * apart > room.points:
        return NOTHING
    return Curve(line.x[chosen], line.y[chosen])


def _loss_axis(zoom: Zoom, log: bool, bottom: float, seen: list[NDArray[np.floating[Any]]]) -> Axis:
    """Fitted to what is seen, with a margin, unless the zoom says from where to where."""
    values = np.concatenate(seen)
    values = values[np.isfinite(values) & ((values > 0) | (not log))]
    low, high = (float(values.min()), float(values.max())) if len(values) else (0.1, 1.0)
    if log:
        margin = max((high / low) ** 0.04, 1.05)
        low, high = low / margin, high * margin
    else:
        margin = max(0.04 * (high - min(low, 0.0)), 1e-6)
        low, high = min(low, 0.0), high + margin
    low = low if zoom.low is None else zoom.low
    high = high if zoom.high is None else zoom.high
    return Axis(low, max(high, low * 1.001 if log else low + 1e-6), log, bottom)


def _accuracy_axis(accuracies: Numbers) -> Axis:
    lowest = accuracies.min()
    low = next((low for low in LOWEST_ACCURACIES if low <= lowest), 0.0)
    # A twelfth of the strip stays free above 100 %, so that the line is seen beside the border.
    return Axis(low, 1.0 + (1.0 - low) / 12, False, 0.0, STRIP)


def _accuracy_ticks(axis: Axis | None) -> tuple[Tick, ...]:
    if axis is None:
        return ()
    values = np.array([axis.low, 1.0])
    texts = [f"{round(100 * value)} %" for value in values.tolist()]
    return tuple(map(Tick, axis.place(values).tolist(), texts))


def _epochs(zoom: Zoom, batches: int) -> tuple[float, ...]:
    """The ends of the epochs in a zoom; every so many of them where they are many."""
    if batches < 1:
        return ()
    first, last = int(zoom.first) // batches + 1, int(zoom.last) // batches
    stride = -(-(last - first + 1) // MOST_EPOCHS)
    if stride < 1:
        return ()
    first = -(-first // stride) * stride
    return tuple(float(epoch * batches) for epoch in range(first, last + 1, stride))
