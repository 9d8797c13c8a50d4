"""What can be done to a bench: each function gives another one, or says why it cannot be."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from math import isqrt, prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.bench import (
    INPUT,
    LARGEST_SIZE,
    MOST_CHANNELS,
    MOST_FEATURES,
    Bench,
    array_shapes,
    check_operation,
    check_values,
    fields_of,
    optional_shapes,
)
from cnnviz.core.description import schema, typed
from cnnviz.core.equivalence import as_convolution, as_linear
from cnnviz.core.operations import (
    OPERATIONS,
    Conv2d,
    Element,
    Linear,
    Operation,
    Parameters,
    Shape,
)
from cnnviz.core.problem import Problem

SIZES = ("channels", "height", "width")
"""Names of the input's axes, as `with_field` takes them; of a vector it is "features"."""

FOLLOWING = ("in_channels", "in_features", "num_features")
"""Fields that say what the input is; they follow it and are never set by a person."""

_DEFAULTS = {"out_channels": 1, "out_features": 3, "size": 3}
"""Of fields that torch has no default for, and that do not follow the input."""


def with_cell(bench: Bench, part: str, index: Element, value: float) -> Bench:
    """Another number in one cell; the same bench if it stands there already."""
    values = bench.part(part)
    _check_index(values, index)
    if values[index] == value:
        return bench
    check_values(part, np.array([value], dtype=np.float64))
    changed = values.copy()
    changed[index] = value
    return _with_part(bench, part, changed)


def with_block(bench: Bench, part: str, index: Element, values: NDArray[np.floating[Any]]) -> Bench:
    """A block of numbers, laid down from one cell on; what reaches past the border is left out.

    Parameters
    ----------
    index
        The cell that the block's first number goes to.
    values
        (rows, columns), for the last two axes of the part; laid along a vector one after the other.
    """
    cells = bench.part(part)
    _check_index(cells, index)
    block = np.atleast_2d(np.asarray(values, dtype=np.float64))
    if cells.ndim == 1:
        block = block.reshape(1, -1)
    # A vector is laid down in as a grid of one row.
    changed = cells.copy() if cells.ndim > 1 else cells.copy()[None]
    *before, row, column = index if cells.ndim > 1 else (0, *index)
    plane = changed[tuple(before)]
    block = block[: plane.shape[0] - row, : plane.shape[1] - column]
    check_values(part, block)
    plane[row : row + block.shape[0], column : column + block.shape[1]] = block
    changed = changed.reshape(cells.shape)
    return bench if np.array_equal(changed, cells) else _with_part(bench, part, changed)


def with_input_shape(bench: Bench, shape: Shape) -> Bench:
    """An input of another size: what overlaps is kept, new cells are 0."""
    if shape == bench.input.shape:
        return bench
    operation = following(bench.operation, shape)
    check_operation(operation, shape)
    return _refitted(bench, operation, _overlapping(bench.input, shape, 0.0))


def with_field(bench: Bench, name: str, value: object, axis: int | None = None) -> Bench:
    """Another value of one of the operation's fields, or of one of the input's `SIZES`.

    Parameters
    ----------
    value
        As the field's type says; a whole number stands for both axes of a pair.
    axis
        0 for the height alone and 1 for the width alone, where the field is a pair.
    """
    if name in (*SIZES, "features"):
        return with_input_shape(bench, resized(bench.input.shape, name, value))
    operation = with_value(bench.operation, name, value, axis)
    if operation == bench.operation:
        return bench
    check_operation(operation, bench.input.shape)
    return _refitted(bench, operation, bench.input)


def with_value(operation: Operation, name: str, value: object, axis: int | None) -> Operation:
    """The operation with another value in one field, as it judges itself.

    Raises
    ------
    Problem
        If there is no such field, the value is of another type, or the operation refuses it.
    """
    types = fields_of(type(operation))
    if name not in types or name in FOLLOWING:
        raise Problem("there is no {part} in this operation", part=name)
    if axis is not None:
        pair: list[object] = list(effective_pair(operation, name))
        pair[axis] = value
        value = pair
    # What is left out is None: only where that is the default can it be written down so.
    if value is not None or getattr(type(operation), name, 0) is not None:
        value = typed(name, list(value) if isinstance(value, tuple) else value, types[name])
    # Not `replace`: legal values are found by trying, and it takes three times as long.
    made: Callable[..., Operation] = type(operation)
    return made(**{**vars(operation), name: value})


def effective_pair(operation: Operation, name: str) -> tuple[int, int]:
    """A field's numbers for height and width; those that are used where none are given."""
    value = getattr(operation, name)
    if value is None and name == "stride":
        value = getattr(operation, "step")  # noqa: B009  # what has a stride to leave out has it
    if isinstance(value, str):
        # "valid" and "same" are paddings too: what they come to before the input.
        value = operation.margins[0]  # type: ignore[attr-defined]
    if not isinstance(value, tuple):
        raise Problem("{field}: it has one number, not two for height and width", field=name)
    return value[0], value[1]


