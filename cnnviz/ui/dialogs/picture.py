"""Of what a picture is made, as what kind of file, how fine, and in which colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QVBoxLayout,
    QWidget,
)

from cnnviz.control.language import tr
from cnnviz.core.problem import mark
from cnnviz.ui.drawn import Drawn, size

PNG, SVG, PDF = ".png", ".svg", ".pdf"

KINDS = (
    (PNG, mark("PNG: pixels")),
    (SVG, mark("SVG: shapes, at any size")),
    (PDF, mark("PDF: one page of shapes")),
)
"""Endings of files, and English names."""

SCALES = (1, 2, 3, 4)


@dataclass(frozen=True)
class PictureChoice:
    """How a picture is made.

    Attributes
    ----------
    ending
        Of the file: one of `KINDS`.
    scale
        Pixels of a PNG for one of the window's.
    light
        In light colours, for print, whatever the window has.
    """

    ending: str = PNG
    scale: int = 2
    light: bool = False


class PictureDialog(QDialog):
    """A choice among the panes that are on the screen."""

    chosen = pyqtSignal(object, object)
    """What is drawn (`Drawn`), and how (`PictureChoice`)."""

    def __init__(
        self,
        offered: Sequence[Drawn],
        first: Drawn,
        choice: PictureChoice,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Picture of a pane"))
        self._offered = offered
        self.pane, self.kind, self.scale = QComboBox(self), QComboBox(self), QComboBox(self)
        for what in offered:
            self.pane.addItem(tr(what.pane.heading))
        self.pane.setCurrentIndex(offered.index(first))
        for ending, name in KINDS:
            self.kind.addItem(tr(name), ending)
        self.kind.setCurrentIndex([ending for ending, _ in KINDS].index(choice.ending))
        self.light = QCheckBox(tr("Light colours, for print"), self)
        self.light.setChecked(choice.light)
        form = QFormLayout()
        form.addRow(tr("Pane"), self.pane)
        form.addRow(tr("File"), self.kind)
        form.addRow(tr("Size"), self.scale)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, self
        )
        buttons.accepted.connect(self._accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addWidget(self.light)
        column.addWidget(buttons)
        self.pane.currentIndexChanged.connect(self._say_sizes)
        self.kind.currentIndexChanged.connect(self._say_sizes)
        self._say_sizes()
        self.scale.setCurrentIndex(SCALES.index(choice.scale))

    def _say_sizes(self) -> None:
        """Sizes in pixels; of shapes there is but one, which any program makes larger."""
        at, whole = max(0, self.scale.currentIndex()), size(self._offered[self.pane.currentIndex()])
        self.scale.clear()
        for scale in SCALES:
            self.scale.addItem(f"{scale}× · {scale * whole.width()}×{scale * whole.height()}")
        self.scale.setCurrentIndex(at)
        self.scale.setEnabled(self.kind.currentData() == PNG)

    def _accept(self) -> None:
        choice = PictureChoice(
            self.kind.currentData(), SCALES[self.scale.currentIndex()], self.light.isChecked()
        )
        self.chosen.emit(self._offered[self.pane.currentIndex()], choice)
        self.accept()
