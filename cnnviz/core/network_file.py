"""A network description (TOML) read into a checked `Network`.

The schema is not written down here: a layer's keys are the fields of its operation's dataclass,
so that a new operation can be described as soon as it stands in `OPERATIONS`.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, get_type_hints

from cnnviz.core.network import Network, build_network
from cnnviz.core.operations import OPERATIONS, Operation, Shape
from cnnviz.core.operations.sliding import Pair, pair
from cnnviz.core.problem import Problem, mark

LARGEST_FILE = 64 * 1024
"""Bytes; the bundled descriptions have under 2,000.  Checked before anything is parsed."""

LARGEST_NUMBER = 2**31 - 1
"""Past it no size means anything, and the products that shapes are checked with would not print:
Python refuses to write out integers of more than 4,300 digits."""

MOST_LAYERS = 200

INITIALISATIONS = ("torch", "xavier")

_KEYS = ("title", "input", "initialisation", "layers")
_NEVER_WRITTEN = {"fold"}  # found out while the network is put together


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
        return _network(path.stem, _parse(path))
    except Problem as problem:
        raise Problem("{file}: {problem}", file=path.name, problem=problem) from problem


def list_networks(folder: Path) -> tuple[NetworkEntry, ...]:
    """The descriptions in a folder, the shallowest network first; their layers are not checked.

    A file that is not TOML is listed under its name: choosing it says what is wrong with it.
    """
    found: list[tuple[int, NetworkEntry]] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            document = _parse(path)
        except Problem:
            document = {}
        title, layers = document.get("title"), document.get("layers")
        entry = NetworkEntry(path.stem, title if isinstance(title, str) else path.stem, path)
        found.append((len(layers) if isinstance(layers, list) else MOST_LAYERS, entry))
    return tuple(entry for _, entry in sorted(found, key=lambda item: item[0]))


def _parse(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        raise Problem("there is no such file; a network description (TOML) was expected") from None
    except OSError as error:
        raise Problem("the file cannot be read: {error}", error=error.strerror) from error
    if len(content) > LARGEST_FILE:
        raise Problem("a network description has at most {most} bytes", most=f"{LARGEST_FILE:,}")
    try:
        return tomllib.loads(content.decode("utf-8").replace("\r\n", "\n"))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Problem("line {line}: UTF-8 text was expected", line=line) from error
    except RecursionError:
        raise Problem("its values are nested too deeply; a flat list was expected") from None
    except ValueError as error:  # tomllib's own, and int()'s for a number of thousands of digits
        raise _not_toml(str(error), content.count(b"\n") + 1) from error


def _not_toml(message: str, lines: int) -> Problem:
    """tomllib's English message, with the place taken out of it; "end of document" is a place."""
    place = re.search(r"\s*\(at (?:line (\d+), column \d+|end of document)\)", message)
    return Problem(
        "line {line}: it is not TOML: {error}",
        line=int(place[1]) if place and place[1] else lines,
        error=message[: place.start()] if place else message,
    )


def _network(key: str, document: dict[str, Any]) -> Network:
    _check_keys(document, _KEYS, required=("title", "input", "layers"))
    title, initialisation = document["title"], document.get("initialisation", "torch")
    if not isinstance(title, str) or not title.strip():
        raise _wrong("title", title, mark("a text"))
    if initialisation not in INITIALISATIONS:
        raise Problem(
            "initialisation: {value} is unknown; expected is one of {legal}",
            value=_shown(initialisation),
            legal=", ".join(INITIALISATIONS),
        )
    tables = document["layers"]
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise _wrong("layers", tables, mark("a list of tables, each begun with [[layers]]"))
    if len(tables) > MOST_LAYERS:
        raise Problem(
            "layers: {count} layers, at most {most} fit", count=len(tables), most=MOST_LAYERS
        )
    operations = tuple(_operation(i, table) for i, table in enumerate(tables, start=1))
    return build_network(key, title, _input(document["input"]), operations, initialisation)


def _input(value: object) -> Shape:
    expected = mark("three whole numbers from 1: [channels, height, width]")
    if not isinstance(value, list) or len(value) != 3 or not all(map(_is_number, value)):
        raise _wrong("input", value, expected)
    if min(value) < 1:
        raise _wrong("input", value, expected)
    return tuple(value)


