"""What films are drawn on: a pane of its own, never on the screen, with its heading over it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import numpy as np
from PyQt6.QtCore import QSize
from PyQt6.QtGui import QImage, QPainter

from cnnviz.control.language import tr
from cnnviz.core.cursor import Cursor, terms_of
from cnnviz.core.film import view_of
from cnnviz.core.network import Network
from cnnviz.core.numbers import thousands
from cnnviz.core.view import View
from cnnviz.export.film import Picture
from cnnviz.ui.drawn import Drawn, draw, drawn
from cnnviz.ui.ledger_area import LEDGER_SHARE, PHOTOGRAPH_SHARE
from cnnviz.ui.pane import Pane
from cnnviz.ui.panes.confusion import ConfusionPane
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

if TYPE_CHECKING:
    from cnnviz.ui.panes.photograph import PhotographPane

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

PHOTOGRAPH = "photograph"
"""The pane of the photographs, which has one too."""


def photograph_pane() -> PhotographPane:
    """Made here and not above: its page, too, is loaded when it is first asked for."""
    from cnnviz.ui.panes.photograph import PhotographPane

    return PhotographPane()


CONFUSION = "confusion"
"""The pane of the confusion matrix, which needs a judgement of every step."""

FILMED: dict[str, Callable[[], Pane]] = {
    **MAKERS,
    PHOTOGRAPH: photograph_pane,
    CONFUSION: ConfusionPane,
}
"""How every pane that can be filmed is made."""

BY_TRAINING = (CONFUSION,)
"""Those that show nothing of the cursor: only another training step changes them."""


class Canvas(Protocol):
    """What the pictures of a film are drawn on."""

    def picture(self, view: View, step: bool = False) -> Picture:
        """The pixels of a view; ``step`` if its training step is what the film is about."""

    def deleteLater(self) -> None:
        """Put it away."""


class Screen(UnseenPane):
    """Draws one view after another, as `cnnviz.ui.drawn` draws what the window shows.

    Parameters
    ----------
    key
        One of `FILMED`.
    size
        Width and height of the picture, in pixels.
    lab
        Whether the views are the Lab's.
    like
        The window's own pane, whose choices it takes over.
    """

    def __init__(
        self,
        key: str,
        size: QSize,
        theme: Theme,
        decimals: int,
        lab: bool = False,
        like: Pane | None = None,
    ) -> None:
        self._sweeps = key == PHOTOGRAPH
        share = PHOTOGRAPH_SHARE if self._sweeps else LEDGER_SHARE
        has_ledger = self._sweeps or (lab and key in LAB_PANES)
        pane = FILMED[key]()
        super().__init__(pane, theme, decimals, has_ledger, share, large=not self._sweeps)
        if like is not None:
            pane.choose_like(like)
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
            self._look(self._seen(view, replace(view.cursor, term=terms)))
        self._look(self._seen(view, view.cursor))
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

    def _seen(self, view: View, cursor: Cursor) -> View:
        # Only while it is played does the window write a photograph's result as it goes over it.
        return replace(view_of(view, cursor), playing=self._sweeps)

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
