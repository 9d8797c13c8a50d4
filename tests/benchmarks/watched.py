"""Training with the window live against unwatched: ``python -m tests.benchmarks.watched``.

Every pane is shown, the stepping animation runs at 60 Hz, and panes follow training at the default
rate.  Watched and unwatched blocks of batches take turns in one process, on one worker: a virtual
machine's speed wanders by a tenth from one process to the next, which hides what watching costs.
In an unwatched block nothing is asked of the worker and nothing is drawn, as in a headless run;
that this is as fast as a process without a window is measured too.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from typing import Any

from tests.benchmarks.training import ROOT, WARM_UP

BLOCK = 25
"""Batches between two switches: about a second, in which a machine's speed wanders little."""

SPARE, ALL_CORES, LECTURE, FRAME_MS = 0.95, 0.85, 1.6, 20.0
"""What is required: watched / headless with a core to spare and with all cores, watched / lecture
with all cores, and the 95th percentile of the interval between two frames."""


@dataclass(frozen=True)
class Watched:
    """One process: images a second; of a window also what its blocks and frames said."""

    speed: float
    unwatched: float = 0.0
    ratios: tuple[float, ...] = ()
    median_ms: float = 0.0
    p95_ms: float = 0.0
    early: int = 0
    late: int = 0


def child(kind: str, batches: int, threads: int) -> Watched:
    """Measure in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.watched", "--child", kind]
    command += ["--batches", str(batches), "--threads", str(threads)]
    environment = {"QT_QPA_PLATFORM": "offscreen", **os.environ}
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=True, env=environment
    )
    return Watched(**json.loads(done.stdout.splitlines()[-1]))


def measure_headless(batches: int, threads: int) -> Watched:
    """The same worker thread and the same looks at the test set, without a window."""
    from cnnviz.core.experiment import Experiment
    from cnnviz.core.settings import TrainingSettings
    from cnnviz.engine.runner import Runner
    from cnnviz.resources import resource
    from tests.networks import bundled

    runner = Runner()
    settings = TrainingSettings(threads=threads, device="cpu", epochs=1000)
    runner.start(Experiment(bundled(), settings, resource("data", "mnist")))
    runner.train()
    first = _when(lambda: runner.metrics.count, WARM_UP)
    last = _when(lambda: runner.metrics.count, batches)
    runner.close(30)
    return Watched(_speed(first, last))


def _when(count: Any, wanted: int) -> tuple[float, int]:
    while (now := count()) < wanted:
        time.sleep(0.002)
    return time.perf_counter(), now


def _speed(first: tuple[float, int], last: tuple[float, int]) -> float:
    return 100 * (last[1] - first[1]) / (last[0] - first[0])


def measure_watched(batches: int, threads: int) -> Watched:
    """All panes shown, a sweep over the first convolution's maps played; paused in every 2nd block.

    ``batches`` is the number of watched ones.
    """
    import psutil

    from cnnviz.core.cursor import Cursor
    from cnnviz.engine.allocator import hand_back
    from cnnviz.ui.panes.stage import StageBody
    from tests.benchmarks.windows import open_window, wait_for

    ticks, painted = [0], list[tuple[int, float]]()
    paint = StageBody.paintEvent

    def timed(body: StageBody, event: Any) -> None:
        paint(body, event)
        painted.append((ticks[0], time.perf_counter()))

    StageBody.paintEvent = timed  # type: ignore[method-assign, assignment]
    watched, unwatched = list[float](), list[float]()
    memory = psutil.Process().memory_info
    with open_window(threads) as (_, controller):
        clocks = (controller.player._timer, controller._mailbox)
        clocks[0].timeout.connect(lambda: ticks.__setitem__(0, ticks[0] + 1))
        # The lecture's 15 epochs are 9,000 batches, and both kinds of blocks may need more.
        controller.apply(replace(controller.view.settings, epochs=1000))
        wait_for(lambda: controller.view.settings.epochs == 1000, 30)
        log = controller.view.metrics
        stamps = _stamped(log)
        controller.train()
        wait_for(lambda: log.count >= WARM_UP, 120)
        controller.go_to(Cursor(0, 0, 0, 0, 9))
        controller.choose_speed(2)
        controller.toggle_play()
        early = 0
        for _ in range(max(1, batches // BLOCK)):
            for speeds, switch in ((watched, "start"), (unwatched, "stop")):
                for clock in clocks:
                    getattr(clock, switch)()
                ticks[0] += 2  # the pause between two blocks is no frame
                first = len(stamps)  # the batch that is under way is nobody's
                wait_for(lambda first=first: len(stamps) > first + BLOCK, 600)  # type: ignore[misc]
                speeds.append(100 * BLOCK / (stamps[first + BLOCK] - stamps[first]))
            if not early and len(watched) * BLOCK >= batches // 5:
                hand_back()  # as after every epoch: what is free is not memory in use
                early = memory().rss
        hand_back()
        late = memory().rss
    # Between two paints of neighbouring ticks: where the cursor did not move, nothing was due.
    gaps = [1000 * (b[1] - a[1]) for a, b in itertools.pairwise(painted) if b[0] - a[0] == 1]
    return Watched(
        speed=statistics.median(watched),
        unwatched=statistics.median(unwatched),
        ratios=tuple(_neighbours(watched, unwatched)),
        median_ms=statistics.median(gaps),
        p95_ms=statistics.quantiles(gaps, n=20)[-1],
        early=early,
        late=late,
    )


def _stamped(log: Any) -> list[float]:
    """When each batch from now on was done; the window's own timers are too coarse for that."""
    stamps, append = list[float](), log.append

    def timed(losses: Any) -> None:
        stamps.append(time.perf_counter())
        append(losses)

    log.append = timed
    return stamps


