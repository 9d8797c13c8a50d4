"""The Lab's grids: a layer's numbers, stepped and edited in place."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QMouseEvent, QPainter
from PyQt6.QtWidgets import QWidget

from cnnviz.control.language import tr, tr_problem
from cnnviz.core.grid_selection import Selection
from cnnviz.core.grid_text import characters
from cnnviz.core.numbers import number
from cnnviz.core.operations import Activation, Element, Flatten
from cnnviz.core.problem import mark
from cnnviz.core.scenes import Empty, same
from cnnviz.core.scenes.grid_cells import (
    array_of,
    computed,
    subtotal_maps,
    term_of_weight,
    values_of,
)
from cnnviz.core.scenes.grids import (
    INPUT,
    LAID,
    MAP,
    OUTPUT,
    TERMS,
    Contents,
    Grid,
    Place,
    contents_of,
)
from cnnviz.core.scenes.stage import StageScene, stage_scene
from cnnviz.core.view import View
from cnnviz.ui.grid_dragging import DraggedGrids
from cnnviz.ui.painters.grid_pictures import GridPictures
from cnnviz.ui.painters.grids import paint_grids, paint_selection
from cnnviz.ui.painters.grids_arrangements import lay_out
from cnnviz.ui.painters.grids_layout import Chip, GridsLayout, Needs
from cnnviz.ui.painters.readout import draw_readout
from cnnviz.ui.pane import Legend
from cnnviz.ui.theme import Theme
from cnnviz.ui.words import formula, geometry, layer_name


class GridsPane(DraggedGrids):
    """Input × kernel = map, channel by channel, in numbers that can be typed over."""

    key: ClassVar[str] = "grids"
    heading: ClassVar[str] = mark("Grids of numbers")

    element_requested = pyqtSignal(int, int, int, int)
    channel_requested = pyqtSignal(int)
    opened_requested = pyqtSignal(int)
    pixel_requested = pyqtSignal(object)
    weight_pointed = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hovered: QPointF | None = None
        self.pictures = GridPictures()
        self._contents: Contents | None = None
        self._layouts: tuple[object, dict[int, GridsLayout]] = (None, {})
        self._needed: tuple[tuple[object, ...], Needs] | None = None
        self._read = ""

    # --- showing ---------------------------------------------------------------------------

    def compute(self, view: View) -> StageScene | Empty:
        return stage_scene(view)

    def title(self, scene: Any) -> str:
        return layer_name(scene.layer) if isinstance(scene, StageScene) else tr(self.heading)

    def caption(self, scene: Any) -> str:
        if not isinstance(scene, StageScene):
            return ""
        parts = (geometry(scene.layer), formula(scene.layer))
        return " · ".join(part for part in parts if part)

    def legend(self, scene: Any) -> Legend | None:
        if not isinstance(scene, StageScene):
            return None
        return Legend(scene.output_limit, scene.output_is_signed)

    def look_while_playing(self, view: View) -> None:
        scene = self.compute(view)
        if isinstance(scene, StageScene) and not same(self.shown, scene):
            before, self.shown = self.shown, scene
            self.changed(before, scene)

    def changed(self, before: Any, scene: Any) -> None:
        self._contents = contents_of(scene) if isinstance(scene, StageScene) else None
        self.arrange()
        self.update()

    def arrangement(self) -> GridsLayout | None:
        return self._laid_out(self.height())

    def adds_up(self, height: int) -> bool:
        """Whether, with so much height, every product and sum is written in the pane itself."""
        layout = self._laid_out(height)
        return layout is not None and layout.total is not None and bool(layout.products)

    def _laid_out(self, height: int) -> GridsLayout | None:
        scene, contents = self.shown, self._contents
        if not isinstance(scene, StageScene) or contents is None:
            return None
        opened = _opened_row(scene, contents)
        operation = scene.layer.operation
        key = (contents, self._needs(scene), opened, self.width(), self.theme, operation)
        if self._layouts[0] != key:
            self._layouts = (key, {})
        made = self._layouts[1]
        if height not in made:
            shape = scene.layer.input_shape
            channels = shape[0] if len(shape) == 3 else 1
            size = self.width(), height
            charted = isinstance(scene.layer.operation, Activation)
            made[height] = lay_out(contents, key[1], opened, channels, *size, self.theme, charted)
        return made[height]

    def _needs(self, scene: StageScene) -> Needs:
        """How much room the numbers need; asked at every event, and worked out once a snapshot."""
        of = (scene.snapshot, scene.cursor.layer, scene.cursor.channel)
        if self._needed is None or self._needed[0] != of:
            self._needed = (of, _needs(scene))
        return self._needed[1]

    def paint(self, painter: QPainter, scene: Any) -> None:
        layout = self.arrangement()
        if layout is None or self._contents is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_grids(painter, scene, self._contents, layout, self.pictures, self.theme)
        if self.selection is not None and not self.editing:
            paint_selection(painter, layout, self.selection, self.theme)
        self._paint_readout(painter, layout)

    def _paint_readout(self, painter: QPainter, layout: GridsLayout) -> None:
        text, at = "", self.hovered
        if self.problem is not None and self.selection is not None:
            placed = layout.grid(self.selection.grid.key)
            if placed is not None:
                text = tr_problem(self.problem)
                at = placed.span(*self.selection.place).center()
        elif at is not None and not self.dragging:
            text = self.readout(self.shown, at)
        if text and at is not None:
            draw_readout(painter, QRectF(self.rect()), text, at, self.theme)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        if self.editing:
            self.editor.restyle(theme, self._font())

    def retranslate(self) -> None:
        self._layouts = (None, {})  # headings are as wide as their words
        super().retranslate()

    def sizeHint(self) -> QSize:
        return QSize(self.theme.px(1040), self.theme.px(420))

    def minimumSizeHint(self) -> QSize:
        return QSize(360, 200)

    # --- what is where ---------------------------------------------------------------------

    def number_at(self, grid: Grid, place: Place) -> float:
        scene = self.shown
        assert isinstance(scene, StageScene)
        return float(array_of(scene, grid.part)[grid.index(*place)])

    def describe(self, selection: Selection) -> str:
        scene = self.shown
        if not isinstance(scene, StageScene):
            return ""
        return self._said(scene, selection.grid, selection.place)

    def _said(self, scene: StageScene, grid: Grid, place: Place) -> str:
        """A cell in words."""
        (above, _), (before, _) = grid.padding
        value = float(values_of(scene, grid)[place[0] + above, place[1] + before])
        text = number(value, 6, integral=True)
        row, column = place
        written = row * grid.columns + column < computed(scene, grid)
        if grid.part == MAP:
            channel = int(scene.ledger.taps.channels[grid.prefix[0]])
            if not written:
                return tr("not computed yet; click to go there")
            return tr(
                "channel {channel} alone, ({row}, {column}): {value}",
                channel=channel,
                row=row,
                column=column,
                value=text,
            )
        index = f"({', '.join(map(str, grid.index(row, column)))})"
        if grid.part == INPUT:
            return tr("input {place}: {value}", place=index, value=text)
        if grid.part == OUTPUT:
            if not written:
                return tr("not computed yet; click to go there")
            return tr("output {place}: {value}", place=index, value=text)
        if grid.part == TERMS:
            return tr("exponential {place}: {value}", place=index, value=text) if written else ""
        return f"{grid.part} {index}: {text}"

    def readout(self, scene: Any, point: QPointF) -> str:
        """What is under a point, in words."""
        layout = self.arrangement()
        if layout is None or not isinstance(scene, StageScene):
            return ""
        found = layout.at(point.x(), point.y())
        if found is not None:
            placed, place = found
            said = self._said(scene, placed.grid, place)
            product = _product(scene, placed.grid, place)
            return f"{said} · {product}" if product else said
        chip = layout.chip_at(point.x(), point.y())
        if chip is None:
            return ""
        if chip.of_input:
            return tr("input channel {number}", number=chip.channel)
        return tr("output channel {number}", number=chip.channel)

    # --- the mouse -------------------------------------------------------------------------

    def pressed_beside(self, at: QPointF) -> None:
        """Go to an output element, open a channel, choose a map."""
        scene, layout = self.shown, self.arrangement()
        if layout is None or not isinstance(scene, StageScene):
            return
        found = layout.at(at.x(), at.y())
        if found is not None:
            self._go_to(scene, found[0].grid, found[1])
            return
        chip = layout.chip_at(at.x(), at.y())
        if chip is not None:
            self._choose(scene, chip)
            return
        for group, area in layout.products.items():
            if area.contains(at):
                self.opened_requested.emit(group)
        for label in layout.labels:
            if label.channel is not None and label.rect.contains(at):
                channels = scene.ledger.taps.channels.tolist()
                if scene.ledger.weights is not None and label.channel in channels:
                    self.opened_requested.emit(channels.index(label.channel))

    def _go_to(self, scene: StageScene, grid: Grid, place: Place) -> None:
        cursor = scene.cursor
        if grid.part == MAP:
            self.element_requested.emit(cursor.layer, cursor.channel, *place)
            if grid.group is not None and grid.group != scene.group:
                self.opened_requested.emit(grid.group)
        elif grid.part == OUTPUT:
            index = grid.index(*place)
            where = index if len(index) == 3 else (0, 0, index[0])
            self.element_requested.emit(cursor.layer, *where)
        elif grid.part == TERMS:
            index = grid.index(*place)
            if index[0] < scene.layer.grid[2]:
                self.element_requested.emit(cursor.layer, 0, 0, index[0])

    def _choose(self, scene: StageScene, chip: Chip) -> None:
        if not chip.of_input:
            self.channel_requested.emit(chip.channel)
        elif chip.group is not None:
            self.opened_requested.emit(chip.group)
        elif isinstance(scene.layer.operation, Flatten):
            _, rows, columns = scene.layer.input_shape
            self.element_requested.emit(scene.cursor.layer, 0, 0, chip.channel * rows * columns)
        elif scene.layer.grid[0] >= scene.layer.input_shape[0]:
            # In groups of one channel, several maps may come of each.
            read = chip.channel * scene.layer.grid[0] // scene.layer.input_shape[0]
            self.channel_requested.emit(read)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        super().mouseMoveEvent(event)
        scene = self.shown
        if event is None or not isinstance(scene, StageScene):
            return
        self.hovered = event.position()
        if not self.dragging:
            self._point(scene, self.hovered)
        read = self.readout(scene, self.hovered)
        if read != self._read:
            self._read = read
            self.update()

    def _point(self, scene: StageScene, at: QPointF) -> None:
        """Ask where the input or the weight under the mouse goes to; show what can be clicked."""
        layout = self.arrangement()
        found = None if layout is None else layout.at(at.x(), at.y())
        pixel: Element | None = None
        term = None
        shape = Qt.CursorShape.ArrowCursor
        if found is not None:
            grid, place = found[0].grid, found[1]
            shape = (
                Qt.CursorShape.CrossCursor if grid.editable else Qt.CursorShape.PointingHandCursor
            )
            if grid.part == INPUT:
                pixel = grid.index(*place)
            elif grid.part in ("weight", LAID):
                term = term_of_weight(scene, grid, place)
        elif layout is not None and layout.chip_at(at.x(), at.y()) is not None:
            shape = Qt.CursorShape.PointingHandCursor
        if self.cursor().shape() != shape:
            self.setCursor(shape)
        if pixel != scene.pointing.pixel:
            self.pixel_requested.emit(pixel)
        if term != scene.pointing.weight:
            self.weight_pointed.emit(term)

    def leaveEvent(self, event: QEvent | None) -> None:
        self.hovered, self._read = None, ""
        self.pixel_requested.emit(None)
        self.weight_pointed.emit(None)
        self.update()


def _product(scene: StageScene, grid: Grid, place: Place) -> str:
    """ "0.5 × 2 = 1" for a weight of this window; "" for other cells."""
    weights = scene.ledger.weights
    if grid.part not in ("weight", LAID) or weights is None:
        return ""
    term = term_of_weight(scene, grid, place)
    if term is None:
        return ""
    factors = (scene.ledger.operands[term], weights[term], scene.ledger.terms[term])
    operand, weight, product = (number(float(value), 6, integral=True) for value in factors)
    return f"{operand} × {weight} = {product}"


def _needs(scene: StageScene) -> Needs:
    parameters = scene.snapshot.parameters[scene.cursor.layer].values()
    output = characters(scene.output)
    maps = subtotal_maps(scene.snapshot, scene.cursor.layer, scene.cursor.channel)
    if maps is not None and len(maps) > 1:
        output = max(output, characters(maps))
    read = characters(scene.input)
    if scene.layer.operation.verb == "maximum" and any(map(any, scene.padding)):
        read = max(read, 2)  # −∞
    return Needs(read, max(map(characters, parameters), default=1), output)


def _opened_row(scene: StageScene, contents: Contents) -> int:
    """Index of the row that is drawn large where there is room for one only."""
    if len(contents.rows) == 1:
        return 0
    if contents.rows[0].group is not None:
        return min(scene.group, len(contents.rows) - 1)
    taps = scene.ledger.taps
    read = np.unique(taps.inputs[taps.inside][:, 0]).tolist()
    channel = scene.cursor.channel if scene.cursor.channel in read else (read or [0])[0]
    return min(int(channel), len(contents.rows) - 1)
