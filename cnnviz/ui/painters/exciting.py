"""Draws the images that excite a channel most, each with its patch; or a patch of every channel."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QBrush, QImage, QPainter

from cnnviz.control.language import tr
from cnnviz.core.numbers import number, thousands
from cnnviz.core.patches import Patch
from cnnviz.core.scenes.exciting import ExcitingScene, Look
from cnnviz.core.scenes.formula import kernel_text
from cnnviz.ui.painters.device import draw_image
from cnnviz.ui.painters.pictures import (
    ListLayout,
    Pictures,
    fitting,
    lay_out_pictures,
    paint_scroll,
)
from cnnviz.ui.painters.sheet import Cells, overlay
from cnnviz.ui.painters.text import CENTRE, LEFT, beside_row, outline, write
from cnnviz.ui.theme import Theme, colour
from cnnviz.ui.words import called, layer_name

LEAST = 34
"""Least side of a picture."""

SHADE = 150
"""How opaque everything is covered that the element does not see, of 255."""


@dataclass(frozen=True)
class ExcitingLayout:
    """Where the sentence right of the buttons lies, and the pictures below."""

    title: QRectF
    listed: ListLayout


def lay_out_exciting(
    rect: QRectF, scene: ExcitingScene, theme: Theme, row: float, first: int = 0
) -> ExcitingLayout:
    """Fit the parts into a pane.

    Parameters
    ----------
    row
        Width of the buttons.
    first
        The row of pictures that is scrolled to.
    """
    px = theme.px
    inner = rect.adjusted(px(8), px(4), -px(8), -px(4))
    title = beside_row(inner, row, theme)
    body = inner.adjusted(0, px(30), 0, 0)
    aspect = 2 if scene.look is Look.CHANNEL else 1
    listed = lay_out_pictures(body, scene.count, first, theme, aspect, LEAST)
    return ExcitingLayout(title, listed)


def paint_exciting(
    painter: QPainter,
    layout: ExcitingLayout,
    scene: ExcitingScene,
    pictures: Pictures,
    theme: Theme,
) -> None:
    """Draw the sentence, and whatever pictures are seen."""
    palette, listed = theme.palette, layout.listed
    write(painter, layout.title, fitting(title_text(scene), layout.title.width(), theme),
          colour(palette.muted), theme.font(14), LEFT)  # fmt: skip
    if scene.look is Look.CHANNEL and scene.dead(scene.channel):
        text = tr("This channel is 0 on every test image: nothing excites it.")
        write(painter, listed.area, text, colour(palette.muted), theme.font(15), wrap=True)
        return
    for place in listed.seen:
        rect = listed.picture(place)
        below = QRectF(rect.left() - 3, rect.bottom() + 1, rect.width() + 6, listed.line)
        (_paint_pair if scene.look is Look.CHANNEL else _paint_tile)(
            painter, rect, below, scene, place, pictures, theme
        )
    paint_scroll(painter, listed.area, listed.first, listed.down, listed.rows, theme)


def title_text(scene: ExcitingScene) -> str:
    """What stands beside the buttons."""
    if scene.look is Look.LAYER:
        return tr("for each channel the patch that excites it most")
    return tr("largest value first · the patch that it sees, beside it")


def found_text(scene: ExcitingScene, place: int) -> str:
    """A picture in words: which image, the value, and where."""
    found = scene.at(place)
    label = called(scene.names, int(scene.excitations.labels[found.image]))
    patch = scene.patch(found.element)
    return tr(
        "channel {channel}: {value} at {place} in test image {number} (label {label}), "
        "sees {size} pixels",
        channel=found.element[0],
        value=number(found.value, 4),
        place="(" + ", ".join(str(i) for i in found.element[1:] or found.element) + ")",
        number=thousands(found.image + 1),
        label=label,
        size=kernel_text(patch.field.extent),
    )


def seen_text(scene: ExcitingScene) -> str:
    """How much the elements of the layer see: "Conv 1 sees 3×3 pixels"."""
    patch = scene.patch(scene.found(scene.channel).element)
    size = kernel_text((patch.rows, patch.columns))
    return tr("{layer} sees {size} pixels", layer=layer_name(scene.layer), size=size)


def _paint_pair(
    painter: QPainter,
    rect: QRectF,
    below: QRectF,
    scene: ExcitingScene,
    place: int,
    pictures: Pictures,
    theme: Theme,
) -> None:
    """An image with its patch marked, the patch enlarged beside it, value and class below."""
    palette, found = theme.palette, scene.at(place)
    image, patch = pictures(found.image), scene.patch(found.element)
    left = QRectF(rect.left(), rect.top(), rect.height(), rect.height())
    right = QRectF(rect.right() - rect.height(), rect.top(), rect.height(), rect.height())
    _paint_marked(painter, left, image, patch, theme)
    paint_patch(painter, right, image, patch, theme)
    _frame(painter, left, found.image == scene.sample, theme)
    label = called(scene.names, int(scene.excitations.labels[found.image]))
    value = QRectF(below.left(), below.top(), below.width() / 2, below.height())
    name = value.translated(value.width(), 0)
    write(painter, name, fitting(label, name.width(), theme),
          colour(palette.muted), theme.font(14), CENTRE)  # fmt: skip
    write(painter, value, number(found.value, 3), colour(palette.output), theme.font(14), CENTRE)


def _paint_tile(
    painter: QPainter,
    rect: QRectF,
    below: QRectF,
    scene: ExcitingScene,
    place: int,
    pictures: Pictures,
    theme: Theme,
) -> None:
    """The best patch of a channel, with its number; a channel that nothing excites has none."""
    found, palette, font = scene.at(place), theme.palette, theme.font(14)
    chosen = place == scene.channel
    if scene.dead(place):
        painter.fillRect(rect, colour(palette.raised))
        write(painter, rect, "0", colour(palette.faint), font, CENTRE)
    else:
        paint_patch(painter, rect, pictures(found.image), scene.patch(found.element), theme)
    _frame(painter, rect, chosen, theme)
    tone = colour(palette.text if chosen else palette.muted)
    write(painter, below, str(place), tone, font, CENTRE)


def _frame(painter: QPainter, rect: QRectF, chosen: bool, theme: Theme) -> None:
    tone = colour(theme.palette.accent if chosen else theme.palette.border)
    width = theme.px(2) if chosen else 1
    outline(painter, rect.adjusted(-width, -width, width, width), tone, width)


def _paint_marked(
    painter: QPainter, rect: QRectF, image: QImage, patch: Patch, theme: Theme
) -> None:
    """A whole image; what the element does not see is shaded."""
    cells = Cells.fit(rect, image.height(), image.width())
    _draw(painter, cells.rect, image)
    rows, columns = patch.field.extent
    if rows == image.height() and columns == image.width():
        return
    mask = patch.field.mask((1, image.height(), image.width()))
    overlay(painter, cells, ~mask, theme.palette.panel, SHADE)
    if rows:
        seen = cells.span(patch.field.rows[0], patch.field.columns[0], rows, columns)
        width = theme.px(2)
        frame = seen.adjusted(-width, -width, width, width)
        outline(painter, frame, colour(theme.palette.input), width)


def paint_patch(painter: QPainter, rect: QRectF, image: QImage, patch: Patch, theme: Theme) -> None:
    """The pixels that an element sees, enlarged; padding is hatched, holes are shaded."""
    palette = theme.palette
    painter.fillRect(rect, colour(palette.raised))
    painter.fillRect(rect, QBrush(colour(palette.faint, 90), Qt.BrushStyle.BDiagPattern))
    field = patch.field
    rows, columns = field.extent
    if not rows:
        return
    scale = min(rect.width() / patch.columns, rect.height() / patch.rows)
    left = rect.left() + (rect.width() - scale * patch.columns) / 2
    top = rect.top() + (rect.height() - scale * patch.rows) / 2
    inside = QRectF(
        left + (field.columns[0] - patch.left) * scale,
        top + (field.rows[0] - patch.top) * scale,
        columns * scale,
        rows * scale,
    )
    source = QRectF(field.columns[0], field.rows[0], columns, rows)
    _draw(painter, inside, image, source)
    if field.count < rows * columns:
        mask = field.mask((1, image.height(), image.width()))
        held = mask[field.rows[0] :, field.columns[0] :][:rows, :columns]
        cells = Cells(inside.left(), inside.top(), scale, rows, columns)
        overlay(painter, cells, ~held, palette.panel, SHADE)


def _draw(painter: QPainter, rect: QRectF, image: QImage, source: QRectF | None = None) -> None:
    if source is not None:
        image = image.copy(source.toRect())
    smaller = rect.width() < image.width()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smaller)
    draw_image(painter, rect, image)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
