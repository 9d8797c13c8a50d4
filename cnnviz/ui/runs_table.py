"""The recorded runs as a table."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from PyQt6.QtCore import QSignalBlocker, Qt, pyqtSignal
from PyQt6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from cnnviz.control.language import tr, tr_name, tr_problem
from cnnviz.core.numbers import number, percent, thousands
from cnnviz.core.problem import mark
from cnnviz.core.recorded import RunRow, RunState
from cnnviz.ui.theme import Theme

COLUMNS = (
    (mark("name"), 2.5),
    (mark("network"), 2.0),
    (mark("data"), 2.6),
    (mark("begun"), 1.85),
    (mark("batches · epochs"), 1.7),
    (mark("loss"), 0.9),
    (mark("test accuracy"), 1.3),
    (mark("size"), 1.15),
    (mark("state"), 1.4),
)
"""English heading of a column, and its share of the width."""

NAME, LAST = 0, len(COLUMNS) - 1

RIGHT = frozenset({4, 5, 6, 7})
"""Columns of numbers."""


class RunsTable(QTableWidget):
    """One line a run; several can be selected.  A name is edited in its cell."""

    chosen = pyqtSignal()
    """Other runs are selected."""
    renamed = pyqtSignal(object, str)
    """The row and its new name."""
    opened = pyqtSignal(Path)
    """A run was double-clicked, or Enter was pressed on it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, len(COLUMNS), parent)
        self.rows: tuple[RunRow, ...] = ()
        self.here: Path | None = None
        self._row_height = 28
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self._above().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._above().setHighlightSections(False)
        beside = self.verticalHeader()
        assert beside is not None
        beside.hide()
        self.itemSelectionChanged.connect(self.chosen)
        self.itemChanged.connect(self._edited)
        self.itemActivated.connect(lambda item: self.opened.emit(self.rows[item.row()].path))
        self.retranslate()

    def _above(self) -> QHeaderView:
        above = self.horizontalHeader()
        assert above is not None
        return above

    # --- what is selected ------------------------------------------------------------------

    @property
    def selected(self) -> tuple[RunRow, ...]:
        """In the order of the table."""
        model = self.selectionModel()
        found = sorted(index.row() for index in model.selectedRows()) if model is not None else []
        return tuple(self.rows[place] for place in found if place < len(self.rows))

    def select(self, paths: tuple[Path, ...]) -> None:
        """Select these runs and no others."""
        if paths == tuple(row.path for row in self.selected):
            return
        with QSignalBlocker(self):
            self.clearSelection()
            mode = self.selectionMode()
            self.setSelectionMode(QAbstractItemView.SelectionMode.MultiSelection)
            for place, row in enumerate(self.rows):
                if row.path in paths:
                    self.selectRow(place)
            self.setSelectionMode(mode)
        self.chosen.emit()

    def edit_name(self) -> None:
        """Let the name of the selected run be typed."""
        selected = self.selected
        if len(selected) == 1:
            item = self.item(self.rows.index(selected[0]), NAME)
            if item is not None:
                self.setFocus(Qt.FocusReason.OtherFocusReason)
                self.editItem(item)

    @property
    def editing(self) -> bool:
        return self.state() == QAbstractItemView.State.EditingState

    # --- showing ---------------------------------------------------------------------------

    def show_rows(self, rows: tuple[RunRow, ...], here: Path | None) -> None:
        """Show other runs, or the same with other numbers; what is selected stays selected."""
        if self.editing:
            return  # a name is being typed: the next look is soon enough
        selected = tuple(row.path for row in self.selected)
        same = [row.path for row in rows] == [row.path for row in self.rows]
        self.rows, self.here = rows, here
        with QSignalBlocker(self):
            if not same:
                self.clearSelection()
                self.clearSpans()
                self.setRowCount(len(rows))
            for place, row in enumerate(rows):
                self._show_row(place, row)
        if not same:
            self.select(selected)

    def _show_row(self, place: int, row: RunRow) -> None:
        self.setRowHeight(place, self._row_height)
        texts = self._texts(row)
        spanned = row.problem is not None
        if spanned != (self.columnSpan(place, 1) > 1):
            self.setSpan(place, 1, 1, LAST - 1 if spanned else 1)
        for column, text in enumerate(texts):
            item = self.item(place, column)
            if item is None:
                item = QTableWidgetItem()
                side = (
                    Qt.AlignmentFlag.AlignRight if column in RIGHT else Qt.AlignmentFlag.AlignLeft
                )
                item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
                self.setItem(place, column, item)
            flags = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
            if column == NAME and not spanned:
                flags |= Qt.ItemFlag.ItemIsEditable
            if item.flags() != flags:
                item.setFlags(flags)
            if item.text() != text:
                item.setText(text)
            tip = str(row.path) if column == NAME else text
            if item.toolTip() != tip:
                item.setToolTip(tip)

    def _texts(self, row: RunRow) -> tuple[str, ...]:
        if row.problem is not None:
            problem = tr_problem(row.problem)
            return (row.name, problem, "", "", "", "", "", "", tr(row.state.value))
        return (
            tr_name(row.name),
            tr_name(row.network),
            data_text(row),
            begun_text(row.begun),
            f"{thousands(row.steps)} · {row.epochs_done}/{row.epochs}",
            "–" if row.loss != row.loss else number(row.loss, 4),
            "–" if row.accuracy != row.accuracy else percent(row.accuracy, 2),
            f"{number(row.size / 1e6, 1, small=False)} MB",
            self._state(row),
        )

    def _state(self, row: RunRow) -> str:
        if row.path == self.here and row.state is RunState.STOPPED:
            return tr("paused here")
        return tr(row.state.value)

    def as_table(self) -> list[list[str]]:
        """The selected lines as they are shown, with the headings above."""
        return [[tr(name) for name, _ in COLUMNS], *(list(self._texts(r)) for r in self.selected)]

    def _edited(self, item: QTableWidgetItem) -> None:
        row, text = self.rows[item.row()], item.text()
        with QSignalBlocker(self):
            item.setText(tr_name(row.name))  # until the file says the new one
        if text != tr_name(row.name):
            self.renamed.emit(row, text)

    # --- looks -----------------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        """Take another zoom; the colours are the style sheet's."""
        self._row_height = theme.px(28)
        for place in range(self.rowCount()):
            self.setRowHeight(place, self._row_height)

    def retranslate(self) -> None:
        """Write everything again in the language of now."""
        self.setHorizontalHeaderLabels([tr(name) for name, _ in COLUMNS])
        for column in range(len(COLUMNS)):
            item = self.horizontalHeaderItem(column)
            side = Qt.AlignmentFlag.AlignRight if column in RIGHT else Qt.AlignmentFlag.AlignLeft
            if item is not None:
                item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        self.setAccessibleName(tr("recorded runs"))
        self.show_rows(self.rows, self.here)

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]
        viewport = self.viewport()
        width = viewport.width() if viewport is not None else self.width()
        whole, used = sum(share for _, share in COLUMNS), 0
        for column, (_, share) in enumerate(COLUMNS):
            wide = width - used if column == LAST else int(width * share / whole)
            self.setColumnWidth(column, wide)
            used += wide


def data_text(row: RunRow) -> str:
    """What a run learned from: "MNIST, 500 images, shuffled"."""
    text = tr_name(row.data)
    if row.images:
        text = tr("{data}, {count} images", data=text, count=thousands(row.images))
    return tr("{data}, pixels shuffled", data=text) if row.pixel_seed else text


def begun_text(begun: str) -> str:
    """A moment in UTC as the clock here shows it; as it is written if it is no moment."""
    try:
        return f"{datetime.fromisoformat(begun).astimezone():%Y-%m-%d %H:%M}"
    except ValueError:
        return begun
