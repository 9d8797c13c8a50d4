"""What stands over one of two runs: its name, what is different in it, and how well it does."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QFont, QFontMetricsF, QPainter

from cnnviz.control.language import tr, tr_name
from cnnviz.core.numbers import number, percent, shape, thousands
from cnnviz.core.scenes.side import SideScene
from cnnviz.ui.painters.text import LEFT, RIGHT, width_of, write
from cnnviz.ui.theme import Theme, colour
from cnnviz.ui.words import layer_name

NAME, LINE, FIGURES = 30, 24, 32
"""Heights of the rows, in pixels at 100 %."""

HEIGHT = NAME + 2 * LINE + FIGURES
"""Of all of it."""

SHORTEST = 60
"""Pixels at 100 % of a bar; where there is less room there is none."""


def where_text(scene: SideScene) -> str:
    """Where in its run a side stands: "step 40 of 60 · epoch 2.0"."""
    if scene.step is None:
        return ""
    step = thousands(scene.step)
    if scene.last is None:
        parts = [tr("step {step}", step=step)]
    else:
        parts = [tr("step {step} of {count}", step=step, count=thousands(scene.last))]
    if scene.epochs is not None:
        parts.append(tr("epoch {number}", number=number(scene.epochs, 1, small=False)))
    if scene.written:
        parts.append(tr("being written"))
    elif scene.early:
        parts.append(tr("ends here"))
    return " · ".join(parts)


def different_text(scene: SideScene) -> str:
    """In what the run is another than its neighbour: "network: MLP · batch size: 50"."""
    parts = []
    for line in scene.different:
        value = line.values[scene.place]
        value = tr_name(value) if line.named else value
        parts.append(f"{tr(line.what, number=line.number)}: {value}")
    return " · ".join(parts) or tr("the same network, data and settings")


def note_text(scene: SideScene) -> str:
    """What one must know to compare the pictures; "" where they are comparable."""
    parts = []
    if scene.missing is not None:
        there, here = layer_name(scene.missing), layer_name(scene.shown)
        if there == here:  # one that has maps, say, where the other has none
            parts.append(tr("No corresponding layer here: another {shown} is shown", shown=here))
        else:
            parts.append(tr("No {layer} here: {shown} is shown", layer=there, shown=here))
    if scene.moved:
        parts.append(tr("That element is not here: the nearest one is marked"))
    if scene.inputs[0] != scene.inputs[1]:
        here, there = (shape(inputs) for inputs in scene.inputs)
        parts.append(tr("Different inputs: {here} here, {there} there", here=here, there=there))
    elif scene.other_images:
        parts.append(tr("The data differ: the two images are not the same picture"))
    return " · ".join(parts)


def paint_side(painter: QPainter, area: QRectF, scene: SideScene, theme: Theme) -> None:
    """Draw the four rows from the top of an area."""
    palette, px = theme.palette, theme.px
    inner = area.adjusted(px(10), 0, -px(10), 0)
    top = inner.top()
    series = colour(palette.series[scene.place % len(palette.series)])
    painter.fillRect(QRectF(area.left(), area.top(), area.width(), px(3)), series)
    row = QRectF(inner.left(), top + px(2), inner.width(), px(NAME - 2))
    where, plain, bold = where_text(scene), theme.font(15), theme.font(19, bold=True)
    write(painter, row, where, colour(palette.text), plain, RIGHT)
    room = row.width() - width_of(where, plain) - px(14)
    write(painter, row, _elided(tr_name(scene.name), bold, room), series, bold, LEFT)
    top += px(NAME)
    small = theme.font(14)
    row = QRectF(inner.left(), top, inner.width(), px(LINE))
    text = _elided(different_text(scene), small, row.width())
    write(painter, row, text, colour(palette.muted), small, LEFT)
    top += px(LINE)
    _paint_figures(painter, QRectF(inner.left(), top, inner.width(), px(FIGURES)), scene, theme)
    top += px(FIGURES)
    row = QRectF(inner.left(), top, inner.width(), px(LINE))
    text = _elided(note_text(scene), small, row.width())
    write(painter, row, text, colour(palette.accent), small, LEFT)


def _paint_figures(painter: QPainter, area: QRectF, scene: SideScene, theme: Theme) -> None:
    """Loss and accuracy in figures, and as bars whose ends are the same on both sides."""
    loss, test, px = scene.figures.loss, scene.figures.test, theme.px
    half, gap = area.width() * 0.42, px(16)
    left = QRectF(area.left(), area.top(), half, area.height())
    right = QRectF(left.right() + gap, area.top(), area.width() - half - gap, area.height())
    known = loss == loss
    _paint_figure(
        painter,
        left,
        (tr("loss"), number(loss, 3) if known else "–", number(scene.top_loss, 2)),
        loss / scene.top_loss if known else 0.0,
        scene.place,
        theme,
    )
    said = tr("test accuracy")
    if test is not None and scene.step is not None and test.step != scene.step:
        said = tr("test accuracy (step {step})", step=thousands(test.step))
    accuracy = 0.0 if test is None else test.accuracy
    value = "–" if test is None else percent(accuracy, 1)
    _paint_figure(painter, right, (said, value, "100 %"), accuracy, scene.place, theme)


def _paint_figure(
    painter: QPainter,
    area: QRectF,
    texts: tuple[str, str, str],
    share: float,
    place: int,
    theme: Theme,
) -> None:
    """A name, a value, and a bar from 0 to an end that is named behind it."""
    palette, px = theme.palette, theme.px
    name, value, end = texts
    small, bold = theme.font(14), theme.font(19, bold=True)
    left = area.left()
    for text, font, tone in ((name, small, palette.muted), (value, bold, palette.text)):
        wide = width_of(text, font)
        write(
            painter, QRectF(left, area.top(), wide, area.height()), text, colour(tone), font, LEFT
        )
        left += wide + px(8)
    behind = width_of(end, small)
    room = area.right() - left - behind - px(6)
    if room < px(SHORTEST):
        return
    track = QRectF(left, area.center().y() - px(5), room, px(10))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.fillRect(track, colour(palette.raised))
    track.setWidth(room * min(max(share, 0.0), 1.0))
    painter.fillRect(track, colour(palette.series[place % len(palette.series)]))
    after = QRectF(area.right() - behind, area.top(), behind, area.height())
    write(painter, after, end, colour(palette.muted), small, LEFT)


def _elided(text: str, font: QFont, width: float) -> str:
    if width_of(text, font) <= width:
        return text
    return QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, max(0.0, width))
