"""Where everything on the page of photographs stands: the same rectangles are painted and hit."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QRectF

from cnnviz.core.scenes.photograph import PhotographScene
from cnnviz.ui.painters.sheet import Cells
from cnnviz.ui.painters.stage_layout import Grid
from cnnviz.ui.theme import Theme

LOUPE_SHARE = 0.36
"""Of the height, at most, for the window's numbers."""

SIZES = (
    # width, height of a number cell, numbers in it
    (62, 46, 2),
    (54, 40, 2),
    (54, 36, 2),
    (50, 24, 1),
    (47, 20, 1),
)
"""Tried in turn; the first that fits is taken."""


@dataclass(frozen=True)
class Loupe:
    """The window in numbers.

    Attributes
    ----------
    windows
        The cells of each group of terms that is shown, and which group it is.
    products
        Those of the window, where there is only one; of several the subtotals stand below them.
    result
        Where the sum stands.
    """

    windows: tuple[tuple[int, Grid], ...]
    products: Grid | None
    result: QRectF


@dataclass(frozen=True, eq=False)
class PhotographLayout:
    """The rectangles of a page of one size.

    Attributes
    ----------
    before, after
        The picture's pixels, left and right.
    before_tiles, after_tiles
        Red, green, blue, and all together, in small; none where there is one channel.
    before_title, after_title
        The lines above them.
    """

    before: Cells
    after: Cells
    before_tiles: tuple[QRectF, ...]
    after_tiles: tuple[QRectF, ...]
    before_title: QRectF
    after_title: QRectF
    pictures: QRectF
    loupe: Loupe


def lay_out(scene: PhotographScene, width: float, height: float, theme: Theme) -> PhotographLayout:
    """Find the places for a page of ``width`` × ``height`` pixels."""
    px = theme.px
    margin, title = px(12), px(26)
    below = min(height * LOUPE_SHARE, px(206))
    room = QRectF(margin, 0, width - 2 * margin, height - below)
    side = min(px(64), (room.height() - title) / 5)
    before_wide = side + px(8) if len(scene.input) == 3 else 0.0
    after_wide = side + px(8) if len(scene.output) == 3 else 0.0
    wide = (room.width() - before_wide - after_wide - px(16)) / 2
    tall = max(1.0, room.height() - title - px(6))
    left = QRectF(room.left() + before_wide, room.top() + title, max(1.0, wide), tall)
    right = QRectF(left.right() + px(16), left.top(), left.width(), tall)
    before, after = (Cells.fit(area, *scene.size) for area in (left, right))
    line = QRectF(0, room.top(), 0, title)
    return PhotographLayout(
        before=before,
        after=after,
        before_tiles=_tiles(room.left(), left.top(), side, theme) if before_wide else (),
        after_tiles=_tiles(right.right() + px(8), left.top(), side, theme) if after_wide else (),
        before_title=line.adjusted(before.left, 0, left.right(), 0),
        after_title=line.adjusted(
            max(right.left(), min(after.left, room.right() - px(460))), 0, room.right(), 0
        ),
        pictures=QRectF(room.left(), left.top(), room.width(), tall),
        loupe=_loupe(scene, QRectF(margin, height - below, room.width(), below), theme),
    )


def _tiles(left: float, top: float, side: float, theme: Theme) -> tuple[QRectF, ...]:
    return tuple(QRectF(left, top + place * (side + theme.px(6)), side, side) for place in range(4))


def _loupe(scene: PhotographScene, area: QRectF, theme: Theme) -> Loupe:
    """The largest cells that fit: of every group, or of the opened one, or its colours only."""
    px = theme.px
    rows, columns = scene.stage.ledger.taps.group_shape
    groups = len(scene.stage.ledger.taps.channels)
    caption, gap, result = px(24), px(26), px(110)
    opened = (scene.stage.group,)
    for shown in (tuple(range(groups)), opened):
        beside, below = (len(shown), caption) if len(shown) > 1 else (2, 0)
        for width, height, lines in SIZES:
            total = beside * (px(width) * columns + gap) + result
            tall = rows * px(height) + caption + below
            if total <= area.width() and tall <= area.height():
                cell = (float(px(width)), float(px(height)))
                room = area.adjusted(0, 0, 0, -below)
                return _placed(shown, cell, lines, total, room, (rows, columns), theme)
    edge = max(3.0, min((area.height() - caption) / rows, (area.width() - result) / (3 * columns)))
    taken = 2 * (edge * columns + gap) + result
    return _placed(opened, (edge, edge), 0, taken, area, (rows, columns), theme)


def _placed(
    shown: tuple[int, ...],
    cell: tuple[float, float],
    lines: int,
    total: float,
    area: QRectF,
    sides: tuple[int, int],
    theme: Theme,
) -> Loupe:
    gap, result, caption = theme.px(26), theme.px(110), theme.px(24)
    (width, height), (rows, columns) = cell, sides
    left = area.left() + max(0.0, (area.width() - total) / 2)
    top = area.top() + caption + max(0.0, (area.height() - caption - rows * height) / 2)
    windows = []
    for group in shown:
        windows.append((group, Grid(left, top, width, height, rows, columns, lines)))
        left += columns * width + gap
    products = None
    if len(windows) == 1:
        products = Grid(left, top, width, height, rows, columns, min(lines, 1))
        left += columns * width + gap
    middle = top + rows * height / 2
    place = QRectF(left, middle - theme.px(24), result, theme.px(48))
    return Loupe(tuple(windows), products, place)
