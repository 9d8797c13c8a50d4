"""A film of the kernel going over a photograph: what the photographs' page shows while it plays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QSize
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnnviz.core.cursor import Cursor, terms_of
from cnnviz.core.film import Pacing, stepped
from cnnviz.core.filtering import Channels, Filtering
from cnnviz.core.picture import Picture
from cnnviz.core.scenes.photograph import Shown
from cnnviz.core.timeline import Unit
from cnnviz.core.view import moved
from cnnviz.engine.filtering import filtered
from cnnviz.ui.dialogs.film import FilmChoice, FilmDialog
from cnnviz.ui.drawn import drawn, image, size
from cnnviz.ui.film_requests import FilmRequests
from cnnviz.ui.film_screen import PHOTOGRAPH, Screen, pixels
from cnnviz.ui.main_window import MainWindow
from cnnviz.ui.photographs import PhotographsPage
from cnnviz.ui.workspace import PHOTOGRAPHS
from tests.control.runners import FakeRunner

SMALL = Picture(np.random.default_rng(0).random((3, 24, 30), dtype=np.float32))
SIZE = (640, 480)
PATIENCE = 30_000


@pytest.fixture
def page(
    window: MainWindow, runner: FakeRunner, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> PhotographsPage:
    """The page with a small picture in colour on it."""

    def compute(asked: Filtering) -> None:
        runner.filtered = filtered(asked)

    monkeypatch.setattr(runner, "filter", compute)
    window.workspaces.choose(PHOTOGRAPHS)
    made = window.workspaces.page
    assert isinstance(made, PhotographsPage)
    qtbot.waitUntil(lambda: not made.photographs.waiting)
    made.photographs.show_picture(SMALL)
    made.photographs.drain()
    assert not made.photographs.waiting
    return made


@pytest.fixture
def films(window: MainWindow) -> Iterator[FilmRequests]:
    yield window.requests.films
    window.requests.films.cancel()


def play_to(page: PhotographsPage, cursor: Cursor) -> None:
    """Let the page look as it does when playing has come so far."""
    whole = replace(cursor, term=terms_of(page.photographs.view.network.layers[0]))
    for place in (whole, cursor):  # the ledger keeps the room that it once had
        page.photographs.view = replace(moved(page.photographs.view, place), playing=True)
        page.look(page.photographs.view)
        page._write_ledger()
        QApplication.processEvents()
    page.photographs.view = replace(page.photographs.view, playing=False)


def screen_like(page: PhotographsPage, window: MainWindow, extent: QSize) -> Screen:
    return Screen(PHOTOGRAPH, extent, window.theme, window.preferences.decimals, like=page.pane)


@pytest.mark.parametrize(
    ("channels", "plane", "shown"),
    [
        (Channels.GREY, 3, Shown.AUTOMATIC),
        (Channels.APART, 3, Shown.AUTOMATIC),
        (Channels.APART, 1, Shown.ABSOLUTE),
        (Channels.SUMMED, 2, Shown.SHIFTED),
    ],
)
def test_that_a_frame_has_the_pixels_of_the_page_that_plays(
    window: MainWindow, page: PhotographsPage, channels: Channels, plane: int, shown: Shown
) -> None:
    page.photographs.choose_channels(channels)
    page.photographs.drain()
    page.choose_plane(plane)
    page.choose_shown(shown)
    # The one below the pictures takes as much of the room as in a film the one above them.
    page.transport.setFixedHeight(page.theme.px(32))
    QApplication.processEvents()
    play_to(page, Cursor(0, 0, 0, 0, 4))
    screen = screen_like(page, window, size(drawn(page.pane, *page.below)))
    for cursor in (Cursor(0, 0, 0, 0, 4), Cursor(0, 0, 11, 7, 9)):
        play_to(page, cursor)
        expected = pixels(image(drawn(page.pane, *page.below)))
        assert np.array_equal(screen.picture(page.photographs.view), expected)
    screen.deleteLater()


def test_that_the_result_is_written_as_the_kernel_goes_over_the_photograph(
    window: MainWindow, page: PhotographsPage
) -> None:
    screen = screen_like(page, window, QSize(*SIZE))
    view = page.photographs.view
    counts = []
    for row in (0, 11, 23):
        screen.picture(moved(view, Cursor(0, 0, row, 29, 9)))
        counts.append(screen.pane.shown.computed)
    assert counts == [30, 360, 720]
    screen.deleteLater()


def test_that_the_film_is_written_of_what_the_page_shows(
    films: FilmRequests, window: MainWindow, page: PhotographsPage, qtbot: QtBot, tmp_path: Path
) -> None:
    view = page.photographs.view
    shots = stepped(view.network, view.cursor, Unit.ROW, (0, 23), Pacing.EVERY, 25)
    films.begin(tmp_path / "x.png", FilmChoice(PHOTOGRAPH, shots, SIZE, 25, ".png"), view)
    expected = screen_like(page, window, QSize(*SIZE))
    page.choose_shown(Shown.CLIPPED)  # the film goes on as it was begun
    qtbot.waitUntil(lambda: films.filming is None, timeout=PATIENCE)
    files = sorted(tmp_path.iterdir())
    assert len(files) == 24
    for file, shot in list(zip(files, shots, strict=True))[::8]:
        assert isinstance(shot.place, Cursor)
        picture = expected.picture(moved(view, shot.place))
        assert np.array_equal(pixels(QImage(str(file))), picture)
    expected.deleteLater()


def test_that_cancelling_leaves_nothing(
    films: FilmRequests, page: PhotographsPage, qtbot: QtBot, tmp_path: Path
) -> None:
    view = page.photographs.view
    shots = stepped(view.network, view.cursor, Unit.WINDOW, (0, 719), Pacing.EVERY, 25)
    films.begin(tmp_path / "x.mp4", FilmChoice(PHOTOGRAPH, shots, SIZE, 25, ".mp4"), view)
    bar = films.bar
    assert bar is not None
    qtbot.waitUntil(lambda: bar.bar.value() >= 3, timeout=PATIENCE)
    bar.cancel.click()
    assert films.filming is None
    assert not list(tmp_path.iterdir())


def test_that_the_menu_offers_the_photographs_pane_as_it_is_seen(
    window: MainWindow, page: PhotographsPage
) -> None:
    assert window.actions_by_key["export_film"].isEnabled()
    window.actions_by_key["export_film"].trigger()
    dialog = window.findChild(FilmDialog)
    assert dialog is not None
    assert [dialog.pane.itemData(place) for place in range(dialog.pane.count())] == [PHOTOGRAPH]
    extent = size(drawn(page.pane, *page.below))
    assert dialog.size_box.itemData(2) == (extent.width(), extent.height())
    assert dialog.last.value() == 24 * 30
    dialog.reject()


def test_that_a_photograph_that_is_being_read_is_waited_for(window: MainWindow) -> None:
    window.workspaces.choose(PHOTOGRAPHS)
    window.actions_by_key["export_film"].trigger()
    assert "the photograph is being read" in str(window.banner.problem)
    assert window.findChild(FilmDialog) is None
