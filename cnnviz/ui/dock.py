"""A dock with our own title bar: name, caption, badge, legend, and what can be done with it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QRectF, QSize, Qt
from PyQt6.QtGui import (
    QColor,
    QContextMenuEvent,
    QEnterEvent,
    QImage,
    QPainter,
    QPaintEvent,
    QPixmap,
)
from PyQt6.QtWidgets import QDockWidget, QHBoxLayout, QMenu, QToolButton, QWidget

from cnnviz.control.language import tr
from cnnviz.core.numbers import number
from cnnviz.ui.icons import icon
from cnnviz.ui.painters.text import LEFT, RIGHT, width_of, write
from cnnviz.ui.theme import DARK, LIGHT, Theme, colour

if TYPE_CHECKING:
    from cnnviz.ui.pane import Legend, Pane


class PaneDock(QDockWidget):
    """Holds one pane; can be moved, tabbed, floated and hidden.

    It stands in the window before its pane does: panes need numpy, which takes longer to load than
    the whole window to appear.
    """

    def __init__(self, key: str, heading: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pane: Pane | None = None
        self.in_front = False
        """Whether it is seen.  Qt calls a dock visible that stands behind another as a tab."""
        self.visibilityChanged.connect(self._notice)
        self._heading = heading
        self.setObjectName(key)  # what QMainWindow.saveState remembers it by
        self.setWidget(QWidget(self))
        self.bar = TitleBar(self)
        self.setTitleBarWidget(self.bar)
        self.retitle()

    def _notice(self, seen: bool) -> None:
        self.in_front = seen

    @property
    def furnished(self) -> bool:
        """Whether the pane is there."""
        return self._pane is not None

    @property
    def pane(self) -> Pane:
        """The pane, once it is there."""
        assert self._pane is not None, "the window is not furnished yet"
        return self._pane

    def hold(self, pane: Pane) -> None:
        """Take the pane in."""
        before = self.widget()
        self._pane = pane
        self.setWidget(pane)
        if before is not None:
            before.deleteLater()
        pane.described.connect(self.retitle)
        self.retitle()

    def retitle(self) -> None:
        """Take over the pane's name; the tab and the View menu show it too."""
        if self.windowTitle() != tr(self._heading):
            self.setWindowTitle(tr(self._heading))
        self.bar.refresh()

    def description(self) -> tuple[str, str, str, Legend | None]:
        """Title, caption, badge and legend, as the pane says them now."""
        if self._pane is None:
            return self.windowTitle(), "", "", None
        pane, scene = self._pane, self._pane.shown
        return pane.title(scene), pane.caption(scene), pane.badge(scene), pane.legend(scene)

    def set_theme(self, theme: Theme) -> None:
        self.bar.set_theme(theme)
        if self._pane is not None:
            self._pane.set_theme(theme)

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.LanguageChange:
            self.retitle()


