"""One line over a pane: its name, what it shows, and the legend of its colours."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget

from cnnviz.core.numbers import number
from cnnviz.ui.painters.device import draw_image
from cnnviz.ui.painters.text import LEFT, RIGHT, width_of, write
from cnnviz.ui.theme import DARK, LIGHT, Theme, colour

if TYPE_CHECKING:
    from cnnviz.ui.pane import Legend

Description = tuple[str, str, str, "Legend | None"]
"""Title, caption, badge and legend."""

Mark = tuple[str, str]
"""What nobody must overlook, in full and in short."""


LEGEND = 150
"""Pixels at 100 % that the narrowest legend takes."""


class Heading(QWidget):
    """Paints a description: the title bold, the caption grey and elided, badge and legend right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = Theme()
        self._said: Description = ("", "", "", None)
        self._mark: Mark = ("", "")
        self.setObjectName("titlebar")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def say(self, description: Description) -> None:
        """Repaint if the pane describes itself differently."""
        if description == self._said:
            return
        self._said = description
        self.setToolTip(" · ".join(part for part in description[:2] if part))
        self.setAccessibleName(description[0])
        self.update()

    def mark(self, text: str, short: str) -> None:
        """Say beside the title what nobody must overlook: that this is not live.

        ``short`` stands there where the whole would leave no room for the legend.
        """
        if (text, short) != self._mark:
            self._mark = (text, short)
            self.update()

    @property
    def reserved(self) -> int:
        """Pixels at the right that something else takes."""
        return 0

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(200), self._theme.px(32))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(80), self._theme.px(32))

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        try:
            paint_heading(painter, self.size(), self._said, self._mark, self._theme, self.reserved)
        finally:
            painter.end()

    @property
    def marked(self) -> Mark:
        """What is said beside the title, in full and in short."""
        return self._mark


def paint_heading(
    painter: QPainter,
    size: QSize,
    description: Description,
    mark: Mark,
    theme: Theme,
    reserved: int = 0,
) -> None:
    """Draw a description over a whole line, but for ``reserved`` pixels at its right."""
    palette = theme.palette
    title, caption, badge, legend = description
    painter.fillRect(0, 0, size.width(), size.height(), colour(palette.panel))
    painter.fillRect(0, size.height() - 1, size.width(), 1, colour(palette.border))
    bold, plain = theme.font(15, bold=True), theme.font(14)
    right = float(size.width() - reserved - theme.px(10))
    left = float(theme.px(12))
    area = QRectF(left, 0, max(0.0, right - left), size.height())
    wide = width_of(title, bold)
    write(painter, area, title, colour(palette.text), bold, LEFT)
    left += wide + theme.px(10)
    text, short = mark
    if text:
        kept = theme.px(0 if legend is None else LEGEND)
        text = text if left + width_of(text, bold) + kept <= right else short
        area.setLeft(left)
        write(painter, area, text, colour(palette.accent), bold, LEFT)
        left += width_of(text, bold) + theme.px(10)
    if legend is not None:
        needed = width_of(caption, plain) + theme.px(190)
        bar = theme.px(84 if right - left > needed else 36)
        right = _paint_legend(painter, legend, right, bar, size.height(), theme)
    if badge and right - left > width_of(badge, bold):
        write(
            painter,
            QRectF(left, 0, right - left, size.height()),
            badge,
            colour(palette.input),
            bold,
            RIGHT,
        )
        right -= width_of(badge, bold) + theme.px(10)
    room = right - left - theme.px(8)
    if room > theme.px(30):
        painter.setFont(plain)
        metrics = painter.fontMetrics()
        text = metrics.elidedText(caption, Qt.TextElideMode.ElideRight, int(room))
        write(
            painter,
            QRectF(left, 0, room, size.height()),
            text,
            colour(palette.muted),
            plain,
            LEFT,
        )


def _paint_legend(
    painter: QPainter, legend: Legend, right: float, length: float, height: int, theme: Theme
) -> float:
    """Draw the scale with its ends named; returns where it begins."""
    palette, font = theme.palette, theme.font(14)
    high = number(legend.limit, 2)
    low = number(-legend.limit, 2) if legend.signed else "0"
    if legend.signed:
        high = f"+{high}"
    text = width_of(high, font) + theme.px(6)
    bar = QRectF(right - text - theme.px(6) - length, 0, length, theme.px(8))
    bar.moveTop((height - bar.height()) / 2)
    muted = colour(palette.muted)
    write(painter, QRectF(right - text, 0, text, height), high, muted, font, RIGHT)
    strip = _legend_strip(theme.palette.name, legend.signed, legend.grey)
    draw_image(painter, bar, strip)
    wide = width_of(low, font)
    left = bar.left() - wide - theme.px(6)
    write(painter, QRectF(left, 0, wide, height), low, muted, font, LEFT)
    return left - theme.px(8)


@lru_cache(maxsize=8)
def _legend_strip(palette: str, signed: bool, grey: bool) -> QImage:
    """The colours of a scale from its low to its high end, a pixel each; drawn at every repaint."""
    if grey:
        colours = [QColor(level, level, level) for level in range(0, 256, 15)]
    else:
        # Here and not above: numpy comes with them, and no legend is drawn before the first paint.
        from cnnviz.core.colour import lut
        from cnnviz.ui.painters.sheet import scale_of

        table = lut(scale_of(Theme(DARK if palette == DARK.name else LIGHT)), 33)
        colours = [QColor(*(int(c) for c in row)) for row in table[0 if signed else 16 :]]
    image = QImage(len(colours), 1, QImage.Format.Format_RGB32)
    for place, tone in enumerate(colours):
        image.setPixelColor(place, 0, tone)
    return image
