"""Paints a layer as neurons and lines, beside the fully connected layer of the same sizes."""

from __future__ import annotations

from functools import lru_cache
from math import isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QLineF, QPointF, QRectF
from PyQt6.QtGui import QColor, QPainter, QPen, QPixmap

from cnnviz.control.language import tr
from cnnviz.core.colour import grey, shade
from cnnviz.core.numbers import number, thousands
from cnnviz.core.scenes.graph import GraphScene, Lines, Slot, Slots
from cnnviz.ui.painters.connected import (
    convolution_text,
    counts_texts,
    fitting,
    hue_table,
    mark_kernel,
    mixed,
    paint_kernel,
)
from cnnviz.ui.painters.device import draw_pixmap, ratio_of
from cnnviz.ui.painters.graph_layout import WRITTEN, Column, GraphLayout, GraphsLayout
from cnnviz.ui.painters.sheet import scale_of
from cnnviz.ui.painters.struck import strike_neurons
from cnnviz.ui.painters.text import CENTRE, LEFT, RIGHT, write
from cnnviz.ui.theme import Palette, Theme, colour

FAINT, DIMMED = 0.55, 0.86
"""How much of the panel is in lines of other neurons; where a weight is pointed at, in those of
other weights."""

FULL, OWN_FULL = 0.72, 0.3
"""The same of a fully connected layer: of its lines, and of those of the cursor's output."""

SMOOTHED = 600
"""Lines up to which those of other neurons are smoothed."""


def paint_still(
    painter: QPainter, layout: GraphsLayout, scene: GraphScene, lines: Lines, theme: Theme
) -> None:
    """What stays while the cursor moves among the neurons that are shown."""
    if layout.own is not None:
        tones = line_tones(scene, lines, theme)
        faint = FAINT if scene.pointed is None else DIMMED
        y1, y2 = _ends(layout.own, lines)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, len(tones) <= SMOOTHED)
        _draw_lines(painter, layout.own, y1, y2, mixed(tones, theme.palette.panel, faint), 1)
        _paint_inputs(painter, layout.own, scene, theme, reads_all=False)
    if layout.full is not None:
        _paint_all_lines(painter, layout.full, theme)
        _paint_inputs(painter, layout.full, scene, theme, reads_all=True)
        nothing = np.full(len(layout.full.outputs.shown()), np.nan)
        blank = [colour(theme.palette.raised).rgb()] * len(nothing)
        # Its weights are nobody's, and so are its values.
        _paint_column(painter, layout.full.outputs, nothing, blank, theme.palette.border, theme)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    for graph, titles in ((layout.own, _own_titles), (layout.full, _full_titles)):
        if graph is not None:
            text = fitting(titles(scene), theme, graph.title.width())
            write(painter, graph.title, text, colour(theme.palette.text), theme.font(14), CENTRE)
    paint_kernel(painter, layout.kernel, scene, theme)


def paint_moving(
    painter: QPainter, layout: GraphsLayout, scene: GraphScene, lines: Lines, theme: Theme
) -> None:
    """What follows the cursor and what is pointed at."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if layout.own is not None:
        _paint_strong_lines(painter, layout.own, scene, lines, theme)
        _mark_inputs(painter, layout.own, scene, theme)
        _strike_inputs(painter, layout.own, scene, theme)
        _paint_outputs(painter, layout.own, scene, theme)
    if layout.full is not None:
        _paint_own_full(painter, layout.full, scene, theme)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    mark_kernel(painter, layout.kernel, scene, theme)


def _own_titles(scene: GraphScene) -> list[str]:
    found = scene.counts
    fields = {"connections": thousands(found.connections), "weights": thousands(found.weights)}
    if found.dense and not found.shares:
        texts = counts_texts(scene)
        other = convolution_text(scene)
        return [f"{texts[0]}; {other}", other, *texts] if other else texts
    if not scene.learned:
        return counts_texts(scene)[1:]
    return [
        tr("connections: {connections}, different weights: {weights}", **fields),
        tr("connections: {connections}, weights: {weights}", **fields),
        f"{fields['connections']} / {fields['weights']}",
    ]


def _full_titles(scene: GraphScene) -> list[str]:
    full = thousands(scene.counts.full)
    return [
        tr("fully connected: {full} connections, as many weights", full=full),
        tr("fully connected: {full}", full=full),
        full,
    ]


# --- lines ---------------------------------------------------------------------------------


def line_tones(scene: GraphScene, lines: Lines, theme: Theme) -> NDArray[np.uint32]:
    """(lines,) a pixel each: the weight's hue, or how large it is where none is shared."""
    if not scene.has_hues:
        limit = scene.stage.weight_limit if scene.learned else 1.0
        return shade(lines.values, limit, scale_of(theme).table)
    other = np.uint32(colour(theme.palette.muted).rgb())
    table = np.append(hue_table(scene.hue_count, theme), other)
    tones: NDArray[np.uint32] = table[lines.hues]  # −1, another kernel's, is the last
    return tones