class TitleBar(QWidget):
    """Paints the description of a pane; dragging it moves the dock, as Qt does it."""

    def __init__(self, dock: PaneDock) -> None:
        super().__init__(dock)
        self._dock = dock
        self._theme = Theme()
        self._shown: tuple[object, ...] = ()
        self.setObjectName("titlebar")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 4, 0)
        row.setSpacing(0)
        row.addStretch(1)
        self.float = self._button(self._toggle_floating)
        self.close_button = self._button(dock.close)
        row.addWidget(self.float)
        row.addWidget(self.close_button)
        self._show_buttons(False)

    def _show_buttons(self, shown: bool) -> None:
        """The buttons come with the mouse: otherwise the caption needs their room."""
        self.float.setVisible(shown)
        self.close_button.setVisible(shown)
        self.update()

    def enterEvent(self, event: QEnterEvent | None) -> None:
        self._show_buttons(True)

    def leaveEvent(self, event: QEvent | None) -> None:
        self._show_buttons(False)

    def _button(self, call: object) -> QToolButton:
        button = QToolButton(self)
        button.setAutoRaise(True)
        button.setObjectName("titlebutton")
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(call)  # type: ignore[arg-type]
        return button

    def _toggle_floating(self) -> None:
        self._dock.setFloating(not self._dock.isFloating())

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        size = QSize(theme.px(16), theme.px(16))
        for button, name in ((self.float, "float"), (self.close_button, "close")):
            button.setIcon(icon(name, theme.palette.muted))
            button.setIconSize(size)
        self._shown = ()
        self.updateGeometry()
        self.refresh()

    def refresh(self) -> None:
        """Repaint if the pane describes itself differently."""
        shown = self._dock.description()
        if shown != self._shown:
            self._shown = shown
            self.setToolTip(" · ".join(str(part) for part in shown[:2] if part))
            self.setAccessibleName(str(shown[0]))
            self.float.setToolTip(tr("Detach this pane, or put it back"))
            self.close_button.setToolTip(tr("Hide this pane; the View menu brings it back"))
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(200), self._theme.px(32))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(80), self._theme.px(32))

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        try:
            self._paint(painter)
        finally:
            painter.end()

    def _paint(self, painter: QPainter) -> None:
        theme, palette = self._theme, self._theme.palette
        title, caption, badge, legend = self._dock.description()
        painter.fillRect(self.rect(), colour(palette.panel))
        painter.fillRect(0, self.height() - 1, self.width(), 1, colour(palette.border))
        bold, plain = theme.font(15, bold=True), theme.font(14)
        buttons = 2 * theme.px(26) if self.float.isVisible() else 0
        right = float(self.width() - buttons - theme.px(10))
        left = float(theme.px(12))
        area = QRectF(left, 0, max(0.0, right - left), self.height())
        wide = width_of(title, bold)
        write(painter, area, title, colour(palette.text), bold, LEFT)
        left += wide + theme.px(10)
        if legend is not None:
            needed = width_of(caption, plain) + theme.px(190)
            bar = theme.px(84 if right - left > needed else 36)
            right = self._paint_legend(painter, legend, right, bar)
        if badge and right - left > width_of(badge, bold):
            write(
                painter,
                QRectF(left, 0, right - left, self.height()),
                badge,
                colour(palette.input),
                bold,
                RIGHT,
            )
            right -= width_of(badge, bold) + theme.px(10)
        room = right - left - theme.px(8)
        if room > theme.px(30):
            painter.setFont(plain)
            metrics = painter.fontMetrics()
            text = metrics.elidedText(caption, Qt.TextElideMode.ElideRight, int(room))
            write(
                painter,
                QRectF(left, 0, room, self.height()),
                text,
                colour(palette.muted),
                plain,
                LEFT,
            )

    def _paint_legend(
        self, painter: QPainter, legend: Legend, right: float, length: float
    ) -> float:
        """Draw the scale with its ends named; returns where it begins."""
        theme, palette, font = self._theme, self._theme.palette, self._theme.font(14)
        high = number(legend.limit, 2)
        low = number(-legend.limit, 2) if legend.signed else "0"
        if legend.signed:
            high = f"+{high}"
        text = width_of(high, font) + theme.px(6)
        bar = QRectF(right - text - theme.px(6) - length, 0, length, theme.px(8))
        bar.moveTop((self.height() - bar.height()) / 2)
        muted = colour(palette.muted)
        write(painter, QRectF(right - text, 0, text, self.height()), high, muted, font, RIGHT)
        strip = _legend_strip(theme.palette.name, legend.signed, legend.grey)
        painter.drawPixmap(bar, strip, QRectF(strip.rect()))
        wide = width_of(low, font)
        left = bar.left() - wide - theme.px(6)
        write(painter, QRectF(left, 0, wide, self.height()), low, muted, font, LEFT)
        return left - theme.px(8)

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:
        if event is None:
            return
        menu = QMenu(self)
        menu.addAction(tr("Detach or put back"), self._toggle_floating)
        menu.addAction(tr("Hide"), self._dock.close)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())


@lru_cache(maxsize=8)
def _legend_strip(palette: str, signed: bool, grey: bool) -> QPixmap:
    """The colours of a scale from its low to its high end, a pixel each; drawn at every repaint."""
    if grey:
        colours = [QColor(level, level, level) for level in range(0, 256, 15)]
    else:
        # Here and not above: numpy comes with them, and no legend is drawn before the first paint.
        from cnnviz.core.colour import lut
        from cnnviz.ui.painters.sheet import scale_of

        table = lut(scale_of(Theme(DARK if palette == DARK.name else LIGHT)), 33)
        colours = [QColor(*(int(c) for c in row)) for row in table[0 if signed else 16 :]]
    image = QImage(len(colours), 1, QImage.Format.Format_RGB32)
    for place, tone in enumerate(colours):
        image.setPixelColor(place, 0, tone)
    return QPixmap.fromImage(image)
