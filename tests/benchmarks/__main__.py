"""All limits at once, as ratios measured in this run: ``python -m tests.benchmarks``.

It prints and judges, and is no test: no test fails because a machine is slow or busy.
"""

from __future__ import annotations

import subprocess
import sys

PARTS = (
    "startup", "training", "watched", "stepping", "time_travel", "lab", "photographs", "lectures",
    "films", "recording", "memory", "loss_curve",
)  # fmt: skip


def main() -> int:
    """Run every part, or those named; 1 if a limit is not held.

    Each has a process of its own: a second program in one process ended it by a fault of memory
    when Python left (PyQt6 6.11, 2026-11), and what one part keeps in memory is not the next one's.
    """
    names = sys.argv[1:] or list(PARTS)
    codes = []
    for name in names:
        command = [sys.executable, "-m", f"tests.benchmarks.{name}"]
        codes.append(subprocess.run(command, check=False).returncode)
        print(flush=True)
    return int(any(codes))


if __name__ == "__main__":
    sys.exit(main())
