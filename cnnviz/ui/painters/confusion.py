"""The confusion matrix, the accuracy of each class as a bar, and lists of small pictures."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QColor, QPainter

from cnnviz.control.language import tr
from cnnviz.core.confusion import Cell
from cnnviz.core.numbers import number, percent
from cnnviz.core.scenes.confusion import ConfusionScene, Look
from cnnviz.ui.painters.confusion_layout import (
    BarsLayout,
    ConfusionLayout,
    MatrixLayout,
)
from cnnviz.ui.painters.device import draw_image
from cnnviz.ui.painters.pictures import LINE, ListLayout, Pictures, fitting, paint_scroll
from cnnviz.ui.painters.sheet import scale_of
from cnnviz.ui.painters.text import CENTRE, LEFT, RIGHT, outline, width_of, write
from cnnviz.ui.theme import Theme, colour
from cnnviz.ui.words import called


def paint_confusion(
    painter: QPainter,
    layout: ConfusionLayout,
    scene: ConfusionScene,
    pictures: Pictures,
    theme: Theme,
) -> None:
    """Draw whatever the layout has a place for."""
    write(painter, layout.title, fitting(title_text(scene), layout.title.width(), theme),
          colour(theme.palette.muted), theme.font(14), LEFT)  # fmt: skip
    if layout.matrix is not None:
        _paint_matrix(painter, layout.matrix, scene, theme)
    if layout.bars is not None:
        _paint_bars(painter, layout.bars, scene, theme)
    if layout.listed is not None:
        _paint_list(painter, layout.listed, scene, pictures, theme)


def title_text(scene: ConfusionScene) -> str:
    """What stands beside the buttons."""
    if scene.look is Look.WORST:
        return tr("largest loss first · right → predicted")
    if scene.look is Look.BEST:
        return tr("smallest loss first · right → predicted")
    if scene.look is Look.CELL and scene.cell is not None:
        return tr("{pair}: {count} images", pair=pair_text(scene, scene.cell),
                  count=f"{len(scene.listed):,}")  # fmt: skip
    if scene.look is Look.CLASSES:
        return tr("accuracy (recall) and precision of each class")
    return tr("rows: right class · columns: predicted")


def class_names(scene: ConfusionScene) -> list[str]:
    """What each class is called."""
    return [called(scene.names, index) for index in range(scene.table.classes)]


def pair_text(scene: ConfusionScene, cell: Cell) -> str:
    """ "4 → 9"."""
    return f"{called(scene.names, cell[0])} → {called(scene.names, cell[1])}"


def cell_text(scene: ConfusionScene, cell: Cell) -> str:
    """A cell with its count and its share of the row."""
    count = int(scene.table.counts[cell])
    return tr(
        "{pair}: {count} images, {share} of all {name}",
        pair=pair_text(scene, cell),
        count=f"{count:,}",
        share=percent(float(scene.table.shares[cell])),
        name=called(scene.names, cell[0]),
    )


def image_text(scene: ConfusionScene, index: int) -> str:
    """An image of a list: its number, both classes, its loss."""
    judgement = scene.judgement
    return tr(
        "test image {number}: label {label}, predicted {predicted}, loss {loss}",
        number=f"{index + 1:,}",
        label=called(scene.names, int(judgement.labels[index])),
        predicted=called(scene.names, int(judgement.predictions[index])),
        loss=number(float(judgement.losses[index]), 4),
    )


def class_text(scene: ConfusionScene, index: int) -> str:
    """A class with both of its numbers."""
    return tr(
        "{name}: recall {recall}, precision {precision}, of {count} images",
        name=called(scene.names, index),
        recall=_share(float(scene.table.recall[index]), 2),
        precision=_share(float(scene.table.precision[index]), 2),
        count=f"{int(scene.table.counts[index].sum()):,}",
    )


# --- the matrix ----------------------------------------------------------------------------


def _paint_matrix(
    painter: QPainter, matrix: MatrixLayout, scene: ConfusionScene, theme: Theme
) -> None:
    palette, counts = theme.palette, scene.table.counts
    _paint_names(painter, matrix, scene, theme)
    inset = 1.0 if matrix.height >= 8 else 0.0
    font, table = theme.font(14), scale_of(theme).table
    for right, predicted in np.ndindex(*counts.shape):
        rect = matrix.cell(right, predicted).adjusted(0, 0, -inset, -inset)
        share = float(scene.table.shares[right, predicted])
        fill = QColor.fromRgb(int(table[255 + round(255 * share)]))
        painter.fillRect(rect, fill)
        if matrix.numbers and counts[right, predicted]:
            write(painter, rect, str(int(counts[right, predicted])), _ink(fill), font, CENTRE)
    frame = matrix.cells.adjusted(-1, -1, 0, 0)
    outline(painter, frame, colour(palette.border), 1)
    if scene.cell is not None:
        outline(painter, matrix.cell(*scene.cell).adjusted(-2, -2, 1, 1), colour(palette.accent),
                max(2.0, theme.px(2)))  # fmt: skip


def _paint_names(
    painter: QPainter, matrix: MatrixLayout, scene: ConfusionScene, theme: Theme
) -> None:
    """Each class left of its row, and above its column: by its number where its name is long."""
    font, tone, line = theme.font(14), colour(theme.palette.muted), theme.px(LINE)
    every_row = max(1, -int(-theme.px(14) // matrix.height))
    numbers = [str(place) for place in range(matrix.classes)]
    names = class_names(scene)
    widest = max(width_of(name, font) for name in names)
    above = names if widest <= matrix.width - theme.px(2) else numbers
    if above is numbers and names != numbers:
        names = [f"{place} {name}" for place, name in zip(numbers, names, strict=True)]
    room = max(width_of(text, font) for text in above) + theme.px(2)
    every_column = max(1, -int(-room // matrix.width))
    for place in range(matrix.classes):
        if place % every_row == 0:
            cell = matrix.cell(place, 0)
            middle = cell.center().y()
            rect = QRectF(cell.left() - matrix.names, middle - line / 2,
                          matrix.names - theme.px(6), line)  # fmt: skip
            write(painter, rect, fitting(names[place], rect.width(), theme), tone, font, RIGHT)
        if place % every_column == 0:
            cell = matrix.cell(0, place)
            rect = QRectF(cell.center().x() - room / 2, cell.top() - line, room, line)
            write(painter, rect, above[place], tone, font, CENTRE)


def _ink(fill: QColor) -> QColor:
    """Black or white, whichever is legible on a colour (WCAG's relative luminance, about)."""
    light = 0.299 * fill.redF() + 0.587 * fill.greenF() + 0.114 * fill.blueF()
    return QColor("#101418" if light > 0.5 else "#ffffff")


# --- the classes ---------------------------------------------------------------------------


def _paint_bars(painter: QPainter, bars: BarsLayout, scene: ConfusionScene, theme: Theme) -> None:
    """Recall as a bar and in percent, precision behind it."""
    font, muted = theme.font(14), colour(theme.palette.muted)
    share = width_of("100.0 %", font) + theme.px(8)
    heads = (tr("recall"), tr("precision"))
    recall, precision = (max(share, width_of(head, font) + theme.px(8)) for head in heads)
    for column in range(bars.columns):
        heading = bars.heading(column)
        write(painter, heading, heads[1], muted, font, RIGHT)
        write(painter, heading.adjusted(0, 0, -precision, 0), heads[0], muted, font, RIGHT)
    for index in range(bars.classes):
        row = bars.row(index)
        if row is not None:
            _paint_bar(painter, row, index, scene, (recall, precision), theme)
    paint_scroll(painter, bars.area, bars.first, bars.visible, bars.lines, theme)


def _paint_bar(
    painter: QPainter,
    row: QRectF,
    index: int,
    scene: ConfusionScene,
    columns: tuple[float, float],
    theme: Theme,
) -> None:
    palette, font = theme.palette, theme.font(14)
    widest = max(width_of(name, font) for name in class_names(scene)) + theme.px(8)
    names = min(widest, row.width() * 0.3)
    recall, precision = (float(s[index]) for s in (scene.table.recall, scene.table.precision))
    name = fitting(called(scene.names, index), names - theme.px(6), theme)
    write(painter, row, name, colour(palette.text), font, LEFT)
    write(painter, row, _share(precision), colour(palette.muted), font, RIGHT)
    behind = row.adjusted(0, 0, -columns[1], 0)
    write(painter, behind, _share(recall), colour(palette.text), font, RIGHT)
    track = row.adjusted(names, 0, -sum(columns), 0)
    thin = min(row.height() * 0.55, theme.px(12))
    track = QRectF(track.left(), row.center().y() - thin / 2, track.width(), thin)
    if track.width() > theme.px(12):
        painter.fillRect(track, colour(palette.raised))
        track.setWidth(track.width() * float(np.nan_to_num(recall)))
        painter.fillRect(track, colour(palette.output))


def _share(share: float, decimals: int = 1) -> str:
    return "–" if np.isnan(share) else percent(share, decimals)


# --- the lists -----------------------------------------------------------------------------


def _paint_list(
    painter: QPainter,
    listed: ListLayout,
    scene: ConfusionScene,
    pictures: Pictures,
    theme: Theme,
) -> None:
    palette, font, judgement = theme.palette, theme.font(14), scene.judgement
    if not listed.count:
        write(painter, listed.area, tr("There is no such image."), colour(palette.muted),
              theme.font(15))  # fmt: skip
        return
    for place in listed.seen:
        index = int(scene.listed[place])
        rect = listed.picture(place)
        draw_image(painter, rect, pictures(index))
        chosen = index == scene.sample
        tone = colour(palette.accent if chosen else palette.border)
        width = theme.px(2) if chosen else 1
        outline(painter, rect.adjusted(-width, -width, width, width), tone, width)
        below = QRectF(rect.left() - 3, rect.bottom() + 1, rect.width() + 6, listed.line)
        right, predicted = int(judgement.labels[index]), int(judgement.predictions[index])
        hue = palette.output if right == predicted else palette.wrong
        text = below_text(scene, index)
        write(painter, below, fitting(text, below.width(), theme), colour(hue), font, CENTRE)
    paint_scroll(painter, listed.area, listed.first, listed.down, listed.rows, theme)


def below_text(scene: ConfusionScene, index: int) -> str:
    """Below a small picture: both classes, or the loss where all have the same two."""
    if scene.look is Look.CELL:
        return number(float(scene.judgement.losses[index]), 2, small=False)
    judgement = scene.judgement
    pair = int(judgement.labels[index]), int(judgement.predictions[index])
    return f"{called(scene.names, pair[0])}→{called(scene.names, pair[1])}"
