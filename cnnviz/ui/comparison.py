"""Runs that are compared: their curves, their accuracy by shift, and a table of differences."""

from __future__ import annotations

from typing import Any, ClassVar

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction, QPainter
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnnviz.control.language import tr, tr_name
from cnnviz.core.differences import Difference, differences
from cnnviz.core.problem import mark
from cnnviz.core.recorded import Compared
from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.comparison import curves_scene, shifts_scene
from cnnviz.ui.painters.comparison import paint_comparison
from cnnviz.ui.pane import Pane
from cnnviz.ui.theme import Theme, colour

LOOKS = ("compare_curves", "compare_shifts", "compare_differences")
"""Keys of the actions that choose what is shown, in the order of their buttons."""


class ComparisonChart(Pane):
    """Draws the scene that it was shown last."""

    key: ClassVar[str] = "comparison"
    heading: ClassVar[str] = mark("Comparison of runs")

    def show_scene(self, scene: Any) -> None:
        self.shown = scene
        self.update()

    def paint(self, painter: QPainter, scene: Any) -> None:
        paint_comparison(painter, self.rect().toRectF(), scene, self.theme)


class DifferencesTable(QTableWidget):
    """A line for everything in which the runs differ, a column a run."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = Theme()
        self._shown: tuple[tuple[str, ...], tuple[Difference, ...]] = ((), ())
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        beside, above = self.verticalHeader(), self.horizontalHeader()
        assert beside is not None
        assert above is not None
        beside.hide()
        above.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)

    def show_runs(self, runs: tuple[Compared, ...]) -> None:
        """Show in what other runs differ, or the same ones by now."""
        shown = tuple(run.row.name for run in runs), differences(runs)
        if shown != self._shown:
            self._shown = shown
            self.write()

    def write(self) -> None:
        """Write everything again in the language and the theme of now."""
        names, lines = self._shown
        self.setAccessibleName(tr("in what the runs differ"))
        self.setColumnCount(1 + len(names))
        self.setRowCount(len(lines))
        self.setHorizontalHeaderLabels(["", *map(tr_name, names)])
        for place, line in enumerate(lines):
            self.setRowHeight(place, self._theme.px(26))
            what = tr(line.what, number=line.number)
            values = map(tr_name, line.values) if line.named else line.values
            for column, text in enumerate((what, *values)):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                if column == 0:
                    item.setForeground(colour(self._theme.palette.muted))
                self.setItem(place, column, item)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.write()


class Comparison(QWidget):
    """One of the three looks at the runs that are selected, with a button for each."""

    def __init__(
        self,
        actions: dict[str, QAction],
        beside: QWidget,
        below: QWidget,
        parent: QWidget | None = None,
    ) -> None:
        """``beside`` stands at the right of the buttons, ``below`` between them and the chart."""
        super().__init__(parent)
        self._actions = actions
        self._runs: tuple[Compared, ...] = ()
        self._waiting = ""
        self.curves, self.shifts = ComparisonChart(self), ComparisonChart(self)
        self.differences = DifferencesTable(self)
        self.stack = QStackedWidget(self)
        for part in (self.curves, self.shifts, self.differences):
            self.stack.addWidget(part)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._top = QHBoxLayout()
        for key in LOOKS:
            button = QToolButton(self)
            button.setObjectName("workspace")
            button.setDefaultAction(actions[key])
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self._top.addWidget(button)
        self._top.addStretch(1)
        self._top.addWidget(beside)
        self._column.addLayout(self._top)
        self._column.addWidget(below)
        self._column.addWidget(self.stack, 1)
        self.show_look(0)

    def show_look(self, place: int) -> None:
        """Show another of the three."""
        self.stack.setCurrentIndex(place)
        for other, key in enumerate(LOOKS):
            self._actions[key].setChecked(other == place)
        self.show_runs(self._runs, self._waiting)

    def show_runs(self, runs: tuple[Compared, ...], waiting: str) -> None:
        """Show other runs, or the same ones with longer curves.

        Parameters
        ----------
        waiting
            English text that stands where there are none yet; "": nobody waits for any.
        """
        self._runs, self._waiting = runs, waiting
        shown = self.stack.currentIndex()
        if waiting and not runs:
            for chart in (self.curves, self.shifts):
                chart.show_scene(Empty(waiting))
        elif shown == 0:
            self.curves.show_scene(curves_scene(runs))
        elif shown == 1:
            self.shifts.show_scene(shifts_scene(runs))
        else:
            self.differences.show_runs(runs)

    def set_theme(self, theme: Theme) -> None:
        self._top.setContentsMargins(theme.px(12), theme.px(4), theme.px(12), theme.px(4))
        self._top.setSpacing(theme.px(6))
        for part in (self.curves, self.shifts, self.differences):
            part.set_theme(theme)

    def retranslate(self) -> None:
        """Write everything again in the language of now."""
        self.differences.write()
        self.curves.update()
        self.shifts.update()
