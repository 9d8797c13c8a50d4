"""The arithmetic of one output element, and maps, as LaTeX; amsmath is all that it needs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.core.network import Layer
from cnnviz.core.numbers import number
from cnnviz.core.operations import Activation, Dropout
from cnnviz.core.operations.argmax import Argmax
from cnnviz.core.operations.batch_norm import BatchNorm2d
from cnnviz.core.operations.cross_entropy import CrossEntropyLoss
from cnnviz.core.operations.local_response_norm import LocalResponseNorm
from cnnviz.core.scenes.formula import size_formulas
from cnnviz.core.scenes.stage import StageScene

WIDE = 62
"""Signs in one line, as they are set, so that a page of A4 holds it."""

ONE_PAGE = 30
"""Lines from which a formula must be able to go on on the next page."""

_QUOTIENT = re.compile(r"([⌊⌈])\((.+)\) / (\d+)([⌋⌉])")
_COMMANDS = {
    "⌊": r"\lfloor ",
    "⌋": r"\rfloor",
    "⌈": r"\lceil ",
    "⌉": r"\rceil",
    "·": r"\cdot ",
    "−": "-",
}
_LOWERED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
_POWER = re.compile("×10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)")
_COMMAND = re.compile(r"\\[a-zA-Z]+|[{}_^&\\]")


def value_latex(value: float, decimals: int = 4) -> str:
    r"""A number as the ledger has it: "-0.37", "12", "1.2\times 10^{-7}", "\infty"."""
    text = number(value, decimals, integral=True).replace("−", "-")
    if text == "NaN":
        return r"\text{NaN}"
    text = text.replace("∞", r"\infty")
    return _POWER.sub(lambda found: rf"\times 10^{{{found[1].translate(_LOWERED)}}}", text)


def ledger_latex(scene: StageScene, decimals: int = 4) -> str:
    r"""How the output element comes about: "out_{0,1,2} = 1\cdot 1 + … = 6", every term written.

    It is the whole element, however far it has been stepped; long ones run over several lines, and
    over several pages where they have to.
    """
    lines = list(_LINES[scene.layer.operation.verb](scene, decimals))
    place = ",".join(str(int(index)) for index in scene.element)
    rows = []
    for index, line in enumerate(lines):
        for part, text in enumerate(_broken(line)):
            begin = rf"\text{{out}}_{{{place}}}" if index == part == 0 else ""
            rows.append(rf"{begin} &= {text}" if part == 0 else rf"&\quad {text}")
    body = " \\\\\n".join(rows)
    if len(rows) < ONE_PAGE:
        return f"\\[\\begin{{aligned}}\n{body}\n\\end{{aligned}}\\]\n"
    return f"{{\\allowdisplaybreaks\n\\begin{{align*}}\n{body}\n\\end{{align*}}}}\n"


def size_latex(layer: Layer) -> str:
    """How the height and the width of a sliding layer's output are reckoned out; "" for others."""
    formulas = size_formulas(layer)
    if formulas is None:
        return ""
    rows = [
        rf"{side}_{{\text{{out}}}} &= {_formula_latex(text)}"
        for side, text in zip("HW", formulas, strict=True)
    ]
    body = " \\\\\n".join(rows)
    return f"\\[\\begin{{aligned}}\n{body}\n\\end{{aligned}}\\]\n"


def _formula_latex(text: str) -> str:
    """ "⌊(28 − 3 + 2·1) / 1⌋ + 1 = 28" with a fraction; the brackets round up or down as before."""
    text = _QUOTIENT.sub(r"\\left\1\\frac{\2}{\3}\\right\4", text)
    for sign, command in _COMMANDS.items():
        text = text.replace(sign, command)
    return text


def matrix_latex(values: NDArray[np.floating[Any]], decimals: int = 4) -> str:
    """A map (rows, columns) as a matrix; a vector as one row.

    An array and no ``bmatrix``, which holds ten columns.
    """
    rows = np.atleast_2d(values)
    body = " \\\\\n".join(
        " & ".join(value_latex(float(value), decimals) for value in row) for row in rows
    )
    columns = "r" * rows.shape[1]
    return f"\\[\\left[\\begin{{array}}{{{columns}}}\n{body}\n\\end{{array}}\\right]\\]\n"


Line = list[str]
"""Pieces between which a line may be broken; a sign stands before its number."""


