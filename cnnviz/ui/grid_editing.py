"""Editing grids of numbers in place, with the keyboard: select, type, copy and paste."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QEvent, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import (
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
)
from PyQt6.QtWidgets import QWidget

from cnnviz.control.language import tr_problem
from cnnviz.core.bench import LARGEST_VALUE
from cnnviz.core.grid_selection import (
    Selection,
    following,
    kept,
    moved,
    one_cell,
    whole,
)
from cnnviz.core.grid_text import format_grid, parse_grid, parse_number
from cnnviz.core.problem import Problem
from cnnviz.core.scenes.grids import Grid, Place
from cnnviz.ui.cell_editor import CellEditor
from cnnviz.ui.painters.grids_layout import GridsLayout
from cnnviz.ui.painters.text import width_of
from cnnviz.ui.pane import Pane
from cnnviz.ui.pointing import CHOICES, MOVES

Standard = QKeySequence.StandardKey
Shift, Keypad = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.KeypadModifier


class EditableGrids(Pane):
    """A pane whose cells are edited; it stores what is selected, and never a number.

    While a cell is selected, digits, letters and arrow keys belong to it; Esc gives them back to
    the window.
    """

    stroke_began = pyqtSignal()
    cell_edited = pyqtSignal(str, object, float)
    """Part, index, number.  Between `stroke_began` and `stroke_ended`: undone together."""
    stroke_ended = pyqtSignal()
    block_pasted = pyqtSignal(str, object, object)
    """Part, index of the first cell, (rows, columns) numbers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.selection: Selection | None = None
        self.problem: Problem | None = None
        """Why the last text was refused; shown beside it until something else is done."""
        self.brush = 1.0
        """The number that was entered last."""
        self.editor = CellEditor(self)
        self.editor.kept.connect(self._keep_and_move)
        self.editor.textEdited.connect(self._place_editor)
        self.editor.tabbed.connect(self._keep_and_tab)
        self.editor.cancelled.connect(self.close_editor)
        self.editor.block_pasted.connect(self.paste)
        self.editor.left.connect(self.commit)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def arrangement(self) -> GridsLayout | None:
        """Where the grids stand now."""
        raise NotImplementedError

    def number_at(self, grid: Grid, place: Place) -> float:
        """The number in a cell."""
        raise NotImplementedError

    def describe(self, selection: Selection) -> str:
        """The selected cell in words, for who cannot see it."""
        return ""

    # --- the selection ---------------------------------------------------------------------

    @property
    def editing(self) -> bool:
        """Whether a number is being typed."""
        return self.editor.open

    def select(self, selection: Selection | None) -> None:
        """Choose cells, or none."""
        self.problem = None
        if selection != self.selection:
            self.selection = selection
            self._say_selection()
        self.update()

    def arrange(self) -> None:
        """Keep the selection, and the editor over it, when the grids have moved or changed."""
        if self.selection is not None:
            found = kept(self.selection, self._grids())
            if found is None:
                self.close_editor()
            if found != self.selection:
                self.selection = found
            self._say_selection()
        if self.editing:
            self._place_editor()

    def _say_selection(self) -> None:
        said = "" if self.selection is None else self.describe(self.selection)
        if said != self.accessibleDescription():
            self.setAccessibleDescription(said)

    def _grids(self) -> tuple[Grid, ...]:
        layout = self.arrangement()
        if layout is None:
            return ()
        return tuple(placed.grid for placed in layout.placed if placed.grid.editable)

    # --- edits -----------------------------------------------------------------------------

    def _edit(self, grid: Grid, place: Place, value: float) -> None:
        value = min(max(value, -LARGEST_VALUE), LARGEST_VALUE)
        self.brush = value
        self.cell_edited.emit(grid.part, grid.index(*place), value)

    def _edit_once(self, grid: Grid, places: list[Place], value: float) -> None:
        """One number into these cells, as one step to undo."""
        self.stroke_began.emit()
        for place in places:
            self._edit(grid, place, value)
        self.stroke_ended.emit()

    def copy(self) -> bool:
        """Put the selected cells (the whole grid, where one is) on the clipboard, if there are."""
        clipboard, selection = QGuiApplication.clipboard(), self.selection
        if selection is None or clipboard is None:
            return False
        chosen = selection if selection.several else whole(selection.grid)
        _, _, rows, columns = chosen.rectangle
        values = [self.number_at(selection.grid, place) for place in chosen.places]
        if len(values) < rows * columns:  # a folded vector's last line is shorter
            rows, columns = 1, len(values)
        clipboard.setText(format_grid(np.array(values).reshape(rows, columns)))
        return True

    def paste(self) -> bool:
        """Lay the clipboard's numbers down from the selection on, if there are both."""
        clipboard, selection = QGuiApplication.clipboard(), self.selection
        text = "" if clipboard is None else clipboard.text()
        if selection is None or not text.strip():
            return False
        self.close_editor()
        try:
            values = parse_grid(text)
        except Problem as problem:
            self.refuse(problem)
            return True
        top, left, _, _ = selection.rectangle
        if values.size == 1 and selection.several:
            self._edit_once(selection.grid, selection.places, float(values[0, 0]))
        else:
            index = selection.grid.index(top, left)
            self.block_pasted.emit(selection.grid.part, index, values)
        return True

    def refuse(self, problem: Problem) -> None:
        """Say why something cannot be entered."""
        self.problem = problem
        self.setAccessibleDescription(tr_problem(problem))
        self.update()

    # --- typing ----------------------------------------------------------------------------

    def open_editor(self, text: str | None = None) -> None:
        """Type into the selected cell: over its number, beginning with ``text``, or on in it."""
        selection = self.selection
        if selection is None:
            return
        self.problem = None
        size = self._place_editor()
        if text is None:
            written = format_grid(np.array([[self.number_at(selection.grid, selection.place)]]))
            self.editor.begin(written, False, self.theme, size)
        else:
            self.editor.begin(text, True, self.theme, size)

    def close_editor(self) -> None:
        """Leave the cell as it was."""
        if self.editing:
            self.editor.close_over(self)
        self.problem = None
        self.update()

    def commit(self) -> bool:
        """Keep what is being typed; False if it is refused, and the editor stays."""
        selection = self.selection
        if not self.editing or selection is None:
            return True
        try:
            value = parse_number(self.editor.text())
        except Problem as problem:
            self.refuse(problem)
            self.editor.refused = True
            self.editor.restyle(self.theme, self._font())
            return False
        self.close_editor()
        self._edit_once(selection.grid, [selection.place], value)
        return True

    def _keep_and_move(self, right: int, down: int) -> None:
        if self.commit() and self.selection is not None:
            self.select(moved(self.selection, right, down))

    def _keep_and_tab(self, backward: bool) -> None:
        if self.commit() and self.selection is not None:
            found = following(self.selection, self._grids(), backward)
            self.select(found or one_cell(self.selection.grid, self.selection.place))

    def _font(self) -> int:
        layout, selection = self.arrangement(), self.selection
        placed = layout.grid(selection.grid.key) if layout and selection else None
        return max(14, placed.size.font if placed is not None else 0)

    def _place_editor(self) -> int:
        """Lay the editor over the selected cell; returns the size of its font."""
        layout, selection = self.arrangement(), self.selection
        placed = layout.grid(selection.grid.key) if layout and selection else None
        if placed is None or selection is None:
            return 14
        cell = placed.span(*selection.place)
        font = self._font()
        text = width_of(self.editor.text(), self.theme.font(font)) + self.theme.px(18)
        wide = max(cell.width() + 4, self.theme.px(64), text)
        tall = max(cell.height() + 4, self.theme.px(26))
        rect = QRectF(cell.center().x() - wide / 2, cell.center().y() - tall / 2, wide, tall)
        rect.moveLeft(max(0.0, min(rect.left(), self.width() - wide)))
        rect.moveTop(max(0.0, min(rect.top(), self.height() - tall)))
        self.editor.setGeometry(rect.toRect())
        return font

    # --- keys ------------------------------------------------------------------------------

    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QKeyEvent):
            kind, key = event.type(), event.key()
            # Accepting the override is how a widget takes a key that is a shortcut of the window.
            if kind == QEvent.Type.ShortcutOverride and self._claims(event):
                event.accept()
                return True
            if kind == QEvent.Type.KeyPress and key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
                if self.selection is not None:
                    backward = key == Qt.Key.Key_Backtab
                    self.select(following(self.selection, self._grids(), backward))
                if self.selection is not None:
                    return True
        return super().event(event)

    def _claims(self, event: QKeyEvent) -> bool:
        if self.selection is None:
            return False
        if event.modifiers() & ~(Shift | Keypad):
            return any(map(event.matches, (Standard.Copy, Standard.Paste, Standard.SelectAll)))
        key = Qt.Key(event.key())
        if key in MOVES or key in CHOICES:
            return True
        if key in (Qt.Key.Key_Escape, Qt.Key.Key_Backspace, Qt.Key.Key_Delete, Qt.Key.Key_F2):
            return True
        return event.text().isprintable() and event.text().strip() != ""

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is None:
            return
        selection = self.selection
        if selection is None or not self._claims(event):
            if selection is None and event.key() in CHOICES and self._grids():
                self.select(one_cell(self._grids()[0], (0, 0)))
                return
            super().keyPressEvent(event)
            return
        key = Qt.Key(event.key())
        self.problem = None
        if key in MOVES:
            self.select(moved(selection, *MOVES[key], bool(event.modifiers() & Shift)))
        elif key in CHOICES:
            self.select(moved(selection, 0, 1))
        elif key == Qt.Key.Key_Escape:
            self.select(None)
        elif key == Qt.Key.Key_F2:
            self.open_editor()
        elif key in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            self._edit_once(selection.grid, selection.places, 0.0)
        else:
            self._typed(event, selection)
        self.update()

    def _typed(self, event: QKeyEvent, selection: Selection) -> None:
        if event.matches(Standard.Copy):
            self.copy()
        elif event.matches(Standard.Paste):
            self.paste()
        elif event.matches(Standard.SelectAll):
            self.select(whole(selection.grid))
        elif event.text() and event.text() in "0123456789+-−.,":
            self.open_editor(event.text())

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        super().focusInEvent(event)
        reason = Qt.FocusReason.OtherFocusReason if event is None else event.reason()
        grids = self._grids()
        by_tab = reason in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        if by_tab and self.selection is None and grids:
            backward = reason == Qt.FocusReason.BacktabFocusReason
            grid = grids[-1] if backward else grids[0]
            self.select(one_cell(grid, whole(grid).places[-1 if backward else 0]))
