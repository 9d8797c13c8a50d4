"""The stage: one output element, everything that goes into it, and where both stand."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.colour import limit_of
from cnnviz.core.cursor import Cursor, element
from cnnviz.core.network import Layer
from cnnviz.core.operations import Element, Flatten, Ledger, Linear
from cnnviz.core.operations.argmax import Argmax
from cnnviz.core.operations.base import Joining
from cnnviz.core.operations.sliding import Axis, Pair, inputs_touched
from cnnviz.core.operations.transposed_convolution import ConvTranspose2d
from cnnviz.core.problem import mark
from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.ranges import is_signed, output_limit, weight_limit
from cnnviz.core.scenes.sheets import Sheet, all_maps_sheet, map_sheet, vector_sheet
from cnnviz.core.snapshot import Snapshot
from cnnviz.core.view import Pointing, View
from cnnviz.core.wires import SKIP


@dataclass(frozen=True, eq=False)
class StageScene:
    """What the stage shows; everything below the fields follows from them.

    ``held``: it stands still although nobody looks at the past.  ``covered``: what a question
    hides, "output" (the element, and every sum that leads to it) and "ledger" (the terms too).
    """

    snapshot: Snapshot
    cursor: Cursor
    opened: int
    pointing: Pointing
    held: bool
    names: tuple[str, ...] = ()
    covered: tuple[str, ...] = ()

    @property
    def class_names(self) -> tuple[str, ...]:
        """Names of the classes, where the output has one element for each of them; else ()."""
        network = self.snapshot.network
        last = self.cursor.layer >= len(network.layers) - 2
        return self.names if last and self.layer.output_shape == (network.classes,) else ()

    @property
    def layer(self) -> Layer:
        return self.snapshot.network.layers[self.cursor.layer]

    @property
    def input(self) -> NDArray[np.floating[Any]]:
        return self.snapshot.input_of(self.cursor.layer)

    @property
    def output(self) -> NDArray[np.floating[Any]]:
        return self.snapshot.activations[self.cursor.layer + 1]

    @property
    def element(self) -> Element:
        """The output element that is computed."""
        return element(self.snapshot.network, self.cursor)

    @cached_property
    def ledger(self) -> Ledger:
        """Every number of it."""
        given = self.snapshot.given(self.cursor.layer)
        return self.layer.operation.ledger(self.input, given, self.element)

    @property
    def source(self) -> int:
        """The layer whose output is the input; −1 is the network's input."""
        return self.snapshot.network.source(self.cursor.layer)

    @property
    def joins(self) -> bool:
        """Whether another output is added to the input."""
        return isinstance(self.layer.operation, Joining)

    @property
    def skip(self) -> NDArray[np.floating[Any]] | None:
        """(channels, rows, columns) of what an Add adds to its input; None for everything else."""
        return self.snapshot.given(self.cursor.layer).get(SKIP)

    @cached_property
    def sum_limit(self) -> float:
        """The one value at the end of the scale for what is added and what comes of it.

        A colour means the same number in all three maps: else they could not be seen to add up.
        """
        limits = [output_limit(self.snapshot, it) for it in (self.source, self.cursor.layer)]
        skip = self.layer.wire.skip
        if skip is not None:
            limits.append(output_limit(self.snapshot, skip))
        elif self.skip is not None:  # typed, in the Lab
            limits.append(limit_of(self.skip))
        return max(limits)

    @property
    def mask(self) -> NDArray[np.floating[Any]] | None:
        """What a dropout keeps (1) and strikes out (0) of the input; None without a mask."""
        return self.snapshot.given(self.cursor.layer).get("mask")

    @cached_property
    def struck_inputs(self) -> NDArray[np.bool_] | None:
        """(inputs,) which of the inputs, flattened, a dropout before the layer has struck out.

        None where none is there, or where the network was evaluated.
        """
        network, before = self.snapshot.network, self.source
        while before >= 0 and isinstance(network.layers[before].operation, Flatten):
            before = network.source(before)
        masks = self.snapshot.masks
        if masks is None or before not in masks:
            return None
        struck: NDArray[np.bool_] = masks[before].reshape(-1) == 0
        return struck

    @property
    def done(self) -> bool:
        """Whether the element is written, and not covered."""
        return self.added and not self.sums_covered

    @property
    def added(self) -> bool:
        """Whether every term is."""
        return self.cursor.term >= self.ledger.taps.count

    @property
    def sums_covered(self) -> bool:
        """Whether no sum is to be seen, nor the element."""
        return bool(self.covered)

    @property
    def ledger_covered(self) -> bool:
        """Whether no term is either: what is taken over, a maximum say, is its own term."""
        return "ledger" in self.covered or (
            self.sums_covered and self.layer.operation.verb != "sum"
        )

    @property
    def group(self) -> int:
        """The group of terms that is shown product by product."""
        return min(self.opened, len(self.ledger.taps.channels) - 1)

    @property
    def group_terms(self) -> slice:
        """The terms of that group."""
        size = self.ledger.taps.group_size
        return slice(self.group * size, (self.group + 1) * size)

    @property
    def shown_term(self) -> int | None:
        """The term just added, or None when the element is done."""
        return None if self.added else self.cursor.term

    @cached_property
    def input_limit(self) -> float:
        return self.sum_limit if self.joins else output_limit(self.snapshot, self.source)

    @cached_property
    def output_limit(self) -> float:
        return self.sum_limit if self.joins else output_limit(self.snapshot, self.cursor.layer)

    @cached_property
    def weight_limit(self) -> float:
        return weight_limit(self.snapshot, self.cursor.layer)

    @property
    def input_is_image(self) -> bool:
        """Whether the input is drawn grey."""
        return self.source < 0 and self.snapshot.pictured

    @property
    def input_is_coloured(self) -> bool:
        """Whether its three maps are red, green and blue of a picture."""
        return self.input_is_image and len(self.layer.input_shape) == 3 and len(self.input) == 3

    @cached_property
    def input_is_signed(self) -> bool:
        return is_signed(self.snapshot, self.source)

    @cached_property
    def output_is_signed(self) -> bool:
        return is_signed(self.snapshot, self.cursor.layer)

    @property
    def axes(self) -> tuple[Axis, Axis] | None:
        """How the window slides, where the layer has one."""
        return self.layer.operation.axes(self.layer.input_shape)

    @property
    def padding(self) -> tuple[Pair, Pair]:
        """Padding drawn around the input: rows (above, below) and columns (left, right).

        What a window of ``ceil_mode`` reaches beyond it is drawn with it.
        """
        axes = self.axes
        if axes is None:
            return (0, 0), (0, 0)
        return (axes[0].padding, axes[0].behind), (axes[1].padding, axes[1].behind)

    @cached_property
    def padded(self) -> NDArray[np.floating[Any]] | None:
        """(rows, columns) the drawn input map with the padding that repeats it; None if none does.

        Zeros are not input: such padding has no values to be drawn.
        """
        axes = self.axes
        if axes is None or axes[0].padding_mode == "zeros":
            return None
        rows, columns = (
            axis.sources(np.arange(-axis.padding, axis.size + axis.after, dtype=np.intp))
            for axis in axes
        )
        return self.input_sheet.picture(self.input)[np.ix_(rows, columns)]

    def in_padding(self, row: int, column: int) -> tuple[float, Element | None] | None:
        """What stands at a place of the padding around the drawn map; None elsewhere.

        Rows above and columns left of the map are negative.

        Returns
        -------
        Its value, and the input element that it repeats, or None where it repeats none.
        """
        axes = self.axes
        if axes is None or self.input_sheet.first is None:
            return None
        places = list(zip(axes, (row, column), strict=True))
        ringed = all(-axis.padding <= at < axis.size + axis.behind for axis, at in places)
        if not ringed or all(0 <= at < axis.size for axis, at in places):
            return None
        if axes[0].padding_mode == "zeros":
            # Nothing can be smaller than −∞: a maximum is never taken from there.
            return (-inf if self.layer.operation.verb == "maximum" else 0.0), None
        sources = (int(axis.sources(np.array([at], dtype=np.intp))[0]) for axis, at in places)
        repeated = (self.input_sheet.first, *sources)
        return float(self.input[repeated]), repeated

    @cached_property
    def input_sheet(self) -> Sheet:
        """The part of the input that is drawn large."""
        shape, operation = self.layer.input_shape, self.layer.operation
        if len(shape) == 1:
            return vector_sheet(shape[0], operation.fold if isinstance(operation, Linear) else None)
        if isinstance(operation, Flatten | Argmax):
            return all_maps_sheet(shape)
        return map_sheet(shape, int(self.ledger.taps.channels[self.group]))

    @cached_property
    def output_sheet(self) -> Sheet:
        shape = self.layer.output_shape
        return vector_sheet(shape[0]) if len(shape) == 1 else map_sheet(shape, self.cursor.channel)

    @property
    def computed(self) -> int:
        """Elements of the shown output map that are written, in the order they are computed."""
        _, _, columns = self.layer.grid
        return self.cursor.row * columns + self.cursor.column + int(self.done)

    @cached_property
    def readers(self) -> NDArray[np.bool_] | None:
        """(rows, columns) of the output that read the pointed input element, or None."""
        pixel = self.pointing.pixel
        if pixel is None or len(pixel) != len(self.layer.input_shape):
            return None
        if any(not 0 <= i < n for i, n in zip(pixel, self.layer.input_shape, strict=True)):
            return None
        return self.layer.operation.readers(self.layer.input_shape, pixel)

    @cached_property
    def touched(self) -> NDArray[np.bool_] | None:
        """(height, width) of the input that meets the pointed weight, or None.

        A linear layer's weight is used once only: its input is one element, not a mask.
        """
        term, operation = self.pointing.weight, self.layer.operation
        if term is None or term >= self.ledger.taps.count:
            return None
        rows, columns = self.ledger.taps.group_shape
        row, column = divmod(term % (rows * columns), columns)
        if isinstance(operation, ConvTranspose2d):
            return operation.touched(self.layer.input_shape, row, column)
        axes = self.axes
        return None if axes is None else inputs_touched(*axes, row, column)

    @cached_property
    def uses(self) -> tuple[int, int] | None:
        """How often the pointed weight meets the input, of how many places it is laid on, or None.

        At the other places it meets zeros of the padding, or its product is cut off.
        """
        touched, operation, term = self.touched, self.layer.operation, self.pointing.weight
        if touched is None:
            own = (
                isinstance(operation, Linear) and term is not None and term < operation.in_features
            )
            return (1, 1) if own else None
        if isinstance(operation, ConvTranspose2d):  # laid once for each place of the input
            return int(touched.sum()), touched.size
        axes = self.axes
        assert axes is not None
        laid = axes[0].output_size * axes[1].output_size
        # Padding that repeats the input is met as input is; other windows meet other places.
        return (int(touched.sum()) if axes[0].padding_mode == "zeros" else laid), laid


def stage_scene(view: View) -> StageScene | Empty:
    """The stage of a view."""
    if view.stage is None:
        return Empty(view.progress.waiting or mark("The network is being prepared."))
    if view.cursor.layer >= len(view.stage.network.layers):
        return Empty(mark("The network is being prepared."))
    return StageScene(
        snapshot=view.stage,
        cursor=view.cursor,
        opened=view.opened,
        pointing=view.pointing,
        held=view.held and view.past is None,
        names=view.stage.classes or view.class_names,
        covered=view.covered,
    )
