"""A ledger that is longer than there is room for, where nobody can scroll it: on a page.

As many terms as fit are written out, and of the others how many they are and what they come to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnnviz.control.language import tr
from cnnviz.core.numbers import thousands
from cnnviz.core.scenes.stage import StageScene
from cnnviz.ui.painters.ledger import LINE, Cells, LedgerLayout, flow, grid
from cnnviz.ui.painters.ledger_pieces import Piece, words, written
from cnnviz.ui.painters.ledger_text import Subtotal, subtotals
from cnnviz.ui.theme import Theme

LARGEST = ("maximum", "argmax")
"""The verbs whose terms are compared and not added."""


def fold_ledger(
    scene: StageScene, pieces: list[Piece], room: float, width: float, decimals: int, theme: Theme
) -> LedgerLayout:
    """Lay a ledger out in so much height, or in a little more where even that is too little.

    Parameters
    ----------
    pieces
        All of it, but for the cells of its groups.
    """
    line, gap = theme.px(LINE), theme.px(4)
    if scene.ledger_covered or len(scene.ledger.taps.channels) == 1:
        some = _fitting(scene, pieces, int(room // line), width, decimals, theme)
        placed, y, focus = flow(some, width, 0.0, theme)
        return LedgerLayout(tuple(placed), (), y, focus)
    rows, cells = int((room - gap) // line), list(subtotals(scene, decimals))
    boxes, height = grid(cells, width, 0.0, theme)
    least = _lines(_folded(scene, pieces, 0, decimals), width, theme)
    # First come the terms; of many cells there is at least the line that says so.
    for_cells = min(round(height / line), max(rows - max(least, rows // 2), 1))
    some = _fitting(scene, pieces, rows - for_cells, width, decimals, theme)
    placed, y, focus = flow(some, width, 0.0, theme)
    boxes, hidden = _fitting_cells(scene, boxes, max(1, rows - round(y / line)), y + gap)
    y += gap + line * len({rect.top() for rect, _ in boxes})
    if hidden:
        note, y, _ = flow(list(_note_of_cells(scene, hidden, decimals)), width, y, theme)
        placed += note
    return LedgerLayout(tuple(placed), boxes, y, focus)


LEAST_TERM, LEAST_CELL = 16, 45
"""Widths that a term and a subtotal have at least, in pixels at 100 %."""


def is_longer(
    scene: StageScene, pieces: list[Piece], room: float, width: float, theme: Theme
) -> bool:
    """Whether a ledger is so much too long for a height that it need not be laid out to know."""
    rows = room / theme.px(LINE)
    most = rows * width / theme.px(LEAST_TERM), rows * width / theme.px(LEAST_CELL)
    return len(_terms(pieces)) > most[0] or len(scene.ledger.taps.channels) > most[1]


def _fitting(
    scene: StageScene, pieces: list[Piece], rows: int, width: float, decimals: int, theme: Theme
) -> list[Piece]:
    """As many terms as stand in so many lines together with what is said of the others.

    A thousand products are not laid out for that: it takes 20 ms.
    """
    terms, line = _terms(pieces), theme.px(LINE)
    most = min(len(terms), int(rows * width / theme.px(LEAST_TERM)))
    some = _folded(scene, pieces, most, decimals)
    placed, height, _ = flow(some, width, 0.0, theme)
    if most == len(terms) and round(height / line) <= rows:
        return some
    above = (rows - 1) * line
    count = len({p.piece.term for p in placed if p.baseline.y() < above} - {None})
    while (some := _folded(scene, pieces, count, decimals)) and count:
        if _lines(some, width, theme) <= rows:
            break
        count -= 1
    return some


def _lines(pieces: list[Piece], width: float, theme: Theme) -> int:
    return round(flow(pieces, width, 0.0, theme)[1] / theme.px(LINE))


def _terms(pieces: Sequence[Piece]) -> list[int]:
    """The terms that are written out, in their order."""
    return list(dict.fromkeys(piece.term for piece in pieces if piece.term is not None))


def _folded(scene: StageScene, pieces: list[Piece], count: int, decimals: int) -> list[Piece]:
    """The pieces with ``count`` terms: those around the one that is added just now, or that the
    result is taken from; else the first."""
    terms = _terms(pieces)
    if len(terms) <= count:
        return pieces
    meant = scene.ledger.winner if scene.done else scene.cursor.term
    before = 0 if meant is None else sum(term < meant for term in terms)
    first = max(0, min(before - count // 2, len(terms) - count))
    shown = set(terms[first : first + count])
    hidden = [term for term in terms if term not in shown]
    last = max(place for place, piece in enumerate(pieces) if piece.term is not None)
    kept = [piece for piece in pieces[: last + 1] if piece.term is None or piece.term in shown]
    return [*kept, *_note(scene, hidden, decimals), *pieces[last + 1 :]]


def _note(scene: StageScene, hidden: list[int], decimals: int) -> Iterator[Piece]:
    """How many terms are not written out, and what those come to that were added by now."""
    verb, values = scene.layer.operation.verb, scene.ledger.terms[hidden]
    count = thousands(len(hidden))
    if scene.sums_covered or not (scene.done or max(hidden) <= scene.cursor.term):
        text = tr("… and {count} more terms", count=count)
    elif verb in LARGEST:
        largest = written(float(values.max()), decimals)
        text = tr(
            "… and {count} more values, the largest of them {value}", count=count, value=largest
        )
    elif verb == "sum":
        total = written(float(values.sum()), decimals)
        text = tr("… and {count} more products, their sum {sum}", count=count, sum=total)
    else:
        total = written(float(values.sum()), decimals)
        text = tr("… and {count} more terms, their sum {sum}", count=count, sum=total)
    yield from words(text)


def _fitting_cells(
    scene: StageScene, boxes: Cells, rows: int, top: float
) -> tuple[Cells, list[Subtotal]]:
    """As many cells as stand in so many rows from a height on, the opened one among them, and the
    others."""
    across = sum(rect.top() == boxes[0][0].top() for rect, _ in boxes)
    first, count = 0, len(boxes)
    if count > rows * across:
        count = (rows - 1) * across  # and a line that says so
        row = min(scene.group // across, -(-len(boxes) // across) - (rows - 1)) if count else 0
        first = row * across
    down = top - boxes[first][0].top()
    shown = [(rect.translated(0, down), cell) for rect, cell in boxes[first : first + count]]
    return tuple(shown), [cell for _, cell in (*boxes[:first], *boxes[first + count :])]


def _note_of_cells(scene: StageScene, hidden: list[Subtotal], decimals: int) -> Iterator[Piece]:
    count = thousands(len(hidden))
    if all(cell.reached for cell in hidden):
        values = scene.ledger.subtotals[[cell.group for cell in hidden]]
        total = written(float(values.sum()), decimals)
        text = tr("… and {count} more subtotals, their sum {sum}", count=count, sum=total)
    else:
        text = tr("… and {count} more subtotals", count=count)
    yield from words(text)
