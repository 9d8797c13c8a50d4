"""The ledger of a stage in its own scrolled area: 288 terms need more room than there is."""

from __future__ import annotations

import logging
from dataclasses import replace

from PyQt6.QtCore import QLineF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PyQt6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from cnnviz.control.language import language_now, tr
from cnnviz.core.scenes.stage import StageScene
from cnnviz.ui.painters.ledger import (
    LINE,
    LedgerLayout,
    Parts,
    lay_out_ledger,
    lay_out_total,
    ledger_parts,
    paint_ledger,
)
from cnnviz.ui.painters.ledger_fold import fold_ledger, is_longer
from cnnviz.ui.painters.text import write
from cnnviz.ui.theme import Theme, colour

log = logging.getLogger(__name__)

LEDGER_SHARE = 0.36
"""Of its parent's height, at most, before the ledger scrolls."""

PHOTOGRAPH_SHARE = 0.15
"""Likewise below photographs: they come first, and the window's numbers stand above it."""

PAGE_SHARE = 0.5
"""Likewise on a page, where it does not scroll, before it leaves something out."""

FEW_TERMS = 12
"""A window of 3×3 and less, which is written large where there is room for that."""

LARGE = 1.4
"""Times the size that a ledger has elsewhere."""


class LedgerArea(QAbstractScrollArea):
    """As high as its ledger, up to a share of its parent, which may be any widget.

    Where the ledger is higher, its products scroll, and what they come to stays below them.

    It draws the ledger of the scene that it was shown last; a click on a group's subtotal goes up
    as ``group_requested``.

    Parameters
    ----------
    large
        Whether a ledger of few terms is written large, to be read from the last row.

    Attributes
    ----------
    for_page
        Whether nobody can scroll it: then it takes more room where that shows all of it, and where
        it does not, it says what is left out.
    """

    group_requested = pyqtSignal(int)

    def __init__(self, parent: QWidget, share: float = LEDGER_SHARE, large: bool = False) -> None:
        super().__init__(parent)
        self._share = share
        self._large = large
        self.for_page = False
        self._theme = Theme()
        self._decimals = 4
        self._scene: StageScene | None = None
        self._layout: LedgerLayout | None = None
        self._total: LedgerLayout | None = None  # where it stays below what scrolls
        self._of: tuple[object, ...] = ()
        self._said: tuple[object, ...] = ()  # of what the parts are
        self._parts: Parts = ([], [])
        self._content: tuple[tuple[object, ...], int] = ((), 0)  # what was laid out; its height
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
        width = max(room.width() - 2 * margin - bar.sizeHint().width(), 80)
        most = int(room.height() * (PAGE_SHARE if self.for_page else self._share))
        content = self._lay_out(self._scene, width, most)
        height = content if self.for_page else self._whole_lines(most, content)
        # The height of a whole window's ledger is kept while its terms come in one by one, or the
        # pictures above would jump at every beat.
        of = (self._scene.layer, room, theme, self._decimals)
        if of != self._of or height > self.height():
            self._of = of
            self.setFixedHeight(height)
        line = self._written(theme).px(LINE)
        hidden = max(0, content - self.height())
        bar.setRange(0, -(-hidden // line) * line)
        bar.setPageStep(self._scrolling)
        bar.setSingleStep(line)
        assert self._layout is not None
        top, bottom = self._layout.focus
        seen = bar.value(), bar.value() + self._scrolling
        if not self._scene.done and not seen[0] <= top <= bottom <= seen[1]:
            bar.setValue(int(top))

    def _whole_lines(self, most: int, content: int) -> int:
        """The height of all, or of as many lines as fit: none is cut through."""
        if content <= most:
            return content
        below = 0 if self._total is None else int(self._total.height) + self._theme.px(8)
        line = self._written(self._theme).px(LINE)
        return below + max(1, (most - below) // line) * line

    def _written(self, theme: Theme) -> Theme:
        """The theme with the size that the ledger is written in."""
        few = self._scene is not None and self._scene.ledger.taps.count <= FEW_TERMS
        return replace(theme, zoom=theme.zoom * LARGE) if self._large and few else theme

    def _lay_out(self, scene: StageScene, width: int, most: int) -> int:
        """Find a place for everything; how high it is, be that more than ``most``.

        Nothing is laid out twice: a new height alone asks for it again, and a thousand products
        take 40 ms.
        """
        asked = (scene, width, most, self._theme, self._decimals, language_now())
        if asked != self._content[0]:
            lay_out = self._on_page if self.for_page else self._laid_out
            self._content = asked, lay_out(scene, width, most)
        return self._content[1]

    def _on_page(self, scene: StageScene, width: int, most: int) -> int:
        """Find a place for everything, or for as much as fits with what is said of the rest."""
        theme, margin = self._written(self._theme), self._theme.px(8)
        parts = self._said_of(scene)
        self._total = None
        if not is_longer(scene, parts[0], most, width, theme):
            self._layout = lay_out_ledger(scene, width, self._decimals, theme, True, parts)
            if self._layout.height + margin <= most:
                return int(self._layout.height) + margin
        total = lay_out_total(parts[1], width, theme)
        pieces, room = [*parts[0], *parts[1]], float(most - margin)
        if 0 < total.height <= most / 2:
            self._total, pieces = total, parts[0]
            room -= total.height + margin
        self._layout = fold_ledger(scene, pieces, room, width, self._decimals, theme)
        below = 0.0 if self._total is None else total.height + margin
        return int(self._layout.height + below) + margin

    def _said_of(self, scene: StageScene) -> Parts:
        """What is reckoned with, and what it comes to."""
        said = (scene, self._decimals, language_now())
        if said != self._said:
            self._said, self._parts = said, ledger_parts(scene, self._decimals)
        return self._parts

    def _laid_out(self, scene: StageScene, width: int, most: int) -> int:
        theme, margin, decimals = self._written(self._theme), self._theme.px(8), self._decimals
        parts = self._said_of(scene)
        products = lay_out_ledger(scene, width, decimals, theme, False, parts)
        total = lay_out_total(parts[1], width, theme)
        self._layout, self._total = products, None
        if not total.height:
            return int(products.height) + margin
        if products.height + margin <= most:  # or a thousand products would be laid out twice
            whole = lay_out_ledger(scene, width, decimals, theme, True, parts)
            if whole.height + margin <= most:
                self._layout = whole
                return int(whole.height) + margin
        if total.height > most - 2 * theme.px(26):  # all would be total
            self._layout = lay_out_ledger(scene, width, decimals, theme, True, parts)
            return int(self._layout.height) + margin
        self._total = total
        return int(products.height + total.height) + 2 * margin

    @property
    def _scrolling(self) -> int:
        """How much of the height scrolls; the total stays below it."""
        if self._total is None:
            return self.height()
        return self.height() - int(self._total.height) - self._theme.px(8)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self.arrange()
        if self.viewport_().height() != self.height():
            # It has grown while Qt was giving its viewport the height from before, and Qt would
            # leave it at that: the last line would be cut off.
            self.setViewportMargins(0, 0, 0, 0)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self.viewport_())
        try:
            painter.fillRect(self.viewport_().rect(), colour(self._theme.palette.panel))
            if self._layout is not None:
                self._paint(painter, self._layout)
            self._failed = False
        except Exception:
            self._could_not_draw(painter)
        finally:
            painter.end()

    def _paint(self, painter: QPainter, layout: LedgerLayout) -> None:
        height, theme = self._scrolling, self._written(self._theme)
        width, margin = self.viewport_().width(), self._theme.px(14)
        painter.translate(margin, 0)
        if self._total is not None:
            painter.setClipRect(QRectF(0, 0, width, height))
        paint_ledger(painter, layout, theme, -self._scrolled, height)
        if self._total is not None:
            painter.setClipping(False)
            # Over the line that is cut off, for a drawing that knows no clipping.
            below = QRectF(-margin, height, width + margin, self.height() - height)
            painter.fillRect(below, colour(theme.palette.panel))
            painter.setPen(QPen(colour(theme.palette.border), 1))
            painter.drawLine(QLineF(0, height + 0.5, width - margin, height + 0.5))
            top = height + theme.px(2)
            paint_ledger(painter, self._total, theme, top, self.height())

    def _could_not_draw(self, painter: QPainter) -> None:
        """As `Pane` does: an exception that leaves paintEvent can take the process down."""
        if not self._failed:
            log.exception("could not draw the ledger")
        self._failed = True
        painter.resetTransform()
        painter.setClipping(False)
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
        y = event.position().y()
        group = self._layout.group_at(x, y + self._scrolled) if y < self._scrolling else None
        if group is not None:
            self.group_requested.emit(group)
