"""Draws what reaches an element: the exact field or the gradient on the input, and the table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PyQt6.QtCore import QRectF, QSizeF
from PyQt6.QtGui import QColor, QImage, QLinearGradient, QPainter

from cnnviz.control.language import tr
from cnnviz.core.gradient import PixelGradient
from cnnviz.core.numbers import number, thousands
from cnnviz.core.scenes.formula import kernel_text, pair_text
from cnnviz.core.scenes.receptive import Look, ReceptiveScene, Row
from cnnviz.core.scenes.sheets import map_sheet
from cnnviz.ui.painters.device import draw_image
from cnnviz.ui.painters.sheet import Cells, draw_sheet, overlay
from cnnviz.ui.painters.text import CENTRE, LEFT, RIGHT, outline, width_of, write
from cnnviz.ui.theme import Theme, colour
from cnnviz.ui.words import layer_name

COLUMNS = (0.40, 0.22, 0.16, 0.22)
"""Shares of the table's width: layer, size, jump, start."""

SHADE = 190
"""How opaque the rest of the image is covered, of 255."""

DIMMED = 150
"""How much the image steps back behind the gradient that is laid over it."""


@dataclass(frozen=True)
class ReceptiveLayout:
    """Where the buttons and the input's cells lie, what stands beside them, the sentence below."""

    buttons: QRectF
    cells: Cells
    beside: QRectF
    below: QRectF | None


def lay_out_receptive(
    area: QRectF, scene: ReceptiveScene, theme: Theme, buttons: QSizeF
) -> ReceptiveLayout:
    """Place the input at the left, as large as half of the width allows.

    The buttons stand beside it where they fit: a pane that is low has no height for a row of them.
    """
    px = theme.px
    inner = area.adjusted(px(10), px(6), -px(10), -px(4))
    line, gap = px(20), px(16)
    below = None
    if inner.height() > px(130):
        inner.setBottom(inner.bottom() - line)
        below = QRectF(inner.left(), inner.bottom(), inner.width(), line)
    _, height, width = scene.network.input_shape
    wide = min(inner.width() * 0.5, inner.height() * width / height)
    left = inner.left() + wide + gap
    if inner.right() - left < buttons.width():  # a row of their own
        row = QRectF(inner.left(), inner.top(), inner.width(), buttons.height())
        inner.setTop(row.bottom() + px(6))
        wide = min(inner.width() * 0.5, inner.height() * width / height)
        left = inner.left() + wide + gap
        top = inner.top()
    else:
        row = QRectF(left, inner.top(), inner.right() - left, buttons.height())
        top = row.bottom() + px(4)
    picture = QRectF(inner.left(), inner.top(), max(1.0, wide), max(1.0, inner.height()))
    beside = QRectF(left, top, max(0.0, inner.right() - left), max(0.0, inner.bottom() - top))
    return ReceptiveLayout(row, Cells.fit(picture, height, width), beside, below)


def paint_receptive(
    painter: QPainter, layout: ReceptiveLayout, scene: ReceptiveScene, theme: Theme
) -> None:
    """Draw the field or the gradient, and the table."""
    paint_input(painter, layout.cells, scene, theme)
    gradient, table = scene.gradient, QRectF(layout.beside)
    if gradient is not None and _top(gradient) > 0 and table.height() >= theme.px(54):
        line = theme.px(20)
        table.setBottom(table.bottom() - line)
        legend = QRectF(table.left(), table.bottom(), table.width(), line)
        _paint_legend(painter, legend, _top(gradient), theme)
    _paint_table(painter, table, scene, theme)
    if layout.below is not None:
        paint_sentence(painter, layout.below, seen_text(scene), theme, theme.palette.input)


def paint_sentence(
    painter: QPainter, area: QRectF, text: str, theme: Theme, role: str
) -> None:  # fmt: skip
    """Write one line in the middle; from the left, where it is too long to be seen whole."""
    font = theme.font(14)
    align = LEFT if width_of(text, font) > area.width() else CENTRE
    write(painter, area, text, colour(role), font, align)


