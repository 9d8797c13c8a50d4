"""Weights that are put into a network while it is trained: by hand, or from a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.network import Layer, Network
from cnnviz.core.operations import Element, Parameters, Shape
from cnnviz.core.operations.base import buffer_shapes


@dataclass(frozen=True, eq=False)
class WeightEdit:
    """New numbers for one array of one layer.

    Attributes
    ----------
    layer, name
        Which array: a layer's index and PyTorch's name ("weight", "bias", "running_mean").
    values
        (count,) one number for each place, or the whole array.
    places
        (count, axes) where they belong, in PyTorch's layout of the array; None for all of it.
    """

    layer: int
    name: str
    values: NDArray[np.floating[Any]]
    places: NDArray[np.intp] | None = None

    def replaced(self, parameters: Sequence[Parameters]) -> WeightEdit:
        """What stands where this edit goes to: the edit that takes it back."""
        array = parameters[self.layer][self.name]
        if self.places is not None:
            array = array[tuple(self.places.T)]
        return WeightEdit(self.layer, self.name, array, self.places)

    def same_place(self, other: WeightEdit) -> bool:
        """Whether both edits go to the same numbers."""
        return (self.layer, self.name) == (other.layer, other.name) and (
            self.places is not None
            and other.places is not None
            and np.array_equal(self.places, other.places)
        )


@dataclass(frozen=True, eq=False)
class WeightChange:
    """Edits that are made together, between two batches of a run.

    Attributes
    ----------
    run
        The run that they were made for; in another they are not made.
    number
        Counts the changes of a run from 1; snapshots say up to which they hold.
    edits
        In the order in which they are made.
    anew
        Whether the optimiser forgets what it remembers of the weights before.
    file
        Name of the file that the weights are from; "" where a person has set them.
    renamed
        A key of that file, where its keys had to be matched by order and shape.
    classes
        English names of the classes that the network tells apart from here on until it is trained;
        () for the data's, None if they are those of before.
    """

    run: int
    number: int
    edits: tuple[WeightEdit, ...]
    anew: bool = False
    file: str = ""
    renamed: str = ""
    classes: tuple[str, ...] | None = None


def one_weight(layer: int, name: str, index: Element, value: float) -> WeightEdit:
    """One number at its place in a layer's array."""
    places = np.array([index], dtype=np.intp)
    return WeightEdit(layer, name, np.array([value], dtype=np.float32), places)


def zeroed(index: int, layer: Layer, kernel: int) -> WeightEdit:
    """The weights of one kernel (output channel, or output of a vector), all 0."""
    places = _places(layer, kernel)
    return WeightEdit(index, "weight", np.zeros(len(places), dtype=np.float32), places)


def edited(parameters: Sequence[Parameters], edits: Sequence[WeightEdit]) -> tuple[Parameters, ...]:
    """The parameters with edits made; arrays that none of them touches are the same ones."""
    after = [dict(arrays) for arrays in parameters]
    for edit in edits:
        array = np.array(edit.values)
        if edit.places is not None:
            array = after[edit.layer][edit.name].copy()
            array[tuple(edit.places.T)] = edit.values
        after[edit.layer][edit.name] = array
    return tuple(after)


def all_weights(parameters: Sequence[Parameters]) -> tuple[WeightEdit, ...]:
    """Every array of a network."""
    return tuple(
        WeightEdit(layer, name, array)
        for layer, arrays in enumerate(parameters)
        for name, array in arrays.items()
    )


def weight_place(layer: Layer, kernel: int, term: int) -> Element:
    """Where a term's weight of one kernel stands in the layer's array, in PyTorch's layout."""
    return tuple(int(i) for i in _places(layer, kernel)[term])


def kept_shapes(network: Network) -> list[dict[str, Shape]]:
    """The shapes of what each layer learns or keeps, in PyTorch's order."""
    return [
        layer.parameter_shapes | buffer_shapes(layer.operation, layer.input_shape)
        for layer in network.layers
    ]


def _places(layer: Layer, kernel: int) -> NDArray[np.intp]:
    """(terms, axes) where the weights of a kernel stand.

    Every element of a channel has the same weights, whichever of them meet the padding.
    """
    element = (kernel, 0, 0) if len(layer.output_shape) == 3 else (kernel,)
    places = layer.operation.taps(layer.input_shape, element).weights
    if places is None:
        raise ValueError(f"{layer.operation.kind} has no kernels")
    return places
