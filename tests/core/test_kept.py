"""Places of kept steps: the nearest one, epoch ends, and the ends."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cnnviz.core.kept import Kept

steps = st.lists(st.integers(0, 10_000), min_size=1, max_size=50, unique=True).map(sorted)


def kept(*numbers: int, ends: tuple[int, ...] = ()) -> Kept:
    return Kept(np.array(numbers), np.array(ends, dtype=np.int64))


@given(steps, st.integers(-5, 11_000))
def test_that_the_nearest_kept_step_is_found(numbers: list[int], step: int) -> None:
    found = kept(*numbers)
    place = found.place_of(step)
    assert found.step_at(place) == min(numbers, key=lambda kept: (abs(kept - step), kept))


@given(steps)
def test_that_every_kept_step_has_its_place(numbers: list[int]) -> None:
    found = kept(*numbers)
    assert [found.place_of(step) for step in numbers] == list(range(len(numbers)))
    assert found.step_at(-3) == numbers[0]
    assert found.step_at(99) == numbers[-1]


def test_that_epoch_ends_have_places_and_can_be_gone_to() -> None:
    found = kept(0, 1, 2, 4, 6, 9, ends=(2, 6))
    assert found.places_of_epoch_ends().tolist() == [2, 4]
    assert [found.next_epoch_end(step, 1) for step in (0, 2, 4, 6)] == [2, 6, 6, 9]
    assert [found.next_epoch_end(step, -1) for step in (9, 6, 4, 2)] == [6, 2, 2, 0]


def test_that_a_branch_has_nothing_behind_its_beginning() -> None:
    found = kept(0, 1, 2, 4, 6, 9, ends=(2, 6)).up_to(4)
    assert found.steps.tolist() == [0, 1, 2, 4]
    assert found.epoch_ends.tolist() == [2]
    assert len(Kept()) == 0
    assert Kept().place_of(7) == 0
