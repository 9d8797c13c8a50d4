"""Small sets of images in MNIST's form, and networks that learn them quickly."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.experiment import Experiment
from cnnviz.core.network import Network, build_network
from cnnviz.core.network_file import read_network
from cnnviz.core.operations import Conv2d, Dropout, Flatten, Linear, MaxPool2d, ReLU, Softmax
from cnnviz.core.operations.add import Add
from cnnviz.core.operations.batch_norm import BatchNorm2d
from cnnviz.core.settings import TrainingSettings
from cnnviz.core.wires import Wire
from cnnviz.resources import resource

TINY = build_network(
    "tiny",
    "Tiny",
    (1, 28, 28),
    (
        Conv2d(1, 2, (3, 3), padding=(1, 1)),
        ReLU(),
        MaxPool2d((4, 4)),
        Flatten(),
        Dropout(0.25),
        Linear(98, 10),
        Softmax(),
    ),
)
"""A network of every kind of layer, of which a batch takes about a millisecond."""

SKIPPING = build_network(
    "skipping",
    "Skipping",
    (1, 28, 28),
    (
        Conv2d(1, 2, (3, 3), (2, 2), padding=(1, 1)),
        BatchNorm2d(2),
        ReLU(),
        Conv2d(2, 2, (3, 3), padding=(1, 1)),
        Conv2d(2, 2, (1, 1)),
        Add(),
        MaxPool2d((2, 2)),
        Flatten(),
        Linear(98, 10),
        Softmax(),
    ),
    wires=tuple({4: Wire(source=2), 5: Wire(skip=3)}.get(layer, Wire()) for layer in range(10)),
)
"""One with a block around which a convolution of 1×1 goes."""


def idx_bytes(array: NDArray[np.uint8]) -> bytes:
    """An array as an idx file."""
    sizes = np.array(array.shape, dtype=">u4").tobytes()
    return bytes([0, 0, 8, array.ndim]) + sizes + array.tobytes()


def write_idx(path: Path, array: NDArray[np.uint8]) -> None:
    """Write an idx file, gzipped if the name says so."""
    content = idx_bytes(array)
    path.write_bytes(gzip.compress(content, 1) if path.suffix == ".gz" else content)


def write_dataset(folder: Path, train: int = 60, test: int = 40, side: int = 28) -> Path:
    """Four files of images whose class is the row in which a bar lies; the folder comes back."""
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(0)
    for part, count in (("train", train), ("t10k", test)):
        labels = random.integers(0, 10, count).astype(np.uint8)
        images = random.integers(0, 60, (count, side, side)).astype(np.uint8)
        for image, label in zip(images, labels, strict=True):
            image[2 * int(label) : 2 * int(label) + 3] = 255
        write_idx(folder / f"{part}-images-idx3-ubyte.gz", images)
        write_idx(folder / f"{part}-labels-idx1-ubyte.gz", labels)
    return folder


def settings(**changes: object) -> TrainingSettings:
    """Settings for a small set on the CPU."""
    values: dict[str, object] = {
        "batch_size": 10,
        "epochs": 2,
        "threads": 2,
        "device": "cpu",
        "evaluate_every": 0,
    }
    values.update(changes)
    return TrainingSettings(**values)  # type: ignore[arg-type]


def experiment(data: Path, network: Network = TINY, **changes: object) -> Experiment:
    """A run of a small network on such a set."""
    return Experiment(network, settings(**changes), data)


def bundled(key: str) -> Network:
    """One of the networks that come with the program."""
    return read_network(resource("networks", f"{key}.toml"))
