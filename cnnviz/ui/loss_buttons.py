"""The buttons of the loss pane: back, the whole curve, logarithmic or linear."""

from __future__ import annotations

from PyQt6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from cnnviz.control.language import tr
from cnnviz.ui.controls import SIZE, small_controls
from cnnviz.ui.theme import Theme


class LossButtons(QWidget):
    """A row as wide as it needs to be; ``back`` and ``whole`` are there while a part is shown."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.back, self.whole, self.log = QToolButton(self), QToolButton(self), QToolButton(self)
        self.log.setCheckable(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for button in (self.back, self.whole, self.log):
            row.addWidget(button)
        self.say()
        self.dress(Theme())
        self.show_state(log_scale=True, zoomed=False)
        self.hide()

    def show_state(self, log_scale: bool, zoomed: bool) -> None:
        """Show which axis there is, and whether there is anything to go back from."""
        self.log.setChecked(log_scale)
        self.back.setVisible(zoomed)
        self.whole.setVisible(zoomed)

    def dress(self, theme: Theme) -> None:
        """Take other colours or another zoom."""
        layout = self.layout()
        if layout is not None:
            layout.setSpacing(theme.px(4))
        for button in (self.back, self.whole, self.log):
            # On each one: a hidden parent passes no new sheet on to a child measured before.
            button.setStyleSheet(small_controls(theme))
            button.setFont(theme.font(SIZE))

    def say(self) -> None:
        """Take the words from the language of the window."""
        for button, text, tip in (
            (self.back, tr("Back"), tr("Back to what was shown before (Backspace)")),
            (self.whole, tr("Whole"), tr("Show the whole curve again (0)")),
            (self.log, tr("Log"), tr("Logarithmic or linear axis for the loss")),
        ):
            button.setText(text)
            button.setToolTip(tip)
