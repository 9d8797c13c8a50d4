"""How training images are changed at random, with the present sample before and after."""

from __future__ import annotations

from dataclasses import replace

from PyQt6.QtCore import QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from cnnviz.control.language import tr, tr_problem
from cnnviz.control.variants import VariantsAsker
from cnnviz.core.augmentation import Augmentation, Variants
from cnnviz.core.problem import Problem
from cnnviz.core.settings import TrainingSettings
from cnnviz.ui.painters.variants import paint_variants
from cnnviz.ui.theme import Theme, colour


class VariantsView(QWidget):
    """The sample, and what is made of it."""

    def __init__(self, asker: VariantsAsker, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._image, self._theme = asker.sample.image, theme
        self.variants: Variants | None = None
        self.setMinimumSize(theme.px(330), theme.px(400))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("The present sample, and what is made of it"))

    def show_variants(self, variants: Variants) -> None:
        self.variants = variants
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        try:
            painter.fillRect(self.rect(), colour(self._theme.palette.panel))
            px = self._theme.px
            area = QRectF(self.rect()).adjusted(px(6), px(6), -px(6), -px(4))
            paint_variants(painter, area, self._image, self.variants, self._theme)
        finally:
            painter.end()


class AugmentationDialog(QDialog):
    """Every change is shown at once; a new run begins with what is chosen."""

    settings_chosen = pyqtSignal(TrainingSettings)

    def __init__(
        self,
        settings: TrainingSettings,
        asker: VariantsAsker,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Augmentation"))
        self._settings, self._asker, self._number = settings, asker, 0
        asker.setParent(self)
        self.shift, self.crop = QSpinBox(self), QSpinBox(self)
        self.rotation, self.noise, self.colour = (QDoubleSpinBox(self) for _ in range(3))
        self.flip = QCheckBox(tr("half of them"), self)
        self.again, self.off = QPushButton(tr("Draw again"), self), QPushButton(tr("Off"), self)
        self.view = VariantsView(asker, theme, self)
        self.said = QLabel(self)
        self._lay_out(theme)
        self._fill(settings.augmentation)
        for box in (self.shift, self.crop, self.rotation, self.noise, self.colour):
            box.valueChanged.connect(self._ask)
        self.flip.toggled.connect(self._ask)
        self.again.clicked.connect(self._draw_again)
        self.off.clicked.connect(lambda: self._fill(Augmentation()))
        asker.answered.connect(self._show)
        asker.refused.connect(self._refuse)
        self.finished.connect(lambda _: asker.stop())
        self._ask()

    def _lay_out(self, theme: Theme) -> None:
        coloured = len(self._asker.sample.image) == 3
        _ranges(self.shift, 14, 1, tr(" pixels"))
        _ranges(self.crop, 90, 5, " %")
        _ranges(self.rotation, 180, 5, "°")
        _ranges(self.noise, 1, 0.05, "")
        _ranges(self.colour, 10, 0.1, "")
        self.colour.setEnabled(coloured)
        form = QFormLayout()
        for name, box, tip in (
            (tr("Shift up to"), self.shift, tr("In each direction; what comes in is black")),
            (tr("Rotate up to"), self.rotation, tr("Either way, around the middle")),
            (tr("Mirror"), self.flip, tr("Left for right; digits read otherwise then")),
            (tr("Crop up to"), self.crop,
             tr("Of the sides; the part that is left, from any place, is enlarged")),
            (tr("Noise (deviation)"), self.noise, tr("Added to each value from 0 to 1")),
            (tr("PCA colour, σ of α"), self.colour,
             tr("AlexNet's, with σ = 0.1: Σ pᵢ αᵢ λᵢ is added to each pixel; for colours only")),
        ):  # fmt: skip
            box.setToolTip(tip)
            form.addRow(name, box)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, self
        )
        buttons.accepted.connect(self._accept)
        buttons.rejected.connect(self.reject)
        note = QLabel(
            tr(
                "Drawn anew for each image of each batch, from the run's seed; test images stay as "
                "they are. A new run begins with it."
            ),
            self,
        )
        for label in (note, self.said):
            label.setWordWrap(True)
            label.setObjectName("muted")
        column = QWidget(self)
        column.setFixedWidth(theme.px(320))
        left, drawing = QVBoxLayout(column), QHBoxLayout()
        left.setContentsMargins(0, 0, 0, 0)
        drawing.addWidget(self.again)
        drawing.addWidget(self.off)
        left.addLayout(form)
        left.addLayout(drawing)
        left.addWidget(note)
        left.addWidget(self.said)
        left.addStretch(1)
        left.addWidget(buttons)
        row = QHBoxLayout(self)
        row.addWidget(column)
        row.addWidget(self.view, 1)
        self.resize(theme.px(900), theme.px(620))

    @property
    def augmentation(self) -> Augmentation:
        """What is set."""
        return Augmentation(
            shift=self.shift.value(),
            rotation=self.rotation.value(),
            flip=self.flip.isChecked(),
            crop=self.crop.value() / 100,
            noise=self.noise.value(),
            colour=self.colour.value(),
        )

    def _fill(self, augmentation: Augmentation) -> None:
        self.shift.setValue(augmentation.shift)
        self.rotation.setValue(augmentation.rotation)
        self.flip.setChecked(augmentation.flip)
        self.crop.setValue(round(100 * augmentation.crop))
        self.noise.setValue(augmentation.noise)
        self.colour.setValue(augmentation.colour)

    def _ask(self) -> None:
        self._asker.ask(self.augmentation, self._number)

    def _draw_again(self) -> None:
        self._number += 1
        self._ask()

    def _show(self, variants: Variants) -> None:
        self.said.clear()
        self.view.show_variants(variants)

    def _refuse(self, problem: Problem) -> None:
        self.said.setText(tr_problem(problem))

    def _accept(self) -> None:
        if self.augmentation != self._settings.augmentation:
            self.settings_chosen.emit(replace(self._settings, augmentation=self.augmentation))
        self.accept()


def _ranges(box: QSpinBox | QDoubleSpinBox, most: float, step: float, suffix: str) -> None:
    if isinstance(box, QSpinBox):
        box.setRange(0, int(most))
        box.setSingleStep(int(step))
    else:
        box.setDecimals(2 if step < 1 else 1)
        box.setRange(0, most)
        box.setSingleStep(step)
    box.setSuffix(suffix)
    box.setAlignment(Qt.AlignmentFlag.AlignRight)
