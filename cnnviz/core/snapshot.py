"""What training hands to the window: copies of a model's numbers at one step, for one sample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.network import Network
from cnnviz.core.operations import Parameters
from cnnviz.core.wires import SKIP


@dataclass(frozen=True, eq=False)
class Sample:
    """One image of the test set, or a picture of one's own.

    Attributes
    ----------
    index
        Its place in the test set, from 0; of a picture of one's own a number below 0, and another
        one for each.
    image
        (channels, height, width) float32, 0 … 1, as the network is fed.
    label
        The right class; None where nobody has said it.
    """

    index: int
    image: NDArray[np.float32]
    label: int | None

    @property
    def own(self) -> bool:
        """Whether it is no image of the test set."""
        return self.index < 0


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A model at one training step, and what it makes of one sample; nothing in it ever changes.

    Attributes
    ----------
    run
        Counts the runs (a reset, another network): snapshots of different runs do not mix.
    step
        Batches trained so far.
    parameters
        One mapping a layer, float32, in PyTorch's shapes; empty for layers that learn nothing.
        What a layer keeps without learning it (batch norm's running statistics) is among them.
    activations
        ``activations[0]`` is the input, ``activations[i + 1]`` the output of layer i, as torch
        computed them in float32, without the batch axis.
    changes
        How many times weights were set by hand or from a file in this run.
    classes
        English names of the classes that it tells apart, where these are not the data's: weights
        from elsewhere that have not been trained here.  What the data say is right then means
        nothing to it.
    masks
        By the place of a dropout's layer, what it keeps (1) and strikes out (0): the activations
        are then those of training.  None where the network was evaluated.
    pictured
        Whether the input is a picture, drawn grey, and not numbers laid out by hand.
    limits
        Where `cnnviz.core.scenes.ranges` keeps the colour ranges it has worked out: at 60 frames a
        second each would be worked out anew from the same numbers.
    kept
        Where `cnnviz.core.scenes.kept` keeps whatever else is worked out from it.
    """

    run: int
    step: int
    network: Network
    sample: Sample
    parameters: tuple[Parameters, ...]
    activations: tuple[NDArray[np.floating[Any]], ...]
    pictured: bool = True
    changes: int = 0
    classes: tuple[str, ...] = ()
    masks: Mapping[int, NDArray[np.floating[Any]]] | None = None
    limits: dict[int, float] = field(default_factory=dict, repr=False)
    kept: dict[Any, dict[Any, Any]] = field(default_factory=dict, repr=False)

    def input_of(self, layer: int) -> NDArray[np.floating[Any]]:
        """What a layer reads: the output of the layer before it, unless it has another source."""
        return self.activations[self.network.source(layer) + 1]

    def given(self, layer: int) -> Parameters:
        """What a layer computes with beside its input.

        Parameters, a dropout's mask, and what an `Add` adds.
        """
        given = self.parameters[layer]
        if self.masks is not None and layer in self.masks:
            given = {**given, "mask": self.masks[layer]}
        skip = self.network.layers[layer].wire.skip
        if skip is not None:
            given = {**given, SKIP: self.activations[skip + 1]}
        return given

    @property
    def prediction(self) -> int:
        return int(np.argmax(self.activations[-1]))
