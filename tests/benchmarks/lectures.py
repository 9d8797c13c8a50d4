"""From Page Down to the finished paint, at every step: ``python -m tests.benchmarks.lectures``.

Every built-in lesson is presented at 1280×720 and gone through to its end and back; before each
move it is waited until the next step has been made ready, as it is while somebody talks.  A move
counts until the words and everything that the step shows are painted.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from dataclasses import dataclass, field

REQUIRED_MS = 100.0

TALK_SECONDS = 0.2
"""At least, before the next move: what goes on in the background must not be in its time."""

MOST_PATIENCE = 20.0
"""Seconds for a network of a hundred million weights to be made ready."""


@dataclass
class Moves:
    """Milliseconds of each move, by what is shown after it; and which took longest.

    With those go the milliseconds that the window's thread computed: the rest it waited for others.
    """

    by_kind: dict[str, list[float]] = field(default_factory=dict)
    slowest: list[tuple[float, float, str]] = field(default_factory=list)

    def add(self, kind: str, place: str, took: float, computed: float) -> None:
        self.by_kind.setdefault(kind, []).append(took)
        self.slowest = sorted([*self.slowest, (took, computed, place)], reverse=True)[:8]


def measure(names: list[str]) -> Moves:
    """Go through the lessons of these names."""
    from PyQt6.QtCore import QEvent

    from cnnviz.core.lesson import NetworkShowing
    from cnnviz.ui.main_window import MainWindow
    from tests.benchmarks.windows import open_window, settle, wait_for

    found = Moves()
    with open_window(threads=1) as (app, controller):
        window = next(w for w in app.topLevelWidgets() if isinstance(w, MainWindow))
        window.resize(1280, 720)
        lectures = window.requests.lectures

        def talk(by: int) -> None:
            lecture = lectures.lecture
            assert lecture.lesson is not None
            coming = lecture.lesson.steps[lecture.number + by].showing
            wait_for(lambda: lectures.settled, MOST_PATIENCE)
            if isinstance(coming, NetworkShowing):
                network = lectures.state.network
                wait_for(lambda: network.is_ready(coming), MOST_PATIENCE)
            settle(TALK_SECONDS)

        def move(key: str, name: str) -> None:
            start, computed = time.perf_counter(), time.thread_time()
            window.actions_by_key[key].trigger()
            app.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
            app.sendPostedEvents(None, QEvent.Type.UpdateRequest.value)
            app.processEvents()
            took = 1000 * (time.perf_counter() - start)
            computed = 1000 * (time.thread_time() - computed)
            step = lectures.step
            assert step is not None
            kind = type(step.showing).__name__.removesuffix("Showing").lower()
            answer = ", its answer" if lectures.lecture.answered else ""
            place = f"{name}, step {lectures.lecture.number + 1}{answer}: {step.title.en}"
            found.add(kind, place, took, computed)

        for name in names:
            lectures.open_key(name)
            lectures.present_here()
            lecture = lectures.lecture
            while lecture.following is not None:
                talk(1)
                move("lesson_next", name)
            while lecture.number > 0:
                talk(-1)
                move("lesson_previous", name)
            lectures.leave()
            settle(0.2)
        assert controller.view is not None
    return found


def main() -> int:
    """Measure and print; 1 if a step keeps the room waiting."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lessons", nargs="*")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from cnnviz.command_line import lesson_keys

    found = measure(parser.parse_args().lessons or lesson_keys())
    print("a step of a lesson, presented at 1280×720, from the key to the finished paint")
    for kind, times in sorted(found.by_kind.items()):
        p95 = statistics.quantiles([*times, times[-1]], n=20)[-1]
        print(f"  {kind:<12} {len(times):3} steps   median {statistics.median(times):5.1f} ms   "
              f"p95 {p95:5.1f} ms   most {max(times):5.1f} ms")  # fmt: skip
    for took, computed, place in found.slowest:
        print(f"  slowest: {took:6.1f} ms ({computed:5.1f} ms computed)  {place}")
    print(f"  required: every step ≤ {REQUIRED_MS:.0f} ms")
    return 0 if found.slowest[0][0] <= REQUIRED_MS else 1


if __name__ == "__main__":
    sys.exit(main())
