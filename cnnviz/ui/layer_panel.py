"""The fields of one layer of a network that is edited."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from cnnviz.control.language import tr, tr_problem
from cnnviz.core.bench_fields import CHOICE, NUMBER, Field
from cnnviz.core.draft import Place
from cnnviz.core.draft_fields import OUTPUT, draft_fields
from cnnviz.core.network_edits import KINDS
from cnnviz.core.numbers import shape as shape_text
from cnnviz.core.problem import Problem
from cnnviz.core.wires import Output
from cnnviz.ui.field_list import PAIRS, FieldList
from cnnviz.ui.field_row import FieldRow
from cnnviz.ui.own_keys import keep_own_keys
from cnnviz.ui.theme import Theme

WIDTH = 360
"""Pixels at 100 %."""


def output_text(output: Output) -> str:
    """ "4 · Max pool · 16×14×14": the layer, counted from 1, and what it puts out."""
    number = [] if output.layer < 0 else [str(output.layer + 1)]
    return " · ".join([*number, tr(output.title), shape_text(output.shape)])


class LayerFieldRow(FieldRow):
    """A field of a layer; whole numbers are typed, because they reach into the thousands."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self.value.hide()

    def _make_editor(self, kind: str) -> QWidget:
        if kind != NUMBER:
            return super()._make_editor(CHOICE if kind == OUTPUT else kind)
        box = QSpinBox(self)
        box.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)  # keys and wheel count too
        box.setKeyboardTracking(False)  # "128" is one edit and not three
        box.valueChanged.connect(self._choose_number)
        return box

    def word(self, value: object) -> str:
        if self.field.kind != OUTPUT:
            return super().word(value)
        return output_text(value) if isinstance(value, Output) else "–"

    def _fill(self, editor: QWidget) -> None:
        if not isinstance(editor, QSpinBox):
            super()._fill(editor)
            return
        field = self.field
        if field.legal:
            editor.setRange(int(field.lowest), int(field.highest))
        if isinstance(field.value, int):
            editor.setValue(field.value)
        editor.setEnabled(len(field.legal) > 1)

    def _choose_number(self, number: int) -> None:
        """What lies in a gap stands for the next legal number in the direction of the change."""
        before = self.field.value
        rising = not isinstance(before, int) or number > before
        if number not in self.field.legal:
            beyond = [n for n in self.field.legal if (n > number) == rising and n != number]
            self._choose((min if rising else max)(beyond, default=before))
        else:
            self._choose(number)


class LayerPanel(QWidget):
    """Shows a `Place`; what a person asks for goes up as signals."""

    kind_requested = pyqtSignal(str)
    field_requested = pyqtSignal(str, object, object)
    """Name, value, axis (None for both, or where there is no pair)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._place: Place | None = None
        self._wires: tuple[Field, ...] = ()
        self._column = QVBoxLayout(self)
        self.kind = QComboBox(self)
        self.kind.addItems(list(KINDS))
        self.kind.activated.connect(lambda i: self.kind_requested.emit(self.kind.itemText(i)))
        self.linked = QCheckBox(self)
        self.linked.setChecked(True)
        self.linked.toggled.connect(self._show_fields)
        keep_own_keys(self.linked)
        self.stop = QLabel(self)
        self.stop.setObjectName("warning")
        self.stop.setWordWrap(True)
        self._column.addWidget(self.kind)
        self._column.addWidget(self.linked)
        self.fields = FieldList(LayerFieldRow, gap=5, parent=self)
        self.fields.chosen.connect(self._ask)
        self.fields.stopped.connect(self._say_stop)
        self._column.addWidget(self.fields, 1)
        self._column.addWidget(self.stop)
        self.retranslate()

    def look(self, place: Place | None, wires: tuple[Field, ...] = ()) -> None:
        """Show the layer that is chosen (None where there is none), and what it may read."""
        self._place, self._wires = place, wires
        self.setEnabled(place is not None)
        kind = "" if place is None else place.operation.kind
        self.kind.setCurrentIndex(KINDS.index(kind) if kind in KINDS else -1)
        self.linked.setVisible(
            place is not None and any(hasattr(place.operation, n) for n in PAIRS)
        )
        self._show_fields()

    def enter(self) -> None:
        """Take the keyboard: the first field, or the kind where there is none."""
        rows = self.fields.rows
        first = rows[0].editor if rows else self.kind
        first.setFocus(Qt.FocusReason.TabFocusReason)

    def _show_fields(self) -> None:
        place = self._place
        found = () if place is None else draft_fields(place, self._linked(place))
        self.fields.show_fields((*self._wires, *found))

    def _linked(self, place: Place) -> frozenset[str]:
        """The pairs that are chosen as one: those whose numbers are the same."""
        if not self.linked.isChecked():
            return frozenset()
        values = {name: getattr(place.operation, name, None) for name in PAIRS}
        return frozenset(
            name
            for name, value in values.items()
            if not isinstance(value, tuple) or len(set(value)) == 1
        )

    def _ask(self, field: Field, value: object) -> None:
        self.field_requested.emit(field.name, value, field.axis)

    def _say_stop(self, stop: Problem | None) -> None:
        self.stop.setText("" if stop is None else tr_problem(stop))

    def set_theme(self, theme: Theme) -> None:
        """Take another zoom; colours come from the window's style sheet."""
        self.setFixedWidth(theme.px(WIDTH))
        margin = theme.px(12)
        self._column.setContentsMargins(margin, margin, margin, margin)
        self._column.setSpacing(theme.px(8))
        self.fields.set_theme(theme)

    def retranslate(self) -> None:
        """Write everything again in the language of now."""
        self.kind.setAccessibleName(tr("operation"))
        self.kind.setToolTip(tr("Put another kind of layer in its place"))
        self.linked.setText(tr("height and width alike"))
        self.fields.retranslate()
