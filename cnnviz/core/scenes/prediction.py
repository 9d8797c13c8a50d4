"""The prediction pane: what the network makes of one image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.fitting import fitting_snapshot
from cnnviz.core.view import View


@dataclass(frozen=True, eq=False)
class PredictionScene:
    """What the prediction pane shows.

    Attributes
    ----------
    asked
        The test image that was asked for, from 0; −1 for a picture of one's own.  The snapshot
        shown may still be of the one before.
    count
        Samples there are, 0 while not known.
    image
        (channels, height, width), 0 … 1, or None where the input is no image.
    label
        The right class; None where nobody has said it.
    logits, probabilities
        (classes,) what the last linear layer puts out, and their softmax.
    names
        English names of the classes, from the first; those beyond them have numbers.
    own
        Whether the image is a picture of one's own.
    striking
        Whether a dropout has struck out neurons, as in training.
    """

    asked: int
    count: int
    image: NDArray[np.floating[Any]] | None
    label: int | None
    logits: NDArray[np.floating[Any]]
    probabilities: NDArray[np.floating[Any]]
    names: tuple[str, ...] = ()
    own: bool = False
    striking: bool = False

    @property
    def classes(self) -> int:
        return len(self.probabilities)

    @property
    def chosen(self) -> int:
        """The class that the network says, the first of equals."""
        return int(np.argmax(self.probabilities))

    @property
    def right(self) -> bool:
        return self.chosen == self.label


def prediction_scene(view: View) -> PredictionScene | Empty:
    """Logits and softmax of the sample shown."""
    snapshot = fitting_snapshot(view)
    if isinstance(snapshot, Empty):
        return snapshot
    image = snapshot.sample.image
    return PredictionScene(
        asked=view.test_image,
        count=view.progress.test_count,
        image=image if image.ndim == 3 else None,
        label=snapshot.sample.label,
        logits=snapshot.activations[-2],
        probabilities=snapshot.activations[-1],
        names=view.class_names,
        own=snapshot.sample.own,
        striking=bool(snapshot.masks),
    )
