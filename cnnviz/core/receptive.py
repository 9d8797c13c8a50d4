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
    dilation leaves holes in it.  A vector is one row.  Where paths meet in an `Add`, one field
    usually holds the other, as around a skip connection; else it is the smallest such product that
    holds both.
    """

    rows: tuple[int, ...]
    columns: tuple[int, ...]

    @property
    def count(self) -> int:
        return len(self.rows) * len(self.columns)

    def joined(self, other: Field) -> Field:
        """What is in either of them."""
        if not (self.count and other.count):
            return self if self.count else other
        return Field(
            tuple(sorted({*self.rows, *other.rows})), tuple(sorted({*self.columns, *other.columns}))
        )

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
    fields = {layer: Field((row,), (column,))}
    for index in range(layer, -1, -1):
        found = fields.pop(index, None)
        if found is None:  # on no path to the element
            continue
        skip = network.layers[index].wire.skip
        read = [(network.source(index), _read_by(network.layers[index], found))]
        if skip is not None:
            read.append((skip, found))
        for place, field in read:
            fields[place] = fields[place].joined(field) if place in fields else field
    return fields[-1]


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
    fields = [Field((pixel[0],), (pixel[1],))]
    for index, layer in enumerate(network.layers):
        field = _reached_from(layer, fields[network.source(index) + 1])
        if layer.wire.skip is not None:
            field = field.joined(fields[layer.wire.skip + 1])
        fields.append(field)
    return tuple(fields[1:])


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


def _seen(network: Network, index: int) -> tuple[Reads, Reads]:
    """Which rows and which columns of the input each row and each column of a layer sees."""
    _, height, width = network.input_shape
    seen: list[tuple[Reads, Reads]] = [
        (tuple((i,) for i in range(height)), tuple((i,) for i in range(width)))
    ]
    for number, layer in enumerate(network.layers[: index + 1]):
        if len(layer.output_shape) != 3:  # maps come from maps
            break
        reads = _reads(layer.operation, layer.input_shape)
        given = seen[network.source(number) + 1]
        found = tuple(
            tuple(_union(before, places) for places in axis)
            for before, axis in zip(given, reads, strict=True)
        )
        if layer.wire.skip is not None:
            found = tuple(
                tuple(tuple(sorted({*one, *other})) for one, other in zip(*axes, strict=True))
                for axes in zip(found, seen[layer.wire.skip + 1], strict=True)
            )
        seen.append((found[0], found[1]))
    return seen[index + 1]


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

    def beside(self, other: Growth) -> Growth:
        """Of what adds two outputs whose elements stand equally far apart: from the first position
        that either sees to the last."""
        ends = [
            (it.start - (it.size - 1) / 2, it.start + (it.size - 1) / 2) for it in (self, other)
        ]
        first, last = min(ends)[0], max(end for _, end in ends)
        return Growth(round(last - first) + 1, self.jump, (first + last) / 2)


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
    found = [Sight((1, 1), (Growth(), Growth()))]
    for index, layer in enumerate(network.layers):
        sight = found[network.source(index) + 1]
        if layer.wire.skip is None:
            found.append(_behind(network, index, layer, sight))
        else:
            found.append(_together(network, index, sight, found[layer.wire.skip + 1]))
    return tuple(found)


def _together(network: Network, index: int, sight: Sight, skip: Sight) -> Sight:
    """What an Add sees."""
    if sight.growth is None or skip.growth is None:
        return _measured(network, index, network.layers[index])
    pairs = list(zip(sight.growth, skip.growth, strict=True))
    if any(one.jump != other.jump for one, other in pairs):
        return _measured(network, index, network.layers[index])
    rows, columns = (one.beside(other) for one, other in pairs)
    return Sight((rows.size, columns.size), (rows, columns))


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
    rows, columns = _seen(network, index)
    tall, wide = set(map(_extent, rows)), set(map(_extent, columns))
    return Sight(
        size=(max(tall), max(wide)),
        alike=len(tall) == len(wide) == 1,
        whole={len(places) for places in rows} == {height}
        and {len(places) for places in columns} == {width},
    )
