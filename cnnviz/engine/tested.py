"""A test set that is gone through, of a run or of a data set alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.dataset import Dataset
from cnnviz.core.events import Device
from cnnviz.core.network import Network
from cnnviz.engine.devices import choose_device, find_devices
from cnnviz.engine.evaluate import chunk_on
from cnnviz.engine.session import Images, images_of


@dataclass(frozen=True, eq=False)
class Tested:
    """Test images on a device.

    Attributes
    ----------
    pictures
        (count, height, width) uint8, or with a last axis of red, green, blue: as they were read.
    chunk
        Images that go through a network at once.
    """

    test: Images
    pictures: NDArray[np.uint8]
    device: Device
    chunk: int


def tested_on_cpu(dataset: Dataset, network: Network) -> Tested:
    """A data set's test images on the processor, for whoever has no run."""
    device, _ = choose_device("cpu", find_devices())
    test = images_of(dataset, "test", device)
    return Tested(test, dataset.pictures[1], device, chunk_on(device, network))
