"""Receptive fields, both ways: what reaches an element, and what a pixel reaches."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.network import Layer, Network
from cnnviz.core.operations import Element, Flatten, Operation, Shape
from cnnviz.core.operations.base import spatial
from cnnviz.core.operations.sliding import Axis

Reads = tuple[tuple[int, ...], ...]
"""Along one axis, for each position of a layer's output: the positions of its input it reads."""


@dataclass(frozen=True)
class Field:
    """The elements in all of these rows and all of these columns, each ascending.

    Windows slide along height and width apart, so that a receptive field is always such a product;
    dilation leaves holes in it.  A vector is one row.
    """

    rows: tuple[int, ...]
    columns: tuple[int, ...]

    @property
    def count(self) -> int:
        return len(self.rows) * len(self.columns)

    def mask(self, shape: Shape) -> NDArray[np.bool_]:
        """(rows, columns) of an array of this shape, True in the field."""
        mask = np.zeros(spatial(shape), dtype=np.bool_)
        mask[np.ix_(self.rows, self.columns)] = True
        return mask

    @property
    def extent(self) -> tuple[int, int]:
        """Height and width of the smallest rectangle around it; (0, 0) if it is empty."""
        return (_extent(self.rows), _extent(self.columns)) if self.count else (0, 0)


def receptive_field(network: Network, layer: int, element: Element) -> Field:
    """Exactly the elements of the network's input that can reach an element of a layer.

    Layer −1 is the input itself.  Padding with zeros carries nothing, on any layer on the way, so
    that near the border a field is smaller than `Growth.size`; it is empty if only padding is read.
    """
    row, column = element[-2:] if len(element) == 3 else (0, element[0])
    field = Field((row,), (column,))
    for index in range(layer, -1, -1):
        field = _read_by(network.layers[index], field)
    return field


def influence(network: Network, pixel: tuple[int, int]) -> tuple[Field, ...]:
    """Exactly the elements of each layer that an element of the network's input can reach.

    The inverse of `receptive_field`: the pixel lies in the field of an element of layer i if, and
    only if, that element lies in ``influence(network, pixel)[i]``.

    Parameters
    ----------
    network
        Whose input is maps.
    pixel
        Row and column of the input, in any channel.
    """
    field = Field((pixel[0],), (pixel[1],))
    fields = []
    for layer in network.layers:
        field = _reached_from(layer, field)
        fields.append(field)
    return tuple(fields)


def _read_by(layer: Layer, field: Field) -> Field:
    """What of a layer's input a field of its output is computed from."""
    operation, shape = layer.operation, layer.input_shape
    if not field.count:
        return Field((), ())
    if len(layer.output_shape) == 3:
        rows, columns = _reads(operation, shape)
        return Field(_union(rows, field.rows), _union(columns, field.columns))
    if _copies(operation, shape):
        return field
    if len(field.columns) == 1:
        return _read_by_one(operation, shape, field.columns[0])
    # One element of a vector, or all that a layer has read of it: there is nothing in between.
    rows_there, columns_there = spatial(shape)
    return Field(tuple(range(rows_there)), tuple(range(columns_there)))


def _reached_from(layer: Layer, field: Field) -> Field:
    """What of a layer's output is computed from a field of its input."""
    operation, shape = layer.operation, layer.input_shape
    if not field.count:
        return Field((), ())
    if len(layer.output_shape) == 3:
        rows, columns = _readers(operation, shape)
        return Field(_union(rows, field.rows), _union(columns, field.columns))
    if _copies(operation, shape):
        return field
    if isinstance(operation, Flatten):
        mask = np.broadcast_to(field.mask(shape), shape)
        return Field((0,), tuple(np.flatnonzero(mask).tolist()))
    return Field((0,), tuple(range(layer.output_shape[0])))


@lru_cache(maxsize=1024)
def _read_by_one(operation: Operation, shape: Shape, index: int) -> Field:
    """What one element of a vector is computed from."""
    places = _places(operation, shape, (index,))
    return Field(_distinct(places[:, -2]) if len(shape) == 3 else (0,), _distinct(places[:, -1]))


@lru_cache(maxsize=256)
def _copies(operation: Operation, shape: Shape) -> bool:
    """Whether each element of a vector comes from the one at its own place."""
    if len(shape) != 1 or operation.output_shape(shape) != shape:
        return False
    return operation.taps(shape, (0,)).count == 1


@lru_cache(maxsize=256)
def _reads(operation: Operation, shape: Shape) -> tuple[Reads, Reads]:
    """What each row and each column of the output reads, of a layer from maps to maps."""
    axes = operation.axes(shape)
    if axes is not None:
        return _slid(axes[0]), _slid(axes[1])
    _, height, width = operation.output_shape(shape)
    # A place reads the rows of its row in the columns of its column.  To see the rows, a column
    # is needed that reads anything at all, which one in the padding does not.
    for start in np.ndindex(height, width):
        if len(_places(operation, shape, (0, *start))):
            break
    rows = [_places(operation, shape, (0, row, start[1]))[:, 1] for row in range(height)]
    columns = [_places(operation, shape, (0, start[0], column))[:, 2] for column in range(width)]
    return tuple(map(_distinct, rows)), tuple(map(_distinct, columns))