def seen_text(scene: ReceptiveScene) -> str:
    """How much of the input the element sees, or what counts most for it, in one sentence."""
    if scene.gradient is not None:
        return _counted_text(scene, scene.gradient)
    field = scene.field
    rows, columns = field.extent
    _, height, width = scene.network.input_shape
    if field.count == height * width:
        return tr("{layer} sees the whole input", layer=layer_name(scene.layer))
    return tr(
        "{layer} {place} sees {rows}×{columns}: {count} of {all} pixels",
        layer=layer_name(scene.layer),
        place=_place(scene.element),
        rows=rows,
        columns=columns,
        count=thousands(field.count),
        all=thousands(height * width),
    )


def _counted_text(scene: ReceptiveScene, gradient: PixelGradient) -> str:
    strength = gradient.strength
    name = {"layer": layer_name(scene.layer), "place": _place(scene.element)}
    text = tr("{layer} {place}: the gradient is 0 everywhere, no pixel counts now", **name)
    if strength.any():
        text = tr(
            "{layer} {place}: {count} pixels count now, {pixel} the most",
            **name,
            count=thousands(int(np.count_nonzero(strength))),
            pixel=_place(np.unravel_index(int(np.argmax(strength)), strength.shape)),
        )
    if gradient.snapshot.step != scene.snapshot.step:
        text = f"{text} · {tr('step {step}', step=gradient.snapshot.step)}"
    return text


def _place(index: tuple[int | np.integer, ...]) -> str:
    return "(" + ", ".join(str(int(i)) for i in index) + ")"


def paint_input(painter: QPainter, cells: Cells, scene: ReceptiveScene, theme: Theme) -> None:
    """The input in grey, with what is not seen shaded and what counts in pink."""
    palette, shape = theme.palette, scene.network.input_shape
    draw_sheet(painter, scene.image, map_sheet(shape, 0), cells, 1.0, theme, as_grey=True)
    if scene.look is not Look.INFLUENCE:
        mask = scene.field.mask(shape)
        overlay(painter, cells, ~mask, palette.panel, SHADE)
        if scene.gradient is not None:
            overlay(painter, cells, mask, palette.panel, DIMMED)
            _lay_gradient(painter, cells, scene.gradient, palette.gradient)
    outline(painter, cells.rect.adjusted(-1, -1, 1, 1), colour(palette.border), 1)
    rows, columns = scene.field.extent
    if scene.look is not Look.INFLUENCE and rows and columns:
        frame = cells.span(scene.field.rows[0], scene.field.columns[0], rows, columns)
        outline(painter, frame.adjusted(-2, -2, 2, 2), colour(palette.input), theme.px(2))


def _top(gradient: PixelGradient) -> float:
    """The strength that is drawn full; NaN and ∞ of a network that has diverged are left out."""
    strength = gradient.strength
    return float(strength.max(initial=0.0, where=np.isfinite(strength)))


def _lay_gradient(painter: QPainter, cells: Cells, gradient: PixelGradient, name: str) -> None:
    """Lay pink over the image, the more opaque the more a pixel counts."""
    top = _top(gradient)
    if top == 0:
        return
    share = np.nan_to_num(gradient.strength / np.float32(top), nan=0.0, posinf=1.0).clip(0, 1)
    alpha = np.rint(share * 255).astype(np.uint32)
    pixels = (alpha << 24) | np.uint32(colour(name).rgb() & 0xFFFFFF)
    height, width = pixels.shape
    data = pixels.astype(np.uint32).tobytes()  # QImage keeps no reference
    image = QImage(data, width, height, 4 * width, QImage.Format.Format_ARGB32)
    draw_image(painter, cells.rect, image)


