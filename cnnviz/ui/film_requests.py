"""What is asked for with File, Film: the dialog, the file, the film, and stopping it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cnnviz.control.kept_steps import KeptSteps
from cnnviz.control.language import tr
from cnnviz.core.problem import Problem
from cnnviz.export.film import FORMATS, Film, targets
from cnnviz.ui.dialogs.film import FilmChoice, FilmDialog
from cnnviz.ui.exporting import BUSY_PAUSE_MS, PAUSE_MS, PLAYING_PAUSE_MS
from cnnviz.ui.file_dialogs import Place, file_to_write, folder_of, open_dialog
from cnnviz.ui.film_bar import FilmBar
from cnnviz.ui.film_screen import LAB_PANES, MAKERS
from cnnviz.ui.filming import Filming, Order
from cnnviz.ui.lab import LabPage

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
        view = self._requests.stepping.view
        if view.stage is None:
            self._say(Problem("There is nothing to film yet: the network is being made."), False)
            return
        dialog = FilmDialog(view, self._panes(), self._window)
        dialog.chosen.connect(lambda choice: self._ask_file(choice, view))
        open_dialog(dialog)

    def _panes(self) -> list[tuple[str, str, tuple[int, int]]]:
        """What is on the screen and can be filmed: the stage first, or what the Lab shows."""
        page = self._window.workspaces.page
        if isinstance(page, LabPage):
            shown = sorted(page.panes, key=lambda pane: pane is not page.pane)
            room = page.stack.height() + page.heading.height()
            room += 0 if page.ledger.isHidden() else page.ledger.height()
            return [(p.key, tr(p.heading), (page.stack.width(), room)) for p in shown]
        found = []
        for key, dock in self._window.docks.items():
            if key in MAKERS and key not in LAB_PANES[:1] and (dock.in_front or key == "stage"):
                size = dock.pane.width(), dock.pane.height() + dock.bar.height()
                found.append((key, dock.windowTitle(), size))
        return sorted(found, key=lambda each: each[0] != "stage")

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
        lab = isinstance(window.workspaces.page, LabPage)
        order = Order(path, choice.pane, lab, view, choice.shots, choice.size, choice.rate)
        steps = self._steps(view) if choice.training else None
        decimals = window.preferences.decimals
        self.filming = Filming(order, window.theme, decimals, steps, self.pause)
        self._requests.stepping.player.moved.connect(self.filming.beat)
        self.bar = FilmBar(len(choice.shots), window.theme, window)
        self.bar.cancel_requested.connect(self.cancel)
        window.status.addPermanentWidget(self.bar)
        self.filming.progressed.connect(self.bar.say)
        self.filming.ended.connect(self._ended)
        self.filming.start()

    def _steps(self, view: View) -> KeptSteps | None:
        source, shown = self._requests.controller.time.source, view.live or view.stage
        if source is None or shown is None:
            return None
        return KeptSteps(source, shown.sample, view.settings.seed if view.striking else None)

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
