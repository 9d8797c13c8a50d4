"""How an array lies on the flat screen, and which element is where."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.mosaic import Mosaic
from cnnviz.core.operations import Element, Shape

MOST_BARS = 32
"""Values up to which a vector is drawn as bars with their numbers, and not as a folded grid."""


@dataclass(frozen=True)
class Sheet:
    """A flat picture of one map, of several maps side by side, or of a vector.

    Attributes
    ----------
    mosaic
        How the maps lie on the sheet.  A vector is one map, or folded into several.
    first
        The channel of the first map, where an element's index has a channel; None for vectors.
    """

    mosaic: Mosaic
    first: int | None = None

    @property
    def size(self) -> tuple[int, int]:
        """(rows, columns) of the whole sheet, gaps included."""
        return self.mosaic.shape

    def picture(self, values: NDArray[np.floating[Any]]) -> NDArray[np.floating[Any]]:
        """The values of an array as this sheet shows them; NaN between and behind the maps."""
        mosaic = self.mosaic
        size = (mosaic.count, mosaic.rows, mosaic.columns)
        if self.first is not None:
            return mosaic.assemble(values[self.first : self.first + mosaic.count])
        if values.size < mosaic.count * mosaic.rows * mosaic.columns:
            padded = np.full(size, np.nan, dtype=values.dtype)
            padded.reshape(-1)[: values.size] = values
            values = padded
        return mosaic.assemble(values.reshape(size))

    def thinned(self, step: int) -> Sheet:
        """The same maps with every ``step``-th of their rows and columns only."""
        mosaic = self.mosaic
        rows, columns = -(-mosaic.rows // step), -(-mosaic.columns // step)
        return replace(self, mosaic=replace(mosaic, rows=rows, columns=columns))

    def place(self, element: Element) -> tuple[int, int]:
        """(row, column) of an element on the sheet; padding may lie outside of it."""
        if self.first is not None:
            index, row, column = element[0] - self.first, element[1], element[2]
        else:
            index, rest = divmod(element[0], self.mosaic.rows * self.mosaic.columns)
            row, column = divmod(rest, self.mosaic.columns)
        top, left = self.mosaic.origin(index)
        return top + row, left + column

    def element(self, row: float, column: float, count: int) -> Element | None:
        """The element at a place of the sheet, or None in a gap, outside, or past ``count``."""
        found = self.mosaic.locate(row, column)
        if found is None:
            return None
        index, inner_row, inner_column = found
        if self.first is not None:
            return (self.first + index, inner_row, inner_column)
        position = (index * self.mosaic.rows + inner_row) * self.mosaic.columns + inner_column
        return (position,) if position < count else None


def map_sheet(shape: Shape, channel: int) -> Sheet:
    """One map of maps."""
    return Sheet(Mosaic(1, shape[1], shape[2], 1), first=channel)


def all_maps_sheet(shape: Shape) -> Sheet:
    """Every map, side by side in about a square."""
    return Sheet(Mosaic(shape[0], shape[1], shape[2], isqrt(shape[0] - 1) + 1), first=0)


def vector_sheet(count: int, fold: Shape | None = None) -> Sheet:
    """A vector: as the maps it was flattened from (``fold``), else wrapped line by line."""
    if fold is not None and len(fold) == 3 and fold[1] * fold[2] > 1:
        return Sheet(Mosaic(fold[0], fold[1], fold[2], isqrt(fold[0] - 1) + 1))
    if count <= MOST_BARS:
        return Sheet(Mosaic(1, count, 1, 1))
    columns = isqrt(count - 1) + 1
    return Sheet(Mosaic(1, -(-count // columns), columns, 1))
