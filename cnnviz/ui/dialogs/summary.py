"""The summary of a network as a table that can be copied, as text or for a spreadsheet."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from cnnviz.control.language import tr
from cnnviz.core.network import Network
from cnnviz.core.numbers import shape as shape_text
from cnnviz.core.numbers import thousands
from cnnviz.core.problem import mark
from cnnviz.core.summary import summarised
from cnnviz.export.table import as_tabs, summary_table, summary_text

COLUMNS = (mark("layer"), mark("output shape"), mark("parameters"), mark("multiply–adds"))


class SummaryDialog(QDialog):
    """A row a layer, and the totals below."""

    def __init__(self, network: Network, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.summary = summarised(network)
        title = tr(network.title)
        self.setWindowTitle(tr("Summary of {title}", title=title))
        column = QVBoxLayout(self)
        self.table = self._table()
        column.addWidget(self.table, 1)
        self.totals = QLabel(self._totals(), self)
        self.totals.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self.totals)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.as_text = buttons.addButton(tr("Copy as text"), QDialogButtonBox.ButtonRole.ActionRole)
        self.as_table = buttons.addButton(
            tr("Copy as table"), QDialogButtonBox.ButtonRole.ActionRole
        )
        assert self.as_text is not None
        assert self.as_table is not None
        self.as_text.setToolTip(tr("Laid out with spaces, for a font of one width"))
        self.as_table.setToolTip(tr("With tabs between the cells, for a spreadsheet"))
        self.as_text.clicked.connect(lambda: _copy(summary_text(self.summary)))
        self.as_table.clicked.connect(lambda: _copy(as_tabs(summary_table(self.summary))))
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
        size = parent.size() if parent is not None else self.sizeHint()
        self.resize(round(size.width() * 0.55), round(size.height() * 0.85))

    def _table(self) -> QTableWidget:
        rows = self.summary.rows
        table = QTableWidget(len(rows), len(COLUMNS), self)
        table.setHorizontalHeaderLabels([tr(column) for column in COLUMNS])
        table.setAccessibleName(tr("layers"))
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setShowGrid(False)
        beside = table.verticalHeader()
        above = table.horizontalHeader()
        assert beside is not None
        assert above is not None
        beside.hide()
        above.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        for place, row in enumerate(rows):
            cells = (
                row.name,
                shape_text(row.output_shape),
                thousands(row.parameters),
                thousands(row.products),
            )
            for column, text in enumerate(cells):
                item = QTableWidgetItem(text)
                left = Qt.AlignmentFlag.AlignLeft if column == 0 else Qt.AlignmentFlag.AlignRight
                item.setTextAlignment(left | Qt.AlignmentFlag.AlignVCenter)
                table.setItem(place, column, item)
        return table

    def _totals(self) -> str:
        summary = self.summary
        lines = [
            tr("parameters: {count}, all of them trained", count=thousands(summary.parameters)),
            tr("multiply–adds of one image: {count}", count=thousands(summary.products)),
        ]
        if summary.kept:
            lines.append(
                tr("running means and variances, not trained: {count}",
                   count=thousands(summary.kept))
            )  # fmt: skip
        return "\n".join(lines)


def _copy(text: str) -> None:
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    clipboard.setText(text)
