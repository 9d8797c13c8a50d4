"""What the Lab says of its layer: sizes and parameters reckoned out, and what is never read.

Each fact is a sentence to be translated, with the formula as a field; a formula needs no
translation.
"""

from __future__ import annotations

from math import prod

from cnnviz.core.network import Layer
from cnnviz.core.operations import Shape
from cnnviz.core.operations.transposed_convolution import ConvTranspose2d
from cnnviz.core.problem import Problem
from cnnviz.core.scenes.formula import quotient, size_formulas, windows_left_out


def size_facts(layer: Layer) -> tuple[Problem, ...]:
    """The output's height and width with the numbers put in; none where no window slides."""
    found = size_formulas(layer, divided=True)
    if found is None:
        return ()
    rows, columns = found
    if rows == columns:
        return (Problem("height and width: {formula}", formula=rows),)
    return (
        Problem("height: {formula}", formula=rows),
        Problem("width: {formula}", formula=columns),
    )


def fit_facts(layer: Layer) -> tuple[Problem, ...]:
    """Which rows and columns no window reads, counted from 0, and which windows are left out."""
    axes = layer.operation.axes(layer.input_shape)
    if axes is None:
        return ()
    rows, columns = (", ".join(map(str, axis.unread().tolist())) for axis in axes)
    even = all(quotient(axis).denominator == 1 for axis in axes)
    facts = [_unread(rows, columns, even)] if rows or columns else []
    if any(map(windows_left_out, axes)):
        facts.append(
            Problem("a window that would start behind the input and its padding is left out")
        )
    return tuple(facts)


def _unread(rows: str, columns: str, even: bool) -> Problem:
    """Only where the division leaves a rest does it not fit; a stride may also leave gaps."""
    if rows and columns:
        if even:
            return Problem(
                "rows {rows} and columns {columns} are never read", rows=rows, columns=columns
            )
        return Problem(
            "does not fit: rows {rows} and columns {columns} are never read",
            rows=rows,
            columns=columns,
        )
    if rows:
        if even:
            return Problem("rows {rows} are never read", rows=rows)
        return Problem("does not fit: rows {rows} are never read", rows=rows)
    if even:
        return Problem("columns {columns} are never read", columns=columns)
    return Problem("does not fit: columns {columns} are never read", columns=columns)


def parameter_formula(layer: Layer) -> str:
    """How many numbers are learned, written out: "5·5·3·10 + 10 = 760"; "" where nothing is.

    Height, width and channels of one kernel, then how many kernels there are; with groups a kernel
    has only its group's channels: "3·3·(4/2)·4 = 72".
    """
    shapes = layer.parameter_shapes
    if not shapes:
        return ""
    groups = getattr(layer.operation, "groups", 1)
    transposed = isinstance(layer.operation, ConvTranspose2d)
    addends = [_product(shape, groups, transposed) for shape in shapes.values()]
    total = f"{layer.parameter_count:,}"
    written = " + ".join(addends)
    return written if written == total else f"{written} = {total}"


def _product(shape: Shape, groups: int, transposed: bool) -> str:
    if len(shape) < 2:
        return str(prod(shape))
    # Convolutions keep (out, in / groups, …), transposed ones (in, out / groups, …).
    first, second, *kernel = shape
    shared = str(second) if groups == 1 else f"({second * groups}/{groups})"
    factors = (first, shared) if transposed else (shared, first)
    return "·".join(map(str, (*kernel, *factors)))
