"""How steps are laid on pages."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cnnviz.core.handout import Block, sheets

ROOM, GAP = 700.0, 20.0

blocks = st.lists(
    st.builds(
        Block,
        st.floats(10, 300),
        st.one_of(st.just(0.0), st.floats(100, 400)),
        st.floats(0.5, 1.0),
    ),
    max_size=12,
)


@given(blocks, st.floats(0, 60))
def test_that_every_block_is_on_one_page_that_holds_it(given_: list[Block], taken: float) -> None:
    made = sheets(given_, ROOM, GAP, taken)
    assert [n for sheet in made for n in range(sheet.first, sheet.last)] == list(range(len(given_)))
    for number, sheet in enumerate(made):
        here = given_[sheet.first : sheet.last]
        height = sum(block.words + sheet.width * block.picture for block in here)
        height += GAP * (len(here) - 1)
        assert height <= ROOM - (0 if number else taken) + 1e-6
        assert 0 < sheet.width <= 1
        assert sheet.width >= max(block.least for block in here) or len(here) == 1


@given(blocks)
def test_that_a_page_is_begun_only_where_the_next_block_does_not_fit(given_: list[Block]) -> None:
    made = sheets(given_, ROOM, GAP)
    for sheet in made[:-1]:
        here = given_[sheet.first : sheet.last + 1]
        least = max(block.least for block in here)
        height = sum(block.words + least * block.picture for block in here)
        assert height + GAP * (len(here) - 1) > ROOM - 1e-6


def test_that_two_steps_share_a_page_and_their_pictures_its_room() -> None:
    (sheet,) = sheets([Block(80, 300), Block(80, 300)], ROOM, GAP)
    assert (sheet.first, sheet.last) == (0, 2)
    assert sheet.width == (ROOM - GAP - 160) / 600
