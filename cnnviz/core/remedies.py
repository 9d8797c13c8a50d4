"""What would help where a draft does not fit: edits that leave fewer things wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import gcd

from cnnviz.core.bench_edits import FOLLOWING, with_value
from cnnviz.core.description import schema
from cnnviz.core.draft import Draft, told
from cnnviz.core.network_edits import (
    Item,
    inserted,
    items_of,
    moved,
    removed,
    settled,
    summands,
    told_if_it_can_be,
    with_field,
    with_wire,
)
from cnnviz.core.operations import Conv2d, Flatten, Operation, Shape, Softmax
from cnnviz.core.operations.base import Joining
from cnnviz.core.problem import Problem
from cnnviz.core.wires import Wire, source_of, unread

MOST_REMEDIES = 4

MOST_SUMMANDS = 2
"""Other outputs that are offered to an Add."""


@dataclass(frozen=True)
class Remedy:
    """One edit that leaves fewer things wrong.

    Attributes
    ----------
    sentence
        What is done, as it stands on a button.
    draft
        What comes of it.
    """

    sentence: Problem
    draft: Draft


def remedies(draft: Draft, index: int | None) -> tuple[Remedy, ...]:
    """What would help a layer that does not fit, or (None) the ending; the most fitting first."""
    found: list[Remedy] = []
    for sentence, better in _ending_ideas(draft) if index is None else _ideas(draft, index):
        if better.problems < draft.problems and all(better != other.draft for other in found):
            found.append(Remedy(sentence, better))
            if len(found) == MOST_REMEDIES:
                break  # of a network of 60 layers each idea takes 2 ms to judge
    return tuple(found)


Ideas = Iterator[tuple[Problem, Draft]]


def _ideas(draft: Draft, index: int) -> Ideas:
    place = draft.places[index]
    if place.problem is None:
        return
    operation, shape = place.operation, place.input_shape
    if operation.kind == "LogSoftmax":
        yield Problem("Put a Softmax in its place"), _with(draft, index, Softmax())
    if isinstance(operation, Softmax) and index < len(draft.operations) - 1:
        yield Problem("Move it to the end"), moved(draft, index, len(draft.operations))
    yield from _wire_ideas(draft, index, operation)
    yield from _told_ideas(draft, index, operation, shape)
    yield from _order_ideas(draft, index, operation, shape)
    yield from _field_ideas(draft, index, operation, shape)
    yield Problem("Remove it"), removed(draft, index)
    yield Problem("Remove it, and what then is read by none"), _removed_with_idle(draft, index)


def _wire_ideas(draft: Draft, index: int, operation: Operation) -> Ideas:
    """Another output to read, or to add."""
    wire, source = draft.wires[index], source_of(draft.wires, index)
    if isinstance(operation, Joining):
        projected = _projected(draft, index)
        if projected is not None:
            yield Problem("Put a convolution of 1×1 into the skip connection"), projected
        for place in summands(draft, index, source)[: -MOST_SUMMANDS - 1 : -1]:
            yield _adding(draft, place), with_wire(draft, index, "skip", place)
    if wire.source is not None:
        sentence = Problem("Let it read the layer before it")
        yield sentence, with_wire(draft, index, "input", index - 1)
    if index in unread(draft.wires) and index + 1 < len(draft.wires):
        sentence = Problem("Let the layer behind it read it")
        yield sentence, with_wire(draft, index + 1, "input", index)


def _adding(draft: Draft, place: int) -> Problem:
    if place < 0:
        return Problem("Add the network's input")
    kind = draft.operations[place].kind
    return Problem("Add the output of layer {number} ({kind})", number=place + 1, kind=kind)


def _projected(draft: Draft, index: int) -> Draft | None:
    """With a convolution of 1×1 that brings what is added to the shape of what it is added to.

    It stands before the Add and reads what was added; the Add reads it, and adds what it had read.
    None where no stride does it.
    """
    skip, source = draft.wires[index].skip, source_of(draft.wires, index)
    if skip is None or not (-1 <= skip < index and -1 <= source < index):
        return None
    shapes = [draft.input_shape, *(place.passed_on for place in draft.places)]
    given, wanted = shapes[skip + 1], shapes[source + 1]
    if len(given) != 3 or len(wanted) != 3:
        return None
    stride = tuple(-(-a // b) for a, b in zip(given[1:], wanted[1:], strict=True))
    convolution = Conv2d(given[0], wanted[0], (1, 1), (stride[0], stride[1]))
    if convolution.output_shape(given) != wanted:
        return None
    items = items_of(draft)
    items.insert(index, (convolution, True, None))
    wider = settled(draft, items)
    wires = list(wider.wires)
    wires[index] = Wire(source=None if skip == index - 1 else skip)
    wires[index + 1] = replace(wires[index + 1], source=None, skip=source)
    return settled(replace(wider, wires=tuple(wires)), items_of(wider))


def _removed_with_idle(draft: Draft, index: int) -> Draft:
    """Without a layer, and without those that only led to it."""
    draft = removed(draft, index)
    for idle in reversed(unread(draft.wires)):
        draft = removed(draft, idle)
    return draft


def _told_ideas(draft: Draft, index: int, operation: Operation, shape: Shape) -> Ideas:
    for name in FOLLOWING:
        if hasattr(operation, name):
            fitting = told_if_it_can_be(operation, shape)
            if fitting != operation:
                value = getattr(fitting, name)
                yield _set(name, value), _with(draft, index, fitting)


def _order_ideas(draft: Draft, index: int, operation: Operation, shape: Shape) -> Ideas:
    items = items_of(draft)
    if len(shape) == 3:
        flatten: Item = (Flatten(), True, None)
        flat = [*items[:index], flatten, (operation, True, index), *items[index + 1 :]]
        yield Problem("Put a Flatten before it"), settled(draft, flat)
        return
    before = [i for i in range(index) if isinstance(draft.operations[i], Flatten)]
    if before:
        items[index] = (operation, True, index)
        items.insert(before[-1], items.pop(index))
        yield Problem("Move it before the Flatten"), settled(draft, items)


def _field_ideas(draft: Draft, index: int, operation: Operation, shape: Shape) -> Ideas:
    """Another value of one field: more padding, a smaller window, smaller steps."""
    types, _ = schema(type(operation))
    tried: list[tuple[str, object]] = []
    if "padding" in types:
        tried += [("padding", number) for number in range(1, 4)]
    if "kernel_size" in types and len(shape) == 3:
        tried.append(("kernel_size", _smaller(operation, shape)))
    tried += [(name, 1) for name in ("dilation", "stride") if name in types]
    if "groups" in types:
        inputs = shape[0] if len(shape) == 3 else 1
        tried.append(("groups", gcd(inputs, getattr(operation, "out_channels", 1))))
    for name, value in tried:
        try:
            changed = with_value(operation, name, value, None)
            changed = told(changed, shape)
        except Problem:
            continue
        yield _set(name, value), _with(draft, index, changed)


def _smaller(operation: Operation, shape: Shape) -> tuple[int, int]:
    kernel: tuple[int, int] = getattr(operation, "kernel_size")  # noqa: B009  # not every kind has it
    return min(kernel[0], shape[1]), min(kernel[1], shape[2])


def _ending_ideas(draft: Draft) -> Ideas:
    if draft.ending is None:
        return
    items = items_of(draft)
    softmax: list[Item] = [(Softmax(), True, None)]
    for index, (operation, _, _) in enumerate(items[:-1]):
        if isinstance(operation, Softmax):
            yield Problem("Move the Softmax to the end"), moved(draft, index, len(items))
    yield Problem("Put a Softmax at the end"), settled(draft, [*items, *softmax])
    flat: list[Item] = [(Flatten(), True, None), *softmax]
    yield Problem("Put a Flatten and a Softmax at the end"), settled(draft, [*items, *flat])
    if len(items) == 1:
        yield Problem("Put a Linear before the Softmax"), inserted(draft, 0, "Linear")
    yield from _smaller_ideas(draft)


def _smaller_ideas(draft: Draft) -> Ideas:
    """The layer with the most parameters, made smaller or left out."""
    counts = [place.parameter_count for place in draft.places]
    if not counts or not max(counts):
        return
    largest = counts.index(max(counts))
    for name in ("out_features", "out_channels"):
        size = getattr(draft.operations[largest], name, 1)
        while size > 1:
            size //= 2
            try:
                smaller = with_field(draft, largest, name, size)
            except Problem:
                continue
            if smaller.ending is None:
                sentence = Problem(
                    "Set {field} of layer {number} to {value}",
                    field=name, number=largest + 1, value=size,
                )  # fmt: skip
                yield sentence, smaller
                break
    yield Problem("Remove layer {number}", number=largest + 1), removed(draft, largest)


def _with(draft: Draft, index: int, operation: Operation) -> Draft:
    items = items_of(draft)
    items[index] = (operation, True, index)
    return settled(draft, items)


def _set(name: str, value: object) -> Problem:
    if isinstance(value, tuple):
        value = value[0] if value[0] == value[1] else " × ".join(map(str, value))
    return Problem("Set {field} to {value}", field=name, value=value)
