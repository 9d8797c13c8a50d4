"""Logits and softmax as rows of bars, beside the image that they belong to."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen

from cnnviz.control.language import tr
from cnnviz.core.numbers import MINUS, number, percent
from cnnviz.core.scenes.prediction import PredictionScene
from cnnviz.ui.painters.coloured import draw_coloured, is_coloured
from cnnviz.ui.painters.device import ratio_of
from cnnviz.ui.painters.mosaic import draw_tiles, lay_out
from cnnviz.ui.painters.text import LEFT, RIGHT, outline, width_of, write, write_within
from cnnviz.ui.theme import Theme, colour
from cnnviz.ui.words import called

LEAST, MOST = 17, 34
"""Height of a row, in pixels at 100 %: 14 px digits fit into 17."""

NARROWEST = 92
"""Width of a row below which the rows stand in fewer columns and scroll."""

NAME_SHARE = 0.35
"""Of a row, what the names of the classes take at most."""


@dataclass(frozen=True)
class PredictionLayout:
    """Where things are.

    Attributes
    ----------
    image, label
        The sample and the line below it; None where the pane is too narrow for both.
    grid
        All rows that are seen.
    columns, lines
        The rows stand one below the other in so many columns of so many lines.
    first, visible
        The first line that is seen, and how many are.
    height
        Of one row.
    heading
        Whether there is room for a line that names the columns, above the rows.
    """

    image: QRectF | None
    label: QRectF | None
    grid: QRectF
    columns: int
    lines: int
    first: int
    visible: int
    height: float
    heading: bool

    @property
    def last_first(self) -> int:
        """The first line when scrolled to the end."""
        return max(0, self.lines - self.visible)

    def row(self, index: int) -> QRectF | None:
        """Where a class is, or None if it is scrolled away."""
        column, line = divmod(index, self.lines)
        if not self.first <= line < self.first + self.visible:
            return None
        gap = self.grid.width() * 0.04 if self.columns > 1 else 0.0
        width = (self.grid.width() - gap * (self.columns - 1)) / self.columns
        top = self.grid.top() + (line - self.first) * self.height
        return QRectF(self.grid.left() + column * (width + gap), top, width, self.height)

    def at(self, point: QPointF, classes: int) -> int | None:
        """The class under a point."""
        rows = ((index, self.row(index)) for index in range(classes))
        return next((index for index, row in rows if row and row.contains(point)), None)


def lay_out_prediction(
    rect: QRectF, scene: PredictionScene, theme: Theme, first: int = 0
) -> PredictionLayout:
    """Fit image and rows into a rectangle; ``first`` is the line scrolled to."""
    px, classes = theme.px, scene.classes
    inner = rect.adjusted(px(8), px(2), -px(8), 0)
    image = label = None
    grid = QRectF(inner)
    if scene.image is not None and inner.width() >= px(250):
        text = px(18)
        side = min(inner.height() - text, inner.width() * 0.19, px(220))
        image = QRectF(inner.left(), inner.top(), side, side)
        label = QRectF(inner.left(), image.bottom(), side, text)
        grid.setLeft(image.right() + px(12))
    least = float(px(LEAST))
    fitting = max(1, int(grid.height() / least))
    longer = max(0.0, _name_width(scene, theme.font(14, bold=True)) - px(20))
    narrowest = px(NARROWEST) + min(longer, grid.width() * NAME_SHARE)
    columns = min(-(-classes // fitting), max(1, int(grid.width() / narrowest)))
    lines = -(-classes // columns)
    visible = min(lines, fitting)
    height = min(max(grid.height() / visible, least), float(px(MOST)))
    heading = (visible + 1) * least <= grid.height()
    if heading:
        height = min(max(grid.height() / (visible + 1), least), float(px(MOST)))
        grid.setTop(grid.top() + height)
    if visible < lines:
        grid.setRight(grid.right() - px(10))
    first = min(max(first, 0), lines - visible)
    return PredictionLayout(image, label, grid, columns, lines, first, visible, height, heading)


@dataclass(frozen=True)
class Parts:
    """How wide the parts of a row are, in pixels.

    Attributes
    ----------
    font, bold
        Of the numbers.
    logit
        0 where there is no room for it.
    decimals
        Of the logit.
    inside
        The share stands in the bar, because behind it there is no room.
    """

    font: QFont
    bold: QFont
    name: float
    mark: float
    percent: float
    logit: float
    decimals: int
    inside: bool


def parts_of(layout: PredictionLayout, scene: PredictionScene, theme: Theme) -> Parts:
    """Numbers as large and exact as there is room for; bars get what is left."""
    row = layout.row(layout.first)
    room = row.width() if row is not None else 0.0
    large = min(max(layout.height / theme.zoom * 0.62, 14.0), 20.0)
    best = _parts(scene, theme, room, large, 2)
    for size, decimals in ((large, 2), (14.0, 2), (14.0, 1)):
        parts = _parts(scene, theme, room, size, decimals)
        if parts.logit:
            return parts
    return best


def _parts(scene: PredictionScene, theme: Theme, room: float, size: float, decimals: int) -> Parts:
    font, bold = theme.font(size), theme.font(size, bold=True)
    name = min(_name_width(scene, bold) + theme.px(4), max(theme.px(24), room * NAME_SHARE))
    mark = float(theme.px(size))
    share = width_of("100.0 %", bold) + theme.px(8)
    texts = [number(value, decimals, small=False) for value in scene.logits.tolist()]
    widest = max((MINUS + "10." + "0" * decimals, *texts), key=len)
    logit = width_of(widest, bold) + theme.px(8)
    left = room - name - mark
    if left < share + logit:
        logit = 0.0
    inside = left - logit - share < theme.px(90)
    return Parts(font, bold, name, mark, share, logit, decimals, inside)


def _name_width(scene: PredictionScene, font: QFont) -> float:
    """Of the longest name of a class."""
    return max(width_of(called(scene.names, i), font) for i in range(scene.classes))


def _elided(text: str, font: QFont, width: float) -> str:
    return QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, width)


def paint_prediction(
    painter: QPainter, layout: PredictionLayout, scene: PredictionScene, theme: Theme
) -> None:
    """Draw the sample and a row for each class that is seen."""
    if layout.image is not None and scene.image is not None:
        _paint_image(painter, layout, scene, theme)
    parts = parts_of(layout, scene, theme)
    if layout.heading:
        _paint_heading(painter, layout, parts, theme)
    for index in range(scene.classes):
        row = layout.row(index)
        if row is not None:
            _paint_row(painter, row, index, scene, parts, theme)
    if layout.visible < layout.lines:
        _paint_scroll(painter, layout, theme)


def _paint_image(
    painter: QPainter, layout: PredictionLayout, scene: PredictionScene, theme: Theme
) -> None:
    image, rect = scene.image, layout.image
    if image is None or rect is None or layout.label is None:
        return
    _, rows, columns = image.shape
    if is_coloured(image):
        area = draw_coloured(painter, rect, image)
    else:
        tiles = lay_out(rect, 1, rows, columns, ratio_of(painter), even=False)
        draw_tiles(painter, tiles, image[:1], 1.0, theme, image=True)
        area = tiles.area
    outline(painter, area.adjusted(-1, -1, 1, 1), colour(theme.palette.border), 1)
    font, name = theme.font(14), "" if scene.label is None else called(scene.names, scene.label)
    text = tr("label {label}", label=name) if name else tr("own picture")
    if width_of(text, font) > layout.label.width():
        text = _elided(name or tr("own"), font, layout.label.width())
    write(painter, layout.label, text, colour(theme.palette.muted), font)


def _paint_heading(painter: QPainter, layout: PredictionLayout, parts: Parts, theme: Theme) -> None:
    """Name the columns of numbers."""
    font, tone = theme.font(14), colour(theme.palette.muted)
    for column in range(layout.columns):
        row = layout.row(column * layout.lines + layout.first)
        if row is None:
            continue
        top = row.translated(0, -row.height())
        softmax = QRectF(top)
        softmax.setLeft(top.left() + parts.name + parts.mark)
        softmax.setRight(top.right() - parts.logit)
        write(painter, softmax, tr("softmax"), tone, font, LEFT if parts.inside else RIGHT)
        if parts.logit:
            write(painter, top, tr("logit"), tone, font, RIGHT)


def _paint_row(
    painter: QPainter, row: QRectF, index: int, scene: PredictionScene, parts: Parts, theme: Theme
) -> None:
    palette = theme.palette
    right, chosen = index == scene.label, index == scene.chosen
    unknown = scene.label is None
    hue = palette.output if right or (chosen and unknown) else palette.faint
    if chosen and not (right or unknown):
        hue = palette.wrong
    strong = right or chosen
    font = parts.bold if strong else parts.font
    tone = colour(palette.text if strong else palette.muted)
    name = _elided(called(scene.names, index), font, parts.name)
    write(painter, row, name, tone, font, LEFT)
    left = row.left() + parts.name
    if strong and not unknown:
        size = parts.mark * 0.62
        box = QRectF(left, row.center().y() - size / 2, size, size)
        _paint_mark(painter, box, right, colour(hue), theme)
    if parts.logit:
        text = number(float(scene.logits[index]), parts.decimals, small=False)
        write(painter, row, text, tone, font, RIGHT)
    track = QRectF(row)
    track.setLeft(left + parts.mark)
    track.setRight(row.right() - parts.logit - (0 if parts.inside else parts.percent))
    share = float(scene.probabilities[index])
    _paint_bar(painter, track, share, colour(hue), parts, strong, theme)


def _paint_bar(
    painter: QPainter,
    track: QRectF,
    share: float,
    hue: QColor,
    parts: Parts,
    strong: bool,
    theme: Theme,
) -> None:
    """A bar on its track, and its share: behind the track, or in it where the row is short."""
    palette = theme.palette
    text = percent(share)
    font = parts.bold if strong else parts.font
    thin = min(track.height() - theme.px(2), theme.px(22 if parts.inside else 12))
    middle = track.center().y()
    track = QRectF(track.left(), middle - thin / 2, track.width(), thin)
    radius = theme.px(3)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour(palette.raised))
    painter.drawRoundedRect(track, radius, radius)
    bar = QRectF(track)
    bar.setWidth(track.width() * min(max(share, 0.0), 1.0))
    if bar.width() > 0.5:
        painter.setBrush(hue)
        painter.drawRoundedRect(bar, min(radius, bar.width() / 2), radius)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    tone = colour(palette.text if strong else palette.muted)
    if not parts.inside:
        beside = QRectF(track.right(), track.top() - 9, parts.percent, track.height() + 18)
        write(painter, beside, text, tone, font, RIGHT)
        return
    inside = track.adjusted(0, -3, -theme.px(4), 3)
    _paint_share(painter, inside, bar, text, font, strong, theme)


def _paint_share(
    painter: QPainter,
    inside: QRectF,
    bar: QRectF,
    text: str,
    font: QFont,
    strong: bool,
    theme: Theme,
) -> None:
    """A share at the right end of a track, legible on the bar and beside it."""
    palette = theme.palette
    tone = colour(palette.text if strong else palette.muted)
    if not strong or bar.right() <= inside.right() - width_of(text, font):
        write(painter, inside, text, tone, font, RIGHT)
        return
    # Over the bar in the colour that is legible there, and behind its end in the usual one.
    on_bar, beside = bar.adjusted(0, -3, 0, 3), inside.adjusted(bar.width(), 0, theme.px(4), 0)
    write_within(painter, on_bar, inside, text, colour(palette.on_output), font, RIGHT)
    write_within(painter, beside, inside, text, tone, font, RIGHT)


def _paint_mark(painter: QPainter, box: QRectF, right: bool, hue: QColor, theme: Theme) -> None:
    """A tick for the right class, a cross for a wrong prediction: told apart without colour."""
    path = QPainterPath()
    if right:
        path.moveTo(box.left(), box.center().y())
        path.lineTo(box.left() + box.width() * 0.38, box.bottom() - box.height() * 0.08)
        path.lineTo(box.right(), box.top() + box.height() * 0.08)
    else:
        path.moveTo(box.topLeft())
        path.lineTo(box.bottomRight())
        path.moveTo(box.topRight())
        path.lineTo(box.bottomLeft())
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(hue, max(2.0, theme.zoom * 2.2))
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(path)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _paint_scroll(painter: QPainter, layout: PredictionLayout, theme: Theme) -> None:
    """How much of the rows is seen, and where."""
    height = layout.visible * layout.height
    track = QRectF(layout.grid.right() + theme.px(5), layout.grid.top(), theme.px(4), height)
    painter.fillRect(track, colour(theme.palette.raised))
    share = height / layout.lines
    track.setTop(layout.grid.top() + layout.first * share)
    track.setHeight(layout.visible * share)
    painter.fillRect(track, colour(theme.palette.faint))
