"""Published weights of bundled networks: where they come from, and what they tell apart."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from cnnviz.core.known_data import RemoteFile
from cnnviz.core.problem import mark
from cnnviz.resources import resource


@dataclass(frozen=True)
class Pretrained:
    """Weights that can be had for a network.

    Attributes
    ----------
    title
        English name, with the one who published them.
    network
        English title of the bundled network that takes them.
    key
        Its key; its first layer normalises the input, and learns nothing.
    file
        Where they are downloaded from.
    """

    title: str
    network: str
    key: str
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
        mark("AlexNet, pretrained (torchvision)"),
        "AlexNet · ImageNet",
        "alexnet_imagenet",
        RemoteFile(f"{_PYTORCH}/alexnet-owt-7be5be79.pth", 244_408_911, sha256="7be5be79"),
    ),
    Pretrained(
        mark("VGG-16, pretrained (torchvision)"),
        "VGG-16 · ImageNet",
        "vgg16_imagenet",
        RemoteFile(f"{_PYTORCH}/vgg16-397923af.pth", 553_433_881, sha256="397923af"),
    ),
    Pretrained(
        mark("ResNet-18, pretrained (torchvision)"),
        "ResNet-18 · ImageNet",
        "resnet18_imagenet",
        RemoteFile(f"{_PYTORCH}/resnet18-f37072fd.pth", 46_830_571, sha256="f37072fd"),
    ),
)


WITHOUT = mark(
    "There are published weights for {titles} only; choose one of them from the list of networks"
)
"""Why other networks have none."""


def pretrained_for(key: str) -> Pretrained | None:
    """The weights that can be had for a bundled network."""
    return next((each for each in PRETRAINED if each.key == key), None)


@cache
def imagenet_classes() -> tuple[str, ...]:
    """The 1,000 English names of ImageNet's classes, in the order of the logits."""
    return tuple(resource("imagenet_classes.txt").read_text("utf-8").splitlines())
