"""The network strip: a box for the input and for every layer, side by side."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QFontMetricsF, QPainter, QPen, QPolygonF

from cnnviz.control.language import tr
from cnnviz.core.numbers import shape as shape_text
from cnnviz.core.numbers import thousands
from cnnviz.core.problem import mark
from cnnviz.core.scenes.strip import Cell, StripScene
from cnnviz.ui.painters.bars import draw_bars
from cnnviz.ui.painters.coloured import draw_coloured, is_coloured
from cnnviz.ui.painters.device import ratio_of
from cnnviz.ui.painters.mosaic import draw_tiles, fold, lay_out, map_sizes
from cnnviz.ui.painters.skips import draw_skip, skip_room
from cnnviz.ui.painters.text import outline, write
from cnnviz.ui.theme import Theme, colour
from cnnviz.ui.words import layer_name

EXTRACTS = mark("feature extraction")
DECIDES = mark("decision")

WIDEST = 137
"""Pixels at 100 % that a box takes where there is room."""


@dataclass(frozen=True)
class StripLayout:
    """Where everything lies; the first box is the input's.

    Attributes
    ----------
    boxes
        One a cell, scrolled.
    texts
        The lines below each picture that there is room for.
    picture
        Side of a picture; 0 where there is no room.
    bracket
        Height of the brackets; 0 where there is no room.
    skips
        Height of the room above the boxes for the lines of skip connections; 0 without any.
    content
        Width of all boxes together.
    width
        Of what is seen of them.
    """

    boxes: tuple[QRectF, ...]
    texts: tuple[tuple[str, ...], ...]
    picture: float
    bracket: float
    line: float
    content: float
    width: float
    skips: float = 0.0

    def at(self, point: QPointF) -> int | None:
        """The box under a point, or None."""
        return next((i for i, box in enumerate(self.boxes) if box.contains(point)), None)


def cell_texts(cell: Cell) -> tuple[str, ...]:
    """What stands below a picture: name, output shape, and parameters where there are any."""
    name = tr("Input") if cell.layer is None else layer_name(cell.layer)
    texts = (name, shape_text(cell.shape))
    count = 0 if cell.layer is None else cell.layer.parameter_count
    return (*texts, tr("{count} params", count=thousands(count))) if count else texts


def lay_out_strip(rect: QRectF, scene: StripScene, theme: Theme, offset: float) -> StripLayout:
    """Boxes of one width if they fit, else each as narrow as its texts, scrolled by ``offset``.

    They stand in the middle of a pane that is higher than they can be.
    """
    px = theme.px
    line = QFontMetricsF(theme.font(14)).height()
    bracket = QFontMetricsF(theme.font(13)).height() + px(2)
    skips = skip_room(scene.lines, theme)
    room = rect.height() - px(14) - skips
    lines, bracket = _shared_out(room, bracket, line, skips > 0, theme)
    picture = min(px(96), room - bracket - lines * line)
    if picture < px(16):
        lines, picture = 1, max(0.0, min(px(96), room - line))
    texts = tuple(cell_texts(cell)[:lines] for cell in scene.cells)
    widths = _widths(texts, picture, rect.width(), theme)
    above = bracket + skips
    high = min(rect.height() - above, picture + lines * line + px(14))
    top = rect.top() + above + (rect.height() - above - high) / 2
    left, boxes = rect.left() - offset, []
    for width in widths:
        boxes.append(QRectF(left, top, width, high))
        left += width
    return StripLayout(
        tuple(boxes), texts, picture, bracket, line, sum(widths), rect.width(), skips
    )


def _shared_out(
    room: float, bracket: float, line: float, skips: bool, theme: Theme
) -> tuple[int, float]:
    """Lines of text below each picture, and height of the brackets, that there is room for.

    Where lines of skip connections take their part, the brackets make room for the third line.
    """
    if room - bracket - 3 * line >= theme.px(26 if skips else 34):
        return 3, bracket
    if skips and room - 3 * line >= theme.px(24):
        return 3, 0.0
    return 2, bracket if room - bracket - 2 * line >= theme.px(26) else 0.0


def _widths(
    texts: tuple[tuple[str, ...], ...], picture: float, width: float, theme: Theme
) -> list[float]:
    """Widths of the boxes, the chevron behind each one counted in."""
    bold, plain = QFontMetricsF(theme.font(14, bold=True)), QFontMetricsF(theme.font(14))
    pad = theme.px(22)
    least = []
    for lines in texts:
        widest = max(
            [bold.horizontalAdvance(lines[0]), *(plain.horizontalAdvance(it) for it in lines[1:])]
        )
        least.append(max(widest, picture) + pad)
    even = min(float(theme.px(WIDEST)), width / len(texts))
    if even >= max(least):
        return [even] * len(texts)
    spare = max(0.0, width - sum(least)) / len(texts)
    return [it + spare for it in least]


def draw_labels(painter: QPainter, layout: StripLayout, scene: StripScene, theme: Theme) -> None:
    """Draw everything but the pictures: what stays the same while a network trains."""
    for cell, texts, box in zip(scene.cells, layout.texts, layout.boxes, strict=True):
        _draw_box(painter, layout, texts, box, cell.index == scene.chosen, theme)
    for box, cell in zip(layout.boxes[:-1], scene.cells[1:], strict=True):
        if cell.layer is None or cell.layer.wire.source is None:
            _draw_chevron(painter, box, layout, theme)
    for line in scene.lines:
        draw_skip(painter, line, layout.boxes, layout.width, theme, colour(theme.palette.input))
    if layout.bracket:
        _draw_brackets(painter, layout, scene, theme)


def draw_pictures(painter: QPainter, layout: StripLayout, scene: StripScene, theme: Theme) -> None:
    """Draw the maps of every box that is seen."""
    if not layout.picture:
        return
    for cell, box in zip(scene.cells, layout.boxes, strict=True):
        if box.right() < 0 or box.left() > layout.width:
            continue
        rect = picture_rect(layout, box, theme)
        if cell.values is None:
            outline(painter, rect, colour(theme.palette.border), 1)
        else:
            _draw_picture(painter, rect, cell, theme)


def picture_rect(layout: StripLayout, box: QRectF, theme: Theme) -> QRectF:
    """Where a box has its picture."""
    side = layout.picture
    return QRectF(box.center().x() - side / 2, box.top() + theme.px(6), side, side)


def inner(box: QRectF, theme: Theme) -> QRectF:
    """A box without the room for the chevron."""
    return box.adjusted(theme.px(6), theme.px(2), -theme.px(6), -theme.px(3))


def _draw_box(
    painter: QPainter,
    layout: StripLayout,
    texts: tuple[str, ...],
    box: QRectF,
    chosen: bool,
    theme: Theme,
) -> None:
    palette, frame = theme.palette, inner(box, theme)
    if chosen:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(palette.raised))
        painter.drawRoundedRect(frame, theme.px(7), theme.px(7))
        outline(painter, frame, colour(palette.accent), max(1.5, theme.px(1.5)), theme.px(7))
    top = box.top() + theme.px(7) + layout.picture
    for number, text in enumerate(texts):
        tone = colour(palette.muted if number else palette.text)
        where = QRectF(box.left(), top, box.width(), layout.line)
        write(painter, where, text, tone, theme.font(14, bold=number == 0))
        top += layout.line


def _draw_picture(painter: QPainter, rect: QRectF, cell: Cell, theme: Theme) -> None:
    values = cell.values
    assert values is not None
    if cell.bars:
        draw_bars(painter, rect, values, theme)
        return
    if cell.layer is None and is_coloured(values):
        draw_coloured(painter, rect, values)
        return
    ratio = ratio_of(painter)
    if values.ndim == 1:
        # As narrow as it is: a vector has one dimension, and must not be taken for maps.
        narrow = rect.adjusted(rect.width() * 0.3, 0, -rect.width() * 0.3, 0)
        tiles = lay_out(narrow, 1, *fold(len(values), narrow, 1.0), ratio)
    else:
        tiles = lay_out(rect, *map_sizes(values), ratio, max(1, theme.px(1)))
    draw_tiles(painter, tiles, values, cell.limit, theme, image=cell.layer is None)


def _draw_chevron(painter: QPainter, box: QRectF, layout: StripLayout, theme: Theme) -> None:
    size, x = theme.px(3), box.right()
    y = box.top() + theme.px(6) + layout.picture / 2
    painter.setPen(QPen(colour(theme.palette.muted), max(1.0, theme.px(1.5))))
    painter.drawPolyline(
        QPolygonF(
            [
                QPointF(x - size / 2, y - size),
                QPointF(x + size / 2, y),
                QPointF(x - size / 2, y + size),
            ]
        )
    )


def _draw_brackets(painter: QPainter, layout: StripLayout, scene: StripScene, theme: Theme) -> None:
    for decides, text in ((False, EXTRACTS), (True, DECIDES)):
        own = [
            box
            for cell, box in zip(scene.cells, layout.boxes, strict=True)
            if cell.layer is not None and cell.layer.decides is decides
        ]
        if own:
            _draw_bracket(painter, own[0].left(), own[-1].right(), layout, tr(text), theme)


def _draw_bracket(
    painter: QPainter, left: float, right: float, layout: StripLayout, text: str, theme: Theme
) -> None:
    """A line over some boxes with its name in the middle of what is seen of it."""
    inset, font = theme.px(8), theme.font(13)
    left, right = left + inset, right - inset
    top = layout.boxes[0].top() - layout.skips - layout.bracket
    middle = top + layout.bracket / 2 + theme.px(1)
    shown_left, shown_right = max(left, inset), min(right, layout.width - inset)
    if shown_right - shown_left < theme.px(24):
        return
    metrics = QFontMetricsF(font)
    text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, shown_right - shown_left)
    width = metrics.horizontalAdvance(text)
    centre = (shown_left + shown_right) / 2
    painter.setPen(QPen(colour(theme.palette.faint), 1))
    gap = width / 2 + theme.px(6)
    for start, end, foot in ((left, centre - gap, left), (centre + gap, right, right)):
        if end > start:
            painter.drawLine(QPointF(start, middle), QPointF(end, middle))
            painter.drawLine(QPointF(foot, middle), QPointF(foot, top + layout.bracket))
    where = QRectF(centre - width / 2, top, width + 1, layout.bracket)
    write(painter, where, text, colour(theme.palette.muted), font)
