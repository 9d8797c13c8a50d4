"""Which cells are selected, as in a spreadsheet."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cnnviz.core.grid_selection import extended, following, kept, moved, one_cell, whole
from cnnviz.core.scenes.grids import Grid, vector

INPUT = Grid("input", 3, 4, prefix=(0,))
KERNEL = Grid("weight", 2, 2, prefix=(0, 0))
FOLDED = vector("bias", 5).folded(3)


@pytest.mark.parametrize(
    ("right", "down", "place"), [(1, 0, (1, 2)), (-1, 0, (1, 0)), (0, 1, (2, 1)), (0, -1, (0, 1))]
)
def test_that_an_arrow_selects_the_neighbour(right: int, down: int, place: tuple[int, int]) -> None:
    assert moved(one_cell(INPUT, (1, 1)), right, down) == one_cell(INPUT, place)


def test_that_borders_stop_the_selection() -> None:
    corner = one_cell(INPUT, (2, 3))
    assert moved(corner, 1, 0) == moved(corner, 0, 1) == corner
    last = one_cell(FOLDED, (1, 1))  # the last line of a folded vector is shorter
    assert moved(last, 1, 0) == last


def test_that_shift_and_arrows_select_a_rectangle() -> None:
    selection = moved(moved(one_cell(INPUT, (1, 1)), 1, 0, extend=True), 0, -1, extend=True)
    assert selection.rectangle == (0, 1, 2, 2)
    assert selection.place == (1, 1)
    assert selection.places == [(0, 1), (0, 2), (1, 1), (1, 2)]
    assert moved(selection, 0, 1) == one_cell(INPUT, (2, 1))


def test_that_tab_goes_through_every_cell_and_out() -> None:
    grids, selection = (KERNEL, FOLDED), one_cell(KERNEL, (0, 0))
    seen = [selection]
    while (found := following(seen[-1], grids)) is not None:
        seen.append(found)
    assert len(seen) == 4 + 5
    assert seen[3:5] == [one_cell(KERNEL, (1, 1)), one_cell(FOLDED, (0, 0))]
    assert following(seen[4], grids, backward=True) == seen[3]
    assert following(selection, grids, backward=True) is None


def test_that_a_selection_stays_where_its_grid_becomes_smaller_or_goes() -> None:
    selection = extended(one_cell(INPUT, (2, 3)), (1, 1))
    smaller = replace(INPUT, rows=2, columns=2)
    found = kept(selection, (KERNEL, smaller))
    assert found is not None
    assert (found.grid, found.place, found.anchor) == (smaller, (1, 1), (1, 1))
    assert kept(selection, (KERNEL,)) is None


def test_that_a_folded_vector_has_only_its_own_cells() -> None:
    assert whole(FOLDED).places == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1)]
    assert [FOLDED.index(*place) for place in whole(FOLDED).places] == [(i,) for i in range(5)]
    assert FOLDED.place((4,)) == (1, 1)
    assert FOLDED.place((5,)) is None
