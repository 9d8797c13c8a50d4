"""What the matrix and the graph of a layer share: its connections, and one hue for each weight."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np

from cnnviz.core.connections import (
    Connections,
    Counts,
    Indices,
    connections,
    counts,
    is_matrix,
    term_weights,
)
from cnnviz.core.equivalence import unfolded
from cnnviz.core.network import Layer
from cnnviz.core.operations import Element, Linear, Parameters
from cnnviz.core.problem import mark
from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.stage import StageScene, stage_scene
from cnnviz.core.view import View

MOST_HUES = 36
"""Weights of a whole kernel up to which each has a hue; of a larger one, only the opened slice's
have one."""


@dataclass(frozen=True, eq=False)
class ConnectedScene:
    """A layer as y = W x + b; everything below the field follows from it.

    Inputs, outputs and weights are named by their place in the flattened array.
    """

    stage: StageScene

    @cached_property
    def layer(self) -> Layer:
        return self.stage.layer

    @property
    def parameters(self) -> Parameters:
        return self.stage.snapshot.parameters[self.stage.cursor.layer]

    @property
    def inputs(self) -> int:
        return prod(self.layer.input_shape)

    @property
    def outputs(self) -> int:
        return prod(self.layer.output_shape)

    @cached_property
    def row(self) -> int:
        """The output that the cursor stands on."""
        return int(np.ravel_multi_index(self.stage.element, self.layer.output_shape))

    @property
    def written(self) -> int:
        """Outputs that are computed, in the order in which they are."""
        return self.row + int(self.stage.done)

    @property
    def asked(self) -> bool:
        """Whether a question covers the output that the cursor stands on."""
        return self.stage.added and self.stage.sums_covered

    @cached_property
    def counts(self) -> Counts:
        return counts(self.layer.operation, self.layer.input_shape)

    @property
    def learned(self) -> bool:
        """Whether the weights are learned; those of a mean are 1/n."""
        return "weight" in self.layer.parameter_shapes

    def connections(self, outputs: range, inputs: range | None = None) -> Connections:
        """What connects a part of the outputs with a part of the inputs."""
        return connections(self.layer.operation, self.layer.input_shape, outputs, inputs)

    @cached_property
    def own(self) -> Connections:
        """The connections of the cursor's output."""
        return self.connections(range(self.row, self.row + 1))

    # --- channels ----------------------------------------------------------------------------

    @property
    def map_size(self) -> int:
        """Outputs in one map; a vector is one."""
        _, rows, columns = self.layer.grid
        return rows * columns

    @property
    def input_map_size(self) -> int:
        """Inputs in one map, also of one that was flattened; a vector is one."""
        shape, operation = self.layer.input_shape, self.layer.operation
        if len(shape) == 1:
            _, rows, columns = unfolded(operation) if isinstance(operation, Linear) else (0, 1, 1)
            return rows * columns if rows * columns > 1 else shape[0]
        return shape[1] * shape[2]

    @property
    def input_channel(self) -> int:
        """The input map whose terms the ledger shows."""
        if self.input_map_size == self.inputs:
            return 0
        return int(self.stage.ledger.taps.channels[self.stage.group])

    @property
    def channel_outputs(self) -> range:
        """The outputs of the cursor's map."""
        first = self.row // self.map_size * self.map_size
        return range(first, first + self.map_size)

    @property
    def channel_inputs(self) -> range:
        """The inputs of the map whose terms the ledger shows."""
        first = self.input_channel * self.input_map_size
        return range(first, first + self.input_map_size)

    # --- weights -----------------------------------------------------------------------------

    @property
    def weight_shape(self) -> tuple[int, ...]:
        return self.layer.parameter_shapes.get("weight", ())

    @property
    def slice_size(self) -> int:
        """Weights of one kernel at one input channel."""
        return prod(self.weight_shape[2:]) if self.learned else 1

    @property
    def has_hues(self) -> bool:
        """Whether weights are shared, so that a hue can show it."""
        return self.counts.shares and len(self.layer.output_shape) == 3

    @cached_property
    def slices(self) -> tuple[int, ...]:
        """The input channels whose weights have hues of their own."""
        channels = tuple(int(channel) for channel in self.stage.ledger.taps.channels)
        if not self.learned:
            return channels[:1]
        small = len(channels) * self.slice_size <= MOST_HUES
        return channels if small else (self.input_channel,)

    @property
    def hue_count(self) -> int:
        return len(self.slices) * self.slice_size

    def hue_of(self, found: Connections) -> Indices:
        """(connections,) the number of each one's hue, from 0; −1 where it has none.

        Only the kernel of the cursor's output has hues: another's weights are others.
        """
        if not self.has_hues:
            return np.full(found.count, -1, dtype=np.intp)
        place = found.weights % self.slice_size if self.learned else 0 * found.weights
        order = np.full(max(self.slices) + 1, -1, dtype=np.intp)
        order[list(self.slices)] = np.arange(len(self.slices))
        channels = found.inputs // self.input_map_size
        known = (channels < len(order)) & (found.outputs // self.map_size == self.stage.element[0])
        slot = order[np.where(known, channels, 0)]
        hue = slot * self.slice_size + place
        return np.where(known & (slot >= 0), hue, -1)

    @cached_property
    def kernel(self) -> Indices:
        """(slices, rows, columns) the weights that have a hue, in the order of their hues."""
        if not self.learned or not self.has_hues:
            return np.empty((0, 0, 0), dtype=np.intp)
        weights = np.full(self.hue_count, -1, dtype=np.intp)
        taps = self.stage.ledger.taps
        flat = term_weights(taps, self.weight_shape)
        channels = np.repeat(taps.channels, taps.group_size)
        for slot, channel in enumerate(self.slices):
            ids = flat[channels == channel]
            weights[slot * self.slice_size + ids % self.slice_size] = ids
        return weights.reshape(len(self.slices), *self.weight_shape[2:])

    def weight_value(self, weight: int) -> float:
        return float(self.parameters["weight"].reshape(-1)[weight])

    def weight_place(self, weight: int) -> Element:
        """Where a weight stands in torch's array."""
        return tuple(int(i) for i in np.unravel_index(weight, self.weight_shape))

    # --- what is pointed at ------------------------------------------------------------------

    @cached_property
    def pointed(self) -> int | None:
        """The weight whose uses are asked for."""
        term, taps = self.stage.pointing.weight, self.stage.ledger.taps
        if term is None or not self.learned or term >= taps.count:
            return None
        return int(term_weights(taps, self.weight_shape)[term])

    def term_of(self, weight: int) -> int | None:
        """The term of the cursor's ledger that multiplies with a weight, or None."""
        if not self.learned:
            return None
        found = np.flatnonzero(term_weights(self.stage.ledger.taps, self.weight_shape) == weight)
        return int(found[0]) if len(found) else None

    def next_term(self, step: int) -> int:
        """The term to point at next, ``step`` on from the one that is; around at the ends."""
        count, pointed = self.stage.ledger.taps.count, self.stage.pointing.weight
        if pointed is None:
            return 0 if step > 0 else count - 1
        return (pointed + step) % count

    @cached_property
    def current(self) -> int | None:
        """The input that the term just added reads; None in the padding, or when all are added."""
        found = np.flatnonzero(self.own.terms == self.stage.shown_term)
        return int(self.own.inputs[found[0]]) if len(found) else None

    @cached_property
    def pixel(self) -> int | None:
        """The input whose readers are asked for."""
        pixel, shape = self.stage.pointing.pixel, self.layer.input_shape
        if pixel is None or self.stage.readers is None:
            return None
        return int(np.ravel_multi_index(pixel, shape))

    def input_place(self, index: int) -> Element:
        return tuple(int(i) for i in np.unravel_index(index, self.layer.input_shape))

    def output_place(self, index: int) -> Element:
        return tuple(int(i) for i in np.unravel_index(index, self.layer.output_shape))

    def request(self, index: int) -> tuple[int, int, int, int]:
        """(layer, channel, row, column) of an output, as a request names it."""
        place = self.output_place(index)
        channel, row, column = place if len(place) == 3 else (0, 0, place[0])
        return self.stage.cursor.layer, channel, row, column


def connected_stage(view: View) -> StageScene | Empty:
    """The stage of a view whose layer is y = W x + b."""
    stage = stage_scene(view)
    if isinstance(stage, Empty):
        return stage
    operation = stage.layer.operation
    if is_matrix(operation, stage.layer.input_shape):
        return stage
    if operation.verb == "maximum":
        return Empty(
            mark("The largest of a window is no weighted sum: nothing to lay out as weights.")
        )
    return Empty(
        mark(
            "This layer connects each value with itself, or has no weights. Choose a Conv, a "
            "Linear or an average pooling."
        )
    )


def page(anchor: int, span: range, most: int) -> range:
    """A part of a run of places, at most so long, with the anchor in it.

    It moves on by half its length, and not at each step, so that it can be kept while the anchor
    moves; the anchor is never near an end of it that is not one of the run.
    """
    count = len(span)
    if count <= most:
        return span
    half = max(1, most // 2)
    first = (anchor - span.start - most // 4) // half * half
    first = span.start + min(max(first, 0), count - most)
    return range(first, first + most)