def _neighbours(watched: list[float], unwatched: list[float]) -> list[float]:
    """Each watched block against the mean of the unwatched ones on both of its sides."""
    pairs = itertools.pairwise(unwatched)
    return [w / ((a + b) / 2) for w, (a, b) in zip(watched[1:], pairs, strict=True)]


def report(batches: int, pairs: int) -> bool:
    """Measure and print; whether everything required was reached."""
    from tests.benchmarks.training import _child as lecture

    cores = os.cpu_count() or 1
    reached = True
    for threads, required in ((max(1, cores - 1), SPARE), (cores, ALL_CORES)):
        rows = []
        for _ in range(pairs):
            headless = child("headless", batches // 2, threads)
            watched = child("watched", batches, threads)
            rows.append((headless, watched, lecture("lecture", batches // 2, threads)))
        ratios = sorted(ratio for _, watched, _ in rows for ratio in watched.ratios)
        ratio = statistics.median(ratios)
        against = statistics.median(w.speed / base.speed for _, w, base in rows)
        alone = statistics.median(w.unwatched / h.speed for h, w, _ in rows)
        p95 = statistics.median(w.p95_ms for _, w, _ in rows)
        middle = statistics.median(w.median_ms for _, w, _ in rows)
        low, high = ratios[len(ratios) // 4], ratios[3 * len(ratios) // 4]
        print(f"watched training, {threads} of {cores} cores, {batches} batches, {pairs} rounds")
        print(
            f"  headless {rows[0][0].speed:,.0f}  watched {rows[0][1].speed:,.0f}  "
            f"lecture {rows[0][2].speed:,.0f} images/s in the first round"
        )
        print(
            f"  watched / unwatched {ratio:.2f}   required {required}   "
            f"(half of {len(ratios)} blocks within {low:.2f} to {high:.2f})"
        )
        print(f"  unwatched window / headless process {alone:.2f}")
        print(f"  watched / lecture  {against:.2f}   required {LECTURE} with all cores")
        print(
            f"  frame interval     median {middle:.1f} ms  p95 {p95:.1f} ms   required {FRAME_MS}"
        )
        reached &= ratio >= required and p95 <= FRAME_MS
        reached &= threads < cores or against >= LECTURE
    return reached


def main() -> int:
    """Measure, or be one of the processes that are measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batches", type=int, default=600)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--child", choices=["headless", "watched"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child is None:
        return 0 if report(options.batches, options.pairs) else 1
    measure = measure_headless if options.child == "headless" else measure_watched
    print(json.dumps(measure(options.batches, options.threads).__dict__))
    return 0


if __name__ == "__main__":
    sys.exit(main())
