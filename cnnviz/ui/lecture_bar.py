"""The foot of a lecture: where one is, what the keys do, and the time."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QLocale, QPointF, QSize, Qt, QTime, QTimer, pyqtSignal
from PyQt6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from cnnviz.control.language import tr, tr_problem
from cnnviz.core.problem import Problem
from cnnviz.ui.theme import Theme, colour

SAID_MS = 12_000
"""How long a sentence stands above the keys: nobody will close it."""

HEIGHT = 44
"""Of the foot without a sentence, in pixels at 100 %."""

CLOCK_MS = 1000


class Dots(QWidget):
    """A dot for each step, those that were gone through filled; a click goes there."""

    step_requested = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = Theme()
        self._count, self._number = 0, 0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_place(self, number: int, count: int) -> None:
        self._count, self._number = count, number
        self.setAccessibleName(tr("step {number} of {count}", number=number + 1, count=count))
        self.setToolTip(self.accessibleName())
        self.updateGeometry()
        self.update()

    @property
    def _pitch(self) -> float:
        """From one dot to the next; closer together where there are many."""
        return self.theme.px(22 if self._count <= 16 else 320 / self._count)

    def sizeHint(self) -> QSize:
        return QSize(round(self._pitch * max(self._count, 1)) + 4, self.theme.px(24))

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        palette, pitch = self.theme.palette, self._pitch
        radius = min(self.theme.px(5), pitch * 0.3)
        for number in range(self._count):
            done = number <= self._number
            painter.setBrush(colour(palette.accent if done else palette.border))
            size = radius * 1.35 if number == self._number else radius
            painter.drawEllipse(QPointF(pitch * (number + 0.5), self.height() / 2), size, size)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and self._count:
            self.step_requested.emit(min(int(event.position().x() / self._pitch), self._count - 1))


class LectureBar(QWidget):
    """Dots, what can be pressed, clock and time taken; above them a sentence, while one is said."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("transport")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.theme = Theme()
        self._typed = ""
        self._elapsed = 0.0
        self._problem: Problem | None = None
        self._hint = ""
        self._written = ("", "", 0)
        self._column, self._row = QVBoxLayout(self), QHBoxLayout()
        row = self._row
        self.said = QLabel(self)
        self.said.setWordWrap(True)
        self.said.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.said.hide()
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.said)
        self._column.addLayout(row, 1)
        self.dots = Dots(self)
        self.middle, self.time = QLabel(self), QLabel(self)
        self.middle.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.middle.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row.addWidget(self.dots)
        row.addWidget(self.middle, 1)
        row.addWidget(self.time)
        self._fading = QTimer(self)
        self._fading.setSingleShot(True)
        self._fading.setInterval(SAID_MS)
        self._fading.timeout.connect(self.dismiss)

    def show_place(self, number: int, count: int) -> None:
        self.dots.show_place(number, count)

    def show_time(self, elapsed: float) -> None:
        """Seconds that the lecture has taken."""
        self._elapsed = elapsed
        clock = QLocale().toString(QTime.currentTime(), QLocale.FormatType.ShortFormat)
        text = f"{clock}   {taken(elapsed)}"
        if self.time.text() != text:
            self.time.setText(text)
            self.time.setToolTip(tr("the time, and how long the lecture has taken"))

    def show_hint(self, text: str) -> None:
        """What can be pressed now."""
        self._hint = text
        self._write()

    def show_typed(self, digits: str) -> None:
        """The number of the step that is being typed; "" for none."""
        self._typed = digits
        self._write()

    def say(self, problem: Problem) -> None:
        """A sentence for a while, in room of its own."""
        self._problem = problem
        self._fading.start()
        self._write_said()

    def dismiss(self) -> bool:
        """Take the sentence away; whether there was one."""
        there = self._problem is not None
        self._problem = None
        self._fading.stop()
        self._write_said()
        return there

    def _write_said(self) -> None:
        """Write the sentence, and take as much room for it as it needs."""
        px, problem = self.theme.px, self._problem
        self.said.setText("" if problem is None else tr_problem(problem))
        high = 0
        if problem is not None:
            self.said.setContentsMargins(px(20), px(6), px(20), 0)
            self.said.setFont(self.theme.font(16))
            self.said.setStyleSheet(f"color: {self.theme.palette.text}; font-size: {px(16)}px")
            high = self.said.heightForWidth(max(self.width(), px(320)))
            self.said.setFixedHeight(high)
        self.said.setVisible(problem is not None)
        if self.height() != px(HEIGHT) + high or self.minimumHeight() != self.height():
            self.setFixedHeight(px(HEIGHT) + high)

    def _write(self) -> None:
        text, ink = self._hint, self.theme.palette.muted
        if self._typed:
            text = tr("to step {number}: Enter", number=self._typed)
            ink = self.theme.palette.accent
        width = self.middle.width()
        if (text, ink, width) == self._written:
            return
        self._written = text, ink, width
        font = self.theme.font(16)
        elide = Qt.TextElideMode.ElideRight
        self.middle.setText(QFontMetrics(font).elidedText(text, elide, max(width, 200)))
        self.middle.setAccessibleName(text)
        self.middle.setStyleSheet(f"color: {ink}; font-size: {self.theme.px(16)}px")

    def set_theme(self, theme: Theme) -> None:
        self.theme = self.dots.theme = theme
        px = theme.px
        self._row.setContentsMargins(px(20), px(4), px(20), px(4))
        self._row.setSpacing(px(16))
        self.time.setStyleSheet(f"color: {theme.palette.muted}; font-size: {px(16)}px")
        self._written = ("", "", 0)
        self.dots.updateGeometry()
        self._write()
        self._write_said()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._write()
        if self._problem is not None:
            self._write_said()

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.LanguageChange:
            self.show_time(self._elapsed)
            self._write()
            self._write_said()


def taken(seconds: float) -> str:
    """ "12:40", or "1:02:40" from an hour on."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
