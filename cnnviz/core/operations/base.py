"""What every operation says about itself: its shapes, and what goes into one output element."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.operations.sliding import Axis

Shape = tuple[int, ...]
"""(channels, height, width) of maps, or (features,) of a vector; without the batch axis."""

Element = tuple[int, ...]
"""Where one number stands in an array of such a shape."""

Parameters = Mapping[str, NDArray[np.floating[Any]]]
"""The arrays an operation learns or keeps, by PyTorch's names ("weight", "running_mean")."""


@dataclass(frozen=True, eq=False)
class Taps:
    """Which inputs and which weights go into one output element, in the order they are added.

    Attributes
    ----------
    inputs
        (terms, input axes) where each operand stands in the input.  Where ``inside`` is False the
        position lies in the padding, outside of the input.
    inside
        (terms,) whether the operand is a real input element.
    weights
        (terms, weight axes) where each operand's weight stands, or None where nothing is learned.
    bias
        Where the bias stands, or None.
    channels
        (groups,) the input channel (or other leading index) that each group of terms reads.
    group_shape
        (rows, columns) of one group; ``terms == len(channels) * rows * columns``.
    sources
        (terms, input axes) where each operand's value is taken from, where padding repeats the
        input: for what is ``inside`` its own position.  None where it does not.
    holes
        Whether what is not ``inside`` is no operand at all: it fills up a window that is smaller
        than the largest (adaptive pooling, the neighbours of an outer channel), and its position is
        not in the input.
    """

    inputs: NDArray[np.intp]
    inside: NDArray[np.bool_]
    weights: NDArray[np.intp] | None
    bias: Element | None
    channels: NDArray[np.intp]
    group_shape: tuple[int, int]
    sources: NDArray[np.intp] | None = None
    holes: bool = False

    @property
    def count(self) -> int:
        return len(self.inputs)

    def reads(self, term: int) -> bool:
        """Whether a term reads the input or its padding, and is no hole."""
        return bool(self.inside[term]) or not self.holes

    @property
    def group_size(self) -> int:
        return self.group_shape[0] * self.group_shape[1]


@dataclass(frozen=True, eq=False)
class Ledger:
    """Every number of one output element, in float64; what is shown is formatted from here.

    Attributes
    ----------
    taps
        Where the operands stand.
    operands
        (terms,) the inputs, padding included.
    weights
        (terms,) the weight of each operand, or None.
    terms
        (terms,) what each operand contributes: a product, a value, an exponential.
    partials
        (terms,) running total (or running maximum) after each term; the bias is not in it.
    subtotals
        (groups,) total (or maximum) of each group.
    bias
        The bias, or None.
    result
        The output element.
    winner
        The term that the result was taken from (max pooling, softmax), or None.
    shift
        What softmax takes off every logit before the exponential, or None.
    divisor
        What the sum (average pooling) or the value (dropout) is divided by, or None.
    parts
        The numbers of a formula that are no terms, by name (batch norm's mean and variance).
    """

    taps: Taps
    operands: NDArray[np.float64]
    weights: NDArray[np.float64] | None
    terms: NDArray[np.float64]
    partials: NDArray[np.float64]
    subtotals: NDArray[np.float64]
    bias: float | None
    result: float
    winner: int | None = None
    shift: float | None = None
    divisor: float | None = None
    parts: Mapping[str, float] = field(default_factory=dict)


class Operation(Protocol):
    """One layer's arithmetic, described once.

    An operation is a frozen dataclass whose fields carry PyTorch's names; network descriptions
    are checked against those fields.  Everything that is drawn or stepped follows from `taps` and
    `ledger`, and nothing else repeats the index algebra.
    """

    kind: ClassVar[str]
    """PyTorch's class name, which network descriptions use too."""
    title: ClassVar[str]
    """English name in the window; translated where it is shown."""
    verb: ClassVar[str]
    """How an output element comes about: "sum", "maximum", "mean", "value", "copy", "softmax",
    "log_softmax", "cross_entropy", "normalise", "standardise", "neighbours" or "argmax"."""
    numbered: ClassVar[bool]
    """Whether the layers of this kind are counted (Conv 1, Conv 2)."""

    def __hash__(self) -> int: ...

    @property
    def keeps_range(self) -> bool:
        """Whether no output is larger than the largest input: both are then drawn in one range."""
        ...

    def output_shape(self, shape: Shape) -> Shape:
        """Shape of the output for an input of this shape; raises `Problem` if there is none."""
        ...

    def parameter_shapes(self, shape: Shape) -> dict[str, Shape]:
        """Shapes of the learned arrays, in PyTorch's order; empty if nothing is learned."""
        ...

    def taps(self, shape: Shape, element: Element) -> Taps:
        """What goes into one output element, for an input of this shape."""
        ...

    def ledger(
        self, x: NDArray[np.floating[Any]], parameters: Parameters, element: Element
    ) -> Ledger:
        """Compute one output element from the input, keeping every number on the way."""
        ...

    def axes(self, shape: Shape) -> tuple[Axis, Axis] | None:
        """How a window slides over the input's height and width; None if none does."""
        ...

    def readers(self, shape: Shape, position: Element) -> NDArray[np.bool_]:
        """Which spatial positions of the output read this input element.

        Returns
        -------
        (rows, columns) of the output map, or (1, features) of a vector, True where it is read.
        """
        ...


