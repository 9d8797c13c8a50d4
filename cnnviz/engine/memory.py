"""Whether a run fits into the memory that is free, and how much goes through it at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch

from cnnviz.core.events import Device
from cnnviz.core.memory import COPIES, image_bytes, image_products, training_bytes, weight_bytes
from cnnviz.core.network import Network
from cnnviz.core.operations.batch_norm import BatchNorm2d
from cnnviz.core.problem import Problem, mark

SHARE = 0.9
"""Of the free memory, so much is counted on: shapes do not tell everything."""

WORTH_SAYING = 1_000_000_000
"""Bytes from which a person is told how much a run takes."""

HEAVY = 100_000_000
"""Products an image from which a processor needs seconds for a batch (AlexNet: 710 million)."""

AT_ONCE = 20_000_000_000
"""Products that a processor is given at once in such a network: about a second on 2 cores.  Between
two parts the window is answered, and training can be paused."""


@dataclass(frozen=True)
class Room:
    """What a run takes, and how it fits.

    Attributes
    ----------
    part
        Images that go through the network at once.
    notices
        What a person should know of it.
    """

    part: int
    notices: tuple[Problem, ...] = ()


APART = mark(
    "the memory of {device} is too small for {batch} images at once: each batch is now computed in "
    "parts of {part}, with the same result"
)
ACROSS = mark(
    "the memory of {device} is too small for {batch} images at once: each batch is now computed in "
    "parts of {part}, and BatchNorm takes mean and variance of each part: what is learned differs"
)


def find_room(network: Network, batch: int, data: int, device: Device, free: int | None) -> Room:
    """How much of a batch goes through a network at once.

    Parameters
    ----------
    batch
        Images of a step.
    data
        Bytes of the data set on the device.
    free
        Bytes that are free on it, or None where nobody knows: then everything fits.

    Raises
    ------
    Problem
        If not even one image at a time fits.
    """
    on_cpu = device.key == "cpu"
    fixed = data + training_bytes(network) + (COPIES * weight_bytes(network) if on_cpu else 0)
    usual = most_at_once(network, device)
    part = batch
    while usual is not None and part > usual and part > 1:
        part = max(1, part // 2)
    wanted = part
    while free is not None and part > 1 and _taken(network, fixed, part) > SHARE * free:
        part = max(1, part // 2)
    taken = _taken(network, fixed, part)
    if free is not None and taken > SHARE * free:
        raise Problem(
            "Training this network takes {need} of memory, {free} of {device} are free: close "
            "other programs, or choose a smaller network",
            need=_written(taken),
            free=_written(free),
            device=device.title,
        )
    notices: list[Problem] = []
    if taken >= WORTH_SAYING:
        notices.append(
            Problem(
                "Training this network takes about {need} of memory, {weights} of it for its "
                "weights, their gradients and Adam's means; {images} images go through it at once",
                need=_written(taken),
                weights=_written(training_bytes(network)),
                images=part,
            )
        )
    if part < wanted:
        sentence = ACROSS if reads_across_images(network) else APART
        notices.append(Problem(sentence, device=device.title, batch=batch, part=part))
    return Room(part, tuple(notices))


def most_at_once(network: Network, device: Device) -> int | None:
    """Images that a processor is given at once, so that it can be asked between; None: any number.

    What is learned must not depend on it: a batch norm's batch is never divided.
    """
    products = image_products(network)
    if device.key != "cpu" or products < HEAVY or reads_across_images(network):
        return None
    return max(1, AT_ONCE // products)


def reads_across_images(network: Network) -> bool:
    """Whether what is made of an image depends on those that are computed with it."""
    return any(isinstance(layer.operation, BatchNorm2d) for layer in network.layers)


def free_memory(device: Device) -> int | None:
    """Bytes that are free on a device; None where nobody can be asked (Windows, macOS)."""
    if device.key.startswith("cuda"):
        free: int = torch.cuda.mem_get_info(device.key)[0]
        return free
    try:
        # What the system would give: free pages, and those it only keeps files in.
        for line in Path("/proc/meminfo").read_text("ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError):
        pass
    return None


def _taken(network: Network, fixed: int, part: int) -> int:
    return fixed + part * image_bytes(network)


def _written(count: int) -> str:
    return f"{count / 1e9:.1f} GB"
