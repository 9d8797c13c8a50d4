"""What can be done to a draft: each function gives another one; sizes that follow are adapted.

A layer's ``in_channels``, ``in_features`` or ``num_features`` follow what reaches it.  One that a
person has set to something else stays as it is, and is said to be wrong, until its remedy is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import gcd, prod
from typing import Any

from cnnviz.core.bench_edits import FOLLOWING, with_value
from cnnviz.core.description import schema, typed
from cnnviz.core.draft import Draft, Place, placed, reaching, told, with_operations
from cnnviz.core.network import UNTRAINED
from cnnviz.core.network_file import MOST_LAYERS
from cnnviz.core.operations import OPERATIONS, Flatten, Operation, Shape, Softmax
from cnnviz.core.operations.base import Joining
from cnnviz.core.problem import Problem
from cnnviz.core.wires import PLAIN, Wire, Wires, source_of, unread

KINDS = tuple(kind for kind in OPERATIONS if kind not in (*UNTRAINED, "Add"))
"""What can be put into a network, by torch's names.  An Add comes with a description alone: on the
strip nobody could say what it is to add."""

MOST_REMEDIES = 4

Item = tuple[Operation, bool, int | None]
"""An operation, whether its sizes follow what reaches it, and which layer it was before."""


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


@dataclass(frozen=True)
class History:
    """Drafts one after the other, and at which of them a person is.

    Attributes
    ----------
    stroke
        What the newest draft came of, if it goes on (a number that is turned up step by step): the
        next draft of the same stroke takes its place.
    """

    drafts: tuple[Draft, ...]
    at: int = 0
    stroke: object = None

    @property
    def draft(self) -> Draft:
        return self.drafts[self.at]

    @property
    def can_undo(self) -> bool:
        return self.at > 0

    @property
    def can_redo(self) -> bool:
        return self.at < len(self.drafts) - 1

    def with_draft(self, draft: Draft, stroke: object = None) -> History:
        """Another draft; what was undone before it cannot be redone any more."""
        if draft == self.draft:
            return self
        same = stroke is not None and stroke == self.stroke
        before = self.drafts[: self.at if same else self.at + 1]
        return History((*before, draft), len(before), stroke)

    def undone(self) -> History:
        return History(self.drafts, max(0, self.at - 1))

    def redone(self) -> History:
        return History(self.drafts, min(self.at + 1, len(self.drafts) - 1))


# --- edits -----------------------------------------------------------------------------------


def inserted(draft: Draft, index: int, kind: str) -> Draft:
    """A layer of a kind put in, so that it becomes layer ``index``, with fields that fit there.

    Raises
    ------
    Problem
        If there are as many layers as a network may have.
    """
    if len(draft.operations) >= MOST_LAYERS:
        raise Problem(
            "layers: {count} layers, at most {most} fit",
            count=len(draft.operations) + 1,
            most=MOST_LAYERS,
        )
    items = _items(draft)
    return _settled(
        draft, [*items[:index], (_fresh(draft, index, kind), True, None), *items[index:]]
    )


def removed(draft: Draft, index: int) -> Draft:
    """One layer less."""
    items = _items(draft)
    return _settled(draft, [*items[:index], *items[index + 1 :]])


def moved(draft: Draft, index: int, to: int) -> Draft:
    """A layer put somewhere else, so that it becomes layer ``to``."""
    items = _items(draft)
    items.insert(min(max(to, 0), len(items) - 1), items.pop(index))
    return _settled(draft, items)


def with_field(
    draft: Draft, index: int, name: str, value: object, axis: int | None = None
) -> Draft:
    """Another value of one field of a layer; of a pair, for one axis or for both.

    Raises
    ------
    Problem
        If the operation itself refuses the value, whatever reaches it.
    """
    items = _items(draft)
    operation = draft.operations[index]
    if name in FOLLOWING:
        types, _ = schema(type(operation))
        if name not in types:
            raise Problem("there is no {part} in this operation", part=name)
        changes: dict[str, Any] = {name: typed(name, value, types[name])}
        changed: Operation = replace(operation, **changes)  # type: ignore[type-var]
        follows = changed == told(changed, draft.places[index].input_shape)
        items[index] = (changed, follows, index)
    else:
        items[index] = (with_value(operation, name, value, axis), items[index][1], index)
    return _settled(draft, items)


def replaced(draft: Draft, index: int, kind: str) -> Draft:
    """Another kind of layer in the place of one; it keeps the fields that both have."""
    before = draft.operations[index]
    if before.kind == kind:
        return draft
    operation = _fresh(draft, index, kind)
    types, _ = schema(type(operation))
    given, _ = schema(type(before))
    for name in types:
        if name in given and name not in FOLLOWING:
            try:
                operation = with_value(operation, name, getattr(before, name), None)
            except Problem:
                continue
    items = _items(draft)
    items[index] = (operation, True, index)
    return _settled(draft, items)


def titled(draft: Draft, title: str) -> Draft:
    """The same draft by another name."""
    return replace(draft, title=title)


def _items(draft: Draft) -> list[Item]:
    return [(it.operation, _follows(it), index) for index, it in enumerate(draft.places)]


def _follows(place: Place) -> bool:
    try:
        return told(place.operation, place.input_shape) == place.operation
    except Problem:
        return False


def _settled(draft: Draft, items: Iterable[Item]) -> Draft:
    """The draft of these operations, each told of what reaches it unless it does not follow."""
    operations: list[Operation] = []
    shapes, given = [draft.input_shape], list(items)
    wires = _rewired(draft, given)
    for number, (operation, follows, _) in enumerate(given):
        shape = reaching(wires, number, shapes)
        if follows:
            operation = _told_if_it_can_be(operation, shape)
        operations.append(operation)
        shapes.append(placed(operation, shape, last=number == len(given) - 1).passed_on)
    return with_operations(draft, operations, wires)


def _rewired(draft: Draft, items: Sequence[Item]) -> Wires:
    """What each layer reads after an edit: the same layers as before, wherever they stand now.

    Instead of one that was taken out, what that one had read.
    """
    now = {before: index for index, (_, _, before) in enumerate(items) if before is not None}

    def place(before: int | None) -> int | None:
        while before is not None and before >= 0 and before not in now:
            before = source_of(draft.wires, before)
        return before if before is None or before < 0 else now[before]

    found: list[Wire] = []
    for index, (operation, _, before) in enumerate(items):
        wire = PLAIN if before is None else draft.wires[before]
        source, skip = place(wire.source), place(wire.skip)
        joins = isinstance(operation, Joining)
        found.append(
            Wire(None if source == index - 1 else source, skip if joins else None, wire.name)
        )
    return tuple(found)


def _told_if_it_can_be(operation: Operation, shape: Shape) -> Operation:
    flat = (prod(shape),) if hasattr(operation, "in_features") else shape
    try:
        return told(operation, flat)
    except Problem:
        return operation


def _fresh(draft: Draft, index: int, kind: str) -> Operation:
    """An operation of a kind as a person would most likely want it at a place."""
    shape = draft.places[index].input_shape if index < len(draft.places) else draft.output_shape
    made: Any = OPERATIONS[kind]
    _, required = schema(made)
    sides = shape[1:] or (3, 3)
    kernel = 3 if "out_channels" in required else 2
    values: dict[str, Any] = {
        "in_channels": shape[0],
        "in_features": prod(shape),
        "num_features": shape[0],
        "out_channels": max(16, shape[0]) if len(shape) == 3 else 16,
        "out_features": draft.output_shape[0] if _is_last_to_learn(draft, index) else 128,
        "kernel_size": (min(kernel, sides[0]), min(kernel, sides[1])),
        "output_size": (1, 1),
        "size": 5,
    }
    given = {name: values[name] for name in required}
    if kind == "Conv2d":
        given["padding"] = tuple(size // 2 for size in given["kernel_size"])
    operation: Operation = made(**given)
    return operation


def _is_last_to_learn(draft: Draft, index: int) -> bool:
    """Whether only a Softmax follows, so that what is put there puts out the logits."""
    return all(isinstance(operation, Softmax) for operation in draft.operations[index:])


# --- remedies --------------------------------------------------------------------------------


def remedies(draft: Draft, index: int | None) -> tuple[Remedy, ...]:
    """What would help a layer that does not fit, or (None) the ending; the most fitting first."""
    found: list[Remedy] = []
    for sentence, better in _ending_ideas(draft) if index is None else _ideas(draft, index):
        if better.problems < draft.problems and all(better != other.draft for other in found):
            found.append(Remedy(sentence, better))
    return tuple(found[:MOST_REMEDIES])


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
    yield from _told_ideas(draft, index, operation, shape)
    yield from _order_ideas(draft, index, operation, shape)
    yield from _field_ideas(draft, index, operation, shape)
    yield Problem("Remove it"), removed(draft, index)
    yield Problem("Remove it, and what then is read by none"), _removed_with_idle(draft, index)


def _removed_with_idle(draft: Draft, index: int) -> Draft:
    """Without a layer, and without those that only led to it."""
    draft = removed(draft, index)
    for idle in reversed(unread(draft.wires)):
        draft = removed(draft, idle)
    return draft


def _told_ideas(draft: Draft, index: int, operation: Operation, shape: Shape) -> Ideas:
    for name in FOLLOWING:
        if hasattr(operation, name):
            fitting = _told_if_it_can_be(operation, shape)
            if fitting != operation:
                value = getattr(fitting, name)
                yield _set(name, value), _with(draft, index, fitting)


def _order_ideas(draft: Draft, index: int, operation: Operation, shape: Shape) -> Ideas:
    items = _items(draft)
    if len(shape) == 3:
        flatten: Item = (Flatten(), True, None)
        flat = [*items[:index], flatten, (operation, True, index), *items[index + 1 :]]
        yield Problem("Put a Flatten before it"), _settled(draft, flat)
        return
    before = [i for i in range(index) if isinstance(draft.operations[i], Flatten)]
    if before:
        items[index] = (operation, True, index)
        items.insert(before[-1], items.pop(index))
        yield Problem("Move it before the Flatten"), _settled(draft, items)


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
    items = _items(draft)
    softmax: list[Item] = [(Softmax(), True, None)]
    for index, (operation, _, _) in enumerate(items[:-1]):
        if isinstance(operation, Softmax):
            yield Problem("Move the Softmax to the end"), moved(draft, index, len(items))
    yield Problem("Put a Softmax at the end"), _settled(draft, [*items, *softmax])
    flat: list[Item] = [(Flatten(), True, None), *softmax]
    yield Problem("Put a Flatten and a Softmax at the end"), _settled(draft, [*items, *flat])
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
    items = _items(draft)
    items[index] = (operation, True, index)
    return _settled(draft, items)


def _set(name: str, value: object) -> Problem:
    if isinstance(value, tuple):
        value = value[0] if value[0] == value[1] else " × ".join(map(str, value))
    return Problem("Set {field} to {value}", field=name, value=value)