def with_operation(bench: Bench, kind: str) -> Bench:
    """Another kind of operation on these numbers.

    Operations that ask for the same things (convolutions; poolings) keep what was given to the one
    before, as far as the other takes it.  The input is kept too if it can be; else it is laid out
    as one vector, or as one map.
    """
    if kind == bench.operation.kind:
        return bench
    if kind not in OPERATIONS:
        raise Problem(
            "type: {value} is unknown; expected is one of {legal}",
            value=kind,
            legal=", ".join(OPERATIONS),
        )
    operation, laid_out = _first_that_fits(kind, bench.input)
    operation = _taking_over(operation, bench.operation, laid_out.shape)
    kept = {
        name: values
        for name, values in bench.parameters.items()
        if len(array_shapes(operation, laid_out.shape).get(name, ())) == values.ndim
    }
    return _refitted(replace(bench, preset=""), operation, laid_out, kept, drawn=True)


def randomised(bench: Bench, parts: Iterable[str], seed: int) -> Bench:
    """Random whole numbers: 0 … 9 in the input, −3 … 3 in parameters.

    A running variance gets 1 … 3, and a mask strikes out the operation's share ``p``.
    """
    draw = np.random.default_rng(seed)
    changed = replace(bench, preset="")
    for part in parts:
        values = _drawn(draw, part, changed.part(part).shape, changed.operation)
        changed = _with_part(changed, part, values)
    return changed


def cleared(bench: Bench, parts: Iterable[str]) -> Bench:
    """0 in every cell; 1 in a running variance, which nothing could be divided by."""
    changed = replace(bench, preset="")
    for part in parts:
        fill = 1.0 if part == "running_var" else 0.0
        changed = _with_part(changed, part, np.full(changed.part(part).shape, fill))
    return changed


def with_mask(bench: Bench, seed: int | None) -> Bench:
    """A dropout that trains, with a mask that is drawn; with None it is evaluated, without one."""
    if "mask" not in optional_shapes(bench.operation, bench.input.shape):
        raise Problem("there is no {part} in this operation", part="mask")
    if seed is None:
        return replace(bench, parameters={})
    draw = np.random.default_rng(seed)
    mask = _drawn(draw, "mask", bench.input.shape, bench.operation)
    return replace(bench, parameters={"mask": mask})


def following(operation: Operation, shape: Shape) -> Operation:
    """The operation, told of an input of this shape: ``in_channels`` and the like follow it."""
    types = fields_of(type(operation))
    told: dict[str, Any] = {name: shape[0] for name in FOLLOWING if name in types}
    if prod(getattr(operation, "fold", None) or shape) != prod(shape):
        told["fold"] = None  # the maps that a vector once was are others then
    if all(getattr(operation, name) == value for name, value in told.items()):
        return operation
    return replace(operation, **told)  # type: ignore[type-var]


def _with_part(bench: Bench, part: str, values: NDArray[np.float64]) -> Bench:
    if part == INPUT:
        return replace(bench, input=values)
    return replace(bench, parameters={**bench.parameters, part: values})


def _check_index(values: NDArray[np.float64], index: Element) -> None:
    legal = len(index) == values.ndim and all(
        0 <= i < size for i, size in zip(index, values.shape, strict=True)
    )
    if not legal:
        raise Problem("there is no cell {index}", index=", ".join(map(str, index)))


def resized(shape: Shape, name: str, value: object) -> Shape:
    """The shape with another size along the axis of this name."""
    names = SIZES if len(shape) == 3 else ("features",)
    if name not in names:
        raise Problem("there is no {part} in this operation", part=name)
    size = typed(name, value, int)
    assert isinstance(size, int)
    return tuple(size if n == name else s for n, s in zip(names, shape, strict=True))


def _overlapping(values: NDArray[np.float64], shape: Shape, fill: float) -> NDArray[np.float64]:
    """An array of this shape with the numbers that stand in both."""
    resized = np.full(shape, fill)
    if values.ndim == len(shape):
        both = tuple(slice(min(a, b)) for a, b in zip(values.shape, shape, strict=True))
        resized[both] = values[both]
    return resized


def _refitted(
    bench: Bench,
    operation: Operation,
    laid_out: NDArray[np.float64],
    given: Parameters | None = None,
    drawn: bool = False,
) -> Bench:
    """Another operation and input, with every parameter cut or extended to its new shape.

    ``drawn``: parameters that there were none of yet are drawn, where zeros would show nothing.
    """
    shape = laid_out.shape
    before = bench.parameters if given is None else given
    draw = np.random.default_rng(0)
    parameters: dict[str, NDArray[np.float64]] = {}
    for name, needed in array_shapes(operation, shape).items():
        if name in before:
            parameters[name] = _overlapping(
                np.asarray(before[name], dtype=np.float64), needed, _neutral(name, needed)
            )
        elif drawn and name == "weight" and len(needed) > 1:
            parameters[name] = _drawn(draw, name, needed, operation)
        else:
            parameters[name] = np.full(needed, _neutral(name, needed))
    for name, possible in optional_shapes(operation, shape).items():
        if name in before:
            parameters[name] = _overlapping(
                np.asarray(before[name], dtype=np.float64), possible, _neutral(name, possible)
            )
        elif drawn:
            parameters[name] = _drawn(draw, name, possible, operation)
    return Bench(operation, laid_out, parameters, bench.preset)


