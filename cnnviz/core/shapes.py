"""A set of pictures that needs no files: one bright coloured shape before a dark colour.

Size, place, angle and both colours are drawn for every picture, so that none of them says which
shape it is: a network has to find the outline.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.dataset import Dataset
from cnnviz.core.known_data import SHAPES
from cnnviz.core.problem import mark

SIDE = 32
"""Pixels of a picture's height and width."""

TRAIN, TEST = 10_000, 2_000

CHUNK = 500
"""Pictures that are drawn together: 4 MB for each number of a pixel."""

NOISE = 8.0
"""Standard deviation of what is added to every byte."""

BRIGHT, DARK = 200, 100
"""A shape has at least so much of red, green or blue, its ground less than so much of each.  Were
the colours any two, outlines would be bright inside as often as outside, and a small network takes
three times as long to learn them."""

Field = NDArray[np.floating[Any]]
"""A number a pixel: about how far inside of the shape it is; its radius is 1, outside is < 0."""


def coloured_shapes(seed: int = 0, train: int = TRAIN, test: int = TEST) -> Dataset:
    """Draw the set; the same seed and counts give the same pictures.

    Parameters
    ----------
    seed
        From 0; another seed draws other pictures of the same kinds.
    train, test
        How many pictures are in the two parts, at least 1.
    """
    draw = np.random.default_rng(seed)
    images, labels = _pictures(draw, train + test)
    return Dataset(
        train_images=images[:train],
        train_labels=labels[:train],
        test_images=images[train:],
        test_labels=labels[train:],
        classes=SHAPES,
        title=mark("Coloured shapes"),
        key="shapes" if seed == 0 else f"shapes:{seed}",
    )


def _pictures(draw: np.random.Generator, count: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    # As many of each class as of any other, one more at most, in any order.
    labels = draw.permutation(np.arange(count) % len(SHAPES)).astype(np.uint8)
    images = np.empty((count, 3, SIDE, SIDE), dtype=np.uint8)
    for start in range(0, count, CHUNK):
        part = slice(start, min(start + CHUNK, count))
        images[part] = _painted(draw, labels[part])
    images.flags.writeable = labels.flags.writeable = False
    return images, labels


def _painted(draw: np.random.Generator, labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    count = len(labels)
    radius = draw.uniform(7.0, 13.0, count).astype(np.float32)
    room = SIDE / 2 - radius
    places = (draw.uniform(-1, 1, (2, count)) * room + (SIDE - 1) / 2).astype(np.float32)
    # Upright within 25 degrees either way: a square that stands on its corner is no other shape,
    # but a half disc on its head would be hard to tell from many a crescent.
    angle = draw.uniform(-0.44, 0.44, count).astype(np.float32)
    pixel = np.arange(SIDE, dtype=np.float32)
    x = (pixel[None, None, :] - places[0][:, None, None]) / radius[:, None, None]
    y = (places[1][:, None, None] - pixel[None, :, None]) / radius[:, None, None]
    cos, sin = np.cos(angle)[:, None, None], np.sin(angle)[:, None, None]
    x, y = cos * x + sin * y, cos * y - sin * x
    inside = np.empty((count, SIDE, SIDE), dtype=np.float32)
    for label, field in enumerate(_FIELDS):
        of = labels == label
        inside[of] = field(x[of], y[of])
    # A pixel on the edge is covered in part.
    covered = np.clip(inside * radius[:, None, None] + 0.5, 0, 1)[:, None]
    shape, ground = _colours(draw, count)
    image = ground + covered * (shape - ground)
    image += draw.standard_normal(image.shape, dtype=np.float32) * np.float32(NOISE)
    pixels: NDArray[np.uint8] = np.clip(np.rint(image), 0, 255).astype(np.uint8)
    return pixels


def _colours(draw: np.random.Generator, count: int) -> tuple[Field, Field]:
    """(count, 3, 1, 1) colours of shapes and grounds, 0 … 255: bright before dark."""
    shape = draw.integers(0, 256, (count, 3))
    shape[np.arange(count), draw.integers(0, 3, count)] = draw.integers(BRIGHT, 256, count)
    ground = draw.integers(0, DARK, (count, 3))
    return _flat(shape), _flat(ground)


def _flat(colours: NDArray[np.integer[Any]]) -> Field:
    return colours.astype(np.float32)[..., None, None]


# --- the shapes -------------------------------------------------------------------------------


def _disc(x: Field, y: Field, radius: float = 1.0) -> Field:
    distance: Field = np.hypot(x, y)
    return radius - distance


def _box(x: Field, y: Field, wide: float, high: float) -> Field:
    field: Field = np.minimum(wide - np.abs(x), high - np.abs(y))
    return field


def _ring(x: Field, y: Field) -> Field:
    field: Field = 0.28 - np.abs(np.hypot(x, y) - 0.72)
    return field


def _half_disc(x: Field, y: Field) -> Field:
    field: Field = np.minimum(_disc(x, y + 0.4), y + 0.4)
    return field


def _square(x: Field, y: Field) -> Field:
    return _box(x, y, 0.78, 0.78)


def _bar(x: Field, y: Field) -> Field:
    return _box(x, y, 1.0, 0.34)


def _triangle(x: Field, y: Field) -> Field:
    slope = np.float32(np.sqrt(3) / 2)
    field: Field = np.minimum(y + 0.5, 0.5 - slope * np.abs(x) - y / 2)
    return field


def _star(x: Field, y: Field) -> Field:
    """Five points: the edge between an outer and an inner corner is a line, mirrored ten times."""
    fifth = np.float32(2 * np.pi / 5)
    turn = np.abs((np.arctan2(x, y) + fifth / 2) % fifth - fifth / 2)
    distance = np.hypot(x, y)
    along, across = distance * np.cos(turn), distance * np.sin(turn)
    inner = 0.42
    corner = inner * np.cos(fifth / 2), inner * np.sin(fifth / 2)
    # From (1, 0), the point, to the corner; what lies towards the middle is inside.
    step = corner[0] - 1, corner[1]
    field: Field = (-(along - 1) * step[1] + across * step[0]) / np.hypot(*step)
    return field


def _cross(x: Field, y: Field) -> Field:
    return np.maximum(_box(x, y, 1.0, 0.3), _box(x, y, 0.3, 1.0))


def _crescent(x: Field, y: Field) -> Field:
    field: Field = np.minimum(_disc(x, y), np.hypot(x - 0.5, y) - 0.8)
    return field


def _heart(x: Field, y: Field) -> Field:
    across = np.abs(x)
    lobe = _disc(across - 0.45, y - 0.3, 0.52)
    slope = np.float32(np.sqrt(0.5))
    point = np.minimum(slope * (y + 0.98 - across), 0.4 - y)
    # Below the lobes; beyond their sides there is nothing.
    field: Field = np.maximum(lobe, np.minimum(point, 0.82 - across))
    return field


_FIELDS: tuple[Callable[[Field, Field], Field], ...] = (
    _disc,
    _ring,
    _half_disc,
    _square,
    _bar,
    _triangle,
    _star,
    _cross,
    _crescent,
    _heart,
)
"""In the order of `SHAPES`."""
