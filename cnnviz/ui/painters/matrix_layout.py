"""Where everything stands in the picture of a matrix: W, x above it, b and y at its right."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QPointF, QRectF

from cnnviz.core.scenes.matrix import MatrixScene, Part
from cnnviz.ui.painters.connected import kernel_cells
from cnnviz.ui.theme import Theme

LEAST = 3.0
"""Pixels an entry has at least; a larger matrix is shown in part."""

MOST = 44.0
"""Pixels an entry has at most."""


@dataclass(frozen=True)
class MatrixLayout:
    """The entries are squares of ``cell`` pixels.

    Attributes
    ----------
    part
        The rows and columns that are shown.
    left, top
        Where W begins.
    vector
        The height of x; ``beside`` is the width of b and y.
    bias
        The left edge of b, or None where there is none; ``result`` is that of y.
    kernel
        Where the weights with hues lie.
    foot
        The line of text below.
    """

    part: Part
    cell: float
    left: float
    top: float
    vector: float
    beside: float
    bias: float | None
    result: float
    x_top: float
    kernel: list[QRectF]
    foot: QRectF

    @property
    def rows(self) -> int:
        return len(self.part.outputs)

    @property
    def columns(self) -> int:
        return len(self.part.inputs)

    @property
    def matrix(self) -> QRectF:
        return self.entry(0, 0, self.rows, self.columns)

    @property
    def x(self) -> QRectF:
        return self.x_cells(0, self.columns)

    def entry(self, row: int, column: int, rows: int = 1, columns: int = 1) -> QRectF:
        """Entries of W, counted from the part's first."""
        cell = self.cell
        return QRectF(self.left + column * cell, self.top + row * cell, columns * cell, rows * cell)

    def x_cells(self, column: int, columns: int = 1) -> QRectF:
        cell = self.cell
        return QRectF(self.left + column * cell, self.x_top, columns * cell, self.vector)

    def b_cells(self, row: int, rows: int = 1) -> QRectF:
        left = self.result if self.bias is None else self.bias
        return QRectF(left, self.top + row * self.cell, self.beside, rows * self.cell)

    def y_cells(self, row: int, rows: int = 1) -> QRectF:
        return QRectF(self.result, self.top + row * self.cell, self.beside, rows * self.cell)

    def place(self, point: QPointF) -> tuple[str, int, int] | None:
        """("W", row, column), ("x", 0, column), ("b" or "y", row, 0), or ("kernel", weight, 0)."""
        row = int((point.y() - self.top) // self.cell)
        column = int((point.x() - self.left) // self.cell)
        in_rows, in_columns = 0 <= row < self.rows, 0 <= column < self.columns
        if in_rows and in_columns:
            return "W", row, column
        if in_columns and self.x.contains(point):
            return "x", 0, column
        if in_rows and self.y_cells(row).contains(point):
            return "y", row, 0
        if in_rows and self.bias is not None and self.b_cells(row).contains(point):
            return "b", row, 0
        for index, cell in enumerate(self.kernel):
            if cell.contains(point):
                return "kernel", index, 0
        return None


def lay_out_matrix(area: QRectF, foot: QRectF, scene: MatrixScene, theme: Theme) -> MatrixLayout:
    """The largest entries with which the part fits that can be shown.

    Parameters
    ----------
    area
        For everything but the line of text, which has ``foot``.
    """
    px, label = theme.px, theme.px(20)
    kernel: list[QRectF] = []
    if area.width() >= px(360):
        most = px(48) if area.width() >= px(700) else px(22)
        column = QRectF(area.left(), area.top() + label, area.width() * 0.16, area.height() - label)
        kernel = kernel_cells(column, scene, most)
    used = max(cell.right() for cell in kernel) - area.left() + px(18) if kernel else 0.0
    body = area.adjusted(used + label, 0, 0, 0)
    has_bias = "bias" in scene.parameters
    for beside, vector in ((px(46), float(px(20))), (px(14), float(px(12)))):
        columns = 1 + int(has_bias)
        width = max(1.0, body.width() - columns * (beside + px(8)))
        height = max(1.0, body.height() - label - vector - px(6))
        part = scene.part(int(height // LEAST), int(width // LEAST))
        cell = min(width / len(part.inputs), height / len(part.outputs), float(px(MOST)))
        if cell >= px(18):
            break
    cell = float(int(cell)) if cell >= 2 else cell
    vector = max(vector, min(cell, px(26)))
    wide = cell * len(part.inputs) + columns * (beside + px(8))
    tall = cell * len(part.outputs) + label + vector + px(6)
    left = round(body.left() + max(0.0, body.width() - wide) / 2)
    x_top = round(body.top() + label + max(0.0, body.height() - tall) / 2)
    after = left + cell * len(part.inputs) + px(8)
    return MatrixLayout(
        part=part,
        cell=cell,
        left=left,
        top=x_top + vector + px(6),
        vector=vector,
        beside=beside,
        bias=after if has_bias else None,
        result=after + (beside + px(8)) * (columns - 1),
        x_top=x_top,
        kernel=kernel,
        foot=foot,
    )
