"""What is wrong with a network that is edited, layer by layer, with remedies to be clicked."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from cnnviz.control.language import tr, tr_problem
from cnnviz.core.draft import Draft, Place
from cnnviz.core.network import Layer
from cnnviz.core.problem import Problem
from cnnviz.core.remedies import Remedy, remedies
from cnnviz.core.scenes.bench_facts import fit_facts, parameter_formula, size_facts
from cnnviz.core.scenes.strip import torch_style
from cnnviz.ui.own_keys import keep_own_keys
from cnnviz.ui.theme import Theme

MOST_SHOWN = 6
"""Layers whose problems are written out; behind one remedy the next come up."""


class Verdict(QScrollArea):
    """Everything that is wrong; where nothing is, the chosen layer's sizes reckoned out."""

    remedy_taken = pyqtSignal(object)
    layer_chosen = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._theme = Theme()
        self._shown: tuple[Draft, Place | None] | None = None
        self.buttons: list[tuple[QPushButton, Remedy]] = []
        self.labels: list[QLabel] = []

    def look(self, draft: Draft, place: Place | None) -> None:
        """Show what is wrong with a draft; ``place`` is the layer that is chosen."""
        self._shown = (draft, place)
        page = QWidget(self)
        page.setObjectName("page")
        column = QVBoxLayout(page)
        margin = self._theme.px(14)
        column.setContentsMargins(margin, margin, margin, margin)
        column.setSpacing(self._theme.px(8))
        self.buttons, self.labels = [], []
        wrong: list[int | None] = [i for i, it in enumerate(draft.places) if it.problem is not None]
        wrong += [None] if draft.ending is not None else []
        for index in wrong[:MOST_SHOWN]:
            self._write_problem(column, draft, index)
        if len(wrong) > MOST_SHOWN:
            self._write(column, tr("… and {count} more", count=len(wrong) - MOST_SHOWN))
        if not wrong:
            self._write(column, tr("Everything fits."))
        if place is not None and place.problem is None:
            self._write_facts(column, place)
        column.addStretch(1)
        self.setWidget(page)

    def _write_problem(self, column: QVBoxLayout, draft: Draft, index: int | None) -> None:
        if index is None:
            assert draft.ending is not None
            said = tr_problem(draft.ending)
            said = said[:1].upper() + said[1:]
        else:
            place = draft.places[index]
            assert place.problem is not None
            name = Problem(
                "Layer {number} ({kind}): {problem}",
                number=index + 1,
                kind=place.operation.kind,
                problem=place.problem,
            )
            said = tr_problem(name)
        self._write(column, said).setObjectName("wrong")
        row = QHBoxLayout()
        row.setSpacing(self._theme.px(8))
        for remedy in remedies(draft, index):
            button = QPushButton(tr_problem(remedy.sentence), self)
            button.clicked.connect(lambda _=False, r=remedy, i=index: self._take(r, i))
            keep_own_keys(button)
            row.addWidget(button)
            self.buttons.append((button, remedy))
        row.addStretch(1)
        column.addLayout(row)

    def _take(self, remedy: Remedy, index: int | None) -> None:
        if index is not None:
            self.layer_chosen.emit(index)
        self.remedy_taken.emit(remedy)

    def _write_facts(self, column: QVBoxLayout, place: Place) -> None:
        layer = Layer(
            place.operation, place.input_shape, place.passed_on, place.parameter_shapes, None, False
        )
        facts = [torch_style(place.operation)]
        facts += [tr_problem(fact) for fact in (*size_facts(layer), *fit_facts(layer))]
        count = parameter_formula(layer)
        if count:
            facts.append(tr("parameters: {formula}", formula=count))
        for fact in facts:
            self._write(column, fact)

    def _write(self, column: QVBoxLayout, text: str) -> QLabel:
        label = QLabel(text, self)
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(label)
        self.labels.append(label)
        return label

    def set_theme(self, theme: Theme) -> None:
        """Take another zoom, and the colour of what is wrong."""
        self._theme = theme
        self.setStyleSheet(f"QLabel#wrong {{ color: {theme.palette.wrong}; }}")
        self.retranslate()

    def retranslate(self) -> None:
        """Write everything again in the language of now."""
        if self._shown is not None:
            self.look(*self._shown)
