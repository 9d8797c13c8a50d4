"""The layers of a network that is edited, side by side, with room to put others in between."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QPainter, QPen

from cnnviz.control.language import tr
from cnnviz.core.draft import Draft, Place
from cnnviz.core.numbers import shape as shape_text
from cnnviz.core.numbers import thousands
from cnnviz.core.operations import Shape
from cnnviz.core.scenes.skips import skip_lines
from cnnviz.ui.painters.skips import draw_skip, skip_room
from cnnviz.ui.painters.text import outline, width_of, write
from cnnviz.ui.theme import Theme, colour

MOST_SHEETS = 4
"""Maps that are drawn one behind the other."""

GAP = 30
"""Pixels at 100 % between two layers, where a plus stands."""


@dataclass(frozen=True)
class DraftLayout:
    """Where everything lies, scrolled.

    Attributes
    ----------
    boxes
        The input's, then one a layer; below the lines of skip connections, if there are any.
    gaps
        ``gaps[i]`` is where a layer is put in that becomes layer i.
    content
        Width of it all.
    width
        Of what is seen of it.
    """

    boxes: tuple[QRectF, ...]
    gaps: tuple[QRectF, ...]
    content: float
    width: float

    def layer_at(self, point: QPointF) -> int | None:
        """The layer under a point; −1 is the input."""
        return next((i - 1 for i, box in enumerate(self.boxes) if box.contains(point)), None)

    def gap_at(self, point: QPointF) -> int | None:
        return next((i for i, gap in enumerate(self.gaps) if gap.contains(point)), None)

    def nearest_gap(self, x: float) -> int:
        """The gap that something is dropped into."""
        return min(range(len(self.gaps)), key=lambda i: abs(self.gaps[i].center().x() - x))


def place_texts(place: Place) -> tuple[str, str, str]:
    """Name, output shape, and parameters (or that it does not fit)."""
    count = place.parameter_count
    if place.problem is not None:
        return tr(place.operation.title), "?", tr("does not fit")
    below = tr("{count} params", count=thousands(count)) if count else ""
    return tr(place.operation.title), shape_text(place.passed_on), below


def lay_out_draft(rect: QRectF, draft: Draft, theme: Theme, offset: float) -> DraftLayout:
    """Each box as wide as its texts, and wider where there is room."""
    bold, plain = theme.font(14, bold=True), theme.font(14)
    texts = [(tr("Input"), shape_text(draft.input_shape), ""), *map(place_texts, draft.places)]
    least = [
        max(width_of(name, bold), width_of(shape, plain), width_of(below, plain), theme.px(46))
        + theme.px(18)
        for name, shape, below in texts
    ]
    gap, margin = float(theme.px(GAP)), float(theme.px(10))
    spare = rect.width() - 2 * margin - sum(least) - gap * len(least)
    wider = min(max(0.0, spare / len(least)), theme.px(40))
    left, boxes, gaps = rect.left() + margin - offset, [], []
    top = rect.top() + skip_room(skip_lines(draft.wires), theme)
    tall = rect.bottom() - top
    for width in least:
        boxes.append(QRectF(left, top, width + wider, tall))
        gaps.append(QRectF(left + width + wider, top, gap, tall))
        left += width + wider + gap
    content = left + offset - rect.left() + margin
    return DraftLayout(tuple(boxes), tuple(gaps), content, rect.width())


def draw_draft(
    painter: QPainter,
    layout: DraftLayout,
    draft: Draft,
    chosen: int,
    theme: Theme,
    hovered: int | None = None,
) -> None:
    """Draw every layer; ``hovered`` is the gap under the mouse."""
    _draw_box(painter, layout.boxes[0], (tr("Input"), shape_text(draft.input_shape), ""),
              draft.input_shape, draft.input_shape, theme, "input")  # fmt: skip
    for index, (place, box) in enumerate(zip(draft.places, layout.boxes[1:], strict=True)):
        look = "wrong" if place.problem is not None else "output"
        _draw_box(painter, box, place_texts(place), place.passed_on, draft.input_shape, theme, look)
        if index == chosen:
            tone = theme.palette.wrong if look == "wrong" else theme.palette.accent
            outline(painter, _frame(box, theme), colour(tone), max(2, theme.px(2.5)), theme.px(7))
    for index, gap in enumerate(layout.gaps):
        _draw_plus(painter, gap, index == hovered, theme)
    for line in skip_lines(draft.wires):
        wrong = draft.places[line.end - 1].problem is not None
        ink = colour(theme.palette.wrong if wrong else theme.palette.input)
        draw_skip(painter, line, layout.boxes, layout.width, theme, ink)


def draw_drop(painter: QPainter, gap: QRectF, theme: Theme) -> None:
    """Mark where a layer that is dragged would be put."""
    middle, inset = gap.center().x(), theme.px(6)
    painter.setPen(QPen(colour(theme.palette.accent), theme.px(3)))
    painter.drawLine(QPointF(middle, gap.top() + inset), QPointF(middle, gap.bottom() - inset))


def _frame(box: QRectF, theme: Theme) -> QRectF:
    return box.adjusted(0, theme.px(4), 0, -theme.px(4))


def _draw_box(
    painter: QPainter,
    box: QRectF,
    texts: tuple[str, str, str],
    shape: Shape,
    whole: Shape,
    theme: Theme,
    look: str,
) -> None:
    """``look``: the palette's colour of its picture: "input", "output" or "wrong"."""
    palette, frame = theme.palette, _frame(box, theme)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour(palette.raised))
    painter.drawRoundedRect(frame, theme.px(7), theme.px(7))
    tone = palette.wrong if look == "wrong" else palette.border
    outline(painter, frame, colour(tone), max(1, theme.px(1.5)), theme.px(7))
    line = theme.px(19)
    picture = QRectF(box.left(), frame.top() + theme.px(5), box.width(),
                     frame.height() - 3 * line - theme.px(12))  # fmt: skip
    if picture.height() >= theme.px(14):
        _draw_shape(painter, picture, shape, whole, theme, getattr(palette, look))
    top = frame.bottom() - 3 * line - theme.px(3)
    for number, text in enumerate(texts):
        ink = palette.text if number == 0 else palette.muted
        if look == "wrong" and number:
            ink = palette.wrong
        where = QRectF(box.left(), top + number * line, box.width(), line)
        write(painter, where, text, colour(ink), theme.font(14, bold=number == 0))