def _paint_legend(painter: QPainter, area: QRectF, top: float, theme: Theme) -> None:
    """What pink means: from 0 to the largest Σ|gradient|."""
    font, muted = theme.font(14), colour(theme.palette.muted)
    name, high = tr("Σ|gradient|"), number(top, 3)
    gap, left = theme.px(8), area.left() + theme.px(4)
    parts = [(name, width_of(name, font)), ("0", width_of("0", font))]
    if area.width() < sum(width for _, width in parts) + width_of(high, font) + theme.px(70):
        parts = parts[1:]
    for text, width in parts:
        write(painter, QRectF(left, area.top(), width, area.height()), text, muted, font, LEFT)
        left += width + gap
    room = area.right() - left - width_of(high, font) - gap
    bar = QRectF(left, 0, max(0.0, min(room, theme.px(90))), theme.px(9))
    bar.moveTop(area.center().y() - bar.height() / 2)
    fade = QLinearGradient(bar.topLeft(), bar.topRight())
    fade.setColorAt(0, QColor(theme.palette.panel))
    fade.setColorAt(1, colour(theme.palette.gradient))
    painter.fillRect(bar, fade)
    outline(painter, bar.adjusted(-1, -1, 1, 1), colour(theme.palette.border), 1)
    after = QRectF(bar.right() + gap, area.top(), area.right() - bar.right() - gap, area.height())
    write(painter, after, high, muted, font, LEFT)


def _paint_table(painter: QPainter, area: QRectF, scene: ReceptiveScene, theme: Theme) -> None:
    """Layer, size, jump and start; as many lines around the chosen one as can be read."""
    palette, rows = theme.palette, scene.rows
    room = int(area.height() // theme.px(18)) - 1
    if room < 1 or area.width() < theme.px(150):
        return
    heading = (tr("layer"), tr("size"), tr("jump"), tr("start"))
    chosen = next((i for i, row in enumerate(rows) if row.chosen), 0)
    first = max(0, min(chosen - room // 2, len(rows) - room))
    shown = rows[first : first + room]
    tall = min(float(theme.px(24)), area.height() / (len(shown) + 1))
    _paint_line(painter, area, 0, tall, heading, palette.muted, theme, bold=False)
    for place, row in enumerate(shown, start=1):
        if row.chosen:
            frame = QRectF(area.left(), area.top() + place * tall, area.width(), tall)
            painter.fillRect(frame, colour(palette.raised))
        ink = palette.input if row.chosen else palette.text
        _paint_line(painter, area, place, tall, _texts(row), ink, theme, bold=row.chosen)


def _paint_line(
    painter: QPainter,
    area: QRectF,
    place: int,
    tall: float,
    texts: tuple[str, ...],
    ink: str,
    theme: Theme,
    bold: bool,
) -> None:
    left, top = area.left(), area.top() + place * tall
    for column, (share, text) in enumerate(zip(COLUMNS, texts, strict=True)):
        width = share * area.width()
        cell = QRectF(left, top, width, tall).adjusted(theme.px(4), 0, -theme.px(4), 0)
        font = theme.font(14, bold=bold)
        write(painter, cell, text, colour(ink), font, LEFT if column == 0 else RIGHT)
        left += width


def _texts(row: Row) -> tuple[str, ...]:
    name, sight = layer_name(row.layer), row.sight
    if sight.growth is not None:
        rows, columns = sight.growth
        return (
            name,
            kernel_text(sight.size),
            pair_text((rows.jump, columns.jump)),
            _pair(f"{rows.start:g}", f"{columns.start:g}"),
        )
    if sight.whole:
        return name, tr("all"), "", ""
    size = kernel_text(sight.size)
    return (name, size, "", "") if sight.alike else (name, f"≤ {size}", tr("varies"), "")


def _pair(rows: str, columns: str) -> str:
    text = rows if rows == columns else f"{rows}×{columns}"
    return text.replace("-", "−")