def _neutral(name: str, shape: Shape) -> float:
    """What a new cell holds: 0, or 1 where values are scaled, divided or kept by it."""
    scales = name == "weight" and len(shape) == 1  # of a normalisation
    return 1.0 if scales or name in ("running_var", "mask") else 0.0


def _drawn(
    draw: np.random.Generator, part: str, shape: Shape, operation: Operation
) -> NDArray[np.float64]:
    if part == "mask":
        return (draw.random(shape) >= getattr(operation, "p", 0.5)).astype(np.float64)
    lowest, highest = {INPUT: (0, 9), "running_var": (1, 3)}.get(part, (-3, 3))
    return draw.integers(lowest, highest, shape, endpoint=True).astype(np.float64)


def _first_that_fits(
    kind: str, values: NDArray[np.float64]
) -> tuple[Operation, NDArray[np.float64]]:
    """The operation as it is when nothing was chosen yet, and the input as it takes it."""
    refused: Problem | None = None
    for laid_out in _layouts(values):
        try:
            operation = _default(kind, laid_out.shape)
            check_operation(operation, laid_out.shape)
        except Problem as problem:
            refused = refused or problem
        else:
            return operation, laid_out
    assert refused is not None
    raise refused


def _layouts(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    """The input as it is, and the other way around: maps as a vector, a vector as a map."""
    vector = values.reshape(-1)[:MOST_FEATURES]
    if values.ndim == 3:
        return values, vector
    columns = isqrt(len(vector) - 1) + 1
    one_map = np.zeros((1, -(-len(vector) // columns), columns))
    one_map.reshape(-1)[: len(vector)] = vector
    return values, one_map


def _default(kind: str, shape: Shape) -> Operation:
    """An operation of a kind that fits an input of this shape, with torch's own defaults."""
    operation = OPERATIONS[kind]
    _, required = schema(operation, looked_at=True)
    sides = shape[1:] or (LARGEST_SIZE, LARGEST_SIZE)
    given: dict[str, object] = {}
    for name in required:
        if name in FOLLOWING:
            given[name] = shape[0]
        elif name == "kernel_size":
            side = 3 if "in_channels" in required else 2
            given[name] = tuple(min(side, size) for size in sides)
        elif name == "output_size":
            given[name] = tuple(min(2, size) for size in sides)
        else:
            given[name] = _DEFAULTS.get(name, 1)
    made: Operation = operation(**given)
    return made


def _taking_over(operation: Operation, before: Operation, shape: Shape) -> Operation:
    """The operation with what was given to the one before it, one by one, as far as it takes it."""
    types, required = schema(type(operation), looked_at=True)
    given, needed = schema(type(before), looked_at=True)
    if not required or set(required) != set(needed):
        return operation
    for name in types:
        if name in given and name not in FOLLOWING:
            try:
                changed = with_value(operation, name, getattr(before, name), None)
                check_operation(changed, shape)
            except Problem:
                continue
            operation = changed
    return operation


def equivalent(bench: Bench) -> Bench:
    """The same weights and results as the other kind of layer.

    Raises
    ------
    Problem
        If no other kind of layer does the same, or the Lab has no room for it.
    """
    operation, parameters, x = bench.operation, bench.parameters, bench.input
    if isinstance(operation, Linear):
        folded = replace(operation, fold=operation.fold or _fold(operation.in_features))
        return Bench(*_turned(as_convolution(folded, parameters, x)))
    if isinstance(operation, Conv2d):
        return Bench(*_turned(as_linear(operation, parameters, x)))
    raise Problem("Only a Linear or a Conv2d can be laid out as the other.")


def _fold(features: int) -> Shape | None:
    """One map for what is more than the Lab has channels for; None for a pixel of as many.

    A count that no two sides multiply to stays a pixel too, and is refused as that.
    """
    if features <= MOST_CHANNELS:
        return None
    rows = next(rows for rows in range(isqrt(features), 0, -1) if features % rows == 0)
    return (1, rows, features // rows) if features // rows <= LARGEST_SIZE else None


def _turned(
    found: tuple[Operation, Parameters, NDArray[np.floating[Any]]],
) -> tuple[Operation, NDArray[np.float64], Parameters]:
    operation, parameters, x = found
    return operation, np.asarray(x, dtype=np.float64), parameters
