"""A photograph before and after its filter, and the window between the two."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.colour import OPAQUE, Scale, grey, shade
from cnnviz.core.cursor import Cursor, terms_of
from cnnviz.core.filtering import Channels
from cnnviz.core.filters import Kernel
from cnnviz.core.problem import mark
from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.ranges import output_limit
from cnnviz.core.scenes.stage import StageScene, stage_scene
from cnnviz.core.snapshot import Snapshot
from cnnviz.core.view import View

CHANNEL_NAMES = (mark("red"), mark("green"), mark("blue"))

TINTS = ((1.0, 0.36, 0.36), (0.36, 1.0, 0.36), (0.45, 0.55, 1.0))
"""How a single channel is tinted: its own light full, the others enough to see its darks."""


USUAL, SAMPLED = 0.98, 7
"""See `usual_limit`."""


class Shown(Enum):
    """How numbers that may be negative, or larger than 1, become a picture."""

    AUTOMATIC = mark("Automatic")
    SIGNED = mark("Signed colours")
    """The diverging scale; only for one number a pixel."""
    SHIFTED = mark("Shifted: 0 is grey")
    ABSOLUTE = mark("Absolute value")
    CLIPPED = mark("Clipped to 0 … 1")


@dataclass(frozen=True, eq=False)
class PhotographScene:
    """What the page shows; everything below the fields follows from them.

    Attributes
    ----------
    stage
        The window that is looked at, in the words of the stage.
    together
        Whether a picture of three channels is drawn in its colours, and not one of them.
    chosen
        How the result is wanted; `shown` is what it comes to.
    sweeping
        Whether the window is being played over the picture: what it has not reached is blank.
    waiting
        Whether another answer is awaited.
    drawn
        Whether the picture is a drawing that can be drawn on.
    """

    stage: StageScene
    kernel: Kernel
    channels: Channels
    together: bool
    chosen: Shown
    sweeping: bool
    waiting: bool
    drawn: bool

    @property
    def input(self) -> NDArray[np.floating[Any]]:
        return self.stage.input

    @property
    def output(self) -> NDArray[np.floating[Any]]:
        return self.stage.output

    @property
    def size(self) -> tuple[int, int]:
        """(rows, columns) of the picture, before and after."""
        return self.input.shape[1], self.input.shape[2]

    @property
    def channel(self) -> int:
        """The input channel whose products are written out."""
        return int(self.stage.ledger.taps.channels[self.stage.group])

    @property
    def input_plane(self) -> int | None:
        """The channel of the picture that is drawn; None for all of them in colour."""
        return None if self.together and len(self.input) == 3 else self.channel

    @property
    def output_plane(self) -> int | None:
        """The map of the result that is drawn; None for all three in colour."""
        return None if self.together and len(self.output) == 3 else self.stage.cursor.channel

    @property
    def shown(self) -> Shown:
        """How the result is drawn."""
        return self.shown_of(self.output_plane is not None)

    def shown_of(self, alone: bool) -> Shown:
        """How one map of the result is drawn, or all three together."""
        if self.chosen is not Shown.AUTOMATIC:
            # Three signed numbers a pixel have no colour on a scale that is made for one.
            signed = self.chosen is Shown.SIGNED
            return Shown.SHIFTED if signed and not alone else self.chosen
        if self.kernel.keeps_brightness and self.channels is not Channels.SUMMED:
            return Shown.CLIPPED
        return Shown.SIGNED if alone else Shown.SHIFTED

    @property
    def limit(self) -> float:
        """The value at the end of the scale: one for all three maps of a result."""
        return 1.0 if self.shown is Shown.CLIPPED else usual_limit(self.stage.snapshot)[0]

    @property
    def exceeded(self) -> bool:
        """Whether some numbers lie beyond the scale, and have the colour of its end."""
        return self.shown is not Shown.CLIPPED and usual_limit(self.stage.snapshot)[1]

    @property
    def computed(self) -> int:
        """Elements of the drawn result that are written."""
        rows, columns = self.size
        return self.stage.computed if self.sweeping else rows * columns


@lru_cache(maxsize=2)
def usual_limit(snapshot: Snapshot) -> tuple[float, bool]:
    """How large the numbers of a result are, and whether a few are larger still.

    A photograph has few edges that are as sharp as they can be: on a scale that reaches to them all
    others are hardly seen.  2 % of what is not zero lies beyond this limit.  It is found from every
    seventh number, which takes 1 ms where all of them take 12 (3×512×512).
    """
    largest = output_limit(snapshot, 0)
    sizes = np.abs(snapshot.activations[1].reshape(-1)[::SAMPLED])
    sizes = sizes[(sizes > 0) & np.isfinite(sizes)]
    if not sizes.size:
        return largest, False
    place = int(USUAL * (sizes.size - 1))
    limit = float(np.partition(sizes, place)[place])
    return limit, limit < largest


def photograph_scene(
    view: View,
    kernel: Kernel,
    channels: Channels,
    *,
    together: bool = True,
    chosen: Shown = Shown.AUTOMATIC,
    hovered: tuple[int, int] | None = None,
    waiting: bool = False,
    drawn: bool = False,
) -> PhotographScene | Empty:
    """The page of a view.

    Parameters
    ----------
    hovered
        (row, column) that the mouse is on; its window is shown in place of the cursor's.
    """
    stage = stage_scene(view)
    if isinstance(stage, Empty):
        return stage
    if hovered is not None:
        terms = terms_of(stage.layer)
        here = Cursor(0, stage.cursor.channel, *hovered, terms)
        stage = replace(stage, cursor=here)
    return PhotographScene(
        stage=stage,
        kernel=kernel,
        channels=channels,
        together=together,
        chosen=chosen,
        sweeping=view.playing and hovered is None,
        waiting=waiting,
        drawn=drawn,
    )


def picture_pixels(image: NDArray[np.floating[Any]], plane: int | None) -> NDArray[np.uint32]:
    """(height, width) pixels 0xffRRGGBB of a picture 0 … 1.

    Parameters
    ----------
    image
        (3, height, width) red, green, blue, or (1, height, width) grey.
    plane
        One channel of three, tinted; None for all of them.
    """
    if len(image) == 1:
        return grey(image[0])
    if plane is None:
        return _packed(image)
    tint = np.array(TINTS[plane], dtype=np.float32)[:, None, None]
    return _packed(image[plane] * tint)


def result_pixels(
    output: NDArray[np.floating[Any]],
    plane: int | None,
    shown: Shown,
    limit: float,
    scale: Scale,
) -> NDArray[np.uint32]:
    """(height, width) pixels of a filter's result.

    Parameters
    ----------
    output
        (3, height, width) or (1, height, width), of any sign and size.
    plane
        The map to draw, or None for red, green and blue together.
    shown
        How; not `Shown.AUTOMATIC`, and `Shown.SIGNED` for one map only.
    limit
        The value at the end of the scale.
    """
    if shown is Shown.SIGNED:
        return shade(output[plane or 0], limit, scale.table)
    values = output if plane is None else output[plane : plane + 1]
    if len(output) == 3:
        return (
            picture_pixels(in_unit(values, shown, limit), None)
            if plane is None
            else _tinted(in_unit(values, shown, limit), plane)
        )
    return grey(in_unit(values, shown, limit)[0])


def in_unit(
    values: NDArray[np.floating[Any]], shown: Shown, limit: float
) -> NDArray[np.floating[Any]]:
    """Values as shares of light; what lies outside of 0 … 1 is clipped when it is drawn."""
    if shown is Shown.SHIFTED:
        return 0.5 + values / np.float32(2 * limit)
    if shown is Shown.ABSOLUTE:
        sizes: NDArray[np.floating[Any]] = np.abs(values) / np.float32(limit)
        return sizes
    return values


def _tinted(values: NDArray[np.floating[Any]], plane: int) -> NDArray[np.uint32]:
    return _packed(values * np.array(TINTS[plane], dtype=np.float32)[:, None, None])


def _packed(image: NDArray[np.floating[Any]]) -> NDArray[np.uint32]:
    """(3, height, width) shares of light to pixels; what is no number is black.

    A pixel is written byte by byte into one array, which is a third of the time that shifting and
    joining whole arrays takes (512×512: 1.1 ms).
    """
    _, height, width = image.shape
    found = np.full((height, width), OPAQUE, dtype="<u4")
    parts = found.view(np.uint8).reshape(height, width, 4)
    light = np.empty((height, width), dtype=np.float32)
    for place, plane in zip((2, 1, 0), image, strict=True):
        np.multiply(plane, 255, out=light, casting="same_kind")
        np.clip(light, 0, 255, out=light)
        np.nan_to_num(light, copy=False)
        np.rint(light, out=light)
        parts[..., place] = light
    return found.astype(np.uint32, copy=False)
