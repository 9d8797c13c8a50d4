"""What excites a channel most: test images with the patch that its largest value sees."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from cnnviz.core.excitation import Excitations, Peaks, channel_of, element_at
from cnnviz.core.network import Layer
from cnnviz.core.operations import Element
from cnnviz.core.patches import Patch, Patches
from cnnviz.core.problem import mark
from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.fitting import fitting_snapshot, unanswered
from cnnviz.core.scenes.kept import kept
from cnnviz.core.snapshot import Snapshot
from cnnviz.core.survey import Survey
from cnnviz.core.view import View


class Look(Enum):
    """What is shown."""

    CHANNEL = "channel"
    """The images that excite the chosen channel most."""
    LAYER = "layer"
    """The one patch that excites each channel of the layer most."""


@dataclass(frozen=True)
class Found:
    """An image of the list.

    Attributes
    ----------
    image
        The index of the test image.
    element
        Where in the layer's output the largest value is.
    value
        That value.
    """

    image: int
    element: Element
    value: float


@dataclass(frozen=True, eq=False)
class ExcitingScene:
    """What the pane shows.

    Attributes
    ----------
    excitations
        What was found in the whole test set.
    index
        The chosen layer.
    channel
        The chosen channel; of a vector the chosen feature.
    look
        What is shown.
    names
        English names of the classes; those beyond them have numbers.
    sample
        The test image that the other panes show.
    newer
        Whether the other panes show weights that are not looked at yet.
    """

    excitations: Excitations
    index: int
    channel: int
    look: Look
    names: tuple[str, ...]
    sample: int
    newer: bool

    @property
    def step(self) -> int:
        return self.excitations.snapshot.step

    @property
    def layer(self) -> Layer:
        return self.excitations.snapshot.network.layers[self.index]

    @property
    def vector(self) -> bool:
        return len(self.layer.output_shape) == 1

    @property
    def peaks(self) -> Peaks:
        return self.excitations.layers[self.index]

    @property
    def channels(self) -> int:
        return len(self.peaks.values)

    @property
    def count(self) -> int:
        """Pictures there are: images of the channel, or channels of the layer."""
        return self.channels if self.look is Look.LAYER else self.peaks.values.shape[1]

    def dead(self, channel: int) -> bool:
        """Whether a channel is 0 on every test image, or below: nothing excites it."""
        return float(self.peaks.values[channel, 0]) == 0

    def found(self, channel: int, rank: int = 0) -> Found:
        """The image that excites a channel most, or comes ``rank`` places behind it."""
        peaks = self.peaks
        place = int(peaks.places[channel, rank])
        return Found(
            image=int(peaks.images[channel, rank]),
            element=element_at(self.layer, channel, place),
            value=float(peaks.values[channel, rank]),
        )

    def at(self, place: int) -> Found:
        """What the picture at a place of the list or of the mosaic shows."""
        return self.found(place) if self.look is Look.LAYER else self.found(self.channel, place)

    def patch(self, element: Element) -> Patch:
        """What an element of the layer sees."""
        return _patches(self.excitations.snapshot).patch(self.index, element)


@kept(most=1)
def _patches(snapshot: Snapshot) -> Patches:
    return Patches(snapshot.network)


def exciting_scene(view: View, look: Look = Look.CHANNEL) -> ExcitingScene | Empty:
    """What excites the channel that the cursor stands in, or each channel of its layer."""
    snapshot, excitations = fitting_snapshot(view), view.excitations
    if isinstance(snapshot, Empty):
        return snapshot
    if len(view.network.input_shape) != 3:
        return Empty(mark("The input of this network is a vector: it has no places to see."))
    if excitations is None or excitations.snapshot.network != view.network:
        return unanswered(view, Survey.EXCITATION)
    layer = view.network.layers[view.cursor.layer]
    return ExcitingScene(
        excitations=excitations,
        index=view.cursor.layer,
        channel=channel_of(layer, view.cursor),
        look=look,
        names=view.class_names,
        sample=view.test_image,
        newer=excitations.snapshot.step != snapshot.step,
    )
