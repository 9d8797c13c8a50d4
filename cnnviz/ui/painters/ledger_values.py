"""What the ledger says of operations that do not multiply and add: values, pooling, norms."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cnnviz.control.language import tr
from cnnviz.core.numbers import MINUS
from cnnviz.core.operations import Activation, Dropout, Flatten
from cnnviz.core.operations.argmax import Argmax
from cnnviz.core.operations.batch_norm import BatchNorm2d
from cnnviz.core.operations.local_response_norm import LocalResponseNorm
from cnnviz.core.scenes.stage import StageScene
from cnnviz.ui.painters.ledger_logits import cross_entropy, log_softmax, softmax
from cnnviz.ui.painters.ledger_pieces import Piece, bracketed, result, words, written
from cnnviz.ui.words import layer_name


def _maximum(scene: StageScene, decimals: int) -> Iterator[Piece]:
    ledger = scene.ledger
    yield Piece("max(", "muted")
    read = [term for term in range(ledger.taps.count) if scene.ledger.taps.reads(term)]
    for term in read:
        reached = scene.done or term <= scene.cursor.term
        wins = scene.done and term == ledger.winner
        text = written(float(ledger.terms[term]), decimals)
        yield Piece(
            text,
            "output" if wins else "input" if reached else "faint",
            bold=wins,
            glued=term == read[0],
            term=term,
        )
        if term != read[-1]:
            yield Piece(",", "muted", glued=True, term=term)
    yield Piece(")", "muted", glued=True)
    shown = ledger.result if scene.done else float(ledger.partials[scene.cursor.term])
    yield Piece("=" if scene.done else tr("so far"), "muted")
    yield Piece(
        written(shown, decimals),
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
            yield Piece("+", "muted" if reached else "faint", term=term)
        text = written(float(ledger.terms[term]), decimals)
        role, bold = "input" if reached else "faint", term == scene.shown_term
        yield Piece(text, role, bold=bold, glued=term == read[0], term=term)
    yield Piece(")", "muted", glued=True)
    if not scene.done:
        yield Piece(tr("so far"), "muted")
        so_far = float(ledger.partials[scene.cursor.term])
        yield Piece(written(so_far, decimals), bold=True)
        return
    assert ledger.divisor is not None
    for sign, value in (("=", float(ledger.partials[-1])), ("/", ledger.divisor)):
        yield Piece(sign, "muted")
        yield Piece(written(value, decimals), bold=sign == "=")
    yield Piece("=", "muted")
    yield Piece(written(ledger.result, decimals), "output", 19, bold=True)


def _single(scene: StageScene, decimals: int) -> Iterator[Piece]:
    """Operations that take one value: what becomes of it."""
    ledger, operation = scene.ledger, scene.layer.operation
    value = written(float(ledger.operands[0]), decimals)
    if isinstance(operation, Activation):
        yield Piece(f"{tr(operation.title)}(", "muted")
        yield Piece(value, "input", glued=True)
        yield Piece(")", "muted", glued=True)
        yield Piece("=", "muted")
        yield from _formula(operation.written, value)
    else:
        yield Piece(value, "input")
    if ledger.divisor is not None:  # a dropout with its mask
        yield Piece(f"× {ledger.parts['mask']:g} / {ledger.divisor:g}", "muted")
    if scene.done:
        copies = not isinstance(operation, Activation) and ledger.divisor is None
        yield Piece("→" if copies else "=", "muted")
        yield Piece(written(ledger.result, decimals), "output", 19, bold=True)
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
        yield from words(text)
    if isinstance(operation, Dropout):
        yield from _dropout(scene)


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


def _dropout(scene: StageScene) -> Iterator[Piece]:
    """What becomes of a value, evaluated or with a mask."""
    operation, ledger = scene.layer.operation, scene.ledger
    assert isinstance(operation, Dropout)
    if ledger.divisor is None:
        text = tr(
            "Evaluation passes every value on. While training, each is struck out with probability "
            "{p}, and the others are divided by {rest}.",
            p=operation.p,
            rest=f"{1 - operation.p:g}",
        )
    elif ledger.parts["mask"]:
        rest = f"1 − {operation.p:g} = {ledger.divisor:g}"
        text = tr("Kept, and divided by {rest}.", rest=rest)
    else:
        text = tr("Struck out.")
    yield from words(text)


def _standardised(scene: StageScene, decimals: int) -> Iterator[Piece]:
    """(x − mean) / std, with the channel's fixed numbers."""
    ledger = scene.ledger
    # mean and std have more digits than values that are shown beside them
    mean, deviation = (f"{ledger.parts[name]:g}" for name in ("mean", "deviation"))
    yield Piece("(", "muted")
    value = written(ledger.parts["value"], decimals)
    yield Piece(value, "input", bold=True, glued=True)
    yield Piece("−", "muted")
    yield Piece(bracketed(mean.replace("-", MINUS)))
    yield Piece(") /", "muted", glued=True)
    yield Piece(deviation)
    if scene.done:
        yield Piece("=", "muted")
        yield result(ledger.result, decimals)
    text = tr(
        "Mean {mean} and deviation {deviation} of map {channel} are given, and never change.",
        mean=mean.replace("-", MINUS),
        deviation=deviation,
        channel=scene.cursor.channel,
    )
    yield from words(text)


