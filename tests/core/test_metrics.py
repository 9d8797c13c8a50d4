"""The log of losses: what is drawn of it, what it costs, and two threads at it."""

from __future__ import annotations

import threading
import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from cnnviz.core.metrics import FAN, SMOOTHING, Evaluation, MetricLog, Trace

LAWS = settings(deadline=None, max_examples=200)


def filled(losses: NDArray[np.floating[Any]], block: int) -> MetricLog:
    """A log that got its losses so many at a time, with little room at first."""
    log = MetricLog(batches=1)
    for start in range(0, len(losses), block):
        log.append(losses[start : start + block].astype(np.float32))
    return log


def assert_bounds(trace: Trace, losses: NDArray[np.floating[Any]]) -> tuple[int, int]:
    """Every point holds the extremes of its losses; returns the first and the last batch drawn."""
    ends = np.minimum((np.ceil(trace.x / trace.width) * trace.width).astype(int), len(losses))
    starts = ((ends - 1) // trace.width) * trace.width
    assert np.all(starts[1:] == ends[:-1])
    for i, (start, end) in enumerate(zip(starts, ends, strict=True)):
        assert trace.x[i] == (start + 1 + end) / 2
        assert trace.low[i] == losses[start:end].min()
        assert trace.high[i] == losses[start:end].max()
    return int(starts[0]) + 1, int(ends[-1])


@LAWS
@given(
    count=st.integers(1, 5000),
    block=st.integers(1, 700),
    seed=st.integers(0, 2**32),
    points=st.integers(1, 60),
    data=st.data(),
)
def test_that_a_trace_holds_the_lowest_and_the_highest_of_every_loss_in_the_range(
    count: int, block: int, seed: int, points: int, data: st.DataObject
) -> None:
    losses = np.random.default_rng(seed).normal(size=count).astype(np.float32)
    first = data.draw(st.integers(-3, count))
    last = data.draw(st.integers(max(1, first), count + 3))
    trace = filled(losses, block).trace(first, last, points)
    begin, end = assert_bounds(trace, losses)
    assert begin <= max(1, first) < begin + trace.width
    assert min(last, count) <= end < last + trace.width
    # One bin more at each end of the range, and one for what does not fill a bin; but a level
    # begins only with its first full bin.
    assert len(trace.x) <= max(points + 3, FAN)
    assert trace.width == 1 or len(trace.x) >= points // FAN


@pytest.mark.parametrize("count", [1, 7, 8, 9, 63, 64, 65, 513, 1000, 4097])
def test_that_the_newest_loss_is_always_drawn(count: int) -> None:
    losses = np.linspace(0, 1, count, dtype=np.float32)
    losses[-1] = 9
    trace = filled(losses, 1).trace(1, count, 4)
    assert trace.high[-1] == 9
    assert assert_bounds(trace, losses) == (1, count)


def test_that_losses_in_blocks_are_binned_and_smoothed_as_one_by_one() -> None:
    losses = np.random.default_rng(1).normal(size=1000).astype(np.float32)
    logs = [filled(losses, block) for block in (1, 7, 100, 1000)]
    for log in logs[1:]:
        assert np.array_equal(log.losses, logs[0].losses)
        assert np.array_equal(log.smoothed, logs[0].smoothed)
        for points in (1, 10, 100, 1000):
            a, b = log.trace(1, 1000, points), logs[0].trace(1, 1000, points)
            assert np.array_equal(a.low, b.low)
            assert np.array_equal(a.high, b.high)


@pytest.mark.parametrize(("first", "last"), [(1, 10), (5, 3), (11, 20), (0, 0)])
def test_that_a_range_without_losses_draws_nothing(first: int, last: int) -> None:
    log = MetricLog()
    if first != 1:
        log.append(np.ones(10, dtype=np.float32))
    for trace in (log.trace(first, last, 5), log.smooth_trace(first, last, 5)):
        assert len(trace.x) == len(trace.low) == len(trace.high) == 0


@LAWS
@given(losses=st.lists(st.floats(0, 100, width=32), min_size=1, max_size=300))
def test_that_the_smoothed_loss_is_the_weighted_mean_of_all_before(losses: list[float]) -> None:
    smoothed = filled(np.array(losses), 13).smoothed
    for i in range(len(losses)):
        weights = SMOOTHING ** np.arange(i, -1, -1)
        mean = np.average(losses[: i + 1], weights=weights)
        assert smoothed[i] == pytest.approx(mean, rel=1e-6, abs=1e-30)


@LAWS
@given(count=st.integers(1, 3000), points=st.integers(1, 300), data=st.data())
def test_that_the_smoothed_curve_is_thinned_and_keeps_its_ends(
    count: int, points: int, data: st.DataObject
) -> None:
    first = data.draw(st.integers(1, count))
    last = data.draw(st.integers(first, count))
    log = filled(np.random.default_rng(count).normal(size=count), 500)
    trace = log.smooth_trace(first, last, points)
    assert (trace.x[0], trace.x[-1]) == (first, last)
    assert np.all(np.diff(trace.x) > 0)
    assert np.array_equal(trace.low, log.smoothed[trace.x.astype(int) - 1])
    assert len(trace.x) <= 2 * points + 1


def test_that_a_reader_sees_whole_bins_while_the_writer_appends() -> None:
    # Losses that count up tell of themselves whether a bin holds what it should.
    total, log = 60_000, MetricLog(batches=1)
    rising = np.arange(1, total + 1, dtype=np.float32)
    done = threading.Event()

    def write() -> None:
        sizes = np.random.default_rng(5).integers(1, 40, size=total)
        start = 0
        for size in sizes:
            log.append(rising[start : start + size])
            start += int(size)
            if start >= total:
                break
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    seen = 0
    finished = False
    while not finished:
        finished = done.is_set()  # before reading: the last look is at the whole log
        count = log.count
        assert count >= seen
        seen = count
        assert np.array_equal(log.losses[:count], rising[:count])
        if count:
            for points in (3, 50, 1000):
                trace = log.trace(1, total, points)
                end = trace.high[-1]
                assert end >= count
                assert trace.low[0] == 1
                assert np.array_equal(trace.low[1:], trace.high[:-1] + 1)
                assert np.array_equal(trace.x, (trace.low + trace.high.astype(np.float64)) / 2)
    writer.join()
    assert seen == total


class Interrupted(MetricLog):
    """A log whose writer gets in, and needs more room, whenever a reader asks for the count."""

    @property
    def count(self) -> int:
        newer = np.arange(self._losses.count, 3 * self._losses.count, dtype=np.float32)
        self.append(newer)
        return super().count


def test_that_a_reader_whom_the_writer_interrupts_sees_every_value_that_was_counted() -> None:
    log = Interrupted(batches=1)
    log.append(np.arange(20, dtype=np.float32))
    for _ in range(3):
        losses = log.losses
        assert np.array_equal(losses, np.arange(len(losses)))
        trace = log.trace(1, 10**9, 10)
        assert trace.high[-1] == log.losses[-1] // 3  # all there was when the trace was asked for
        assert np.array_equal(trace.low[1:], trace.high[:-1] + 1)
        smooth = log.smooth_trace(1, 10**9, 10)
        assert np.array_equal(smooth.low, log.smoothed[smooth.x.astype(int) - 1])


def test_that_what_was_read_never_changes() -> None:
    log = filled(np.arange(100.0), 1)
    losses, smoothed = log.losses, log.smoothed
    before = losses.copy(), smoothed.copy()
    log.append(np.full(5000, -1, dtype=np.float32))
    assert np.array_equal(losses, before[0])
    assert np.array_equal(smoothed, before[1])


def test_that_evaluations_are_kept_in_order() -> None:
    log = MetricLog()
    looks = [Evaluation(step, 0.5, 0.9, complete=step == 2) for step in range(3)]
    for look in looks:
        log.evaluated(look)
    assert log.evaluations == tuple(looks)


def test_that_drawing_a_million_losses_costs_as_much_as_drawing_thousands() -> None:
    def seconds(log: MetricLog) -> float:
        times = []
        for _ in range(50):
            start = time.perf_counter()
            log.trace(1, log.count, 500)
            times.append(time.perf_counter() - start)
        return min(times)

    losses = np.random.default_rng(0).random(1_000_000)
    # A factor of 200 more losses; going through them all would take some 100 times as long.
    assert seconds(filled(losses, 100_000)) < 10 * seconds(filled(losses[:5000], 5000))
