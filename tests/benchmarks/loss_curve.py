"""The loss pane after 10⁶ batches against 10³: ``python -m tests.benchmarks.loss_curve``.

Both panes are updated in turn, so that both meet the same weather on the machine; an update is ten
new batches, worked out and painted.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from dataclasses import replace

import numpy as np

from cnnviz.core.view import View

REQUIRED = 2.0
"""10⁶ batches must not slow the pane: an update takes at most so many times that of 10³."""

UPDATES = 60


def measure() -> dict[str, float]:
    """Medians of an update in milliseconds, and the ratio of 10⁶ batches to 10³."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PyQt6.QtWidgets import QApplication

    from cnnviz.ui.panes.loss import LossPane

    app = QApplication.instance() or QApplication([])
    counts = (1_000, 1_000_000)
    panes = [LossPane() for _ in counts]
    views = [_view(count) for count in counts]
    times: list[list[float]] = [[], []]
    for pane, view in zip(panes, views, strict=True):
        pane.resize(480, 205)
        pane.look(view)
        pane.grab()
    for _ in range(UPDATES):
        for place, pane in enumerate(panes):
            metrics = views[place].metrics
            metrics.append(np.full(10, 0.1, dtype=np.float32))
            views[place] = replace(views[place], metric_count=metrics.count)
            start = time.perf_counter()
            pane.look(views[place])
            pane.grab()
            times[place].append(1e3 * (time.perf_counter() - start))
    few, many = map(statistics.median, times)
    for pane in panes:
        pane.deleteLater()
    del app
    return {"10^3 batches, ms": few, "10^6 batches, ms": many, "ratio": many / few}


def _view(count: int) -> View:
    from cnnviz.core.metrics import Evaluation, MetricLog
    from cnnviz.core.network import build_network
    from cnnviz.core.operations import Flatten, Linear, Softmax

    metrics = MetricLog(count)
    noise = np.random.default_rng(777).gamma(2.0, 0.5, count)
    losses = (2.3 / (1 + np.arange(count) / 50) + 0.02) * noise
    metrics.append(losses.astype(np.float32))
    for step in range(100, count + 1, 100):
        metrics.evaluated(Evaluation(step, 0.05, 0.98, step % 600 == 0))
    network = build_network("tiny", "Tiny", (1, 2, 2), (Flatten(), Linear(4, 10), Softmax()))
    return View(
        network,
        metrics=metrics,
        metric_count=metrics.count,
        evaluation_count=len(metrics.evaluations),
    )


def main() -> int:
    """Measure and print; 1 if the limit is not held."""
    measured = measure()
    print("an update of the loss pane, with paint")
    for name, value in measured.items():
        print(f"  {name}: {value:.2f}")
    held = measured["ratio"] <= REQUIRED
    print(f"  required: ratio ≤ {REQUIRED}: {'held' if held else 'NOT held'}")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
