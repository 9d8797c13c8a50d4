"""The fields of one layer of a network that is edited."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QLabel,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from cnnviz.control.language import tr, tr_problem
from cnnviz.core.bench_fields import NUMBER, Field
from cnnviz.core.draft import Place
from cnnviz.core.draft_fields import draft_fields
from cnnviz.core.network_edits import KINDS
from cnnviz.ui.field_row import FieldRow
from cnnviz.ui.own_keys import keep_own_keys
from cnnviz.ui.theme import Theme

PAIRS = ("kernel_size", "stride", "padding", "dilation", "output_padding", "output_size")
"""Fields whose two numbers can be chosen as one."""

WIDTH = 360
"""Pixels at 100 %."""


class LayerFieldRow(FieldRow):
    """A field of a layer; whole numbers are typed, because they reach into the thousands."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self.value.hide()

    def _make_editor(self, kind: str) -> QWidget:
        if kind != NUMBER:
            return super()._make_editor(kind)
        box = QSpinBox(self)
        box.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)  # keys and wheel count too
        box.setKeyboardTracking(False)  # "128" is one edit and not three
        box.valueChanged.connect(self._choose_number)
        return box

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
        self._theme = Theme()
        self._place: Place | None = None
        self.rows: list[FieldRow] = []
        self._at: FieldRow | None = None
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
        self._column.addWidget(self._scrolled(), 1)
        self._column.addWidget(self.stop)
        self.retranslate()

    def _scrolled(self) -> QScrollArea:
        area = QScrollArea(self)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = QWidget(area)
        inner.setObjectName("page")
        self._list = QVBoxLayout(inner)
        self._list.addStretch(1)
        area.setWidget(inner)
        return area

    def look(self, place: Place | None) -> None:
        """Show the layer that is chosen; None where there is none."""
        self._place = place
        self.setEnabled(place is not None)
        kind = "" if place is None else place.operation.kind
        self.kind.setCurrentIndex(KINDS.index(kind) if kind in KINDS else -1)
        self.linked.setVisible(
            place is not None and any(hasattr(place.operation, n) for n in PAIRS)
        )
        self._show_fields()

    def enter(self) -> None:
        """Take the keyboard: the first field, or the kind where there is none."""
        first = self.rows[0].editor if self.rows else self.kind
        first.setFocus(Qt.FocusReason.TabFocusReason)

    def _show_fields(self) -> None:
        place = self._place
        found = () if place is None else draft_fields(place, self._linked(place))
        if [FieldRow.key(row.field) for row in self.rows] != [FieldRow.key(f) for f in found]:
            self._make_rows(found)
        for row, field in zip(self.rows, found, strict=True):
            row.show_field(field)
        self._say_stop()

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

    def _make_rows(self, found: tuple[Field, ...]) -> None:
        for row in self.rows:
            self._list.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._at = None
        self.rows = [LayerFieldRow(field, self) for field in found]
        for place, row in enumerate(self.rows):
            self._list.insertWidget(place, row)
            row.chosen.connect(lambda value, row=row: self._ask(row, value))
            row.touched.connect(lambda row=row: self._touch(row))
            row.set_theme(self._theme)

    def _ask(self, row: FieldRow, value: object) -> None:
        self.field_requested.emit(row.field.name, value, row.field.axis)

    def _touch(self, row: FieldRow) -> None:
        if row in self.rows:
            self._at = row
        self._say_stop()

    def _say_stop(self) -> None:
        stop = None if self._at is None else self._at.stopped_by
        self.stop.setText("" if stop is None else tr_problem(stop))

    def set_theme(self, theme: Theme) -> None:
        """Take another zoom; colours come from the window's style sheet."""
        self._theme = theme
        self.setFixedWidth(theme.px(WIDTH))
        margin = theme.px(12)
        self._column.setContentsMargins(margin, margin, margin, margin)
        self._column.setSpacing(theme.px(8))
        self._list.setContentsMargins(0, 0, theme.px(4), 0)
        self._list.setSpacing(theme.px(5))
        for row in self.rows:
            row.set_theme(theme)

    def retranslate(self) -> None:
        """Write everything again in the language of now."""
        self.kind.setAccessibleName(tr("operation"))
        self.kind.setToolTip(tr("Put another kind of layer in its place"))
        self.linked.setText(tr("height and width alike"))
        for row in self.rows:
            row.retranslate()
        self._say_stop()