def _broken(line: Line) -> Iterable[str]:
    """Lines that are not too wide."""
    text, wide = "", 0
    for piece in line:
        length = len(_COMMAND.sub("", piece)) + 1
        if text and wide + length > WIDE:
            yield text
            text, wide = "", 0
        text, wide = f"{text} {piece}".strip(), wide + length
    yield text


def _behind(text: str) -> str:
    """A number behind a sign: a negative one in brackets."""
    return f"({text})" if text.startswith("-") else text


def _added(terms: Iterable[str], before: str = "", after: str = "") -> Line:
    """Terms with a plus between each two; ``before`` and ``after`` hug the first and the last."""
    pieces = [f"+ {_behind(text)}" if index else text for index, text in enumerate(terms)]
    pieces[0] = before + pieces[0]
    pieces[-1] += after
    return pieces


def _read(scene: StageScene) -> list[int]:
    """The terms that read something."""
    taps = scene.ledger.taps
    return [term for term in range(taps.count) if taps.reads(term)]


def _sum(scene: StageScene, decimals: int) -> Iterable[Line]:
    ledger = scene.ledger
    assert ledger.weights is not None
    products: Line = []
    for term in _read(scene):
        value, weight = (float(numbers[term]) for numbers in (ledger.operands, ledger.weights))
        first, second = value_latex(value, decimals), _behind(value_latex(weight, decimals))
        sign = f"+ {_behind(first)}" if products else first
        products.append(rf"{sign}\cdot {second}")
    if ledger.bias is not None:
        bias = f"+ {_behind(value_latex(ledger.bias, decimals))}"
        yield [*products, bias]
        yield [value_latex(float(ledger.partials[-1]), decimals), bias]
    else:
        yield products
    yield [value_latex(ledger.result, decimals)]


def _listed(scene: StageScene, decimals: int, name: str) -> Line:
    """ "max(1, 2, 3)"."""
    values = [value_latex(float(scene.ledger.terms[term]), decimals) for term in _read(scene)]
    pieces = [*(f"{value}," for value in values[:-1]), f"{values[-1]})"]
    return [f"{name}({pieces[0]}", *pieces[1:]]


def _maximum(scene: StageScene, decimals: int) -> Iterable[Line]:
    yield _listed(scene, decimals, r"\max")
    yield [value_latex(scene.ledger.result, decimals)]


def _argmax(scene: StageScene, decimals: int) -> Iterable[Line]:
    assert isinstance(scene.layer.operation, Argmax)
    yield _listed(scene, decimals, r"\operatorname{argmax}")
    yield [value_latex(scene.ledger.result, decimals)]


def _mean(scene: StageScene, decimals: int) -> Iterable[Line]:
    ledger = scene.ledger
    assert ledger.divisor is not None
    values = [value_latex(float(ledger.terms[term]), decimals) for term in _read(scene)]
    divisor = value_latex(ledger.divisor, decimals)
    yield _added(values, "(", f") / {_behind(divisor)}")
    yield [rf"\frac{{{value_latex(float(ledger.partials[-1]), decimals)}}}{{{divisor}}}"]
    yield [value_latex(ledger.result, decimals)]


def _plus(scene: StageScene, decimals: int) -> Iterable[Line]:
    yield _added([value_latex(float(value), decimals) for value in scene.ledger.operands])
    yield [value_latex(scene.ledger.result, decimals)]


def _single(scene: StageScene, decimals: int) -> Iterable[Line]:
    ledger, operation = scene.ledger, scene.layer.operation
    value = value_latex(float(ledger.operands[0]), decimals)
    if isinstance(operation, Activation):
        yield [rf"\operatorname{{{operation.kind}}}({value})"]
    elif isinstance(operation, Dropout) and ledger.divisor is not None:
        mask, rest = (value_latex(v, decimals) for v in (ledger.parts["mask"], ledger.divisor))
        yield [rf"{value}\cdot \frac{{{mask}}}{{{rest}}}"]
    yield [value_latex(ledger.result, decimals)]


def _exponent(scene: StageScene, term: int, decimals: int) -> str:
    ledger = scene.ledger
    assert ledger.shift is not None
    value, shift = (value_latex(float(v), decimals) for v in (ledger.operands[term], ledger.shift))
    return rf"e^{{{value} - {_behind(shift)}}}"


def _exponentials(scene: StageScene, decimals: int, before: str, after: str) -> Line:
    return _added([_exponent(scene, term, decimals) for term in _read(scene)], before, after)


