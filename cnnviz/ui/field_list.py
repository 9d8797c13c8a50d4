"""Fields one under the other with their legal values, and what stops the one that is touched."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from cnnviz.core.bench_fields import Field
from cnnviz.core.problem import Problem
from cnnviz.ui.field_row import FieldRow
from cnnviz.ui.theme import Theme

PAIRS = ("kernel_size", "stride", "padding", "dilation", "output_padding", "output_size")
"""Fields whose two numbers can be chosen as one."""


class FieldList(QScrollArea):
    """Makes its rows anew only where other fields are to be shown; what is asked for goes up."""

    chosen = pyqtSignal(object, object)
    """A `Field`, and the value that is wanted for it."""
    stopped = pyqtSignal(object)
    """What stops the field that a person is at, a `Problem`, or None."""
    stroke_began = pyqtSignal()
    stroke_ended = pyqtSignal()

    def __init__(
        self, kind: type[FieldRow] = FieldRow, gap: int = 4, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._kind = kind
        self._gap = gap
        self._theme = Theme()
        self._at: FieldRow | None = None
        self.rows: list[FieldRow] = []
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = QWidget(self)
        inner.setObjectName("page")
        self._list = QVBoxLayout(inner)
        self._list.addStretch(1)
        self.setWidget(inner)

    def show_fields(self, found: tuple[Field, ...]) -> None:
        """Show other fields, or another state of the same ones."""
        if [FieldRow.key(row.field) for row in self.rows] != [FieldRow.key(f) for f in found]:
            self._make_rows(found)
        for row, field in zip(self.rows, found, strict=True):
            row.show_field(field)
        self.say_stop()

    def say_stop(self) -> None:
        """Tell again what stops the field that a person is at."""
        stop: Problem | None = None if self._at is None else self._at.stopped_by
        self.stopped.emit(stop)

    def _make_rows(self, found: tuple[Field, ...]) -> None:
        for row in self.rows:
            self._list.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._at = None
        self.rows = [self._kind(field, self) for field in found]
        for place, row in enumerate(self.rows):
            self._list.insertWidget(place, row)
            row.chosen.connect(lambda value, row=row: self.chosen.emit(row.field, value))
            row.touched.connect(lambda row=row: self._touch(row))
            row.stroke_began.connect(self.stroke_began)
            row.stroke_ended.connect(self.stroke_ended)
            row.set_theme(self._theme)

    def follow_tab(self, before: QWidget) -> None:
        """Let Tab come here from another part, and go along the rows, however old they are."""
        for row in self.rows:
            for part in (row.given, row.editor):
                QWidget.setTabOrder(before, part)
                before = part

    def _touch(self, row: FieldRow) -> None:
        if row in self.rows:
            self._at = row
        self.say_stop()

    def set_theme(self, theme: Theme) -> None:
        """Take another zoom; colours come from the window's style sheet."""
        self._theme = theme
        self._list.setContentsMargins(0, 0, theme.px(4), 0)
        self._list.setSpacing(theme.px(self._gap))
        for row in self.rows:
            row.set_theme(theme)

    def retranslate(self) -> None:
        """Write everything again in the language of now."""
        for row in self.rows:
            row.retranslate()
        self.say_stop()
