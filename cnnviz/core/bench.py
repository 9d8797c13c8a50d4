"""What is laid out in the Lab: one operation, its input and its parameters, all checked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, lru_cache
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.description import schema
from cnnviz.core.network import Layer, Network, build_chain
from cnnviz.core.operations import Operation, Parameters, Shape
from cnnviz.core.operations.base import buffer_shapes, operand_shapes
from cnnviz.core.problem import Problem, mark

LARGEST_SIZE = 16
"""Rows and columns of an input, and what a number of an operation (kernel_size, stride, …) may be.
More cells could not be read on the screen."""

MOST_CHANNELS = 4
MOST_FEATURES = 64
MOST_KERNELS = 96
"""AlexNet's first layer, whose parameters the lectures count, has so many of 3×11×11."""

LARGEST_VALUE = 1e6
"""Of a cell, either sign: sums of products of such numbers keep their digits in float64."""

LARGEST_OUTPUT = 64
"""Rows and columns of an output, which a transposed convolution makes larger than its input."""

INPUT = "input"
"""The part of a bench that is not a parameter."""

_MOST = {
    "in_channels": MOST_CHANNELS,
    "num_features": MOST_CHANNELS,
    "in_features": MOST_FEATURES,
    "out_features": MOST_FEATURES,
    "out_channels": MOST_KERNELS,
    "target": MOST_FEATURES - 1,
    "divisor_override": LARGEST_SIZE * LARGEST_SIZE,
}
"""What a whole number of an operation may be, where it is not `LARGEST_SIZE`."""


@dataclass(frozen=True, eq=False)
class Bench:
    """One operation, laid out with numbers; nothing in it ever changes.

    Attributes
    ----------
    input
        (channels, height, width) or (features,) float64.
    parameters
        float64, by torch's names and in torch's shapes, buffers ("running_mean") and the mask of a
        dropout included.
    preset
        The key of the preset that it came from: kept while cells and fields are changed, "" once
        it is another operation, or its numbers were drawn or cleared.

    Raises
    ------
    Problem
        If the operation does not take the input, something is larger than the Lab holds, or a
        number cannot stand where it stands.
    """

    operation: Operation
    input: NDArray[np.float64]
    parameters: Parameters
    preset: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "input", _kept(self.input))
        kept = {name: _kept(values) for name, values in self.parameters.items()}
        object.__setattr__(self, "parameters", kept)
        check_operation(self.operation, self.input.shape)
        check_values(INPUT, self.input)
        _check_parameters(self.operation, self.input.shape, kept)

    @property
    def network(self) -> Network:
        """The operation as a network of one layer; the same object while no shape changes."""
        return _network(self.operation, self.input.shape)

    @property
    def layer(self) -> Layer:
        return self.network.layers[0]

    def part(self, name: str) -> NDArray[np.float64]:
        """The input, or a parameter by its name.

        Raises
        ------
        Problem
            If there is no such part.
        """
        if name == INPUT:
            return self.input
        if name not in self.parameters:
            raise Problem("there is no {part} in this operation", part=name)
        return np.asarray(self.parameters[name], dtype=np.float64)


def check_operation(operation: Operation, shape: Shape) -> Shape:
    """The shape of the output, if operation, input and output all fit into the Lab.

    Raises
    ------
    Problem
        If they do not, or the operation itself refuses such an input.
    """
    for name in fields_of(type(operation)):
        check_field(name, getattr(operation, name))
    return check_sizes(operation, shape)


def check_field(name: str, value: object) -> None:
    """Raise `Problem` unless the Lab has room for the numbers of one of an operation's fields."""
    for number in value if isinstance(value, tuple) else (value,):
        if isinstance(number, float):
            check_values(name, np.array([number]))
        elif isinstance(number, int) and abs(number) > most_of(name):
            raise Problem(
                "{field}: {value} was given, in the Lab at most {most} is possible",
                field=name,
                value=number,
                most=f"{most_of(name):,}",
            )


def check_sizes(operation: Operation, shape: Shape) -> Shape:
    """As `check_operation`, for an operation whose numbers are known to fit."""
    _check_input(shape)
    output = operation.output_shape(shape)
    if max(output[1:], default=0) > LARGEST_OUTPUT:
        raise Problem(
            "the output would have {rows} rows and {columns} columns, at most {most} fit into the "
            "Lab",
            rows=output[1],
            columns=output[2],
            most=LARGEST_OUTPUT,
        )
    return output


