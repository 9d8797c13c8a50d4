"""From a picture or a drawing to what a network takes, as MNIST's digits were made; every step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.picture import Picture
from cnnviz.core.problem import mark

Values = NDArray[np.floating[Any]]

BOX, SIDE = 20, 28
"""Into how many rows and columns MNIST's digits were fitted, and of how many."""

LIGHT = 0.5
"""A background lighter than this is paper, and what is on it is darker."""

NOISE = 3.0
"""Deviations of the background that are not ink yet."""

FAINT = 0.1
"""Of the strongest ink: where the background is not even, what is fainter is no ink either."""


@dataclass(frozen=True, eq=False)
class Step:
    """One picture on the way, and what was done.

    Attributes
    ----------
    title, fields
        An English text to translate, and what is filled in.
    image
        (channels, rows, columns) 0 … 1.
    box
        (top, left, bottom, right) of what the next step takes, in pixels, or None.
    centre
        (row, column) of the centre of mass, in pixels from the middle of the first, or None.
    """

    title: str
    fields: Mapping[str, object]
    image: Values
    box: tuple[int, int, int, int] | None = None
    centre: tuple[float, float] | None = None


@dataclass(frozen=True, eq=False)
class Prepared:
    """What a network is given, and how it came about.

    Attributes
    ----------
    image
        (channels, height, width) float32, 0 … 1: the shape of the network's input.
    steps
        From the picture to ``image``.
    inverted
        Whether it was dark on light, and was turned into light on dark.
    """

    image: NDArray[np.float32]
    steps: tuple[Step, ...] = field(default=())
    inverted: bool = False


def prepare(picture: Picture, shape: tuple[int, ...]) -> Prepared:
    """A picture in the shape of a network's input, (channels, height, width).

    One channel: what is drawn is fitted into 20/28 of the sides, keeping its aspect, each pixel an
    average over what it covers; its centre of mass comes into the middle, as far as nothing is cut
    off.  That is how MNIST was made (https://yann.lecun.com/exdb/mnist).  Three channels: the
    largest part in the middle that has the aspect of the input, scaled.
    """
    if shape[0] == 1:
        return _as_mnist(picture, shape)
    return _middle(picture, shape)


