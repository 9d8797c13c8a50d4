"""Everything that one run is and changes while it trains: model, optimiser, data, place."""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from torch import Tensor, nn

from cnnviz.core.dataset import Dataset, to_input
from cnnviz.core.events import Device, Starting
from cnnviz.core.experiment import Experiment
from cnnviz.core.metrics import MetricLog
from cnnviz.core.network import Network
from cnnviz.core.operations import Parameters
from cnnviz.core.operations.batch_norm import BatchNorm2d
from cnnviz.core.problem import Problem, mark
from cnnviz.core.settings import TrainingSettings
from cnnviz.core.taken import taken
from cnnviz.engine.build import building, quick_order
from cnnviz.engine.datasets import check_fits, reading
from cnnviz.engine.devices import choose_device, find_devices
from cnnviz.engine.memory import find_room, free_memory
from cnnviz.engine.parallel import Ranks

MOST_THREADS = 256
ROOM = 1_000_000
"""Losses that memory is set aside for at the start (4 MB); the log grows past it if it must."""


@dataclass(frozen=True, eq=False)
class Images:
    """A set on the device: ``x`` (count, channels, height, width) float32, ``y`` (count,) int64."""

    x: Tensor
    y: Tensor


@dataclass(eq=False)
class Session:
    """One run, owned by the thread that trains it.

    Attributes
    ----------
    module
        The network's layers in their order, as they are looked at.
    model
        The same layers as they are computed by the thousand (see `quick_order`).
    part
        Images that go through the network at once: the batch, or less where memory is small or an
        image takes long.
    notices
        What a person should know before it trains.
    step, epochs_done
        Batches trained; epochs trained *and* evaluated.
    order, order_epoch
        The permutation of the training images, and the epoch it was drawn for.
    order_state
        Of ``shuffle``, before it was drawn.
    waiting
        Losses that are still on the device.
    changes
        The number of the last change of weights by hand or from a file.
    classes
        What the network tells apart where that is not the data's classes; see `Snapshot`.
    spoiled
        Why this run cannot train on, if it cannot.
    ranks
        The processes that train it together; one alone, as a rule.
    colour_axes
        The principal components of the training images' colours; None until they are asked for.
    copies
        What the newest look has copied of each layer, and of which state.
    masks
        What its dropout draws from; None: torch's own generator.
    """

    experiment: Experiment
    run: int
    devices: tuple[Device, ...]
    device: Device
    fallback: Problem | None
    dataset: Dataset
    train: Images
    test: Images
    module: nn.Sequential
    model: nn.Sequential
    optimizer: torch.optim.Optimizer
    shuffle: torch.Generator
    metrics: MetricLog
    part: int
    notices: tuple[Problem, ...] = ()
    step: int = 0
    epochs_done: int = 0
    order: Tensor | None = None
    order_epoch: int = -1
    order_state: Tensor | None = None
    waiting: list[Tensor] = field(default_factory=list)
    changes: int = 0
    classes: tuple[str, ...] = ()
    spoiled: Problem | None = None
    ranks: Ranks = field(default_factory=Ranks)
    colour_axes: Tensor | None = None
    copies: dict[int, tuple[tuple[int, ...], Parameters]] = field(default_factory=dict)
    masks: torch.Generator | None = None

    @property
    def settings(self) -> TrainingSettings:
        return self.experiment.settings

    @property
    def batches(self) -> int:
        """Steps in one epoch; images that do not fill a batch are left out (drop_last)."""
        return len(self.train.y) // self.settings.batch_size

    @property
    def finished(self) -> bool:
        return self.epochs_done >= self.settings.epochs

    def lengthen(self, epochs: int) -> None:
        """Train for so many epochs in all; nothing that is computed hangs on their number."""
        settings = replace(self.settings, epochs=epochs)
        self.experiment = replace(self.experiment, settings=settings)

    def draw_order(self, epoch: int) -> None:
        """Draw the order in which an epoch takes the images."""
        self.order_state = self.shuffle.get_state()
        order = torch.randperm(len(self.train.y), generator=self.shuffle)
        self.order, self.order_epoch = order.to(self.device.key), epoch


