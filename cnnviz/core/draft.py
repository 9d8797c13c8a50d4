"""A network that is being edited: a list of operations that may not fit, judged layer by layer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import prod

from cnnviz.core.bench_edits import FOLLOWING
from cnnviz.core.network import LARGEST_COUNT, UNTRAINED, Network, build_network
from cnnviz.core.operations import Operation, Shape, Softmax
from cnnviz.core.problem import Problem
from cnnviz.core.wires import (
    UNREAD,
    Wire,
    Wires,
    check_complete,
    check_operands,
    plain,
    source_of,
    unread,
    wired,
)


@dataclass(frozen=True)
class Place:
    """One layer of a draft.

    Attributes
    ----------
    input_shape
        What reaches it: what the layer before it passes on.
    passed_on
        What comes out of it.  Of a layer that does not fit, what it would put out if it were told
        of its input, or its input were flattened; where neither helps, its input: so one layer that
        does not fit spoils no other.
    parameter_shapes
        Empty where it does not fit.
    problem
        Why it does not fit, or None.
    """

    operation: Operation
    input_shape: Shape
    passed_on: Shape
    parameter_shapes: dict[str, Shape]
    problem: Problem | None

    @property
    def parameter_count(self) -> int:
        return sum(prod(shape) for shape in self.parameter_shapes.values())


@dataclass(frozen=True)
class Draft:
    """Operations, and what is wrong with them; made by `drafted`.

    Attributes
    ----------
    ending
        What is wrong with all of it together: no Softmax at its end, or too many parameters.
    wires
        What each layer reads.
    """

    title: str
    input_shape: Shape
    operations: tuple[Operation, ...]
    initialisation: str
    places: tuple[Place, ...]
    ending: Problem | None
    wires: Wires = ()

    @property
    def problems(self) -> int:
        """How many things are wrong; 0 if it can be built."""
        return sum(p.problem is not None for p in self.places) + (self.ending is not None)

    @property
    def parameter_count(self) -> int:
        """Of the layers that fit."""
        return sum(place.parameter_count for place in self.places)

    @property
    def output_shape(self) -> Shape:
        """What comes out of the last layer, or would."""
        return self.places[-1].passed_on if self.places else self.input_shape

    def network(self, key: str) -> Network:
        """The network; raises `Problem` as `build_network` does, if something does not fit."""
        title = self.title.strip() or key
        return build_network(
            key, title, self.input_shape, self.operations, self.initialisation, self.wires
        )


def drafted(
    title: str,
    input_shape: Shape,
    operations: Iterable[Operation],
    initialisation: str = "torch",
    wires: Wires = (),
) -> Draft:
    """Judge a list of operations; without ``wires`` each reads what the one before puts out."""
    given = tuple(without_fold(operation) for operation in operations)
    wires = wires or plain(len(given))
    places: list[Place] = []
    shapes = [input_shape]
    idle = unread(wires)
    for number, operation in enumerate(given):
        shape = reaching(wires, number, shapes)
        place = placed(operation, shape, last=number == len(given) - 1)
        if place.problem is None:
            problem = Problem(UNREAD) if number in idle else wired(wires, number)
            problem = problem or _operand_problem(operation, wires[number], shapes, shape)
            if problem is not None:
                place = Place(operation, shape, place.passed_on, {}, problem)
        places.append(place)
        shapes.append(place.passed_on)
    return Draft(title, input_shape, given, initialisation, tuple(places), _ending(places), wires)


def reaching(wires: Wires, index: int, shapes: Sequence[Shape]) -> Shape:
    """What reaches a layer; what the one before it puts out, if it reads what is not there yet."""
    source = source_of(wires, index)
    return shapes[source + 1] if source < index else shapes[index]


def _operand_problem(
    operation: Operation, wire: Wire, shapes: Sequence[Shape], shape: Shape
) -> Problem | None:
    try:
        check_complete(operation, wire, shape)
        check_operands(operation, wire, shapes, shape)
    except Problem as problem:
        return problem
    return None


def draft_of(network: Network) -> Draft:
    """The draft of a network, which fits."""
    operations = (layer.operation for layer in network.layers)
    return drafted(
        network.title, network.input_shape, operations, network.initialisation, network.wires
    )


def with_operations(draft: Draft, operations: Iterable[Operation], wires: Wires) -> Draft:
    """The same draft of other operations."""
    return drafted(draft.title, draft.input_shape, operations, draft.initialisation, wires)


def told(operation: Operation, shape: Shape) -> Operation:
    """The operation, told of its input by the first axis of its shape.

    It stays as it is where it needs a vector and gets maps, or the other way around.

    Raises
    ------
    Problem
        If it cannot take so many (``groups`` has to divide them).
    """
    names = [name for name in FOLLOWING if hasattr(operation, name)]
    if not names or all(getattr(operation, name) == shape[0] for name in names):
        return operation
    if ("in_features" in names) != (len(shape) == 1):
        return operation
    return replace(operation, **dict.fromkeys(names, shape[0]))  # type: ignore[type-var]


def without_fold(operation: Operation) -> Operation:
    """As it is written down: what a linear layer's input once was follows from the network."""
    if getattr(operation, "fold", None) is None:
        return operation
    return replace(operation, fold=None)  # type: ignore[type-var]


def output_of(operation: Operation, shape: Shape) -> Shape:
    """What an operation puts out; raises `Problem` if it cannot take what reaches it."""
    output = operation.output_shape(shape)
    for array in (output, *operation.parameter_shapes(shape).values()):
        if prod(array) > LARGEST_COUNT:
            raise Problem(
                "it would hold {count} numbers, at most {most} fit",
                count=f"{prod(array):,}",
                most=f"{LARGEST_COUNT:,}",
            )
    return output


def placed(operation: Operation, shape: Shape, last: bool) -> Place:
    """One operation at its place."""
    if operation.kind in UNTRAINED:
        return Place(operation, shape, shape, {}, Problem(UNTRAINED[operation.kind]))
    if isinstance(operation, Softmax) and not last:
        problem = Problem("a Softmax can only be the last layer")
        return Place(operation, shape, shape, {}, problem)
    try:
        output = output_of(operation, shape)
    except Problem as problem:
        return Place(operation, shape, _would_pass_on(operation, shape), {}, problem)
    return Place(operation, shape, output, operation.parameter_shapes(shape), None)


def _would_pass_on(operation: Operation, shape: Shape) -> Shape:
    for tried in (shape, (prod(shape),)):
        try:
            return output_of(told(operation, tried), tried)
        except Problem:
            pass
    return shape


def _ending(places: list[Place]) -> Problem | None:
    if not places or not isinstance(places[-1].operation, Softmax):
        return Problem("the last layer must be a Softmax over the logits")
    if len(places) < 2:
        return Problem("there has to be a layer before the Softmax")
    count = sum(place.parameter_count for place in places)
    if count > LARGEST_COUNT:
        return Problem(
            "together the layers have {count} parameters, at most {most} fit",
            count=f"{count:,}",
            most=f"{LARGEST_COUNT:,}",
        )
    return None