@lru_cache(maxsize=256)
def _readers(operation: Operation, shape: Shape) -> tuple[Reads, Reads]:
    """Which rows and which columns of the output read each row and each column of the input."""
    rows, columns = _reads(operation, shape)
    return _inverse(rows, shape[1]), _inverse(columns, shape[2])


def _inverse(reads: Reads, size: int) -> Reads:
    readers: list[list[int]] = [[] for _ in range(size)]
    for output, positions in enumerate(reads):
        for position in positions:
            readers[position].append(output)
    return tuple(map(tuple, readers))


def _slid(axis: Axis) -> Reads:
    sources = (axis.sources(axis.reads(output)) for output in range(axis.output_size))
    return tuple(_distinct(found[found >= 0]) for found in sources)


def _places(operation: Operation, shape: Shape, element: Element) -> NDArray[np.intp]:
    """(reads, input axes) where the values that an element reads stand in the input."""
    taps = operation.taps(shape, element)
    return taps.inputs[taps.inside] if taps.sources is None else taps.sources


def _distinct(positions: NDArray[np.intp]) -> tuple[int, ...]:
    return tuple(np.unique(positions).tolist())


def _extent(places: tuple[int, ...]) -> int:
    """Positions from the first place to the last, both counted."""
    return places[-1] - places[0] + 1 if places else 0


def _union(reads: Reads, places: tuple[int, ...]) -> tuple[int, ...]:
    if len(places) == 1:
        return reads[places[0]]
    return tuple(sorted(set().union(*(reads[place] for place in places))))


@dataclass(frozen=True)
class Growth:
    """How far a layer sees along one axis of the input, were there no borders.

    Attributes
    ----------
    size
        Input positions from the first that an element can see to the last.
    jump
        Input positions from one element's field to its neighbour's.
    start
        The middle of the first element's field; 0 is the middle of the first input position.
    """

    size: int = 1
    jump: int = 1
    start: float = 0.0

    def behind(self, axis: Axis) -> Growth:
        """Of the layer behind a window that slides over this one.

        Araujo, Norris & Sim 2019, "Computing Receptive Fields of Convolutional Neural Networks",
        Distill: r ← r + (k − 1)·j, start ← start + ((k − 1) / 2 − p)·j, j ← j·s, with the window's
        extent in k's place where it is dilated.
        """
        reach = axis.extent - 1
        return Growth(
            size=self.size + reach * self.jump,
            jump=self.jump * axis.stride,
            start=self.start + (reach / 2 - axis.padding) * self.jump,
        )


@dataclass(frozen=True)
class Sight:
    """How much of the input the elements of a layer see.

    Attributes
    ----------
    size
        Height and width of what an element sees: were there no borders where ``growth`` is known or
        was until the maps were flattened, else the largest that there is.
    growth
        (height, width), where windows of one size stand at equal distances; else None.
    alike
        False where elements see windows of different sizes, borders aside.
    whole
        Whether every element sees every element of the input, and no growth says so already.
    """

    size: tuple[int, int]
    growth: tuple[Growth, Growth] | None = None
    alike: bool = True
    whole: bool = False


def sights(network: Network) -> tuple[Sight, ...]:
    """What the input and each layer see; the network's input is maps."""
    sight = Sight((1, 1), (Growth(), Growth()))
    found = [sight]
    for index, layer in enumerate(network.layers):
        sight = _behind(network, index, layer, sight)
        found.append(sight)
    return tuple(found)


def _behind(network: Network, index: int, layer: Layer, sight: Sight) -> Sight:
    """What a layer sees whose input sees ``sight``."""
    operation, shape = layer.operation, layer.input_shape
    if len(layer.output_shape) == 1:
        if _copies(operation, shape):
            return sight
        if isinstance(operation, Flatten):  # its elements stand in a row, their fields do not
            return Sight(sight.size, None, sight.alike, sight.whole)
        return _measured(network, index, layer)
    axes = operation.axes(shape)
    if axes is not None and sight.growth is not None:
        rows, columns = (now.behind(axis) for now, axis in zip(sight.growth, axes, strict=True))
        return Sight((rows.size, columns.size), (rows, columns))
    if _reads(operation, shape) == tuple(tuple((i,) for i in range(size)) for size in shape[1:]):
        return sight
    return _measured(network, index, layer)


def _measured(network: Network, index: int, layer: Layer) -> Sight:
    """Of a layer whose fields no formula gives, by looking at each of them."""
    _, height, width = network.input_shape
    if len(layer.output_shape) == 1:  # every element reads everything before it
        field = receptive_field(network, index, (0,))
        return Sight(field.extent, whole=field.count == height * width)
    rows: Reads = tuple((i,) for i in range(height))
    columns: Reads = tuple((i,) for i in range(width))
    for before in network.layers[: index + 1]:
        reads = _reads(before.operation, before.input_shape)
        rows = tuple(_union(rows, places) for places in reads[0])
        columns = tuple(_union(columns, places) for places in reads[1])
    tall, wide = set(map(_extent, rows)), set(map(_extent, columns))
    return Sight(
        size=(max(tall), max(wide)),
        alike=len(tall) == len(wide) == 1,
        whole={len(places) for places in rows} == {height}
        and {len(places) for places in columns} == {width},
    )
