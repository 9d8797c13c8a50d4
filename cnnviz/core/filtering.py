"""A filter laid over a picture: the one convolution that it is, in the words of a network."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.filters import Kernel
from cnnviz.core.network import Network, build_chain
from cnnviz.core.operations import Conv2d, Shape
from cnnviz.core.picture import Picture
from cnnviz.core.problem import mark
from cnnviz.core.snapshot import Sample, Snapshot

EDGES = ("replicate", "zeros")
"""What stands around a picture: its own outermost pixels again, or black."""


class Channels(Enum):
    """What becomes of red, green and blue."""

    GREY = mark("Grey")
    """They are mixed to one grey value a pixel first."""
    APART = mark("Each channel apart")
    """Each is filtered by itself, with the same kernel: three maps."""
    SUMMED = mark("All three summed")
    """As in a network: each with its slice of the kernel, and the three are added to one map."""


@dataclass(frozen=True, eq=False)
class Filtering:
    """One convolution that is asked for.

    Attributes
    ----------
    number
        Counts the requests, so that an answer says which one it belongs to.
    network
        A chain of the one convolution.
    image
        (channels, height, width) float32: what is read.
    weight
        The convolution's weight in PyTorch's shape, float32; it has no bias.
    """

    number: int
    network: Network
    image: NDArray[np.float32]
    weight: NDArray[np.float32]

    def answered(self, output: NDArray[np.floating[Any]]) -> Snapshot:
        """The request with its answer, as the stage steps through it."""
        return Snapshot(
            run=self.number,
            step=0,
            network=self.network,
            sample=Sample(0, self.image, 0),
            parameters=({"weight": self.weight},),
            activations=(self.image, output),
        )


def possible_channels(picture: Picture) -> tuple[Channels, ...]:
    """A grey picture has one channel, and there is nothing to choose."""
    return tuple(Channels) if picture.coloured else (Channels.GREY,)


def filtering(
    number: int, picture: Picture, kernel: Kernel, channels: Channels, padding_mode: str
) -> Filtering:
    """The convolution that a filter is.

    Parameters
    ----------
    channels
        What becomes of the colours; of a grey picture there is only `Channels.GREY`.
    padding_mode
        One of `EDGES`; the result is as large as the picture.
    """
    if channels not in possible_channels(picture):
        channels = Channels.GREY
    image = picture.grey if channels is Channels.GREY else picture.image
    count = image.shape[0]
    weight = kernel.weights
    if channels is Channels.GREY:
        # Grey is the same in all three: their slices act as one, which is their sum.
        weight = weight.sum(axis=0, keepdims=True)[None]
    elif channels is Channels.APART:
        weight = np.broadcast_to(weight, (count, *kernel.size))[:, None]
    else:
        weight = np.broadcast_to(weight, (count, *kernel.size))[None]
    groups = count if channels is Channels.APART else 1
    operation = Conv2d(
        in_channels=count,
        out_channels=len(weight),
        kernel_size=kernel.size,
        padding="same",
        groups=groups,
        bias=False,
        padding_mode=padding_mode,
    )
    network = _chain(image.shape, operation)
    # A copy: what was broadcast cannot be written to, and torch takes no such array.
    return Filtering(number, network, image, np.array(weight, dtype=np.float32, order="C"))


@lru_cache(maxsize=8)
def _chain(shape: Shape, operation: Conv2d) -> Network:
    """The same network for the same shapes: who shows it need not begin anew."""
    return build_chain("photograph", mark("Photographs"), shape, (operation,))
