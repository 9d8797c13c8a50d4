"""The slider over the kept steps of a run, and the row in which it stands under the loss curve."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QRectF, QSignalBlocker, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QHBoxLayout, QSizePolicy, QSlider, QToolButton, QWidget

from cnnviz.control.language import tr
from cnnviz.core.kept import Kept
from cnnviz.core.numbers import thousands
from cnnviz.core.view import View, past_step
from cnnviz.ui.controls import HEIGHT, SIZE, small_controls
from cnnviz.ui.icons import icon
from cnnviz.ui.line import Line
from cnnviz.ui.painters.text import LEFT
from cnnviz.ui.painters.time_slider import groove, paint_time_slider
from cnnviz.ui.theme import Theme

Key = Qt.Key
OWN_KEYS = {
    Key.Key_Left,
    Key.Key_Right,
    Key.Key_Up,
    Key.Key_Down,
    Key.Key_PageUp,
    Key.Key_PageDown,
    Key.Key_Home,
    Key.Key_End,
    Key.Key_Escape,
}

WIDE = 10
"""Kept steps that an arrow key goes with Shift."""


class TimeSlider(QSlider):
    """Every kept step has a place, one as wide as the other; the ends of epochs are marked.

    ← and → go from one to the next, with Shift ten at once, PgUp and PgDown from one end of an
    epoch to the next, Home and End to the first and the last; Escape goes live.
    """

    step_requested = pyqtSignal(int)
    move_requested = pyqtSignal(int)
    """So many kept steps later, or earlier; before live stands the newest one that is kept."""
    live_requested = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = Theme()
        self._kept = Kept()
        self._past: int | None = None
        self._marks: tuple[float, ...] = ()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.valueChanged.connect(self._moved)

    def look(self, kept: Kept, past: int | None) -> None:
        """Stand at a kept step, or at the end if what is shown is live."""
        if kept is self._kept and past == self._past:
            return
        if kept is not self._kept:
            last = max(1, len(kept) - 1)
            self._marks = tuple((kept.places_of_epoch_ends() / last).tolist())
        self._kept, self._past = kept, past
        with QSignalBlocker(self):
            self.setRange(0, max(0, len(kept) - 1))
            self.setValue(self.maximum() if past is None else kept.place_of(past))
        self.update()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(160), self._theme.px(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(60), self._theme.px(20))

    def _moved(self, place: int) -> None:
        if len(self._kept):
            self._past = self._kept.step_at(place)
            self.update()  # at once: the step itself comes when it has been read
            self.step_requested.emit(self._past)

    def _drag_to(self, x: float) -> None:
        bar = groove(QRectF(self.rect()), self._theme)
        place = round((x - bar.left()) / bar.width() * self.maximum())
        place = min(max(place, 0), self.maximum())
        if place != self.value():
            self.setValue(place)
        elif self._past is None:
            self._moved(place)  # the last one of the past, where live was

    # --- events -------------------------------------------------------------------------------

    def event(self, event: QEvent | None) -> bool:
        override = QEvent.Type.ShortcutOverride
        if isinstance(event, QKeyEvent) and event.type() == override and event.key() in OWN_KEYS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is None or not len(self._kept):
            return
        pressed = event.key()
        by = WIDE if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        step = self._kept.step_at(self.value())
        if pressed in (Key.Key_Left, Key.Key_Down):
            self.move_requested.emit(-by)
        elif pressed in (Key.Key_Right, Key.Key_Up):
            self.move_requested.emit(by)
        elif pressed == Key.Key_PageUp:
            self._go(self._kept.place_of(self._kept.next_epoch_end(step, -1)))
        elif pressed == Key.Key_PageDown:
            self._go(self._kept.place_of(self._kept.next_epoch_end(step, 1)))
        elif pressed == Key.Key_Home:
            self._go(0)
        elif pressed == Key.Key_End:
            self._go(self.maximum())
        elif pressed == Key.Key_Escape:
            self.live_requested.emit()
            self.clearFocus()
        else:
            super().keyPressEvent(event)

    def _go(self, place: int) -> None:
        self.setValue(min(max(place, 0), self.maximum()))

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._drag_to(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and self.isSliderDown():
            self._drag_to(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        self.setSliderDown(False)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        share = self.value() / max(1, self.maximum())
        rect, past = QRectF(self.rect()), self._past is not None
        paint_time_slider(painter, rect, share, self._marks, past, self.hasFocus(), self._theme)
        painter.end()


class TimeRow(QWidget):
    """Film, slider, the step that is looked at, the way back to now, and a branch from there."""

    time_requested = pyqtSignal(int)
    """Everything is to be shown as it was at this step."""
    time_move_requested = pyqtSignal(int)
    """… as it was so many kept steps later, or earlier."""
    film_requested = pyqtSignal()
    live_requested = pyqtSignal()
    branch_requested = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = Theme()
        self._filming = False
        self.film, self.live, self.branch = QToolButton(self), QToolButton(self), QToolButton(self)
        self.slider, self.label = TimeSlider(self), Line(LEFT, self)
        self.slider.step_requested.connect(self.time_requested)
        self.slider.move_requested.connect(self.time_move_requested)
        self.slider.live_requested.connect(self.live_requested)
        self.film.clicked.connect(self.film_requested)
        self.live.clicked.connect(self.live_requested)
        self.branch.clicked.connect(self.branch_requested)
        for button in (self.film, self.live, self.branch):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._row = QHBoxLayout(self)
        for part in (self.film, self.slider, self.label, self.live, self.branch):
            self._row.addWidget(part, 1 if part is self.slider else 0)
        self.say()
        self.set_theme(self._theme)
        self.hide()

    def look(self, view: View) -> None:
        """Show where in its run a view is."""
        self.slider.look(view.kept, None if view.followed else view.past)
        step = past_step(view)
        number = thousands(view.progress.step if step is None else step)
        if step is None:
            self.label.say(number)
        else:
            self.label.say(
                tr("{step} of {count}", step=number, count=thousands(view.progress.step))
            )
        self.live.setEnabled(view.past is not None and not view.followed)
        self.branch.setEnabled(view.past is not None)
        if view.filming != self._filming:
            self._filming = view.filming
            self.say()

    def set_theme(self, theme: Theme) -> None:
        """Take other colours or another zoom."""
        self._theme = theme
        self._row.setContentsMargins(theme.px(8), 0, theme.px(8), 0)
        self._row.setSpacing(theme.px(4))
        for button in (self.film, self.live, self.branch):
            button.setStyleSheet(small_controls(theme))
            button.setFont(theme.font(SIZE))
        self.slider.set_theme(theme)
        self.label.set_theme(theme)
        self.say()

    def say(self) -> None:
        """Take the words from the language of the window."""
        self.film.setIcon(icon("pause" if self._filming else "play", self._theme.palette.text))
        self.film.setToolTip(
            tr("Pause the film") if self._filming else tr("Play training back (Shift+Space)")
        )
        self.live.setText(tr("Live"))
        self.live.setToolTip(tr("Show the newest weights again (Shift+L)"))
        self.branch.setText(tr("Branch"))
        self.branch.setToolTip(tr("A new run that goes on from the step that is shown (Ctrl+B)"))
        self.slider.setToolTip(tr("Steps whose weights are kept; lines mark the ends of epochs"))
        self.slider.setAccessibleName(tr("training step"))
        self.film.setAccessibleName(self.film.toolTip())