def _ends(graph: GraphLayout, lines: Lines) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(lines,) the heights at which lines begin and end."""
    return graph.inputs.ys()[lines.sources], graph.outputs.ys()[lines.targets]


def _paint_strong_lines(
    painter: QPainter, graph: GraphLayout, scene: GraphScene, lines: Lines, theme: Theme
) -> None:
    """Those of the cursor's output, or of the weight that is pointed at, and the current one."""
    own, px = lines.own, theme.px
    kept = own if scene.pointed is None else own | (lines.weights == scene.pointed)
    tones = line_tones(scene, lines, theme)
    y1, y2 = _ends(graph, lines)
    if scene.pointed is None:
        _draw_lines(painter, graph, y1[own], y2[own], tones[own], px(2.5))
    else:
        strong = lines.weights == scene.pointed
        rest = kept & ~strong
        _draw_lines(painter, graph, y1[rest], y2[rest], tones[rest], max(1, px(1)))
        _draw_lines(painter, graph, y1[strong], y2[strong], tones[strong], px(2.5))
    current = graph.inputs.place(scene.current)
    if current is not None:
        now = own & (lines.sources == current)
        ink = np.full(int(now.sum()), colour(theme.palette.text).rgb(), dtype=np.uint32)
        _draw_lines(painter, graph, y1[now], y2[now], ink, px(6))
        _draw_lines(painter, graph, y1[now], y2[now], tones[now], px(3.5))


def _paint_all_lines(painter: QPainter, graph: GraphLayout, theme: Theme) -> None:
    """Every neuron with every neuron, as a picture that is kept: the places are often the same."""
    # At the origin, and its columns with nothing but where the neurons stand.
    columns = tuple(
        Column(c.x - graph.area.left(), c.top - graph.area.top(), c.step, _bare(c), c.radius)
        for c in (graph.inputs, graph.outputs)
    )
    size = graph.area.width(), graph.area.height()
    picture = _all_lines(size, *columns, theme.palette, ratio_of(painter))
    draw_pixmap(painter, graph.area.topLeft(), picture)


def _bare(column: Column) -> Slots:
    """Slots that tell only where a neuron stands and where some are left out."""
    return tuple(Slot(None if slot.index is None else i) for i, slot in enumerate(column.slots))


@lru_cache(maxsize=16)
def _all_lines(
    size: tuple[float, float], inputs: Column, outputs: Column, palette: Palette, ratio: float
) -> QPixmap:
    picture = QPixmap(max(1, round(size[0] * ratio)), max(1, round(size[1] * ratio)))
    picture.setDevicePixelRatio(ratio)
    picture.fill(colour(palette.panel))
    y1 = np.repeat(inputs.ys()[inputs.shown()], len(outputs.shown()))
    y2 = np.tile(outputs.ys()[outputs.shown()], len(inputs.shown()))
    ink = np.array([colour(palette.muted).rgb()], dtype=np.uint32)
    tones = np.repeat(mixed(ink, palette.panel, FULL), len(y1))
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, len(tones) <= SMOOTHED)
    _draw_lines(painter, GraphLayout(QRectF(), QRectF(), inputs, outputs), y1, y2, tones, 1)
    painter.end()
    return picture


def _paint_own_full(painter: QPainter, graph: GraphLayout, scene: GraphScene, theme: Theme) -> None:
    """The lines of the cursor's output, if it were connected with everything."""
    place = graph.outputs.place(scene.row)
    if place is None:
        return
    y1 = graph.inputs.ys()[graph.inputs.shown()]
    y2 = np.full(len(y1), graph.outputs.y(place))
    ink = np.array([colour(theme.palette.text).rgb()], dtype=np.uint32)
    tones = np.repeat(mixed(ink, theme.palette.panel, OWN_FULL), len(y1))
    _draw_lines(painter, graph, y1, y2, tones, max(1.0, theme.px(1.5)))
    fill, ring = colour(theme.palette.raised), theme.palette.output
    _draw_neuron(painter, graph.outputs, place, fill, ring, theme)


def _draw_lines(
    painter: QPainter,
    graph: GraphLayout,
    y1: NDArray[np.float64],
    y2: NDArray[np.float64],
    tones: NDArray[np.uint32],
    width: float,
) -> None:
    """Lines of one width, those of one colour at once."""
    left = graph.inputs.x + graph.inputs.radius
    right = graph.outputs.x - graph.outputs.radius
    for tone in np.unique(tones).tolist():
        painter.setPen(QPen(QColor.fromRgba(tone), width))
        same = tones == tone
        ends = zip(y1[same].tolist(), y2[same].tolist(), strict=True)
        painter.drawLines(*(QLineF(left, a, right, b) for a, b in ends))


# --- neurons -------------------------------------------------------------------------------


