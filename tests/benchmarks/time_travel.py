"""From a move of the time slider to the finished paint: ``python -m tests.benchmarks.time_travel``.

A run of the two-layer CNN with 10,000 snapshots is written, opened, and travelled through at
1600×900 with every pane shown.  A move counts until the step has been read, reckoned and painted.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

SNAPSHOTS = 10_000
REQUIRED_MS = 33.0
REQUIRED_OPENING_MS = 500.0


@dataclass(frozen=True)
class Travels:
    """Milliseconds from each move to the finished paint, and from opening the run to the first."""

    median: float
    p95: float
    opening: float


def write_run(path: Path, snapshots: int) -> None:
    """A run of so many batches with a snapshot after each; the weights differ, training is not."""
    import numpy as np

    from cnnviz.core.experiment import Experiment
    from cnnviz.core.settings import TrainingSettings
    from cnnviz.core.tensor_blob import unpack
    from cnnviz.engine.headless import make_session
    from cnnviz.engine.resume import capture
    from cnnviz.engine.run_file import RunFile
    from tests.networks import bundled

    settings = TrainingSettings(threads=1, device="cpu", epochs=100)
    wanted = Experiment(bundled(), settings, "mnist")
    session = make_session(wanted)
    stored = capture(session)
    header = len(stored.weights) - sum(a.nbytes for a in unpack(bytes(stored.weights)).values())
    random = np.random.default_rng(0)
    with RunFile.create(path, wanted, budget=10**11) as file:
        for first in range(0, snapshots, 500):
            with file.together():
                steps = range(first, min(first + 500, snapshots))
                for step in steps:
                    weights = np.array(stored.weights)
                    numbers = weights[header:].view(np.float32)
                    numbers *= random.uniform(0.9, 1.1, len(numbers)).astype(np.float32)
                    ends = step > 0 and step % session.batches == 0
                    file.append_snapshot(
                        replace(stored, step=step, epoch_end=ends, weights=weights)
                    )
                counted = np.arange(max(1, steps[0]), steps[-1] + 1)
                file.append_losses(int(counted[0]), (2.3 / counted).astype(np.float32))


def measure(path: Path, moves: int) -> Travels:
    """Open the run in a window and move its slider to and fro."""
    from PyQt6.QtCore import QEvent, QEventLoop

    from tests.benchmarks.windows import open_window, settle

    with open_window(threads=1) as (app, controller):
        start = time.perf_counter()
        controller.open_run(path)
        while not (len(controller.view.kept) and controller.newest):
            app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        app.sendPostedEvents(None, QEvent.Type.UpdateRequest.value)
        opening = 1000 * (time.perf_counter() - start)
        settle(1.0)
        steps = controller.view.kept.steps
        times = []
        for move in range(moves):
            step = int(steps[(move * 7919) % len(steps)])
            start = time.perf_counter()
            controller.time.go_to(step)
            while controller.view.stage is None or controller.view.stage.step != step:
                app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
            # Sends the paint events that are due, and nothing else.
            app.sendPostedEvents(None, QEvent.Type.UpdateRequest.value)
            times.append(1000 * (time.perf_counter() - start))
        return Travels(statistics.median(times), statistics.quantiles(times, n=20)[-1], opening)


def report(snapshots: int, moves: int) -> bool:
    """Measure and print; whether the limit was held."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "long.cnnviz"
        write_run(path, snapshots)
        size = path.stat().st_size / 1e9
        travels = measure(path, moves)
    print("from a move of the time slider to the finished paint")
    print(f"  {snapshots:,} snapshots, {size:.1f} GB")
    print(
        f"  median {travels.median:5.1f} ms   p95 {travels.p95:5.1f} ms   "
        f"required: p95 ≤ {REQUIRED_MS:.0f} ms"
    )
    print(
        f"from opening that run to the first paint of it: {travels.opening:.0f} ms   "
        f"required: ≤ {REQUIRED_OPENING_MS:.0f} ms"
    )
    return travels.p95 <= REQUIRED_MS and travels.opening <= REQUIRED_OPENING_MS


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--snapshots", type=int, default=SNAPSHOTS)
    parser.add_argument("--moves", type=int, default=300)
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    return 0 if report(options.snapshots, options.moves) else 1


if __name__ == "__main__":
    sys.exit(main())