def _normalised(scene: StageScene, decimals: int) -> Iterator[Piece]:
    """Batch norm: its formula, or first the squares that its variance is made of."""
    operation, ledger = scene.layer.operation, scene.ledger
    assert isinstance(operation, BatchNorm2d)
    mean = written(ledger.parts["mean"], decimals)
    if operation.track_running_stats:
        yield from _batch_norm(scene, operation, decimals)
        text = tr(
            "Mean {mean} and variance {variance} of map {channel} were gathered while training.",
            mean=mean,
            variance=written(ledger.parts["variance"], decimals),
            channel=scene.cursor.channel,
        )
        yield from words(text)
        return
    if scene.done:  # before the rows, because below them it may have to be scrolled to
        yield from _batch_norm(scene, operation, decimals)
    text = tr(
        "The mean of all {count} values of map {channel} is taken off first: {mean}",
        count=ledger.taps.count,
        channel=scene.cursor.channel,
        mean=mean,
    )
    yield from words(text)
    if not scene.done:
        yield Piece(tr("so far"), "muted")
        yield Piece(written(float(ledger.partials[scene.cursor.term]), decimals), bold=True)
    group = scene.group_terms
    yield Piece(tr("row {number}:", number=scene.group), "muted", breaks=True)
    for term in range(group.start, group.stop):
        reached = scene.done or term <= scene.cursor.term
        if term > group.start:
            yield Piece("+", "muted" if reached else "faint", glued=True, term=term)
        value = written(float(ledger.operands[term]), decimals)
        yield Piece("(", "muted" if reached else "faint", term=term)
        bold = term == scene.shown_term
        yield Piece(value, "input" if reached else "faint", bold=bold, glued=True, term=term)
        rest = f" − {bracketed(mean)})²"
        yield Piece(rest, "muted" if reached else "faint", glued=True, term=term)
    if scene.done or scene.cursor.term >= group.stop - 1:
        yield Piece("=", "muted")
        yield Piece(written(float(ledger.subtotals[scene.group]), decimals), bold=True)


def normalised_total(scene: StageScene, decimals: int) -> Iterator[Piece]:
    """The mean of the squares that were added up."""
    operation, ledger = scene.layer.operation, scene.ledger
    assert isinstance(operation, BatchNorm2d)
    if operation.track_running_stats or not scene.done:
        return
    yield from words(tr("variance, the mean of the squares:"))
    yield Piece(written(float(ledger.partials[-1]), decimals))
    yield Piece(f"/ {ledger.taps.count} =", "muted")
    yield Piece(written(ledger.parts["variance"], decimals), bold=True)


def _batch_norm(scene: StageScene, operation: BatchNorm2d, decimals: int) -> Iterator[Piece]:
    """(x − mean) / √(variance + eps) × weight + bias."""
    ledger = scene.ledger
    parts = {name: written(value, decimals) for name, value in ledger.parts.items()}
    yield Piece("(", "muted", breaks=True)
    yield Piece(parts["value"], "input", bold=True, glued=True)
    yield Piece("−", "muted")
    yield Piece(bracketed(parts["mean"]))
    yield Piece(") / √(", "muted", glued=True)
    yield Piece(parts["variance"], glued=True)
    yield Piece(f"+ {operation.eps:g}", "muted")
    yield Piece(")", "muted", glued=True)
    if operation.affine:
        assert ledger.bias is not None
        yield Piece("×", "muted")
        yield Piece(bracketed(parts["weight"]), "kernel")
        yield Piece("+", "muted")
        yield Piece(bracketed(written(ledger.bias, decimals)), "bias")
    if scene.done:
        yield Piece("=", "muted")
        yield result(ledger.result, decimals)


