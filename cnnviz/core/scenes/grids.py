"""Which grids of numbers a layer is shown as, what stands in them, and which cells are read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.operations import Element, Flatten, Linear, Shape
from cnnviz.core.operations.sliding import Axis, Pair
from cnnviz.core.scenes.stage import StageScene

INPUT, OUTPUT = "input", "output"
MAP, TERMS, LAID = "map", "terms", "laid"
"""Grids that hold no part of the layer: a channel's own map, exponentials, the kernel turned."""

NO_PADDING: tuple[Pair, Pair] = ((0, 0), (0, 0))

Place = tuple[int, int]
"""(row, column) of a cell in its grid; negative above and left of it, in the padding."""


@dataclass(frozen=True)
class Grid:
    """One grid of cells, and where their numbers stand in the layer's arrays.

    Attributes
    ----------
    part
        "input", "output", a parameter's name, or `MAP`, `TERMS` or `LAID`.
    prefix
        What stands before row and column in an index into the part.
    flat
        Of a vector: the index of the first cell, the others follow line by line; else None.
    count
        Cells that there are; a vector's last line may be shorter.
    group
        The group of terms that the grid belongs to, or None.
    padding
        Rows (above, below) and columns (left, right) of padding around it.
    """

    part: str
    rows: int
    columns: int
    prefix: tuple[int, ...] = ()
    flat: int | None = None
    count: int = 0
    group: int | None = None
    padding: tuple[Pair, Pair] = NO_PADDING

    @property
    def editable(self) -> bool:
        return self.part not in (OUTPUT, MAP, TERMS, LAID)

    @property
    def key(self) -> tuple[str, tuple[int, ...], int | None]:
        """What stays the same while sizes change."""
        return self.part, self.prefix, self.flat

    @property
    def padded_size(self) -> tuple[int, int]:
        return self.rows + sum(self.padding[0]), self.columns + sum(self.padding[1])

    def holds(self, row: int, column: int) -> bool:
        """Whether there is a cell; padding is none."""
        if not (0 <= row < self.rows and 0 <= column < self.columns):
            return False
        return self.flat is None or row * self.columns + column < self.count

    def index(self, row: int, column: int) -> Element:
        """Where a cell's number stands in its part."""
        if self.flat is None:
            return (*self.prefix, row, column)
        return (*self.prefix, self.flat + row * self.columns + column)

    def place(self, index: Element) -> Place | None:
        """The cell of an index; None if it lies in another grid of the part."""
        if self.flat is None:
            row, column = index[-2:]
            return (row, column) if index[:-2] == self.prefix else None
        offset = index[-1] - self.flat
        if index[:-1] != self.prefix or not 0 <= offset < self.count:
            return None
        return divmod(offset, self.columns)

    def folded(self, columns: int) -> Grid:
        """A vector in lines of so many cells."""
        columns = max(1, min(columns, self.count))
        return replace(self, rows=-(-self.count // columns), columns=columns)


def vector(part: str, count: int, start: int = 0) -> Grid:
    """A vector (or some of its numbers) as one line."""
    return Grid(part, 1, count, flat=start, count=count)


def _map(part: str, shape: Shape, prefix: tuple[int, ...], group: int | None = None) -> Grid:
    """A grid of a shape's last two axes."""
    return Grid(part, shape[-2], shape[-1], prefix, group=group)


@dataclass(frozen=True)
class Row:
    """An input channel, the kernel laid on it, and what comes of it alone.

    Attributes
    ----------
    group
        The group of terms that are added up by themselves; None where nothing is learned.
    laid
        The kernel as it is laid on, where it is not as it is typed.
    map
        The channel's own map, where several are added up.
    """

    group: int | None
    channel: int
    input: Grid
    kernel: Grid | None = None
    laid: Grid | None = None
    map: Grid | None = None


@dataclass(frozen=True)
class Contents:
    """Every grid of a layer.

    Attributes
    ----------
    matrix
        The weights of a linear layer, which multiply the one row's input.
    channels
        Input channels beside those in ``rows``, to be shown small.
    outputs
        Output channels.
    others
        Parameters that are neither kernel nor bias.
    unread
        Whether some rows or columns of the input are read by no window.
    """

    rows: tuple[Row, ...]
    output: Grid
    matrix: Grid | None = None
    bias: Grid | None = None
    terms: Grid | None = None
    others: tuple[Grid, ...] = ()
    channels: tuple[int, ...] = ()
    outputs: int = 1
    unread: bool = False

    @property
    def grids(self) -> tuple[Grid, ...]:
        """All of them, in the order in which the Tab key goes through."""
        found: list[Grid | None] = []
        for row in self.rows:
            found += [row.input, row.kernel, row.laid, row.map]
        found += [self.matrix, self.bias, *self.others, self.terms, self.output]
        return tuple(grid for grid in found if grid is not None)


def adds(scene: StageScene) -> bool:
    """Whether products with a kernel or with weights are added up."""
    return scene.layer.operation.verb == "sum" and scene.ledger.weights is not None


def contents_of(scene: StageScene) -> Contents:
    """The grids of the layer that a scene stands in."""
    layer, taps = scene.layer, scene.ledger.taps
    shape, operation = layer.input_shape, layer.operation
    rows = tuple(_rows(scene))
    if len(layer.output_shape) == 1:
        output = vector(OUTPUT, layer.output_shape[0])
    else:
        output = _map(OUTPUT, layer.output_shape, (scene.cursor.channel,))
    parameters, shown = scene.snapshot.given(scene.cursor.layer), set()
    matrix = bias = None
    if isinstance(operation, Linear):
        matrix = _map("weight", parameters["weight"].shape, ())
        shown.add("weight")
        if "bias" in parameters:
            bias = replace(vector("bias", operation.out_features), rows=operation.out_features)
            bias = replace(bias, columns=1)
            shown.add("bias")
    elif adds(scene):
        shown.add("weight")
        if taps.bias is not None:
            bias = vector("bias", 1, taps.bias[-1])
            shown.add("bias")
    others = tuple(
        _parameter(name, values, scene.cursor.channel)
        for name, values in parameters.items()
        if name not in shown
    )
    read = {row.channel for row in rows}
    channels = tuple(c for c in range(shape[0]) if c not in read) if len(shape) == 3 else ()
    exponentials = operation.verb in ("softmax", "log_softmax", "cross_entropy")
    terms = vector(TERMS, taps.count) if exponentials and len(shape) == 1 else None
    return Contents(
        rows=rows,
        output=output,
        matrix=matrix,
        bias=bias,
        terms=terms,
        others=others,
        # What several channels are added up to leaves out what other groups read.
        channels=() if adds(scene) and len(rows) > 1 else channels,
        outputs=layer.grid[0],
        unread=any(never_read(scene)),
    )


def _rows(scene: StageScene) -> list[Row]:
    shape, taps = scene.layer.input_shape, scene.ledger.taps
    if len(shape) == 1:
        return [Row(0, 0, vector(INPUT, shape[0]))]
    if not adds(scene):
        return [
            Row(None, channel, replace(_map(INPUT, shape, (channel,)), padding=scene.padding))
            for channel in _shown_channels(scene)
        ]
    assert taps.weights is not None
    rows, weight = [], scene.snapshot.parameters[scene.cursor.layer]["weight"]
    for group, channel in enumerate(taps.channels.tolist()):
        grid = replace(_map(INPUT, shape, (channel,), group), padding=scene.padding)
        first = taps.weights[group * taps.group_size]
        kernel = _map("weight", weight.shape, tuple(first[:-2].tolist()), group)
        laid = own = None
        if getattr(scene.layer.operation, "flipped", False):
            laid = _map(LAID, weight.shape, (group,), group)
        if len(taps.channels) > 1:
            own = _map(MAP, scene.layer.output_shape, (group,), group)
        rows.append(Row(group, channel, grid, kernel, laid, own))
    return rows


def _shown_channels(scene: StageScene) -> list[int]:
    """The one channel that an element reads; all of them where it reads several, or all are laid
    out in one vector."""
    taps, every = scene.ledger.taps, list(range(scene.layer.input_shape[0]))
    read: list[int] = np.unique(taps.inputs[taps.inside][:, 0]).tolist()
    if isinstance(scene.layer.operation, Flatten) or len(read) != 1:
        return every
    return read


def _parameter(name: str, values: NDArray[np.floating[Any]], channel: int) -> Grid:
    if values.ndim == 1:
        return vector(name, len(values))
    prefix = tuple(min(channel, size - 1) for size in values.shape[:-2])
    return _map(name, values.shape, prefix)


def never_read(scene: StageScene) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Rows and columns of the input that no window reads ("does not fit")."""
    axes = scene.axes
    return ((), ()) if axes is None else (_unread(axes[0]), _unread(axes[1]))


@lru_cache(maxsize=64)
def _unread(axis: Axis) -> tuple[int, ...]:
    return tuple(axis.unread().tolist())
