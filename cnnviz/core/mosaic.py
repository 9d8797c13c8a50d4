"""Many maps laid out in one image: drawn at once, and found again under the mouse."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, nan
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T", bound=np.generic)


@dataclass(frozen=True)
class Mosaic:
    """Maps of one size, row after row, with a gap between neighbours and none around.

    Attributes
    ----------
    count
        Maps; at least 1.
    rows, columns
        Size of one map.
    across
        Maps in one row of the mosaic.
    gap
        Pixels between two maps, in pixels of the maps.
    """

    count: int
    rows: int
    columns: int
    across: int
    gap: int = 1

    @classmethod
    def fit(
        cls, count: int, rows: int, columns: int, width: float, height: float, gap: int = 1
    ) -> Mosaic:
        """The mosaic whose maps get as large as they can in an area of ``width`` × ``height``.

        The maps keep their proportions.  Of equally large ones it is the one with the fewest empty
        places, then the widest.
        """
        across = np.arange(1, count + 1)
        down = -(-count // across)
        scale = np.minimum(
            width / (across * (columns + gap) - gap), height / (down * (rows + gap) - gap)
        )
        empty = across * down - count
        best = int(np.lexsort((-across, empty, -scale))[0])
        return cls(count, rows, columns, int(across[best]), gap)

    @property
    def down(self) -> int:
        """Rows of maps."""
        return -(-self.count // self.across)

    @property
    def shape(self) -> tuple[int, int]:
        """(height, width) of the whole image, in pixels of the maps."""
        return (
            self.down * (self.rows + self.gap) - self.gap,
            self.across * (self.columns + self.gap) - self.gap,
        )

    def assemble(self, maps: NDArray[T], fill: float = nan) -> NDArray[T]:
        """Lay maps out in one image.

        Parameters
        ----------
        maps
            (count, rows, columns)
        fill
            What stands in the gaps and in the places left over.

        Returns
        -------
        Array of `shape`, of the maps' type, C-contiguous.
        """
        full, rest = divmod(self.count, self.across)
        image = np.full(
            (self.down, self.rows + self.gap, self.across, self.columns + self.gap),
            fill,
            dtype=maps.dtype,
        )
        tiles = image[:, : self.rows, :, : self.columns]
        whole = maps[: full * self.across].reshape(full, self.across, self.rows, self.columns)
        tiles[:full] = whole.transpose(0, 2, 1, 3)
        if rest:
            tiles[full, :, :rest] = maps[full * self.across :].transpose(1, 0, 2)
        height, width = self.shape
        image_rows = image.reshape(self.down * (self.rows + self.gap), -1)
        return np.ascontiguousarray(image_rows[:height, :width])

    def origin(self, index: int) -> tuple[int, int]:
        """(row, column) of a map's first pixel in the image."""
        down, across = divmod(index, self.across)
        return down * (self.rows + self.gap), across * (self.columns + self.gap)

    def locate(self, row: float, column: float) -> tuple[int, int, int] | None:
        """(map, row, column) under a point of the image; None in a gap, a place left over, outside.

        A pixel reaches from its own number to just below the next.
        """
        down, map_row = divmod(floor(row), self.rows + self.gap)
        across, map_column = divmod(floor(column), self.columns + self.gap)
        index = down * self.across + across
        inside = map_row < self.rows and map_column < self.columns
        if not inside or down < 0 or not 0 <= across < self.across or index >= self.count:
            return None
        return index, map_row, map_column
