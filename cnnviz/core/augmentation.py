"""Training images that are changed at random each time they are shown to the network."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.problem import Problem
from cnnviz.core.snapshot import Sample

VARIANTS = 8
"""Of one image, to look at."""

COLOUR = 0.1
"""Deviation of AlexNet's factors of the principal components."""


@dataclass(frozen=True)
class Augmentation:
    """What is drawn for each image of each batch; as it is made, nothing.

    Attributes
    ----------
    shift
        Whole pixels at most, in each of the four directions; what comes in is black.
    rotation
        Degrees at most, either way, around the middle.
    flip
        Whether half of the images are mirrored, left for right.
    crop
        Share of the sides that is cut off at most; what is left, from any place, is enlarged.
    noise
        Standard deviation of a number added to each value, where images are from 0 to 1.
    colour
        Standard deviation of AlexNet's factors α: Σ pᵢ αᵢ λᵢ is added to each pixel, with the
        principal components p of all training pixels and their variances λ.  Three channels only.
    """

    shift: int = 0
    rotation: float = 0.0
    flip: bool = False
    crop: float = 0.0
    noise: float = 0.0
    colour: float = 0.0

    def __post_init__(self) -> None:
        for name, most in LIMITS.items():
            value = getattr(self, name)
            if name != "shift":  # 15 degrees are 15.0, also in a run's file
                object.__setattr__(self, name, float(value))
            if not (math.isfinite(value) and 0 <= value <= most):
                raise Problem(
                    "{field}: {value} was given, expected is a number from {low} to {high}",
                    field=name,
                    value=value,
                    low=0,
                    high=most,
                )

    @property
    def on(self) -> bool:
        """Whether any image is changed."""
        return self != Augmentation()

    @property
    def moves(self) -> bool:
        """Whether pixels come to other places."""
        return bool(self.shift or self.rotation or self.flip or self.crop)


LIMITS: dict[str, float] = {"shift": 100, "rotation": 180, "crop": 0.9, "noise": 1, "colour": 10}


def augmentation_from(text: str) -> Augmentation:
    """An augmentation as it is said on a command line: "shift=2,rotation=15,flip".

    Raises
    ------
    Problem
        If a part is no name with a number, where one is needed, or a number is beyond its limit.
    """
    given: dict[str, Any] = {}
    kinds = {each.name: type(getattr(Augmentation(), each.name)) for each in fields(Augmentation)}
    for part in text.split(","):
        name, _, value = (piece.strip() for piece in part.partition("="))
        kind = kinds.pop(name, None)  # each can be said once
        try:
            given[name] = True if kind is bool and not value else _number(kind, value)
        except ValueError as error:
            raise Problem(
                "augmentation: {part} was given, expected are names with numbers: {example}",
                part=part.strip()[:60],
                example="shift=2,rotation=15,flip,crop=0.2,noise=0.1,colour=0.1",
            ) from error
    return Augmentation(**given)


def augmentation_text(augmentation: Augmentation) -> str:
    """An augmentation as `augmentation_from` reads it; "" for none."""
    said = []
    for each in fields(Augmentation):
        value = getattr(augmentation, each.name)
        if value != each.default:
            said.append(each.name if value is True else f"{each.name}={value:g}")
    return ",".join(said)


def _number(kind: type | None, value: str) -> float:
    if kind is int:
        return int(value)
    if kind is float:
        return float(value)
    raise ValueError(value)


@dataclass(frozen=True)
class Change:
    """What was drawn for one image.

    Attributes
    ----------
    right, down
        Pixels.
    angle
        Degrees, counter-clockwise.
    flipped
        Whether it is mirrored.
    side, left, top
        Shares of the image: the side of the part that is left, and where it begins.
    factors
        Of the three principal components; of colours only.
    """

    right: int = 0
    down: int = 0
    angle: float = 0.0
    flipped: bool = False
    side: float = 1.0
    left: float = 0.0
    top: float = 0.0
    factors: tuple[float, ...] = ()


@dataclass(frozen=True, eq=False)
class Augmenting:
    """A request: what becomes of an image.

    Attributes
    ----------
    number
        From 0: another one draws anew.
    """

    number: int
    augmentation: Augmentation
    sample: Sample


@dataclass(frozen=True, eq=False)
class Variants:
    """The answer.

    Attributes
    ----------
    asked
        To which request.
    images
        (`VARIANTS`, channels, height, width) float32.
    changes
        What was drawn for each.
    """

    asked: Augmenting
    images: NDArray[np.float32]
    changes: tuple[Change, ...]
