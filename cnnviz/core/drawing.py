"""Drawings of one's own: strokes in white on black, as the digits of MNIST are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.picture import Picture

SIDE = 256
"""Rows and columns of a drawing."""

Point = tuple[float, float]
"""(row, column) in pixels; whole numbers are the middles of pixels."""


def blank() -> Picture:
    """Nothing drawn yet."""
    return Picture(np.zeros((1, SIDE, SIDE), dtype=np.float32), drawn=True)


def stroke(picture: Picture, start: Point, end: Point, radius: float, white: bool) -> Picture:
    """A drawing with one more straight stroke, round at its ends and smooth at its edge.

    Parameters
    ----------
    radius
        Half of its width, in pixels.
    white
        Whether the pen draws; False is the eraser.
    """
    image = picture.image[0].copy()
    top, left = (max(0, int(min(a, b) - radius - 1)) for a, b in zip(start, end, strict=True))
    bottom, right = (
        min(side, int(max(a, b) + radius + 2))
        for a, b, side in zip(start, end, image.shape, strict=True)
    )
    if top < bottom and left < right:
        part = image[top:bottom, left:right]
        cover = np.clip(radius + 0.5 - _distances(part.shape, (top, left), start, end), 0, 1)
        part[:] = np.maximum(part, cover) if white else np.minimum(part, 1 - cover)
    return Picture(image[None], drawn=True)


def _distances(
    shape: tuple[int, ...], origin: tuple[int, int], start: Point, end: Point
) -> NDArray[np.float32]:
    """(rows, columns) how far each pixel is from the line between two points."""
    rows = np.arange(shape[0], dtype=np.float32)[:, None] + origin[0] - start[0]
    columns = np.arange(shape[1], dtype=np.float32) + origin[1] - start[1]
    down, across = end[0] - start[0], end[1] - start[1]
    length = down * down + across * across
    long = length > 1e-6  # otherwise a dot, and nothing to divide by
    share = np.clip((rows * down + columns * across) / length, 0, 1) if long else 0.0
    distances: NDArray[np.float32] = np.hypot(rows - share * down, columns - share * across)
    return distances.astype(np.float32, copy=False)
