"""The prediction pane: what the network makes of one image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.fitting import fitting_snapshot
from cnnviz.core.view import View

MOST = 50
"""Classes that all get a row; of more, nobody would find the likely ones."""

LIKELIEST = 10
"""Rows where there are more classes."""


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
    order
        The classes that are shown, from the first row: all of them, or of more than `MOST` the
        likeliest first, and behind them the right one.
    foreign
        Whether it tells other classes apart than the data have, so that no answer is right.
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
    order: tuple[int, ...]
    foreign: bool = False
    names: tuple[str, ...] = ()
    own: bool = False
    striking: bool = False

    @property
    def classes(self) -> int:
        return len(self.probabilities)

    @property
    def ranked(self) -> bool:
        """Whether only the likeliest classes are shown."""
        return len(self.order) < self.classes

    @property
    def chosen(self) -> int:
        """The class that the network says, the first of equals."""
        return int(np.argmax(self.probabilities))

    @property
    def right(self) -> bool:
        return self.chosen == self.label


def shown_classes(probabilities: NDArray[np.floating[Any]], label: int | None) -> tuple[int, ...]:
    """The classes that get a row, in their order."""
    if len(probabilities) <= MOST:
        return tuple(range(len(probabilities)))
    likeliest = np.argsort(-probabilities, kind="stable")[:LIKELIEST].tolist()
    return tuple(likeliest if label is None or label in likeliest else [*likeliest, label])


def prediction_scene(view: View) -> PredictionScene | Empty:
    """Logits and softmax of the sample shown."""
    snapshot = fitting_snapshot(view)
    if isinstance(snapshot, Empty):
        return snapshot
    image, probabilities = snapshot.sample.image, snapshot.activations[-1]
    label = None if snapshot.classes else snapshot.sample.label
    return PredictionScene(
        asked=view.test_image,
        count=view.progress.test_count,
        image=image if image.ndim == 3 else None,
        label=label,
        logits=snapshot.activations[-2],
        probabilities=probabilities,
        order=shown_classes(probabilities, label),
        foreign=bool(snapshot.classes),
        names=snapshot.classes or view.class_names,
        own=snapshot.sample.own,
        striking=bool(snapshot.masks),
    )
