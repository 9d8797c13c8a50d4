"""The ledger as text: every product of the opened group, every subtotal, the bias, the result."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import QPainter, QPen

from cnnviz.core.scenes.stage import StageScene
from cnnviz.ui.painters.ledger_pieces import Piece
from cnnviz.ui.painters.ledger_text import Subtotal, opened_pieces, subtotals, total_pieces
from cnnviz.ui.painters.text import LEFT, RIGHT, outline, width_of, write, write_on
from cnnviz.ui.theme import Theme, colour

TOTALLED = ("sum", "normalise")
"""The verbs of what adds up, in several groups, to a total that is written below them."""

OF_LOGITS = ("softmax", "log_softmax", "cross_entropy")
"""The verbs whose last line is what all exponentials before it lead to."""

Parts = tuple[list[Piece], list[Piece]]
"""What is reckoned with, and what it comes to."""


LINE = 26
"""From one line of a ledger to the next, in pixels at 100 %."""


@dataclass(frozen=True)
class Placed:
    """A piece at its place; ``baseline`` is where its characters stand."""

    piece: Piece
    baseline: QPointF


Cells = tuple[tuple[QRectF, Subtotal], ...]
"""The cells of subtotals, each in its place."""


@dataclass(frozen=True)
class LedgerLayout:
    """Everything of a ledger in its place, and the height it takes.

    Attributes
    ----------
    focus
        Top and bottom of the line that the current term stands in.
    """

    pieces: tuple[Placed, ...]
    cells: Cells
    height: float
    focus: tuple[float, float]

    def group_at(self, x: float, y: float) -> int | None:
        """The group whose subtotal is at a point."""
        found = (cell.group for rect, cell in self.cells if rect.contains(x, y))
        return next(found, None)


def lay_out_ledger(
    scene: StageScene,
    width: float,
    decimals: int,
    theme: Theme,
    totalled: bool = True,
    parts: Parts | None = None,
) -> LedgerLayout:
    """Flow the ledger of a scene into lines of ``width`` pixels; its total may be left out.

    Parameters
    ----------
    parts
        What `ledger_parts` says of the scene, where that is known.
    """
    pieces, total = ledger_parts(scene, decimals) if parts is None else parts
    total = total if totalled else []
    if scene.ledger_covered or len(scene.ledger.taps.channels) == 1:
        placed, y, focus = flow(pieces + total, width, 0.0, theme)
        return LedgerLayout(tuple(placed), (), y, focus)
    placed, y, focus = flow(pieces, width, 0.0, theme)
    cells, y = grid(list(subtotals(scene, decimals)), width, y + theme.px(4), theme)
    if total:
        below, y, _ = flow(total, width, y, theme)
        placed += below
    return LedgerLayout(tuple(placed), cells, y, focus)


def lay_out_total(total: list[Piece], width: float, theme: Theme) -> LedgerLayout:
    """What a ledger comes to, by itself; nothing, of what does not add up to a total."""
    if not total:
        return LedgerLayout((), (), 0.0, (0.0, 0.0))
    placed, y, focus = flow(total, width, 0.0, theme)
    return LedgerLayout(tuple(placed), (), y, focus)


def ledger_parts(scene: StageScene, decimals: int) -> Parts:
    """What is reckoned with, and what it comes to."""
    pieces, verb = list(opened_pieces(scene, decimals)), scene.layer.operation.verb
    if scene.ledger_covered:
        return pieces, []
    if verb in TOTALLED:
        return pieces, list(total_pieces(scene, decimals))
    if verb in OF_LOGITS and scene.done:
        last = max(index for index, piece in enumerate(pieces) if piece.breaks)
        return pieces[:last], pieces[last:]
    return pieces, []


def paint_ledger(
    painter: QPainter, layout: LedgerLayout, theme: Theme, top: float, height: float
) -> None:
    """Draw a ledger that begins at ``top`` (negative when it is scrolled), as far as ``height``."""
    palette, line = theme.palette, theme.px(LINE)
    for placed in layout.pieces:
        piece = placed.piece
        at = QPointF(placed.baseline.x(), placed.baseline.y() + top)
        if not -line < at.y() < height + line:
            continue  # of a thousand products ten lines are seen, and all would take 40 ms
        ink = colour(getattr(palette, piece.role))
        write_on(painter, at, piece.text, ink, theme.font(piece.size, piece.bold))
    _paint_subtotals(painter, layout, theme, top, height)


def _paint_subtotals(
    painter: QPainter, layout: LedgerLayout, theme: Theme, top: float, height: float
) -> None:
    """Draw the cells, all frames in one call: 64 calls of their own cost 1 ms."""
    cells = [
        (rect, cell) for rect, cell in layout.cells if -rect.height() < rect.top() + top < height
    ]
    if not cells:
        return
    palette, px = theme.palette, theme.px
    label, value = theme.font(14), theme.font(15)
    boxes = [rect.translated(0, top).adjusted(1, 1, -1, -1) for rect, _ in cells]
    painter.setPen(QPen(colour(palette.border), 1))
    painter.setBrush(colour(palette.raised))
    painter.drawRects(*boxes)
    muted, ink = colour(palette.muted), colour(palette.text)
    for box, (_, cell) in zip(boxes, cells, strict=True):
        inner = box.adjusted(px(6), 0, -px(6), 0)
        write(painter, inner, str(cell.channel), muted, label, LEFT)
        if cell.reached:
            write(painter, inner, cell.text, ink, value, RIGHT)
        if cell.opened:
            outline(painter, box, colour(palette.input), px(2))


def flow(
    pieces: list[Piece], width: float, top: float, theme: Theme
) -> tuple[list[Placed], float, tuple[float, float]]:
    """Lay pieces out in lines of ``width``; a product is never torn apart."""
    line, space = theme.px(LINE), theme.px(4)
    fonts = {look: theme.font(*look) for look in {(piece.size, piece.bold) for piece in pieces}}
    placed: list[Placed] = []
    x, y, focus = 0.0, top, (top, top + line)
    for cluster in _clusters(pieces):
        widths = [width_of(p.text, fonts[p.size, p.bold]) for p in cluster]
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


def grid(cells: list[Subtotal], width: float, top: float, theme: Theme) -> tuple[Cells, float]:
    """Lay the subtotals out in rows of equal cells."""
    widest = max(len(cell.text) for cell in cells)
    wide, tall = float(theme.px(36 + 9.2 * widest)), theme.px(LINE)
    across = max(1, int(width // wide))
    wide = width / across if across * wide > width * 0.8 else wide
    placed = tuple(
        (QRectF(i % across * wide, top + i // across * tall, wide, tall), cell)
        for i, cell in enumerate(cells)
    )
    return placed, top + -(-len(cells) // across) * tall
