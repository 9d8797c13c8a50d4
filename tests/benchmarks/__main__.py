"""All limits at once, as ratios measured in this run: ``python -m tests.benchmarks``.

It prints and judges, and is no test: no test fails because a machine is slow or busy.
"""

from __future__ import annotations

import sys

from tests.benchmarks import (
    films,
    lab,
    lectures,
    loss_curve,
    memory,
    photographs,
    recording,
    startup,
    stepping,
    time_travel,
    training,
    watched,
)

PARTS = {
    "startup": startup.main,
    "training": training.main,
    "watched": watched.main,
    "stepping": stepping.main,
    "time_travel": time_travel.main,
    "lab": lab.main,
    "photographs": photographs.main,
    "lectures": lectures.main,
    "films": films.main,
    "recording": recording.main,
    "memory": memory.main,
    "loss_curve": loss_curve.main,
}


def main() -> int:
    """Run every part, or those named; 1 if a limit is not held."""
    names = sys.argv[1:] or list(PARTS)
    codes = []
    for name in names:
        sys.argv = [name]
        codes.append(PARTS[name]())
        print(flush=True)
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