def _neighbours(scene: StageScene, decimals: int) -> Iterator[Piece]:
    """Local response norm: the squares of the neighbours that exist, and what they divide by."""
    operation, ledger = scene.layer.operation, scene.ledger
    assert isinstance(operation, LocalResponseNorm)
    read = [term for term in range(ledger.taps.count) if ledger.taps.reads(term)]
    yield Piece(f"{operation.k:g} + {operation.alpha:g} / {operation.size} × (", "muted")
    for term in read:
        reached = scene.done or term <= scene.cursor.term
        if term != read[0]:
            yield Piece("+", "muted" if reached else "faint")
        value = bracketed(written(float(ledger.operands[term]), decimals))
        bold, glued = term == scene.shown_term, term == read[0]
        yield Piece(f"{value}²", "input" if reached else "faint", bold=bold, glued=glued)
    yield Piece(")", "muted", glued=True)
    if not scene.done:
        yield Piece(tr("so far"), "muted")
        yield Piece(written(float(ledger.partials[scene.cursor.term]), decimals), bold=True)
    else:
        # Of its small alpha nothing would be seen with the digits that values have.
        base = written(ledger.parts["base"], decimals + 2)
        yield Piece("=", "muted")
        yield Piece(base, bold=True)
        value = written(ledger.parts["value"], decimals)
        yield Piece(value, "input", bold=True, breaks=True)
        yield Piece("/", "muted")
        yield Piece(f"{bracketed(base)}^{operation.beta:g}")
        yield Piece("=", "muted")
        yield result(ledger.result, decimals)
    if len(read) < operation.size:
        text = tr(
            "{real} of {size} neighbours exist. The others count as 0, the sum is divided by "
            "{size} all the same.",
            real=len(read),
            size=operation.size,
        )
        yield from words(text)


def _argmax(scene: StageScene, decimals: int) -> Iterator[Piece]:
    """The values along the axis, the largest so far, and its place."""
    operation, ledger = scene.layer.operation, scene.ledger
    assert isinstance(operation, Argmax)
    yield Piece("argmax(", "muted")
    for term in range(ledger.taps.count):
        reached = scene.done or term <= scene.cursor.term
        wins = scene.done and term == ledger.winner
        role = "output" if wins else "input" if reached else "faint"
        text = written(float(ledger.operands[term]), decimals)
        yield Piece(text, role, bold=wins or term == scene.shown_term, glued=term == 0, term=term)
        if term < ledger.taps.count - 1:
            yield Piece(",", "muted", glued=True, term=term)
    yield Piece(")", "muted", glued=True)
    if not scene.done:
        yield Piece(tr("largest so far"), "muted")
        largest = float(ledger.partials[scene.cursor.term])
        yield Piece(written(largest, decimals), bold=True)
        return
    yield Piece("=", "muted")
    yield result(ledger.result, decimals)
    largest = float(ledger.partials[-1])
    text = tr(
        "The largest is {value}. Its place along axis {axis}, counted from 0, is {place}.",
        value=written(largest, decimals),
        axis=operation.axis,
        place=ledger.winner,
    )
    yield from words(text)
    if (ledger.operands == largest).sum() > 1:
        yield from words(tr("Of equal values the first wins."), first=True)


def _added(scene: StageScene, decimals: int) -> Iterator[Piece]:
    """x + what the skip connection brings, each with the layer that it comes from."""
    ledger, places = scene.ledger, (scene.source, scene.layer.wire.skip)
    typed = places[1] is None  # in the Lab
    for term, place in enumerate(places):
        reached = scene.done or term <= scene.cursor.term
        if term:
            yield Piece("+", "muted" if reached else "faint")
        text = written(float(ledger.operands[term]), decimals)
        bold = term == scene.shown_term
        yield Piece(bracketed(text) if term else text, "input" if reached else "faint", bold=bold)
        if typed:
            yield Piece(tr("(skip)") if term else tr("(input)"), "muted")
        else:
            yield from words(_origin(scene, place), first=True)
    if scene.done:
        yield Piece("=", "muted")
        yield result(ledger.result, decimals)


def _origin(scene: StageScene, place: int | None) -> str:
    """Whose output is added."""
    if place is None or place < 0:
        return tr("(the network's input)")
    layer = scene.snapshot.network.layers[place]
    return tr("(layer {number}, {name})", number=place + 1, name=layer_name(layer))


VALUES: dict[str, Callable[[StageScene, int], Iterator[Piece]]] = {
    "maximum": _maximum,
    "mean": _mean,
    "value": _single,
    "copy": _single,
    "softmax": softmax,
    "log_softmax": log_softmax,
    "cross_entropy": cross_entropy,
    "normalise": _normalised,
    "standardise": _standardised,
    "neighbours": _neighbours,
    "argmax": _argmax,
    "add": _added,
}
"""What is said of each verb but "sum"."""
