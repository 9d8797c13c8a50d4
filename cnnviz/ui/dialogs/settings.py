"""How the network is trained: one line a field of `TrainingSettings`."""

from __future__ import annotations

from dataclasses import replace

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QSpinBox,
    QWidget,
)

from cnnviz.control.language import tr
from cnnviz.core.settings import TrainingSettings
from cnnviz.core.view import View


class SettingsDialog(QDialog):
    """New settings begin a new run: a run with two learning rates could not be told again."""

    settings_chosen = pyqtSignal(TrainingSettings)

    def __init__(self, view: View, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Training settings"))
        self._settings = settings = view.settings
        form = QFormLayout(self)
        self.rate = QDoubleSpinBox(self)
        self.rate.setDecimals(6)
        self.rate.setRange(0.000001, 10.0)
        self.rate.setStepType(QDoubleSpinBox.StepType.AdaptiveDecimalStepType)
        self.rate.setValue(settings.learning_rate)
        self.batch = _number(1, 10_000, settings.batch_size)
        self.epochs = _number(1, 10_000, settings.epochs)
        self.seed = _number(0, 2**31 - 1, settings.seed)
        self.every = _number(0, 100_000, settings.evaluate_every)
        self.images = _number(0, 10_000_000, settings.train_images)
        self.pixels = _number(0, 2**31 - 1, settings.pixel_seed)
        form.addRow(tr("Learning rate (Adam)"), self.rate)
        form.addRow(tr("Batch size"), self.batch)
        form.addRow(tr("Epochs"), self.epochs)
        form.addRow(tr("Seed"), self.seed)
        form.addRow(tr("Batches between two looks at 1,000 test images (0: none)"), self.every)
        form.addRow(tr("Training images to learn from (0: all)"), self.images)
        form.addRow(tr("Shuffle the pixels by this seed (0: not)"), self.pixels)
        self.augmentation = QLabel(self)
        form.addRow(tr("Augmentation"), self.augmentation)
        self._say_augmentation()
        note = QLabel(tr("A new run begins with these settings."), self)
        note.setObjectName("muted")
        form.addRow(note)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok
            | QDialogButtonBox.StandardButton.Cancel
            | QDialogButtonBox.StandardButton.RestoreDefaults,
            self,
        )
        buttons.accepted.connect(self._accept)
        buttons.rejected.connect(self.reject)
        defaults = buttons.button(QDialogButtonBox.StandardButton.RestoreDefaults)
        if defaults is not None:
            defaults.setText(tr("The lecture's settings"))
            defaults.clicked.connect(self._restore)
        form.addRow(buttons)

    def _fill(self, settings: TrainingSettings) -> None:
        self.rate.setValue(settings.learning_rate)
        self.batch.setValue(settings.batch_size)
        self.epochs.setValue(settings.epochs)
        self.seed.setValue(settings.seed)
        self.every.setValue(settings.evaluate_every)
        self.images.setValue(settings.train_images)
        self.pixels.setValue(settings.pixel_seed)

    def _restore(self) -> None:
        """The lecture's settings, and its images as they are."""
        lecture = TrainingSettings()
        self._settings = replace(self._settings, augmentation=lecture.augmentation)
        self._say_augmentation()
        self._fill(lecture)

    def _say_augmentation(self) -> None:
        on = self._settings.augmentation.on
        self.augmentation.setText(tr("on (see Run, Augmentation)") if on else tr("off"))

    def _accept(self) -> None:
        self.settings_chosen.emit(
            replace(
                self._settings,
                learning_rate=self.rate.value(),
                batch_size=self.batch.value(),
                epochs=self.epochs.value(),
                seed=self.seed.value(),
                evaluate_every=self.every.value(),
                train_images=self.images.value(),
                pixel_seed=self.pixels.value(),
            )
        )
        self.accept()


def _number(least: int, most: int, value: int) -> QSpinBox:
    box = QSpinBox()
    box.setRange(least, most)
    box.setGroupSeparatorShown(False)
    box.setValue(value)
    return box
