"""Going through a lesson: answers before the next step, jumps, time, and a file that changes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cnnviz.control.lecture import Lecture
from cnnviz.core.problem import Problem
from tests.lessons import LAB, QUESTION, library, step, write_lesson


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    asks = f'{LAB}row = 1\nhide = ["output"]\n'
    return write_lesson(tmp_path, step(LAB), step(asks, QUESTION), step(LAB), step(LAB))


@pytest.fixture
def lecture(qtbot, path: Path, clock: Clock) -> Iterator[Lecture]:
    made = Lecture(library(), clock)
    assert made.open(path)
    yield made
    made.close()


def places(lecture: Lecture, *moves: str) -> list[tuple[int, bool]]:
    found = []
    for move in moves:
        getattr(lecture, move)()
        found.append((lecture.number, lecture.answered))
    return found


def test_that_a_question_is_answered_before_the_next_step(lecture: Lecture) -> None:
    assert places(lecture, "forward", "forward", "forward") == [(1, False), (1, True), (2, False)]


def test_that_a_step_is_the_same_whether_one_comes_forwards_or_backwards(lecture: Lecture) -> None:
    shown: list[tuple[int, bool, tuple[str, ...]]] = []
    lecture.arrived.connect(
        lambda: shown.append((lecture.number, lecture.answered, lecture.hidden))
    )
    places(lecture, "forward", "forward", "forward", "back")
    assert shown == [(1, False, ("output",)), (2, False, ()), (1, False, ("output",))]


def test_that_the_answer_uncovers_what_was_hidden_without_showing_the_step_anew(lecture) -> None:
    lecture.go_to(1)
    arrived: list[int] = []
    lecture.arrived.connect(lambda: arrived.append(lecture.number))
    lecture.forward()
    assert lecture.hidden == ()
    assert not arrived


@pytest.mark.parametrize(("asked", "reached"), [(2, 2), (-5, 0), (99, 3)])
def test_that_a_jump_ends_at_the_nearest_step_that_there_is(lecture, asked, reached) -> None:
    lecture.go_to(asked)
    assert lecture.number == reached


def test_that_the_last_step_and_the_first_are_not_left(lecture: Lecture) -> None:
    lecture.go_to(3)
    assert places(lecture, "forward") == [(3, False)]
    lecture.go_to(0)
    assert places(lecture, "back") == [(0, False)]


def test_that_the_time_is_that_since_the_lesson_was_opened(lecture, clock) -> None:
    clock.now += 75
    lecture.forward()
    assert lecture.elapsed == 75
    lecture.restart_clock()
    clock.now += 2
    assert lecture.elapsed == 2


def test_that_a_changed_file_is_read_again_and_the_step_stays(qtbot, lecture, path) -> None:
    lecture.go_to(2)
    arrived: list[int] = []
    lecture.arrived.connect(lambda: arrived.append(lecture.number))
    with qtbot.waitSignal(lecture.changed, timeout=5000):
        path.write_text(path.read_text("utf-8").replace("Words of", "Other words of"), "utf-8")
    assert lecture.step is not None
    assert lecture.step.words.en.startswith("Other words")
    assert lecture.number == 2
    assert not arrived


def test_that_a_file_replaced_by_an_editor_is_read_each_time(qtbot, lecture, path) -> None:
    for word in ("First", "Second"):
        beside = path.with_suffix(".new")
        beside.write_text(path.read_text("utf-8").replace("Words of", f"{word} of"), "utf-8")
        with qtbot.waitSignal(lecture.changed, timeout=5000):
            beside.replace(path)
        assert lecture.step is not None
        assert lecture.step.words.en.startswith(word)
        path.write_text(path.read_text("utf-8").replace(f"{word} of", "Words of"), "utf-8")
        qtbot.waitUntil(lambda: lecture.step.words.en.startswith("Words"), timeout=5000)


def test_that_another_state_of_the_present_step_is_shown_at_once(qtbot, lecture, path) -> None:
    lecture.go_to(1)
    with qtbot.waitSignal(lecture.arrived, timeout=5000):
        path.write_text(path.read_text("utf-8").replace("row = 1", "row = 2"), "utf-8")
    assert lecture.step is not None
    assert lecture.step.showing.place.row == 2


def test_that_a_broken_file_is_said_with_its_line_and_the_lesson_stays(
    qtbot, lecture, path
) -> None:
    before = lecture.lesson
    said: list[Problem] = []
    lecture.noticed.connect(lambda problem, _failed: said.append(problem))
    with qtbot.waitSignal(lecture.noticed, timeout=5000):
        path.write_text(path.read_text("utf-8").replace("row = 1", "row = -1"), "utf-8")
    assert lecture.lesson is before
    assert str(said[0]).startswith("trial.toml: line 18, step 2: row: ")


def test_that_a_lesson_with_fewer_steps_stays_at_its_last(qtbot, lecture, path, tmp_path) -> None:
    lecture.go_to(3)
    with qtbot.waitSignal(lecture.changed, timeout=5000):
        write_lesson(tmp_path, step(LAB), step(LAB))
    assert lecture.number == 1


def test_that_a_lesson_that_cannot_be_read_leaves_the_open_one(lecture, tmp_path) -> None:
    before = lecture.lesson
    assert not lecture.open(tmp_path / "nowhere.toml")
    assert lecture.lesson is before
