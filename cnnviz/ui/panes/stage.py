"""The stage: the chosen layer's arithmetic, one output element at a time."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent, QWheelEvent
from PyQt6.QtWidgets import QToolTip, QVBoxLayout, QWidget

from cnnviz.control.language import tr
from cnnviz.core.problem import mark
from cnnviz.core.scenes import Empty, same
from cnnviz.core.scenes.ranges import weight_limit
from cnnviz.core.scenes.stage import StageScene, stage_scene
from cnnviz.core.view import View
from cnnviz.ui.ledger_area import LedgerArea
from cnnviz.ui.painters.device import is_vector, ratio_of
from cnnviz.ui.painters.stage import paint_moving, paint_still, still
from cnnviz.ui.painters.stage_layout import StageLayout, lay_out
from cnnviz.ui.pane import Legend, Pane
from cnnviz.ui.stage_points import (
    element_at,
    pixel_at,
    readout,
    term_at,
    thumbnail_at,
    uses_text,
)
from cnnviz.ui.theme import Theme, colour
from cnnviz.ui.transport import Transport
from cnnviz.ui.weight_editing import Target, WeightEditing
from cnnviz.ui.words import formula, geometry, layer_name, struck_text


class StagePane(Pane):
    """Input, window, products, ledger and output of the element that the cursor stands on."""

    key: ClassVar[str] = "stage"
    heading: ClassVar[str] = mark("Step by step")

    element_requested = pyqtSignal(int, int, int, int)
    pixel_requested = pyqtSignal(object)
    weight_pointed = pyqtSignal(object)
    group_requested = pyqtSignal(int)
    weight_entered = pyqtSignal(int, str, object, float, bool)

    def __init__(self, transport: Transport | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.body = StageBody(self)
        self.ledger = LedgerArea(self)
        self.ledger.group_requested.connect(self.group_requested)
        self.transport = transport
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part, stretch in ((self.body, 1), (self.ledger, 0)):
            column.addWidget(part, stretch)
        if transport is not None:  # a film has no buttons
            column.addWidget(transport)
        column.insertStretch(0, 0)  # while there is nothing to show, the transport stands below
        self.body.hide()
        self.ledger.hide()

    def compute(self, view: View) -> StageScene | Empty:
        return stage_scene(view)

    def title(self, scene: Any) -> str:
        return layer_name(scene.layer) if isinstance(scene, StageScene) else tr(self.heading)

    def caption(self, scene: Any) -> str:
        if not isinstance(scene, StageScene):
            return ""
        layer, parts = scene.layer, []
        if len(layer.output_shape) == 3:
            parts.append(
                tr(
                    "channel {number} of {count}",
                    number=scene.cursor.channel,
                    count=layer.output_shape[0],
                )
            )
        if scene.mask is not None:
            parts.append(struck_text(scene.mask == 0))
        parts += [part for part in (geometry(layer), formula(layer)) if part]
        return " · ".join(parts)

    def badge(self, scene: Any) -> str:
        """How often the pointed weight is used, and which step is held while training goes on."""
        if not isinstance(scene, StageScene):
            return ""
        held = tr("held at step {step}", step=scene.snapshot.step) if scene.held else ""
        return " · ".join(part for part in (uses_text(scene), held) if part)

    def legend(self, scene: Any) -> Legend | None:
        if not isinstance(scene, StageScene):
            return None
        return Legend(scene.output_limit, scene.output_is_signed)

    @property
    def drawn_parts(self) -> tuple[QWidget, ...]:
        return (self.body, self.ledger)

    def look(self, view: View) -> None:
        super().look(view)
        if isinstance(self.shown, StageScene):
            self.ledger.show_scene(self.shown)  # nothing, where it shows this scene already

    def look_while_playing(self, view: View) -> None:
        scene = self.compute(view)
        if isinstance(scene, StageScene) and not same(self.shown, scene):
            self.shown = scene
            self.body.show_scene(scene, fast=True)

    def rest(self) -> None:
        self.body.show_numbers()

    def paint(self, painter: QPainter, scene: Any) -> None:
        """Body, ledger and transport lie over the whole pane and draw themselves."""

    def changed(self, before: Any, scene: Any) -> None:
        full = isinstance(scene, StageScene)
        if full != self.body.isVisibleTo(self):
            self.body.setVisible(full)
            self.ledger.setVisible(full)
            self.update()
        if isinstance(scene, StageScene):
            self.body.show_scene(scene)
        else:
            self.update()

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.body.update()
        self.ledger.set_theme(theme)
        if self.transport is not None:
            self.transport.set_theme(theme)

    def set_decimals(self, decimals: int) -> None:
        """Digits behind the point in the ledger."""
        self.ledger.set_decimals(decimals)

    def retranslate(self) -> None:
        super().retranslate()
        self.body.paint_anew()
        self.ledger.arrange()

    def map_at(self, position: QPointF) -> NDArray[np.floating[Any]] | None:
        """The input map that lies under a point of the pane; None where none does."""
        scene, cells = self.shown, self.body.arrangement()
        if not isinstance(scene, StageScene) or cells is None:
            return None
        inside = cells.input.padded.contains(self.body.mapFrom(self, position))
        if not inside or len(scene.layer.input_shape) != 3:
            return None
        shown: NDArray[np.floating[Any]] = scene.input[int(scene.ledger.taps.channels[scene.group])]
        return shown

    def sizeHint(self) -> QSize:
        return QSize(self.theme.px(1040), self.theme.px(420))

    def minimumSizeHint(self) -> QSize:
        return QSize(360, 200)


class StageBody(QWidget):
    """The pictures and grids; the ledger stands below in its own area."""

    def __init__(self, pane: StagePane) -> None:
        super().__init__(pane)
        self._pane = pane
        self._scene: StageScene | None = None
        self._layout: tuple[object, StageLayout] | None = None
        self._still: tuple[StageScene, StageLayout, QPixmap] | None = None
        self._fast = False
        self._term = 0  # of the weight that is edited
        self.editing = WeightEditing(self)
        self.editing.entered.connect(pane.weight_entered)
        self.editing.tabbed.connect(self._tab)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def show_scene(self, scene: StageScene, fast: bool = False) -> None:
        """Show a scene; ``fast`` if the next is there before numbers could be read."""
        self._scene, self._fast = scene, fast
        self._follow()
        self.update()

    def show_numbers(self) -> None:
        """Playing has stopped, or is slow enough again."""
        if self._fast:
            self._fast = False
            self.update()

    def paint_anew(self) -> None:
        """Paint everything again: what is written there is in another language."""
        self._still = None
        self.update()

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 90)

    def arrangement(self) -> StageLayout | None:
        """Where everything stands now; worked out anew only when it can have moved."""
        scene, theme = self._scene, self._pane.theme
        if scene is None:
            return None
        # The limit, because an activation's chart reaches as far as its input's colours.
        key = (scene.cursor.layer, scene.snapshot.network, scene.input_limit, self.size(), theme)
        if self._layout is None or self._layout[0] != key:
            self._layout = (key, lay_out(scene, self.width(), self.height(), theme))
        return self._layout[1]

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        try:
            scene, arrangement = self._scene, self.arrangement()
            if scene is not None and arrangement is not None:
                self._paint_still(painter, scene, arrangement)
                paint_moving(painter, scene, arrangement, self._pane.theme, self._fast)
        except Exception:
            self._pane.could_not_draw(painter)
        finally:
            painter.end()

    def _paint_still(self, painter: QPainter, scene: StageScene, arrangement: StageLayout) -> None:
        theme = self._pane.theme
        if is_vector(painter):
            painter.fillRect(self.rect(), colour(theme.palette.panel))
            paint_still(painter, scene, arrangement, theme)
        else:
            picture = self._still_picture(scene, arrangement, ratio_of(painter))
            painter.drawPixmap(0, 0, picture)

    def _still_picture(self, scene: StageScene, arrangement: StageLayout, ratio: float) -> QPixmap:
        """What stays while the window slides; painting it took two thirds of a frame's time."""
        if self._still is not None:
            before, layout, picture = self._still
            same_ratio = picture.devicePixelRatio() == ratio
            if layout is arrangement and same_ratio and still(before, scene):
                return picture
        picture = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(colour(self._pane.theme.palette.panel))
        painter = QPainter(picture)
        try:
            paint_still(painter, scene, arrangement, self._pane.theme)
        finally:
            painter.end()
        self._still = (scene, arrangement, picture)
        return picture

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event is None:
            return
        position = event.position()
        term = self._term_at(position)
        if self._scene is not None and term != self._scene.pointing.weight:
            self._pane.weight_pointed.emit(term)
        text = self.readout(position)
        if text:
            QToolTip.showText(event.globalPosition().toPoint(), text, self)
        else:
            QToolTip.hideText()

    def leaveEvent(self, event: QEvent | None) -> None:
        self._pane.weight_pointed.emit(None)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        arrangement, scene = self.arrangement(), self._scene
        if event is None or arrangement is None or scene is None:
            return
        if event.button() != Qt.MouseButton.LeftButton:
            return
        position = event.position()
        output = element_at(position, arrangement, scene, self._pane.theme)
        if output is not None:
            self._pane.element_requested.emit(scene.cursor.layer, *output)
            return
        group = thumbnail_at(position, arrangement, scene)
        if group is not None:
            self._pane.group_requested.emit(group)
            return
        pixel = pixel_at(position, arrangement, scene, self._pane.theme)
        self._pane.pixel_requested.emit(pixel)

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        if event is not None:
            self.edit(self._term_at(event.position()))

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        scene = self._scene
        if event is None or scene is None or self.editing.target is None:
            super().wheelEvent(event)
        else:
            self.editing.wheel(event, weight_limit(scene.snapshot, scene.cursor.layer))

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._follow()

    def edit(self, term: int | None) -> None:
        """Type another number for the weight of a term of the opened group."""
        scene = self._scene
        if scene is None or term is None or scene.ledger.weights is None:
            return
        self._term = term
        target, rect = self._target()
        if target is not None and rect is not None:
            value = float(scene.ledger.weights[term])
            self.editing.begin(target, value, rect, self._pane.theme)

    def _target(self) -> tuple[Target | None, QRectF | None]:
        """The weight of the term that is edited, and where it stands."""
        scene, arrangement = self._scene, self.arrangement()
        if scene is None or arrangement is None:
            return None, None
        terms, weights = scene.group_terms, scene.ledger.taps.weights
        if weights is None or not terms.start <= self._term < terms.stop:
            return None, None
        index = tuple(int(i) for i in weights[self._term])
        rect = arrangement.window.cell(self._term - terms.start)
        return Target(scene.cursor.layer, "weight", index), rect

    def _tab(self, backward: bool) -> None:
        scene, term = self._scene, self._term + (-1 if backward else 1)
        if scene is not None and scene.group_terms.start <= term < scene.group_terms.stop:
            self.edit(term)

    def _follow(self) -> None:
        if self.editing.target is not None:
            self.editing.follow(*self._target())

    def _term_at(self, position: QPointF) -> int | None:
        arrangement, scene = self.arrangement(), self._scene
        if arrangement is None or scene is None:
            return None
        return term_at(position, arrangement, scene)

    def readout(self, position: QPointF) -> str:
        """What stands at a point, in words and with six decimals; "" where nothing does."""
        arrangement, scene = self.arrangement(), self._scene
        if arrangement is None or scene is None:
            return ""
        return readout(position, arrangement, scene, self._pane.theme)
