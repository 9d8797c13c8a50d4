"""Cuttings of the bundled photographs: pictures of 224 × 224 that need no download.

AlexNet and VGG take images of that size.  Four photographs teach no network to see, but they show
it at work on real pictures: it builds, steps, and learns to tell one photograph from another.
"""

from __future__ import annotations

from collections.abc import Generator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cnnviz.core.dataset import Dataset, Images, Labels
from cnnviz.core.events import Starting
from cnnviz.core.known_data import PHOTOGRAPHS
from cnnviz.core.problem import mark
from cnnviz.resources import resource

SIDE = 224
"""Pixels of a cutting's height and width."""

FILES = ("astronaut.png", "chelsea.png", "coffee.png", "camera.png")
"""One a class of `PHOTOGRAPHS`; the last is grey, its three channels are the same."""

TRAIN, TEST = 60, 12
"""Cuttings of each photograph in the two parts."""

SMALLEST = 0.4
"""A cutting's side, at least, as a part of the photograph's shorter one."""


def cuttings(seed: int = 0) -> Generator[Starting, None, Dataset]:
    """Cut the pictures out: each of a random place and size, and mirrored every other time.

    Parameters
    ----------
    seed
        The same seed gives the same pictures.

    Returns
    -------
    Images (count, 3, 224, 224); every photograph is equally often in both parts.
    """
    draw = np.random.default_rng(seed)
    images: list[Images] = []
    for done, file in enumerate(FILES):
        yield Starting(mark("Reading the images"), done, len(FILES))
        with Image.open(resource("images", file)) as opened:
            photograph = opened.convert("RGB")
        images.append(np.stack([_cutting(photograph, draw) for _ in range(TRAIN + TEST)]))
    every = np.stack(images, axis=1)  # (cutting, photograph, …): the classes take turns
    labels = np.tile(np.arange(len(FILES)), (TRAIN + TEST, 1))
    return Dataset(
        *_part(every[:TRAIN], labels[:TRAIN]),
        *_part(every[TRAIN:], labels[TRAIN:]),
        classes=PHOTOGRAPHS,
        title=mark("Cuttings of photographs"),
        key="photographs" if seed == 0 else f"photographs:{seed}",
    )


def _cutting(photograph: Image.Image, draw: np.random.Generator) -> NDArray[np.uint8]:
    side = round(draw.uniform(SMALLEST, 1) * min(photograph.size))
    left, top = (int(draw.integers(0, length - side + 1)) for length in photograph.size)
    box = (left, top, left + side, top + side)
    cut = photograph.resize((SIDE, SIDE), Image.Resampling.BILINEAR, box, reducing_gap=2.0)
    pixels = np.asarray(cut).transpose(2, 0, 1)
    return pixels[:, :, ::-1] if draw.random() < 0.5 else pixels


def _part(images: Images, labels: NDArray[np.int64]) -> tuple[Images, Labels]:
    return np.ascontiguousarray(images.reshape(-1, 3, SIDE, SIDE)), labels.reshape(-1)
