"""A kernel's numbers, each in a field of its own that can be typed into."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QSignalBlocker, Qt, pyqtSignal
from PyQt6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PyQt6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from cnnviz.control.language import tr
from cnnviz.core.filters import LARGEST_SIDE, Kernel, read_weight
from cnnviz.core.numbers import number
from cnnviz.core.problem import Problem
from cnnviz.ui.theme import Theme

MOVES = {
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class Field(QLineEdit):
    """One number; it counts when it is typed to its end, and Esc brings the old one back."""

    typed = pyqtSignal(str)
    moved = pyqtSignal(int, int)
    """Up or down by a row."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._before = ""
        self._clicked = False
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setMaxLength(16)
        self.editingFinished.connect(self._finish)

    def show_text(self, text: str) -> None:
        """Show what holds, unless something else is being typed."""
        if text == self._before and self.text() == text:
            return
        self._before = text
        self.setText(text)
        self.setCursorPosition(0)

    def put_back(self) -> None:
        """Forget what was typed."""
        self.setText(self._before)

    def _finish(self) -> None:
        if self.text() != self._before:
            self.typed.emit(self.text())

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        super().focusInEvent(event)
        self.selectAll()
        self._clicked = event is not None and event.reason() == Qt.FocusReason.MouseFocusReason

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        super().mouseReleaseEvent(event)
        # The press has put the cursor between the digits; what is typed replaces the number.
        if self._clicked and not self.hasSelectedText():
            self.selectAll()
        self._clicked = False

    def event(self, event: QEvent | None) -> bool:
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and event.key() in MOVES
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        key = Qt.Key(event.key()) if event is not None else None
        if key in MOVES:
            self._finish()
            self.moved.emit(*MOVES[key])
        else:
            super().keyPressEvent(event)


