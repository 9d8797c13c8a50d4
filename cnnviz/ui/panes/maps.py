"""The activation maps of the chosen layer; a click chooses the map."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, pyqtSignal
from PyQt6.QtGui import QPainter

from cnnviz.control.language import tr
from cnnviz.core.numbers import number
from cnnviz.core.numbers import shape as shape_text
from cnnviz.core.problem import mark
from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.maps import MapsScene, maps_scene
from cnnviz.core.view import View
from cnnviz.ui.painters.bars import bar_at, bar_slot, draw_labelled_bars
from cnnviz.ui.painters.device import ratio_of
from cnnviz.ui.painters.mosaic import (
    Tiles,
    draw_tiles,
    fold,
    lay_out,
    map_sizes,
    outline_cell,
    outline_tile,
)
from cnnviz.ui.painters.readout import draw_focus
from cnnviz.ui.painters.struck import strike_cells
from cnnviz.ui.pane import Legend
from cnnviz.ui.pointing import PointingPane
from cnnviz.ui.theme import colour
from cnnviz.ui.words import layer_name, struck_text


class MapsPane(PointingPane):
    """Shows all maps of a layer in one range; a vector as bars or folded into a grid."""

    key = "maps"
    heading = mark("Activation maps")

    channel_requested = pyqtSignal(int)
    """A map was chosen."""
    element_requested = pyqtSignal(int, int, int, int)
    """An element was chosen: layer, channel, row, column."""

    focused: int | None = None

    def compute(self, view: View) -> MapsScene | Empty:
        return maps_scene(view)

    def changed(self, before: object, scene: object) -> None:
        shown = before.index if isinstance(before, MapsScene) else None
        if not isinstance(scene, MapsScene) or shown != scene.index:
            self.focused = None
        super().changed(before, scene)

    def caption(self, scene: MapsScene | Empty) -> str:
        if isinstance(scene, Empty):
            return ""
        title = layer_name(scene.layer)
        if scene.source is not None:
            title = f"{layer_name(scene.source)} → {title}"
        text = f"{title} · {shape_text(scene.values.shape)}"
        return text if scene.struck is None else f"{text} · {struck_text(scene.struck)}"

    def legend(self, scene: MapsScene | Empty) -> Legend | None:
        if isinstance(scene, Empty) or scene.bars:
            return None
        return Legend(scene.limit, scene.signed)

    def paint(self, painter: QPainter, scene: MapsScene) -> None:
        if scene.bars:
            draw_labelled_bars(painter, self._body(), scene.values, scene.channel, self.theme)
            if scene.struck is not None:
                count = len(scene.values)
                slots = [
                    bar_slot(self._body(), count, int(i)) for i in np.flatnonzero(scene.struck)
                ]
                strike_cells(painter, slots, self.theme)
        else:
            self._paint_tiles(painter, scene)
        focus = self._focus_rect(scene)
        if focus is not None:
            draw_focus(painter, focus, self.theme)
        self.draw_readout(painter, QRectF(self.rect()))

    def readout(self, scene: MapsScene, point: QPointF) -> str:
        found = self._found(scene, point)
        if found is None:
            return ""
        value = number(float(scene.values[found]), 4)
        if scene.vector:
            return tr("element {index}: {value}", index=found[0], value=value)
        channel, row, column = found
        return tr("channel {channel}, ({row}, {column}): {value}",
                  channel=channel, row=row, column=column, value=value)  # fmt: skip

    def chosen_at(self, scene: MapsScene, point: QPointF) -> None:
        found = self._found(scene, point)
        if found is not None:
            self.focused = found[0]
            self._request(scene, found[0])

    def opened_at(self, scene: MapsScene, point: QPointF) -> None:
        found = self._found(scene, point)
        if found is not None and not scene.vector:
            self.element_requested.emit(scene.index, *found)

    def arrow(self, scene: MapsScene, right: int, down: int) -> None:
        across = self._across(scene)
        target = (scene.channel if self.focused is None else self.focused) + right + down * across
        if 0 <= target < len(scene.values):
            self.focused = target

    def entered(self, scene: MapsScene) -> None:
        self._request(scene, scene.channel if self.focused is None else self.focused)

    def focus_point(self, scene: MapsScene) -> QPointF | None:
        rect = self._focus_rect(scene)
        return None if rect is None else rect.center()

    # --- geometry ----------------------------------------------------------------------------

    def tiles(self, scene: MapsScene, ratio: float | None = None) -> Tiles:
        """Where the maps lie; a long vector is one map that it is folded into."""
        body, ratio = self._body(), self.devicePixelRatioF() if ratio is None else ratio
        if scene.vector:
            return lay_out(body, 1, *fold(len(scene.values), body), ratio)
        return lay_out(body, *map_sizes(scene.values), ratio, max(2, self.theme.px(2)))

    def _paint_tiles(self, painter: QPainter, scene: MapsScene) -> None:
        tiles = self.tiles(scene, ratio_of(painter))
        draw_tiles(painter, tiles, scene.values, scene.limit, self.theme)
        if scene.struck is not None:
            strike_cells(painter, _cells(tiles, scene.struck), self.theme)
        green = colour(self.theme.palette.output)
        if scene.vector:
            row, column = divmod(scene.channel, tiles.columns)
            outline_cell(painter, tiles.cell(0, row, column), green, self.theme)
            return
        accent = colour(self.theme.palette.accent)
        outline_tile(painter, tiles, scene.channel, accent, max(2.0, self.theme.px(2)))
        if scene.place is not None:
            outline_cell(painter, tiles.cell(scene.channel, *scene.place), green, self.theme)

    def _body(self) -> QRectF:
        margin = self.theme.px(8)
        return QRectF(self.rect()).adjusted(margin, margin, -margin, -margin)

    def _found(self, scene: MapsScene, point: QPointF) -> tuple[int, ...] | None:
        """The element under a point, as an index into the values."""
        if scene.bars:
            bar = bar_at(self._body(), len(scene.values), point)
            return None if bar is None else (bar,)
        tiles = self.tiles(scene)
        found = tiles.at(point)
        if found is None or not scene.vector:
            return found
        index = found[1] * tiles.columns + found[2]
        return (index,) if index < len(scene.values) else None

    def _across(self, scene: MapsScene) -> int:
        if scene.bars:
            return len(scene.values)
        tiles = self.tiles(scene)
        return tiles.columns if scene.vector else tiles.mosaic.across

    def _focus_rect(self, scene: MapsScene) -> QRectF | None:
        if not self.by_keyboard or not self.hasFocus():
            return None
        index = scene.channel if self.focused is None else self.focused
        if scene.bars:
            return bar_slot(self._body(), len(scene.values), index)
        tiles = self.tiles(scene)
        return tiles.cell(0, *divmod(index, tiles.columns)) if scene.vector else tiles.tile(index)

    def _request(self, scene: MapsScene, index: int) -> None:
        if scene.vector:
            self.element_requested.emit(scene.index, 0, 0, index)
        else:
            self.channel_requested.emit(index)


def _cells(tiles: Tiles, struck: NDArray[np.bool_]) -> list[QRectF]:
    """Where the neurons are that are struck out; a vector is folded into one map."""
    if struck.ndim == 1:
        return [tiles.cell(0, *divmod(i, tiles.columns)) for i in np.flatnonzero(struck).tolist()]
    return [tiles.cell(*place) for place in np.argwhere(struck).tolist()]
