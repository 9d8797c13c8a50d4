"""A picture of one's own, and what the network gets of it."""

from __future__ import annotations

from dataclasses import dataclass

from cnnviz.core.picture import Picture
from cnnviz.core.preparation import Prepared, prepare
from cnnviz.core.snapshot import Sample


@dataclass(frozen=True, eq=False)
class OwnPicture:
    """What was drawn or opened, how it was prepared, and the sample that came of it."""

    picture: Picture
    prepared: Prepared
    sample: Sample


def own_picture(
    picture: Picture, shape: tuple[int, ...], number: int, label: int | None
) -> OwnPicture:
    """Prepare a picture for a network's input.

    Parameters
    ----------
    number
        From 1, another one for each: the sample's index is it below 0.
    label
        The class that a person has said, or None.
    """
    prepared = prepare(picture, shape)
    return OwnPicture(picture, prepared, Sample(-number, prepared.image, label))
