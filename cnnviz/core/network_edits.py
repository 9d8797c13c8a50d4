"""What can be done to a draft: each function gives another one; sizes that follow are adapted.

A layer's ``in_channels``, ``in_features`` or ``num_features`` follow what reaches it.  One that a
person has set to something else stays as it is, and is said to be wrong, until its remedy is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any

from cnnviz.core.bench_edits import FOLLOWING, with_value
from cnnviz.core.description import schema, typed
from cnnviz.core.draft import Draft, Place, placed, reaching, told, with_operations
from cnnviz.core.network import UNTRAINED
from cnnviz.core.network_file import MOST_LAYERS
from cnnviz.core.operations import OPERATIONS, Operation, Shape, Softmax
from cnnviz.core.operations.base import Joining
from cnnviz.core.problem import Problem
from cnnviz.core.wires import PLAIN, Wire, Wires, source_of

KINDS = tuple(kind for kind in OPERATIONS if kind not in UNTRAINED)
"""What can be put into a network, by torch's names."""

Item = tuple[Operation, bool, int | None]
"""An operation, whether its sizes follow what reaches it, and which layer it was before."""


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


def inserted(draft: Draft, index: int, kind: str, skip: int | None = None) -> Draft:
    """A layer of a kind put in, so that it becomes layer ``index``, with fields that fit there.

    An Add adds the output of layer ``skip``, or of the nearest that fits.

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
    items = items_of(draft)
    items.insert(index, (_fresh(draft, index, kind), True, None))
    ends = index < len(draft.wires) and draft.wires[index].source is not None
    draft = settled(draft, items)
    if ends:  # the next layer begins a path of its own: the new one is the last of the path before
        wires = (_led_on(wire, index) for wire in draft.wires)
        draft = settled(replace(draft, wires=tuple(wires)), items_of(draft))
    return _joined(draft, index, skip)


def _led_on(wire: Wire, index: int) -> Wire:
    """What is read of the layer before ``index`` is read of that layer."""
    before = index - 1
    return replace(
        wire,
        source=index if wire.source == before else wire.source,
        skip=index if wire.skip == before else wire.skip,
    )


def _joined(draft: Draft, index: int, skip: int | None = None) -> Draft:
    """The same draft with something to add for an Add that adds nothing yet."""
    if not isinstance(draft.operations[index], Joining) or draft.wires[index].skip is not None:
        return draft
    if skip is None:
        fitting = summands(draft, index, source_of(draft.wires, index))
        skip = fitting[-1] if fitting else None
    return draft if skip is None else with_wire(draft, index, "skip", skip)


def removed(draft: Draft, index: int) -> Draft:
    """One layer less."""
    items = items_of(draft)
    return settled(draft, [*items[:index], *items[index + 1 :]])


def moved(draft: Draft, index: int, to: int) -> Draft:
    """A layer put somewhere else, so that it becomes layer ``to``."""
    items = items_of(draft)
    items.insert(min(max(to, 0), len(items) - 1), items.pop(index))
    return settled(draft, items)


def with_field(
    draft: Draft, index: int, name: str, value: object, axis: int | None = None
) -> Draft:
    """Another value of one field of a layer; of a pair, for one axis or for both.

    Raises
    ------
    Problem
        If the operation itself refuses the value, whatever reaches it.
    """
    items = items_of(draft)
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
    return settled(draft, items)


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
    items = items_of(draft)
    items[index] = (operation, True, index)
    return _joined(settled(draft, items), index)


def with_wire(draft: Draft, index: int, name: str, place: int) -> Draft:
    """Another output that a layer reads ("input"), or that an Add adds ("skip").

    Parameters
    ----------
    place
        The layer whose output it is; −1 is the network's input.
    """
    wires, wire = list(draft.wires), draft.wires[index]
    if name == "skip":
        wires[index] = replace(wire, skip=place)
    else:
        wires[index] = replace(wire, source=None if place == index - 1 else place)
    return settled(replace(draft, wires=tuple(wires)), items_of(draft))


def summands(draft: Draft, index: int, source: int) -> tuple[int, ...]:
    """The outputs that an Add at a place could add to that of ``source``; −1 is the input.

    They are of layers before it, and of the same shape; added to itself, nothing is joined.
    """
    shapes = [draft.input_shape, *(place.passed_on for place in draft.places)]
    shape = shapes[source + 1]
    if len(shape) != 3:
        return ()
    return tuple(it for it in range(-1, index) if it != source and shapes[it + 1] == shape)


def titled(draft: Draft, title: str) -> Draft:
    """The same draft by another name."""
    return replace(draft, title=title)


def items_of(draft: Draft) -> list[Item]:
    """The layers of a draft, to be put in another order."""
    return [(it.operation, _follows(it), index) for index, it in enumerate(draft.places)]


def _follows(place: Place) -> bool:
    try:
        return told(place.operation, place.input_shape) == place.operation
    except Problem:
        return False


def settled(draft: Draft, items: Iterable[Item]) -> Draft:
    """The draft of these operations, each told of what reaches it unless it does not follow."""
    operations: list[Operation] = []
    shapes, given = [draft.input_shape], list(items)
    wires = _rewired(draft, given)
    for number, (operation, follows, _) in enumerate(given):
        shape = reaching(wires, number, shapes)
        if follows:
            operation = told_if_it_can_be(operation, shape)
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


def told_if_it_can_be(operation: Operation, shape: Shape) -> Operation:
    """An operation that is told of what reaches it; as it is where that cannot be."""
    flat = (prod(shape),) if hasattr(operation, "in_features") else shape
    try:
        return told(operation, flat)
    except Problem:
        return operation


def _fresh(draft: Draft, index: int, kind: str) -> Operation:
    """An operation of a kind as a person would most likely want it at a place."""
    shape = draft.places[index - 1].passed_on if index else draft.input_shape
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
