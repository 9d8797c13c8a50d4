"""Draws one element's connections beside those of a fully connected neuron, with the counts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QPainter

from cnnviz.control.language import tr
from cnnviz.core.numbers import thousands
from cnnviz.core.scenes.locality import Locality
from cnnviz.core.scenes.receptive import ReceptiveScene, folded
from cnnviz.ui.painters.sheet import Cells, overlay
from cnnviz.ui.painters.text import CENTRE, LEFT, outline, width_of, write
from cnnviz.ui.theme import Theme, colour
from cnnviz.ui.words import layer_name

LINE = 19
"""Height of a line of text, in pixels at 100 %."""

MOST_LINES = 4
"""A title and three lines: both halves leave this room, so that their pictures are as large."""

Texts = tuple[str, ...]
"""The same line, said at length and ever shorter: the first that fits is written."""


def paint_locality(painter: QPainter, area: QRectF, scene: ReceptiveScene, theme: Theme) -> None:
    """Draw both halves: this layer's element, and a neuron that is connected to everything."""
    px = theme.px
    above, below = (px(8), px(6)) if area.height() > px(90) else (px(4), px(2))
    inner = area.adjusted(px(10), above, -px(10), -below)
    half = (inner.width() - px(16)) / 2
    found, palette = scene.locality, theme.palette
    connected = folded(found.connected)
    for number, (title, mask, lines) in enumerate(
        (
            (layer_name(scene.layer), connected, _own_lines(found)),
            (tr("Fully connected"), np.ones_like(connected), _full_lines(found)),
        )
    ):
        left = inner.left() + number * (half + px(16))
        place = QRectF(left, inner.top(), half, inner.height())
        _paint_half(painter, place, title, mask, lines, theme)
    middle = inner.center().x()
    painter.fillRect(QRectF(middle, inner.top(), 1, inner.height()), colour(palette.border))


def connections_text(scene: ReceptiveScene) -> str:
    """Both counts in one sentence."""
    found = scene.locality
    return tr(
        "{layer}: connected to {count} of {all} inputs; a fully connected neuron to all of them",
        layer=layer_name(scene.layer),
        count=thousands(found.count),
        all=thousands(found.inputs),
    )


def _paint_half(
    painter: QPainter,
    area: QRectF,
    title: str,
    mask: NDArray[np.bool_],
    lines: tuple[Texts, ...],
    theme: Theme,
) -> None:
    palette, all_lines = theme.palette, ((title,), *lines)
    line = min(float(theme.px(LINE)), area.height() / MOST_LINES)
    text, picture = QRectF(area), QRectF(area)
    room = area.height() - theme.px(LINE) * MOST_LINES - theme.px(6)
    if room >= theme.px(60):
        picture.setHeight(room)
        text.setTop(picture.bottom() + theme.px(6))
    else:  # too low for one below the other
        picture.setWidth(min(area.height(), area.width() * 0.35))
        text.setLeft(picture.right() + theme.px(8))
        text.setTop(area.top() + max(0.0, (area.height() - line * len(all_lines)) / 2))
    cells = Cells.fit(picture, *mask.shape)
    painter.fillRect(cells.rect, colour(palette.raised))
    overlay(painter, cells, mask, palette.input, 255)
    outline(painter, cells.rect.adjusted(-1, -1, 1, 1), colour(palette.border), 1)
    align = CENTRE if text.left() == area.left() else LEFT
    for number, texts in enumerate(all_lines):
        rect = QRectF(text.left(), text.top() + number * line, text.width(), line)
        role = (palette.text, palette.input, palette.kernel, palette.kernel)[number]
        font = theme.font(14, bold=number == 0)
        fits = (text for text in texts if width_of(text, font) <= rect.width())
        write(painter, rect, next(fits, texts[-1]), colour(role), font, align)


def _own_lines(found: Locality) -> tuple[Texts, ...]:
    count, inputs = thousands(found.count), thousands(found.inputs)
    plain = tr("{count} of {all} inputs", count=count, all=inputs)
    lines: list[Texts] = [(plain, f"{count} / {inputs}")]
    if found.maps > 1:
        product = f"{found.maps} · {thousands(found.count // found.maps)} = {count}"
        lines[0] = (tr("{count} of {all} inputs", count=product, all=inputs), *lines[0])
    if not found.weights:
        return (*lines, (tr("no weights"),))
    weights, positions = thousands(found.weights), thousands(found.positions)
    if found.positions > 1:
        lines.append((
            tr("weights: {weights}, shared by {positions} positions",
               weights=weights, positions=positions),
            tr("weights: {weights} for {positions} places", weights=weights, positions=positions),
            tr("shared weights: {weights}", weights=weights),
        ))  # fmt: skip
    else:
        own = tr("own weights: {weights}", weights=weights)
        lines.append((own, tr("weights: {weights}", weights=weights)))
    lines.append(_layer_texts(found.weights, found.filters, found.layer_weights))
    return tuple(lines)


def _full_lines(found: Locality) -> tuple[Texts, ...]:
    inputs = thousands(found.inputs)
    return (
        (tr("{count} of {all} inputs", count=inputs, all=inputs), f"{inputs} / {inputs}"),
        (
            tr("own weights: {weights}", weights=inputs),
            tr("weights: {weights}", weights=inputs),
        ),
        _layer_texts(found.inputs, found.outputs, found.full_weights),
    )


def _layer_texts(each: int, sets: int, total: int) -> Texts:
    product = f"{thousands(each)} · {thousands(sets)} = {thousands(total)}"
    return (
        tr("weights of the whole layer: {count}", count=product),
        tr("whole layer: {count}", count=product),
        tr("whole layer: {count}", count=thousands(total)),
        tr("layer: {count}", count=thousands(total)),
    )
