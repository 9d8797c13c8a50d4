"""The row of buttons that choose a test image."""

from __future__ import annotations

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QSpinBox, QToolButton, QWidget

from cnnviz.control.language import tr
from cnnviz.core.numbers import thousands
from cnnviz.ui.controls import dress_row
from cnnviz.ui.icons import icon
from cnnviz.ui.theme import Theme


class SampleControls(QWidget):
    """Previous, next, a number to type into, a random one, a wrong one.

    What there is no room for is left out from the right; all of it can be reached by a key.
    """

    chosen = pyqtSignal(int)
    """A sample's number was typed; counted from 0."""

    def __init__(self, parent: QWidget, finds_wrong: bool = True) -> None:
        """``finds_wrong``: whether there is a network whose mistakes can be looked for."""
        super().__init__(parent)
        self.setObjectName("samples")
        self._finds_wrong = finds_wrong
        self.previous, self.next = QToolButton(self), QToolButton(self)
        self.number, self.total = QSpinBox(self), QLabel(self)
        self.wrong, self.random = QToolButton(self), QToolButton(self)
        self.number.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.number.setGroupSeparatorShown(True)
        self.number.setAlignment(Qt.AlignmentFlag.AlignRight)
        # A number counts when it has been typed to its end, not at each digit.
        self.number.setKeyboardTracking(False)
        self.number.valueChanged.connect(self._typed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        self.wrong.setVisible(finds_wrong)
        for widget in self._parts:
            row.addWidget(widget)
        row.addStretch(1)
        self._count = -1
        self.show_sample(0, 0)
        self.say()
        self.dress(Theme())

    @property
    def _parts(self) -> tuple[QWidget, ...]:
        parts = (self.previous, self.next, self.number, self.total, self.wrong, self.random)
        return parts if self._finds_wrong else tuple(p for p in parts if p is not self.wrong)

    def show_sample(self, index: int, count: int) -> None:
        """Show which sample of how many there is; −1: a picture of one's own."""
        if count != self._count:
            self._count = count
            self.total.setText(f"/ {thousands(count)}" if count else "")
        self.number.blockSignals(True)
        self.number.setRange(min(1, index + 1), max(1, count, index + 1))
        instead = tr("own") if index < 0 else ""
        if instead != self.number.specialValueText():  # it would write over what is being typed
            self.number.setSpecialValueText(instead)
        if self.number.value() != index + 1:
            self.number.setValue(index + 1)
        self.number.blockSignals(False)

    def _typed(self, value: int) -> None:
        if value:  # 0 stands for a picture of one's own
            self.chosen.emit(value - 1)

    def dress(self, theme: Theme) -> None:
        """Take other colours or another zoom."""
        dress_row(self, self._parts, theme)
        self.number.setFixedWidth(theme.px(66))
        for button, name in ((self.previous, "previous"), (self.next, "next")):
            button.setIcon(icon(name, theme.palette.text))
            button.setIconSize(QSize(theme.px(14), theme.px(14)))
        self._fit()

    def say(self) -> None:
        """Take the words from the language of the window."""
        self.random.setText(tr("Random"))
        self.wrong.setText(tr("A wrong one"))
        for widget, tip in (
            (self.previous, tr("Previous sample (Shift+S)")),
            (self.next, tr("Next sample (S)")),
            (self.number, tr("Number of the test image")),
            (self.random, tr("Random sample (X)")),
            (self.wrong, tr("A test image that the network gets wrong (W)")),
        ):
            widget.setToolTip(tip)
            widget.setAccessibleName(tip)
        self._fit()

    def _fit(self) -> None:
        """Leave out what there is no room for: first the total, then random, then wrong."""
        layout = self.layout()
        gap = layout.spacing() if layout is not None else 0
        widths = {
            part: (part.maximumWidth() if part is self.number else part.sizeHint().width()) + gap
            for part in self._parts
        }
        used = sum(widths.values()) - gap
        for part in (p for p in (self.total, self.random, self.wrong) if p in widths):
            fits = used <= self.width()
            part.setVisible(fits)
            used -= 0 if fits else widths[part]

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._fit()
