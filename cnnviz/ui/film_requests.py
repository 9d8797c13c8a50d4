"""What is asked for with File, Film: the dialog, the file, the film, and stopping it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cnnviz.control.language import tr
from cnnviz.core.problem import Problem
from cnnviz.export.film import FORMATS, Film, targets
from cnnviz.ui.dialogs.film import FilmChoice, FilmDialog
from cnnviz.ui.exporting import BUSY_PAUSE_MS, PAUSE_MS, PLAYING_PAUSE_MS
from cnnviz.ui.file_dialogs import Place, file_to_write, folder_of, open_dialog
from cnnviz.ui.film_bar import FilmBar
from cnnviz.ui.film_subjects import filmed, offers, why_not
from cnnviz.ui.filming import Filming, Order

if TYPE_CHECKING:
    from cnnviz.core.view import View
    from cnnviz.ui.requests import Requests


class FilmRequests:
    """Writes one film at a time; the window can be used meanwhile."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests
        self._window = requests.window
        self.filming: Filming | None = None
        self.bar: FilmBar | None = None
        self._window.closed.connect(lambda _preferences: self.cancel())

    def export(self) -> None:
        """Ask what is to be filmed."""
        if self.filming is not None:
            self._say(Problem("A film is being written; cancel it, or wait for its end."), False)
            return
        missing = why_not(self._requests)
        if missing is not None:
            self._say(missing, False)
            return
        view = self._requests.stepping.view
        dialog = FilmDialog(view, offers(self._requests), self._window)
        dialog.chosen.connect(lambda choice: self._ask_file(choice, view))
        open_dialog(dialog)

    def _ask_file(self, choice: FilmChoice, view: View) -> None:
        name = tr(dict(FORMATS)[choice.ending])
        kind = f"{name} (*{choice.ending})"
        dialog = file_to_write(
            *(self._window, tr("Save film"), choice.ending[1:], kind),
            then=lambda path: self.begin(path, choice, view),
            folder=folder_of(Place.MoviesLocation),
        )
        open_dialog(dialog)

    def begin(self, path: Path, choice: FilmChoice, view: View) -> None:
        """Write a film; ask first about files that are there already and have another name."""
        named, path = path, path.with_suffix(choice.ending)
        film = Film(*choice.size, choice.rate, tuple(shot.seconds for shot in choice.shots))
        there = [file for file in targets(path, film) if file != named and file.exists()]
        if there:
            question = (
                tr("{file} and others are there already. Replace them?", file=there[0].name)
                if len(there) > 1
                else tr("{file} is there already. Replace it?", file=there[0].name)
            )
            self._requests.ask(question, lambda: self._begin(path, choice, view))
        else:
            self._begin(path, choice, view)

    def _begin(self, path: Path, choice: FilmChoice, view: View) -> None:
        window = self._window
        try:
            canvas, steps = filmed(self._requests, choice, view)
        except Problem as problem:
            self._say(problem, True)
            return
        order = Order(path, view, choice.shots, choice.size, choice.rate)
        self.filming = Filming(order, canvas, steps, self.pause)
        self._requests.stepping.player.moved.connect(self.filming.beat)
        self.bar = FilmBar(len(choice.shots), window.theme, window)
        self.bar.cancel_requested.connect(self.cancel)
        window.status.addPermanentWidget(self.bar)
        self.filming.progressed.connect(self.bar.say)
        self.filming.ended.connect(self._ended)
        self.filming.start()

    def pause(self) -> int:
        """Milliseconds that the window needs for itself between two portions."""
        if self._requests.stepping.player.playing:
            return PLAYING_PAUSE_MS
        running = self._requests.controller.view.progress.running
        return BUSY_PAUSE_MS if running else PAUSE_MS

    def cancel(self) -> None:
        """Stop writing; nothing is left of the film."""
        if self.filming is not None:
            self.filming.cancel()
            self._forget()

    def _ended(self, problem: Problem | None) -> None:
        assert self.filming is not None
        path, count = self.filming.order.path, len(self.filming.order.shots)
        self._forget()
        if problem is not None:
            self._say(problem, True)
        else:
            said = Problem(
                "The film of {count} pictures is written: {file}", count=count, file=str(path)
            )
            self._say(said, False)

    def _forget(self) -> None:
        if self.filming is not None:
            self.filming.deleteLater()
        if self.bar is not None:
            self._window.status.removeWidget(self.bar)
            self.bar.deleteLater()
        self.filming = self.bar = None

    def _say(self, problem: Problem, failed: bool) -> None:
        self._window.banner.say(problem, failed)
