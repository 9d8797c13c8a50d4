"""A sentence, and a list of what can be done about it."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QListWidgetItem, QVBoxLayout, QWidget

from cnnviz.ui.choosing import ChoiceList


class ChoiceDialog(QDialog):
    """Offers a few things by their names; a double click or Return takes one."""

    chosen = pyqtSignal(int)
    """Its place in the list."""

    def __init__(
        self, sentence: str, question: str, names: list[str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("cnnviz")
        column = QVBoxLayout(self)
        for text in (sentence, question):
            label = QLabel(text, self)
            label.setWordWrap(True)
            column.addWidget(label)
        self.list = ChoiceList(self)
        self.list.setAccessibleName(question)
        for name in names:
            self.list.addItem(QListWidgetItem(name))
        self.list.setCurrentRow(0)
        self.list.itemActivated.connect(lambda _item: self.accept())
        column.addWidget(self.list)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, self
        )
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
        self.accepted.connect(lambda: self.chosen.emit(self.list.currentRow()))
        self.list.setFocus()
