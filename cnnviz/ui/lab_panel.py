"""The left of the Lab: what is laid out, every field of it, and the formulas with its numbers."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from cnnviz.control.language import tr, tr_problem
from cnnviz.core.bench import Bench
from cnnviz.core.bench_fields import Field, fields
from cnnviz.core.bench_file import PresetEntry
from cnnviz.core.operations import OPERATIONS, Conv2d, Dropout, Linear
from cnnviz.core.problem import Problem
from cnnviz.core.scenes.bench_facts import fit_facts, parameter_formula, size_facts
from cnnviz.ui.choosing import Choice
from cnnviz.ui.field_list import PAIRS, FieldList
from cnnviz.ui.field_row import SIZES
from cnnviz.ui.own_keys import keep_own_keys
from cnnviz.ui.theme import Theme

WIDTH = 330
"""Pixels at 100 %."""


class LabPanel(QWidget):
    """Shows a `Bench`; what a person asks for goes up as signals."""

    preset_requested = pyqtSignal(str)
    operation_requested = pyqtSignal(str)
    field_requested = pyqtSignal(str, object, object)
    """Name, value, axis (None for both, or where there is no pair)."""
    size_requested = pyqtSignal(str, int)
    """Another size of the input, by its name."""
    stroke_began = pyqtSignal()
    stroke_ended = pyqtSignal()
    random_input_requested = pyqtSignal()
    random_weights_requested = pyqtSignal()
    mask_requested = pyqtSignal(bool)
    equivalent_requested = pyqtSignal()

    def __init__(self, presets: tuple[PresetEntry, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._presets = presets
        self._bench: Bench | None = None
        self._made_of: tuple[object, ...] = ()
        column = QVBoxLayout(self)
        self._column = column
        self.preset = Choice(self)
        self.preset.activated.connect(lambda i: self.preset_requested.emit(presets[i].key))
        self.operation = Choice(self)
        self.operation.activated.connect(
            lambda i: self.operation_requested.emit(self.operation.itemText(i))
        )
        self.operation.addItems(list(OPERATIONS))
        for combo in (self.preset, self.operation):
            combo.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            column.addWidget(combo)
        self._buttons(column)
        self.linked = QCheckBox(self)
        self.linked.setChecked(True)
        self.linked.toggled.connect(self._relink)
        column.addWidget(self.linked)
        self.fields = FieldList(parent=self)
        self.fields.chosen.connect(self._ask)
        self.fields.stopped.connect(self._say_stop)
        self.fields.stroke_began.connect(self.stroke_began)
        self.fields.stroke_ended.connect(self.stroke_ended)
        column.addWidget(self.fields, 1)
        self.facts, self.stop = QLabel(self), QLabel(self)
        for label in (self.facts, self.stop):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            column.addWidget(label)
        self.stop.setObjectName("warning")
        for part in (
            self.random_input,
            self.random_weights,
            self.striking,
            self.equivalent,
            self.linked,
        ):
            keep_own_keys(part)
        self.retranslate()

    def _buttons(self, column: QVBoxLayout) -> None:
        row = QHBoxLayout()
        self.random_input, self.random_weights = QPushButton(self), QPushButton(self)
        self.random_input.clicked.connect(self.random_input_requested)
        self.random_weights.clicked.connect(self.random_weights_requested)
        row.addWidget(self.random_input)
        row.addWidget(self.random_weights)
        column.addLayout(row)
        self.striking = QCheckBox(self)
        self.striking.toggled.connect(self.mask_requested)
        self.equivalent = QPushButton(self)
        self.equivalent.clicked.connect(self.equivalent_requested)
        column.addWidget(self.striking)
        column.addWidget(self.equivalent)

    # --- showing ---------------------------------------------------------------------------

    def look(self, bench: Bench) -> None:
        """Show what is laid out; another number in a cell changes nothing here but the mask."""
        self._bench = bench
        shown = (bench.operation, bench.input.shape, bench.preset, "mask" in bench.parameters)
        if shown == self._made_of:
            return
        self._made_of = shown
        keys = [entry.key for entry in self._presets]
        self.preset.setCurrentIndex(keys.index(bench.preset) if bench.preset in keys else -1)
        self.operation.setCurrentText(bench.operation.kind)
        self.fields.show_fields(self._fields(bench))
        self.fields.follow_tab(self.linked)
        self._show_extras(bench)
        facts = [tr_problem(fact) for fact in (*size_facts(bench.layer), *fit_facts(bench.layer))]
        count = parameter_formula(bench.layer)
        if count:
            facts.append(tr("parameters: {formula}", formula=count))
        self.facts.setText("\n".join(facts))

    def _fields(self, bench: Bench) -> tuple[Field, ...]:
        if not self.linked.isChecked():
            return fields(bench)
        return fields(bench, linked=_equal_pairs(bench))

    def _show_extras(self, bench: Bench) -> None:
        """What only some operations have."""
        operation = bench.operation
        self.random_weights.setEnabled(bool(bench.parameters))
        self.linked.setVisible(any(hasattr(operation, name) for name in PAIRS))
        self.striking.setVisible(isinstance(operation, Dropout))
        self.striking.blockSignals(True)
        self.striking.setChecked("mask" in bench.parameters)
        self.striking.blockSignals(False)
        self.equivalent.setVisible(isinstance(operation, Linear | Conv2d))
        if isinstance(operation, Linear):
            self.equivalent.setText(tr("The same as a convolution"))
        else:
            self.equivalent.setText(tr("The same as a fully connected layer"))

    def _say_stop(self, stop: Problem | None) -> None:
        self.stop.setText("" if stop is None else tr_problem(stop))

    # --- asking ----------------------------------------------------------------------------

    def _ask(self, field: Field, value: object) -> None:
        if field.name in SIZES:
            assert isinstance(value, int)
            self.size_requested.emit(field.name, value)
        else:
            self.field_requested.emit(field.name, value, field.axis)

    def _relink(self) -> None:
        self._made_of = ()
        if self._bench is not None:
            self.look(self._bench)

    # --- looks -----------------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        """Take another zoom; colours come from the window's style sheet."""
        self.setFixedWidth(theme.px(WIDTH))
        margin = theme.px(12)
        self._column.setContentsMargins(margin, margin, margin, margin)
        self._column.setSpacing(theme.px(8))
        self.fields.set_theme(theme)

    def retranslate(self) -> None:
        """Write everything again in the language of now."""
        index = self.preset.currentIndex()
        self.preset.clear()
        self.preset.addItems([tr(entry.title) for entry in self._presets])
        self.preset.setCurrentIndex(index)
        self.preset.setPlaceholderText(tr("Examples of the lectures"))
        self.preset.setAccessibleName(tr("Examples of the lectures"))
        self.preset.setToolTip(tr("Examples of the lectures, with their numbers"))
        self.operation.setAccessibleName(tr("operation"))
        self.operation.setToolTip(tr("The operation that is laid out, by its name in torch.nn"))
        self.random_input.setText(tr("Random input"))
        self.random_weights.setText(tr("Random weights"))
        self.linked.setText(tr("height and width alike"))
        self.striking.setText(tr("train: strike out at random"))
        self.equivalent.setToolTip(tr("The same weights and the same results, laid out otherwise"))
        self.fields.retranslate()
        self._relink()


def _equal_pairs(bench: Bench) -> frozenset[str]:
    """The pairs whose two numbers are the same, which may stay linked."""
    unlinked: dict[str, list[object]] = {}
    for field in fields(bench):
        if field.axis is not None:
            unlinked.setdefault(field.name, []).append(field.value)
    return frozenset(name for name, values in unlinked.items() if len(set(values)) == 1)
