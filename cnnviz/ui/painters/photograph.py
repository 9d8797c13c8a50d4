"""Paints a photograph before and after its filter, and the window's numbers."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QImage, QPainter, QPen, QPixmap

from cnnviz.control.language import tr
from cnnviz.core.colour import limit_of, lut, pixels, shade
from cnnviz.core.filtering import Channels
from cnnviz.core.filters import Kernel
from cnnviz.core.numbers import number
from cnnviz.core.scenes.photograph import (
    CHANNEL_NAMES,
    TINTS,
    PhotographScene,
    Shown,
    picture_pixels,
    result_pixels,
)
from cnnviz.ui.painters.device import draw_image, draw_pixmap
from cnnviz.ui.painters.photograph_layout import Loupe, PhotographLayout
from cnnviz.ui.painters.sheet import Cells, blank_after, scale_of
from cnnviz.ui.painters.stage_grids import paint_frames, paint_products, paint_window
from cnnviz.ui.painters.stage_layout import Grid
from cnnviz.ui.painters.text import LEFT, RIGHT, outline, width_of, write
from cnnviz.ui.theme import Theme, colour

SMALLEST_MARK = 18
"""Pixels (at 100 %) of the frame that says where a small window is."""


def kernel_title(kernel: Kernel) -> str:
    """A kernel's name in the language of the window, and its factor: "Box blur 3×3 · 1/9"."""
    title = tr(kernel.title, number=kernel.place)
    return f"{title} · {kernel.factor}" if kernel.factor else title


def image_of(found: NDArray[np.uint32]) -> QImage:
    """Pixels 0xffRRGGBB as one image of its own."""
    height, width = found.shape
    data = np.ascontiguousarray(found).tobytes()
    return QImage(data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()


def before_image(scene: PhotographScene, plane: int | None) -> QImage:
    """The picture, or one channel of it."""
    return image_of(picture_pixels(scene.input, plane))


def after_image(scene: PhotographScene, plane: int | None, theme: Theme) -> QImage:
    """What the filter makes of it, or one map of that."""
    return result_image(scene, scene.output, plane, theme)


def result_image(
    scene: PhotographScene, output: NDArray[np.floating[Any]], plane: int | None, theme: Theme
) -> QImage:
    """A part of the result as it is drawn: one map, or all three together."""
    shown = scene.shown_of(plane is not None or len(output) == 1)
    limit = 1.0 if shown is Shown.CLIPPED else scene.limit
    return image_of(result_pixels(output, plane, shown, limit, scale_of(theme)))


def scaled(image: QImage, cells: Cells, ratio: float) -> QPixmap:
    """An image as large as its cells; smooth where it gets smaller, else pixel by pixel."""
    width, height = round(cells.rect.width() * ratio), round(cells.rect.height() * ratio)
    mode = Qt.TransformationMode
    smooth = cells.size * ratio < 1
    picture = QPixmap.fromImage(
        image.scaled(
            max(1, width),
            max(1, height),
            Qt.AspectRatioMode.IgnoreAspectRatio,
            mode.SmoothTransformation if smooth else mode.FastTransformation,
        )
    )
    picture.setDevicePixelRatio(ratio)
    return picture


def paint_still(
    painter: QPainter,
    scene: PhotographScene,
    layout: PhotographLayout,
    pictures: tuple[QPixmap, QPixmap],
    theme: Theme,
) -> None:
    """What stays while the window moves: both pictures and the lines above them."""
    for cells, picture in zip((layout.before, layout.after), pictures, strict=True):
        draw_pixmap(painter, cells.rect.topLeft(), picture)
        outline(painter, cells.rect.adjusted(-1, -1, 1, 1), colour(theme.palette.border), 1)
    _paint_titles(painter, scene, layout, theme)


def paint_moving(
    painter: QPainter, scene: PhotographScene, layout: PhotographLayout, theme: Theme
) -> None:
    """The window in both pictures, and its numbers below."""
    blank_after(painter, layout.after, scene.computed, theme)
    _paint_window_marks(painter, scene, layout, theme)
    _paint_loupe(painter, scene, layout, theme)


def paint_tiles(
    painter: QPainter,
    tiles: tuple[QRectF, ...],
    images: tuple[QImage, ...],
    chosen: int,
    theme: Theme,
) -> None:
    """Red, green, blue and all three, in small; the chosen one framed."""
    names = [tr(name) for name in CHANNEL_NAMES] + [tr("all")]
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    for place, (tile, image) in enumerate(zip(tiles, images, strict=True)):
        draw_image(painter, _within(tile, image), image)
        band = QRectF(tile.left(), tile.bottom() - theme.px(19), tile.width(), theme.px(19))
        painter.fillRect(band, colour("#000000", 150))
        ink = "#ffffff" if place == 3 else _hex(TINTS[place])
        write(painter, band, names[place], colour(ink), theme.font(14))
        edge = theme.palette.accent if place == chosen else theme.palette.border
        outline(painter, tile, colour(edge), theme.px(3 if place == chosen else 1))
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)


