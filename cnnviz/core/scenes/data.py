"""The data pane: pictures of one part of the data, and what they are all together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.dataset import Dataset, Images
from cnnviz.core.problem import mark
from cnnviz.core.scenes import Empty
from cnnviz.core.view import View


@dataclass(frozen=True, eq=False)
class DataScene:
    """A part of the data, or one class of it.

    Attributes
    ----------
    data
        All of them.
    test
        Whether the images to test with are shown, and not those to train on.
    chosen
        The class whose images are listed; None for all.
    sample
        The test image that the other panes show.
    """

    data: Dataset
    test: bool
    chosen: int | None
    sample: int

    @property
    def classes(self) -> int:
        return self.data.class_count

    @property
    def names(self) -> tuple[str, ...]:
        """English names of the classes, from the first; those beyond them have numbers."""
        return self.data.classes

    @property
    def pictures(self) -> Images:
        """(count, height, width[, 3]) of the part."""
        return self.data.pictures[int(self.test)]

    @property
    def count(self) -> int:
        """Images in the part."""
        return len(self.data.part(self.test)[1])

    def label(self, index: int) -> int:
        """The class of an image of the part."""
        return int(self.data.part(self.test)[1][index])

    @cached_property
    def listed(self) -> NDArray[np.intp]:
        """The images that are listed, by their numbers in the part, ascending."""
        labels = self.data.part(self.test)[1]
        if self.chosen is None:
            return np.arange(len(labels), dtype=np.intp)
        return np.flatnonzero(labels == self.chosen)

    @cached_property
    def balance(self) -> NDArray[np.intp]:
        """(classes,) images of each class in the part."""
        return np.bincount(self.data.part(self.test)[1], minlength=self.classes)


def data_scene(view: View, test: bool, chosen: int | None) -> DataScene | Empty:
    """The data of a view."""
    if view.data is None:
        return Empty(view.progress.waiting or mark("The images are being read."))
    if chosen is not None and chosen >= view.data.class_count:
        chosen = None
    return DataScene(view.data, test, chosen, view.test_image)
