"""Training without a window, by the same generator: ``python -m cnnviz.engine.headless --help``."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from cnnviz.core.events import EpochDone, Event, Notice
from cnnviz.core.experiment import Experiment
from cnnviz.core.network_file import read_network
from cnnviz.core.problem import Problem
from cnnviz.core.settings import TrainingSettings
from cnnviz.engine.allocator import keep_pages
from cnnviz.engine.session import Session, prepare
from cnnviz.engine.training import train
from cnnviz.resources import resource


def make_session(experiment: Experiment, run: int = 1) -> Session:
    """A run that is ready to train, in the calling thread; raises `Problem` as `prepare` does."""
    parts = prepare(experiment, run)
    while True:
        try:
            next(parts)
        except StopIteration as end:
            session: Session = end.value
            return session


def train_headless(experiment: Experiment, on_epoch: Callable[[EpochDone], None]) -> Session:
    """Train all epochs in the calling thread.

    Parameters
    ----------
    experiment
        What to train; its settings' thread count holds for this thread from now on.
    on_epoch
        Called after each epoch.

    Returns
    -------
    The session at its end, with the metrics of the whole run.

    Raises
    ------
    Problem
        If it cannot be trained, or training stops.
    """
    keep_pages()
    session = make_session(experiment)

    def emit(event: Event) -> None:
        if isinstance(event, EpochDone):
            on_epoch(event)
        elif isinstance(event, Notice):
            sys.stderr.write(f"{event.problem}\n")

    for _ in train(session, emit):
        pass
    return session


def main(arguments: Sequence[str] | None = None) -> int:
    """Train one of the bundled networks and print the cost and test accuracy of each epoch."""
    options = _parser().parse_args(arguments)
    start = time.perf_counter()

    def report(done: EpochDone) -> None:
        sys.stdout.write(
            f"epoch {done.epoch:>3}  cost {done.mean_loss:.9f}  test loss {done.test_loss:.5f}  "
            f"test accuracy {done.test_accuracy:.2%}  {time.perf_counter() - start:.1f} s\n"
        )
        sys.stdout.flush()

    defaults = TrainingSettings()
    try:
        network = read_network(resource("networks", f"{options.network}.toml"))
        settings = replace(
            defaults,
            epochs=options.epochs,
            threads=options.threads,
            seed=options.seed,
            device=options.device,
            evaluate_every=0,
        )
        train_headless(Experiment(network, settings, options.data), report)
    except Problem as problem:
        sys.stderr.write(f"{problem}\n")
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    defaults = TrainingSettings()
    parser = argparse.ArgumentParser(prog="python -m cnnviz.engine.headless", description=__doc__)
    parser.add_argument("network", help="two_layer_cnn, three_layer_cnn or lenet5")
    parser.add_argument("--epochs", type=int, default=defaults.epochs)
    parser.add_argument("--threads", type=int, default=defaults.threads)
    parser.add_argument("--seed", type=int, default=defaults.seed)
    parser.add_argument("--device", default=defaults.device)
    parser.add_argument("--data", type=Path, default=resource("data", "mnist"))
    return parser


if __name__ == "__main__":
    sys.exit(main())