def _draw_shape(
    painter: QPainter, rect: QRectF, shape: Shape, whole: Shape, theme: Theme, tone: str
) -> None:
    """Maps as sheets one behind the other, sized as beside the input; a vector as a bar."""
    painter.setPen(QPen(colour(tone), max(1.0, theme.px(1.2))))
    painter.setBrush(colour(theme.palette.raised))
    centre = rect.center()
    if len(shape) == 1:
        # Long vectors are drawn longer, but 4,096 values cannot be 400 times as long as 10.
        share = min(1.0, 0.25 + 0.18 * len(str(shape[0])))
        bar = QRectF(0, 0, theme.px(8), rect.height() * share)
        bar.moveCenter(centre)
        painter.drawRect(bar)
        return
    sheets = min(MOST_SHEETS, max(1, shape[0].bit_length() - 1))
    step = theme.px(3)
    largest = max(8.0, rect.height() - step * (MOST_SHEETS - 1))
    across = max(whole[1:]) if len(whole) == 3 else max(shape[1:])
    height, width = (max(theme.px(5), largest * min(1.0, side / across)) for side in shape[1:])
    for number in range(sheets):
        shift = (number - (sheets - 1) / 2) * step
        sheet = QRectF(0, 0, width, height)
        sheet.moveCenter(QPointF(centre.x() + shift, centre.y() + shift))
        painter.drawRect(sheet)


def _draw_plus(painter: QPainter, gap: QRectF, hovered: bool, theme: Theme) -> None:
    radius, centre, palette = theme.px(10), gap.center(), theme.palette
    tone = colour(palette.accent if hovered else palette.muted)
    painter.setPen(QPen(tone, max(1.0, theme.px(1.5))))
    painter.setBrush(colour(palette.raised if hovered else palette.panel))
    painter.drawEllipse(centre, radius, radius)
    arm = radius / 2
    painter.drawLine(centre - QPointF(arm, 0), centre + QPointF(arm, 0))
    painter.drawLine(centre - QPointF(0, arm), centre + QPointF(0, arm))
