"""Names in a description: which layer's output another one reads, or adds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cnnviz.core.description import nearest, shown, wrong
from cnnviz.core.operations import OPERATIONS
from cnnviz.core.problem import Problem, mark
from cnnviz.core.wires import INPUT, Wire, Wires

WIRE_KEYS = ("name", "input", "skip")
"""Keys of a layer's table that are no field of its operation."""

LONGEST_NAME = 60

PRIME = "\u2032"
"""Behind a name that another layer has already."""


def read_wires(tables: Sequence[dict[str, Any]]) -> Wires:
    """What the layers of a description read, in their order.

    Raises
    ------
    Problem
        If a name is no text, is given twice, or names no layer before the one that it is read by.
    """
    places: dict[str, int] = {INPUT: -1}
    found: list[Wire] = []
    for index, table in enumerate(tables):
        try:
            source, skip = (_place(table, key, places) for key in ("input", "skip"))
            name = _name(table, places)
        except Problem as problem:
            kind = table.get("type")
            raise Problem(
                "layer {number} ({kind}): {problem}",
                number=index + 1,
                kind=kind if isinstance(kind, str) and kind in OPERATIONS else "?",
                problem=problem,
            ) from problem
        if name:
            places[name] = index
        # The name that `called` gives is none of its own: a network that is read is the one that
        # was written, and the layer may stand somewhere else tomorrow.
        own = "" if name.rstrip(PRIME) == _number_name(index) else name
        found.append(Wire(None if source == index - 1 else source, skip, own))
    return tuple(found)


def _place(table: dict[str, Any], key: str, places: dict[str, int]) -> int | None:
    name = table.get(key)
    if name is None:
        return None
    if not isinstance(name, str):
        raise wrong(key, name, mark("the name of a layer before this one"))
    if name not in places:
        raise Problem(
            "{key}: no layer before this one is called {name}; expected is one of {legal}",
            key=key,
            name=shown(name),
            legal=nearest(name, places),
        )
    return places[name]


def _name(table: dict[str, Any], places: dict[str, int]) -> str:
    name = table.get("name", "")
    if not isinstance(name, str) or ("name" in table and not name.strip()):
        raise wrong("name", name, mark("a text"))
    if len(name) > LONGEST_NAME:
        raise Problem("name: it has {count} characters, at most {most} fit",
                      count=len(name), most=LONGEST_NAME)  # fmt: skip
    if name in places:
        raise Problem("name: {name} is called so already", name=shown(name))
    return name


def wire_keys(wires: Wires) -> tuple[dict[str, str], ...]:
    """What a description says of each layer; those that are read by name get one if they have none.

    The inverse of `read_wires`.
    """
    names = called(wires)
    found = []
    for index, wire in enumerate(wires):
        keys = {"name": names[index]} if index in names else {}
        for key, place in (("input", wire.source), ("skip", wire.skip)):
            if place is not None:
                keys[key] = INPUT if place < 0 else names[place]
        found.append(keys)
    return tuple(found)


def called(wires: Wires) -> dict[int, str]:
    """The name of each layer that has one, or needs one because another layer names it."""
    names = {index: wire.name for index, wire in enumerate(wires) if wire.name}
    wanted = {place for wire in wires for place in (wire.source, wire.skip) if place is not None}
    for place in sorted(wanted - names.keys() - {-1}):
        name = _number_name(place)
        while name in names.values():
            name += PRIME
        names[place] = name
    return names


def _number_name(index: int) -> str:
    return f"layer {index + 1}"
