"""First paint of the window against an empty one's: ``python -m tests.benchmarks.startup``."""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys

from tests.benchmarks.training import ROOT

REQUIRED = 4.0

EMPTY = """
import sys, time
start = time.perf_counter()
from PyQt6.QtCore import QEvent
from PyQt6.QtWidgets import QApplication, QMainWindow
app = QApplication([])
class Window(QMainWindow):
    def paintEvent(self, event):
        print(time.perf_counter() - start, "torch" in sys.modules, flush=True)
        app.exit(0)
window = Window()
window.resize(1600, 900)
window.show()
app.exec()
"""

OURS = """
import sys, os, time
start = time.perf_counter()
from cnnviz import app, launch
def painted():
    print(time.perf_counter() - start, "torch" in sys.modules, flush=True)
    os._exit(0)
show = launch.Program.show
def shown(self):
    self.window.first_painted.disconnect()
    self.window.first_painted.connect(painted)
    show(self)
launch.Program.show = shown
app.main(["--size", "1600x900", "--language", "en", "--theme", "dark"])
"""


def measure(pairs: int = 7) -> tuple[float, float, float]:
    """(ratio, empty, ours): medians of ratios of neighbours, and of seconds."""
    empty, ours = [], []
    for _ in range(pairs):
        empty.append(_first_paint(EMPTY))
        ours.append(_first_paint(OURS))
    ratios = [b / a for a, b in zip(empty[1:], ours[1:], strict=True)]  # the first reads the disk
    return statistics.median(ratios), statistics.median(empty), statistics.median(ours)


def _first_paint(program: str) -> float:
    environment = {"QT_QPA_PLATFORM": "offscreen", **os.environ}
    # An installed program is compiled once; a machine that forbids it would measure the compiler.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env=environment,
        check=True,
    )
    seconds, torch = done.stdout.split()
    if torch == "True":
        raise AssertionError("torch was imported before the first paint")
    return float(seconds)


def report() -> bool:
    """Measure and print; whether the window is there in time."""
    ratio, empty, ours = measure()
    print("from the interpreter's start of the program to the first paint, 1600×900")
    print(f"  empty PyQt6 window {1000 * empty:.0f} ms   cnnviz {1000 * ours:.0f} ms")
    print(f"  ratio {ratio:.2f}   required ≤ {REQUIRED}; torch is not imported before it")
    return ratio <= REQUIRED


def main() -> int:
    """Measure and print."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    return 0 if report() else 1


if __name__ == "__main__":
    sys.exit(main())
