"""Draws one training step in four parts: forward, loss, backward, update."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import QPainter

from cnnviz.control.language import tr
from cnnviz.core.numbers import number, percent, significant, thousands
from cnnviz.core.rehearsal import Floats
from cnnviz.core.scenes.rehearsal import Part, Place, RehearsalScene
from cnnviz.ui.painters.bars import bar_at, bar_slot, draw_bars
from cnnviz.ui.painters.device import draw_image
from cnnviz.ui.painters.mosaic import Tiles, draw_tiles, lay_out, outline_cell
from cnnviz.ui.painters.pictures import ListLayout, Pictures, fitting
from cnnviz.ui.painters.text import LEFT, RIGHT, beside_row, broken, outline, write
from cnnviz.ui.theme import Theme, colour
from cnnviz.ui.words import called, layer_name

LINE = 20
"""Height of a line of text, in pixels at 100 %."""

DIGITS = 5
"""Decimals of numbers as small as a step is."""


@dataclass(frozen=True)
class RehearsalLayout:
    """Where everything lies.

    Attributes
    ----------
    title
        Right of the buttons.
    batch
        The images of the mini-batch.
    body
        What is shown of the part.
    bars
        A bar for each image, or None in the parts that have none.
    maps
        Where the kernel lies, as often as it is shown: the gradient, or before, gradient, change
        and after.
    """

    title: QRectF
    batch: ListLayout
    body: QRectF
    bars: QRectF | None
    maps: tuple[Tiles, ...]

    def weight_at(self, point: QPointF) -> Place | None:
        """The weight under a point."""
        found = (tiles.at(point) for tiles in self.maps)
        return next((place for place in found if place is not None), None)

    def image_at(self, point: QPointF) -> int | None:
        """The image of the batch under a point, or whose bar is."""
        place = self.batch.at(point)
        if place is None and self.bars is not None:
            place = bar_at(self.bars, self.batch.count, point)
        return place


def lay_out_rehearsal(
    rect: QRectF, scene: RehearsalScene, theme: Theme, row: float, ratio: float = 1.0
) -> RehearsalLayout:
    """Fit the parts into a pane; ``row`` is the width of the buttons, ``ratio`` the screen's."""
    px = theme.px
    inner = rect.adjusted(px(8), px(4), -px(8), -px(4))
    title = beside_row(inner, row, theme)
    below = inner.adjusted(0, px(32), 0, 0)
    left = QRectF(below.left(), below.top(), below.width() * 0.26, below.height())
    body = below.adjusted(left.width() + px(14), 0, 0, 0)
    bars = None
    if scene.part in (Part.LOSS, Part.BACKWARD):
        high = max(px(16), body.height() * (0.5 if scene.part is Part.LOSS else 0.26))
        width = body.width() * (1.0 if scene.part is Part.LOSS else 0.6)
        bars = QRectF(body.left(), body.bottom() - high, width, high)
    maps = tuple(_kernel_in(area, scene, theme, ratio) for area in _map_areas(body, scene, theme))
    return RehearsalLayout(title, _batch_in(left, scene, theme), body, bars, maps)


