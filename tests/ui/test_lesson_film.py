"""Lessons as films, and as a picture of each step."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PyQt6.QtCore import QSize
from PyQt6.QtWidgets import QApplication

from cnnviz.control.language import use_language
from cnnviz.engine.lesson_views import LessonViews
from cnnviz.export.film import Picture
from cnnviz.resources import resource
from cnnviz.ui.drawn import image
from cnnviz.ui.film_screen import pixels
from cnnviz.ui.lesson_film import BAR, PASSING, STANDING, LessonFilm, Shot
from cnnviz.ui.lesson_stage import stage_of
from cnnviz.ui.lesson_steps import Order
from tests.lessons import LAB, NETWORK, QUESTION, library, step, write_lesson
from tests.ui.test_lesson_handout import order_of
from tests.ui.test_render_command import rendered

SIZE = QSize(1000, 640)
HIDDEN = LAB + 'hide = ["output"]\n'


@pytest.fixture
def order(qapp: QApplication, tmp_path: Path) -> Order:
    use_language(qapp, "en")
    runs = step('workspace = "runs"\n')
    shown = step(NETWORK + 'panes = ["maps", "prediction"]\n')
    return order_of(write_lesson(tmp_path, step(HIDDEN, QUESTION), runs, shown), "en")


def drawn(film: LessonFilm, *shots: Shot) -> list[Picture]:
    return list(film.pictures(shots))


def test_that_a_film_goes_through_every_place_and_stays_where_the_step_is(order: Order) -> None:
    film, views = LessonFilm(order, SIZE), LessonViews(library(), resource())
    shots = film.shots(moving=True)
    assert {shot.step for shot in shots} == {0, 2}  # a list of runs has no picture
    for number in (0, 2):
        seen = views.seen(order.steps[number].showing)
        own = [shot for shot in shots if shot.step == number]
        assert list(dict.fromkeys(shot.place for shot in own)) == list(range(len(seen.frames)))
        stays = [shot for shot in own if shot.seconds == STANDING]
        assert {shot.place for shot in stays} == {seen.place}
        assert all(shot.seconds == PASSING for shot in own if shot.place != seen.place)
        # What is asked for is covered first, and then it is shown.
        assert [shot.covered for shot in stays] == ([True, False] if number == 0 else [False])
    assert [shot.covered for shot in film.shots(moving=False)] == [True, False]


def test_that_a_picture_is_the_stage_under_the_title(order: Order) -> None:
    film, px = LessonFilm(order, SIZE), order.theme.px
    seen = LessonViews(library(), resource()).seen(order.steps[0].showing)
    shots = [Shot(0, place, PASSING) for place in (0, len(seen.frames) - 1)]
    size = QSize(SIZE.width(), SIZE.height() - px(BAR))
    with stage_of(size, order.theme, order.decimals) as stage:
        stage.begin(seen)
        for shot, picture in zip(shots, drawn(film, *shots), strict=True):
            assert picture.shape == (SIZE.height(), SIZE.width(), 3)
            (placed,) = [placed for placed in stage.show(seen.frames[shot.place]) if placed]
            expected = pixels(image(placed.what))
            height, width = expected.shape[:2]
            assert np.array_equal(picture[px(BAR) :][:height, :width], expected)
            assert len(np.unique(picture[: px(BAR)].reshape(-1, 3), axis=0)) > 2  # the title


def test_that_a_covered_picture_hides_the_answer_and_nothing_else_is_drawn_otherwise(
    order: Order,
) -> None:
    place = next(shot.place for shot in LessonFilm(order, SIZE).shots(moving=False))
    film = LessonFilm(order, SIZE)
    covered, shown, again = drawn(
        film, Shot(0, place, 1.0, True), Shot(0, place, 1.0), Shot(0, place, 1.0, True)
    )
    assert not np.array_equal(covered, shown)
    assert np.array_equal(covered, again)


def test_that_the_command_line_writes_films_and_pictures_of_a_lesson(tmp_path: Path) -> None:
    path = write_lesson(tmp_path, step(LAB), step(NETWORK + 'panes = ["maps"]\n'))
    arguments = ("--size", "640x400", "--theme", "light")
    assert rendered(str(path), "-o", tmp_path / "a.png", *arguments).returncode == 0
    found = sorted(tmp_path.glob("a*.png"))
    assert len(found) == 2
    with Image.open(found[0]) as picture:
        assert picture.size == (640, 400)
    done = rendered(str(path), "-o", tmp_path / "a.gif", "--frames", "1:1", *arguments)
    assert done.returncode == 0
    with Image.open(tmp_path / "a.gif") as film:
        assert film.size == (640, 400)
        film.seek(1)  # raises EOFError if there is one picture alone
    again = rendered(str(path), "-o", tmp_path / "a.png", *arguments)
    assert again.returncode == 2
    assert "--overwrite" in again.stderr


def test_that_steps_without_a_picture_are_said(tmp_path: Path) -> None:
    path = write_lesson(tmp_path, step('workspace = "runs"\n'))
    done = rendered(str(path), "-o", tmp_path / "a.mp4")
    assert done.returncode == 2
    assert "these steps have no picture" in done.stderr
    assert not (tmp_path / "a.mp4").exists()
