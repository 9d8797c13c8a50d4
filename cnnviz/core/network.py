"""A network as a flat list of layers, in the order in which they are computed.

Each layer reads what the one before it puts out, unless its `Wire` says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import prod

from cnnviz.core.operations import Flatten, Linear, Operation, Shape, Softmax
from cnnviz.core.problem import Problem, mark
from cnnviz.core.wires import (
    PLAIN,
    UNREAD,
    Wire,
    check_complete,
    check_operands,
    plain,
    source_of,
    unread,
    wired,
)

LARGEST_COUNT = 500_000_000
"""Parameters (and values of one layer's output) past which a network is refused: 2 GB in float32,
and Adam keeps three more numbers for each parameter."""

UNTRAINED = {
    "Argmax": mark("it has no gradient, so that nothing before it could learn: leave it out"),
    "CrossEntropyLoss": mark("training takes the loss by itself, it is no layer: leave it out"),
    "LogSoftmax": mark("a network that is trained ends in a Softmax: put that in its place"),
}
"""What can be stepped through, but stands in no network that is trained, and why."""


@dataclass(frozen=True)
class Layer:
    """One operation at its place, with the shapes that reach and leave it.

    Attributes
    ----------
    ordinal
        1 for the first layer of its kind, 2 for the second ("Conv 2"); None where kinds are not
        counted, or there is only one of a vector layer's kind.
    decides
        False while features are extracted, True from the flattening (or, where the input is a
        vector already, the first linear layer) on; curriculum row 27.
    wire
        What it reads, where that is not what the layer before it puts out.
    """

    operation: Operation
    input_shape: Shape
    output_shape: Shape
    parameter_shapes: dict[str, Shape]
    ordinal: int | None
    decides: bool
    wire: Wire = PLAIN

    @property
    def parameter_count(self) -> int:
        return sum(prod(shape) for shape in self.parameter_shapes.values())

    @property
    def grid(self) -> tuple[int, int, int]:
        """(channels, rows, columns) of the output; a vector is one channel of one row."""
        shape = self.output_shape
        return (shape[0], shape[1], shape[2]) if len(shape) == 3 else (1, 1, shape[0])


@dataclass(frozen=True)
class Network:
    """A network whose shapes have been checked.

    Attributes
    ----------
    key
        Name of its description file, without the ending.
    title
        What it is called in the window; translated where it is shown.
    classes
        How many logits it puts out.
    initialisation
        "torch" (PyTorch's own) or "xavier" (uniform, for the linear layers' weights only, as in the
        lectures).
    """

    key: str
    title: str
    input_shape: Shape
    layers: tuple[Layer, ...]
    initialisation: str = "torch"

    @property
    def parameter_count(self) -> int:
        return sum(layer.parameter_count for layer in self.layers)

    @property
    def classes(self) -> int:
        return self.layers[-1].output_shape[0]

    @property
    def wires(self) -> tuple[Wire, ...]:
        return tuple(layer.wire for layer in self.layers)

    @property
    def skips(self) -> bool:
        """Whether any layer reads something else than what the one before it puts out."""
        return any(it.source is not None or it.skip is not None for it in self.wires)

    def source(self, index: int) -> int:
        """The layer whose output a layer reads; −1 is the network's input."""
        source = self.layers[index].wire.source
        return index - 1 if source is None else source


def build_network(
    key: str,
    title: str,
    input_shape: Shape,
    operations: tuple[Operation, ...],
    initialisation: str = "torch",
    wires: tuple[Wire, ...] = (),
) -> Network:
    """Put operations one after the other to a network that can be trained.

    ``wires`` says what each layer reads; without them, each reads what the one before it puts out.

    Raises
    ------
    Problem
        As `build_chain` does, and if it does not end in the Softmax of logits.
    """
    network = build_chain(key, title, input_shape, operations, initialisation, wires)
    _check_ending(network.layers)
    return network


def build_chain(
    key: str,
    title: str,
    input_shape: Shape,
    operations: tuple[Operation, ...],
    initialisation: str = "torch",
    wires: tuple[Wire, ...] = (),
) -> Network:
    """Put operations one after the other, whatever the last is, and work out every shape.

    The Lab and the photographs step through such chains of one layer.

    Raises
    ------
    Problem
        If a layer cannot take what the one before it puts out; the sentence names the layer.
    """
    _check_input_shape(input_shape)
    wires = wires or plain(len(operations))
    layers: list[Layer] = []
    shapes, folds, decides = [input_shape], list[Shape | None]([None]), False
    kinds = [operation.kind for operation in operations]
    for number, (operation, wire) in enumerate(zip(operations, wires, strict=True), start=1):
        decides = decides or isinstance(operation, Flatten | Linear)
        read = source_of(wires, number - 1) + 1
        try:
            _check_wire(operation, wires, number - 1, shapes)
            shape, unfolded = shapes[read], folds[read]
            if isinstance(operation, Linear):
                operation = replace(operation, fold=unfolded)
            output = operation.output_shape(shape)
            parameters = operation.parameter_shapes(shape)
            _check_size([output, *parameters.values()])
        except Problem as problem:
            raise Problem(
                "layer {number} ({kind}): {problem}",
                number=number,
                kind=operation.kind,
                problem=problem,
            ) from problem
        counted = operation.numbered and (not decides or kinds.count(operation.kind) > 1)
        ordinal = kinds[:number].count(operation.kind) if counted else None
        layers.append(Layer(operation, shape, output, parameters, ordinal, decides, wire))
        folds.append(_fold_after(operation, shape, unfolded))
        shapes.append(output)
    network = Network(key, title, input_shape, tuple(layers), initialisation)
    if network.parameter_count > LARGEST_COUNT:
        raise Problem(
            "layers: together they have {count} parameters, at most {most} fit",
            count=f"{network.parameter_count:,}",
            most=f"{LARGEST_COUNT:,}",
        )
    return network


def _check_wire(
    operation: Operation, wires: tuple[Wire, ...], index: int, shapes: list[Shape]
) -> None:
    problem = wired(wires, index)
    if problem is not None:
        raise problem
    if index in unread(wires):
        raise Problem(UNREAD)
    check_operands(operation, wires[index], shapes, shapes[source_of(wires, index) + 1])


def _fold_after(operation: Operation, shape: Shape, fold: Shape | None) -> Shape | None:
    """The maps that the values behind this operation still stand for, one by one."""
    if isinstance(operation, Flatten):
        return shape if len(shape) == 3 else fold
    return None if isinstance(operation, Linear) else fold


def _check_input_shape(shape: Shape) -> None:
    if len(shape) not in (1, 3) or min(shape) < 1:
        raise Problem(
            "input_shape: {shape} is neither (channels, height, width) nor (features,), each at "
            "least 1",
            shape=shape,
        )
    _check_size([shape])


def _check_size(shapes: list[Shape]) -> None:
    for shape in shapes:
        if prod(shape) > LARGEST_COUNT:
            raise Problem(
                "it would hold {count} numbers, at most {most} fit",
                count=f"{prod(shape):,}",
                most=f"{LARGEST_COUNT:,}",
            )


def _check_ending(layers: tuple[Layer, ...]) -> None:
    """What is trained here classifies: it must end in logits and their softmax."""
    for number, layer in enumerate(layers, start=1):
        if layer.operation.kind in UNTRAINED:
            raise Problem(
                "layer {number} ({kind}): {problem}",
                number=number,
                kind=layer.operation.kind,
                problem=Problem(UNTRAINED[layer.operation.kind]),
            )
        try:
            check_complete(layer.operation, layer.wire, layer.input_shape)
        except Problem as problem:
            raise Problem(
                "layer {number} ({kind}): {problem}",
                number=number,
                kind=layer.operation.kind,
                problem=problem,
            ) from problem
    if len(layers) < 2 or not isinstance(layers[-1].operation, Softmax):
        raise Problem("layers: the last layer must be a Softmax over the logits")
    if any(isinstance(layer.operation, Softmax) for layer in layers[:-1]):
        raise Problem("layers: a Softmax can only be the last layer")
