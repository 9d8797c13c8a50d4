"""What films of two runs side by side are drawn on: both sides, never on the screen."""

from __future__ import annotations

from PyQt6.QtCore import QPoint, QSize
from PyQt6.QtGui import QImage, QPainter, QRegion
from PyQt6.QtWidgets import QHBoxLayout, QWidget

from cnnviz.control.paired_steps import PairedSteps
from cnnviz.core.film import view_of
from cnnviz.core.problem import Problem
from cnnviz.core.view import View
from cnnviz.export.film import Picture
from cnnviz.ui.film_screen import pixels
from cnnviz.ui.side import GAP, SideWidget, show_runs
from cnnviz.ui.theme import Theme, colour


class PairScreen(QWidget):
    """Draws both runs at one moment after another, as their page does, without its controls.

    Parameters
    ----------
    steps
        What the two runs are at the step that was read last.
    size
        Width and height of the picture, in pixels.
    """

    def __init__(self, steps: PairedSteps, size: QSize, theme: Theme) -> None:
        super().__init__()
        self._steps = steps
        self._theme = theme
        self.sides = SideWidget(None, self), SideWidget(None, self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(GAP))
        for side in self.sides:
            side.set_theme(theme)
            side.retranslate()
            row.addWidget(side, 1)
        self.resize(size)
        self._image = QImage(size, QImage.Format.Format_RGB32)
        self._show(steps.runs.view)
        self._draw()  # Qt gives every part its place in what is drawn first

    def picture(self, view: View, step: bool = False) -> Picture:
        """The pixels of both sides, where the leading one shows a view."""
        self._show(view)
        self._draw()
        for side in self.sides:
            if any(pane.failed for pane in (side.head, side.input, side.maps, side.prediction)):
                raise Problem("This pane could not be drawn, so that there is no picture of it.")
        return pixels(self._image)

    def _show(self, view: View) -> None:
        show_runs(self.sides, self._steps.runs.seen_from(view_of(view, view.cursor)))

    def _draw(self) -> None:
        self._image.fill(colour(self._theme.palette.border))
        painter = QPainter(self._image)
        try:
            self.render(painter, QPoint(), QRegion(), QWidget.RenderFlag.DrawChildren)
        finally:
            painter.end()