def _hex(tint: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(255 * part):02x}" for part in tint)


def _within(tile: QRectF, image: QImage) -> QRectF:
    """The largest place of an image's proportions in the middle of a tile."""
    share = min(tile.width() / image.width(), tile.height() / image.height())
    found = QRectF(0, 0, image.width() * share, image.height() * share)
    found.moveCenter(tile.center())
    return found


def _paint_titles(
    painter: QPainter, scene: PhotographScene, layout: PhotographLayout, theme: Theme
) -> None:
    palette, plain, bold = theme.palette, theme.font(14), theme.font(15, bold=True)
    rows, columns = scene.size
    what = tr("grey") if scene.channels is Channels.GREY else tr("red, green, blue")
    if scene.input_plane is not None and len(scene.input) == 3:
        what = tr(CHANNEL_NAMES[scene.input_plane])
    lines = (
        (layout.before_title, tr("Before"), f"{columns}×{rows} · {what} · 0 … 1", 0.0),
        (layout.after_title, tr("After"), _after_text(scene), _legend_width(scene, theme)),
    )
    for area, title, text, taken in lines:
        write(painter, area, title, colour(palette.text), bold, LEFT)
        left = width_of(title, bold) + theme.px(10)
        rest = area.adjusted(left, 0, -taken, 0)
        painter.setFont(plain)
        metrics = painter.fontMetrics()
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0, int(rest.width())))
        write(painter, rest, shown, colour(palette.muted), plain, LEFT)
    _paint_legend(painter, scene, layout.after_title, theme)


def _after_text(scene: PhotographScene) -> str:
    parts = [kernel_title(scene.kernel)]
    if scene.output_plane is not None and len(scene.output) == 3:
        parts.append(tr(CHANNEL_NAMES[scene.output_plane]))
    elif scene.channels is not Channels.GREY:
        parts.append(tr(scene.channels.value))
    if scene.waiting:
        parts.append(tr("being computed…"))
    return " · ".join(parts)


def _ends(scene: PhotographScene) -> tuple[str, str]:
    """What stands at both ends of the legend; "≥" where a few numbers lie beyond it."""
    high = number(scene.limit, 2, integral=True)
    over, under = ("≥ ", "≤ ") if scene.exceeded else ("", "")
    if scene.shown in (Shown.SIGNED, Shown.SHIFTED):
        return f"{under}{number(-scene.limit, 2, integral=True)}", f"{over}+{high}"
    return "0", f"{over}{high}"


def _legend_width(scene: PhotographScene, theme: Theme) -> float:
    font = theme.font(14)
    texts = (*_ends(scene), tr(scene.shown.value))
    return sum(width_of(text, font) for text in texts) + theme.px(84 + 34)


