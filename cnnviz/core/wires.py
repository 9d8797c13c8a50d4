"""Which earlier output a layer reads where that is not just what the layer before it puts out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cnnviz.core.operations import Operation, Shape
from cnnviz.core.operations.base import operand_shapes
from cnnviz.core.problem import Problem, mark

INPUT = "input"
"""What the network's input is called in a description; no layer may have this name."""

SKIP = "skip"
"""The name under which an operation of two operands gets the second."""


@dataclass(frozen=True)
class Wire:
    """What one layer reads.

    Outputs are named by the index of their layer; −1 is the network's input.

    Attributes
    ----------
    source
        The output it reads; None is that of the layer before it.
    skip
        The other output that an `Add` adds; None for everything else.
    name
        What the layer is called in a description, and its arrays in a file of weights; "" if it has
        no name.
    """

    source: int | None = None
    skip: int | None = None
    name: str = ""


@dataclass(frozen=True)
class Output:
    """What an earlier layer puts out, to be read or to be added.

    Attributes
    ----------
    layer
        −1 is the network's input.
    title
        English name of the layer's operation.
    """

    layer: int
    title: str
    shape: Shape


PLAIN = Wire()

Wires = tuple[Wire, ...]
"""One a layer."""


def plain(count: int) -> Wires:
    """Of layers that each read what the one before puts out."""
    return (PLAIN,) * count


def source_of(wires: Sequence[Wire], index: int) -> int:
    """The output that a layer reads."""
    source = wires[index].source
    return index - 1 if source is None else source


def wired(wires: Sequence[Wire], index: int) -> Problem | None:
    """Why a layer cannot read what it is said to read, or None."""
    for place in (source_of(wires, index), wires[index].skip):
        if place is not None and not -1 <= place < index:
            return Problem("it reads what a layer behind it puts out: move it there, or remove it")
    return None


def check_operands(operation: Operation, wire: Wire, shapes: Sequence[Shape], shape: Shape) -> None:
    """Raise `Problem` unless what a layer adds, if it is said, has the shape of its input.

    Parameters
    ----------
    shapes
        Of the input, and of what each layer before this one puts out.
    shape
        Of the layer's input.
    """
    needed = operand_shapes(operation, shape)
    if not needed:
        if wire.skip is not None:
            raise Problem("skip: only an Add takes a second input")
        return
    if wire.skip is None:
        return
    found = shapes[wire.skip + 1]
    if found != needed[SKIP]:
        raise Problem(
            "skip: {skip} cannot be added to {shape}, element by element: both have to be of one "
            "shape",
            skip=" × ".join(map(str, found)),
            shape=" × ".join(map(str, shape)),
        )


def check_complete(operation: Operation, wire: Wire, shape: Shape) -> None:
    """Raise `Problem` unless it is said what a layer with an input of this shape adds.

    In the Lab it is not: there, what is added is typed.
    """
    if operand_shapes(operation, shape) and wire.skip is None:
        raise Problem("skip: it is not said which layer's output is added")


def unread(wires: Sequence[Wire]) -> tuple[int, ...]:
    """The layers whose output never reaches the last one: they could learn nothing."""
    read, asked = set[int](), [len(wires) - 1]
    while asked:
        index = asked.pop()
        if 0 <= index < len(wires) and index not in read:
            read.add(index)
            skip = wires[index].skip
            asked += [source_of(wires, index), *([] if skip is None else [skip])]
    return tuple(index for index in range(len(wires)) if index not in read)


UNREAD = mark("no layer reads what it puts out, so that it could not learn: remove it")
