"""Receptive fields: which elements of the network's input can reach an element of a layer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.network import Layer, Network
from cnnviz.core.operations import Element, Flatten, Shape
from cnnviz.core.operations.base import Elementwise, spatial
from cnnviz.core.operations.sliding import Axis


@dataclass(frozen=True)
class Field:
    """The elements in all of these rows and all of these columns, each ascending.

    Windows slide along height and width apart, so that a receptive field is always such a product;
    dilation leaves holes in it.  A vector is one row.
    """

    rows: tuple[int, ...]
    columns: tuple[int, ...]

    def mask(self, shape: Shape) -> NDArray[np.bool_]:
        """(rows, columns) of an array of this shape, True in the field."""
        mask = np.zeros(spatial(shape), dtype=np.bool_)
        mask[np.ix_(self.rows, self.columns)] = True
        return mask

    @property
    def extent(self) -> tuple[int, int]:
        """Height and width of the smallest rectangle around it; (0, 0) if it is empty."""
        if not self.rows or not self.columns:
            return 0, 0
        return self.rows[-1] - self.rows[0] + 1, self.columns[-1] - self.columns[0] + 1


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


def _read_by(layer: Layer, field: Field) -> Field:
    """What of a layer's input a field of its output is computed from."""
    operation, shape = layer.operation, layer.input_shape
    axes = operation.axes(shape)
    if axes is not None:
        return Field(_read(axes[0], field.rows), _read(axes[1], field.columns))
    if isinstance(operation, Elementwise):
        return field
    if len(layer.output_shape) == 3:  # windows of different sizes
        rows = {r for row in field.rows for r in _places(layer, (0, row, 0))[:, 1].tolist()}
        columns = {c for col in field.columns for c in _places(layer, (0, 0, col))[:, 2].tolist()}
        return Field(tuple(sorted(rows)), tuple(sorted(columns)))
    if isinstance(operation, Flatten) and len(field.columns) == 1:
        place = _places(layer, field.columns)[0].tolist()
        return Field((place[-2] if len(place) == 3 else 0,), (place[-1],))
    rows_there, columns_there = spatial(shape)
    return Field(tuple(range(rows_there)), tuple(range(columns_there)))


def _places(layer: Layer, element: Element) -> NDArray[np.intp]:
    taps = layer.operation.taps(layer.input_shape, element)
    return taps.inputs[taps.inside]


def _read(axis: Axis, outputs: tuple[int, ...]) -> tuple[int, ...]:
    if not outputs:
        return ()
    sources = axis.sources(np.concatenate([axis.reads(output) for output in outputs]))
    return tuple(np.unique(sources[sources >= 0]).tolist())


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


def growths(network: Network) -> tuple[tuple[Growth, Growth] | None, ...]:
    """(height, width) for the input and for each layer; None from where everything is seen."""
    now: tuple[Growth, Growth] | None = (Growth(), Growth())
    found = [now]
    for layer in network.layers:
        axes = layer.operation.axes(layer.input_shape)
        if now is None or len(layer.output_shape) != 3:
            now = None
        elif axes is not None:
            now = (now[0].behind(axes[0]), now[1].behind(axes[1]))
        elif not isinstance(layer.operation, Elementwise):
            now = None
        found.append(now)
    return tuple(found)
