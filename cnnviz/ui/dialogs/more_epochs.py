"""How many epochs a run whose epochs are all trained is to go on for."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QInputDialog, QWidget

from cnnviz.control.language import tr
from cnnviz.core.view import View

MOST = 10_000
"""Epochs of a run in all; as many as the settings offer."""


class MoreEpochsDialog(QInputDialog):
    """Asks for a number of epochs, and says how many the run has then."""

    epochs_chosen = pyqtSignal(int)
    """In all."""

    def __init__(self, view: View, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        done = view.settings.epochs
        self.setWindowTitle(tr("Train on"))
        self.setInputMode(QInputDialog.InputMode.IntInput)
        self.setIntRange(1, max(1, MOST - done))
        self.setIntValue(min(done, 5))
        self.setLabelText(
            tr("All {epochs} epochs of this run are trained. How many more?", epochs=done)
        )
        self.intValueSelected.connect(lambda more: self.epochs_chosen.emit(done + more))
