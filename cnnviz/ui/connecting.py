"""What the matrix and the graph of a layer share: pointing at weights, and a button to switch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PyQt6.QtCore import QEvent, QPointF, pyqtSignal
from PyQt6.QtGui import QMouseEvent, QPainter, QPixmap, QResizeEvent
from PyQt6.QtWidgets import QToolButton, QWidget

from cnnviz.control.language import tr
from cnnviz.core.numbers import number
from cnnviz.core.scenes.connected import ConnectedScene
from cnnviz.ui.painters.connected import counts_texts, place_text
from cnnviz.ui.painters.device import is_vector, ratio_of
from cnnviz.ui.pointing import PointingPane
from cnnviz.ui.theme import Theme, colour


class ConnectingPane(PointingPane):
    """Shows a layer's connections; a weight that is pointed at lights up wherever it is used."""

    element_requested = pyqtSignal(int, int, int, int)
    """An element was chosen: layer, channel, row, column."""
    pixel_requested = pyqtSignal(object)
    """An input element was chosen, or None."""
    weight_pointed = pyqtSignal(object)
    """A term of the ledger whose weight is pointed at, or None."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kept: tuple[object, QPixmap] | None = None
        self.switch = QToolButton(self)
        self.switch.setCheckable(True)
        self.switch.toggled.connect(self._switched)
        self.set_theme(self.theme)
        self.name_switch()

    def name_switch(self) -> None:
        """Say what the button does."""
        raise NotImplementedError

    def offers_switch(self) -> bool:
        """Whether the button does anything now."""
        raise NotImplementedError

    def weight_at(self, scene: Any, point: QPointF) -> int | None:
        """The flat weight under a point, or None."""
        raise NotImplementedError

    def changed(self, before: object, scene: object) -> None:
        if isinstance(scene, ConnectedScene):
            self.setAccessibleDescription(counts_texts(scene)[0])
        self._place()
        super().changed(before, scene)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        super().mouseMoveEvent(event)
        scene = self.shown
        if event is None or not isinstance(scene, ConnectedScene):
            return
        weight = self.weight_at(scene, event.position())
        term = None if weight is None else scene.term_of(weight)
        if term != scene.stage.pointing.weight:
            self.weight_pointed.emit(term)

    def leaveEvent(self, event: QEvent | None) -> None:
        super().leaveEvent(event)
        self.weight_pointed.emit(None)

    def arrow(self, scene: ConnectedScene, right: int, down: int) -> None:
        """Up and down: another output; left and right: point at another of its weights."""
        if down and 0 <= scene.row + down < scene.outputs:
            self.element_requested.emit(*scene.request(scene.row + down))
        if right and scene.learned:
            self.weight_pointed.emit(scene.next_term(right))

    def entered(self, scene: ConnectedScene) -> None:
        self.weight_pointed.emit(None)

    def draw_kept(
        self, painter: QPainter, key: object, paint: Callable[[QPainter], object]
    ) -> None:
        """Draw a picture of the whole pane that stays the same as long as its key does."""
        if is_vector(painter):
            paint(painter)
            return
        ratio = ratio_of(painter)
        whole = (key, self.size(), self.theme, ratio)
        if self._kept is None or self._kept[0] != whole:
            picture = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
            picture.setDevicePixelRatio(ratio)
            picture.fill(colour(self.theme.palette.panel))
            still = QPainter(picture)
            try:
                paint(still)
            finally:
                still.end()
            self._kept = (whole, picture)
        painter.drawPixmap(0, 0, self._kept[1])

    # --- what is said of a place -------------------------------------------------------------

    def input_text(self, scene: ConnectedScene, index: int) -> str:
        value = float(scene.stage.input.reshape(-1)[index])
        place = place_text(scene.input_place(index))
        return tr("input {place}: {value}", place=place, value=number(value, 6))

    def output_text(self, scene: ConnectedScene, index: int) -> str:
        if index == scene.row and scene.asked:
            return "?"
        if index >= scene.written:
            return tr("not computed yet; click to go there")
        value = float(scene.stage.output.reshape(-1)[index])
        place = place_text(scene.output_place(index))
        return tr("output {place}: {value}", place=place, value=number(value, 6))

    def weight_text(self, scene: ConnectedScene, weight: int) -> str:
        value = number(scene.weight_value(weight), 6)
        return tr("weight {place}: {value}", place=place_text(scene.weight_place(weight)),
                  value=value)  # fmt: skip

    # --- the button --------------------------------------------------------------------------

    def _switched(self, _on: bool) -> None:
        self.update()
        self.described.emit()

    def _place(self) -> None:
        px = self.theme.px
        self.switch.setVisible(isinstance(self.shown, ConnectedScene) and self.offers_switch())
        width, height = self.switch.sizeHint().width(), px(26)
        self.switch.setGeometry(px(8), self.height() - height - px(6), width, height)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        palette, px = theme.palette, theme.px
        self.switch.setFont(theme.font(14))
        self.switch.setStyleSheet(
            f"QToolButton {{ background: {palette.raised}; color: {palette.text};"
            f" border: 1px solid {palette.border}; border-radius: {px(5)}px;"
            f" padding: 0 {px(6)}px; }}"
            f"QToolButton:checked {{ border-color: {palette.accent}; color: {palette.accent}; }}"
            f"QToolButton:focus {{ border: {max(2, px(2))}px solid {palette.text}; }}"
        )
        self._place()

    def retranslate(self) -> None:
        self._kept = None  # what is written there is in another language
        self.name_switch()
        self._place()
        super().retranslate()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._place()
        super().resizeEvent(event)
        self.described.emit()  # how much is shown may be another part
