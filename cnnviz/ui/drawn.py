"""A pane as the window shows it, drawn by the window's own painters onto anything.

Nothing is drawn here that the window does not draw: each part of the window is asked to draw itself
as it is, at its present size, with another painter.  So a picture, a film and the screen are the
same.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from PyQt6.QtCore import QPoint, QSize
from PyQt6.QtGui import QImage, QPainter, QRegion
from PyQt6.QtWidgets import QWidget

from cnnviz.core.problem import Problem
from cnnviz.ui.heading import Mark, paint_heading
from cnnviz.ui.ledger_area import LedgerArea
from cnnviz.ui.pane import Pane
from cnnviz.ui.stylesheet import style_sheet
from cnnviz.ui.theme import LIGHT, Theme, colour


@dataclass(frozen=True, eq=False)
class Drawn:
    """What is drawn together.

    Attributes
    ----------
    pane
        Its title, caption, badge and legend stand above.
    parts
        What stands below, from top to bottom: the pane or parts of it, a ledger.
    mark
        What is said beside the title: that this is the past.
    """

    pane: Pane
    parts: tuple[QWidget, ...]
    mark: Mark = ("", "")


def drawn(pane: Pane, *below: QWidget, mark: Mark = ("", "")) -> Drawn:
    """A pane with its heading, and those of the parts below it that are shown."""
    more = tuple(part for part in below if not part.isHidden())
    return Drawn(pane, (*pane.drawn_parts, *more), mark)


def size(what: Drawn) -> QSize:
    """How large it is, in the window's pixels."""
    width = max(part.width() for part in what.parts)
    return QSize(width, _heading_height(what) + sum(part.height() for part in what.parts))


def draw(what: Drawn, painter: QPainter) -> None:
    """Draw all of it, from (0, 0) on.

    Raises
    ------
    Problem
        If a part could not be drawn.
    """
    for part, top in pieces(what):
        painter.translate(0, top)
        try:
            draw_piece(what, part, painter)
        finally:
            painter.translate(0, -top)


def pieces(what: Drawn) -> Iterator[tuple[QWidget | None, int]]:
    """The parts and where each begins; None is the heading."""
    top = _heading_height(what)
    yield None, 0
    for part in what.parts:
        yield part, top
        top += part.height()


def piece_size(what: Drawn, part: QWidget | None) -> QSize:
    """How large a part is; the heading is as wide as everything."""
    if part is None:
        return QSize(size(what).width(), _heading_height(what))
    return part.size()


def draw_piece(what: Drawn, part: QWidget | None, painter: QPainter) -> None:
    """Draw one part, from (0, 0) on; see `draw`."""
    theme = what.pane.theme
    if part is None:
        area = piece_size(what, None)
        paint_heading(painter, area, what.pane.description, what.mark, theme)
        return
    painter.fillRect(part.rect(), colour(theme.palette.panel))
    # Of a ledger without its scroll bar, which says nothing on a slide.
    seen = part.viewport_() if isinstance(part, LedgerArea) else part
    with _without_focus(what.pane):
        seen.render(painter, QPoint(), QRegion(), QWidget.RenderFlag.DrawChildren)
    if what.pane.failed:
        raise Problem("This pane could not be drawn, so that there is no picture of it.")


def image(what: Drawn, scale: float = 1.0) -> QImage:
    """A picture in ``scale`` times the window's pixels, as a finer screen would show it."""
    whole = size(what)
    made = QImage(whole * scale, QImage.Format.Format_RGB32)
    made.setDevicePixelRatio(scale)
    made.fill(colour(what.pane.theme.palette.panel))
    painter = QPainter(made)
    try:
        draw(what, painter)
    finally:
        painter.end()
    return made


@contextmanager
def in_light(what: Drawn, wanted: bool = True) -> Iterator[None]:
    """Draw in light colours, for paper, whatever the window has; then as before."""
    before = what.pane.theme
    if not wanted or before.palette is LIGHT:
        yield
        return
    light, own = replace(before, palette=LIGHT), what.pane.styleSheet()
    _dress(what, light, style_sheet(light) + own)
    try:
        yield
    finally:
        _dress(what, before, own)


def _dress(what: Drawn, theme: Theme, style: str) -> None:
    """Give a theme to all that is painted, and a style sheet to the buttons and lists in it."""
    what.pane.setStyleSheet(style)
    what.pane.set_theme(theme)
    for part in what.parts:
        if isinstance(part, LedgerArea):
            part.set_theme(theme)


@contextmanager
def _without_focus(pane: Pane) -> Iterator[None]:
    """Nobody needs to know in a picture where the keyboard is."""
    before, pane.by_keyboard = pane.by_keyboard, False
    pane.for_file = True
    try:
        yield
    finally:
        pane.by_keyboard, pane.for_file = before, False


def _heading_height(what: Drawn) -> int:
    return what.pane.theme.px(32)
