"""A film of two runs side by side: both as their page shows them, step by step, with one cursor."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QSize
from PyQt6.QtGui import QImage, QPainter, QRegion
from PyQt6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from cnnviz.control.paired_steps import PairedSteps
from cnnviz.core.cursor import Cursor, terms_of
from cnnviz.core.film import Pacing, Shots, stepped, trained
from cnnviz.core.problem import Problem
from cnnviz.core.scenes.maps import MapsScene
from cnnviz.core.timeline import Unit
from cnnviz.core.view import View, moved
from cnnviz.export.film import Picture
from cnnviz.ui.dialogs.film import TRAINING, FilmChoice, FilmDialog
from cnnviz.ui.film_requests import FilmRequests
from cnnviz.ui.film_screen import pixels
from cnnviz.ui.main_window import MainWindow
from cnnviz.ui.pair_screen import PairScreen
from cnnviz.ui.runs import RunsPage
from cnnviz.ui.side_by_side import SideBySidePage
from cnnviz.ui.theme import LIGHT, Theme
from cnnviz.ui.workspace import PAIR, RUNS
from tests.ui.test_side_by_side import listed, page, place_of, select, settle  # noqa: F401

SIZE = (900, 500)
PATIENCE = 30_000

Both = Callable[[SideBySidePage], PairedSteps]


@pytest.fixture
def films(window: MainWindow) -> Iterator[FilmRequests]:
    yield window.requests.films
    window.requests.films.cancel()


@pytest.fixture
def both() -> Iterator[Both]:
    """Makes what a film reads of the runs of a page."""
    made = list[PairedSteps]()

    def make(page: SideBySidePage) -> PairedSteps:  # noqa: F811
        made.append(PairedSteps(page.pair.now))
        return made[-1]

    yield make
    assert all(steps.close(5.0) for steps in made)


def drawn_by(widget: QWidget) -> Picture:
    """A part as it is now."""
    image = QImage(widget.size(), QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    widget.render(painter, QPoint(), QRegion(), QWidget.RenderFlag.DrawChildren)
    painter.end()
    return pixels(image)


def view_at(steps: PairedSteps, view: View, step: int) -> View:
    end = time.monotonic() + PATIENCE / 1000
    while (found := steps.view_at(view, step)) is None:
        assert time.monotonic() < end
        time.sleep(0.001)
    assert isinstance(found, View), found
    return found


def every_step(page: SideBySidePage) -> Shots:  # noqa: F811
    kept = page.pair.kept
    return trained(kept, (0, len(kept) - 1), Pacing.PLAYED, 25)


def assert_the_same(screen: PairScreen, page: SideBySidePage) -> None:  # noqa: F811
    """Every pane of the film has the pixels of the page's."""
    for filmed, seen in zip(screen.sides, page.sides, strict=True):
        for name in ("head", "input", "maps", "prediction"):
            mine, own = getattr(filmed, name), getattr(seen, name)
            assert mine.size() == own.size(), name
            assert np.array_equal(drawn_by(mine), drawn_by(own)), name


@pytest.mark.parametrize("theme", [Theme(), Theme(LIGHT)])
def test_that_every_part_of_a_frame_has_the_pixels_of_the_page(
    window: MainWindow,
    qtbot: QtBot,
    page: SideBySidePage,  # noqa: F811
    both: Both,
    theme: Theme,
) -> None:
    window.set_theme(theme)
    for side in page.sides:  # in a film no list stands in this line, which is as high as a title
        side.layers.setFixedHeight(theme.px(32))
        side.opens.setFixedHeight(theme.px(32))
    QApplication.processEvents()
    steps = both(page)
    whole = page.sides[0].geometry().united(page.sides[1].geometry())
    screen = PairScreen(steps, whole.size(), theme)
    for step, cursor in ((1, Cursor(0, 1, 9, 12, 4)), (4, Cursor(2, 0, 3, 4, 9)), (3, Cursor(3))):
        terms = terms_of(page.pair.view.network.layers[cursor.layer])
        page.pair.go_to(replace(cursor, term=terms))
        page.pair.go_to_step(step)
        settle(qtbot, page)
        page.look(page.pair.view)
        QApplication.processEvents()
        picture = screen.picture(view_at(steps, moved(page.pair.view, page.pair.view.cursor), step))
        assert picture.shape == (whole.height(), whole.width(), 3)
        assert_the_same(screen, page)
    screen.deleteLater()


def test_that_no_controls_are_in_the_picture_and_the_layer_is_named(
    page: SideBySidePage,  # noqa: F811
    both: Both,
) -> None:
    steps = both(page)
    screen = PairScreen(steps, QSize(*SIZE), Theme())
    screen.picture(page.pair.view)
    side = screen.sides[place_of(page, "CNN")]
    assert side.layers.isHidden()
    assert side.opens.isHidden()
    assert isinstance(side.maps.shown, MapsScene)
    assert side.maps.title(side.maps.shown) == "Conv 1 · 2×28×28"
    screen.deleteLater()