def _input_fills(scene: GraphScene, indices: list[int], theme: Theme) -> list[int]:
    stage = scene.stage
    values = stage.input.reshape(-1)[indices]
    if stage.input_is_image:
        pixels = grey(values / stage.input_limit)
    else:
        pixels = shade(values, stage.input_limit, scale_of(theme).table)
    return [int(pixel) for pixel in pixels]


def _paint_inputs(
    painter: QPainter, graph: GraphLayout, scene: GraphScene, theme: Theme, reads_all: bool
) -> None:
    indices = graph.inputs.indices()
    ring = theme.palette.input if reads_all else theme.palette.border
    values = scene.stage.input.reshape(-1)[indices]
    fills = _input_fills(scene, indices, theme)
    _paint_column(painter, graph.inputs, values, fills, ring, theme, at_left=True)


def _mark_inputs(painter: QPainter, graph: GraphLayout, scene: GraphScene, theme: Theme) -> None:
    """Rings around what the cursor's output reads, and around what is pointed at."""
    rings = dict.fromkeys(scene.own.inputs.tolist(), theme.palette.input)
    if scene.current is not None:
        rings[scene.current] = theme.palette.text
    if scene.pixel is not None:
        rings[scene.pixel] = theme.palette.bias
    places = graph.inputs.places
    marked = [index for index in places if index in rings]
    fills = _input_fills(scene, marked, theme)
    for index, fill in zip(marked, fills, strict=True):
        tone = QColor.fromRgb(fill)
        _draw_neuron(painter, graph.inputs, places[index], tone, rings[index], theme)


def _strike_inputs(painter: QPainter, graph: GraphLayout, scene: GraphScene, theme: Theme) -> None:
    """Cross out what a dropout before the layer has struck out."""
    struck, column = scene.stage.struck_inputs, graph.inputs
    if struck is None:
        return
    places = [
        QPointF(column.x, column.y(place))
        for index, place in column.places.items()
        if struck[index]
    ]
    strike_neurons(painter, places, column.radius, theme)


def _paint_outputs(painter: QPainter, graph: GraphLayout, scene: GraphScene, theme: Theme) -> None:
    """With their values as far as they are computed; the cursor's has a ring."""
    indices, stage, palette = graph.outputs.indices(), scene.stage, theme.palette
    values = stage.output.reshape(-1)[indices].astype(np.float64)
    fills = shade(values, stage.output_limit, scale_of(theme).table)
    late = np.array(indices) >= scene.written
    values[late], fills[late] = np.nan, colour(palette.raised).rgb()
    _paint_column(painter, graph.outputs, values, fills.tolist(), palette.border, theme)
    place = graph.outputs.place(scene.row)
    if place is not None:
        fill = QColor.fromRgb(int(fills[indices.index(scene.row)]))
        _draw_neuron(painter, graph.outputs, place, fill, palette.output, theme)
        if scene.asked:
            column, px = graph.outputs, theme.px
            beside = QRectF(
                column.x + column.radius + px(4), column.y(place) - px(12), px(64), px(24)
            )
            write(painter, beside, "?", colour(palette.accent), theme.font(18, True), LEFT)


def _draw_neuron(
    painter: QPainter, column: Column, place: int, fill: QColor, ring: str, theme: Theme
) -> None:
    """One circle that stands out."""
    radius = column.radius
    painter.setPen(QPen(colour(ring), theme.px(2)))
    painter.setBrush(fill)
    painter.drawEllipse(QPointF(column.x, column.y(place)), radius, radius)


def _paint_column(
    painter: QPainter,
    column: Column,
    values: NDArray[np.floating[Any]],
    fills: list[int],
    ring: str,
    theme: Theme,
    at_left: bool = False,
) -> None:
    """Circles with their values beside them; "⋮ 12" where so many are left out.

    ``values`` and ``fills`` are those of the neurons that are shown; nothing stands for a NaN.
    """
    radius, px = column.radius, theme.px
    font, ink, muted = theme.font(14), colour(theme.palette.text), colour(theme.palette.muted)
    align, wide, tall = RIGHT if at_left else LEFT, px(64), px(20)
    left = column.x - radius - px(4) - wide if at_left else column.x + radius + px(4)
    shown = column.shown()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour(ring), px(2) if ring == theme.palette.input else 1))
    for place, fill in zip(shown, fills, strict=True):
        painter.setBrush(QColor.fromRgb(fill))
        painter.drawEllipse(QPointF(column.x, column.y(place)), radius, radius)
    for place, slot in enumerate(column.slots):
        if slot.index is None:
            beside = QRectF(left, column.y(place) - tall / 2, wide, tall)
            write(painter, beside, f"⋮ {thousands(slot.hidden)}", muted, font, align)
    if column.step < px(WRITTEN):
        return
    for place, value in zip(shown, values.tolist(), strict=True):
        if not isnan(value):
            beside = QRectF(left, column.y(place) - tall / 2, wide, tall)
            text = number(value, 2, small=False, integral=True)
            write(painter, beside, text, ink, font, align)
