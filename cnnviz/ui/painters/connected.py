"""What the matrix and the graph of a layer share when drawn: hues, the kernel, and the counts."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QColor, QPainter

from cnnviz.control.language import tr
from cnnviz.core.colour import OPAQUE, pixels
from cnnviz.core.equivalence import unfolded
from cnnviz.core.hues import hues
from cnnviz.core.numbers import number, thousands
from cnnviz.core.operations import Element, Linear
from cnnviz.core.scenes.connected import ConnectedScene
from cnnviz.ui.painters.mosaic import outline_cell
from cnnviz.ui.painters.text import outline, width_of, write
from cnnviz.ui.theme import LIGHT, Theme, colour

LIGHTNESS = {"dark": 0.76, "light": 0.70}
"""Of the hues, in OKLab: seen on the panel, and black can be read on them."""

INK = LIGHT.text
"""Of numbers on a hue, in both themes."""


def hue_table(count: int, theme: Theme) -> NDArray[np.uint32]:
    """(count,) the hues as pixels."""
    return pixels(hues(max(1, count), LIGHTNESS[theme.palette.name]))


def hue_colours(count: int, theme: Theme) -> list[QColor]:
    """The hues as Qt wants them."""
    return _colours(count, theme.palette.name)


@lru_cache(maxsize=16)
def _colours(count: int, name: str) -> list[QColor]:
    table = hues(max(1, count), LIGHTNESS[name])
    return [QColor(*(int(part) for part in rgb)) for rgb in table]


def mixed(pixels: NDArray[np.uint32], name: str, share: float) -> NDArray[np.uint32]:
    """Pixels mixed with so much of a palette's colour, and opaque.

    Lines that are see-through take ten times as long to draw.
    """
    other, found = colour(name).rgb(), np.full(pixels.shape, OPAQUE, dtype=np.uint32)
    for shift in (16, 8, 0):
        part = (1 - share) * (pixels >> shift & 0xFF) + share * (other >> shift & 0xFF)
        found |= np.rint(part).astype(np.uint32) << np.uint32(shift)
    return found


# --- the kernel with its hues --------------------------------------------------------------


def kernel_cells(area: QRectF, scene: ConnectedScene, most: float) -> list[QRectF]:
    """Where each weight that has a hue lies, slice below slice, from an area's top left.

    Empty where the cells would be too small to be told apart.
    """
    slices, rows, columns = scene.kernel.shape
    if scene.kernel.size == 0:
        return []
    gap = most / 4
    size = min(most, area.width() / columns, (area.height() - gap * (slices - 1)) / (slices * rows))
    size = float(int(size))
    if size < 5:
        return []
    return [
        QRectF(
            area.left() + column * size,
            area.top() + slot * (rows * size + gap) + row * size,
            size,
            size,
        )
        for slot in range(slices)
        for row in range(rows)
        for column in range(columns)
    ]


def paint_kernel(
    painter: QPainter, cells: list[QRectF], scene: ConnectedScene, theme: Theme
) -> None:
    """The weights on their hues: the legend of matrix and graph."""
    if not cells:
        return
    tones, ids = hue_colours(scene.hue_count, theme), scene.kernel.reshape(-1).tolist()
    font, ink, edge = theme.font(14), colour(INK), colour(theme.palette.panel)
    texts = [weight_text(scene.weight_value(weight)) if weight >= 0 else "" for weight in ids]
    written = max(width_of(text, font) for text in texts) < cells[0].width() - 3
    written = written and cells[0].height() >= theme.px(18)
    for cell, tone, text in zip(cells, tones, texts, strict=True):
        painter.fillRect(cell, tone)
        outline(painter, cell, edge, 1)
        if written:
            write(painter, cell, text, ink, font)


def mark_kernel(
    painter: QPainter, cells: list[QRectF], scene: ConnectedScene, theme: Theme
) -> None:
    """Frame the weight that is pointed at, or else the one that is multiplied with."""
    weight = scene.pointed
    if weight is None and scene.stage.shown_term is not None and scene.learned:
        taps = scene.own.terms == scene.stage.shown_term
        weight = int(scene.own.weights[taps][0]) if taps.any() else None
    if weight is None or not cells:
        return
    for place in np.flatnonzero(scene.kernel.reshape(-1) == weight).tolist():
        tone = theme.palette.text if scene.pointed is None else theme.palette.kernel
        outline_cell(painter, cells[place].adjusted(1, 1, -1, -1), colour(tone), theme)


# --- words ---------------------------------------------------------------------------------


def weight_text(value: float) -> str:
    """ "1", "−0.37"."""
    return number(value, 2, small=False, integral=True)


def counts_texts(scene: ConnectedScene) -> list[str]:
    """How many connections and weights, and how many there would be; the longest first."""
    found = scene.counts
    fields = {
        "connections": thousands(found.connections),
        "weights": thousands(found.weights),
        "full": thousands(found.full),
    }
    if not scene.learned:
        return [
            tr(
                "connections: {connections}, no weight is learned; a fully connected layer of this "
                "size would have {full}",
                **fields,
            ),
            tr("connections: {connections}, no weight is learned", **fields),
        ]
    if found.dense and not found.shares:
        return [
            tr("connections: {connections}, each with a weight of its own", **fields),
            tr("connections = weights: {connections}", **fields),
        ]
    return [
        tr(
            "connections: {connections}, different weights: {weights}; a fully connected layer of "
            "this size would have {full}",
            **fields,
        ),
        tr("connections: {connections}, weights: {weights} instead of {full}", **fields),
        tr("weights: {weights} instead of {full}", **fields),
    ]


def convolution_text(scene: ConnectedScene) -> str:
    """Which convolution a linear layer is; empty for others."""
    operation = scene.layer.operation
    if not isinstance(operation, Linear):
        return ""
    channels, height, width = unfolded(operation)
    return tr(
        "the same numbers as a convolution with {count} kernels of {kernel}",
        count=thousands(operation.out_features),
        kernel=f"{height}×{width}×{thousands(channels)}",
    )


def fitting(texts: list[str], theme: Theme, room: float) -> str:
    """The longest text that fits on a line; the shortest if none does."""
    font = theme.font(14)
    return next((text for text in texts if width_of(text, font) <= room), texts[-1])


def place_text(place: Element) -> str:
    """ "(0, 3, 4)"."""
    return f"({', '.join(str(i) for i in place)})"


def connection_text(
    scene: ConnectedScene, output: int, column: int, weights: list[int], values: list[float]
) -> str:
    """What connects an output with an input, whose flat weights and their numbers are given."""
    ends = {
        "output": place_text(scene.output_place(output)),
        "input": place_text(scene.input_place(column)),
    }
    if not values:
        return tr("output {output} does not read input {input}", **ends)
    if not scene.learned:
        return tr("output {output} reads input {input} × {value}",
                  value=number(sum(values), 4), **ends)  # fmt: skip
    if len(values) > 1:
        total = " + ".join(number(value, 4) for value in values)
        return tr(
            "output {output} reads input {input} {count} times, as padding repeats it: {sum}",
            count=len(values),
            sum=f"{total} = {number(sum(values), 4)}",
            **ends,
        )
    return tr(
        "output {output} reads input {input} × weight {weight} = {value}",
        weight=place_text(scene.weight_place(weights[0])),
        value=number(values[0], 4),
        **ends,
    )
