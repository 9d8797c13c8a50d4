"""The graph: a layer as neurons, and a line for each connection between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.connections import Indices
from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.connected import ConnectedScene, connected_stage, page
from cnnviz.core.view import View


@dataclass(frozen=True)
class Slot:
    """A neuron, or neurons that are left out.

    Attributes
    ----------
    index
        Its place in the flattened array, or None where some are left out.
    hidden
        How many are left out here.
    """

    index: int | None
    hidden: int = 0


BLOCKS = (8, 4, 1)
"""Outputs in a row that are shown with the same inputs, if there is room for them: then what is
drawn of them is kept while the cursor moves from one to the next."""

Slots = tuple[Slot, ...]


@dataclass(frozen=True)
class Neurons:
    """The neurons that are shown, from top to bottom."""

    inputs: Slots
    outputs: Slots


@dataclass(frozen=True, eq=False)
class Lines:
    """Connections between neurons that are shown.

    Attributes
    ----------
    sources, targets
        (lines,) the places of both ends in `Neurons`.
    hues
        (lines,) as `ConnectedScene.hue_of`.
    weights
        (lines,) the flat weight, or −1.
    values
        (lines,) its number.
    own
        (lines,) whether it leads to the cursor's output.
    """

    sources: Indices
    targets: Indices
    hues: Indices
    weights: Indices
    values: NDArray[np.float64]
    own: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class GraphScene(ConnectedScene):
    """What the pane shows, for as many neurons as it has room for."""

    def neurons(self, most: int, crowded: int) -> Neurons:
        """All of them, or those around the cursor.

        Parameters
        ----------
        most
            Neurons of one side that can be told apart well.
        crowded
            Neurons of one side that are shown, if this is all of them.
        """
        return Neurons(self._input_slots(most, crowded), self._output_slots(most, crowded))

    def _output_slots(self, most: int, crowded: int) -> Slots:
        if self.outputs <= crowded:
            return slots(list(range(self.outputs)), self.outputs)
        shown = page(self.row, self.channel_outputs, max(1, most - 2))
        return slots(list(shown), self.outputs)

    def _input_slots(self, most: int, crowded: int) -> Slots:
        """What the cursor's output reads, and as many neighbours as there is room for."""
        if self.inputs <= crowded:
            return slots(list(range(self.inputs)), self.inputs)
        span = self.channel_inputs
        own = self._read(range(self.row, self.row + 1))
        if not len(own):
            return slots(list(page(span.start, span, max(1, most - 2))), self.inputs)
        for count in BLOCKS:
            first = self.row // count * count
            last = min(first + count, self.channel_outputs.stop)
            own = self._read(range(max(first, self.channel_outputs.start), last))
            found = slots(own.tolist(), self.inputs)
            if len(found) <= most:
                break
        else:
            return self._some(own, most)
        for margin in range(1, len(span)):
            wider = np.unique(own[:, None] + np.arange(-margin, margin + 1))
            wider = wider[(wider >= span.start) & (wider < span.stop)]
            tried = slots(wider.tolist(), self.inputs)
            if len(tried) > most or len(wider) == len(span):
                break
            found = tried
        return found

    def _read(self, outputs: range) -> Indices:
        """The inputs of the opened input map that some outputs read, ascending."""
        return np.unique(self.connections(outputs, self.channel_inputs).inputs)

    def _some(self, own: Indices, most: int) -> Slots:
        """As many inputs of the cursor's output as there is room for, around the term shown."""
        place = 0 if self.current is None else int(np.searchsorted(own, self.current))
        room = max(1, most - 2)
        while True:
            shown = page(min(place, len(own) - 1), range(len(own)), room)
            found = slots(own[shown.start : shown.stop].tolist(), self.inputs)
            if len(found) <= most or room == 1:
                return found
            room = max(1, room - (len(found) - most + 1) // 2)

    def lines(self, neurons: Neurons) -> Lines:
        """The connections between neurons that are shown."""
        outputs = [slot.index for slot in neurons.outputs if slot.index is not None]
        run = range(outputs[0], outputs[-1] + 1)
        inputs = [slot.index for slot in neurons.inputs if slot.index is not None]
        everything = len(inputs) == self.inputs
        found = self.connections(run, None if everything else self.channel_inputs)
        sources = _places(neurons.inputs, self.inputs)[found.inputs]
        shown = sources >= 0
        found = found.only(shown)
        return Lines(
            sources=sources[shown],
            targets=_places(neurons.outputs, self.outputs)[found.outputs],
            hues=self.hue_of(found),
            weights=found.weights,
            values=found.values(self.parameters),
            own=found.outputs == self.row,
        )


def graph_scene(view: View) -> GraphScene | Empty:
    """The graph of a view."""
    stage = connected_stage(view)
    return stage if isinstance(stage, Empty) else GraphScene(stage)


def slots(shown: list[int], count: int) -> Slots:
    """The neurons to show, ascending, with what is left out of ``count`` between them."""
    found: list[Slot] = []
    before = -1
    for index in [*shown, count]:
        if index - before > 1:
            found.append(Slot(None, index - before - 1))
        if index < count:
            found.append(Slot(index))
        before = index
    return tuple(found)


def _places(shown: Slots, count: int) -> NDArray[Any]:
    """(count,) where each neuron stands in the slots; −1 where it is not shown."""
    places = np.full(count, -1, dtype=np.intp)
    for place, slot in enumerate(shown):
        if slot.index is not None:
            places[slot.index] = place
    return places
