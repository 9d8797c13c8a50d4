"""What is copied as LaTeX can be reckoned with: every line of it comes to the element's value."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

import numpy as np
import pytest

from cnnviz.core.cursor import Cursor
from cnnviz.core.operations import Activation, Conv2d, Operation, Shape
from cnnviz.core.operations.base import buffer_shapes, operand_shapes
from cnnviz.core.operations.cross_entropy import CrossEntropyLoss
from cnnviz.core.scenes.formula import size_formulas
from cnnviz.core.scenes.stage import StageScene, stage_scene
from cnnviz.core.view import View
from cnnviz.export.latex import ONE_PAGE, WIDE, ledger_latex, matrix_latex, size_latex, value_latex
from tests.benches import FIRST, FIRST_KERNEL, lab_network, lab_view
from tests.core.operations.test_contract import EXAMPLES
from tests.networks import bundled, snapshot

ALL = [
    *(example for examples in EXAMPLES.values() for example in examples),
    (CrossEntropyLoss(0.1, 2), (5,)),
]


def scene_of(view: View) -> StageScene:
    scene = stage_scene(view)
    assert isinstance(scene, StageScene)
    return scene


def in_network(layer: int, row: int, column: int) -> StageScene:
    made = snapshot(seed=3)
    cursor = Cursor(layer, 2 if layer < 8 else 0, row, column, 10_000)
    return scene_of(View(bundled(), stage=made, live=made, cursor=cursor))


def group(text: str, start: int) -> tuple[str, int]:
    """What stands in the braces that open at ``start``, and where they end."""
    depth = 0
    for place in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if depth == 0:
            return text[start + 1 : place], place + 1
    raise AssertionError(f"a brace is not closed in {text}")


def as_python(text: str) -> str:
    """An expression of LaTeX as one of Python."""
    text = re.sub(r"\\(?:bigl|bigr|,|quad)", "", text).replace(r"\operatorname{", r"\named{")
    for sign, made in (
        (r"\cdot", "*"),
        (r"\times", "*"),
        (r"\infty", "inf"),
        (r"\ln", "log"),
        (r"\max", "max"),
    ):
        text = text.replace(sign, made)
    while (found := re.search(r"\\(t?frac|sqrt|named)\{|\^\{", text)) is not None:
        first, end = group(text, found.end() - 1)
        if found[0].endswith("frac{"):
            second, end = group(text, end)
            made = f"(({first})/({second}))"
        else:
            made = {r"\sqrt{": f"sqrt({first})", r"\named{": first, "^{": f"**({first})"}[found[0]]
        text = text[: found.start()] + made + text[end:]
    return re.sub(r"\be\*\*", "e_**", text.replace("^2", "**2"))


def lines_of(latex: str) -> list[str]:
    """The right-hand sides, continued lines put together."""
    rows = re.split(r"\\\\\n|\n", latex)
    body = [row for row in rows if "&" in row]
    lines: list[str] = []
    for row in body:
        if "&=" in row:
            lines.append(row.partition("&=")[2])
        else:
            lines[-1] += row.replace("&", "")
    return lines


def comes_to(line: str, operation: Operation) -> float:
    named: dict[str, object] = {"e_": math.e, "log": math.log, "sqrt": math.sqrt, "inf": math.inf}
    named["max"] = lambda *values: max(values)
    named["argmax"] = lambda *values: int(np.argmax(values))
    if isinstance(operation, Activation):
        curve: Callable[..., object] = operation.curve
        named[operation.kind] = lambda x: float(curve(np.array([x], dtype=np.float64))[0])  # type: ignore[index]
    return float(eval(as_python(line), {"__builtins__": {}}, named))


@pytest.mark.parametrize(("operation", "shape"), ALL, ids=lambda given: str(given))
def test_that_every_line_comes_to_the_value_of_the_element(
    operation: Operation, shape: Shape
) -> None:
    rng = np.random.default_rng(4)
    sizes = operation.parameter_shapes(shape) | buffer_shapes(operation, shape)
    sizes |= operand_shapes(operation, shape)
    given = {name: rng.normal(size=size) for name, size in sizes.items()}
    if "running_var" in given:
        given["running_var"] = np.abs(given["running_var"])
    scene = scene_of(lab_view(operation, rng.normal(size=shape), given))
    lines = lines_of(ledger_latex(scene, decimals=10))
    assert len(lines) >= 1
    for line in lines:
        assert comes_to(line, operation) == pytest.approx(scene.ledger.result, abs=1e-6), line


def test_that_the_lectures_first_window_is_written_with_its_numbers() -> None:
    scene = scene_of(lab_view(Conv2d(1, 1, (3, 3), bias=False), FIRST, {"weight": FIRST_KERNEL}))
    products = "1*1 + 2*0 + 3*1 + 2*1 + 1*0 + 0*1 + 3*0 + 0*1 + 1*0".replace("*", r"\cdot ")
    first = rf"\text{{out}}_{{0,0,0}} &= {products} \\"
    assert ledger_latex(scene).splitlines()[1:3] == [first, " &= 6"]


def test_that_a_negative_number_behind_a_sign_stands_in_brackets() -> None:
    kernel = np.array(FIRST_KERNEL) * -1
    text = ledger_latex(
        scene_of(lab_view(Conv2d(1, 1, (3, 3), bias=False), FIRST, {"weight": kernel}))
    )
    assert r"1\cdot (-1) + 2\cdot 0" in text
    assert "+ -" not in text


def test_that_no_line_is_wider_than_a_page_and_long_ones_go_on_on_the_next() -> None:
    text = ledger_latex(in_network(3, 6, 7))
    rows = [row for row in text.splitlines() if "&" in row]
    assert len(rows) > ONE_PAGE
    assert text.startswith("{\\allowdisplaybreaks\n\\begin{align*}\n")
    for row in rows:
        shown = re.sub(r"\\[a-z]+|[&{}\\]", "", row)
        assert len(shown) < WIDE + 20, row
    assert text.count(r"\cdot") == 288


def test_that_braces_and_environments_are_closed() -> None:
    for layer in range(9):
        text = ledger_latex(in_network(layer, 0, 0))
        assert text.count("{") == text.count("}")
        assert text.count(r"\begin") == text.count(r"\end")
        assert text.count("(") == text.count(")")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (-0.5, "-0.5000"),
        (12.0, "12"),
        (4e-7, r"4.0\times 10^{-7}"),
        (float("nan"), r"\text{NaN}"),
        (-math.inf, r"-\infty"),
    ],
)
def test_that_numbers_are_written_as_latex_sets_them(value: float, written: str) -> None:
    assert value_latex(value) == written


@pytest.mark.parametrize(("operation", "shape"), ALL, ids=lambda given: str(given))
def test_that_the_size_formula_comes_to_the_size_of_the_output(
    operation: Operation, shape: Shape
) -> None:
    layer = lab_network(operation, shape).layers[0]
    text = size_latex(layer)
    assert bool(text) == (size_formulas(layer) is not None)
    for line, size in zip(lines_of(text), layer.output_shape[1:], strict=False):
        first, *_, last = line.split(" = ")
        for side in ("floor", "ceil"):
            first = first.replace(rf"\left\l{side} ", f"{side}(").replace(rf"\right\r{side}", ")")
        reckon = {"__builtins__": {}, "floor": math.floor, "ceil": math.ceil}
        assert eval(as_python(first), reckon) == int(last) == size, line


def test_that_a_map_becomes_a_matrix_however_wide_it_is() -> None:
    values = np.arange(24.0).reshape(2, 12) - 3
    text = matrix_latex(values)
    assert r"\begin{array}{rrrrrrrrrrrr}" in text
    rows = [row.removesuffix(r" \\").split(" & ") for row in text.splitlines()[1:-1]]
    assert [[float(cell) for cell in row] for row in rows] == values.tolist()


def test_that_a_vector_becomes_one_row() -> None:
    assert matrix_latex(np.array([1.5, -2.0])).splitlines()[1] == "1.5000 & -2"
