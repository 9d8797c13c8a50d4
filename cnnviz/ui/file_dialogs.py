"""Asking for files while the window goes on behind the question."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QStandardPaths, Qt
from PyQt6.QtWidgets import QDialog, QFileDialog, QWidget

from cnnviz.control.language import tr
from cnnviz.core.picture import SUFFIXES

Place = QStandardPaths.StandardLocation
Then = Callable[[Path], object]


def open_dialog(dialog: QDialog) -> None:
    """Open a dialog without a loop of its own: timers, training and stepping go on."""
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()


def folder_of(place: Place) -> str:
    """Where files of a kind are looked for first."""
    folder = QStandardPaths.writableLocation(place)
    # Or its name would be offered as that of a file.
    return folder if Path(folder).is_dir() else str(Path.home())


def file_to_open(
    parent: QWidget, title: str, kind: str, then: Then, folder: str = ""
) -> QFileDialog:
    """Let a file be chosen that there is; the documents' folder is offered, or another."""
    dialog = QFileDialog(parent, title, folder or folder_of(Place.DocumentsLocation))
    dialog.setNameFilters([kind, tr("All files (*)")])
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.fileSelected.connect(lambda name: then(Path(name)))
    return dialog


def picture_to_open(parent: QWidget, then: Then) -> QFileDialog:
    """Let a picture be chosen."""
    kind = tr("Pictures ({names})", names=" ".join(f"*{suffix}" for suffix in SUFFIXES))
    return file_to_open(parent, tr("Open picture"), kind, then, folder_of(Place.PicturesLocation))


def file_to_write(
    parent: QWidget, title: str, suffix: str, kind: str, then: Then, folder: str = ""
) -> QFileDialog:
    """Let a file be named, an existing one only if it may be replaced; likewise."""
    dialog = QFileDialog(parent, title, folder or folder_of(Place.DocumentsLocation))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(suffix)
    dialog.setNameFilters([kind])
    dialog.fileSelected.connect(lambda name: then(Path(name)))
    return dialog