@runtime_checkable
class Buffered(Protocol):
    """An operation that keeps arrays which are no parameters: no gradient reaches them."""

    def buffer_shapes(self, shape: Shape) -> dict[str, Shape]:
        """Shapes of the kept arrays, in PyTorch's order; empty if nothing is kept."""
        ...


def buffer_shapes(operation: Operation, shape: Shape) -> dict[str, Shape]:
    """Shapes of what an operation keeps beside its parameters; most keep nothing."""
    return operation.buffer_shapes(shape) if isinstance(operation, Buffered) else {}


@runtime_checkable
class Joining(Protocol):
    """An operation that takes more than its input: outputs of earlier layers."""

    def operand_shapes(self, shape: Shape) -> dict[str, Shape]:
        """Shapes of what it takes beside an input of this shape."""
        ...


def operand_shapes(operation: Operation, shape: Shape) -> dict[str, Shape]:
    """Shapes of what an operation takes beside its input; most take nothing."""
    return operation.operand_shapes(shape) if isinstance(operation, Joining) else {}


class Elementwise:
    """What operations have in common whose output element comes from the input's at its place."""

    numbered: ClassVar[bool] = False
    keeps_range: ClassVar[bool] = True

    def output_shape(self, shape: Shape) -> Shape:
        return shape

    def parameter_shapes(self, shape: Shape) -> dict[str, Shape]:
        return {}

    def axes(self, shape: Shape) -> None:
        return None

    def taps(self, shape: Shape, element: Element) -> Taps:
        return single_tap(element)

    def readers(self, shape: Shape, position: Element) -> NDArray[np.bool_]:
        return own_place(shape, position)


def own_place(shape: Shape, position: Element) -> NDArray[np.bool_]:
    """The readers of what is read by the output at its own place only."""
    readers = np.zeros(spatial(shape), dtype=np.bool_)
    readers[position[-2:] if len(position) == 3 else (0, position[0])] = True
    return readers


def gather(x: NDArray[np.floating[Any]], taps: Taps, outside: float) -> NDArray[np.float64]:
    """(terms,) the operands that the taps name.

    ``outside`` stands in the padding, unless the padding repeats the input.
    """
    if taps.sources is not None:
        return np.asarray(x[tuple(taps.sources.T)], dtype=np.float64)
    operands = np.full(taps.count, outside, dtype=np.float64)
    inside = taps.inputs[taps.inside]
    operands[taps.inside] = x[tuple(inside.T)]
    return operands


def single_tap(element: Element) -> Taps:
    """The taps of an operation that reads exactly one input element."""
    return Taps(
        inputs=np.array([element], dtype=np.intp),
        inside=np.ones(1, dtype=np.bool_),
        weights=None,
        bias=None,
        channels=np.array([element[0] if len(element) == 3 else 0], dtype=np.intp),
        group_shape=(1, 1),
    )


def one_value_ledger(taps: Taps, operand: float, result: float) -> Ledger:
    """The ledger of an operation that turns one operand into one result."""
    values = np.array([result], dtype=np.float64)
    return Ledger(
        taps=taps,
        operands=np.array([operand], dtype=np.float64),
        weights=None,
        terms=values,
        partials=values,
        subtotals=values,
        bias=None,
        result=result,
    )


def spatial(shape: Shape) -> tuple[int, int]:
    """(rows, columns) that a shape is laid out in; a vector is one row."""
    return (shape[1], shape[2]) if len(shape) == 3 else (1, shape[0])
