"""What stands in a layer's grids, and which of their cells an output element reads."""

from __future__ import annotations

from functools import lru_cache
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.operations import Operation, Shape
from cnnviz.core.operations.sliding import Axis
from cnnviz.core.operations.transposed_convolution import ConvTranspose2d
from cnnviz.core.scenes.grids import (
    INPUT,
    LAID,
    MAP,
    NO_PADDING,
    OUTPUT,
    TERMS,
    Grid,
    Place,
)
from cnnviz.core.scenes.stage import StageScene
from cnnviz.core.snapshot import Snapshot


def values_of(scene: StageScene, grid: Grid) -> NDArray[np.float64]:
    """(rows, columns) the numbers of a grid, its padding included; NaN where none stands.

    The same array while snapshot and grid are the same.
    """
    layer, channel = scene.cursor.layer, scene.cursor.channel
    if grid.part == TERMS:
        return _laid_out(scene.ledger.terms, grid)
    return _values(scene.snapshot, layer, channel, grid)


@lru_cache(maxsize=64)
def _values(snapshot: Snapshot, layer: int, channel: int, grid: Grid) -> NDArray[np.float64]:
    part = grid.part
    if part == INPUT and grid.flat is None:
        return _padded(snapshot, layer, grid)
    if part == MAP:
        maps = subtotal_maps(snapshot, layer, channel)
        return np.full((grid.rows, grid.columns), np.nan) if maps is None else maps[grid.prefix[0]]
    if part == LAID:
        operation, x = snapshot.network.layers[layer].operation, snapshot.input_of(layer)
        weights = operation.ledger(x, snapshot.parameters[layer], (channel, 0, 0)).weights
        assert weights is not None
        laid: NDArray[np.float64] = weights.reshape(-1, grid.rows, grid.columns)[grid.prefix[0]]
        return laid
    return _laid_out(_array(snapshot, layer, part), grid)


def _laid_out(array: NDArray[np.floating[Any]], grid: Grid) -> NDArray[np.float64]:
    cells = np.asarray(array[grid.prefix], dtype=np.float64)
    if grid.flat is None:
        return cells
    line = np.full(grid.rows * grid.columns, np.nan)
    line[: grid.count] = cells[grid.flat : grid.flat + grid.count]
    return line.reshape(grid.rows, grid.columns)


def array_of(scene: StageScene, part: str) -> NDArray[np.floating[Any]]:
    """The array that a part's indices lead into."""
    return _array(scene.snapshot, scene.cursor.layer, part)


def _array(snapshot: Snapshot, layer: int, part: str) -> NDArray[np.floating[Any]]:
    if part == INPUT:
        return snapshot.input_of(layer)
    if part == OUTPUT:
        return snapshot.activations[layer + 1]
    return snapshot.given(layer)[part]


def _padded(snapshot: Snapshot, layer: int, grid: Grid) -> NDArray[np.float64]:
    """An input channel with what its padding holds: zeros, −∞ of a maximum, or itself again."""
    values = np.asarray(snapshot.input_of(layer)[grid.prefix], dtype=np.float64)
    if grid.padding == NO_PADDING:
        return values
    place = snapshot.network.layers[layer]
    axes = place.operation.axes(place.input_shape)
    assert axes is not None
    rows, columns = (
        axis.sources(np.arange(-axis.padding, axis.size + axis.behind, dtype=np.intp))
        for axis in axes
    )
    padded: NDArray[np.float64] = values[np.ix_(rows, columns)]
    filled = -inf if place.operation.verb == "maximum" else 0.0
    padded[rows < 0] = filled
    padded[:, columns < 0] = filled
    return padded


@lru_cache(maxsize=4)
def subtotal_maps(snapshot: Snapshot, layer: int, channel: int) -> NDArray[np.float64] | None:
    """(groups, rows, columns) what each input channel alone adds to an output channel's map.

    None where no kernel slides.  The last maps are kept: the cursor moves over them.
    """
    place = snapshot.network.layers[layer]
    operation, x = place.operation, snapshot.input_of(layer)
    selected = _selections(operation, place.input_shape)
    if selected is None:
        return None
    ledger = operation.ledger(x, snapshot.parameters[layer], (channel, 0, 0))
    assert ledger.weights is not None
    rows, columns = selected
    channels = ledger.taps.channels
    kernels = ledger.weights.reshape(len(channels), *ledger.taps.group_shape)
    inputs = np.asarray(x[channels], dtype=np.float64)
    # Σ over both taps of the kernel, one axis after the other.
    weighted = np.einsum("gkc,cpj->gkpj", kernels, columns)
    picked = np.einsum("koi,gij->gkoj", rows, inputs)
    maps: NDArray[np.float64] = (picked @ weighted.swapaxes(-1, -2)).sum(axis=1)
    maps.setflags(write=False)
    return maps


