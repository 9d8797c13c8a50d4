"""What films are drawn on: a pane of its own, never on the screen, with its heading over it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from PyQt6.QtCore import QSize
from PyQt6.QtGui import QImage, QPainter

from cnnviz.control.language import tr
from cnnviz.core.cursor import terms_of
from cnnviz.core.film import view_of
from cnnviz.core.network import Network
from cnnviz.core.numbers import thousands
from cnnviz.core.view import View
from cnnviz.export.film import Picture
from cnnviz.ui.drawn import Drawn, draw, drawn
from cnnviz.ui.pane import Pane
from cnnviz.ui.panes.graph import GraphPane
from cnnviz.ui.panes.grids import GridsPane
from cnnviz.ui.panes.kernels import KernelsPane
from cnnviz.ui.panes.loss import LossPane
from cnnviz.ui.panes.maps import MapsPane
from cnnviz.ui.panes.matrix import MatrixPane
from cnnviz.ui.panes.pooling import PoolingPane
from cnnviz.ui.panes.prediction import PredictionPane
from cnnviz.ui.panes.receptive import ReceptivePane
from cnnviz.ui.panes.stage import StagePane
from cnnviz.ui.panes.strip import StripPane
from cnnviz.ui.theme import Theme, colour
from cnnviz.ui.unseen_pane import UnseenPane

MAKERS: dict[str, Callable[[], Pane]] = {
    "stage": lambda: StagePane(None),
    "network": StripPane,
    "kernels": KernelsPane,
    "maps": MapsPane,
    "loss": LossPane,
    "pooling": PoolingPane,
    "prediction": PredictionPane,
    "receptive": ReceptivePane,
    "matrix": MatrixPane,
    "graph": GraphPane,
    "grids": GridsPane,
}
"""How the panes that can be filmed are made: those that show nothing but a view."""

LAB_PANES = ("grids", "matrix", "graph")
"""Those of the Lab, which has a ledger below each."""


class Screen(UnseenPane):
    """Draws one view after another, as `cnnviz.ui.drawn` draws what the window shows.

    Parameters
    ----------
    key
        One of `MAKERS`.
    size
        Width and height of the picture, in pixels.
    lab
        Whether the views are the Lab's.
    """

    def __init__(self, key: str, size: QSize, theme: Theme, decimals: int, lab: bool) -> None:
        has_ledger = lab and key in LAB_PANES
        super().__init__(MAKERS[key](), theme, decimals, has_ledger, large=True)
        self.resize(size)
        self._image = QImage(size, QImage.Format.Format_RGB32)
        self._at: tuple[Network, int] | None = None
        self._lay_out()

    def shown(self, view: View, step: bool = False) -> Drawn:
        """Show a view; ``step`` if its training step is what the film is about."""
        at = view.network, view.cursor.layer
        if at != self._at:
            # A whole ledger's room from the beginning, or the pictures would jump as it grows.
            self._at = at
            terms = terms_of(view.network.layers[view.cursor.layer])
            self._look(view_of(view, replace(view.cursor, term=terms)))
        self._look(view_of(view, view.cursor))
        text = ""
        if step and view.stage is not None:
            text = tr("step {step}", step=thousands(view.stage.step))
        below = () if self.ledger is None else (self.ledger,)
        return drawn(self.pane, *below, mark=(text, text))

    def image(self, view: View, step: bool = False) -> QImage:
        """Draw a view."""
        what = self.shown(view, step)
        self._image.fill(colour(self.pane.theme.palette.panel))
        painter = QPainter(self._image)
        try:
            draw(what, painter)
        finally:
            painter.end()
        return self._image

    def _look(self, view: View) -> None:
        self.pane.look(view)
        self._share_room(view)
        self._lay_out()

    def picture(self, view: View, step: bool = False) -> Picture:
        """The same as numbers."""
        return pixels(self.image(view, step))


def pixels(image: QImage) -> Picture:
    """(height, width, 3) uint8 of an image."""
    flat = image.convertToFormat(QImage.Format.Format_RGB888)
    bits = flat.constBits()
    assert bits is not None, "an image without pixels"
    bits.setsize(flat.sizeInBytes())
    rows = np.frombuffer(bits, dtype=np.uint8).reshape(flat.height(), flat.bytesPerLine())  # type: ignore[call-overload]  # voidptr
    picture: Picture = rows[:, : 3 * flat.width()].reshape(flat.height(), flat.width(), 3).copy()
    return picture
