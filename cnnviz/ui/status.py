"""The line at the bottom: how far training is, how fast, and on what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QProgressBar, QStatusBar, QToolButton, QWidget

from cnnviz.control.language import tr
from cnnviz.core.numbers import duration, thousands
from cnnviz.ui.line import Line
from cnnviz.ui.theme import Theme

if TYPE_CHECKING:
    from cnnviz.core.view import Progress, View


class Status(QStatusBar):
    """Shows a view's progress."""

    device_requested = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self.where = Line(parent=self)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.left = Line(parent=self)
        self.rate = Line(parent=self)
        self.device = QToolButton(self)
        self.device.setObjectName("titlebutton")
        self.device.clicked.connect(self.device_requested)
        self.addWidget(self.where)
        self.addWidget(self.bar)
        self.addWidget(self.left)
        for part in (self.rate, self.device):
            self.addPermanentWidget(part)

    def set_theme(self, theme: Theme) -> None:
        self.bar.setFixedWidth(theme.px(190))
        for line in (self.where, self.left, self.rate):
            line.set_theme(theme)

    def look(self, view: View) -> None:
        """Show how far a view's training is."""
        progress, settings = view.progress, view.settings
        if not progress.ready or progress.total:
            self.where.say(_awaited(progress))
            # Busy, where it is not known how long it takes.
            self.bar.setRange(0, int(progress.failed) or progress.total)
            self.bar.setValue(progress.done)
            for label in (self.left, self.rate):
                label.say("")
            self.device.hide()
            return
        total = max(1, settings.epochs * progress.batches)
        epoch = min(progress.step // max(1, progress.batches) + 1, settings.epochs)
        batch = progress.step - (epoch - 1) * progress.batches
        where = tr(
            "Epoch {epoch} / {epochs} · batch {batch} / {batches}",
            epoch=epoch,
            epochs=settings.epochs,
            batch=thousands(batch),
            batches=thousands(progress.batches),
        )
        self.where.say(" · ".join(part for part in (_past(view), where) if part))
        self.bar.setRange(0, total)
        self.bar.setValue(min(progress.step, total))
        self.left.say(_what_now(view, total))
        self.rate.say(
            tr("{count} images/s", count=thousands(round(progress.rate))) if progress.rate else ""
        )
        if progress.device is not None:
            tip = tr("Choose the device and the number of threads")
            if (self.device.text(), self.device.toolTip()) != (progress.device.title, tip):
                self.device.setText(progress.device.title)
                self.device.setToolTip(tip)
            self.device.show()


def _past(view: View) -> str:
    """Which step is looked at, if it is not the newest."""
    if view.past is None or view.followed or view.stage is None:
        return ""
    step, count = thousands(view.stage.step), thousands(view.progress.step)
    return tr("step {step} of {count} (past)", step=step, count=count)


def _awaited(progress: Progress) -> str:
    """What is under way, and how far it is where that can be counted."""
    text = tr(progress.waiting) if progress.waiting else ""
    if not progress.total:
        return text
    return f"{text} {thousands(progress.done)} / {thousands(progress.total)}"


def _what_now(view: View, total: int) -> str:
    progress = view.progress
    if view.followed:
        return tr("trained by another process")
    if progress.finished or progress.step >= total:
        return tr("all epochs trained")
    if not progress.running:
        return tr("paused") if progress.step else tr("press T to train")
    if not progress.rate:
        return ""
    seconds = (total - progress.step) * view.settings.batch_size / progress.rate
    return tr("{time} left", time=duration(seconds))
