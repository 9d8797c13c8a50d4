"""The confusion matrix, accuracy per class, and lists of test images: worst, best, of a cell."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.confusion import Cell, Confusion, confusion
from cnnviz.core.judgement import Judgement
from cnnviz.core.problem import mark
from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.fitting import fitting_snapshot, unanswered
from cnnviz.core.snapshot import Snapshot
from cnnviz.core.survey import Survey
from cnnviz.core.view import View

MOST_LISTED = 500
"""Images in the list of the worst and in that of the best; nobody looks through more."""


class Look(Enum):
    """What is shown."""

    MATRIX = "matrix"
    CLASSES = "classes"
    WORST = "worst"
    BEST = "best"
    CELL = "cell"

    @property
    def lists(self) -> bool:
        """Whether it is a list of images."""
        return self in (Look.WORST, Look.BEST, Look.CELL)


@dataclass(frozen=True, eq=False)
class ConfusionScene:
    """What the pane shows.

    Attributes
    ----------
    judgement
        What everything is counted from.
    table
        Its counts.
    names
        English names of the classes; those beyond them have numbers.
    look
        What is shown.
    cell
        The pair of classes whose images are listed, or None.
    listed
        Indices of the test images in the list; empty where none is shown.
    sample
        The test image that the other panes show.
    newer
        Whether the other panes show weights that are not judged yet.
    """

    judgement: Judgement
    table: Confusion
    names: tuple[str, ...]
    look: Look
    cell: Cell | None
    listed: NDArray[np.int64]
    sample: int
    newer: bool

    @property
    def step(self) -> int:
        return self.judgement.snapshot.step


OTHER_CLASSES = mark(
    "These weights tell ImageNet's classes apart, and not the data's: no answer is right or wrong."
)


TOO_MANY = mark(
    "The network tells more than 200 classes apart: nobody could read so large a matrix."
)

MOST_CLASSES = 200


def without_matrix(snapshot: Snapshot) -> str:
    """Why no test images are counted; "" if they are."""
    if snapshot.classes:
        return OTHER_CLASSES
    return TOO_MANY if snapshot.network.classes > MOST_CLASSES else ""


def confusion_scene(
    view: View, look: Look = Look.MATRIX, cell: Cell | None = None
) -> ConfusionScene | Empty:
    """The newest judgement of a view."""
    snapshot, judgement = fitting_snapshot(view), view.judgement
    if isinstance(snapshot, Empty):
        return snapshot
    if without_matrix(snapshot):
        return Empty(without_matrix(snapshot))
    if judgement is None or judgement.snapshot.network != view.network:
        return unanswered(view, Survey.JUDGEMENT)
    return ConfusionScene(
        judgement=judgement,
        table=_table(judgement),
        names=view.class_names,
        look=look,
        cell=cell if look is Look.CELL else None,
        listed=_listed(judgement, look, cell),
        sample=view.test_image,
        newer=judgement.snapshot.step != snapshot.step,
    )


# Asked for at every look, and counted once: a judgement never changes.
@lru_cache(maxsize=2)
def _table(judgement: Judgement) -> Confusion:
    classes = judgement.snapshot.network.classes
    return confusion(judgement.labels, judgement.predictions, classes)


@lru_cache(maxsize=4)
def _listed(judgement: Judgement, look: Look, cell: Cell | None) -> NDArray[np.int64]:
    losses = judgement.losses
    if look is Look.WORST:
        return np.argsort(-losses, kind="stable")[:MOST_LISTED]
    if look is Look.BEST:
        return np.argsort(losses, kind="stable")[:MOST_LISTED]
    if look is not Look.CELL or cell is None:
        return np.zeros(0, dtype=np.int64)
    right, predicted = cell
    found = np.flatnonzero((judgement.labels == right) & (judgement.predictions == predicted))
    return found[np.argsort(-losses[found], kind="stable")]
