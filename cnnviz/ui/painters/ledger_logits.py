"""What the ledger says of softmax, its logarithm, and cross-entropy: sums of exponentials."""

from __future__ import annotations

from collections.abc import Iterator

from cnnviz.control.language import tr
from cnnviz.core.operations.cross_entropy import CrossEntropyLoss
from cnnviz.core.scenes.connected import page
from cnnviz.core.scenes.stage import StageScene
from cnnviz.ui.painters.ledger_pieces import Piece, bracketed, words, written
from cnnviz.ui.words import class_number

MOST_LOGITS = 60
"""Of more, those around the term just added, or the chosen class, are written out: a network of
1,000 classes has 4,000 pieces of text, which took 60 ms to lay out."""


def softmax(scene: StageScene, decimals: int) -> Iterator[Piece]:
    """Each exponential, their sum, and the share of the chosen one."""
    ledger, chosen = scene.ledger, scene.cursor.column
    yield from _exponentials(scene, decimals)
    if scene.done:
        called = class_number(scene.class_names, chosen)
        yield Piece(tr("probability of class {number}:", number=called), "muted", breaks=True)
        yield Piece(written(float(ledger.terms[chosen]), decimals), "input")
        yield Piece("/", "muted", glued=True)
        yield Piece(written(float(ledger.partials[-1]), decimals), glued=True)
        yield Piece("=", "muted", glued=True)
        yield Piece(written(ledger.result, decimals), "output", 19, bold=True, glued=True)


def log_softmax(scene: StageScene, decimals: int) -> Iterator[Piece]:
    """Each exponential, their sum, and the logarithm of the chosen one's share."""
    chosen = scene.cursor.column
    yield from _exponentials(scene, decimals)
    if scene.done:
        text = tr("logarithm of the probability of class {number}:", number=chosen)
        yield Piece(text, "muted", breaks=True)
        yield from _logarithm(scene, decimals)
        yield Piece("=", "muted")
        yield Piece(written(scene.ledger.result, decimals), "output", 19, bold=True)


def cross_entropy(scene: StageScene, decimals: int) -> Iterator[Piece]:
    """Each exponential, their sum, and the loss that the right class's share leaves."""
    operation, ledger = scene.layer.operation, scene.ledger
    assert isinstance(operation, CrossEntropyLoss)
    yield from _exponentials(scene, decimals)
    if not scene.done:
        return
    share, count = operation.label_smoothing, ledger.taps.count
    text = tr(
        "loss, minus the logarithm of the probability of class {number}:", number=operation.target
    )
    yield Piece(text, "muted", breaks=True)
    yield Piece("−(", "muted")
    yield from _logarithm(scene, decimals, glued=True)
    yield Piece(")", "muted", glued=True)
    yield Piece("=", "muted")
    loss = written(ledger.parts["loss"], decimals)
    if not share:
        yield Piece(loss, "output", 19, bold=True)
        return
    yield Piece(loss, bold=True)
    text = tr(
        "smoothed: the right class counts {rest}, and every class {share} / {count}:",
        rest=f"{1 - share:g}",
        share=f"{share:g}",
        count=count,
    )
    yield from words(text)
    yield Piece(f"{1 - share:g} ×", "muted", breaks=True)
    yield Piece(loss)
    yield Piece(f"+ {share:g} / {count} ×", "muted")
    yield Piece(written(ledger.parts["total"], decimals))
    yield Piece("=", "muted")
    yield Piece(written(ledger.result, decimals), "output", 19, bold=True)


def _logarithm(scene: StageScene, decimals: int, glued: bool = False) -> Iterator[Piece]:
    """z − max − log Σ of the chosen logit."""
    ledger = scene.ledger
    assert ledger.shift is not None
    assert ledger.winner is not None
    yield Piece(written(float(ledger.operands[ledger.winner]), decimals), "input", glued=glued)
    yield Piece(f"− {bracketed(written(ledger.shift, decimals))}", "muted")
    yield Piece("− log(", "muted")
    yield Piece(written(float(ledger.partials[-1]), decimals), glued=True)
    yield Piece(")", "muted", glued=True)


def _exponentials(scene: StageScene, decimals: int) -> Iterator[Piece]:
    """Each exponential, and their sum so far."""
    ledger = scene.ledger
    assert ledger.shift is not None
    text = tr("largest logit {value} is taken off first:", value=written(ledger.shift, decimals))
    yield from words(text, first=True)
    count = ledger.taps.count
    shown = page(ledger.winner or 0 if scene.done else scene.cursor.term, range(count), MOST_LOGITS)
    if shown.start:
        yield Piece(tr("{count} terms before", count=shown.start), "muted", breaks=True)
    for term in shown:
        reached = scene.done or term <= scene.cursor.term
        if term:
            yield Piece("+", "muted" if reached else "faint", glued=True, term=term)
        logit = written(float(ledger.operands[term]), decimals)
        yield Piece("exp(", "muted" if reached else "faint", breaks=term == 0, term=term)
        chosen = term == ledger.winner
        yield Piece(logit, "input" if reached else "faint", bold=chosen, glued=True, term=term)
        yield Piece(
            f" − {written(ledger.shift, decimals)})".replace("− −", "+ "),
            "muted" if reached else "faint",
            glued=True,
            term=term,
        )
    if shown.stop < count:
        yield Piece("+", "muted" if scene.done else "faint", glued=True)
        behind = tr("{count} terms behind", count=count - shown.stop)
        yield Piece(behind, "muted" if scene.done else "faint")
    added = float(ledger.partials[min(scene.cursor.term, ledger.taps.count - 1)])
    yield Piece("=" if scene.done else tr("so far"), "muted")
    yield Piece(written(added, decimals), bold=True)
