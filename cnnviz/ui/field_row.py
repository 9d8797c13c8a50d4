"""One field of an operation to be chosen: a slider, a number, a word or a tick."""

from __future__ import annotations

from PyQt6.QtCore import QSignalBlocker, Qt, pyqtSignal
from PyQt6.QtGui import QStandardItemModel
from PyQt6.QtWidgets import (
    QAbstractSlider,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSlider,
    QWidget,
)

from cnnviz.control.language import tr, tr_problem
from cnnviz.core.bench_fields import BOOLEAN, CHOICE, NUMBER, REAL, Field
from cnnviz.core.numbers import MINUS
from cnnviz.core.problem import Problem, mark
from cnnviz.ui.choosing import Choice
from cnnviz.ui.own_keys import keep_own_keys
from cnnviz.ui.theme import Theme

AXES = {0: mark("height"), 1: mark("width")}

SIZES = {
    "channels": mark("input channels"),
    "height": mark("input height"),
    "width": mark("input width"),
    "features": mark("input features"),
}
"""What the fields of the input are called; those of the operation keep PyTorch's names."""


def field_name(field: Field) -> str:
    """ "stride height", "padding_mode", "input width"."""
    if field.name in SIZES:
        return tr(SIZES[field.name])
    if field.name == "padding" and field.kind == CHOICE:
        return tr("padding in words")
    return field.name if field.axis is None else f"{field.name} {tr(AXES[field.axis])}"


class FieldRow(QWidget):
    """Shows a `Field`; only legal values can be chosen, and what stops the others is said."""

    chosen = pyqtSignal(object)
    """Another value, or None where the field is to be left out."""
    touched = pyqtSignal()
    """A person is at it, whether a value changes or not."""
    stroke_began = pyqtSignal()
    stroke_ended = pyqtSignal()

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        self.given = QCheckBox(self)
        self.given.setVisible(field.optional)
        self.given.toggled.connect(self._give)
        self.label = QLabel(self)
        self.label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row.addWidget(self.given)
        row.addWidget(self.label, 5)
        self.editor = self._make_editor(field.kind)
        for part in (self.given, self.editor):
            keep_own_keys(part)
        row.addWidget(self.editor, 5)
        self.value = QLabel(self)
        self.value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.value.setVisible(field.kind == NUMBER)
        row.addWidget(self.value)
        self.show_field(field)
        self.retranslate()

    @staticmethod
    def key(field: Field) -> tuple[object, ...]:
        """Fields of one key can be shown by the same row, one after the other."""
        return field.name, field.axis, field.kind, field.optional

    @property
    def stopped_by(self) -> Problem | None:
        """What stops the value where it stands: at its lowest, at its highest, or both."""
        field = self.field
        if field.kind not in (NUMBER, REAL):
            return next(iter(field.refused.values()), None)
        ends = [
            problem
            for problem, end in ((field.above, field.highest), (field.below, field.lowest))
            if problem is not None and field.value == end
        ]
        return ends[0] if ends else None

    # --- showing ---------------------------------------------------------------------------

    def show_field(self, field: Field) -> None:
        """Show another state of the same field; nothing is asked for by that."""
        self.field = field
        with QSignalBlocker(self.given), QSignalBlocker(self.editor):
            self.given.setChecked(field.given)
            self._fill(self.editor)
        self.setToolTip("" if (stop := self.stopped_by) is None else tr_problem(stop))

    def _fill(self, editor: QWidget) -> None:
        field = self.field
        if isinstance(editor, QSlider):
            editor.setRange(0, len(field.legal) - 1)
            if field.value in field.legal:
                editor.setValue(field.legal.index(field.value))
            editor.setEnabled(len(field.legal) > 1)
            self.value.setText("–" if field.value is None else _shown(field.value))
        elif isinstance(editor, QDoubleSpinBox):
            editor.setRange(float(field.lowest), float(field.highest))
            if isinstance(field.value, float | int):
                editor.setValue(float(field.value))
            editor.setEnabled(field.given)
        elif isinstance(editor, QComboBox):
            self._fill_choices(editor)
        elif isinstance(editor, QCheckBox):
            editor.setChecked(bool(field.value))
            editor.setEnabled(len(field.legal) > 1)

    def _fill_choices(self, editor: QComboBox) -> None:
        """Every word, those that are not legal now greyed out with the reason in the tool tip."""
        field = self.field
        words: list[object] = [*field.legal, *field.refused]
        if field.value not in words:
            words.insert(0, field.value)
        if [editor.itemData(i) for i in range(editor.count())] != words:
            editor.clear()
            for word in words:
                editor.addItem(self.word(word), word)
        model = editor.model()
        assert isinstance(model, QStandardItemModel)
        for place, word in enumerate(words):
            item = model.item(place)
            if item is not None:
                problem = field.refused.get(word)
                item.setEnabled(problem is None)
                item.setToolTip("" if problem is None else tr_problem(problem))
        editor.setCurrentIndex(words.index(field.value))

    def word(self, value: object) -> str:
        """How a value stands in the list; "" is that numbers are given beside it."""
        return str(value or tr("numbers"))

    # --- asking ----------------------------------------------------------------------------

    def _make_editor(self, kind: str) -> QWidget:
        if kind == NUMBER:
            slider = QSlider(Qt.Orientation.Horizontal, self)
            slider.setPageStep(1)
            slider.valueChanged.connect(lambda place: self._choose(self.field.legal[place]))
            # A key that cannot move it further changes no value, and is when the reason is wanted.
            slider.actionTriggered.connect(self._moved)
            slider.sliderPressed.connect(self._begin)
            slider.sliderReleased.connect(self.stroke_ended)
            return slider
        if kind == REAL:
            box = QDoubleSpinBox(self)
            box.setDecimals(6)
            box.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)  # the arrow keys do it
            box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            box.setStepType(QDoubleSpinBox.StepType.AdaptiveDecimalStepType)
            box.setKeyboardTracking(False)  # "0.5" is one edit and not three
            box.valueChanged.connect(self._choose)
            return box
        if kind == CHOICE:
            combo = Choice(self)
            combo.activated.connect(lambda place: self._choose_word(combo.itemData(place)))
            return combo
        assert kind == BOOLEAN, kind
        tick = QCheckBox(self)
        tick.toggled.connect(self._choose)
        return tick

    def _choose(self, value: object) -> None:
        self.chosen.emit(value)
        self.touched.emit()

    def _choose_word(self, word: object) -> None:
        if word:
            self._choose(word)

    def _begin(self) -> None:
        self.stroke_began.emit()
        self.touched.emit()

    def _moved(self, action: int) -> None:
        if QAbstractSlider.SliderAction(action) is not QAbstractSlider.SliderAction.SliderMove:
            self.touched.emit()

    def _give(self, given: bool) -> None:
        """Fill in a field that was left out with what is used in its place, or leave it out."""
        field = self.field
        self._choose((field.lowest if field.value is None else field.value) if given else None)

    def set_theme(self, theme: Theme) -> None:
        self.value.setFixedWidth(theme.px(34))
        layout = self.layout()
        if layout is not None:
            layout.setSpacing(theme.px(8))

    def retranslate(self) -> None:
        """Write everything again in the language of now."""
        name = field_name(self.field)
        self.label.setText(name)
        self.editor.setAccessibleName(name)
        self.given.setAccessibleName(tr("give {field}", field=name))
        self.given.setToolTip(tr("Not ticked: left out, as in PyTorch"))
        if isinstance(self.editor, QComboBox):
            self.editor.clear()
        self.show_field(self.field)


def _shown(value: object) -> str:
    return str(value).replace("-", MINUS)