def _selections(
    operation: Operation, shape: Shape
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """(taps, output positions, input positions) of rows and columns: 1 where a tap reads."""
    if isinstance(operation, ConvTranspose2d):
        rows, columns = operation.spread(shape)
        return _laying(rows, shape[1]), _laying(columns, shape[2])
    axes = operation.axes(shape)
    if operation.verb != "sum" or axes is None:
        return None
    return _reading(axes[0]), _reading(axes[1])


def _reading(axis: Axis) -> NDArray[np.float64]:
    chosen = np.zeros((axis.kernel_size, axis.output_size, axis.size))
    for output in range(axis.output_size):
        sources = axis.sources(axis.reads(output))
        taps = np.flatnonzero(sources >= 0)
        chosen[taps, output, sources[taps]] = 1
    return chosen


def _laying(axis: Axis, count: int) -> NDArray[np.float64]:
    chosen = np.zeros((axis.kernel_size, axis.size, count))
    for position in range(count):
        outputs = axis.reads(position)
        taps = np.flatnonzero((outputs >= 0) & (outputs < axis.size))
        chosen[taps, outputs[taps], position] = 1
    return chosen


def computed(scene: StageScene, grid: Grid) -> int:
    """Cells of an output, a channel's map or the exponentials that are written already."""
    taps, term = scene.ledger.taps, scene.cursor.term
    if grid.part == TERMS:
        if scene.sums_covered:
            return 0
        return taps.count if scene.done else term + 1
    if grid.part == MAP and grid.group is not None:
        finished = scene.done or term >= (grid.group + 1) * taps.group_size - 1
        finished = finished and not scene.sums_covered
        return scene.computed - int(scene.done) + int(finished)
    return scene.computed


def read_cells(scene: StageScene, grid: Grid) -> list[Place]:
    """The cells (padding too) that the window reads of a grid of the input, in its order."""
    taps = scene.ledger.taps
    terms = range(taps.count)
    if grid.group is not None and grid.group < len(taps.channels):
        size = taps.group_size
        terms = range(grid.group * size, (grid.group + 1) * size)
    places = (term_cell(scene, grid, term) for term in terms)
    return [place for place in places if place is not None]


def term_cell(scene: StageScene, grid: Grid, term: int) -> Place | None:
    """The cell of the input that a term reads; None if it is in no cell of this grid."""
    taps = scene.ledger.taps
    if not taps.reads(term):
        return None
    index = tuple(int(i) for i in taps.inputs[term])
    place = grid.place(index) if len(index) >= 1 + (grid.flat is None) else None
    if place is None:
        return None
    (above, below), (left, right) = grid.padding
    row, column = place
    seen = -above <= row < grid.rows + below and -left <= column < grid.columns + right
    return place if seen else None


def weight_cell(scene: StageScene, grid: Grid, term: int) -> Place | None:
    """The cell of a kernel (or of it turned) that a term multiplies with, if it is in this grid."""
    taps = scene.ledger.taps
    if taps.weights is None or not taps.reads(term):
        return None
    if grid.part == LAID:
        group, rest = divmod(term, taps.group_size)
        return divmod(rest, taps.group_shape[1]) if group == grid.group else None
    return grid.place(tuple(int(i) for i in taps.weights[term]))


def term_of_weight(scene: StageScene, grid: Grid, place: Place) -> int | None:
    """The term that multiplies with a kernel's cell."""
    taps = scene.ledger.taps
    if taps.weights is None:
        return None
    if grid.part == LAID:
        assert grid.group is not None
        return grid.group * taps.group_size + place[0] * taps.group_shape[1] + place[1]
    found = np.flatnonzero((taps.weights == np.array(grid.index(*place))).all(axis=1))
    return int(found[0]) if found.size else None
