"""A line of text whose changes move nothing else."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from cnnviz.ui.painters.text import LEFT, RIGHT, width_of, write
from cnnviz.ui.theme import Theme, colour


class Line(QWidget):
    """Shows one line in a place that only grows.

    A QLabel lays the whole main window out anew at every text, which took 10 ms of every update
    while training ran (680 size hints asked for; measured 2026-11).
    """

    def __init__(self, align: Qt.AlignmentFlag = LEFT, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = Theme()
        self._align = align
        self._text = ""
        self._width = 0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)

    def text(self) -> str:
        return self._text

    def say(self, text: str) -> None:
        """Show another text; nothing is drawn where it is the same."""
        if text == self._text:
            return
        self._text = text
        self.setAccessibleName(text)
        self._grow()
        self.update()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._width = 0
        self._grow()
        self.update()

    def _grow(self) -> None:
        needed = round(width_of(self._text, self._theme.font(15))) + self._theme.px(14)
        if needed > self._width:
            self._width = needed
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(self._width, self._theme.px(24))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self._theme.px(20))

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        inner = QRectF(self.rect()).adjusted(self._theme.px(6), 0, -self._theme.px(6), 0)
        palette = self._theme.palette
        ink = colour(palette.text if self._align == RIGHT else palette.muted)
        write(painter, inner, self._text, ink, self._theme.font(15), self._align)
        painter.end()