def prepare(
    experiment: Experiment,
    run: int,
    weights: Sequence[Parameters] = (),
    before: Session | None = None,
) -> Generator[Starting, None, Session]:
    """Make a run ready, saying before each part what it is.

    The global random state and thread count are as before if this raises or is abandoned, so that
    a run which was going on can go on unchanged.

    Parameters
    ----------
    weights
        One mapping a layer with what it begins with.  All weights are drawn all the same, so that
        every layer whose mapping is empty begins with the seed's.
    before
        The run that was before it: images that lie on the device already are taken over.

    Raises
    ------
    Problem
        If settings, data and network do not go together.
    """
    settings = experiment.settings
    dataset = yield from reading(experiment.data, experiment.network.input_shape)
    check_fits(dataset, experiment.network)
    _check_settings(settings, len(dataset.train_labels))
    dataset = taken(dataset, settings)
    _check_batch_norm(settings, experiment.network)
    yield Starting(mark("Looking for devices"))
    devices = find_devices()
    device, fallback = choose_device(settings.device, devices)
    yield Starting(mark("Preparing the model"))
    network, size = experiment.network, settings.batch_size
    room = find_room(network, size, _bytes_of(dataset), device, free_memory(device))
    with undone_if_it_fails():
        torch.set_num_threads(settings.threads)
        if device.key.startswith("cuda"):
            torch.backends.cudnn.deterministic = True
            torch.backends.cudnn.benchmark = False
        # Seeds every device; the lecture's own order: seed, then weights.
        torch.manual_seed(settings.seed)
        module = yield from _drawn(network)
        put_in(module, weights)
        module = module.to(memory_format=torch.channels_last)
        module = module.to(device.key)
        if before is not None and (before.dataset, before.device) == (dataset, device):
            train, test = before.train, before.test
        else:
            train, test = images_of(dataset, "train", device), images_of(dataset, "test", device)
        # The first takes 0.8 s: it imports much of torch.
        yield Starting(mark("Preparing the optimiser"))
        return Session(
            experiment=experiment,
            run=run,
            devices=devices,
            device=device,
            fallback=fallback,
            dataset=dataset,
            train=train,
            test=test,
            module=module,
            model=quick_order(module),
            optimizer=adam(module, settings, device),
            # Its own generator: what dropout draws must not change the order of the images.
            shuffle=torch.Generator().manual_seed(settings.seed),
            metrics=MetricLog(min(ROOM, settings.epochs * (len(train.y) // settings.batch_size))),
            part=room.part,
            notices=room.notices,
        )


def put_in(module: nn.Sequential, weights: Sequence[Parameters]) -> None:
    with torch.no_grad():
        for part, arrays in zip(module, weights, strict=False):  # the Softmax is no module
            for name, values in arrays.items():
                getattr(part, name).copy_(torch.from_numpy(np.array(values)))


def _drawn(network: Network) -> Generator[Starting, None, nn.Sequential]:
    """The network's modules, saying after each large layer how many weights are drawn."""
    parts = building(network)
    while True:
        try:
            drawn = next(parts)
        except StopIteration as end:
            module: nn.Sequential = end.value
            return module
        yield Starting(mark("Drawing the weights"), drawn, network.parameter_count)


def _bytes_of(dataset: Dataset) -> int:
    """Bytes of all images as float32."""
    return 4 * (dataset.train_images.size + dataset.test_images.size)


def adam(module: nn.Module, settings: TrainingSettings, device: Device) -> torch.optim.Adam:
    # Fused: one pass over each parameter instead of ten small operations.  Per step (2 threads)
    # 0.08 instead of 0.22 ms for the two-layer network, 0.5 instead of 3.1 ms for the three-layer
    # one; the same formula in float32, rounded in another order.  MPS has had it only of late.
    fused = device.key != "mps"
    return torch.optim.Adam(module.parameters(), lr=settings.learning_rate, fused=fused)


def images_of(dataset: Dataset, part: str, device: Device) -> Images:
    train = part == "train"
    images, labels = dataset.part(test=not train)
    # Converted once: float32 in memory costs 188 MB for MNIST and nothing per batch.
    x = torch.from_numpy(to_input(images)).contiguous(memory_format=torch.channels_last)
    return Images(x.to(device.key), torch.from_numpy(labels.astype("int64")).to(device.key))


@contextmanager
def undone_if_it_fails() -> Iterator[None]:
    """Put the random state and the thread count back if an exception leaves the block."""
    state, threads = torch.get_rng_state(), torch.get_num_threads()
    cuda = torch.cuda.get_rng_state_all() if torch.cuda.is_available() else []
    try:
        yield
    except BaseException:
        torch.set_rng_state(state)
        torch.set_num_threads(threads)
        if cuda:
            torch.cuda.set_rng_state_all(cuda)
        raise


def _check_batch_norm(settings: TrainingSettings, network: Network) -> None:
    """torch refuses to train it on a single value a channel, in the middle of the first batch."""
    for number, layer in enumerate(network.layers, start=1):
        alone = isinstance(layer.operation, BatchNorm2d) and layer.input_shape[1:] == (1, 1)
        if alone and settings.batch_size == 1:
            raise Problem(
                "batch_size: 1 was given, but layer {number} (BatchNorm2d) takes the variance of "
                "maps of 1×1 over a batch: at least 2 is needed",
                number=number,
            )


def _check_settings(settings: TrainingSettings, count: int) -> None:
    if not (math.isfinite(settings.learning_rate) and settings.learning_rate > 0):
        raise Problem(
            "learning_rate: {value} was given, expected is a number above 0",
            value=settings.learning_rate,
        )
    for name, low, high in (
        ("train_images", 0, count),
        ("pixel_seed", 0, 2**31 - 1),
        ("batch_size", 1, settings.train_images or count),
        ("epochs", 1, 1_000_000),
        ("seed", 0, 2**63 - 1),
        ("threads", 1, MOST_THREADS),
        ("evaluate_every", 0, 2**31 - 1),
    ):
        value = getattr(settings, name)
        if not low <= value <= high:
            raise Problem(
                "{field}: {value} was given, expected is a whole number from {low} to {high}",
                field=name,
                value=value,
                low=low,
                high=f"{high:,}",
            )
