"""What can be chosen of a layer that is edited: its fields, their legal values, what stops others.

As in the Lab nothing here knows how an operation reckons: it is built with a value, put at its
place, and says what is wrong.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from cnnviz.core.bench_edits import FOLLOWING
from cnnviz.core.bench_fields import NUMBER, Field, Rules, operation_fields
from cnnviz.core.description import schema
from cnnviz.core.draft import Draft, Place, output_of
from cnnviz.core.network_edits import summands, told_if_it_can_be
from cnnviz.core.operations import Operation, Shape
from cnnviz.core.operations.base import Joining
from cnnviz.core.problem import Problem, mark
from cnnviz.core.wires import Output, source_of

MOST_OUTPUTS = 4096
"""Kernels, or outputs of a linear layer; AlexNet's and VGG's have so many."""

MOST_INPUTS = 65_536
"""Of a linear layer; more only if more arrive."""

_MOST_SIZE = 64
"""Of a window and its steps."""

OUTPUT = "output"
"""The kind of a `Field` whose values are `Output`s."""


def outputs_of(draft: Draft, layers: Iterable[int]) -> tuple[Output, ...]:
    """What layers put out."""
    return tuple(
        Output(it, draft.operations[it].title, draft.places[it].passed_on)
        if it >= 0
        else Output(it, mark("Input"), draft.input_shape)
        for it in layers
    )


def wire_fields(draft: Draft, index: int) -> tuple[Field, ...]:
    """What a layer reads, where it is not just the layer before it, and what an Add adds.

    Of the earlier outputs those that fit; the present one, if it does not, is among the refused.
    """
    if not draft.places:
        return ()
    wire, found = draft.wires[index], []
    if wire.source is not None:
        operation, reads = draft.operations[index], outputs_of(draft, range(-1, index))
        fitting = tuple(it for it in reads if _reads(operation, it.shape))
        found.append(_wire_field("input", draft, index, wire.source, fitting))
    if isinstance(draft.operations[index], Joining):
        added = summands(draft, index, source_of(draft.wires, index))
        found.append(_wire_field("skip", draft, index, wire.skip, outputs_of(draft, added)))
    return tuple(found)


def _wire_field(
    name: str, draft: Draft, index: int, place: int | None, legal: tuple[Output, ...]
) -> Field:
    value, problem = None, draft.places[index].problem
    if place is not None and place < len(draft.places):
        (value,) = outputs_of(draft, [place])
    refused = {} if value is None or value in legal or problem is None else {value: problem}
    return Field(name, None, OUTPUT, value, legal, refused)


def _reads(operation: Operation, shape: Shape) -> bool:
    try:
        output_of(told_if_it_can_be(operation, shape), shape)
    except Problem:
        return False
    return True


def draft_fields(place: Place, linked: frozenset[str]) -> tuple[Field, ...]:
    """The sizes that follow the layer's input, then its other fields in order.

    Of a layer that does not fit every value can be chosen that the operation takes anywhere, so
    that none is stuck.

    Parameters
    ----------
    linked
        Names of pairs whose two numbers are chosen as one.
    """
    return _fields(place.operation, place.input_shape, place.problem is None, linked)


@lru_cache(maxsize=256)
def _fields(
    operation: Operation, shape: Shape, fits: bool, linked: frozenset[str]
) -> tuple[Field, ...]:
    types, _ = schema(type(operation))
    rules = Rules(
        given=lambda name, value: None,
        fits=lambda changed: output_of(changed, shape) if fits else None,
        most=lambda name: _most(name, operation, shape),
    )
    follow = [_following(operation, name, shape) for name in FOLLOWING if name in types]
    return (*follow, *operation_fields(operation, types, linked, rules))


def _most(name: str, operation: Operation, shape: Shape) -> int:
    if name in ("out_channels", "out_features"):
        return max(MOST_OUTPUTS, int(getattr(operation, name)))
    if name == "groups":
        return min(MOST_OUTPUTS, shape[0], getattr(operation, "out_channels", 1))
    return max(_MOST_SIZE, max(shape[1:], default=0))


def _following(operation: Operation, name: str, shape: Shape) -> Field:
    """Any number can be chosen: what it has to be is said at the layer, with its remedy."""
    value: int = getattr(operation, name)
    if getattr(operation, "groups", 1) == 1:
        most = MOST_INPUTS if name == "in_features" else MOST_OUTPUTS
        legal = tuple(range(1, max(most, shape[0], value) + 1))
    else:
        near = range(1, 2 * max(shape[0], value) + 1)
        legal = tuple(number for number in near if _takes(operation, name, number))
    return Field(name, None, NUMBER, value, legal, {})


def _takes(operation: Operation, name: str, number: int) -> bool:
    try:
        replace(operation, **{name: number})  # type: ignore[type-var]
    except Problem:
        return False
    return True
