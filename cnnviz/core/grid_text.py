"""Grids of numbers as text: what spreadsheets and people write, and what fits into a cell."""

from __future__ import annotations

import csv
import re
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.bench import LARGEST_VALUE
from cnnviz.core.numbers import MINUS, number
from cnnviz.core.problem import Problem

MOST_BYTES = 100_000
MOST_CELLS = 64
"""Rows, and columns, of a grid."""

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_SPACES = "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}\N{IDEOGRAPHIC SPACE}"
_PLAIN = str.maketrans({"\N{MINUS SIGN}": "-", "\N{EN DASH}": "-", "\ufeff": None})
_BETWEEN_LISTS = re.compile(r"\]\s*,?\s*\[")
_WITH_COMMA = r"[+-]?\d+(,\d+)?([eE][+-]?\d+)?"
_DECIMAL_COMMAS = re.compile(rf"{_WITH_COMMA}(\s+{_WITH_COMMA})+")


def parse_number(text: str) -> float:
    """One number as a person types it: "3", "−0,5", ".5", "1e3".

    Raises
    ------
    Problem
        If it is no finite number, or larger than `LARGEST_VALUE`.
    """
    value = _value(text.translate(_PLAIN).strip().replace(",", "."))
    if value is None:
        raise Problem('"{text}" is not a number', text=text.strip()[:40])
    _check_size(value)
    return value


def parse_grid(text: str) -> NDArray[np.float64]:
    """(rows, columns) the numbers of a copied block.

    Cells stand between tabs, semicolons, commas or spaces; lines end as on any system.  A comma is
    a decimal point where it does not separate: between tabs or semicolons, in quotes, and within
    numbers that spaces separate.  Python's lists in brackets are read too.

    Raises
    ------
    Problem
        If the text is too long or holds too many cells, a line has more or fewer numbers than the
        first, or a cell holds no finite number up to `LARGEST_VALUE`; it names row and column.
    """
    size = len(text) if len(text) > MOST_BYTES else len(text.encode("utf-8", "replace"))
    if size > MOST_BYTES:
        raise Problem(
            "the text has {count} bytes, at most {most} are read",
            count=f"{size:,}",
            most=f"{MOST_BYTES:,}",
        )
    rows = _cells(text)
    if not rows:
        raise Problem("there are no numbers to paste")
    columns = len(rows[0])
    if len(rows) > MOST_CELLS or max(map(len, rows)) > MOST_CELLS:
        raise Problem(
            "the text has {rows} rows and {columns} columns, at most {most} of each are read",
            rows=len(rows),
            columns=max(map(len, rows)),
            most=MOST_CELLS,
        )
    for place, row in enumerate(rows, start=1):
        if len(row) != columns:
            raise Problem(
                "row {row} has {count} numbers, but the first has {first}",
                row=place,
                count=len(row),
                first=columns,
            )
    return np.array(
        [
            [_cell(cell, row, column) for column, cell in enumerate(cells, start=1)]
            for row, cells in enumerate(rows, start=1)
        ],
        dtype=np.float64,
    )


def format_grid(values: NDArray[np.floating[Any]]) -> str:
    """The numbers of (rows, columns) as spreadsheets take them: tabs, and every digit."""
    return "\n".join("\t".join(map(_digits, row)) for row in np.atleast_2d(values).tolist())


def _digits(value: float) -> str:
    """The shortest text that is read as the same number."""
    text = repr(float(value))
    return text.removesuffix(".0")


def _cells(text: str) -> list[list[str]]:
    """The text of each cell, line by line; lines and a last column without any are left out."""
    text = text.translate(_PLAIN).replace("\r\n", "\n").replace("\r", "\n").strip("\n ")
    if text.startswith("["):
        text = _BETWEEN_LISTS.sub("\n", text).replace("[", "").replace("]", "")
    lines = [line for line in text.split("\n") if line.strip(" ")]
    separator = _separator(lines)
    if separator == " ":
        rows = [line.translate(dict.fromkeys(map(ord, _SPACES), " ")).split() for line in lines]
    else:
        # strict is off: a stray quote is then part of a cell, and that cell is what is named.
        rows = list(csv.reader(lines, delimiter=separator, skipinitialspace=separator != "\t"))
    rows = [[cell.strip(_SPACES + " '\"") for cell in row] for row in rows]
    while rows and all(len(row) > 1 and not row[-1] for row in rows):
        rows = [row[:-1] for row in rows]
    return [row for row in rows if any(row)]


def _separator(lines: list[str]) -> str:
    for separator in ("\t", ";"):
        if any(separator in line for line in lines):
            return separator
    commas = [line.strip() for line in lines if "," in line]
    if not commas or all(_DECIMAL_COMMAS.fullmatch(line) for line in commas):
        return " "
    return ","


def _cell(text: str, row: int, column: int) -> float:
    # A comma beside a point marks thousands, or it is a slip: which, only the person knows.
    value = _value(text if "." in text else text.replace(",", "."))
    if value is None:
        raise Problem(
            'row {row}, column {column}: "{text}" is no finite number',
            row=row,
            column=column,
            text=text[:40],
        )
    try:
        _check_size(value)
    except Problem as problem:
        raise Problem(
            "row {row}, column {column}: {problem}", row=row, column=column, problem=problem
        ) from problem
    return value


def _value(text: str) -> float | None:
    """The finite number that a text stands for, or None."""
    if not _NUMBER.fullmatch(text):
        return None
    value = float(text)
    return value if isfinite(value) else None


def _check_size(value: float) -> None:
    if abs(value) > LARGEST_VALUE:
        raise Problem("numbers from −{most} to {most} can be used", most="1,000,000")


def characters(values: NDArray[np.floating[Any]]) -> int:
    """How many characters a grid's cells need: 1, 2, 4, 6 or 7, so that few edits change it."""
    finite = values[np.isfinite(values)]
    if not finite.size:
        return 1
    largest = float(np.abs(finite).max())
    digits = len(f"{largest:.0f}") if largest < 1e7 else 7
    if (finite != np.rint(finite)).any():
        digits += 3
    digits += int(float(finite.min()) < 0)
    return next((n for n in (1, 2, 4, 6) if digits <= n), 7)


def cell_text(value: float, room: int) -> str:
    """A number in at most ``room`` characters, as exact as that allows; "…" if none is right."""
    if value != value:
        return ""
    if not np.isfinite(value):
        return number(value)
    for decimals in (2, 1, 0):
        text = number(value, decimals, small=False, integral=True)
        if "×" in text:
            break
        if "." in text and float(text.replace(MINUS, "-")) == value:
            text = text.rstrip("0")
        if len(text) <= room:
            return text
    for decimals in (2, 1, 0):
        mantissa, exponent = f"{abs(value):.{decimals}e}".split("e")
        mantissa = mantissa.rstrip("0").rstrip(".") if decimals else mantissa
        short = f"{MINUS if value < 0 else ''}{mantissa}e{int(exponent)}"
        if len(short) <= room:
            return short
    return "…"