def _paint_legend(painter: QPainter, scene: PhotographScene, area: QRectF, theme: Theme) -> None:
    """How the numbers of the result became colours, at the right end of its line."""
    font, muted = theme.font(14), colour(theme.palette.muted)
    low, high = _ends(scene)
    write(painter, area, high, muted, font, RIGHT)
    right = area.right() - width_of(high, font) - theme.px(6)
    bar = QRectF(right - theme.px(84), area.center().y() - theme.px(4), theme.px(84), theme.px(8))
    draw_image(painter, bar, _strip(scene, theme))
    end = bar.left() - theme.px(6)
    write(painter, area.adjusted(0, 0, end - area.right(), 0), low, muted, font, RIGHT)
    end -= width_of(low, font) + theme.px(12)
    rest = area.adjusted(0, 0, end - area.right(), 0)
    write(painter, rest, tr(scene.shown.value), colour(theme.palette.text), font, RIGHT)


def _strip(scene: PhotographScene, theme: Theme) -> QImage:
    if scene.shown is Shown.SIGNED:
        return image_of(pixels(lut(scale_of(theme), 65))[None])
    return image_of(picture_pixels(np.linspace(0, 1, 65, dtype=np.float32)[None, None], None))


def _paint_window_marks(
    painter: QPainter, scene: PhotographScene, layout: PhotographLayout, theme: Theme
) -> None:
    taps, cursor = scene.stage.ledger.taps, scene.stage.cursor
    start = scene.stage.group_terms.start
    row, column = (int(i) for i in taps.inputs[start][1:])
    rows, columns = taps.group_shape
    window, element = (
        layout.before.span(row, column, rows, columns),
        layout.after.span(cursor.row, cursor.column),
    )
    painter.save()
    over = theme.px(9)
    painter.setClipRect(layout.before.rect.adjusted(-over, -over, over, over))
    _frame(painter, window, layout.before.rect, theme.palette.input, theme)
    painter.restore()
    _frame(painter, element, layout.after.rect, theme.palette.output, theme)


def mark_around(exact: QRectF, picture: QRectF, theme: Theme) -> QRectF:
    """The frame around some cells; larger than they are, where they could hardly be seen.

    Such a larger one stays in the picture, so that it touches no text around that.
    """
    least, width = theme.px(SMALLEST_MARK), theme.px(2)
    frame = QRectF(exact)
    if exact.width() < least or exact.height() < least:
        frame = QRectF(0, 0, max(least, exact.width()), max(least, exact.height()))
        frame.moveCenter(exact.center())
        frame.moveLeft(max(picture.left(), min(frame.left(), picture.right() - frame.width())))
        frame.moveTop(max(picture.top(), min(frame.top(), picture.bottom() - frame.height())))
    return frame.adjusted(-width, -width, width, width)


def _frame(painter: QPainter, exact: QRectF, picture: QRectF, name: str, theme: Theme) -> None:
    width, frame = theme.px(2), mark_around(exact, picture, theme)
    if frame.width() > exact.width() + 2 * width or frame.height() > exact.height() + 2 * width:
        outline(painter, exact.adjusted(-1, -1, 1, 1), colour(name), 1)
    outline(painter, frame.adjusted(-1, -1, 1, 1), colour("#000000", 150), width + 2)
    outline(painter, frame, colour(name), width)


