"""Vectors: a linear layer as a matrix, and what turns one vector into another."""

from __future__ import annotations

from dataclasses import replace

from PyQt6.QtCore import QRectF

from cnnviz.control.language import tr
from cnnviz.core.scenes.grids import INPUT, TERMS, Contents
from cnnviz.ui.painters.grids_layout import (
    HEIGHTS,
    Draft,
    GridsLayout,
    Label,
    Needs,
    Size,
    Sizes,
    extent,
    headed,
    number_size,
)
from cnnviz.ui.painters.text import RIGHT, width_of
from cnnviz.ui.theme import Theme


def matrix_layout(contents: Contents, needs: Needs, room: QRectF, theme: Theme) -> GridsLayout:
    """x over the weights, a row an output; the bias and y to their right."""

    def build(sizes: Sizes) -> GridsLayout:
        return _matrix_of(contents, sizes, theme)

    for most in (7, 4):
        capped = needs.capped(most)
        widest = max(capped.input, capped.parameter)
        for height in HEIGHTS:
            cell = number_size(height, widest, theme)
            layout = build((cell, cell, number_size(height, capped.output, theme)))
            if layout.width <= room.width() and layout.height <= room.height():
                return layout
    assert contents.matrix is not None
    output = number_size(HEIGHTS[-1], needs.capped(4).output, theme)
    if contents.matrix.rows * output.height > room.height() - theme.px(80):
        edge = max(2, int((room.height() - theme.px(80)) / contents.matrix.rows))
        output = Size(theme.px(30), edge)
    left = build((Size(0, 20), Size(0, output.height), output)).width
    edge = max(2, int((room.width() - left) / contents.matrix.columns))
    return build((Size(edge, theme.px(20)), Size(edge, output.height), output))


def _matrix_of(contents: Contents, sizes: Sizes, theme: Theme) -> GridsLayout:
    draft, px = Draft(theme), theme.px
    row, matrix, bias = contents.rows[0], contents.matrix, contents.bias
    assert matrix is not None
    name = max(width_of(tr("input"), theme.font(14)), width_of(tr("weight"), theme.font(14)))
    left, sign = name + px(12), px(30)
    tall = sizes[0].height
    draft.labels.append(Label(QRectF(0, 0, name, tall), tr("input"), "input", 14, RIGHT))
    draft.put(row.input, sizes[0], left, 0)
    top = float(tall + px(26))
    wide, high = extent(matrix, sizes[1])
    draft.labels.append(Label(QRectF(0, top, name, high), tr("weight"), "kernel", 14, RIGHT))
    draft.put(matrix, sizes[1], left, top)
    left += wide
    if bias is not None:
        cell = replace(sizes[2], height=sizes[1].height)
        draft.sign("+", left, top, high, sign)
        placed = draft.put(bias, cell, left + sign, top)
        headed(draft, tr("bias"), placed.rect)
        left += sign + cell.width
    draft.sign("=", left, top, high, sign)
    column = replace(contents.output, rows=contents.output.count, columns=1)
    placed = draft.put(column, replace(sizes[2], height=sizes[1].height), left + sign, top)
    headed(draft, tr("output"), placed.rect)
    left += sign + sizes[2].width
    return draft.done(left, top + high)


def vectors_layout(contents: Contents, needs: Needs, room: QRectF, theme: Theme) -> GridsLayout:
    """Input, what is in between, and output, one under the other, cell under cell."""
    for most in (7, 4):
        capped = needs.capped(most)
        for height in HEIGHTS:
            cell = number_size(height, max(capped.input, capped.output, capped.parameter), theme)
            layout = _vectors_of(contents, cell, room, theme)
            if layout.width <= room.width() and layout.height <= room.height():
                return layout
    return _vectors_of(contents, Size(theme.px(10), theme.px(10)), room, theme)


def _vectors_of(contents: Contents, size: Size, room: QRectF, theme: Theme) -> GridsLayout:
    draft, px = Draft(theme), theme.px
    names = {INPUT: (tr("input"), "input"), TERMS: (tr("exponentials"), "text")}
    grids = [contents.rows[0].input, contents.terms, *contents.others, contents.output]
    shown = [grid for grid in grids if grid is not None]
    texts = [
        names.get(
            grid.part, (tr("output"), "output") if grid is shown[-1] else (grid.part, "kernel")
        )
        for grid in shown
    ]
    name = max(width_of(text, theme.font(15)) for text, _ in texts) + px(14)
    across = max(1, int((room.width() - name) // size.width))
    top, wide = 0.0, 0.0
    for grid, (text, role) in zip(shown, texts, strict=True):
        folded = grid.folded(across) if grid.flat is not None else grid
        placed = draft.put(folded, size, name, top)
        rect = QRectF(0, top, name - px(14), placed.rect.height())
        draft.labels.append(Label(rect, text, role, 15, RIGHT))
        wide, top = max(wide, placed.rect.width()), top + placed.rect.height() + px(22)
    return draft.done(name + wide, top - px(22))