def _batch_in(area: QRectF, scene: RehearsalScene, theme: Theme) -> ListLayout:
    """All images of the batch without lines below them, as large as they can be."""
    count, gap = scene.rehearsal.count, float(theme.px(2))
    best, across = 0.0, 1
    for columns in range(1, count + 1):
        down = -(-count // columns)
        side = min(area.width() / columns - gap, area.height() / down - gap)
        if side > best:
            best, across = side, columns
    side = max(1.0, float(int(best)))
    down = -(-count // across)
    return ListLayout(area, side, side, 0.0, gap, across, down, count, 0)


def _map_areas(body: QRectF, scene: RehearsalScene, theme: Theme) -> list[QRectF]:
    px, line = theme.px, theme.px(LINE)
    if scene.part is Part.BACKWARD:
        left = body.left() + body.width() * 0.6 + px(14)
        area = QRectF(left, body.top() + line, body.right() - left, body.height() - 2 * line)
        return [area]
    if scene.part is not Part.UPDATE:
        return []
    width, high = body.width() / 4, body.height() - 6 * line
    return [
        QRectF(body.left() + i * width, body.top() + line, width - px(10), max(1.0, high - line))
        for i in range(4)
    ]


def _kernel_in(area: QRectF, scene: RehearsalScene, theme: Theme, ratio: float) -> Tiles:
    channels, rows, columns = scene.rehearsal.gradient.shape
    return lay_out(area, channels, rows, columns, ratio, max(1, theme.px(2)))


def paint_rehearsal(
    painter: QPainter,
    layout: RehearsalLayout,
    scene: RehearsalScene,
    pictures: Pictures,
    theme: Theme,
) -> None:
    """Draw the batch, and the part that is shown."""
    text = fitting(title_text(scene), layout.title.width(), theme)
    write(painter, layout.title, text, colour(theme.palette.muted), theme.font(14), LEFT)
    for place in range(layout.batch.count):
        draw_image(painter, layout.batch.picture(place), pictures(place))
    width = max(2.0, theme.px(2))
    frame = layout.batch.picture(scene.image).adjusted(-width, -width, width, width)
    outline(painter, frame, colour(theme.palette.accent), width)
    match scene.part:
        case Part.FORWARD:
            _paint_forward(painter, layout, scene, theme)
        case Part.LOSS:
            _paint_loss(painter, layout, scene, theme)
        case Part.BACKWARD:
            _paint_backward(painter, layout, scene, theme)
        case Part.UPDATE:
            _paint_update(painter, layout, scene, theme)


def title_text(scene: RehearsalScene) -> str:
    """What happens in the part that is shown."""
    if scene.part is Part.FORWARD:
        return tr("the batch goes through the network: logits, and their softmax")
    if scene.part is Part.LOSS:
        return tr("the loss is the mean of −ln p of the right classes")
    if scene.part is Part.BACKWARD:
        return tr("the chain rule, back from p − y to the kernel")
    return tr("Adam moves every weight against its gradient")


def _paint_forward(
    painter: QPainter, layout: RehearsalLayout, scene: RehearsalScene, theme: Theme
) -> None:
    """Logit and probability of each class; of many classes the likeliest."""
    palette, font, body = theme.palette, theme.font(14), layout.body
    shares = scene.probabilities
    high = min(float(theme.px(26)), body.height() / (1 + min(len(shares), 10)))
    high = max(high, float(theme.px(16)))
    fit = max(1, int(body.height() / high) - 1)
    likeliest = np.argsort(-shares, kind="stable")[:fit]
    shown = np.sort(likeliest).tolist()
    name, logit, bar, share = (
        _column(body, start, end) for start, end in ((0, 0.2), (0.2, 0.36), (0.4, 0.84), (0.86, 1))
    )
    top = QRectF(0, body.top(), 0, high)
    for column, text, align in ((logit, tr("logit"), RIGHT), (bar, tr("softmax"), LEFT)):
        write(painter, _cell(column, top), text, colour(palette.muted), font, align)
    for line, index in enumerate(shown):
        row = QRectF(0, body.top() + (line + 1) * high, 0, high)
        right = index == scene.label
        tone = colour(palette.output if right else palette.text)
        label = called(scene.names, index) + (" ✓" if right else "")
        write(painter, _cell(name, row), fitting(label, name.width(), theme), tone, font, RIGHT)
        value = number(float(scene.logits[index]), 3)
        write(painter, _cell(logit, row), value, tone, font, RIGHT)
        track = _cell(bar, row).adjusted(0, high * 0.15, 0, -high * 0.15)
        painter.fillRect(track, colour(palette.raised))
        track.setWidth(track.width() * float(shares[index]))
        painter.fillRect(track, colour(palette.output if right else palette.faint))
        write(painter, _cell(share, row), percent(float(shares[index]), 2), tone, font, RIGHT)


def _column(body: QRectF, start: float, end: float) -> QRectF:
    return QRectF(body.left() + start * body.width(), 0, (end - start) * body.width(), 0)


def _cell(column: QRectF, row: QRectF) -> QRectF:
    return QRectF(column.left(), row.top(), column.width(), row.height())


def _paint_loss(
    painter: QPainter, layout: RehearsalLayout, scene: RehearsalScene, theme: Theme
) -> None:
    rehearsal, palette = scene.rehearsal, theme.palette
    p, own = float(scene.probabilities[scene.label]), float(rehearsal.losses[scene.image])
    few = [number(float(loss), 3) for loss in rehearsal.losses[:3]]
    more = " + …" if rehearsal.count > 3 else ""
    lines = (
        tr("image {number}: the right class is {label}, p = {p}",
           number=scene.image + 1, label=called(scene.names, scene.label), p=number(p, DIGITS)),
        tr("its loss: −ln {p} = {loss}", p=number(p, DIGITS), loss=number(own, DIGITS)),
        tr("mean of {count} images: ({sum}) / {count} = {loss}", count=rehearsal.count,
           sum=" + ".join(few) + more, loss=number(rehearsal.loss, DIGITS)),
    )  # fmt: skip
    _paint_lines(painter, layout.body, lines, theme)
    _paint_bars(painter, layout, scene, rehearsal.losses, palette.output, theme)


def _paint_backward(
    painter: QPainter, layout: RehearsalLayout, scene: RehearsalScene, theme: Theme
) -> None:
    rehearsal, palette = scene.rehearsal, theme.palette
    parts = rehearsal.parts[(slice(None), *scene.place)]
    total, own = float(rehearsal.gradient[scene.place]), float(parts[scene.image])
    layers = " → ".join(  # lines are broken at the arrows alone
        f"{layer_name(scene.network.layers[index])} {number(size, DIGITS)}".replace(" ", "\u00a0")
        for index, size in rehearsal.layers
        if index >= rehearsal.asked.layer
    )
    first, *rest = _differences(scene)
    lines = (
        tr("image {number}: p − y = {values}", number=scene.image + 1, values=first),
        *rest,
        tr("∂L/∂logits = (p − y) / {count}", count=rehearsal.count),
        tr("mean of |∂L/∂output|: {layers}", layers=layers),
        tr("∂L/∂w of weight {place} = {value}:", place=place_text(scene.place),
           value=number(total, DIGITS)),
        tr("the sum over {count} images × {positions} positions", count=rehearsal.count,
           positions=thousands(rehearsal.positions)),
        tr("image {number} alone: {value}", number=scene.image + 1, value=number(own, DIGITS)),
    )  # fmt: skip
    body = QRectF(layout.body)
    body.setWidth(body.width() * 0.6)
    _paint_lines(painter, body, lines, theme)
    _paint_bars(painter, layout, scene, parts, palette.gradient, theme)
    above = QRectF(body.right() + theme.px(14), body.top(), 0, theme.px(LINE))
    above.setRight(layout.body.right())
    heading = tr("gradient of kernel {number}, {layer}", number=rehearsal.asked.kernel,
                 layer=layer_name(scene.layer))  # fmt: skip
    _paint_kernel(
        painter, layout.maps[0], above, heading, palette.gradient, rehearsal.gradient, scene, theme
    )


def _differences(scene: RehearsalScene) -> list[str]:
    """p − y of each class, five in a line; of many classes the first ones."""
    found = [number(float(value), 3, small=False) for value in scene.differences]
    if len(found) > 10:
        found = [*found[:9], "…"]
    found = [f"({found[0]}", *found[1:-1], f"{found[-1]})"]
    lines = [", ".join(found[start : start + 5]) for start in range(0, len(found), 5)]
    return [*(f"{line}," for line in lines[:-1]), lines[-1]]


def _paint_update(
    painter: QPainter, layout: RehearsalLayout, scene: RehearsalScene, theme: Theme
) -> None:
    rehearsal, line = scene.rehearsal, theme.px(LINE)
    kernel, gradient = theme.palette.kernel, theme.palette.gradient
    shown = (
        (tr("kernel before"), kernel, rehearsal.kernel),
        (tr("gradient"), gradient, rehearsal.gradient),
        (tr("change"), gradient, rehearsal.kernel_after - rehearsal.kernel),
        (tr("kernel after"), kernel, rehearsal.kernel_after),
    )
    width = layout.body.width() / 4
    for index, (tiles, (heading, role, values)) in enumerate(zip(layout.maps, shown, strict=True)):
        left = layout.body.left() + index * width
        above = QRectF(left, layout.body.top(), width - theme.px(10), line)
        _paint_kernel(painter, tiles, above, heading, role, values, scene, theme)
    bottom = QRectF(layout.body)
    lines = update_lines(scene)
    bottom.setTop(bottom.bottom() - len(broken(lines, bottom.width(), theme.font(14))) * line)
    _paint_lines(painter, bottom, lines, theme)


def update_lines(scene: RehearsalScene) -> tuple[str, ...]:
    """Adam's step of the chosen weight, with all of its numbers."""
    rehearsal, adam, place = scene.rehearsal, scene.rehearsal.adam, scene.place
    g = _factor(float(rehearsal.gradient[place]))
    m, v = (tuple(float(part[place]) for part in pair) for pair in (adam.m, adam.v))
    first, second = adam.corrections
    mean = f"{adam.beta1:g}·{_factor(m[0])} + {1 - adam.beta1:.3g}·{g}"
    square = f"{adam.beta2:g}·{_factor(v[0])} + {1 - adam.beta2:.3g}·{g}²"
    m_hat = f"m̂ = m / (1 − {adam.beta1:g}^{adam.number}) = {significant(m[1] / first)}"
    v_hat = f"v̂ = v / (1 − {adam.beta2:g}^{adam.number}) = {significant(v[1] / second)}"
    change = f"−{adam.learning_rate:g}·m̂ / (√v̂ + {number(adam.epsilon)})"
    before, after = float(rehearsal.kernel[place]), float(rehearsal.kernel_after[place])
    return (
        f"m = {mean} = {significant(m[1])}",
        f"v = {square} = {significant(v[1])}",
        f"{m_hat}   {v_hat}",
        f"{change} = {significant(adam.step(place))}",
        tr("w of weight {place}: {before} → {after}", place=place_text(place),
           before=number(before, DIGITS + 1), after=number(after, DIGITS + 1)),
        tr("loss of this batch: {before} → {after}", before=number(rehearsal.loss, DIGITS),
           after=number(rehearsal.loss_after, DIGITS)),
    )  # fmt: skip


def _factor(value: float) -> str:
    """A number behind a sign of multiplication."""
    text = significant(value)
    return f"({text})" if value < 0 else text


def place_text(place: Place) -> str:
    """Channel, row and column: "(0, 2, 1)"."""
    return "(" + ", ".join(str(at) for at in place) + ")"


def _paint_kernel(
    painter: QPainter,
    tiles: Tiles,
    above: QRectF,
    heading: str,
    role: str,
    values: Floats,
    scene: RehearsalScene,
    theme: Theme,
) -> None:
    """The kernel's channels in one range, which is written beside the heading."""
    limit = float(np.nanmax(np.abs(values))) or 1.0
    text = f"{heading} ±{number(limit, 4)}"
    write(painter, above, fitting(text, above.width(), theme), colour(role),
          theme.font(14), LEFT)  # fmt: skip
    draw_tiles(painter, tiles, values, limit, theme)
    outline_cell(painter, tiles.cell(*scene.place), colour(theme.palette.gradient), theme)


def _paint_bars(
    painter: QPainter,
    layout: RehearsalLayout,
    scene: RehearsalScene,
    values: Floats,
    role: str,
    theme: Theme,
) -> None:
    """A bar for each image of the batch, that of the chosen one framed."""
    if layout.bars is None:
        return
    draw_bars(painter, layout.bars, values, theme, role)
    frame = bar_slot(layout.bars, len(values), scene.image)
    outline(painter, frame, colour(theme.palette.accent), max(1.0, theme.px(1)))


def _paint_lines(
    painter: QPainter, area: QRectF, lines: tuple[str, ...], theme: Theme
) -> None:  # fmt: skip
    high = theme.px(LINE)
    for index, text in enumerate(broken(lines, area.width(), theme.font(14))):
        line = QRectF(area.left(), area.top() + index * high, area.width(), high)
        shown = fitting(text, line.width(), theme)
        write(painter, line, shown, colour(theme.palette.text), theme.font(14), LEFT)
