"""What is filmed, from where to where, how large, how fast, and as what kind of file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PyQt6.QtCore import QSignalBlocker, pyqtSignal
from PyQt6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from cnnviz.control.language import tr, tr_problem
from cnnviz.core.cursor import Cursor
from cnnviz.core.film import RATES, Pacing, Shots, length_of, measured, stepped, trained
from cnnviz.core.network import Network
from cnnviz.core.numbers import duration, thousands
from cnnviz.core.problem import Problem, mark
from cnnviz.core.scenes.confusion import without_matrix
from cnnviz.core.timeline import Unit, frame_count
from cnnviz.core.view import View
from cnnviz.export.film import FORMATS
from cnnviz.ui.film_screen import BY_TRAINING, CONFUSION
from cnnviz.ui.transport import UNIT_NAMES
from cnnviz.ui.workspace import PAIR

SIZES = ((1280, 720), (1920, 1080))

TRAINING = -1
"""Stands for a unit: the kept training steps."""

PACINGS = {
    Pacing.PLAYED: mark("as played: slow at first, then faster"),
    Pacing.SLOW: mark("every step, slowly"),
    Pacing.EVERY: mark("every step, one frame each"),
}

USUAL_RATE = 25


@dataclass(frozen=True)
class FilmChoice:
    """What was chosen."""

    pane: str
    shots: Shots
    size: tuple[int, int]
    rate: int
    ending: str

    @property
    def training(self) -> bool:
        """Whether it is a film of training."""
        return isinstance(self.shots[0].place, int)


class FilmDialog(QDialog):
    """Asks, and says at every change how many pictures and seconds the film has.

    Parameters
    ----------
    panes
        Keys, titles and sizes in pixels of what can be filmed.
    """

    chosen = pyqtSignal(FilmChoice)

    def __init__(
        self,
        view: View,
        panes: Sequence[tuple[str, str, tuple[int, int]]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Film"))
        self._view = view
        self._sizes = {key: size for key, _, size in panes}
        self._make_boxes(panes)
        column = QVBoxLayout(self)
        column.addLayout(self._form())
        self.said = QLabel(self)
        self.said.setWordWrap(True)
        column.addWidget(self.said)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        go = buttons.addButton(tr("Choose the file…"), QDialogButtonBox.ButtonRole.AcceptRole)
        assert go is not None
        self.go = go
        buttons.accepted.connect(self._accept)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
        self._take_pane()

    def _make_boxes(self, panes: Sequence[tuple[str, str, tuple[int, int]]]) -> None:
        self.pane, self.unit, self.size_box = (QComboBox(self) for _ in range(3))
        self.rate, self.pacing, self.format = (QComboBox(self) for _ in range(3))
        for key, title, _ in panes:
            self.pane.addItem(title, key)
        self.first, self.last = QSpinBox(self), QSpinBox(self)
        self.first.setAccessibleName(tr("first frame"))
        self.last.setAccessibleName(tr("last frame"))
        for rate in RATES:
            self.rate.addItem(str(rate), rate)
        self.rate.setCurrentIndex(RATES.index(USUAL_RATE))
        for pacing, text in PACINGS.items():
            self.pacing.addItem(tr(text), pacing)
        for ending, name in FORMATS:
            self.format.addItem(tr(name), ending)
        self.pane.currentIndexChanged.connect(self._take_pane)
        self.unit.currentIndexChanged.connect(self._take_unit)
        for box in (self.rate, self.pacing):
            box.currentIndexChanged.connect(self._count)
        for spin in (self.first, self.last):
            spin.valueChanged.connect(self._count)

    def _form(self) -> QFormLayout:
        form = QFormLayout()
        form.addRow(tr("What"), self.pane)
        form.addRow(tr("Step by"), self.unit)
        row = QHBoxLayout()
        row.addWidget(self.first, 1)
        row.addWidget(QLabel("–", self))
        row.addWidget(self.last, 1)
        form.addRow(tr("Frames"), row)
        form.addRow(tr("Pacing"), self.pacing)
        form.addRow(tr("Size"), self.size_box)
        form.addRow(tr("Frames a second"), self.rate)
        form.addRow(tr("File"), self.format)
        return form

    def _take_pane(self) -> None:
        self._offer_units()
        place = self.size_box.currentIndex()
        self.size_box.clear()
        seen = self._sizes[self.pane.currentData()]
        for width, height in SIZES:
            self.size_box.addItem(f"{width} × {height}", (width, height))
        text = tr("as seen: {width} × {height}", width=seen[0], height=seen[1])
        self.size_box.addItem(text, seen)
        self.size_box.setCurrentIndex(max(0, place))
        self._take_unit()

    def _offer_units(self) -> None:
        """What the chosen pane can be stepped by; what was chosen stays, if it can."""
        # Two runs are compared while they learn.
        first = TRAINING if self.pane.currentData() == PAIR else int(self._view.unit)
        chosen = self.unit.currentData() if self.unit.count() else first
        with QSignalBlocker(self.unit):
            self.unit.clear()
            if self.pane.currentData() not in BY_TRAINING:
                for unit, name in UNIT_NAMES.items():
                    self.unit.addItem(tr(name), int(unit))
            if len(self._view.kept) > 1:
                self.unit.addItem(tr("training step"), TRAINING)
            self.unit.setCurrentIndex(max(0, self.unit.findData(chosen)))

    def _take_unit(self) -> None:
        count = self._frames()
        for spin, value in ((self.first, 1), (self.last, count)):
            spin.blockSignals(True)
            spin.setRange(1, count)
            spin.setValue(value)
            spin.blockSignals(False)
        self._count()

    def _frames(self) -> int:
        unit = self.unit.currentData()
        if unit is None:
            return 1  # which cannot be filmed: see `_check`
        if unit == TRAINING:
            return len(self._view.kept)
        return frame_count(self._view.network, self._view.cursor, Unit(unit))

    def _count(self) -> None:
        """Say how long the film is, or what is wrong with it."""
        try:
            self._check()
            if self.unit.currentData() == TRAINING:
                shots = self._shots()
                count, seconds = len(shots), length_of(shots)
            else:
                count, seconds = measured(*self._stepping())
        except Problem as problem:
            self.said.setText(tr_problem(problem))
            self.go.setEnabled(False)
            return
        said = tr("{count} pictures, {time}", count=thousands(count), time=duration(seconds))
        self.said.setText(said)
        self.go.setEnabled(True)

    def _check(self) -> None:
        """Raises `Problem` with the reason why the pane cannot be filmed at all."""
        if not self.unit.count():
            raise Problem(
                "Training alone changes this: train first, so that there are steps to film."
            )
        shown = self._view.stage if self.pane.currentData() == CONFUSION else None
        reason = "" if shown is None else without_matrix(shown)
        if reason:
            raise Problem(reason)

    def _stepping(self) -> tuple[Network, Cursor, Unit, tuple[int, int], Pacing, int]:
        """What `stepped` and `measured` take."""
        unit = Unit(self.unit.currentData())
        return (self._view.network, self._view.cursor, unit, *self._timing())

    def _timing(self) -> tuple[tuple[int, int], Pacing, int]:
        bounds = self.first.value() - 1, self.last.value() - 1
        return bounds, Pacing(self.pacing.currentData()), int(self.rate.currentData())

    def _shots(self) -> Shots:
        if self.unit.currentData() == TRAINING:
            return trained(self._view.kept, *self._timing())
        return stepped(*self._stepping())

    def _accept(self) -> None:
        choice = FilmChoice(
            self.pane.currentData(),
            self._shots(),
            tuple(self.size_box.currentData()),
            int(self.rate.currentData()),
            self.format.currentData(),
        )
        self.accept()
        self.chosen.emit(choice)
