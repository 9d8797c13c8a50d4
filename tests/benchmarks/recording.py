"""What recording costs training, and what kill −9 leaves: ``python -m tests.benchmarks.recording``.

Two sessions of one process train by turns, a few seconds each, one of them with a recorder; printed
is the median of the ratios of neighbours.  So both meet the same weather on the machine.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

MOST = 0.03
"""The share of training's speed that recording may cost."""

KILLS = 200
MOST_LOST = 1.0
"""Seconds."""


def measure(key: str, folder: Path, pairs: int, seconds: float, threads: int) -> list[float]:
    """Recorded speed / plain speed, for each pair of turns."""
    from cnnviz.engine.allocator import keep_pages

    keep_pages()
    import torch

    from cnnviz.core.experiment import Experiment
    from cnnviz.core.network_file import read_network
    from cnnviz.core.settings import TrainingSettings
    from cnnviz.engine.headless import make_session
    from cnnviz.engine.recording import Recorder
    from cnnviz.engine.session import Session
    from cnnviz.engine.training import train
    from cnnviz.resources import resource

    def speed(session: Session, steps: Iterator[bool]) -> float:
        first, start = session.step, time.perf_counter()
        while time.perf_counter() - start < seconds:
            next(steps)
        return (session.step - first) / (time.perf_counter() - start)

    settings = TrainingSettings(
        device="cpu", evaluate_every=0, epochs=1000, threads=threads or torch.get_num_threads()
    )
    network = read_network(resource("networks", f"{key}.toml"))
    experiment = Experiment(network, settings, resource("data", "mnist"))
    plain, session = make_session(experiment), make_session(experiment)
    path = folder / f"{key}.cnnviz"
    recorder = Recorder(session, path, lambda event: None)
    recorded, unrecorded = recorder.steps(), train(plain, lambda event: None)
    # The first batches choose oneDNN's kernels, and each of them is kept: 0.3 s once, not a share.
    speed(plain, unrecorded)
    speed(session, recorded)
    ratios = []
    for turn in range(pairs):
        if turn % 2:
            without = speed(plain, unrecorded)
            ratios.append(speed(session, recorded) / without)
        else:
            with_it = speed(session, recorded)
            ratios.append(with_it / speed(plain, unrecorded))
    assert recorder.close()
    print(f"  {path.stat().st_size / 1e6:,.0f} MB after {session.step:,} batches")
    return ratios


def report_cost(folder: Path, pairs: int, seconds: float, threads: int) -> bool:
    """Measure and print for both of the lectures' networks; whether the limit was held."""
    held = True
    for key in ("two_layer_cnn", "three_layer_cnn"):
        print(f"{key}: recorded / not recorded")
        ratios = measure(key, folder, pairs, seconds, threads)
        ratio = statistics.median(ratios)
        every = "  ".join(f"{value:.3f}" for value in ratios)
        held = held and ratio >= 1 - MOST
        print(f"  ratio {ratio:.3f}  (each: {every})   required {1 - MOST:.2f}")
    return held


def report_kills(folder: Path, count: int) -> bool:
    """Kill a run again and again; whether never more than a second was lost."""
    from tests.engine.idx_files import write_dataset
    from tests.engine.killed import IMAGES, kill_again

    data = write_dataset(folder / "data", train=IMAGES)
    killed = kill_again(folder, data, count, seed=time.time_ns())
    lost = sorted(kill.lost for kill in killed)
    print(
        f"kill −9, {count} times: every file opened and went on; lost {lost[-1]:.2f} s at most, "
        f"{statistics.median(lost):.2f} s in the median   allowed {MOST_LOST} s"
    )
    return lost[-1] <= MOST_LOST


def main() -> int:
    """Measure both; 1 if a limit is not held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--threads", type=int, default=0, help="0: as many as torch takes")
    parser.add_argument("--kills", type=int, default=KILLS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        held = report_cost(folder, options.pairs, options.seconds, options.threads)
        if options.kills:
            held = report_kills(folder, options.kills) and held
    return 0 if held else 1


if __name__ == "__main__":
    raise SystemExit(main())
