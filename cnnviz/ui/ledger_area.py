"""The ledger of a stage in its own scrolled area: 288 terms need more room than there is."""

from __future__ import annotations

import logging
from dataclasses import replace

from PyQt6.QtCore import QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from cnnviz.control.language import tr
from cnnviz.core.scenes.stage import StageScene
from cnnviz.ui.painters.ledger import LedgerLayout, lay_out_ledger, paint_ledger
from cnnviz.ui.painters.text import write
from cnnviz.ui.theme import Theme, colour

log = logging.getLogger(__name__)

LEDGER_SHARE = 0.36
"""Of its parent's height, at most, before the ledger scrolls."""


FEW_TERMS = 12
"""A window of 3×3 and less, which is written large where there is room for that."""

LARGE = 1.4
"""Times the size that a ledger has elsewhere."""


class LedgerArea(QAbstractScrollArea):
    """As high as its ledger, up to a share of its parent, which may be any widget.

    It draws the ledger of the scene that it was shown last; a click on a group's subtotal goes up
    as ``group_requested``.

    Parameters
    ----------
    large
        Whether a ledger of few terms is written large, to be read from the last row.
    """

    group_requested = pyqtSignal(int)

    def __init__(self, parent: QWidget, share: float = LEDGER_SHARE, large: bool = False) -> None:
        super().__init__(parent)
        self._share = share
        self._large = large
        self._theme = Theme()
        self._decimals = 4
        self._scene: StageScene | None = None
        self._layout: LedgerLayout | None = None
        self._of: tuple[object, ...] = ()
        self._failed = False
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport_().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def show_scene(self, scene: object) -> None:
        if scene is self._scene:
            return
        self._scene = scene if isinstance(scene, StageScene) else None
        self.arrange()

    def set_theme(self, theme: Theme) -> None:
        """Take other colours or another zoom."""
        self._theme = theme
        self.arrange()

    def set_decimals(self, decimals: int) -> None:
        """Digits behind the point."""
        self._decimals = decimals
        self.arrange()

    def viewport_(self) -> QWidget:
        viewport = self.viewport()
        assert viewport is not None
        return viewport

    def parent_(self) -> QWidget:
        parent = self.parentWidget()
        assert parent is not None
        return parent

    def arrange(self) -> None:
        """Lay the ledger out anew: another scene, another width, other words."""
        if self._scene is None:
            return
        self.viewport_().update()
        theme, margin = self._theme, self._theme.px(14)
        room = self.parent_().size()
        bar = self.verticalScrollBar()
        assert bar is not None
        width = room.width() - 2 * margin - bar.sizeHint().width()
        layout = lay_out_ledger(self._scene, max(width, 80), self._decimals, self._written(theme))
        self._layout = layout
        content = int(layout.height) + theme.px(8)
        height = min(int(room.height() * self._share), content)
        # The height of a whole window's ledger is kept while its terms come in one by one, or the
        # pictures above would jump at every beat.
        of = (self._scene.layer, room, theme, self._decimals)
        if of != self._of or height > self.height():
            self._of = of
            self.setFixedHeight(height)
        bar.setRange(0, max(0, content - self.height()))
        bar.setPageStep(self.height())
        bar.setSingleStep(theme.px(26))
        top, bottom = layout.focus
        if not self._scene.done and not bar.value() <= top <= bottom <= bar.value() + self.height():
            bar.setValue(int(top))

    def _written(self, theme: Theme) -> Theme:
        """The theme with the size that the ledger is written in."""
        few = self._scene is not None and self._scene.ledger.taps.count <= FEW_TERMS
        return replace(theme, zoom=theme.zoom * LARGE) if self._large and few else theme

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self.arrange()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self.viewport_())
        try:
            painter.fillRect(self.viewport_().rect(), colour(self._theme.palette.panel))
            if self._layout is not None:
                painter.translate(self._theme.px(14), 0)
                theme, height = self._written(self._theme), self.viewport_().height()
                paint_ledger(painter, self._layout, theme, -self._scrolled, height)
            self._failed = False
        except Exception:
            self._could_not_draw(painter)
        finally:
            painter.end()

    def _could_not_draw(self, painter: QPainter) -> None:
        """As `Pane` does: an exception that leaves paintEvent can take the process down."""
        if not self._failed:
            log.exception("could not draw the ledger")
        self._failed = True
        painter.resetTransform()
        text = tr("The ledger could not be drawn. Everything else goes on.")
        area = QRectF(self.viewport_().rect())
        write(painter, area, text, colour(self._theme.palette.muted), self._theme.font(15))

    @property
    def _scrolled(self) -> int:
        bar = self.verticalScrollBar()
        return bar.value() if bar is not None else 0

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is None or self._layout is None:
            return
        x = event.position().x() - self._theme.px(14)
        group = self._layout.group_at(x, event.position().y() + self._scrolled)
        if group is not None:
            self.group_requested.emit(group)
