"""A film of what the window shows: the same pictures, while the window goes on."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PyQt6.QtCore import QSize
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from cnnviz.app import main
from cnnviz.control.kept_steps import KeptSteps
from cnnviz.core.cursor import Cursor, terms_of
from cnnviz.core.film import Pacing, Shots, stepped, trained
from cnnviz.core.kept import Kept
from cnnviz.core.network_file import write_network
from cnnviz.core.problem import Problem
from cnnviz.core.scenes import Empty
from cnnviz.core.timeline import Unit
from cnnviz.core.view import View, moved
from cnnviz.engine.headless import run_view
from cnnviz.export.film import Picture, targets
from cnnviz.ui import exporting
from cnnviz.ui.dialogs.film import TRAINING, FilmChoice, FilmDialog
from cnnviz.ui.drawn import drawn, image, size
from cnnviz.ui.film_requests import FilmRequests
from cnnviz.ui.film_screen import MAKERS, Screen, pixels
from cnnviz.ui.filming import Filming, Order
from cnnviz.ui.lab import LabPage
from cnnviz.ui.main_window import MainWindow
from cnnviz.ui.panes.stage import StagePane
from cnnviz.ui.theme import Theme
from tests.engine.idx_files import TINY, write_dataset
from tests.full_disks import REFUSALS, refuse
from tests.networks import bundled, snapshot

SMALL = (480, 320)
PATIENCE = 30_000


@pytest.fixture
def films(window: MainWindow) -> Iterator[FilmRequests]:
    yield window.requests.films
    window.requests.films.cancel()


@pytest.fixture
def screen(qtbot: QtBot, window: MainWindow) -> Iterator[Screen]:
    made = Screen("stage", QSize(*SMALL), window.theme, 4, False)
    yield made
    made.deleteLater()


def shots(count: int = 12) -> Shots:
    return stepped(bundled(), Cursor(), Unit.WINDOW, (0, count - 1), Pacing.EVERY, 25)


def choice(ending: str = ".gif", count: int = 12, pane: str = "stage") -> FilmChoice:
    return FilmChoice(pane, shots(count), SMALL, 25, ending)


def finish(films: FilmRequests, qtbot: QtBot) -> Problem | None:
    """Wait for the end, and what the banner says of it."""
    qtbot.waitUntil(lambda: films.filming is None, timeout=PATIENCE)
    return films._window.banner.problem


def read(path: Path) -> list[Picture]:
    found = []
    with Image.open(path) as film:
        for number in range(film.n_frames):  # type: ignore[attr-defined]
            film.seek(number)
            found.append(np.asarray(film.convert("RGB")))
    return found


def drawn_by(screen: Screen, view: View, of: Shots) -> list[Picture]:
    pictures = []
    for shot in of:
        assert isinstance(shot.place, Cursor)
        view = moved(view, shot.place)
        pictures.append(screen.picture(view))
    return pictures


@pytest.mark.parametrize(
    "key", ["stage", "maps", "kernels", "network", "prediction", "pooling", "matrix", "graph"]
)
@pytest.mark.parametrize("cursor", [Cursor(0, 2, 3, 4, 5), Cursor(3, 1, 5, 5, 288)])
def test_that_a_frame_of_a_film_has_the_pixels_of_the_window(
    window: MainWindow, key: str, cursor: Cursor
) -> None:
    dock = window.docks[key]
    dock.show()
    dock.raise_()
    window.transport.hide()  # what it leaves room for is the only difference
    whole = replace(cursor, term=terms_of(bundled().layers[cursor.layer]))
    for place in (Cursor(8), whole):  # a ledger keeps the room that it once had in its layer
        window.controller.go_to(place)
        dock.pane.look(window.controller.view)
        QApplication.processEvents()
    window.controller.go_to(cursor)
    QApplication.processEvents()
    dock.pane.look(window.controller.view)
    QApplication.processEvents()
    what = drawn(dock.pane, mark=dock.bar.marked)
    screen = Screen(key, size(what), window.theme, window.preferences.decimals, False)
    assert not isinstance(dock.pane.shown, Empty)
    assert np.array_equal(screen.picture(window.controller.view), pixels(image(what)))
    screen.deleteLater()


@pytest.mark.parametrize("way", [0, 1, 2])
def test_that_a_frame_of_the_labs_film_has_the_pixels_of_the_lab(
    window: MainWindow, way: int
) -> None:
    window.actions_by_key["workspace_lab"].trigger()
    page = window.workspaces.page
    assert isinstance(page, LabPage)
    page.lab.ready()
    page.choose_way(way)
    page.lab.go_to(Cursor(term=3))
    QApplication.processEvents()
    page.look(page.lab.view)
    QApplication.processEvents()
    what = drawn(page.pane, page.ledger)
    screen = Screen(page.pane.key, size(what), window.theme, window.preferences.decimals, True)
    assert np.array_equal(screen.picture(page.lab.view), pixels(image(what)))
    screen.deleteLater()
    page.lab.close()


@pytest.mark.parametrize("key", sorted(MAKERS))
def test_that_every_pane_that_can_be_filmed_fills_the_picture(window: MainWindow, key: str) -> None:
    view = moved(window.controller.view, Cursor(0, 0, 3, 3, 9))
    screen = Screen(key, QSize(640, 360), window.theme, 4, False)
    picture = screen.picture(view)
    assert picture.shape == (360, 640, 3)
    assert not screen.pane.failed
    assert len(np.unique(picture[40:].reshape(-1, 3), axis=0)) > 3  # more than a background
    screen.deleteLater()


def test_that_a_film_is_written_while_the_window_is_stepped(
    films: FilmRequests, screen: Screen, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    path, view = tmp_path / "x.gif", window.controller.view
    films.begin(path, choice(), view)
    assert films.filming is not None
    films.filming.progressed.connect(lambda *_: window.controller.step(1))
    said = finish(films, qtbot)
    assert window.controller.view.cursor != view.cursor
    expected, found = drawn_by(screen, view, shots()), read(path)
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        assert np.abs(one.astype(int) - other).mean() < 1
    assert said is not None
    assert "12 pictures" in str(said)
    assert [file.name for file in tmp_path.iterdir()] == ["x.gif"]


def test_that_numbered_pictures_are_the_windows_to_the_pixel(
    films: FilmRequests, screen: Screen, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    view = window.controller.view
    films.begin(tmp_path / "x.png", choice(".png", 3), view)
    finish(films, qtbot)
    for file, expected in zip(
        sorted(tmp_path.iterdir()), drawn_by(screen, view, shots(3)), strict=True
    ):
        assert np.array_equal(pixels(QImage(str(file))), expected)


@pytest.mark.parametrize("ending", [".gif", ".mp4", ".webp", ".png"])
@pytest.mark.parametrize("after", [0, 3])
def test_that_cancelling_leaves_nothing(
    films: FilmRequests,
    window: MainWindow,
    qtbot: QtBot,
    tmp_path: Path,
    ending: str,
    after: int,
) -> None:
    films.begin(tmp_path / f"x{ending}", choice(ending, 200), window.controller.view)
    assert films.filming is not None
    assert films.bar is not None
    bar = films.bar
    if after:
        qtbot.waitUntil(lambda: bar.bar.value() >= after, timeout=PATIENCE)
    bar.cancel.click()
    assert films.filming is None
    assert not list(tmp_path.iterdir())
    films.begin(tmp_path / "y.gif", choice(count=2), window.controller.view)  # another can follow
    finish(films, qtbot)
    assert (tmp_path / "y.gif").exists()


def test_that_closing_the_window_ends_the_film(
    films: FilmRequests, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    films.begin(tmp_path / "x.gif", choice(count=200), window.controller.view)
    bar = films.bar
    assert bar is not None
    qtbot.waitUntil(lambda: bar.bar.value() > 0, timeout=PATIENCE)
    window.close()
    assert films.filming is None
    assert not list(tmp_path.iterdir())


def test_that_a_folder_that_is_not_there_is_said_in_the_banner(
    films: FilmRequests, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    films.begin(tmp_path / "none" / "x.gif", choice(), window.controller.view)
    assert "could not be written" in str(finish(films, qtbot))


@pytest.mark.parametrize("ending", [".gif", ".mp4", ".webp"])
@pytest.mark.parametrize(("code", "sentence"), REFUSALS)
def test_that_what_the_system_refuses_is_said_and_the_old_file_stays(
    films: FilmRequests, window: MainWindow, qtbot: QtBot, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, ending: str, code: int, sentence: str,
) -> None:  # fmt: skip
    path = tmp_path / f"x{ending}"
    path.write_bytes(b"old")
    refuse(monkeypatch, code)
    films.begin(path, choice(ending, 3), window.controller.view)
    assert str(finish(films, qtbot)) == sentence.format(file=path.name, folder=tmp_path)
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"old"]


@pytest.mark.parametrize("ending", [".mp4", ".webp"])
def test_that_a_missing_encoder_is_said(
    films: FilmRequests, window: MainWindow, qtbot: QtBot, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, ending: str,
) -> None:  # fmt: skip
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    films.begin(tmp_path / f"x{ending}", choice(ending, 3), window.controller.view)
    assert "the encoder ffmpeg, which is missing" in str(finish(films, qtbot))
    assert not list(tmp_path.iterdir())


def test_that_a_film_that_was_not_named_is_asked_about(
    films: FilmRequests, window: MainWindow, tmp_path: Path
) -> None:
    there = tmp_path / "x.gif"
    there.write_bytes(b"old")
    films.begin(tmp_path / "x.film", choice(count=2), window.controller.view)
    assert films.filming is None
    box = window.findChild(QMessageBox)
    assert box is not None
    assert box.text() == "x.gif is there already. Replace it?"
    box.reject()
    assert there.read_bytes() == b"old"


def test_that_a_pane_that_cannot_be_drawn_ends_the_film(
    films: FilmRequests,
    window: MainWindow,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> None:
        raise Problem("it cannot be drawn")

    monkeypatch.setattr(Screen, "picture", fail)
    films.begin(tmp_path / "x.gif", choice(), window.controller.view)
    assert "it cannot be drawn" in str(finish(films, qtbot))
    assert not list(tmp_path.iterdir())


def test_that_pictures_do_not_jump_while_a_ledger_grows(screen: Screen, window: MainWindow) -> None:
    view, tops = window.controller.view, set[int]()
    for term in range(10):
        screen.picture(moved(view, Cursor(term=term)))
        assert isinstance(screen.pane, StagePane)
        tops.add(screen.pane.ledger.y())
    assert len(tops) == 1


def test_that_one_film_is_written_at_a_time(
    films: FilmRequests, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    films.begin(tmp_path / "x.gif", choice(count=200), window.controller.view)
    window.actions_by_key["export_film"].trigger()
    assert "A film is being written" in str(window.banner.problem)
    assert window.findChild(FilmDialog) is None


def test_that_numbered_pictures_that_are_there_are_asked_about(
    films: FilmRequests, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "x.png"
    order = Order(path, window.controller.view, shots(3), SMALL, 25)
    there = targets(path, order.film)[1]
    there.write_bytes(b"before")
    films.begin(path, choice(".png", 3), window.controller.view)
    assert films.filming is None
    box = window.findChild(QMessageBox)
    assert box is not None
    assert there.name in box.text()
    box.reject()
    assert there.read_bytes() == b"before"
    films.begin(path, choice(".png", 3), window.controller.view)
    window.findChildren(QMessageBox)[-1].accept()
    finish(films, qtbot)
    assert len(list(tmp_path.iterdir())) == 3
    assert there.read_bytes() != b"before"


def test_that_a_turn_draws_no_more_than_fits(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "PORTION", 0.0)  # each picture takes longer than that
    order = Order(tmp_path / "x.png", window.controller.view, shots(), SMALL, 25)
    film = Filming(order, Screen("stage", QSize(*SMALL), window.theme, 4))
    drawn, drawn_at_once = list[float](), list[int]()
    film.progressed.connect(lambda share, _: drawn.append(share))
    for _ in range(4):
        before = len(drawn)
        film._turn()
        drawn_at_once.append(len(drawn) - before)
    film.cancel()
    film.deleteLater()
    assert max(drawn_at_once) == 1


# --- training ------------------------------------------------------------------------------


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Twelve recorded steps of `TINY`."""
    folder = tmp_path / "run"
    folder.mkdir()
    network, path = folder / "tiny.toml", folder / "run.cnnviz"
    write_dataset(folder / "data")
    network.write_text(write_network(TINY), "utf-8")
    said = f"--data {folder / 'data'} --epochs 2 --batch-size 10 --threads 1 --device cpu"
    assert main(["train", str(network), *said.split(), "--run", str(path)]) == 0
    return path


