"""A run that is killed again and again, by kill −9, and goes on each time from what it left."""

from __future__ import annotations

import multiprocessing
import os
import struct
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cnnviz.core.network import build_network
from cnnviz.core.operations import Conv2d, Dropout, Flatten, Linear, MaxPool2d, ReLU, Softmax
from cnnviz.core.operations.batch_norm import BatchNorm2d
from cnnviz.engine.headless import make_session
from cnnviz.engine.recording import Recorder
from cnnviz.engine.run_file import RunFile
from tests.engine.idx_files import experiment

NETWORK = build_network(
    "killed",
    "Killed",
    (1, 28, 28),
    (
        Conv2d(1, 4, (3, 3), padding=(1, 1)),
        BatchNorm2d(4),
        ReLU(),
        MaxPool2d((4, 4)),
        Flatten(),
        Dropout(0.5),
        Linear(196, 10),
        Softmax(),
    ),
)

IMAGES = 5000
"""In batches of 10, an epoch takes longer than a second: its end, which is always kept, is rare."""

_ENTRY = struct.Struct("<qd")


@dataclass(frozen=True)
class Killed:
    """What one kill has left.

    Attributes
    ----------
    trained, kept
        The last batch that was trained, and the newest one whose weights are in the file.
    lost
        Seconds before the kill since which everything is lost; 0 if nothing is.
    """

    trained: int
    kept: int
    lost: float


def wanted(data: Path):
    """The experiment of such a run; it never ends by itself."""
    return experiment(data, NETWORK, epochs=100_000, threads=1, evaluate_every=4)


def train(data: Path, path: Path, log: Path) -> None:
    """Train until killed, from where the file ends, telling the log of each batch as it ends."""
    resume = None
    if path.exists():
        with RunFile.open(path) as file:
            steps = file.steps()
            resume = (path, int(steps[-1])) if len(steps) else None
        if resume is None:
            path.unlink()
    session = make_session(wanted(data), resume=resume)
    recorder = Recorder(session, path, lambda event: None, resume=resume)
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    told = session.step
    for _ in recorder.steps():
        if session.step > told:
            told = session.step
            os.write(handle, _ENTRY.pack(told, time.monotonic()))
            time.sleep(0.002)  # as long as a batch of a larger network takes


def kill_again(folder: Path, data: Path, count: int, seed: int = 0) -> list[Killed]:
    """Start and kill such a run ``count`` times, at random instants."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])  # torch is loaded once, and not for each of them
    random = np.random.default_rng(seed)
    path, log = folder / "killed.cnnviz", folder / "log"
    found = []
    for _ in range(count):
        log.unlink(missing_ok=True)
        process = context.Process(target=train, args=(data, path, log))
        process.start()
        while not (log.exists() and log.stat().st_size):
            assert process.is_alive()
            time.sleep(0.005)
        time.sleep(float(random.exponential(0.4)))
        at = time.monotonic()
        process.kill()
        process.join()
        found.append(_left(path, log, at))
    return found


def _left(path: Path, log: Path, at: float) -> Killed:
    content = log.read_bytes()
    entries = list(_ENTRY.iter_unpack(content[: len(content) // _ENTRY.size * _ENTRY.size]))
    kept = 0
    if path.exists():  # killed before it was there, nothing is left, and nothing broken
        with RunFile.open(path) as file:
            steps = file.steps()
            kept = int(steps[-1]) if len(steps) else 0
            file.parameters_at(kept)
            assert len(file.metrics().losses) >= kept
    lost = [at - when for step, when in entries if step > kept]
    return Killed(entries[-1][0], kept, max(lost, default=0.0))
