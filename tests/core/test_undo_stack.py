"""What is undone and made again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cnnviz.core.undo_stack import UndoStack


@given(st.lists(st.integers(), min_size=1), st.data())
def test_that_undoing_and_making_again_leads_back_to_the_same(
    states: list[int], data: st.DataObject
) -> None:
    history: UndoStack[int] = UndoStack()
    for before in states[:-1]:
        history.remember(before)
    now = states[-1]
    count = data.draw(st.integers(0, len(states) - 1))
    for place in range(count):
        undone = history.undo(now)
        assert undone == states[-2 - place]
        now = undone
    assert history.can_undo == (count < len(states) - 1)
    for _ in range(count):
        again = history.redo(now)
        assert again is not None
        now = again
    assert (now, history.can_redo) == (states[-1], False)


def test_that_a_new_edit_forgets_what_was_undone_and_the_oldest_where_there_are_too_many() -> None:
    history: UndoStack[str] = UndoStack(2)
    for edit in ("one", "two", "three"):
        history.remember(edit)
    assert (history.undo(), history.undo(), history.undo()) == ("three", "two", None)
    assert history.can_redo
    history.remember("four")
    assert (history.redo(), history.undo()) == (None, "four")
