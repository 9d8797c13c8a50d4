"""The pane of one's own picture: what is drawn, and how it becomes the network's input."""

from __future__ import annotations

from dataclasses import dataclass

from cnnviz.core.drawing import blank
from cnnviz.core.operations import Shape
from cnnviz.core.picture import Picture
from cnnviz.core.preparation import Prepared
from cnnviz.core.view import View

NOTHING = blank()


@dataclass(frozen=True, eq=False)
class OwnScene:
    """What the pane shows.

    Attributes
    ----------
    picture
        What was drawn or opened; an empty drawing before that.
    prepared
        How it became the network's input; None where nothing was drawn or opened yet.
    shown
        Whether it is what all panes show.
    label
        The class that a person has said, or None.
    shape
        Of the network's input.
    classes
        How many the network tells apart.
    names
        English names of the classes; those beyond them have numbers.
    """

    picture: Picture
    prepared: Prepared | None
    shown: bool
    label: int | None
    shape: Shape
    classes: int
    names: tuple[str, ...]


def own_scene(view: View) -> OwnScene:
    """The own picture of a view; of what the network takes, once that is known."""
    own, network = view.own, view.network
    return OwnScene(
        NOTHING if own is None else own.picture,
        None if own is None else own.prepared,
        own is not None and view.own_shown,
        None if own is None else own.sample.label,
        network.input_shape,
        network.classes,
        view.class_names,
    )
