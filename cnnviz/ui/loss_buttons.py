"""The buttons of the loss pane: back, the whole curve, logarithmic or linear."""

from __future__ import annotations

from PyQt6.QtWidgets import QToolButton, QWidget

from cnnviz.control.language import tr
from cnnviz.ui.controls import ControlRow


class LossButtons(ControlRow):
    """A row as wide as it needs to be; ``back`` and ``whole`` are there while a part is shown."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.back, self.whole, self.log = QToolButton(self), QToolButton(self), QToolButton(self)
        self.log.setCheckable(True)
        self.fill(self.back, self.whole, self.log)
        self.show_state(log_scale=True, zoomed=False)

    def show_state(self, log_scale: bool, zoomed: bool) -> None:
        """Show which axis there is, and whether there is anything to go back from."""
        self.log.setChecked(log_scale)
        self.back.setVisible(zoomed)
        self.whole.setVisible(zoomed)

    def say(self) -> None:
        for button, text, tip in (
            (self.back, tr("Back"), tr("Back to what was shown before (Backspace)")),
            (self.whole, tr("Whole"), tr("Show the whole curve again (0)")),
            (self.log, tr("Log"), tr("Logarithmic or linear axis for the loss")),
        ):
            button.setText(text)
            button.setToolTip(tip)
