"""What all descriptions (TOML) have in common: one way in, and sentences that name key and value.

The schema is not written down here: a layer's keys are the fields of its operation's dataclass,
so that a new operation can be described as soon as it stands in `OPERATIONS`.
"""

from __future__ import annotations

import dataclasses
import difflib
import json
import re
import tomllib
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any, get_type_hints

from cnnviz.core.operations import OPERATIONS, Operation
from cnnviz.core.operations.sliding import Pair, pair
from cnnviz.core.operations.torch_fields import torch_fields
from cnnviz.core.problem import Problem, mark

LARGEST_NUMBER = 2**31 - 1
"""Past it no size means anything, and the products that shapes are checked with would not print:
Python refuses to write out integers of more than 4,300 digits."""


def parse(path: Path, what: str, largest: int) -> dict[str, Any]:
    """Read a TOML file of at most ``largest`` bytes; ``what`` names what it should describe.

    Raises
    ------
    Problem
        If it cannot be read, is larger, or is not TOML; the sentence names the line.
    """
    try:
        with path.open("rb") as file:
            content = file.read(largest + 1)
    except FileNotFoundError:
        raise Problem(
            "there is no such file; {what} (TOML) was expected", what=Problem(what)
        ) from None
    except OSError as error:
        raise Problem("the file cannot be read: {error}", error=error.strerror) from error
    return parse_content(content, what, largest)


def parse_content(content: bytes, what: str, largest: int) -> dict[str, Any]:
    """Read TOML that is in memory already; raises as `parse` does."""
    if len(content) > largest:
        raise Problem("{what} has at most {most} bytes", what=Problem(what), most=f"{largest:,}")
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


def read_operation(table: dict[str, Any], looked_at: bool = False) -> Operation:
    """The operation that one table describes.

    Parameters
    ----------
    looked_at
        Whether it stands alone: then fields that no torch module has are legal too.

    Raises
    ------
    Problem
        If a key is missing, unknown or of another type, or the operation itself refuses it.
    """
    kind = table.get("type")
    if kind is None:
        raise Problem(
            "type: it is missing; expected is one of {legal}", legal=", ".join(OPERATIONS)
        )
    if not isinstance(kind, str) or kind not in OPERATIONS:
        raise Problem(
            "type: {value} is unknown; expected is one of {legal}",
            value=shown(kind),
            # A number of thousands of digits cannot be written out, to be compared.
            legal=nearest(kind if isinstance(kind, str) else "", OPERATIONS),
        )
    return _build(OPERATIONS[kind], {k: v for k, v in table.items() if k != "type"}, looked_at)


def _build(operation: type[Operation], values: dict[str, Any], looked_at: bool) -> Operation:
    types, required = schema(operation, looked_at)
    check_keys(values, types, required)
    build: Callable[..., Operation] = operation
    return build(**{name: typed(name, value, types[name]) for name, value in values.items()})


def _written_fields(operation: type[Operation]) -> tuple[dataclasses.Field[Any], ...]:
    found = dataclasses.fields(operation)  # type: ignore[arg-type]
    # `fold` is found out while a network is put together.
    return tuple(field for field in found if field.name != "fold")


@cache
def schema(
    operation: type[Operation], looked_at: bool = False
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The type of every key that may be written, and the keys that must be."""
    assert dataclasses.is_dataclass(operation)
    hints = get_type_hints(operation)
    fields = _written_fields(operation) if looked_at else torch_fields(operation)
    required = tuple(field.name for field in fields if field.default is dataclasses.MISSING)
    return {field.name: hints[field.name] for field in fields}, required


def typed(field: str, value: Any, expected: Any) -> object:
    """``value`` as the dataclass stores it; raises `Problem` where its type is another."""
    if expected is bool:
        if not isinstance(value, bool):
            raise wrong(field, value, mark("true or false"))
        return value
    if expected in (float, float | None):
        if isinstance(value, float) or is_number(value):
            return float(value)
        raise wrong(field, value, mark("a number"))
    if expected in (int, int | None):
        if not is_number(value):
            raise wrong(field, value, mark("a whole number"))
        return value
    if expected in (str, Pair | str) and isinstance(value, str):
        return value  # which words are legal, the operation itself says
    if expected is str:
        raise wrong(field, value, mark("a text"))
    if expected == tuple[float, ...]:
        return _numbers(field, value)
    assert expected in (Pair, Pair | None, Pair | str), f"no rule for {field}: {expected}"
    if isinstance(value, list) and len(value) == 2 and all(map(is_number, value)):
        return (value[0], value[1])
    if not is_number(value):
        if expected == Pair | str:
            wanted = mark("a whole number, two for height and width, or a word")
        else:
            wanted = mark("a whole number, or two for height and width")
        raise wrong(field, value, wanted)
    return pair(value)


def _numbers(field: str, value: Any) -> tuple[float, ...]:
    """One number or several, as a tuple."""
    given = value if isinstance(value, list) else [value]
    if not all(isinstance(item, float) or is_number(item) for item in given):
        raise wrong(field, value, mark("a number, or a list of one for each channel"))
    return tuple(map(float, given))


def is_number(value: object) -> bool:
    """A whole number that a size can be; Python's bool is an int, a description's is not."""
    return (
        isinstance(value, int)
        and not isinstance(value, bool)
        and -LARGEST_NUMBER <= value <= LARGEST_NUMBER
    )


def check_keys(values: dict[str, Any], legal: Iterable[str], required: Iterable[str]) -> None:
    """Raise `Problem` unless the keys are legal ones and none is missing."""
    legal = tuple(legal)
    for key in values:
        if key not in legal:
            raise Problem(
                "{key}: this key is unknown; expected is {legal}",
                key=key[:60],
                legal=nearest(key, legal) or mark("no other key"),
            )
    for key in required:
        if key not in values:
            raise Problem("{key}: this key is missing", key=key)


def nearest(word: object, legal: Iterable[str]) -> str:
    """The legal words that look like this one; all of them where none does."""
    names = {name.lower(): name for name in legal}
    found = difflib.get_close_matches(str(word)[:60].lower(), names, n=3, cutoff=0.6)
    return ", ".join(names[name] for name in found or names)


def wrong(field: str, value: object, expected: str) -> Problem:
    """The sentence for a value that is of another type than the key stands for."""
    # `expected` is a Problem so that the window translates it as it does every sentence.
    return Problem(
        "{field}: {value} was given, expected is {expected}",
        field=field,
        value=shown(value),
        expected=Problem(expected),
    )


def shown(value: object) -> object:
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
        return f"[{', '.join(str(shown(item)) for item in value)}]"
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:59] + "…"


def written(value: Any) -> str:
    """A value as TOML has it; whole numbers of an array without a point, so that they read well."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(written, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        # JSON's strings are TOML's but for one character, which TOML wants escaped.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value)) if value or str(value)[0] != "-" else "-0.0"
    return repr(value)
