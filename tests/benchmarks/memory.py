"""Memory over 5,000 watched batches: ``python -m tests.benchmarks.memory``."""

from __future__ import annotations

import argparse
import os
import sys

from tests.benchmarks.watched import child

MOST_GROWTH = 24
"""MiB between batch 1,000 and 5,000.  The metrics themselves are about 0.1 MiB; the rest is what
the allocator keeps, which does not grow with the batches (see the figure for 10,000)."""


def report(batches: int = 5000) -> bool:
    """Measure and print; whether memory stays."""
    found = child("watched", batches, os.cpu_count() or 1)
    early, late = found.early / 2**20, found.late / 2**20
    print(f"resident memory of watched training, batch {batches // 5:,} and {batches:,}")
    print(f"  {early:,.0f} MiB   {late:,.0f} MiB   growth {late - early:+.1f} MiB")
    return late - early <= MOST_GROWTH


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batches", type=int, default=5000)
    return 0 if report(parser.parse_args().batches) else 1


if __name__ == "__main__":
    sys.exit(main())