def _operation(number: int, table: dict[str, Any]) -> Operation:
    """The operation that one ``[[layers]]`` table describes."""
    kind = table.get("type")
    try:
        if kind is None:
            raise Problem(
                "type: it is missing; expected is one of {legal}", legal=", ".join(OPERATIONS)
            )
        if not isinstance(kind, str) or kind not in OPERATIONS:
            raise Problem(
                "type: {value} is unknown; expected is one of {legal}",
                value=_shown(kind),
                # A number of thousands of digits cannot be written out, to be compared.
                legal=_nearest(kind if isinstance(kind, str) else "", OPERATIONS),
            )
        return _build(OPERATIONS[kind], {k: v for k, v in table.items() if k != "type"})
    except Problem as problem:
        raise Problem(
            "layer {number} ({kind}): {problem}",
            number=number,
            kind=kind if isinstance(kind, str) and kind in OPERATIONS else "?",
            problem=problem,
        ) from problem


def _build(operation: type[Operation], values: dict[str, Any]) -> Operation:
    types, required = _schema(operation)
    _check_keys(values, types, required)
    build: Callable[..., Operation] = operation
    return build(**{name: _value(name, value, types[name]) for name, value in values.items()})


@cache
def _schema(operation: type[Operation]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The type of every key that may be written, and the keys that must be."""
    assert dataclasses.is_dataclass(operation)
    hints = get_type_hints(operation)
    fields = [field for field in dataclasses.fields(operation) if field.name not in _NEVER_WRITTEN]
    required = tuple(field.name for field in fields if field.default is dataclasses.MISSING)
    return {field.name: hints[field.name] for field in fields}, required


def _value(field: str, value: Any, expected: Any) -> object:
    """``value`` as the dataclass stores it; raises `Problem` where its type is another."""
    if expected is bool:
        if not isinstance(value, bool):
            raise _wrong(field, value, mark("true or false"))
        return value
    if expected is float:
        if isinstance(value, float) or _is_number(value):
            return float(value)
        raise _wrong(field, value, mark("a number"))
    if expected in (int, int | None):
        if not _is_number(value):
            raise _wrong(field, value, mark("a whole number"))
        return value
    if expected in (str, Pair | str) and isinstance(value, str):
        return value  # which words are legal, the operation itself says
    if expected is str:
        raise _wrong(field, value, mark("a text"))
    assert expected in (Pair, Pair | None, Pair | str), f"no rule for {field}: {expected}"
    if isinstance(value, list) and len(value) == 2 and all(map(_is_number, value)):
        return (value[0], value[1])
    if not _is_number(value):
        if expected == Pair | str:
            wanted = mark("a whole number, two for height and width, or a word")
        else:
            wanted = mark("a whole number, or two for height and width")
        raise _wrong(field, value, wanted)
    return pair(value)


def _is_number(value: object) -> bool:
    """A whole number that a size can be; Python's bool is an int, a description's is not."""
    return (
        isinstance(value, int)
        and not isinstance(value, bool)
        and -LARGEST_NUMBER <= value <= LARGEST_NUMBER
    )


def _check_keys(values: dict[str, Any], legal: Iterable[str], required: Iterable[str]) -> None:
    legal = tuple(legal)
    for key in values:
        if key not in legal:
            raise Problem(
                "{key}: this key is unknown; expected is {legal}",
                key=key[:60],
                legal=_nearest(key, legal) or mark("no other key"),
            )
    for key in required:
        if key not in values:
            raise Problem("{key}: this key is missing", key=key)


def _nearest(word: object, legal: Iterable[str]) -> str:
    """The legal words that look like this one; all of them where none does."""
    names = {name.lower(): name for name in legal}
    found = difflib.get_close_matches(str(word)[:60].lower(), names, n=3, cutoff=0.6)
    return ", ".join(names[name] for name in found or names)


def _wrong(field: str, value: object, expected: str) -> Problem:
    # `expected` is a Problem so that the window translates it as it does every sentence.
    return Problem(
        "{field}: {value} was given, expected is {expected}",
        field=field,
        value=_shown(value),
        expected=Problem(expected),
    )


def _shown(value: object) -> object:
    """A value as a description would write it, cut to what fits in a sentence."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and abs(value) > LARGEST_NUMBER:
        return Problem("a number past {most}", most=f"{LARGEST_NUMBER:,}")
    if isinstance(value, dict):
        return Problem("a table")
    if isinstance(value, list):
        if len(value) > 4 or any(isinstance(item, (dict, list)) for item in value):
            return Problem("a list of {count}", count=len(value))
        return f"[{', '.join(str(_shown(item)) for item in value)}]"
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:59] + "…"
