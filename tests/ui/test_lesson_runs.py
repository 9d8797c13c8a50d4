"""Experiments in lessons' files: the charts and numbers of the runs that come with the program."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from PyQt6.QtWidgets import QApplication

from cnnviz.control.language import use_language
from cnnviz.core.lesson import RunsShowing
from cnnviz.core.numbers import number, percent
from cnnviz.core.ready_made import list_ready_made
from cnnviz.core.scenes.comparison import ComparisonScene, curves_scene
from cnnviz.engine.lesson_views import LessonViews
from cnnviz.engine.run_file import RunFile
from cnnviz.engine.run_notes import shifts_of
from cnnviz.resources import resource
from cnnviz.ui.lesson_runs import card_of
from tests.lessons import library, step, write_lesson
from tests.ui.test_lesson_handout import Opened, handout, order_of
from tests.ui.test_lesson_html import data_of, texts_in
from tests.ui.test_render_command import rendered

_READY = list_ready_made(resource("experiments"), resource("networks"))

EXPERIMENTS = {made.key: made for made in _READY}

FOLDER = resource("experiments", "runs")


def measured(key: str) -> list[tuple[float, float, dict[int, float]]]:
    """Of each run's file: the last look's accuracy and loss, and what was measured by shift."""
    found = []
    for path in EXPERIMENTS[key].paths(FOLDER):
        with RunFile.open(path) as file:
            last = [look for look in file.evaluations() if look.complete][-1]
            found.append((last.accuracy, last.loss, dict(shifts_of(file))))
    return found


def rows_of(html: str) -> list[list[str]]:
    """The cells of a table."""
    return [
        [unescape(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]
        for row in re.findall(r"<tr>(.*?)</tr>", html)
    ]


def test_that_a_page_draws_an_experiment_with_the_numbers_of_its_run_files(tmp_path: Path) -> None:
    out = tmp_path / "x.html"
    done = rendered("01_why_convolution", "-o", out, "--frames", "5:6", "--language", "en")
    assert done.returncode == 0, done.stderr
    data = data_of(out)
    curves, shifts = data["steps"]
    names = [part.title for part in EXPERIMENTS["mlp_or_cnn"].parts]
    found = measured("mlp_or_cnn")
    texts = texts_in(data, curves["frames"][0])
    assert texts.count("test accuracy") == 1
    assert not set(names) - set(texts)  # the legend
    for accuracy, loss, _ in found:
        assert any(text.startswith(percent(accuracy, 2)) for text in texts)
        assert any(text.startswith(number(loss, 3)) for text in texts)
    head, *lines = rows_of(curves["card"])
    assert head == ["", *names]
    assert lines[0] == ["test accuracy", *(percent(accuracy, 2) for accuracy, _, _ in found)]
    assert lines[1] == ["test loss", *(number(loss, 4) for _, loss, _ in found)]
    (head, *lines), texts = rows_of(shifts["card"]), texts_in(data, shifts["frames"][0])
    for name, (_, _, moved), line in zip(names, found, lines, strict=True):
        assert line == [name, *(percent(moved[int(c.replace("−", "-"))], 2) for c in head[1:])]
        assert f"{percent(moved[4])}  {name}" in texts
    assert len(head) == 10
    assert curves["labels"] == ["Experiment: MLP or CNN"]


@pytest.mark.parametrize("key", EXPERIMENTS)
def test_that_a_step_shows_what_the_window_compares(key: str) -> None:
    views = LessonViews(library(), resource())
    seen = views.seen(RunsShowing(experiment=key))
    assert [run.path for run in seen.runs] == list(EXPERIMENTS[key].paths(FOLDER))
    scene = curves_scene(seen.runs)
    assert isinstance(scene, ComparisonScene)
    ends = [value for chart in scene.charts for _, _, value in chart.ends]
    assert ends[len(seen.runs) :] == [percent(accuracy, 2) for accuracy, _, _ in measured(key)]
    said = " ".join(card_of(seen).paragraphs)
    for accuracy, _, _ in measured(key):
        assert percent(accuracy, 1) in said


def test_that_a_handout_draws_an_experiment_and_writes_its_numbers(
    qapp: QApplication, tmp_path: Path
) -> None:
    use_language(qapp, "en")
    show = 'workspace = "runs"\nexperiment = "pooling"\n'
    path = write_lesson(
        tmp_path, step(show), step(show + 'look = "differences"\n'), step('workspace = "runs"\n')
    )
    opened = Opened(handout(order_of(path, "en")))
    texts = [opened.text(page) for page in range(opened.pages)]
    opened.close()
    text = "".join(texts)
    assert text.count("thin:training·thick:test") == 1  # the differences are a table alone
    assert text.count("AvgPool2d") >= 1
    for accuracy, loss, _ in measured("pooling"):
        assert text.count(percent(accuracy, 2).replace(" ", "")) == 3  # and in the chart
        # Without spaces the chart's three digits run into the number behind them: "0.139" "0.205".
        assert len(re.findall(rf"{re.escape(number(loss, 4))}(?!\.)", text)) == 2
    assert "thelistofallruns" in text


def test_that_an_experiment_without_its_runs_is_told_in_words(tmp_path: Path) -> None:
    own = tmp_path / "experiments"
    own.mkdir()
    (own / "networks").symlink_to(resource("experiments", "networks"))
    given = resource("experiments", "pooling.toml")
    (own / "pooling.toml").write_bytes(given.read_bytes())
    there = library()
    views = LessonViews(
        type(there)(**{**vars(there), "experiments": {"pooling": own / "pooling.toml"}}), resource()
    )
    seen = views.seen(RunsShowing(experiment="pooling"))
    assert not seen.frames
    assert not seen.runs
    assert not card_of(seen).table
