"""A bench as a file (TOML): the presets of the Lab, and what was laid out in it last.

The operation stands in the table ``[layer]``, with its ``type`` and fields as in a network's
description; its input and its parameters stand before it, as lists within lists.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.bench import (
    INPUT,
    LARGEST_VALUE,
    Bench,
    array_shapes,
    check_operation,
    fields_of,
    optional_shapes,
)
from cnnviz.core.description import (
    check_keys,
    is_number,
    parse,
    read_operation,
    written,
    wrong,
)
from cnnviz.core.operations import Shape
from cnnviz.core.problem import Problem, mark

LARGEST_FILE = 1024 * 1024
"""Bytes; the largest bench, 16 kernels of 4 × 16 × 16, has under half of it."""

WHAT = mark("a bench of the Lab")

_NAME = re.compile(r"[\w-]{0,60}")

_OWN_KEYS = ("title", "row", INPUT, "result", "preset", "layer")


@dataclass(frozen=True, eq=False)
class Preset:
    """A worked example.

    Attributes
    ----------
    title
        What it is called in the window; translated where it is shown.
    rows
        The rows of the curriculum that it belongs to.
    result
        The document's own result, where it has one.
    """

    key: str
    title: str
    rows: tuple[int, ...]
    bench: Bench
    result: NDArray[np.float64] | None


@dataclass(frozen=True)
class PresetEntry:
    """A preset that can be chosen; ``key`` is the name of its file without the ending."""

    key: str
    title: str
    rows: tuple[int, ...]
    path: Path


def read_bench(path: Path) -> Bench:
    """Read what is laid out on a bench.

    Raises
    ------
    Problem
        If the file cannot be read or does not describe a bench; the sentence names the file, the
        line or the key, and what was expected.
    """
    return read_preset(path).bench


def read_preset(path: Path) -> Preset:
    """Read a bench with what is told about it; raises as `read_bench` does."""
    try:
        return _preset(path.stem, parse(path, WHAT, LARGEST_FILE))
    except Problem as problem:
        raise Problem("{file}: {problem}", file=path.name, problem=problem) from problem


def is_bench(path: Path) -> bool:
    """Whether a file says that it is a bench, and not a network; it may still be a broken one."""
    if path.suffix.lower() != ".toml":
        return False
    try:
        return "layer" in parse(path, WHAT, LARGEST_FILE)
    except Problem:
        return False


def list_presets(folder: Path) -> tuple[PresetEntry, ...]:
    """The presets of a folder in the order of the curriculum; their numbers are not checked.

    A file that is not TOML is listed under its name: choosing it says what is wrong with it.
    """
    found: list[PresetEntry] = []
    for path in folder.glob("*.toml"):
        try:
            document = parse(path, WHAT, LARGEST_FILE)
            rows = _rows(document.get("row", []))
        except Problem:
            document, rows = {}, ()
        title = document.get("title")
        found.append(
            PresetEntry(path.stem, title if isinstance(title, str) else path.stem, rows, path)
        )
    return tuple(sorted(found, key=lambda entry: (entry.rows[:1] or (1000,), entry.key)))


def write_bench(bench: Bench) -> str:
    """A bench as TOML; reading it gives the same numbers, bit for bit.

    Only the ``fold`` of a Linear is not kept: it is found out, and never written down.
    """
    lines = [f"preset = {json.dumps(bench.preset)}"] if bench.preset else []
    lines.append(f"{INPUT} = {written(bench.input.tolist())}")
    lines += [f"{name} = {written(values.tolist())}" for name, values in bench.parameters.items()]
    lines += ["", "[layer]", f'type = "{bench.operation.kind}"']
    for name in fields_of(type(bench.operation)):
        value = getattr(bench.operation, name)
        if value is not None:  # TOML has no word for it; what is left out is None
            lines.append(f"{name} = {written(value)}")
    return "\n".join(lines) + "\n"


def _preset(key: str, document: dict[str, Any]) -> Preset:
    check_keys(document, document, required=(INPUT, "layer"))
    table = document["layer"]
    if not isinstance(table, dict):
        raise wrong("layer", table, mark("a table, begun with [layer]"))
    title, preset = document.get("title", ""), document.get("preset", "")
    if not isinstance(title, str):
        raise wrong("title", title, mark("a text"))
    if not isinstance(preset, str) or not _NAME.fullmatch(preset):
        raise wrong("preset", preset, mark("the name of a preset"))
    try:
        operation = read_operation(table, looked_at=True)
    except Problem as problem:
        raise Problem("[layer]: {problem}", problem=problem) from problem
    laid_out = _array(INPUT, document[INPUT])
    output = check_operation(operation, laid_out.shape)
    needed = array_shapes(operation, laid_out.shape)
    optional = optional_shapes(operation, laid_out.shape)
    check_keys(document, (*_OWN_KEYS, *needed, *optional), required=needed)
    parameters = {
        name: _array(name, document[name]) for name in (*needed, *optional) if name in document
    }
    bench = Bench(operation, laid_out, parameters, preset or (key if title else ""))
    result = _result(document["result"], output) if "result" in document else None
    return Preset(key, title, _rows(document.get("row", [])), bench, result)


def _rows(value: object) -> tuple[int, ...]:
    rows = value if isinstance(value, list) else [value]
    if not all(map(is_number, rows)):
        raise wrong("row", value, mark("a whole number, or a list of them"))
    return tuple(rows)


def _result(value: object, shape: Shape) -> NDArray[np.float64]:
    result = _array("result", value)
    if result.shape != shape:
        raise Problem(
            "{part}: numbers of shape {given} were given, expected is {expected}",
            part="result",
            given=" × ".join(map(str, result.shape)),
            expected=" × ".join(map(str, shape)),
        )
    return result


def _array(key: str, value: object) -> NDArray[np.float64]:
    """Numbers in lists within lists, all of one length at each depth."""
    expected = mark("a list of finite numbers, or of lists of one length")
    if not isinstance(value, list) or not value:
        raise wrong(key, value, expected)
    numbers = list(_flat(value))
    if not all(isinstance(x, int | float) and not isinstance(x, bool) for x in numbers):
        raise wrong(key, value, expected)
    if not all(abs(x) <= LARGEST_VALUE for x in numbers):  # a NaN is not either
        raise Problem(
            "{part}: numbers from −{most} to {most} can be used", part=key, most="1,000,000"
        )
    try:
        return np.array(value, dtype=np.float64)
    except ValueError:
        raise wrong(key, value, expected) from None


def _flat(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for item in value:
            yield from _flat(item)
    else:
        yield value