def _paint_loupe(
    painter: QPainter, scene: PhotographScene, layout: PhotographLayout, theme: Theme
) -> None:
    """The window's numbers and the kernel's, their products, and what they add up to."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    loupe, stage, palette = layout.loupe, scene.stage, theme.palette
    size = stage.ledger.taps.group_size
    fast = scene.sweeping and stage.done
    for group, grid in loupe.windows:
        edge = palette.input if group == stage.group or len(loupe.windows) == 1 else palette.border
        paint_frames(painter, grid, size, edge, theme)
        paint_window(painter, replace(stage, opened=group), grid, theme, fast)
        _caption(painter, grid.rect, _window_caption(scene, group), theme)
        if len(loupe.windows) > 1:
            _paint_subtotal(painter, scene, group, grid, theme)
    if loupe.products is not None:
        paint_frames(painter, loupe.products, size, palette.border, theme)
        paint_products(painter, stage, loupe.products, theme, fast)
        text = tr("products")
        if len(scene.input) == 3:
            text = f"{tr(CHANNEL_NAMES[scene.channel])}: {text}"
        _caption(painter, loupe.products.rect, text, theme)
    for left, right, sign in _signs(loupe):
        at = QRectF(left, loupe.result.top(), right - left, loupe.result.height())
        write(painter, at, sign, colour(palette.muted), theme.font(20))
    _paint_result(painter, scene, layout, theme)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _window_caption(scene: PhotographScene, group: int) -> str:
    text = tr("window × kernel")
    if len(scene.input) == 3:
        channel = int(scene.stage.ledger.taps.channels[group])
        text = f"{tr(CHANNEL_NAMES[channel])}: {text}"
    return text


def _paint_subtotal(
    painter: QPainter, scene: PhotographScene, group: int, grid: Grid, theme: Theme
) -> None:
    """What one channel adds to the sum, below its window."""
    ledger, cursor = scene.stage.ledger, scene.stage.cursor
    if not scene.stage.done and cursor.term < (group + 1) * ledger.taps.group_size - 1:
        return
    if scene.stage.sums_covered:
        return
    rect = grid.rect
    below = QRectF(rect.left(), rect.bottom() + theme.px(2), rect.width(), theme.px(22))
    text = f"= {number(float(ledger.subtotals[group]), 4)}"
    write(painter, below, text, colour(theme.palette.text), theme.font(15, bold=True))


def _signs(loupe: Loupe) -> list[tuple[float, float, str]]:
    """(left, right, sign) between the parts of the loupe."""
    grids = [grid for _, grid in loupe.windows]
    signs = [(one.rect.right(), other.left, "+") for one, other in pairwise(grids)]
    last = grids[-1].rect.right()
    if loupe.products is not None:
        signs.append((last, loupe.products.left, "→"))
        last = loupe.products.rect.right()
    signs.append((last, loupe.result.left(), "Σ" if len(grids) == 1 else "="))
    return signs


def _paint_result(
    painter: QPainter, scene: PhotographScene, layout: PhotographLayout, theme: Theme
) -> None:
    stage, palette, rect = scene.stage, theme.palette, layout.loupe.result
    ledger = stage.ledger
    value = ledger.result
    if not stage.added:
        value = float(ledger.partials[stage.cursor.term])
    text = "?" if stage.sums_covered else number(value, 4)
    painter.setPen(QPen(colour(palette.output if stage.done else palette.border), theme.px(2)))
    painter.setBrush(colour(palette.raised))
    painter.drawRoundedRect(rect, theme.px(5), theme.px(5))
    ink = colour(palette.output if stage.done else palette.text)
    write(painter, rect, text, ink, theme.font(19, bold=True))
    _caption(painter, rect, tr("so far") if not stage.added else tr("result"), theme)


def _caption(painter: QPainter, over: QRectF, text: str, theme: Theme) -> None:
    font = theme.font(14)
    wide = max(over.width(), width_of(text, font))
    area = QRectF(over.center().x() - wide / 2, over.top() - theme.px(24), wide, theme.px(22))
    write(painter, area, text, colour(theme.palette.muted), font)


def paint_kernel(painter: QPainter, kernel: Kernel, rect: QRectF, theme: Theme) -> None:
    """A kernel in small, in the colours of its numbers; of three slices all, side by side."""
    weights = kernel.weights
    count, (rows, columns) = len(weights), kernel.size
    table = scale_of(theme).table
    limit = limit_of(weights)
    wide = rect.width() / count
    for place, grid in enumerate(weights):
        area = QRectF(rect.left() + place * wide, rect.top(), wide - (count > 1), rect.height())
        cells = Cells.fit(area, rows, columns)
        draw_image(painter, cells.rect, image_of(shade(grid, limit, table)))
        outline(painter, cells.rect.adjusted(-1, -1, 1, 1), colour(theme.palette.border), 1)
