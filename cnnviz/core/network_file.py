"""A network description (TOML) read into a checked `Network`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnnviz.core.description import (
    check_keys,
    is_number,
    parse,
    parse_content,
    read_operation,
    schema,
    shown,
    written,
    wrong,
)
from cnnviz.core.network import Network, build_network
from cnnviz.core.operations import OPERATIONS, Operation, Shape
from cnnviz.core.operations.torch_fields import torch_fields
from cnnviz.core.problem import Problem, mark
from cnnviz.core.wire_names import WIRE_KEYS, read_wires, wire_keys

WHAT = mark("a network description")

LARGEST_FILE = 64 * 1024
"""Bytes; the bundled descriptions have under 2,000.  Checked before anything is parsed."""

MOST_LAYERS = 200

INITIALISATIONS = ("torch", "xavier")

_KEYS = ("title", "input", "initialisation", "layers")


@dataclass(frozen=True)
class NetworkEntry:
    """A network that can be chosen; ``key`` is the name of its file without the ending."""

    key: str
    title: str
    path: Path


def read_network(path: Path) -> Network:
    """Read one network description.

    Raises
    ------
    Problem
        If the file cannot be read or does not describe a network; the sentence names the file,
        the line or the layer and key, and what was expected.
    """
    try:
        return _network(path.stem, parse(path, WHAT, LARGEST_FILE))
    except Problem as problem:
        raise Problem("{file}: {problem}", file=path.name, problem=problem) from problem


def network_from_text(key: str, text: str) -> Network:
    """Read a description that stands in another file, such as a run; raises `Problem`."""
    return _network(key, parse_content(text.encode(), WHAT, LARGEST_FILE))


def write_network(network: Network) -> str:
    """A network as a description (TOML); reading it gives an equal network of the same key.

    Fields that have their default are left out, as a person would leave them out.

    Raises
    ------
    Problem
        If a field is None where a description that leaves it out means something else: TOML has no
        word for None.
    """
    lines = [f"title = {written(network.title)}", f"input = {written(network.input_shape)}"]
    if network.initialisation != "torch":
        lines.append(f"initialisation = {written(network.initialisation)}")
    names = wire_keys(network.wires)
    for number, layer in enumerate(network.layers, start=1):
        lines += ["", "[[layers]]", f'type = "{layer.operation.kind}"']
        lines += [f"{key} = {written(name)}" for key, name in names[number - 1].items()]
        lines += _written_fields(number, layer.operation)
    return "\n".join(lines) + "\n"


def _written_fields(number: int, operation: Operation) -> list[str]:
    lines: list[str] = []
    types, _ = schema(type(operation))
    for field in torch_fields(operation):
        value = getattr(operation, field.name)
        if value == field.default:
            continue
        if value is None:
            raise Problem(
                "layer {number} ({kind}): {field} is None, which a description cannot say",
                number=number,
                kind=operation.kind,
                field=field.name,
            )
        square = types[field.name] != tuple[float, ...] and _is_square(value)
        lines.append(f"{field.name} = {written(value[0] if square else value)}")
    return lines


def _is_square(value: object) -> bool:
    """Whether one number says both numbers of a pair."""
    return isinstance(value, tuple) and len(value) == 2 and value[0] == value[1]


def list_networks(folder: Path) -> tuple[NetworkEntry, ...]:
    """The descriptions in a folder, the shallowest network first; their layers are not checked.

    A file that is not TOML is listed under its name: choosing it says what is wrong with it.
    """
    found: list[tuple[int, NetworkEntry]] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            document = parse(path, WHAT, LARGEST_FILE)
        except Problem:
            document = {}
        title, layers = document.get("title"), document.get("layers")
        entry = NetworkEntry(path.stem, title if isinstance(title, str) else path.stem, path)
        found.append((len(layers) if isinstance(layers, list) else MOST_LAYERS, entry))
    return tuple(entry for _, entry in sorted(found, key=lambda item: item[0]))


def _network(key: str, document: dict[str, Any]) -> Network:
    check_keys(document, _KEYS, required=("title", "input", "layers"))
    title, initialisation = document["title"], document.get("initialisation", "torch")
    if not isinstance(title, str) or not title.strip():
        raise wrong("title", title, mark("a text"))
    if initialisation not in INITIALISATIONS:
        raise Problem(
            "initialisation: {value} is unknown; expected is one of {legal}",
            value=shown(initialisation),
            legal=", ".join(INITIALISATIONS),
        )
    tables = document["layers"]
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise wrong("layers", tables, mark("a list of tables, each begun with [[layers]]"))
    if len(tables) > MOST_LAYERS:
        raise Problem(
            "layers: {count} layers, at most {most} fit", count=len(tables), most=MOST_LAYERS
        )
    wires = read_wires(tables)
    operations = tuple(_operation(i, table) for i, table in enumerate(tables, start=1))
    return build_network(key, title, _input(document["input"]), operations, initialisation, wires)


def _input(value: object) -> Shape:
    expected = mark("three whole numbers from 1: [channels, height, width]")
    if not isinstance(value, list) or len(value) != 3 or not all(map(is_number, value)):
        raise wrong("input", value, expected)
    if min(value) < 1:
        raise wrong("input", value, expected)
    return tuple(value)


def _operation(number: int, table: dict[str, Any]) -> Operation:
    """The operation that one ``[[layers]]`` table describes."""
    kind = table.get("type")
    try:
        return read_operation({k: v for k, v in table.items() if k not in WIRE_KEYS})
    except Problem as problem:
        raise Problem(
            "layer {number} ({kind}): {problem}",
            number=number,
            kind=kind if isinstance(kind, str) and kind in OPERATIONS else "?",
            problem=problem,
        ) from problem
