"""The line above the loss curves: what the colours are called, or the values at one batch."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QFont, QFontMetricsF, QPainter

from cnnviz.control.language import tr
from cnnviz.core.numbers import number, percent, thousands
from cnnviz.core.scenes.loss import GAP, STRIP, Reading, Room
from cnnviz.ui.painters.text import width_of, write_on
from cnnviz.ui.theme import Palette, Theme, colour

SIZE = 14
"""Size of the text, in pixels at 100 %."""


def room_for(width: int, height: int, theme: Theme) -> Room:
    """How much a plot of so many pixels can show; asked before pyqtgraph is there, too."""
    across = max(40, width - theme.px(72))
    inside = max(20, height - theme.px(24))
    strip = inside >= theme.px(110)
    loss = inside * (1.0 - STRIP - GAP if strip else 1.0)
    return Room(
        points=across,
        columns=max(2, across // theme.px(66)),
        rows=max(2, int(loss) // theme.px(26)),
        strip=strip,
    )


@dataclass(frozen=True)
class Piece:
    """One text of the line, in a colour, behind a piece of the curve that it names."""

    text: str
    colour: str
    swatch: str = ""


def legend_lines(palette: Palette) -> list[list[Piece]]:
    """The names of the curves, the widest wording first."""
    names = (
        (tr("each batch"), palette.muted),
        (tr("smoothed"), palette.kernel),
        (tr("test"), palette.input),
        (tr("accuracy"), palette.output),
    )
    return [
        [Piece(name, palette.text, hue) for name, hue in names],
        [Piece(name, hue) for name, hue in names],
    ]


def reading_lines(reading: Reading, palette: Palette) -> list[list[Piece]]:
    """The values at one batch, the widest wording first: names go before digits do."""
    start = tr("batch {number}", number=thousands(reading.batch))
    test = reading.test
    lines = []
    for named, first, decimals in (
        (True, start, 4),
        (False, start, 4),
        (False, start, 3),
        (False, thousands(reading.batch), 3),
    ):
        values = [
            (tr("each batch"), palette.muted, number(reading.loss, decimals)),
            (tr("smoothed"), palette.kernel, number(reading.smoothed, decimals)),
        ]
        if test is not None:
            values += [
                (tr("test"), palette.input, number(test.loss, decimals)),
                (tr("accuracy"), palette.output, percent(test.accuracy)),
            ]
        pieces = [Piece(first, palette.text)]
        for name, hue, value in values:
            pieces.append(
                Piece(f"{name} {value}", palette.text, hue) if named else Piece(value, hue)
            )
        lines.append(pieces)
    return lines


def paint_line(painter: QPainter, rect: QRectF, lines: list[list[Piece]], theme: Theme) -> bool:
    """Write the first wording that fits; the last one is elided.  Whether nothing was left out."""
    font, gap = theme.font(SIZE), theme.px(12)
    fitting = next((line for line in lines if _width(line, font, theme) <= rect.width()), None)
    line = fitting or lines[-1]
    metrics = QFontMetricsF(font)
    baseline = rect.center().y() + (metrics.ascent() - metrics.descent()) / 2
    x = rect.left()
    for piece in line:
        if piece.swatch:
            mark = QRectF(x, rect.center().y() - theme.px(3) / 2, theme.px(14), theme.px(3))
            painter.fillRect(mark, colour(piece.swatch))
            x += theme.px(18)
        room = rect.right() - x
        text = metrics.elidedText(piece.text, Qt.TextElideMode.ElideRight, room)
        write_on(painter, QPointF(x, baseline), text, colour(piece.colour), font)
        x += width_of(piece.text, font) + gap
        if x > rect.right():
            break
    return fitting is not None


def _width(line: list[Piece], font: QFont, theme: Theme) -> float:
    """Of a whole line, swatches and gaps included."""
    texts = sum(width_of(piece.text, font) for piece in line)
    swatches = sum(theme.px(18) for piece in line if piece.swatch)
    return texts + swatches + theme.px(12) * (len(line) - 1)
