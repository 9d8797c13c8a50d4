"""Numbers to colours: the diverging scale of signed values, and the greys of images."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

Rgb = tuple[int, int, int]
"""Red, green, blue, each 0 … 255."""

OPAQUE = 0xFF000000
"""The alpha byte of a 32-bit pixel 0xAARRGGBB."""

_BLOCK = 16384
"""Values looked up at a time; see `_look_up`."""

_OKLAB_FROM_LMS = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_LMS_FROM_LINEAR = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)


@dataclass(frozen=True)
class Scale:
    """What a legend shows: the colours of −limit, 0 and +limit, and the limit itself.

    Attributes
    ----------
    low_rgb, zero_rgb, high_rgb
        Blue, the theme's background, orange.
    limit
        The value at both ends; above 0.
    """

    low_rgb: Rgb
    zero_rgb: Rgb
    high_rgb: Rgb
    limit: float = 1.0

    @property
    def ticks(self) -> tuple[float, float, float]:
        """The values that the legend names."""
        return (-self.limit, 0.0, self.limit)

    @property
    def table(self) -> NDArray[np.uint32]:
        """(511,) the scale as pixels, for `shade`; worked out once for the same colours."""
        return _table(self.low_rgb, self.zero_rgb, self.high_rgb)


@lru_cache(maxsize=16)
def _table(low: Rgb, zero: Rgb, high: Rgb) -> NDArray[np.uint32]:
    table = pixels(lut(Scale(low, zero, high)))
    table.setflags(write=False)
    return table


def oklab(rgb: NDArray[Any]) -> NDArray[np.float64]:
    """(…, 3) sRGB 0 … 255 to OKLab (lightness 0 … 1, green–red, blue–yellow).

    In OKLab equal steps look about equal, and a straight line keeps its hue.  B. Ottosson, "A
    perceptual color space for image processing", 2020, https://bottosson.github.io/posts/oklab/
    """
    share = np.asarray(rgb, dtype=np.float64) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    lab: NDArray[np.float64] = np.cbrt(linear @ _LMS_FROM_LINEAR.T) @ _OKLAB_FROM_LMS.T
    return lab


def srgb(lab: NDArray[np.float64]) -> NDArray[np.uint8]:
    """(…, 3) OKLab to sRGB 0 … 255; the inverse of `oklab`, what no screen can show is clipped."""
    linear = (lab @ np.linalg.inv(_OKLAB_FROM_LMS).T) ** 3 @ np.linalg.inv(_LMS_FROM_LINEAR).T
    linear = np.clip(linear, 0.0, 1.0)
    share = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    rgb: NDArray[np.uint8] = np.rint(share * 255).astype(np.uint8)
    return rgb


def lut(scale: Scale, size: int = 511) -> NDArray[np.uint8]:
    """The scale's colours from −limit to +limit, interpolated in OKLab.

    Lightness changes evenly from zero to either end, apart from the rounding to bytes.

    Parameters
    ----------
    scale
        Whose three colours are taken.
    size
        How many; odd, so that zero has a colour of its own in the middle.

    Returns
    -------
    (size, 3) red, green, blue.
    """
    if size < 3 or size % 2 == 0:
        raise ValueError(f"size {size} is not an odd number from 3")
    low, zero, high = oklab(np.array([scale.low_rgb, scale.zero_rgb, scale.high_rgb]))
    share = np.linspace(0.0, 1.0, size // 2 + 1)[:, None]
    negative, positive = zero + share * (low - zero), zero + share * (high - zero)
    return srgb(np.concatenate([negative[:0:-1], positive]))


def pixels(rgb: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """(…, 3) bytes to (…) pixels 0xffRRGGBB, as QImage's Format_RGB32 and ARGB32 hold them."""
    wide = rgb.astype(np.uint32)
    packed = OPAQUE | wide[..., 0] << 16 | wide[..., 1] << 8 | wide[..., 2]
    return packed.astype(np.uint32)


_GREYS = pixels(np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1))


def shade(
    values: NDArray[np.floating[Any]],
    limit: float,
    table: NDArray[np.uint32],
    blank: int | None = None,
) -> NDArray[np.uint32]:
    """Values to pixels 0xffRRGGBB.

    Parameters
    ----------
    values
        Of any shape.  What lies beyond the limit, ±∞ too, gets the colour of the end.
    limit
        The value of the table's last entry; see `limit_of`.
    table
        `Scale.table`, or any odd number of pixels with zero in the middle.
    blank
        The pixel of a NaN (not computed yet); the colour of zero if None.

    Returns
    -------
    Array of the shape of ``values``, C-contiguous.
    """
    middle = int(table[len(table) // 2])
    return _look_up(values, limit, -1, table, middle if blank is None else blank)


def grey(values: NDArray[np.floating[Any]], blank: int = OPAQUE) -> NDArray[np.uint32]:
    """Values from 0 (black) to 1 (white) to pixels 0xffRRGGBB, clipped; a NaN gets ``blank``."""
    return _look_up(values, 1.0, 0, _GREYS, blank)


def _look_up(
    values: NDArray[np.floating[Any]],
    unit: float,
    lowest: int,
    table: NDArray[np.uint32],
    blank: int,
) -> NDArray[np.uint32]:
    """The table's entries for value / unit from ``lowest`` (the first) to 1 (the last).

    Goes block by block: whole temporary arrays of this size are handed back to the system at each
    call and fetched again page by page, which took 4 times as long (64 maps of 28×28: 0.4 ms
    against 0.1 ms; glibc 2.36, 2 cores, November 2026).
    """
    found = np.empty(values.shape, dtype=np.uint32)
    flat, flat_found = values.reshape(-1), found.reshape(-1)
    factor = (len(table) - 1) / (1 - lowest)
    for start in range(0, flat.size, _BLOCK):
        block = slice(start, start + _BLOCK)
        # Dividing, because factor / unit is infinite where the unit is very small.
        with np.errstate(over="ignore"):
            place = flat[block] / flat.dtype.type(unit)
        np.clip(place, lowest, 1, out=place)
        place *= factor
        np.rint(place, out=place)  # halves to even on both sides of 0: −v stands opposite of v
        place -= lowest * factor
        missing = np.isnan(place)
        some_missing = bool(missing.any())
        if some_missing:
            place[missing] = 0
        # mode="wrap" only spares a check of every index: all of them lie in the table.
        table.take(place.astype(np.intp), mode="wrap", out=flat_found[block])
        if some_missing:
            flat_found[block][missing] = blank
    return found


def limit_of(*arrays: NDArray[np.floating[Any]]) -> float:
    """The largest finite |value|, to which a scale reaches; 1 if all are zero, or there is none."""
    largest = 0.0
    for values in arrays:
        # Both ends and not |values|: that array of the largest layers would have 411 MB.
        low, high = float(values.min(initial=0.0)), float(values.max(initial=0.0))
        top = max(high, -low)
        if not (isfinite(low) and isfinite(high)):
            size = np.abs(values)
            top = float(size.max(initial=0.0, where=np.isfinite(size)))
        largest = max(largest, top)
    return largest or 1.0
