"""What menus and keys ask of the network's weights: files, and taking edits back."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QProgressDialog, QWidget

from cnnviz.control.controller import Controller
from cnnviz.control.language import tr
from cnnviz.core.numbers import thousands
from cnnviz.engine import torch_file
from cnnviz.ui.file_dialogs import file_to_open, file_to_write, open_dialog

SUFFIXES = (".safetensors", *torch_file.SUFFIXES)
"""Of files that are opened as weights."""

SHOWN_AFTER_MS = 300
"""A file that is read sooner needs no bar."""


class WeightRequests:
    """Carries out what is asked, and shows what takes a while."""

    def __init__(self, window: QWidget, controller: Controller) -> None:
        self._window = window
        self._weights = controller.weights
        self._progress: QProgressDialog | None = None
        self._weights.began.connect(self._began)
        self._weights.ended.connect(self._ended)

    def open(self) -> None:
        kind = tr("Weights ({kinds})", kinds=" ".join(f"*{suffix}" for suffix in SUFFIXES))
        open_dialog(file_to_open(self._window, tr("Open weights"), kind, self.open_path))

    def open_path(self, path: Path) -> None:
        """Put a file's weights in the place of the network's; Undo brings those back."""
        self._weights.open_file(path)

    def save(self) -> None:
        """Ask where the weights go that are shown now, whatever is trained while it is asked."""
        snapshot = self._weights.to_save()
        if snapshot is None:
            return
        title = tr("Save the weights of step {step}", step=thousands(snapshot.step))
        dialog = file_to_write(
            *(self._window, title, "safetensors", tr("Weights ({kinds})", kinds="*.safetensors")),
            then=lambda path: self._weights.save_file(path, snapshot),
        )
        dialog.selectFile(f"{snapshot.network.key}_step_{snapshot.step}.safetensors")
        open_dialog(dialog)

    def _began(self, name: str) -> None:
        self._ended()
        said, cancel = tr("{file}: one moment…", file=name), tr("Cancel")
        progress = QProgressDialog(said, cancel, 0, 0, self._window)
        progress.setWindowTitle("cnnviz")
        progress.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        progress.setMinimumDuration(SHOWN_AFTER_MS)
        progress.setValue(0)  # from here on the time counts; else it is 4 s, whatever was said
        progress.canceled.connect(self._weights.cancel)
        self._progress = progress

    def _ended(self) -> None:
        progress, self._progress = self._progress, None
        if progress is not None:
            progress.canceled.disconnect(self._weights.cancel)  # closing it would be a cancel
            progress.reset()  # ends the timer that would show it
            progress.close()
            progress.deleteLater()
