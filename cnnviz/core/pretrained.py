"""Published weights of bundled networks: where they come from, and what they take and tell apart."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cnnviz.core.known_data import RemoteFile
from cnnviz.core.network import Network
from cnnviz.core.network_file import read_network
from cnnviz.core.operations import Parameters
from cnnviz.resources import resource

MEAN = (0.485, 0.456, 0.406)
"""Of ImageNet's red, green and blue, 0 … 1, as torchvision takes it off every image."""

DEVIATION = (0.229, 0.224, 0.225)
"""What torchvision divides them by."""


@dataclass(frozen=True)
class Pretrained:
    """Weights that can be had for a network.

    Attributes
    ----------
    title
        English name, with the one who published them.
    key
        Of the bundled network that takes them, whose first layer normalises its input.
    plain
        Of the bundled network without that layer.
    file
        Where they are downloaded from.
    """

    title: str
    key: str
    plain: str
    file: RemoteFile

    @property
    def files(self) -> tuple[RemoteFile, ...]:
        """The one file, for the download."""
        return (self.file,)

    @property
    def size(self) -> int:
        """Bytes to download."""
        return self.file.size


_PYTORCH = "https://download.pytorch.org/models"

PRETRAINED = (
    # The names carry the first digits of the SHA-256 sum; torchvision checks them too.
    Pretrained(
        "AlexNet (torchvision, ImageNet-1K V1)",
        "alexnet_imagenet",
        "alexnet",
        RemoteFile(f"{_PYTORCH}/alexnet-owt-7be5be79.pth", 244_408_911, sha256="7be5be79"),
    ),
    Pretrained(
        "VGG-16 (torchvision, ImageNet-1K V1)",
        "vgg16_imagenet",
        "vgg16",
        RemoteFile(f"{_PYTORCH}/vgg16-397923af.pth", 553_433_881, sha256="397923af"),
    ),
)


def pretrained_for(key: str) -> Pretrained | None:
    """The weights that can be had for a network with or without its normalising layer."""
    return next((each for each in PRETRAINED if key in (each.key, each.plain)), None)


def network_of(weights: Pretrained) -> Network:
    """The bundled network that takes them."""
    return read_network(resource("networks", f"{weights.key}.toml"))


def plain_network(weights: Pretrained) -> Network:
    """The bundled network whose weights are in the file, without the normalising layer."""
    return read_network(resource("networks", f"{weights.plain}.toml"))


def normalising() -> Parameters:
    """The statistics of the first layer: a BatchNorm with them is torchvision's Normalize."""
    deviation = np.array(DEVIATION, dtype=np.float64)
    return {
        "running_mean": np.array(MEAN, dtype=np.float32),
        "running_var": (deviation**2).astype(np.float32),
    }


def imagenet_classes() -> tuple[str, ...]:
    """The 1,000 English names of ImageNet's classes, in the order of the logits."""
    path: Path = resource("imagenet_classes.txt")
    return tuple(path.read_text("utf-8").splitlines())
