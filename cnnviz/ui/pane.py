"""What all panes share: they show one scene, draw it when it changed, and never crash."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any, ClassVar

from PyQt6.QtCore import QEvent, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QFocusEvent, QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import QWidget

from cnnviz.control.language import tr, tr_problem
from cnnviz.core.numbers import thousands
from cnnviz.core.scenes import Empty, same
from cnnviz.core.view import View
from cnnviz.ui.controls import HEIGHT, ControlRow
from cnnviz.ui.heading import Description
from cnnviz.ui.painters.text import outline, write
from cnnviz.ui.theme import Theme, colour

log = logging.getLogger(__name__)

BY_HAND = (
    Qt.FocusReason.MouseFocusReason,
    Qt.FocusReason.PopupFocusReason,
    Qt.FocusReason.ActiveWindowFocusReason,
)
"""Ways to get the focus without asking for it."""


@dataclass(frozen=True)
class Legend:
    """What colours mean: the diverging scale from −limit to +limit (or from 0), or a role's name.

    Attributes
    ----------
    limit
        The value at the end of the scale.
    signed
        False where nothing is negative (behind a ReLU); the scale then starts at 0.
    grey
        Images: black is 0 and white is ``limit``.
    """

    limit: float
    signed: bool = True
    grey: bool = False


def empty_text(scene: Empty) -> str:
    """Why there is nothing to draw, and how far it is."""
    if scene.problem is not None:
        return tr_problem(scene.problem)
    text = tr(scene.reason) if scene.reason else ""
    if not scene.total:
        return text
    done, total = thousands(scene.done), thousands(scene.total)
    return f"{text} {tr('{done} of {total}', done=done, total=total)}"


class Pane(QWidget):
    """One view of the run.  Setters come down as `look`; requests go up as signals.

    A subclass names itself, computes its scene from the view (pure, in core.scenes) and paints it.
    """

    key: ClassVar[str]
    """Name in the remembered layout."""
    heading: ClassVar[str]
    """English name in title bar and menu."""

    described = pyqtSignal()
    """Caption or legend may have changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = Theme()
        self.shown: Any = Empty("")
        self.failed = False
        self.by_keyboard = False
        self.for_file = False
        self._row: ControlRow | None = None
        self._row_below = False
        # A pane fills itself; otherwise Qt paints every parent's background under it first.
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(tr(self.heading))

    def hold(self, row: ControlRow, below: bool = False) -> None:
        """Have a row of controls at the upper edge, or at the lower one, while there is a scene."""
        self._row, self._row_below = row, below
        row.hide()

    def arrange(self) -> None:
        """Put what stands in the pane where it belongs; at another size, theme or language."""
        row, px = self._row, self.theme.px
        if row is not None:
            top = self.height() - px(HEIGHT) - px(4) if self._row_below else px(4)
            row.setGeometry(px(8), top, row.width_in(self.width() - px(16)), px(HEIGHT))

    def choose_like(self, other: Pane) -> None:
        """Take over what a person has chosen in another pane of this kind."""

    def compute(self, view: View) -> Any:
        """The scene of a view: a frozen value, or `Empty` with the reason."""
        raise NotImplementedError

    def paint(self, painter: QPainter, scene: Any) -> None:
        """Draw a scene that is not `Empty` over the whole widget."""
        raise NotImplementedError

    def title(self, scene: Any) -> str:
        """What stands in bold in the title bar."""
        return tr(self.heading)

    def caption(self, scene: Any) -> str:
        """What stands beside the title, in grey."""
        return ""

    def badge(self, scene: Any) -> str:
        """A few words at the right of the title bar that are worth the whole room's attention."""
        return ""

    def legend(self, scene: Any) -> Legend | None:
        """The scale of the colours shown, or None where there is none."""
        return None

    @property
    def description(self) -> Description:
        """Title, caption, badge and legend, as they are now."""
        scene = self.shown
        return self.title(scene), self.caption(scene), self.badge(scene), self.legend(scene)

    @property
    def framed(self) -> bool:
        """Whether a frame says that the keyboard is here: not to who has only clicked."""
        return self.by_keyboard and self.hasFocus()

    @property
    def drawn_parts(self) -> tuple[QWidget, ...]:
        """What a picture of the pane shows, from top to bottom: no buttons that stand below it."""
        return (self,)

    def look(self, view: View) -> None:
        """Show what a view holds; nothing is drawn where the scene is the same."""
        scene = self.compute(view)
        if same(self.shown, scene):
            return
        before, self.shown = self.shown, scene
        if self._row is not None:
            self._row.setVisible(not isinstance(scene, Empty))
        self.changed(before, scene)
        self.described.emit()

    def look_while_playing(self, view: View) -> None:
        """Follow a frame that is played; only what moves at 60 Hz needs to."""

    def rest(self) -> None:
        """No other frame follows at once: what was left out for speed can be shown."""

    def changed(self, before: Any, scene: Any) -> None:
        """Redraw; a subclass may redraw less than everything."""
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Take other colours or another zoom."""
        self.theme = theme
        if self._row is not None:
            self._row.dress(theme)
        self.arrange()
        self.update()

    def retranslate(self) -> None:
        """Write everything again in the language of now."""
        self.setAccessibleName(tr(self.heading))
        if self._row is not None:
            self._row.say()
        self.arrange()
        self.update()
        self.described.emit()

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self.arrange()

    def sizeHint(self) -> QSize:
        return QSize(self.theme.px(320), self.theme.px(200))

    def minimumSizeHint(self) -> QSize:
        # Not zoomed: at 300 % the window must still fit on the screen that it is zoomed on.
        return QSize(120, 80)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        try:
            painter.fillRect(self.rect(), colour(self.theme.palette.panel))
            if isinstance(self.shown, Empty):
                self._message(painter, empty_text(self.shown))
            else:
                self.paint(painter, self.shown)
            if self.framed and not self.for_file:
                width = max(2, self.theme.px(2))
                outline(painter, QRectF(self.rect()), colour(self.theme.palette.accent), width)
            self.failed = False
        except Exception:
            self.could_not_draw(painter)
        finally:
            painter.end()

    def event(self, event: QEvent | None) -> bool:
        if event is not None and event.type() == QEvent.Type.MouseButtonPress and self.by_keyboard:
            self.by_keyboard = False
            self.update()
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        if event is not None and event.reason() not in BY_HAND:
            self.by_keyboard = True
        self.update()

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        if event is not None and event.reason() not in BY_HAND[1:]:
            self.by_keyboard = False
        self.update()

    def could_not_draw(self, painter: QPainter) -> None:
        """Say in the pane that drawing failed; called from an ``except`` in a paintEvent.

        An exception that leaves paintEvent can take the process down, in front of a lecture hall.
        The log gets it once and not sixty times a second.
        """
        if not self.failed:
            log.exception("could not draw %s", self.key)
        self.failed = True
        self._message(painter, tr("This pane could not be drawn. The others go on."))

    def _message(self, painter: QPainter, text: str) -> None:
        margin = self.theme.px(16)
        area = QRectF(self.rect()).adjusted(margin, margin, -margin, -margin)
        write(painter, area, text, colour(self.theme.palette.muted), self.theme.font(15), wrap=True)
