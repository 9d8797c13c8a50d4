"""Lessons as files: what is read is what is written there, and what is wrong is named."""

from __future__ import annotations

import pytest

from cnnviz.core.lesson import LabShowing, NetworkShowing, Place, Words
from cnnviz.core.lesson_file import Library, headings, is_lesson, lesson_from, read_lesson
from cnnviz.core.problem import Problem
from cnnviz.core.timeline import Unit
from cnnviz.resources import resource

GOOD = """\
title = { ko = "합성곱", en = "Convolution" }
chapter = 2

[[steps]]
title = { ko = "창", en = "A window" }
words = { ko = "*곱해서* 더한다.", en = "*Multiply* and add." }
rows = [1, 3]
question = { ko = "다음 값은?", en = "What comes next?" }
answer = { ko = "9", en = "9" }
[steps.show]
workspace = "lab"
example = "convolution"
fields = { stride = 2 }
row = 1
column = 1
term = 4
unit = "term"
hide = ["output"]

[[steps]]
title = { ko = "신경망", en = "A network" }
words = { ko = "층", en = "Layers" }
[steps.show]
workspace = "network"
network = "two_layer_cnn"
layer = 4
panes = ["stage", "maps"]
"""


@pytest.fixture
def library() -> Library:
    return Library(
        examples={"convolution": resource("lab", "convolution.toml")},
        networks={"two_layer_cnn": resource("networks", "two_layer_cnn.toml")},
        runs={},
        experiments={},
        data=("mnist",),
        photographs=("camera",),
        filters=("identity",),
    )


def test_that_a_lesson_is_read_as_it_is_written(library: Library) -> None:
    lesson = lesson_from(GOOD.encode(), library)
    assert lesson.title == Words("합성곱", "Convolution")
    assert (lesson.chapter, lesson.rows, len(lesson.steps)) == (2, (1, 3), 2)
    first, second = lesson.steps
    assert first.answer == Words("9", "9")
    assert first.showing == LabShowing(
        example="convolution",
        fields=(("stride", 2),),
        place=Place(row=1, column=1, term=4),
        unit=Unit.TERM,
        hide=("output",),
    )
    assert isinstance(second.showing, NetworkShowing)
    assert second.showing.panes == ("stage", "maps")
    assert second.showing.place == Place(layer=4)


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ('"convolution"\n', '"convolutoin"\n', 12, 'example: "convolutoin" is unknown'),
        ("stride = 2", "stride = 0", 13, "stride"),
        ("row = 1\n", "row = -1\n", 14, "from 0 on"),
        ('unit = "term"', 'unit = "terms"', 17, 'unit: "terms" is unknown'),
        ('hide = ["output"]', 'hide = ["input"]', 18, "hide: "),
        ('workspace = "network"', 'workspace = "net"', 24, "workspace: "),
        ("layer = 4", "layer = 40", 26, "layer: this network has 9 layers"),
        (
            'panes = ["stage", "maps"]',
            "train = 3",
            27,
            "train: 3 was given, expected is true or false",
        ),
        ('en = "Layers"', 'english = "Layers"', 22, "english: "),
        ('answer = { ko = "9", en = "9" }\n', "", 4, "wants an answer"),
        ('title = { ko = "창", en = "A window" }', 'title = "A window"', 5, "ko and en"),
        ("rows = [1, 3]", 'rows = "1"', 7, "whole numbers"),
        ("chapter = 2", "chapter = 2\nchapters = 3", 3, "chapters"),
        ("layer = 4\n", 'look = "shifts"\n', 26, 'look: "shifts" is unknown'),
        ("layer = 4\n", 'augment = "shift=999"\n', 26, "shift: 999"),
    ],
)
def test_that_a_mistake_is_named_with_line_and_key(
    library: Library, old: str, new: str, line: int, said: str
) -> None:
    assert old in GOOD
    with pytest.raises(Problem) as caught:
        lesson_from(GOOD.replace(old, new, 1).encode(), library)
    assert str(caught.value).startswith(f"line {line}"), caught.value
    assert said in str(caught.value), caught.value


def test_that_a_missing_file_is_named(library: Library) -> None:
    with pytest.raises(Problem, match=r"nowhere\.toml: the file cannot be read"):
        read_lesson(resource("lab").with_name("nowhere.toml"), library)


def test_that_a_lesson_is_told_from_other_files(tmp_path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(GOOD, encoding="utf-8")
    assert is_lesson(path)
    assert not is_lesson(resource("lab", "convolution.toml"))
    assert not is_lesson(resource("networks", "mlp.toml"))
    assert not is_lesson(tmp_path / "nowhere.toml")


def test_that_lessons_are_listed_by_chapter_and_broken_ones_by_their_name(tmp_path) -> None:
    for name, text in (
        ("b.toml", GOOD.replace("chapter = 2", "chapter = 1")),
        ("a.toml", GOOD),
        ("c.toml", "[[steps]]\ntitle = "),  # the steps are not read here
        ("d.toml", "title = ["),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
    listed = [(found.path.name, found.chapter, found.title.en) for found in headings(tmp_path)]
    assert listed == [
        ("b.toml", 1, "Convolution"),
        ("a.toml", 2, "Convolution"),
        ("c.toml", 0, "c"),
        ("d.toml", 0, "d"),
    ]
