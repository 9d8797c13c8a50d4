"""The row of buttons that choose a test image."""

from __future__ import annotations

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import QLabel, QSpinBox, QToolButton, QWidget

from cnnviz.control.language import tr
from cnnviz.core.numbers import thousands
from cnnviz.ui.controls import ControlRow
from cnnviz.ui.icons import icon
from cnnviz.ui.theme import Theme


class SampleControls(ControlRow):
    """Previous, next, a number to type into, a random one, a wrong one.

    What there is no room for is left out from the right; all of it can be reached by a key.
    """

    chosen = pyqtSignal(int)
    """A sample's number was typed; counted from 0."""

    def __init__(self, parent: QWidget, finds_wrong: bool = True) -> None:
        """``finds_wrong``: whether there is a network whose mistakes can be looked for."""
        super().__init__(parent)
        self.setObjectName("samples")
        self.previous, self.next = QToolButton(self), QToolButton(self)
        self.number, self.total = QSpinBox(self), QLabel(self)
        self.wrong, self.random = QToolButton(self), QToolButton(self)
        self.number.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.number.setGroupSeparatorShown(True)
        self.number.setAlignment(Qt.AlignmentFlag.AlignRight)
        # A number counts when it has been typed to its end, not at each digit.
        self.number.setKeyboardTracking(False)
        self.number.valueChanged.connect(self._typed)
        self.wrong.setVisible(finds_wrong)
        wrong = (self.wrong,) if finds_wrong else ()
        self._count = -1
        self.show_sample(0, 0)
        self.fill(
            *(self.previous, self.next, self.number, self.total, *wrong, self.random),
            left_out=(self.total, self.random, *wrong),
        )

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
        self.number.setFixedWidth(theme.px(66))
        for button, name in ((self.previous, "previous"), (self.next, "next")):
            button.setIcon(icon(name, theme.palette.text))
            button.setIconSize(QSize(theme.px(14), theme.px(14)))
        super().dress(theme)

    def say(self) -> None:
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
        self.fit()