@cache
def fields_of(operation: type[Operation]) -> dict[str, Any]:
    """The fields of an operation that a person can write down, with their types."""
    types, _ = schema(operation, looked_at=True)
    return types


def most_of(name: str) -> int:
    """How large a number of an operation may be, either sign; real numbers have more room."""
    return _MOST.get(name, LARGEST_SIZE)


def check_values(part: str, values: NDArray[np.float64]) -> None:
    """Raise `Problem` unless every number can stand in this part of a bench."""
    if not np.isfinite(values).all():
        raise Problem("{part}: only numbers that are finite can be used", part=part)
    if values.size and np.abs(values).max() > LARGEST_VALUE:
        raise Problem(
            "{part}: numbers from −{most} to {most} can be used", part=part, most="1,000,000"
        )
    if part == "mask" and not np.isin(values, (0.0, 1.0)).all():
        raise Problem("mask: 1 keeps a value and 0 strikes it out; no other number can be used")
    if part == "running_var" and values.size and values.min() < 0:
        raise Problem("running_var: a variance is not negative")


def array_shapes(operation: Operation, shape: Shape) -> dict[str, Shape]:
    """The shape of every array that belongs to an operation: learned, kept or added."""
    learned = operation.parameter_shapes(shape) | buffer_shapes(operation, shape)
    return learned | operand_shapes(operation, shape)


def optional_shapes(operation: Operation, shape: Shape) -> dict[str, Shape]:
    """Arrays that an operation can do without: the mask of a dropout that is evaluated."""
    return {"mask": shape} if operation.kind == "Dropout" else {}


def _check_input(shape: Shape) -> None:
    if len(shape) == 3:
        channels, rows, columns = shape
        fits = channels <= MOST_CHANNELS and max(rows, columns) <= LARGEST_SIZE
        if fits and min(shape) >= 1:
            return
        raise Problem(
            "the input would be {shape} (channels × height × width); from 1 × 1 × 1 to "
            "{channels} × {size} × {size} fit into the Lab",
            shape=" × ".join(map(str, shape)),
            channels=MOST_CHANNELS,
            size=LARGEST_SIZE,
        )
    if len(shape) != 1 or not 1 <= shape[0] <= MOST_FEATURES:
        raise Problem(
            "the input would be a vector of {count}; from 1 to {most} numbers fit into the Lab",
            count=prod(shape),
            most=MOST_FEATURES,
        )


def _check_parameters(
    operation: Operation, shape: Shape, parameters: dict[str, NDArray[np.float64]]
) -> None:
    needed, optional = array_shapes(operation, shape), optional_shapes(operation, shape)
    for name, expected in needed.items():
        if name not in parameters:
            raise Problem("{key}: this key is missing", key=name)
        _check_shape(name, parameters[name].shape, expected)
    for name, values in parameters.items():
        if name not in needed:
            if name not in optional:
                raise Problem("there is no {part} in this operation", part=name)
            _check_shape(name, values.shape, optional[name])
        check_values(name, values)


def _check_shape(name: str, given: Shape, expected: Shape) -> None:
    if given != expected:
        raise Problem(
            "{part}: numbers of shape {given} were given, expected is {expected}",
            part=name,
            given=" × ".join(map(str, given)) or "1",
            expected=" × ".join(map(str, expected)),
        )


def _kept(values: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """The same numbers in an array that cannot be written to."""
    if values.dtype == np.float64 and not values.flags.writeable and values.flags.c_contiguous:
        return np.asarray(values, dtype=np.float64)
    kept: NDArray[np.float64] = np.array(values, dtype=np.float64, order="C")
    kept.flags.writeable = False
    return kept


@lru_cache(maxsize=64)
def _network(operation: Operation, shape: Shape) -> Network:
    network = build_chain("lab", mark("Lab"), shape, (operation,))
    # A chain finds out itself what was flattened before a Linear; here nothing was, and it is told.
    layer = replace(network.layers[0], operation=operation)
    return replace(network, layers=(layer,))
