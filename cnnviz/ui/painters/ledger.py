"""The ledger as text: every product of the opened group, every subtotal, the bias, the result."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import QPainter, QPen

from cnnviz.control.language import tr
from cnnviz.core.numbers import number
from cnnviz.core.operations import Dropout, Flatten
from cnnviz.core.scenes.stage import StageScene
from cnnviz.ui.painters.text import LEFT, RIGHT, outline, width_of, write, write_on
from cnnviz.ui.theme import Theme, colour


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


@dataclass(frozen=True)
class Placed:
    """A piece at its place; ``baseline`` is where its characters stand."""

    piece: Piece
    baseline: QPointF


@dataclass(frozen=True)
class LedgerLayout:
    """Everything of a ledger in its place, and the height it takes.

    Attributes
    ----------
    focus
        Top and bottom of the line that the current term stands in.
    """

    pieces: tuple[Placed, ...]
    cells: tuple[tuple[QRectF, Subtotal], ...]
    height: float
    focus: tuple[float, float]

    def group_at(self, x: float, y: float) -> int | None:
        """The group whose subtotal is at a point."""
        found = (cell.group for rect, cell in self.cells if rect.contains(x, y))
        return next(found, None)


def lay_out_ledger(scene: StageScene, width: float, decimals: int, theme: Theme) -> LedgerLayout:
    """Flow the ledger of a scene into lines of ``width`` pixels."""
    pieces = list(_pieces(scene, decimals))
    total = list(_total(scene, decimals)) if scene.layer.operation.verb == "sum" else []
    if len(scene.ledger.taps.channels) == 1:
        placed, y, focus = _flow(pieces + total, width, 0.0, theme)
        return LedgerLayout(tuple(placed), (), y, focus)
    placed, y, focus = _flow(pieces, width, 0.0, theme)
    cells, y = _grid(list(_subtotals(scene, decimals)), width, y + theme.px(4), theme)
    below, y, _ = _flow(total, width, y, theme)
    placed += below
    return LedgerLayout(tuple(placed), cells, y, focus)


def paint_ledger(painter: QPainter, layout: LedgerLayout, theme: Theme, top: float = 0.0) -> None:
    """Draw a ledger that begins at ``top`` (negative when it is scrolled)."""
    palette = theme.palette
    for placed in layout.pieces:
        piece = placed.piece
        at = QPointF(placed.baseline.x(), placed.baseline.y() + top)
        ink = colour(getattr(palette, piece.role))
        write_on(painter, at, piece.text, ink, theme.font(piece.size, piece.bold))
    _paint_subtotals(painter, layout, theme, top)


def _paint_subtotals(painter: QPainter, layout: LedgerLayout, theme: Theme, top: float) -> None:
    """Draw the cells, all frames in one call: 64 calls of their own cost 1 ms."""
    if not layout.cells:
        return
    palette, px = theme.palette, theme.px
    label, value = theme.font(14), theme.font(15)
    boxes = [rect.translated(0, top).adjusted(1, 1, -1, -1) for rect, _ in layout.cells]
    painter.setPen(QPen(colour(palette.border), 1))
    painter.setBrush(colour(palette.raised))
    painter.drawRects(*boxes)
    muted, ink = colour(palette.muted), colour(palette.text)
    for box, (_, cell) in zip(boxes, layout.cells, strict=True):
        inner = box.adjusted(px(6), 0, -px(6), 0)
        write(painter, inner, str(cell.channel), muted, label, LEFT)
        if cell.reached:
            write(painter, inner, cell.text, ink, value, RIGHT)
        if cell.opened:
            outline(painter, box, colour(palette.input), px(2))


def _pieces(scene: StageScene, decimals: int) -> Iterator[Piece]:
    """The opened group, term by term."""
    verb = scene.layer.operation.verb
    if verb == "sum":
        yield from _products(scene, decimals)
    elif verb == "maximum":
        yield from _maximum(scene, decimals)
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


def _total(scene: StageScene, decimals: int) -> Iterator[Piece]:
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
    for term in range(ledger.taps.count):
        reached = scene.done or term <= scene.cursor.term
        wins = scene.done and term == ledger.winner
        text = number(float(ledger.terms[term]), decimals, integral=True)
        yield Piece(
            text, "output" if wins else "input" if reached else "faint", bold=wins, glued=term == 0
        )
        if term < ledger.taps.count - 1:
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


def _single(scene: StageScene, decimals: int) -> Iterator[Piece]:
    """Operations that take one value: what becomes of it."""
    ledger, operation = scene.ledger, scene.layer.operation
    value = number(float(ledger.operands[0]), decimals, integral=True)
    if operation.verb == "value":
        yield Piece(f"{tr(operation.title)}(", "muted")
        yield Piece(value, "input", glued=True)
        yield Piece(") = max(0,", "muted", glued=True)
        yield Piece(value, "input", glued=True)
        yield Piece(")", "muted", glued=True)
    else:
        yield Piece(value, "input")
    if scene.done:
        yield Piece("=" if operation.verb == "value" else "→", "muted")
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


def _subtotals(scene: StageScene, decimals: int) -> Iterator[Subtotal]:
    ledger, size = scene.ledger, scene.ledger.taps.group_size
    for group, channel in enumerate(ledger.taps.channels):
        yield Subtotal(
            group=group,
            channel=int(channel),
            text=number(float(ledger.subtotals[group]), min(decimals, 4)),
            reached=scene.done or scene.cursor.term >= (group + 1) * size - 1,
            opened=group == scene.group,
        )


def _flow(
    pieces: list[Piece], width: float, top: float, theme: Theme
) -> tuple[list[Placed], float, tuple[float, float]]:
    """Lay pieces out in lines of ``width``; a product is never torn apart."""
    line, space = theme.px(26), theme.px(4)
    placed: list[Placed] = []
    x, y, focus = 0.0, top, (top, top + line)
    for cluster in _clusters(pieces):
        widths = [width_of(p.text, theme.font(p.size, p.bold)) for p in cluster]
        gap = space if x else 0.0
        if x and (cluster[0].breaks or x + gap + sum(widths) > width):
            x, y, gap = 0.0, y + line, 0.0
        x += gap
        for piece, wide in zip(cluster, widths, strict=True):
            placed.append(Placed(piece, QPointF(x, y + line * 0.72)))
            x += wide
            if piece.bold and piece.role in {"input", "kernel"}:
                focus = (y, y + line)
    return placed, y + line, focus


def _clusters(pieces: list[Piece]) -> list[list[Piece]]:
    """Pieces that follow one another without a space, together."""
    clusters: list[list[Piece]] = []
    for piece in pieces:
        if clusters and _hugs(clusters[-1][-1], piece):
            clusters[-1].append(piece)
        else:
            clusters.append([piece])
    return clusters


def _hugs(before: Piece, piece: Piece) -> bool:
    """Whether a piece follows the one before it without a space."""
    if not piece.glued:
        return False
    opened = before.text == "×" or before.text.endswith("(")
    return opened or piece.text in {"×", ","} or piece.text.startswith((")", " −", " +"))


def _grid(
    cells: list[Subtotal], width: float, top: float, theme: Theme
) -> tuple[tuple[tuple[QRectF, Subtotal], ...], float]:
    """Lay the subtotals out in rows of equal cells."""
    widest = max(len(cell.text) for cell in cells)
    wide, tall = float(theme.px(36 + 9.2 * widest)), theme.px(26)
    across = max(1, int(width // wide))
    wide = width / across if across * wide > width * 0.8 else wide
    placed = tuple(
        (QRectF(i % across * wide, top + i // across * tall, wide, tall), cell)
        for i, cell in enumerate(cells)
    )
    return placed, top + -(-len(cells) // across) * tall