def film_of_training(run: Path, path: Path, theme: Theme) -> Filming:
    view, source = run_view(run, None, 0)
    assert view.stage is not None
    shots = trained(view.kept, (0, len(view.kept) - 1), Pacing.PLAYED, 25)
    order = Order(path, view, shots, SMALL, 25)
    screen = Screen("kernels", QSize(*SMALL), theme, 4)
    return Filming(order, screen, KeptSteps(source, view.stage.sample))


def test_that_a_film_of_training_shows_each_kept_steps_own_weights(
    run: Path, qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    path = tmp_path / "x.png"
    film = film_of_training(run, path, Theme())
    with qtbot.waitSignal(film.ended, timeout=PATIENCE) as ended:
        film.start()
    assert ended.args == [None]
    files = targets(path, film.order.film)
    screen = Screen("kernels", QSize(*SMALL), Theme(), 4, False)
    for file, shot in list(zip(files, film.order.shots, strict=True))[::5]:
        assert isinstance(shot.place, int)
        view, _ = run_view(run, shot.place, 0)
        expected = screen.picture(replace(view, followed=False), step=True)
        assert np.array_equal(pixels(QImage(str(file))), expected)
    screen.deleteLater()
    film.deleteLater()


def test_that_a_run_that_is_gone_is_said(run: Path, qtbot: QtBot, tmp_path: Path) -> None:
    film = film_of_training(run, tmp_path / "x.gif", Theme())
    run.unlink()
    with qtbot.waitSignal(film.ended, timeout=PATIENCE) as ended:
        film.start()
    assert ended.args is not None
    assert "no longer there" in str(ended.args[0])
    assert not (tmp_path / "x.gif").exists()
    film.deleteLater()


def test_that_a_film_of_training_can_be_cancelled(run: Path, qtbot: QtBot, tmp_path: Path) -> None:
    film = film_of_training(run, tmp_path / "x.mp4", Theme())
    with qtbot.waitSignal(film.progressed, timeout=PATIENCE):
        film.start()
    film.cancel()
    film.deleteLater()
    assert [file.name for file in tmp_path.iterdir()] == ["run"]


# --- the dialog ----------------------------------------------------------------------------


PANES = [("stage", "Conv 1", (900, 500)), ("maps", "Activation maps", (400, 300))]


def dialog_of(qtbot: QtBot, view: View) -> FilmDialog:
    made = FilmDialog(view, PANES)
    qtbot.addWidget(made)
    return made


def test_that_the_dialog_says_how_long_the_film_is(qtbot: QtBot) -> None:
    view = View(bundled(), stage=snapshot(), live=snapshot())
    dialog = dialog_of(qtbot, view)
    chosen = list[FilmChoice]()
    dialog.chosen.connect(chosen.append)
    assert dialog.said.text().endswith("20 s")  # a sweep as it is played
    dialog.first.setValue(1)
    dialog.last.setValue(200)
    dialog.pacing.setCurrentIndex(dialog.pacing.findData(Pacing.EVERY))
    assert dialog.said.text() == "200 pictures, 8 s"
    dialog.size_box.setCurrentIndex(2)
    dialog.format.setCurrentIndex(dialog.format.findData(".webp"))
    dialog.go.click()
    assert chosen == [FilmChoice("stage", shots(200), (900, 500), 25, ".webp")]


def test_that_the_dialog_refuses_what_cannot_be_and_says_why(qtbot: QtBot) -> None:
    dialog = dialog_of(qtbot, View(bundled(), stage=snapshot()))
    dialog.first.setValue(9)
    dialog.last.setValue(3)
    assert "from 9 to 3" in dialog.said.text()
    assert not dialog.go.isEnabled()
    dialog.unit.setCurrentIndex(int(Unit.ROW))
    assert (dialog.first.value(), dialog.last.value()) == (1, 28)
    assert dialog.go.isEnabled()


def test_that_the_dialog_offers_training_where_steps_are_kept(qtbot: QtBot) -> None:
    view = View(bundled(), stage=snapshot())
    assert dialog_of(qtbot, view).unit.findData(TRAINING) < 0
    kept = Kept(np.array([1, 2, 4, 8, 16]))
    dialog = dialog_of(qtbot, replace(view, kept=kept))
    dialog.unit.setCurrentIndex(dialog.unit.findData(TRAINING))
    assert (dialog.first.value(), dialog.last.value()) == (1, 5)
    chosen = list[FilmChoice]()
    dialog.chosen.connect(chosen.append)
    dialog.go.click()
    assert chosen[0].training
    assert chosen[0].shots == trained(kept, (0, 4), Pacing.PLAYED, 25)


def test_that_the_menu_opens_the_dialog_with_what_is_on_the_screen(window: MainWindow) -> None:
    window.actions_by_key["export_film"].trigger()
    dialog = window.findChild(FilmDialog)
    assert dialog is not None
    keys = [dialog.pane.itemData(place) for place in range(dialog.pane.count())]
    assert keys[0] == "stage"
    assert "maps" in keys
    assert "data" not in keys
    dialog.reject()
