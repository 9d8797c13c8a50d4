"""Which devices were found, and which one trains; how many cores torch may use."""

from __future__ import annotations

import os

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from cnnviz.control.language import tr
from cnnviz.core.view import View


class DeviceDialog(QDialog):
    """A choice among what torch found; the run begins again on what is chosen."""

    chosen = pyqtSignal(str, int)

    def __init__(self, view: View, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Device and threads"))
        column = QVBoxLayout(self)
        found = view.progress.devices
        text = (
            tr("PyTorch found these devices:")
            if found
            else tr("PyTorch is still being loaded; the devices are not known yet.")
        )
        column.addWidget(QLabel(text, self))
        self.choices = {"auto": QRadioButton(tr("the fastest there is"), self)}
        for device in found:
            self.choices[device.key] = QRadioButton(f"{device.title} ({device.key})", self)
        for key, button in self.choices.items():
            button.setChecked(key == view.settings.device)
            column.addWidget(button)
        if not any(device.key.startswith(("cuda", "mps")) for device in found) and found:
            note = QLabel(tr("No graphics card that PyTorch can use was found."), self)
            note.setObjectName("muted")
            column.addWidget(note)
        form = QFormLayout()
        cores = os.cpu_count() or 1
        self.threads = QSpinBox(self)
        self.threads.setRange(1, cores)
        self.threads.setValue(view.settings.threads)
        form.addRow(tr("Threads for PyTorch (of {count} cores)", count=cores), self.threads)
        column.addLayout(form)
        note = QLabel(
            tr(
                "All cores are fastest on a quiet machine. With another busy program, one fewer is "
                "faster. Float sums depend on the number of threads, so a new run begins."
            ),
            self,
        )
        note.setWordWrap(True)
        note.setObjectName("muted")
        column.addWidget(note)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, self
        )
        buttons.accepted.connect(self._accept)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)

    def _accept(self) -> None:
        key = next((key for key, button in self.choices.items() if button.isChecked()), "auto")
        self.chosen.emit(key, self.threads.value())
        self.accept()
