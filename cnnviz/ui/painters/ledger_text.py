"""What a ledger says, piece by piece: the words and numbers of each kind of operation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cnnviz.control.language import tr
from cnnviz.core.operations import Linear
from cnnviz.core.scenes.photograph import CHANNEL_NAMES
from cnnviz.core.scenes.stage import StageScene
from cnnviz.ui.painters.ledger_pieces import Piece, words, written
from cnnviz.ui.painters.ledger_values import VALUES, normalised_total


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
    if scene.ledger_covered:
        yield from covered_pieces()
    elif verb == "sum":
        yield from _products(scene, decimals)
    else:
        yield from VALUES[verb](scene, decimals)


def covered_pieces() -> Iterator[Piece]:
    """What stands in the place of what a question asks for."""
    yield Piece("?", "accent", 22, bold=True)


def _products(scene: StageScene, decimals: int) -> Iterator[Piece]:
    ledger, group = scene.ledger, scene.group_terms
    several = len(ledger.taps.channels) > 1
    assert ledger.weights is not None
    if several:
        yield Piece(_group_name(scene), "muted")
    read = [term for term in range(group.start, group.stop) if ledger.taps.reads(term)]
    if not read:
        yield from words(tr("no input is laid on this place"), first=True)
    for term in read:
        reached = scene.done or term <= scene.cursor.term
        if term != read[0]:
            yield Piece("+", "muted" if reached else "faint", glued=True, term=term)
        operand = written(float(ledger.operands[term]), decimals)
        weight = written(float(ledger.weights[term]), decimals)
        bold = term == scene.shown_term
        yield Piece(operand, "input" if reached else "faint", bold=bold, term=term)
        yield Piece("×", "text" if reached else "faint", glued=True, term=term)
        yield Piece(weight, "kernel" if reached else "faint", bold=bold, glued=True, term=term)
    reached = scene.done or scene.cursor.term >= group.stop - 1
    if several and reached and not scene.sums_covered:
        yield Piece("=", "muted", glued=True)
        yield Piece(written(float(ledger.subtotals[scene.group]), decimals), bold=True, glued=True)


def _of_vector(scene: StageScene) -> bool:
    """Whether what is added up is a vector that comes from no maps: it has no channels."""
    operation = scene.layer.operation
    return isinstance(operation, Linear) and operation.fold is None


def _group_name(scene: StageScene) -> str:
    """Which inputs the opened group adds up."""
    if _of_vector(scene):
        terms = scene.group_terms
        return tr("inputs {first} to {last}:", first=terms.start, last=terms.stop - 1)
    channel = int(scene.ledger.taps.channels[scene.group])
    if scene.input_is_coloured:
        return f"{tr(CHANNEL_NAMES[channel])}:"
    return tr("channel {number}:", number=channel)


def total_pieces(scene: StageScene, decimals: int) -> Iterator[Piece]:
    """Σ of the subtotals, the bias, the result; or how far the sum is."""
    ledger = scene.ledger
    groups = len(ledger.taps.channels)
    if scene.sums_covered:
        yield Piece("=", "muted")
        yield from covered_pieces()
        return
    if scene.layer.operation.verb == "normalise":
        yield from normalised_total(scene, decimals)
        return
    if not scene.done:
        so_far = written(float(ledger.partials[scene.cursor.term]), decimals + 1)
        taps, added, products = ledger.taps, scene.cursor.term + 1, ledger.taps.count
        if taps.holes:
            added, products = int(taps.inside[:added].sum()), int(taps.inside.sum())
        count = tr("{term} of {count} products", term=added, count=products)
        yield Piece(tr("so far"), "muted")
        yield Piece(so_far, bold=True)
        yield Piece(f"({count})", "muted")
        return
    if groups > 1 and _of_vector(scene):
        yield Piece(tr("Σ of {count} subtotals", count=groups), "muted", breaks=True)
    elif groups > 1:
        yield Piece(tr("Σ of {count} channel subtotals", count=groups), "muted", breaks=True)
    yield Piece("=", "muted")
    yield Piece(written(float(ledger.subtotals.sum()), decimals), bold=True, glued=True)
    if ledger.bias is not None:
        yield Piece("+", "muted", glued=True)
        yield Piece(tr("bias"), "muted")
        yield Piece(written(ledger.bias, decimals), "bias", bold=True, glued=True)
        yield Piece("=", "muted", glued=True)
        yield Piece(written(ledger.result, decimals), "output", 19, bold=True, glued=True)


def subtotals(scene: StageScene, decimals: int) -> Iterator[Subtotal]:
    """The cells of the grid, a group of terms each."""
    ledger, size = scene.ledger, scene.ledger.taps.group_size
    added = scene.layer.operation.verb == "sum"  # the groups of batch norm are rows of one map
    for group, channel in enumerate(ledger.taps.channels):
        yield Subtotal(
            group=group,
            channel=int(channel) if added else group,
            text=written(float(ledger.subtotals[group]), min(decimals, 4)),
            reached=scene.done
            or (scene.cursor.term >= (group + 1) * size - 1 and not scene.sums_covered),
            opened=group == scene.group,
        )
