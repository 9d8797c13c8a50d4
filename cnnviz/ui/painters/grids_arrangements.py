"""Which way of putting a layer's grids side by side fits a pane best."""

from __future__ import annotations

from dataclasses import replace

from PyQt6.QtCore import QRectF

from cnnviz.core.scenes.grids import Contents
from cnnviz.ui.painters.grids_layout import (
    GridsLayout,
    Needs,
    first_that_fits,
)
from cnnviz.ui.painters.grids_rows import rows_layouts
from cnnviz.ui.painters.grids_single import coloured_layout, folded_output, single_layouts
from cnnviz.ui.painters.grids_vectors import matrix_layout, vectors_layout
from cnnviz.ui.theme import Theme

MARGIN = 14
"""Left and right of everything, at 100 %."""


def lay_out(
    contents: Contents,
    needs: Needs,
    opened: int,
    channels: int,
    width: float,
    height: float,
    theme: Theme,
    charted: bool = False,
) -> GridsLayout:
    """Find the places of all grids in a pane of ``width`` × ``height`` pixels.

    Numbers stay readable: what does not fit with numbers is drawn in colours, and of several input
    channels only the ``opened`` one is then drawn large.

    Parameters
    ----------
    opened
        Index into ``contents.rows``.
    channels
        Channels of the whole input.
    charted
        Whether there is a curve to draw; it is left out where the grids need its place.
    """
    margin = theme.px(MARGIN)
    room = QRectF(0, 0, width - 2 * margin, height - 2 * theme.px(8))
    edge, gap = min(room.height(), room.width() * 0.32, theme.px(400)), theme.px(48)
    if charted and edge >= theme.px(160):
        grids = lay_out(contents, needs, opened, channels, width - edge - gap, height, theme)
        if all(placed.size.room for placed in grids.placed):
            # The grids stand in the middle of what the chart leaves: so both are in the middle.
            left = margin + (room.width() + grids.width + gap - edge) / 2
            return replace(grids, chart=QRectF(left, (height - edge) / 2, edge, edge))
    if contents.rows[0].input.flat is None:
        contents = replace(contents, output=folded_output(contents.output, contents.rows[0].input))
    if contents.matrix is not None:
        found = matrix_layout(contents, needs, room, theme)
    elif contents.rows[0].input.flat is not None:
        found = vectors_layout(contents, needs, room, theme)
    else:
        found = _maps(contents, needs, opened, channels, room, theme)
    right = max(0.0, (room.width() - found.width) / 2)
    down = max(0.0, (room.height() - found.height) / 2)
    return found.moved(margin + round(right), theme.px(8) + round(down))


def _maps(
    contents: Contents, needs: Needs, opened: int, channels: int, room: QRectF, theme: Theme
) -> GridsLayout:
    """All channels with their numbers if they fit, else the opened one, else its colours."""
    size = room.width(), room.height()
    for most in (7, 4) if len(contents.rows) > 1 else ():
        found = [
            first_that_fits(
                rows_layouts(contents, needs.capped(most), channels, below, room, theme), *size
            )
            for below in (True, False)
        ]
        if any(found):
            return max((layout for layout in found if layout is not None), key=_cell_height)
    for most, thin in ((7, False), (4, False), (7, True), (4, True)):
        found = [
            first_that_fits(
                single_layouts(
                    contents, needs.capped(most), opened, channels, kept, thin, room, theme
                ),
                *size,
            )
            for kept in (True, False)
        ]
        with_map, without = found
        if without is not None:
            # The channel's own map is worth a fourth of the size, and no more.
            if with_map is not None and _cell_height(with_map) >= 0.75 * _cell_height(without):
                return with_map
            return without
    return coloured_layout(contents, needs.capped(4), opened, channels, room, theme)


def _cell_height(layout: GridsLayout) -> int:
    return layout.placed[0].size.height
