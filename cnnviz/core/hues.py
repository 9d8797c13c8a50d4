"""One hue for each weight that is shared: evenly spaced, and equally bright to the eye."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.colour import srgb

CHROMA = 0.13
"""As colourful as every hue can be at these lightnesses on nearly every screen."""

FIRST = np.deg2rad(25)
"""The hue of the first weight: red."""

PLAIN = 12
"""Hues up to which neighbours differ enough; from there on every second one is darker too."""

STEP = 0.09
"""How much darker."""


@lru_cache(maxsize=32)
def hues(count: int, lightness: float) -> NDArray[np.uint8]:
    """(count, 3) red, green, blue: hues around the circle of OKLCh (see `colour.oklab`).

    Parameters
    ----------
    count
        At least 1.
    lightness
        Of OKLab, 0 … 1; black text can be read on 0.6 and more.
    """
    angles = FIRST + 2 * np.pi * np.arange(count) / count
    bright = np.full(count, lightness)
    if count > PLAIN:
        bright += STEP / 2 * np.where(np.arange(count) % 2 == 0, 1, -1)
    lab = np.stack([bright, CHROMA * np.cos(angles), CHROMA * np.sin(angles)], axis=1)
    found = srgb(lab)
    found.setflags(write=False)
    return found