class KernelEditor(QWidget):
    """Shows the chosen kernel; what is typed makes it one's own."""

    number_typed = pyqtSignal(int, int, float)
    divisor_typed = pyqtSignal(float)
    size_chosen = pyqtSignal(int, int)
    refused = pyqtSignal(Problem)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kernel: Kernel | None = None
        self._theme = Theme()
        self._size_label, self._cross = QLabel(self), QLabel("×", self)
        self.rows, self.columns = QSpinBox(self), QSpinBox(self)
        self._divisor_label = QLabel(self)
        self.divisor = Field(self)
        self.divisor.typed.connect(self._type_divisor)
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        for part in (self._size_label, self.rows, self._cross, self.columns):
            line.addWidget(part)
        line.addStretch(1)
        line.addWidget(self._divisor_label)
        line.addWidget(self.divisor)
        self._line = line
        for box in (self.rows, self.columns):
            box.setRange(1, LARGEST_SIDE)
            box.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
            box.setAlignment(Qt.AlignmentFlag.AlignCenter)
            box.setKeyboardTracking(False)
            box.valueChanged.connect(self._choose_size)
        self.too_large = QLabel(self)
        self.too_large.setWordWrap(True)
        self.too_large.setObjectName("muted")
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self.fields: dict[tuple[int, int], Field] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(line)
        column.addLayout(self._grid)
        column.addWidget(self.too_large)
        self._column = column
        self.retranslate()

    def show_kernel(self, kernel: Kernel, plane: int = 0) -> None:
        """Show a kernel's numbers; of three slices that of one channel."""
        self._kernel = kernel
        rows, columns = kernel.size
        fits = max(rows, columns) <= LARGEST_SIDE
        for box, value in ((self.rows, rows), (self.columns, columns)):
            with QSignalBlocker(box):
                box.setMaximum(LARGEST_SIDE if fits else value)
                box.setValue(value)
            box.setEnabled(fits)
        self.divisor.setEnabled(fits)
        self.divisor.show_text(number(kernel.divisor, 4, integral=True))
        self.too_large.setVisible(not fits)
        numbers = kernel.slices[min(plane, len(kernel.slices) - 1)]
        for row in range(LARGEST_SIDE):
            for column in range(LARGEST_SIDE):
                shown = fits and row < rows and column < columns
                field = self.fields.get((row, column))
                if shown and field is None:
                    field = self._make(row, column)
                if field is not None:
                    field.setVisible(shown)
                    if shown:
                        field.show_text(_written(numbers[row][column]))

    def _make(self, row: int, column: int) -> Field:
        field = Field(self)
        field.typed.connect(lambda text: self._type(row, column, text))
        field.moved.connect(lambda down, right: self._go(row + down, column + right))
        self.fields[row, column] = field
        self._grid.addWidget(field, row, column)
        self._dress(field)
        self._name(row, column, field)
        self._order()
        return field

    def _order(self) -> None:
        """Tab goes along the rows, in whichever order the fields were made."""
        fields = [self.fields[place] for place in sorted(self.fields)]
        before: QWidget = self.divisor
        for field in fields:
            QWidget.setTabOrder(before, field)
            before = field

    def _go(self, row: int, column: int) -> None:
        field = self.fields.get((row, column))
        if field is not None and not field.isHidden():
            field.setFocus(Qt.FocusReason.TabFocusReason)

    def _type(self, row: int, column: int, text: str) -> None:
        try:
            self.number_typed.emit(row, column, read_weight(text))
        except Problem as problem:
            self.fields[row, column].put_back()
            self.refused.emit(problem)

    def _type_divisor(self, text: str) -> None:
        try:
            self.divisor_typed.emit(read_weight(text))
        except Problem as problem:
            self.divisor.put_back()
            self.refused.emit(problem)

    def _choose_size(self) -> None:
        self.size_chosen.emit(self.rows.value(), self.columns.value())

    @property
    def editing(self) -> bool:
        """Whether the keyboard is in one of the fields."""
        return any(field.hasFocus() for field in (*self.fields.values(), self.divisor))

    def put_back(self) -> None:
        """Forget what is being typed."""
        for field in (*self.fields.values(), self.divisor):
            if field.hasFocus():
                field.put_back()

    def set_theme(self, theme: Theme) -> None:
        """Take other colours or another zoom."""
        self._theme = theme
        self._column.setSpacing(theme.px(6))
        self._line.setSpacing(theme.px(4))
        self._grid.setSpacing(theme.px(3))
        for field in self.fields.values():
            self._dress(field)
        self._dress(self.divisor)
        self.divisor.setFixedWidth(theme.px(52))
        for box in (self.rows, self.columns):
            box.setFixedWidth(theme.px(38))

    def _dress(self, field: Field) -> None:
        theme, palette = self._theme, self._theme.palette
        field.setFixedHeight(theme.px(24))
        field.setMinimumWidth(theme.px(20))
        ink = palette.text if field is self.divisor else palette.kernel
        field.setStyleSheet(
            f"QLineEdit {{ padding: 0; min-height: 0; color: {ink}; font-size: {theme.px(14)}px; "
            f"border-radius: {theme.px(4)}px; }}"
        )

    def _name(self, row: int, column: int, field: Field) -> None:
        field.setAccessibleName(
            tr("weight in row {row}, column {column}", row=row + 1, column=column + 1)
        )

    def retranslate(self) -> None:
        """Write everything again in the language of now."""
        self._size_label.setText(tr("Size"))
        self._divisor_label.setText(tr("divided by"))
        self.rows.setAccessibleName(tr("rows of the kernel"))
        self.columns.setAccessibleName(tr("columns of the kernel"))
        self.divisor.setAccessibleName(tr("what every weight is divided by"))
        self.too_large.setText(tr("Too large to be edited here."))
        for place, field in self.fields.items():
            self._name(*place, field)


def _written(value: float) -> str:
    """A weight as it stands in a field: three decimals, or as many as it has."""
    text = number(value, 3)
    return text.rstrip("0").rstrip(".") if "." in text and "×" not in text else text
