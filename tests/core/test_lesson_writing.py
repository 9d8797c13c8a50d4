"""A step that is written is read back the same, and nothing else in the file changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnnviz.core.lesson import (
    LOOKS,
    PANE_KEYS,
    LabShowing,
    NetworkShowing,
    PhotographShowing,
    Place,
    RunsShowing,
    Showing,
    Step,
    Words,
)
from cnnviz.core.lesson_file import lesson_from, read_lesson
from cnnviz.core.lesson_writing import recorded_step, with_step, written_step
from cnnviz.core.timeline import Unit
from cnnviz.resources import resource
from tests.lessons import HEAD, LAB, library, step

SHOWINGS = [
    LabShowing(example="convolution"),
    LabShowing(
        example="convolution",
        fields=(("stride", 2), ("padding", (1, 0)), ("padding_mode", "zeros")),
        way="graph",
        place=Place(row=1, column=2, term=3),
        unit=Unit.TERM,
        speed=0.25,
        play=True,
        hide=("ledger", "output"),
    ),
    NetworkShowing(network="two_layer_cnn", sample=9, panes=("stage", "maps"), train=True),
    NetworkShowing(run="digits", step=600, film=True, place=Place(layer=4, channel=7)),
    PhotographShowing(photograph="camera", filter="box_3", channels="apart", play=True),
    NetworkShowing(
        network="two_layer_cnn", augment="shift=2,flip", panes=("rehearsal",), look="loss"
    ),
    NetworkShowing(run="digits", panes=("exciting",), look="layer"),
    RunsShowing(experiment="dropout", look="differences"),
]


@pytest.mark.parametrize("showing", SHOWINGS)
def test_that_a_written_step_is_read_back_the_same(showing: Showing) -> None:
    made = Step(
        title=Words('"제목"', 'A "title" \\ with marks'),
        words=Words("첫 문단\n\n둘째", "One\n\nTwo *stressed*"),
        question=Words("왜?", "Why?"),
        answer=Words("그냥", "So"),
        notes=Words("메모", "A note"),
        rows=(1, 9),
        showing=showing,
    )
    read = lesson_from((HEAD + "\n" + written_step(made)).encode(), library())
    assert read.steps == (made,)


TEXT = (
    "# My lesson\n"
    + HEAD
    + step(LAB, title="One")
    + "\n# About the second step.\n# It has two lines.\n"
    + step(LAB, title="Two").lstrip()
    + "\n# The end.\n"
)


@pytest.mark.parametrize(
    ("after", "order"), [(0, ["One", "new", "Two"]), (1, ["One", "Two", "new"])]
)
def test_that_a_step_is_put_behind_another_and_comments_stay(after: int, order: list[str]) -> None:
    showing = LabShowing(example="max_pooling")
    text = with_step(TEXT, after, recorded_step(showing))
    read = lesson_from(text.encode(), library())
    titles = ["new" if s.title.en == "A new step" else s.title.en for s in read.steps]
    assert titles == order
    assert read.steps[after + 1].showing == showing
    left = [line for line in text.splitlines() if line.strip()]
    for line in filter(str.strip, TEXT.splitlines()):
        assert line in left
    second = text.index("# About the second step.")
    assert text[second:].splitlines()[2].startswith("[[steps]]")
    assert text[second:].splitlines()[3] == 'title = { ko = "걸음", en = "Two" }'


def test_that_the_template_is_a_lesson() -> None:
    lesson = read_lesson(resource("lessons", "template", "lesson.toml"), library())
    assert len(lesson.steps) == 4
    assert lesson.chapter == 0
    assert lesson.steps[0].showing.hide == ("output",)


def test_that_the_template_names_every_pane_and_every_look() -> None:
    text = resource("lessons", "template", "lesson.toml").read_text("utf-8")
    for name in (*PANE_KEYS, *(look for looks in LOOKS.values() for look in looks)):
        assert f'"{name}"' in text, name


def test_that_a_step_can_be_recorded_into_the_template(tmp_path: Path) -> None:
    text = resource("lessons", "template", "lesson.toml").read_text("utf-8")
    for after in range(4):
        made = with_step(text, after, recorded_step(RunsShowing(experiment="pooling")))
        assert len(lesson_from(made.encode(), library()).steps) == 5
        assert set(text.splitlines()) <= set(made.splitlines())
