"""One training step in slow motion: forward, loss, backward, update, of the next mini-batch."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.network import Layer, Network
from cnnviz.core.problem import Problem, mark
from cnnviz.core.rehearsal import Rehearsal, Rehearsing
from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.kernels import kernel_at, weighted_layer
from cnnviz.core.view import View

Place = tuple[int, int, int]
"""Channel, row and column of a weight in its kernel."""


class Part(Enum):
    """Which part of the step is shown."""

    FORWARD = "forward"
    LOSS = "loss"
    BACKWARD = "backward"
    UPDATE = "update"


@dataclass(frozen=True, eq=False)
class RehearsalScene:
    """What the pane shows.

    Attributes
    ----------
    rehearsal
        All of the numbers.
    network
        Whose step it is.
    part
        Which part is shown.
    image
        The place in the batch of the image that is written out.
    place
        The weight that is written out.
    names
        English names of the classes; those beyond them have numbers.
    """

    rehearsal: Rehearsal
    network: Network
    part: Part
    image: int
    place: Place
    names: tuple[str, ...]

    @property
    def layer(self) -> Layer:
        return self.network.layers[self.rehearsal.asked.layer]

    @property
    def label(self) -> int:
        """The right class of the image."""
        return int(self.rehearsal.labels[self.image])

    @property
    def logits(self) -> NDArray[np.float32]:
        logits: NDArray[np.float32] = self.rehearsal.logits[self.image]
        return logits

    @property
    def probabilities(self) -> NDArray[np.float64]:
        """The softmax of the image's logits."""
        found = np.exp(self.logits.astype(np.float64) - float(self.logits.max()))
        shares: NDArray[np.float64] = found / found.sum()
        return shares

    @property
    def differences(self) -> NDArray[np.float64]:
        """p − y: ∂/∂logits of the image's own loss."""
        found = self.probabilities
        found[self.label] -= 1
        return found


def wanted_rehearsal(view: View) -> Rehearsing | Empty:
    """What is to be computed for a view, or why nothing is."""
    live = view.live
    if not view.progress.ready or live is None or live.network != view.network:
        waiting = view.progress.waiting
        return Empty(waiting or mark("This appears as soon as the network has been built."))
    if view.past is not None:
        return Empty(mark("This is a step of the past. Go live (Shift+L) to see the next step."))
    if view.progress.running:
        return Empty(mark("Training goes on. Pause it to see its next step in slow motion."))
    if view.progress.finished:
        return Empty(mark("All epochs are trained: there is no next step."))
    layer = weighted_layer(view.network, view.cursor.layer)
    if layer is None:
        return Empty(
            mark("Neither this layer nor one before it has weights. Choose a Conv or a Linear.")
        )
    kernel = kernel_at(view.network, layer, view.cursor) or 0
    return Rehearsing(live.run, live.step, live.changes, layer, kernel)


def rehearsal_scene(
    view: View, part: Part = Part.FORWARD, image: int = 0, place: Place | None = None
) -> RehearsalScene | Empty:
    """The next step of a view.

    Parameters
    ----------
    place
        The weight to write out; None for that with the largest gradient.
    """
    wanted, found = wanted_rehearsal(view), view.rehearsal
    if isinstance(wanted, Empty):
        return wanted
    if isinstance(found, Problem):
        return Empty("", problem=found)
    if found is None or found.asked != wanted:
        return Empty(mark("The next step is being computed…"))
    return RehearsalScene(
        rehearsal=found,
        network=view.network,
        part=part,
        image=min(image, found.count - 1),
        place=_place(found, place),
        names=view.class_names,
    )


def _place(found: Rehearsal, place: Place | None) -> Place:
    sizes = found.gradient.shape
    if place is not None and all(at < size for at, size in zip(place, sizes, strict=True)):
        return place
    largest = int(np.argmax(np.abs(found.gradient)))
    channel, row, column = (int(at) for at in np.unravel_index(largest, sizes))
    return channel, row, column
