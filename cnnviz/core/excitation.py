"""Which test images excite each channel most, and where: of every layer at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.cursor import Cursor
from cnnviz.core.network import Layer
from cnnviz.core.operations import Element
from cnnviz.core.snapshot import Snapshot

MOST = 12
"""Images that are kept for each channel."""


@dataclass(frozen=True, eq=False)
class Peaks:
    """The images in which each channel of a layer has its largest values, the largest first.

    A vector's features are channels of one value each.  There are ``most`` images of each channel:
    `MOST`, or all there are.

    Attributes
    ----------
    values
        (channels, most) float32, the channel's largest value in each of these images.
    images
        (channels, most) int64 indices of test images; of equal values the lower index first.
    places
        (channels, most) int64, where in the map that value is: row · columns + column, the first
        place of equal ones.
    """

    values: NDArray[np.float32]
    images: NDArray[np.int64]
    places: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Excitations:
    """What excites a snapshot's channels most, of the whole test set; nothing in it ever changes.

    Attributes
    ----------
    snapshot
        Whose weights.
    layers
        The `Peaks` of every layer, the closing softmax's too.
    labels
        (count,) int64, the right class of each test image.
    images
        (count, height, width) uint8, or with a last axis of red, green, blue: the test set as it
        was read, not copied.
    seconds
        How long the training thread was busy with it.
    """

    snapshot: Snapshot
    layers: tuple[Peaks, ...]
    labels: NDArray[np.int64]
    images: NDArray[np.uint8]
    seconds: float


def channel_of(layer: Layer, cursor: Cursor) -> int:
    """The cursor's channel; of a vector its feature."""
    return cursor.channel if len(layer.output_shape) == 3 else cursor.column


def element_at(layer: Layer, channel: int, place: int) -> Element:
    """The element of a layer's output that a channel and a place in `Peaks` mean."""
    if len(layer.output_shape) == 3:
        return (channel, *divmod(place, layer.output_shape[2]))
    return (channel,)
