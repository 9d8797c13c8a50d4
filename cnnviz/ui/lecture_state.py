"""A lesson's step in the window: what it shows, the same every time, and the way back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QByteArray, QTimer

from cnnviz.control.lesson_experiments import cursor_of
from cnnviz.control.lesson_network import LessonNetwork
from cnnviz.control.lesson_pictures import LessonPictures
from cnnviz.core.bench import Bench
from cnnviz.core.bench_edits import with_field
from cnnviz.core.bench_file import read_bench
from cnnviz.core.cursor import Cursor
from cnnviz.core.filtering import Channels
from cnnviz.core.filters import filter_of
from cnnviz.core.lesson import (
    LOOKS,
    WAYS,
    LabShowing,
    NetworkShowing,
    PhotographShowing,
    RunsShowing,
    Showing,
    Step,
)
from cnnviz.core.lesson_file import Library
from cnnviz.core.view import View
from cnnviz.resources import resource
from cnnviz.ui.lab import LabPage
from cnnviz.ui.lecture_layout import arrange_for_step
from cnnviz.ui.panes.stage import StagePane
from cnnviz.ui.step_looks import begin_look
from cnnviz.ui.workspace import LAB, NETWORK, PHOTOGRAPHS, RUNS

if TYPE_CHECKING:
    from cnnviz.ui.main_window import MainWindow
    from cnnviz.ui.photographs import PhotographsPage
    from cnnviz.ui.runs import RunsPage

WORKSPACE = {
    LabShowing: LAB,
    NetworkShowing: NETWORK,
    PhotographShowing: PHOTOGRAPHS,
    RunsShowing: RUNS,
}

CHANNELS = {"grey": Channels.GREY, "apart": Channels.APART, "summed": Channels.SUMMED}

CLOSING_SECONDS = 0.3


@dataclass(frozen=True)
class Before:
    """What a person had on the screen when the lesson began."""

    workspace: str
    layout: QByteArray
    way: int
    runs: tuple[Path, ...]
    """Those that were selected in the list."""


class LectureState:
    """Puts steps on the screen of a window."""

    def __init__(self, window: MainWindow, library: Library) -> None:
        self._window = window
        self._library = library
        self.network = LessonNetwork(window.controller, library)
        self.pictures = LessonPictures(window)
        self.pictures.read.connect(self._picture_read)
        self.pictures.noticed.connect(window.banner.say)
        self._before: Before | None = None
        self._showing: Showing | None = None
        self._photograph_awaited = False
        self._arranged: tuple[object, QByteArray] | None = None

    # --- beginning and end -----------------------------------------------------------------

    def begin(self, steps: Iterable[Step]) -> None:
        """Remember what is on the screen, and make the pages that the steps need."""
        window = self._window
        if self._before is None:
            lab = window.workspaces.pages.get(LAB)
            way = lab.stack.currentIndex() if isinstance(lab, LabPage) else 0
            runs = self._runs_page()
            selected = () if runs is None else tuple(row.path for row in runs.table.selected)
            layout = window.workspaces.layout_state()
            self._before = Before(window.workspaces.key, layout, way, selected)
        self.network.begin()
        showings = [step.showing for step in steps]
        needed = {WORKSPACE[type(showing)] for showing in showings}
        for key in sorted(needed - {NETWORK}):
            window.workspaces.made(key)
        self.pictures.need(
            _photograph(showing) for showing in showings if isinstance(showing, PhotographShowing)
        )

    def end(self) -> None:
        """Give back what was there before."""
        before, self._before = self._before, None
        if before is None:
            return
        window = self._window
        self._showing, self._arranged, self._photograph_awaited = None, None, False
        for stepping in window.all_stepping():
            stepping.cover(())
        self.network.end()
        lab = window.workspaces.pages.get(LAB)
        if isinstance(lab, LabPage):
            lab.lab.take_back()
            lab.choose_way(before.way)
        photographs = self._photographs_page()
        if photographs is not None:
            photographs.photographs.take_back()
        runs = self._runs_page()
        if runs is not None:
            runs.show_experiment("")
            runs.table.select(before.runs)
        # The lesson's own arrangement has room for words that are no longer there.
        window.workspaces.forget_layout()
        window.workspaces.choose(before.workspace)
        window.workspaces.give_layout(before.layout)
        window.look()

    def close(self) -> None:
        """The window is being closed."""
        self.network.close()
        self.pictures.close(CLOSING_SECONDS)

    @property
    def settled(self) -> bool:
        """Whether everything is there that the step shows."""
        runs = self._runs_page()
        read = runs is None or runs.settled
        return self.network.settled and not self._photograph_awaited and read

    # --- a step ----------------------------------------------------------------------------

    def show(self, showing: Showing, later: Iterable[Showing]) -> None:
        """Show a step; ``later``: what will be shown next, the nearest first."""
        later = tuple(later)
        self._showing = showing
        self._photograph_awaited = False
        window = self._window
        for stepping in window.all_stepping():
            stepping.player.pause()
        self.network.look_ahead(s for s in later if isinstance(s, NetworkShowing))
        if isinstance(showing, LabShowing):
            self._show_lab(showing)
        elif isinstance(showing, NetworkShowing):
            self._show_network(showing)
        elif isinstance(showing, PhotographShowing):
            self._show_photograph(showing)
        elif isinstance(showing, RunsShowing):
            self._show_runs(showing)
        runs = self._runs_page()
        comes = next((each for each in later if isinstance(each, RunsShowing)), None)
        if runs is not None and comes is not None and not isinstance(showing, RunsShowing):
            runs.look_ahead(comes.experiment)

    def cover(self, hidden: tuple[str, ...]) -> None:
        """Cover parts of what is shown until the answer is."""
        window = self._window
        for stepping in window.all_stepping():
            stepping.cover(hidden if stepping is window.stepping else ())

    def _show_lab(self, showing: LabShowing) -> None:
        page = self._window.workspaces.made(LAB)
        assert isinstance(page, LabPage)
        page.lab.lend()
        bench = _bench(self._library.examples[showing.example], showing.fields)
        cursor = cursor_of(bench.network, replace(showing.place, layer=1))
        page.grids.select(None)
        page.lab.lay_for_lesson(bench, cursor, showing.unit, showing.speed)
        self._window.workspaces.choose(LAB)
        page.choose_way(WAYS.index(showing.way))
        if showing.play:
            page.lab.toggle_play()

    def _show_network(self, showing: NetworkShowing) -> None:
        window = self._window
        if window.workspaces.key != NETWORK:
            window.workspaces.forget_layout()  # it would be put up only to be taken down
            window.workspaces.choose(NETWORK)
        stage = window.docks["stage"].pane
        assert isinstance(stage, StagePane)
        stage.ledger.show_scene(None)  # or the sum of the step before would be laid out again
        self.arrange()
        for dock in window.docks.values():
            begin_look(dock.pane, showing.look)
        self.network.show(showing)

    def arrange(self) -> None:
        """Let the network's panes stand as the step says."""
        showing, window = self._showing, self._window
        if not isinstance(showing, NetworkShowing):
            return
        wanted = (showing.panes, window.size(), window.theme.zoom)
        if self._arranged is not None and self._arranged == (wanted, window.saveState()):
            return
        arrange_for_step(window, window.docks, showing.panes, window.theme.zoom)
        if not showing.panes:
            QTimer.singleShot(0, window.proportion)
        self._arranged = wanted, window.saveState()

    def _show_photograph(self, showing: PhotographShowing) -> None:
        page = self._window.workspaces.made(PHOTOGRAPHS)
        picture = self.pictures.take(_photograph(showing))
        photographs = page.stepping
        from cnnviz.control.photograph import Photographs

        assert isinstance(photographs, Photographs)
        photographs.lend()
        self._photograph_awaited = picture is None
        if picture is not None:
            term = 10**6 if showing.place.term < 0 else showing.place.term
            place = showing.place
            looks = View(
                photographs.view.network,
                cursor=Cursor(0, place.channel, place.row, place.column, term),
                unit=showing.unit,
                speed=showing.speed,
                playing=showing.play,
            )
            kernel, channels = filter_of(showing.filter), CHANNELS[showing.channels]
            photographs.lay_for_lesson(picture, kernel, channels, looks)
        found = self._photographs_page()
        if found is not None:
            found.show_whole()
        self._window.workspaces.choose(PHOTOGRAPHS)

    def _picture_read(self) -> None:
        if self._photograph_awaited and isinstance(self._showing, PhotographShowing):
            self._show_photograph(self._showing)

    def _photographs_page(self) -> PhotographsPage | None:
        return self._window.workspaces.pages.get(PHOTOGRAPHS)  # type: ignore[return-value]

    def _runs_page(self) -> RunsPage | None:
        return self._window.workspaces.pages.get(RUNS)  # type: ignore[return-value]

    def _show_runs(self, showing: RunsShowing) -> None:
        page: RunsPage = self._window.workspaces.made(RUNS)  # type: ignore[assignment]
        self._window.workspaces.choose(RUNS)
        page.show_experiment(showing.experiment)
        page.comparison.show_look(LOOKS[RUNS].index(showing.look))


def _photograph(showing: PhotographShowing) -> Path:
    return resource("images", f"{showing.photograph}.png")


@lru_cache(maxsize=64)
def _bench(path: Path, fields: tuple[tuple[str, object], ...]) -> Bench:
    """A worked example with other values in some fields."""
    bench = read_bench(path)
    for name, value in fields:
        bench = with_field(bench, name, value)
    return bench
