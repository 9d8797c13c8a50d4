"""A pane that is never on the screen: films and lessons' files are drawn on it."""

from __future__ import annotations

from PyQt6.QtCore import QPoint
from PyQt6.QtGui import QImage, QRegion
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from cnnviz.core.scenes.stage import stage_scene
from cnnviz.core.view import View
from cnnviz.ui.heading import Heading
from cnnviz.ui.ledger_area import LEDGER_SHARE, LedgerArea
from cnnviz.ui.pane import Pane
from cnnviz.ui.panes.grids import GridsPane
from cnnviz.ui.panes.stage import StagePane
from cnnviz.ui.theme import Theme


class UnseenPane(QWidget):
    """A pane with the room for its heading above it and, where it belongs to it, a ledger below.

    Parameters
    ----------
    ledger
        Whether it has one.
    share, large
        Of the ledger, as `LedgerArea` takes them.
    """

    def __init__(
        self,
        pane: Pane,
        theme: Theme,
        decimals: int,
        ledger: bool,
        share: float = LEDGER_SHARE,
        large: bool = False,
    ) -> None:
        super().__init__()
        self.pane = pane
        self.ledger = LedgerArea(self, share, large) if ledger else None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        place = Heading(self)  # keeps the room that the heading is drawn into
        place.set_theme(theme)
        column.addWidget(place)
        self._top = place.sizeHint().height()
        column.addWidget(pane, 1)
        if self.ledger is not None:
            column.addWidget(self.ledger)
            self.ledger.set_decimals(decimals)
            self.ledger.set_theme(theme)
        if isinstance(pane, StagePane):
            pane.set_decimals(decimals)
        pane.set_theme(theme)
        self._corner = QImage(1, 1, QImage.Format.Format_RGB32)

    def _share_room(self, view: View) -> None:
        """As the Lab does: no ledger where the grids write every product themselves."""
        if self.ledger is None:
            return
        self.ledger.show_scene(stage_scene(view))
        if isinstance(self.pane, GridsPane):
            self.ledger.setVisible(not self.pane.adds_up(self.height() - self._top))

    def _lay_out(self) -> None:
        """Give every part its place, as Qt does for what is about to be drawn."""
        self.render(self._corner, QPoint(), QRegion(0, 0, 1, 1), QWidget.RenderFlag.DrawChildren)