def _softmax(scene: StageScene, decimals: int) -> Iterable[Line]:
    ledger, chosen = scene.ledger, scene.element[0]
    own = _exponent(scene, chosen, decimals)
    yield [own, *_exponentials(scene, decimals, r"/\, (", ")")]
    above, below = float(ledger.terms[chosen]), float(ledger.partials[-1])
    yield [rf"\frac{{{value_latex(above, decimals)}}}{{{value_latex(below, decimals)}}}"]
    yield [value_latex(ledger.result, decimals)]


def _off(scene: StageScene, term: int, decimals: int) -> str:
    """The logit with the largest one taken off."""
    ledger = scene.ledger
    assert ledger.shift is not None
    value, shift = (value_latex(float(v), decimals) for v in (ledger.operands[term], ledger.shift))
    return f"{value} - {_behind(shift)}"


def _log_softmax(scene: StageScene, decimals: int) -> Iterable[Line]:
    own = _off(scene, scene.element[0], decimals)
    yield [own, *_exponentials(scene, decimals, r"- \ln (", ")")]
    yield [own, f"- {_behind(value_latex(scene.ledger.parts['logarithm'], decimals))}"]
    yield [value_latex(scene.ledger.result, decimals)]


def _cross_entropy(scene: StageScene, decimals: int) -> Iterable[Line]:
    ledger, operation = scene.ledger, scene.layer.operation
    assert isinstance(operation, CrossEntropyLoss)
    share, count = operation.label_smoothing, ledger.taps.count
    loss, total = (value_latex(ledger.parts[name], decimals) for name in ("loss", "total"))
    if share:  # of every class, how unlikely it was thought to be, and of the right one once more
        part = rf"\frac{{{share:g}}}{{{count}}}"
        yield [rf"(1 - {share:g})\cdot {_behind(loss)}", rf"+ {part}\cdot {_behind(total)}"]
    else:
        yield [*_exponentials(scene, decimals, r"\ln (", ")"),
               f"- ({_off(scene, operation.target, decimals)})"]  # fmt: skip
    yield [value_latex(ledger.result, decimals)]


def _normalised(scene: StageScene, decimals: int) -> Iterable[Line]:
    ledger, operation = scene.ledger, scene.layer.operation
    assert isinstance(operation, BatchNorm2d)
    parts = {name: value_latex(value, decimals) for name, value in ledger.parts.items()}
    eps = value_latex(operation.eps, decimals)
    above = f"{parts['value']} - {_behind(parts['mean'])}"
    line = [rf"\frac{{{above}}}{{\sqrt{{{parts['variance']} + {eps}}}}}"]
    if operation.affine:
        assert ledger.bias is not None
        line[0] += rf"\cdot {_behind(parts['weight'])}"
        line.append(f"+ {_behind(value_latex(ledger.bias, decimals))}")
    yield line
    yield [value_latex(ledger.result, decimals)]


def _standardised(scene: StageScene, decimals: int) -> Iterable[Line]:
    parts = {name: value_latex(value, decimals) for name, value in scene.ledger.parts.items()}
    above = f"{parts['value']} - {_behind(parts['mean'])}"
    yield [rf"\frac{{{above}}}{{{parts['deviation']}}}"]
    yield [value_latex(scene.ledger.result, decimals)]


def _neighbours(scene: StageScene, decimals: int) -> Iterable[Line]:
    ledger, operation = scene.ledger, scene.layer.operation
    assert isinstance(operation, LocalResponseNorm)
    value = value_latex(ledger.parts["value"], decimals)
    squares = [
        f"{_behind(value_latex(float(ledger.operands[term]), decimals))}^2" for term in _read(scene)
    ]
    share = rf"\tfrac{{{value_latex(operation.alpha)}}}{{{operation.size}}}"
    before = rf"{value} \,/\, \bigl({operation.k:g} + {share}\cdot ("
    yield _added(squares, before, rf")\bigr)^{{{operation.beta:g}}}")
    base = value_latex(ledger.parts["base"], decimals + 2)
    yield [rf"\frac{{{value}}}{{{_behind(base)}^{{{operation.beta:g}}}}}"]
    yield [value_latex(ledger.result, decimals)]


_LINES: dict[str, Callable[[StageScene, int], Iterable[Line]]] = {
    "sum": _sum,
    "maximum": _maximum,
    "mean": _mean,
    "value": _single,
    "copy": _single,
    "softmax": _softmax,
    "log_softmax": _log_softmax,
    "cross_entropy": _cross_entropy,
    "normalise": _normalised,
    "standardise": _standardised,
    "neighbours": _neighbours,
    "argmax": _argmax,
    "add": _plus,
}
"""How each verb is written."""
