"""Which cells are selected, and where the selection goes, as in a spreadsheet."""

from __future__ import annotations

from dataclasses import dataclass

from cnnviz.core.scenes.grids import Grid, Place


@dataclass(frozen=True)
class Selection:
    """A rectangle of cells of one grid.

    Attributes
    ----------
    place
        The cell that is typed into.
    anchor
        The opposite corner of the rectangle; ``place`` itself where one cell is selected.
    """

    grid: Grid
    place: Place
    anchor: Place

    @property
    def rectangle(self) -> tuple[int, int, int, int]:
        """(first row, first column, rows, columns)."""
        top, left = min(self.place[0], self.anchor[0]), min(self.place[1], self.anchor[1])
        bottom, right = max(self.place[0], self.anchor[0]), max(self.place[1], self.anchor[1])
        return top, left, bottom - top + 1, right - left + 1

    @property
    def places(self) -> list[Place]:
        """Every selected cell, line by line."""
        top, left, rows, columns = self.rectangle
        every = ((top + r, left + c) for r in range(rows) for c in range(columns))
        return [place for place in every if self.grid.holds(*place)]

    @property
    def several(self) -> bool:
        return self.place != self.anchor


def one_cell(grid: Grid, place: Place) -> Selection:
    return Selection(grid, place, place)


def extended(selection: Selection, place: Place) -> Selection:
    """The rectangle from where it began to another cell; the cell typed into stays."""
    return Selection(selection.grid, selection.place, place)


def moved(selection: Selection, right: int, down: int, extend: bool = False) -> Selection:
    """The neighbouring cell, or the rectangle that reaches one cell farther; borders stop both."""
    row, column = selection.anchor if extend else selection.place
    place = (row + down, column + right)
    if not selection.grid.holds(*place):
        place = (row, column)
    return extended(selection, place) if extend else one_cell(selection.grid, place)


def whole(grid: Grid) -> Selection:
    """Every cell of a grid."""
    return Selection(grid, (0, 0), (grid.rows - 1, grid.columns - 1))


def following(
    selection: Selection, grids: tuple[Grid, ...], backward: bool = False
) -> Selection | None:
    """The cell that Tab goes to: line by line, then on in the next grid; None behind the last."""
    cells = [(grid, place) for grid in grids for place in whole(grid).places]
    found = cells.index((selection.grid, selection.place)) + (-1 if backward else 1)
    return one_cell(*cells[found]) if 0 <= found < len(cells) else None


def kept(selection: Selection, grids: tuple[Grid, ...]) -> Selection | None:
    """The same cells in grids that may have other sizes now; None if the grid is gone."""
    for grid in grids:
        if grid.key == selection.grid.key:
            place, anchor = (
                (min(row, grid.rows - 1), min(column, grid.columns - 1))
                for row, column in (selection.place, selection.anchor)
            )
            if grid.holds(*place) and grid.holds(*anchor):
                return Selection(grid, place, anchor)
            return one_cell(grid, (0, 0))
    return None
