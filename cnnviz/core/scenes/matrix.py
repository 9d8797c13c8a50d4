"""The matrix: a layer unrolled, a row for each output and a column for each input."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.connections import Connections, Indices
from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.connected import ConnectedScene, connected_stage, page
from cnnviz.core.view import View


@dataclass(frozen=True)
class Part:
    """What is shown of a matrix that may be too large to be shown whole."""

    outputs: range
    inputs: range


@dataclass(frozen=True, eq=False)
class MatrixScene(ConnectedScene):
    """What the pane shows, for as many rows and columns as it has room for."""

    def part(self, most_rows: int, most_columns: int) -> Part:
        """All of it, else the cursor's map by the opened input map, else as much around the cursor.

        Rows and columns are asked one by one.
        """
        return Part(
            _most(self.row, range(self.outputs), self.channel_outputs, max(1, most_rows)),
            _most(self._anchor, range(self.inputs), self.channel_inputs, max(1, most_columns)),
        )

    @property
    def _anchor(self) -> int:
        """The column around which columns are shown."""
        inputs = self.channel_inputs
        own = self.own.inputs[(self.own.inputs >= inputs.start) & (self.own.inputs < inputs.stop)]
        wide = len(own) > 0 and own.max() - own.min() > len(inputs) // 2
        if self.current in inputs and wide:
            assert self.current is not None
            return self.current
        return int(own.min() + own.max()) // 2 if len(own) and not wide else inputs.start

    def found(self, part: Part) -> Connections:
        """The connections in a part."""
        return self.connections(part.outputs, part.inputs)

    def at(self, part: Part, output: int, column: int) -> Connections:
        """What stands at one entry: more than one connection where padding repeats the input."""
        found = self.found(part)
        return found.only((found.outputs == output) & (found.inputs == column))

    def values(self, part: Part) -> NDArray[np.float64]:
        """(rows, columns) W; NaN where nothing is connected."""
        found = self.found(part)
        values = np.zeros(_size(part))
        place = _place(found, part)
        np.add.at(values, place, found.values(self.parameters))
        empty = np.ones(values.shape, dtype=np.bool_)
        empty[place] = False
        values[empty] = np.nan
        return values

    def hues(self, part: Part) -> Indices:
        """(rows, columns) the hue of each entry; −1: connected without one, −2: not connected.

        Where padding brings several weights together, it is that of the last of them.
        """
        found = self.found(part)
        entries = np.full(_size(part), -2, dtype=np.intp)
        entries[_place(found, part)] = self.hue_of(found)
        return entries

    def uses(self, part: Part, weight: int) -> NDArray[np.bool_]:
        """(rows, columns) where a weight stands."""
        found = self.found(part)
        mask = np.zeros(_size(part), dtype=np.bool_)
        rows, columns = _place(found, part)
        used = found.weights == weight
        mask[rows[used], columns[used]] = True
        return mask

    def biases(self, part: Part) -> NDArray[Any] | None:
        """(rows,) b, or None where there is none."""
        if "bias" not in self.parameters:
            return None
        return self.found(part).bias_values(self.parameters)


def matrix_scene(view: View) -> MatrixScene | Empty:
    """The matrix of a view."""
    stage = connected_stage(view)
    return stage if isinstance(stage, Empty) else MatrixScene(stage)


def _most(anchor: int, everything: range, channel: range, most: int) -> range:
    if len(everything) <= most:
        return everything
    return page(anchor, channel, most)


def _size(part: Part) -> tuple[int, int]:
    return len(part.outputs), len(part.inputs)


def _place(found: Connections, part: Part) -> tuple[Indices, Indices]:
    return found.outputs - part.outputs.start, found.inputs - part.inputs.start
