"""Small texts as painters write them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from PyQt6.QtWidgets import QApplication

from cnnviz.ui.painters.text import broken, width_of
from cnnviz.ui.theme import Theme

WORDS = st.lists(st.text("abc1→", min_size=1, max_size=12), min_size=1, max_size=12)


@given(st.lists(WORDS, max_size=3), st.integers(20, 300))
def test_that_lines_are_broken_at_spaces_alone(
    qapp: QApplication, texts: list[list[str]], width: int
) -> None:
    font = Theme().font(14)
    lines = broken([" ".join(words) for words in texts], width, font)
    assert [word for line in lines for word in line.split(" ")] == [w for ws in texts for w in ws]
    assert all(width_of(line, font) <= width for line in lines if " " in line)


def test_that_a_line_with_room_is_left_whole(qapp: QApplication) -> None:
    assert broken(["a b c", "d"], 1000, Theme().font(14)) == ["a b c", "d"]
