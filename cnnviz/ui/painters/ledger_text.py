"""What a ledger says, piece by piece: the words and numbers of each kind of operation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cnnviz.control.language import tr
from cnnviz.core.numbers import number
from cnnviz.core.operations import Activation, Dropout, Flatten
from cnnviz.core.scenes.stage import StageScene


@dataclass(frozen=True)
class Piece:
    """A few characters in one colour.

    Attributes
    ----------
    role
        Field of the palette that gives the colour.
    size
        Font size at 100 %.
    glued
        Whether no line break may stand before it.
    breaks
        Whether a new line begins with it.
    """

    text: str
    role: str = "text"
    size: int = 16
    bold: bool = False
    glued: bool = False
    breaks: bool = False


@dataclass(frozen=True)
class Subtotal:
    """One cell in the grid of channel subtotals."""

    group: int
    channel: int
    text: str
    reached: bool
    opened: bool


def opened_pieces(scene: StageScene, decimals: int) -> Iterator[Piece]:
    """The opened group, term by term."""
    verb = scene.layer.operation.verb
    if verb == "sum":
        yield from _products(scene, decimals)
    elif verb == "maximum":
        yield from _maximum(scene, decimals)
    elif verb == "mean":
        yield from _mean(scene, decimals)
    elif verb == "softmax":
        yield from _softmax(scene, decimals)
    else:
        yield from _single(scene, decimals)


def _products(scene: StageScene, decimals: int) -> Iterator[Piece]:
    ledger, group = scene.ledger, scene.group_terms
    several = len(ledger.taps.channels) > 1
    assert ledger.weights is not None
    if several:
        channel = int(ledger.taps.channels[scene.group])
        yield Piece(tr("channel {number}:", number=channel), "muted")
    for term in range(group.start, group.stop):
        reached = scene.done or term <= scene.cursor.term
        if term > group.start:
            yield Piece("+", "muted" if reached else "faint", glued=True)
        operand = number(float(ledger.operands[term]), decimals, integral=True)
        weight = number(float(ledger.weights[term]), decimals, integral=True)
        bold = term == scene.shown_term
        yield Piece(operand, "input" if reached else "faint", bold=bold)
        yield Piece("×", "text" if reached else "faint", glued=True)
        yield Piece(weight, "kernel" if reached else "faint", bold=bold, glued=True)
    if several and (scene.done or scene.cursor.term >= group.stop - 1):
        yield Piece("=", "muted", glued=True)
        yield Piece(number(float(ledger.subtotals[scene.group]), decimals), bold=True, glued=True)


def total_pieces(scene: StageScene, decimals: int) -> Iterator[Piece]:
    """Σ of the subtotals, the bias, the result; or how far the sum is."""
    ledger = scene.ledger
    groups = len(ledger.taps.channels)
    if not scene.done:
        so_far = number(float(ledger.partials[scene.cursor.term]), decimals + 1)
        count = tr(
            "{term} of {count} products", term=scene.cursor.term + 1, count=ledger.taps.count
        )
        yield Piece(tr("so far"), "muted")
        yield Piece(so_far, bold=True)
        yield Piece(f"({count})", "muted")
        return
    if groups > 1:
        yield Piece(tr("Σ of {count} channel subtotals", count=groups), "muted", breaks=True)
    yield Piece("=", "muted")
    yield Piece(number(float(ledger.subtotals.sum()), decimals), bold=True, glued=True)
    if ledger.bias is not None:
        yield Piece("+", "muted", glued=True)
        yield Piece(tr("bias"), "muted")
        yield Piece(number(ledger.bias, decimals), "bias", bold=True, glued=True)
        yield Piece("=", "muted", glued=True)
        yield Piece(number(ledger.result, decimals), "output", 19, bold=True, glued=True)


def _maximum(scene: StageScene, decimals: int) -> Iterator[Piece]:
    ledger = scene.ledger
    yield Piece("max(", "muted")
    read = [term for term in range(ledger.taps.count) if scene.ledger.taps.reads(term)]
    for term in read:
        reached = scene.done or term <= scene.cursor.term
        wins = scene.done and term == ledger.winner
        text = number(float(ledger.terms[term]), decimals, integral=True)
        yield Piece(
            text,
            "output" if wins else "input" if reached else "faint",
            bold=wins,
            glued=term == read[0],
        )
        if term != read[-1]:
            yield Piece(",", "muted", glued=True)
    yield Piece(")", "muted", glued=True)
    shown = ledger.result if scene.done else float(ledger.partials[scene.cursor.term])
    yield Piece("=" if scene.done else tr("so far"), "muted")
    yield Piece(
        number(shown, decimals, integral=True),
        "output" if scene.done else "text",
        19 if scene.done else 16,
        bold=True,
    )


def _mean(scene: StageScene, decimals: int) -> Iterator[Piece]:
    """The sum of the window, and what it is divided by."""
    ledger = scene.ledger
    read = [term for term in range(ledger.taps.count) if scene.ledger.taps.reads(term)]
    yield Piece("(", "muted")
    for term in read:
        reached = scene.done or term <= scene.cursor.term
        if term != read[0]:
            yield Piece("+", "muted" if reached else "faint")
        text = number(float(ledger.terms[term]), decimals, integral=True)
        bold = term == scene.shown_term
        yield Piece(text, "input" if reached else "faint", bold=bold, glued=term == read[0])
    yield Piece(")", "muted", glued=True)
    if not scene.done:
        yield Piece(tr("so far"), "muted")
        so_far = float(ledger.partials[scene.cursor.term])
        yield Piece(number(so_far, decimals, integral=True), bold=True)
        return
    assert ledger.divisor is not None
    for sign, value in (("=", float(ledger.partials[-1])), ("/", ledger.divisor)):
        yield Piece(sign, "muted")
        yield Piece(number(value, decimals, integral=True), bold=sign == "=")
    yield Piece("=", "muted")
    yield Piece(number(ledger.result, decimals, integral=True), "output", 19, bold=True)


def _single(scene: StageScene, decimals: int) -> Iterator[Piece]:
    """Operations that take one value: what becomes of it."""
    ledger, operation = scene.ledger, scene.layer.operation
    value = number(float(ledger.operands[0]), decimals, integral=True)
    if isinstance(operation, Activation):
        yield Piece(f"{tr(operation.title)}(", "muted")
        yield Piece(value, "input", glued=True)
        yield Piece(")", "muted", glued=True)
        yield Piece("=", "muted")
        yield from _formula(operation.written, value)
    else:
        yield Piece(value, "input")
    if scene.done:
        yield Piece("=" if isinstance(operation, Activation) else "→", "muted")
        yield Piece(number(ledger.result, decimals, integral=True), "output", 19, bold=True)
    if isinstance(operation, Flatten) and len(scene.layer.input_shape) == 3:
        channel, row, column = (int(i) for i in ledger.taps.inputs[0])
        _, rows, columns = scene.layer.input_shape
        text = tr(
            "map {channel}, row {row}, column {column} → place {sum} of the vector",
            channel=channel,
            row=row,
            column=column,
            sum=f"{channel}·{rows * columns} + {row}·{columns} + {column} = {scene.cursor.column}",
        )
        yield from _words(text)
    if isinstance(operation, Dropout):
        text = tr(
            "Evaluation passes every value on. While training, each is struck out with probability "
            "{p}, and the others are divided by {rest}.",
            p=operation.p,
            rest=f"{1 - operation.p:g}",
        )
        yield from _words(text)


def _formula(written: str, value: str) -> Iterator[Piece]:
    """An activation's formula with the value in its place; a negative one in brackets.

    Brackets stand already where the formula calls a function of the value.
    """
    parts = written.split("{x}")
    for index, part in enumerate(parts):
        if index:
            before, after = parts[index - 1], part
            called = before.endswith("(") and after.startswith((")", ","))
            listed = before.endswith((", ", "(")) and after.startswith((")", ","))
            bare = called or listed or not value.startswith("−")
            yield Piece(value if bare else f"({value})", "input", glued=True)
        if part:
            yield Piece(part.strip(), "muted", glued=part[0] in "),")


def _softmax(scene: StageScene, decimals: int) -> Iterator[Piece]:
    """Each exponential, their sum, and the share of the chosen one."""
    ledger, chosen = scene.ledger, scene.cursor.column
    assert ledger.shift is not None
    text = tr("largest logit {value} is taken off first:", value=number(ledger.shift, decimals))
    yield from _words(text, first=True)
    for term in range(ledger.taps.count):
        reached = scene.done or term <= scene.cursor.term
        if term:
            yield Piece("+", "muted" if reached else "faint", glued=True)
        logit = number(float(ledger.operands[term]), decimals)
        yield Piece("exp(", "muted" if reached else "faint", breaks=term == 0)
        yield Piece(logit, "input" if reached else "faint", bold=term == chosen, glued=True)
        yield Piece(
            f" − {number(ledger.shift, decimals)})".replace("− −", "+ "),
            "muted" if reached else "faint",
            glued=True,
        )
    sum_text = number(
        float(ledger.partials[min(scene.cursor.term, ledger.taps.count - 1)]), decimals
    )
    yield Piece("=" if scene.done else tr("so far"), "muted")
    yield Piece(sum_text, bold=True)
    if scene.done:
        share = number(float(ledger.terms[chosen]), decimals)
        yield Piece(tr("probability of class {number}:", number=chosen), "muted", breaks=True)
        yield Piece(share, "input")
        yield Piece("/", "muted", glued=True)
        yield Piece(sum_text, glued=True)
        yield Piece("=", "muted", glued=True)
        yield Piece(number(ledger.result, decimals), "output", 19, bold=True, glued=True)


def _words(text: str, first: bool = False) -> Iterator[Piece]:
    for index, word in enumerate(text.split(" ")):
        yield Piece(word, "muted", breaks=index == 0 and not first)


def subtotals(scene: StageScene, decimals: int) -> Iterator[Subtotal]:
    """The cells of the grid, a group of terms each."""
    ledger, size = scene.ledger, scene.ledger.taps.group_size
    for group, channel in enumerate(ledger.taps.channels):
        yield Subtotal(
            group=group,
            channel=int(channel),
            text=number(float(ledger.subtotals[group]), min(decimals, 4)),
            reached=scene.done or scene.cursor.term >= (group + 1) * size - 1,
            opened=group == scene.group,
        )