def test_that_a_film_of_training_shows_both_at_every_kept_step(
    films: FilmRequests,
    window: MainWindow,
    qtbot: QtBot,
    page: SideBySidePage,  # noqa: F811
    both: Both,
    tmp_path: Path,
) -> None:
    out, view, shots = tmp_path / "out", page.pair.view, every_step(page)
    out.mkdir()
    steps = both(page)
    screen = PairScreen(steps, QSize(*SIZE), window.theme)
    films.begin(out / "x.png", FilmChoice(PAIR, shots, SIZE, 25, ".png"), view)
    window.workspaces.choose(RUNS)  # who leaves the page leaves the film alone
    qtbot.waitUntil(lambda: films.filming is None, timeout=PATIENCE)
    assert "5 pictures" in str(window.banner.problem)
    files = sorted(out.iterdir())
    assert [shot.place for shot in shots] == [0, 1, 2, 3, 4]
    for file, step, shown in zip(files, range(5), ([0, 0], [1, 1], [2, 2], [3, 3], [4, 3]),
                                 strict=True):  # fmt: skip
        picture = screen.picture(view_at(steps, view, step), step=True)
        assert np.array_equal(pixels(QImage(str(file))), picture)
        seen = {side.run.row.name: side.seen.step for side in steps.runs.sides if side.seen}
        assert [seen["CNN"], seen["MLP"]] == shown
    screen.deleteLater()


def test_that_a_film_can_go_with_the_cursor_through_both(
    films: FilmRequests,
    window: MainWindow,
    qtbot: QtBot,
    page: SideBySidePage,  # noqa: F811
    both: Both,
    tmp_path: Path,
) -> None:
    out, view = tmp_path / "out", page.pair.view
    out.mkdir()
    start = replace(view.cursor, row=0, column=0)
    shots = stepped(view.network, start, Unit.ROW, (0, 9), Pacing.EVERY, 25)
    films.begin(out / "x.png", FilmChoice(PAIR, shots, SIZE, 25, ".png"), view)
    qtbot.waitUntil(lambda: films.filming is None, timeout=PATIENCE)
    steps = both(page)
    screen = PairScreen(steps, QSize(*SIZE), window.theme)
    for file, shot in list(zip(sorted(out.iterdir()), shots, strict=True))[::3]:
        assert isinstance(shot.place, Cursor)
        assert np.array_equal(pixels(QImage(str(file))), screen.picture(moved(view, shot.place)))
    screen.deleteLater()


@pytest.mark.parametrize("ending", [".mp4", ".gif"])
def test_that_cancelling_leaves_nothing(
    films: FilmRequests,
    qtbot: QtBot,
    page: SideBySidePage,  # noqa: F811
    tmp_path: Path,
    ending: str,
) -> None:
    out, shots = tmp_path / "out", every_step(page) * 20
    out.mkdir()
    films.begin(out / f"x{ending}", FilmChoice(PAIR, shots, SIZE, 25, ending), page.pair.view)
    bar = films.bar
    assert bar is not None
    qtbot.waitUntil(lambda: bar.bar.value() >= 2, timeout=PATIENCE)
    bar.cancel.click()
    assert films.filming is None
    assert not list(out.iterdir())


def test_that_a_run_that_is_gone_ends_the_film_with_a_sentence(
    films: FilmRequests,
    window: MainWindow,
    qtbot: QtBot,
    page: SideBySidePage,  # noqa: F811
    tmp_path: Path,
) -> None:
    page.pair.sides[place_of(page, "MLP")].run.path.unlink()
    choice = FilmChoice(PAIR, every_step(page), SIZE, 25, ".mp4")
    films.begin(tmp_path / "x.mp4", choice, page.pair.view)
    qtbot.waitUntil(lambda: films.filming is None, timeout=PATIENCE)
    assert "no longer there" in str(window.banner.problem)
    assert not (tmp_path / "x.mp4").exists()


def test_that_the_menu_offers_both_runs_and_training_first(
    window: MainWindow,
    page: SideBySidePage,  # noqa: F811
) -> None:
    assert window.actions_by_key["export_film"].isEnabled()
    window.actions_by_key["export_film"].trigger()
    dialog = window.findChild(FilmDialog)
    assert dialog is not None
    assert [dialog.pane.itemText(0), dialog.pane.count()] in (
        ["Side by side: CNN, MLP", 1],
        ["Side by side: MLP, CNN", 1],
    )
    assert dialog.unit.currentData() == TRAINING
    assert (dialog.first.value(), dialog.last.value()) == (1, 5)
    whole = page.sides[0].geometry().united(page.sides[1].geometry())
    assert dialog.size_box.itemData(2) == (whole.width(), whole.height())
    dialog.reject()


def test_that_it_is_said_why_two_runs_cannot_be_filmed(
    window: MainWindow,
    qtbot: QtBot,
    page: SideBySidePage,  # noqa: F811
    listed: RunsPage,  # noqa: F811
    films: FilmRequests,
    tmp_path: Path,
) -> None:
    choice = FilmChoice(PAIR, every_step(page), SIZE, 25, ".mp4")
    view, pair = page.pair.view, page.pair
    broken = next(side.run for side in pair.sides if side.run.row.name == "MLP")
    whole = next(side.run for side in pair.sides if side.run.row.name == "CNN")
    pair.show(whole, broken)
    films.export()
    assert "the runs are being read" in str(window.banner.problem)
    broken.path.write_text("mine")
    pair.show(whole, broken)
    qtbot.waitUntil(lambda: pair.sides[1].problem is not None, timeout=PATIENCE)
    films.export()
    assert "cannot be shown" in str(window.banner.problem)
    assert window.findChild(FilmDialog) is None
    window.workspaces.choose(RUNS)
    films.begin(tmp_path / "x.mp4", choice, view)
    assert isinstance(window.banner.problem, Problem)
    assert "no two runs side by side" in str(window.banner.problem)
    assert films.filming is None
