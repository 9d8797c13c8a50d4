"""Data sets that have a name: what they hold, what files they come in, and from where."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cnnviz.core.dataset import DIGITS, DataName
from cnnviz.core.problem import mark

Shape = tuple[int, int, int]


@dataclass(frozen=True)
class RemoteFile:
    """A file that can be downloaded.

    Attributes
    ----------
    url
        Its address; the name behind the last slash is its name on the disk.
    size
        Bytes, about: for the progress, and nothing twice as long is taken.
    md5
        As its publisher gives it, in hexadecimal digits; "" where the SHA-256 is given instead.
    sha256
        Its first digits; "" where there is an MD5 sum.
    """

    url: str
    size: int
    md5: str = ""
    sha256: str = ""

    @property
    def name(self) -> str:
        return self.url.rsplit("/", 1)[-1]


class Published(Protocol):
    """What can be downloaded: a data set, or a network's weights."""

    @property
    def title(self) -> str: ...
    @property
    def files(self) -> tuple[RemoteFile, ...]: ...
    @property
    def size(self) -> int: ...


@dataclass(frozen=True)
class KnownSet:
    """A set that can be chosen by its name.

    Attributes
    ----------
    key
        Its name in preferences, on the command line and in the cache.
    title
        English name, translated where it is shown.
    shape
        (channels, height, width) of its images.
    classes
        English names of its classes.
    files
        What it is downloaded as; () for what comes with the program or is drawn by it.
    folders
        Names of folders that such files usually lie in, in lower case.
    """

    key: str
    title: str
    shape: Shape
    classes: tuple[str, ...]
    files: tuple[RemoteFile, ...] = ()
    folders: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Bytes to download."""
        return sum(file.size for file in self.files)


FASHION = (
    mark("T-shirt"),
    mark("trouser"),
    mark("pullover"),
    mark("dress"),
    mark("coat"),
    mark("sandal"),
    mark("shirt"),
    mark("sneaker"),
    mark("bag"),
    mark("ankle boot"),
)

KUZUSHIJI = (
    mark("o"),
    mark("ki"),
    mark("su"),
    mark("tsu"),
    mark("na"),
    mark("ha"),
    mark("ma"),
    mark("ya"),
    mark("re"),
    mark("wo"),
)
"""Ten hiragana, one of each row of the table, as they were written before 1900."""

CIFAR = (
    mark("airplane"),
    mark("automobile"),
    mark("bird"),
    mark("cat"),
    mark("deer"),
    mark("dog"),
    mark("frog"),
    mark("horse"),
    mark("ship"),
    mark("truck"),
)

SHAPES = (
    mark("circle"),
    mark("ring"),
    mark("half disc"),
    mark("square"),
    mark("bar"),
    mark("triangle"),
    mark("star"),
    mark("cross"),
    mark("crescent"),
    mark("heart"),
)

PHOTOGRAPHS = (mark("astronaut"), mark("cat"), mark("coffee"), mark("photographer"))
"""Of the bundled photographs, in the order of `cnnviz.engine.cuttings.FILES`."""

_IDX = (
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
)


def _idx_files(base: str, sizes: tuple[int, ...], sums: tuple[str, ...]) -> tuple[RemoteFile, ...]:
    return tuple(
        RemoteFile(f"{base}/{name}", size, md5)
        for name, size, md5 in zip(_IDX, sizes, sums, strict=True)
    )


MNIST = KnownSet("mnist", mark("MNIST"), (1, 28, 28), DIGITS)

KNOWN = (
    MNIST,
    KnownSet(
        "fashion_mnist",
        mark("Fashion-MNIST"),
        (1, 28, 28),
        FASHION,
        # Size and sums: README of github.com/zalandoresearch/fashion-mnist.
        _idx_files(
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com",
            (26_421_880, 29_515, 4_422_102, 5_148),
            (
                "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
                "25c81989df183df01b3e8a0aad5dffbe",
                "bef4ecab320f06d8554ea6380940ec79",
                "bb300cfdad3c16e7a12a480ee83cd310",
            ),
        ),
        ("fashion-mnist", "fashion_mnist", "fashionmnist", "fashion"),
    ),
    KnownSet(
        "kmnist",
        mark("Kuzushiji-MNIST"),
        (1, 28, 28),
        KUZUSHIJI,
        # codh.rois.ac.jp/kmnist; the sums are those that torchvision checks.
        _idx_files(
            "http://codh.rois.ac.jp/kmnist/dataset/kmnist",
            (18_165_135, 29_497, 3_041_136, 5_120),
            (
                "bdb82020997e1d708af4cf47b453dcf7",
                "e144d726b3acfaa3e44228e80efcd344",
                "5c965bf0a639b31b8f53240b1b52f4d7",
                "7320c461ea6c1c855c0b718fb2a4b134",
            ),
        ),
        ("kmnist", "kuzushiji-mnist", "kuzushiji"),
    ),
    KnownSet(
        "cifar10",
        mark("CIFAR-10"),
        (3, 32, 32),
        CIFAR,
        # www.cs.toronto.edu/~kriz/cifar.html: the binary version, in which nothing can be run.
        (
            RemoteFile(
                "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
                170_052_171,
                "c32a1d4ab5d03f1284b67883e8d87530",
            ),
        ),
        ("cifar10", "cifar-10", "cifar-10-batches-bin"),
    ),
    KnownSet("shapes", mark("Coloured shapes"), (3, 32, 32), SHAPES),
    KnownSet("photographs", mark("Cuttings of photographs"), (3, 224, 224), PHOTOGRAPHS),
)
"""In the order of the menu."""


def known(key: str) -> KnownSet | None:
    """The set of that key; None if it is no key but, say, the name of a folder."""
    return next((each for each in KNOWN if each.key == key), None)


def named(text: str) -> DataName:
    """What a text on the command line or in the preferences names: a known set, or a path."""
    return text if known(text.partition(":")[0]) is not None else Path(text)