def _as_mnist(picture: Picture, shape: tuple[int, ...]) -> Prepared:
    (_, height, width), grey = shape, picture.grey[0]
    ink, inverted = (grey, False) if picture.drawn else ink_of(grey)
    rows, columns = (np.flatnonzero(ink.any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        empty = np.zeros((1, height, width), dtype=np.float32)
        step = Step(mark("nothing is drawn: {height}×{width} zeros"), _sizes(shape), empty)
        return Prepared(empty, (step,))
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    cut = ink[top:bottom, left:right]
    scaled = resized(cut, *_fitted(cut.shape, (height * BOX // SIDE, width * BOX // SIDE)))
    centre = centre_of_mass(scaled)
    image = np.zeros((1, height, width), dtype=np.float32)
    # The middle is that of 28 pixels, 14 counted from the first: so it is in all of MNIST.
    row, column = (
        min(max(round(side / 2 - middle), 0), side - size)
        for side, middle, size in zip(shape[1:], centre, scaled.shape, strict=True)
    )
    image[0, row : row + scaled.shape[0], column : column + scaled.shape[1]] = scaled
    found = (int(top), int(left), int(bottom), int(right))
    sizes = {"height": int(bottom - top), "width": int(right - left)}
    box = mark("box of {height}×{width}")
    text = mark("inverted, box of {height}×{width}") if inverted else box
    steps = (
        Step(text, sizes, ink[None], found),
        Step(mark("scaled to {height}×{width}"), _sizes(scaled[None].shape), scaled[None],
             centre=centre),
        Step(mark("centred in {height}×{width}"), _sizes(shape), image,
             centre=(centre[0] + row, centre[1] + column)),
    )  # fmt: skip
    return Prepared(image, steps, inverted)


def ink_of(grey: Values) -> tuple[Values, bool]:
    """(rows, columns) 0 where nothing is drawn, 1 where it is strongest; and whether it was dark.

    The background is what most of the border shows.  Where the border is not of one grey (paper
    on a photograph), what lies within `NOISE` deviations of it is background too, and so is what is
    `FAINT`: one grain far from everything would make the box larger.
    """
    border = np.concatenate((grey[0], grey[-1], grey[:, 0], grey[:, -1]))
    ground = float(np.median(border))
    dark = ground > LIGHT
    spread = NOISE * 1.4826 * float(np.median(np.abs(border - ground)))
    ink = (ground - grey if dark else grey - ground) - spread
    peak = float(ink.max())
    if peak <= 1 / 255:  # less than one step of a picture's bytes
        return np.zeros_like(grey), dark
    ink = np.clip(ink / peak, 0, 1)
    if spread:
        ink = np.where(ink < FAINT, 0, ink)
    return ink.astype(grey.dtype, copy=False), dark


def centre_of_mass(image: Values) -> tuple[float, float]:
    """(row, column) of (rows, columns); whole numbers are the middles of pixels."""
    mass = float(image.sum(dtype=np.float64))
    rows, columns = np.arange(image.shape[0]), np.arange(image.shape[1])
    return float(image.sum(axis=1) @ rows) / mass, float(image.sum(axis=0) @ columns) / mass


def resized(image: Values, height: int, width: int) -> NDArray[np.float32]:
    """(…, rows, columns) with other sides; exact averages where it shrinks, lines between."""
    down, across = _weights(image.shape[-2], height), _weights(image.shape[-1], width)
    # In float32: a photograph for 224 × 224 took 38 ms in float64 and takes 15, one frame.
    found = down @ image.astype(np.float32, copy=False) @ across.T
    return np.clip(found, 0, 1, out=found)


def _weights(before: int, after: int) -> NDArray[np.float32]:
    """(after, before) how much of each old pixel is in each new one; each row adds up to 1."""
    scale, new, old = before / after, np.arange(after)[:, None], np.arange(before)
    if after <= before:
        # The part of the old pixel that the new one covers.
        covered = np.minimum((new + 1) * scale, old + 1) - np.maximum(new * scale, old)
        weights = np.clip(covered, 0, None)
    else:
        middles = np.clip((new + 0.5) * scale - 0.5, 0, before - 1)
        weights = np.clip(1 - np.abs(middles - old), 0, None)
    summed: NDArray[np.float64] = weights / weights.sum(axis=1, keepdims=True)
    return summed.astype(np.float32)


def _fitted(size: tuple[int, ...], box: tuple[int, int]) -> tuple[int, int]:
    """The largest (rows, columns) of the same aspect that fit into a box, at least one each."""
    scale = min(box[0] / size[0], box[1] / size[1])
    height, width = (max(1, min(most, round(n * scale))) for n, most in zip(size, box, strict=True))
    return height, width


def _middle(picture: Picture, shape: tuple[int, ...]) -> Prepared:
    (channels, height, width), image = shape, picture.image if shape[0] == 3 else picture.grey
    rows, columns = image.shape[1:]
    scale = min(rows / height, columns / width)
    high, wide = (max(1, min(n, round(m * scale))) for n, m in ((rows, height), (columns, width)))
    top, left = (rows - high) // 2, (columns - wide) // 2
    cut = image[:, top : top + high, left : left + wide]
    scaled = resized(cut, height, width)
    given = scaled if len(scaled) == channels else np.repeat(scaled, channels, axis=0)
    steps = (
        Step(mark("middle of {height}×{width}"), {"height": high, "width": wide}, image,
             (top, left, top + high, left + wide)),
        Step(mark("scaled to {height}×{width}"), _sizes(shape), scaled),
    )  # fmt: skip
    return Prepared(given, steps)


def _sizes(shape: tuple[int, ...]) -> dict[str, object]:
    return {"height": shape[-2], "width": shape[-1]}
