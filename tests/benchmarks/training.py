"""Training headless against the lecture's own loop: ``python -m tests.benchmarks.training``.

Each measurement is a process of its own, and the two kinds alternate, so that neither inherits the
other's allocator and both meet the same weather on the machine.  Printed is the median of the
ratios of neighbours.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REQUIRED = 1.9
WARM_UP = 20
"""Batches that are not timed: the first ones allocate, and choose oneDNN's kernels."""

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Measured:
    """One process: images a second, accuracy on the whole test set, and memory in bytes.

    ``early`` and ``late`` are the resident memory after a tenth of the batches and after all.
    """

    speed: float
    accuracy: float
    early: int
    late: int


@dataclass(frozen=True)
class Report:
    """The medians of several pairs; ``ratio`` is that of the ratios, not of the speeds."""

    ratio: float
    ratios: tuple[float, ...]
    lecture: Measured
    ours: Measured


def compare(batches: int = 600, pairs: int = 5, threads: int = 0) -> Report:
    """Train both ways for ``batches`` batches, alternately; ``threads`` 0 is all cores."""
    lecture: list[Measured] = []
    ours: list[Measured] = []
    for _ in range(pairs):
        lecture.append(_child("lecture", batches, threads))
        ours.append(_child("ours", batches, threads))
    ratios = tuple(b.speed / a.speed for a, b in zip(lecture, ours, strict=True))
    return Report(statistics.median(ratios), ratios, _median(lecture), _median(ours))


def rss_after(batches: int, threads: int = 0) -> tuple[int, int]:
    """Resident bytes of headless training after a tenth of the batches, and after all of them."""
    measured = _child("ours", batches, threads)
    return measured.early, measured.late


def _median(runs: list[Measured]) -> Measured:
    return sorted(runs, key=lambda run: run.speed)[len(runs) // 2]


def _child(kind: str, batches: int, threads: int) -> Measured:
    command = [sys.executable, "-m", "tests.benchmarks.training", "--child", kind]
    command += ["--batches", str(batches), "--threads", str(threads)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return Measured(**json.loads(done.stdout.splitlines()[-1]))


def measure_lecture(batches: int, threads: int) -> Measured:
    """The lecture's script (seed document 003): DataLoader, an image at a time, standard layout."""
    import torch
    from PIL import Image
    from torch import Tensor, nn
    from torch.utils.data import DataLoader, Dataset
    from torchvision import transforms

    from cnnviz.core.dataset import to_input
    from cnnviz.engine.datasets import read_dataset
    from cnnviz.resources import resource
    from tests.engine.test_build import LectureTwoLayer

    files = read_dataset(resource("data", "mnist"))

    class Mnist(Dataset[tuple[Tensor, int]]):
        """The ``__getitem__`` of torchvision.datasets.MNIST, which itself wants to download."""

        data = torch.from_numpy(files.train_images[:, 0].copy())
        targets = torch.from_numpy(files.train_labels.astype("int64"))
        transform = transforms.ToTensor()

        def __len__(self) -> int:
            return len(self.data)

        def __getitem__(self, index: int) -> tuple[Tensor, int]:
            img, target = self.data[index], int(self.targets[index])
            image: Tensor = self.transform(Image.fromarray(img.numpy()))
            return image, target

    if threads:
        torch.set_num_threads(threads)
    torch.manual_seed(777)
    loader = DataLoader(dataset=Mnist(), batch_size=100, shuffle=True, drop_last=True)
    model = LectureTwoLayer()
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    clock = _Clock(batches)
    avg_cost: Any = 0
    while not clock.done:
        for X, Y in loader:
            optimizer.zero_grad()
            cost = criterion(model(X), Y)
            cost.backward()
            optimizer.step()
            avg_cost += cost / len(loader)  # as in the lecture, with its graph
            clock.tick()
            if clock.done:
                break
    images = torch.from_numpy(to_input(files.test_images)).reshape(20, 500, 1, 28, 28)
    with torch.no_grad():
        guesses = [model(part).argmax(1) for part in images]
    right = torch.cat(guesses).numpy() == files.test_labels
    return clock.measured(float(right.mean()))


def measure_ours(batches: int, threads: int) -> Measured:
    """The same number of batches by the generator that the window drives."""
    from cnnviz.engine.allocator import keep_pages

    keep_pages()  # before torch is there, as the runner does
    import torch

    from cnnviz.core.experiment import Experiment
    from cnnviz.core.network_file import read_network
    from cnnviz.core.settings import TrainingSettings
    from cnnviz.engine.evaluate import judge
    from cnnviz.engine.headless import make_session
    from cnnviz.engine.training import train
    from cnnviz.resources import resource

    network = read_network(resource("networks", "two_layer_cnn.toml"))
    epochs = -(-batches // 600)
    threads = threads or torch.get_num_threads()  # what the lecture's script gets
    settings = TrainingSettings(device="cpu", evaluate_every=0, epochs=epochs, threads=threads)
    session = make_session(Experiment(network, settings, resource("data", "mnist")))
    clock = _Clock(batches)
    step = 0
    for _ in train(session, lambda event: None):
        if session.step > step:  # and not a chunk of the evaluation after an epoch
            step = session.step
            clock.tick()
        if clock.done:
            break
    chunks = judge(session, len(session.test.y))
    while True:
        try:
            next(chunks)
        except StopIteration as end:
            return clock.measured(float(end.value[1].mean()))


class _Clock:
    """Times all batches but the first few, and looks at the memory on the way."""

    def __init__(self, batches: int) -> None:
        self._batches = batches
        self._count = 0
        self._start = self._end = 0.0
        self._early = self._late = 0

    @property
    def done(self) -> bool:
        return self._count >= self._batches

    def tick(self) -> None:
        self._count += 1
        if self._count == WARM_UP:
            self._start = time.perf_counter()
        if self._count == max(WARM_UP, self._batches // 10):
            self._early = _resident()
        if self._count == self._batches:
            self._end = time.perf_counter()
            self._late = _resident()

    def measured(self, accuracy: float) -> Measured:
        images = 100 * (self._batches - WARM_UP)
        return Measured(images / (self._end - self._start), accuracy, self._early, self._late)


def _resident() -> int:
    import psutil

    return int(psutil.Process().memory_info().rss)


def report(batches: int, pairs: int, threads: int) -> bool:
    """Measure and print; whether the required ratio was reached."""
    found = compare(batches, pairs, threads)
    print(f"two-layer CNN, {batches} batches of 100, {pairs} pairs, float32")
    for name, run in (("lecture's loop", found.lecture), ("cnnviz headless", found.ours)):
        print(f"  {name:<16} {run.speed:>7,.0f} images/s   test accuracy {run.accuracy:.2%}")
    every = "  ".join(f"{ratio:.2f}" for ratio in found.ratios)
    reached = found.ratio >= REQUIRED
    verdict = "reached" if reached else "NOT reached"
    print(f"  ratio {found.ratio:.2f}  (each: {every})   required {REQUIRED}: {verdict}")
    return reached


def main() -> int:
    """Measure, or be one of the processes that are measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batches", type=int, default=600)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=0, help="0: as many as torch takes")
    parser.add_argument("--child", choices=["lecture", "ours"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child is None:
        return 0 if report(options.batches, options.pairs, options.threads) else 1
    measure = measure_lecture if options.child == "lecture" else measure_ours
    print(json.dumps(measure(options.batches, options.threads).__dict__))
    return 0


if __name__ == "__main__":
    sys.exit(main())
