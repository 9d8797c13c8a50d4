"""Two runs side by side: one cursor, one image and one slider for both."""

from __future__ import annotations

from typing import ClassVar

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout

from cnnviz.control.language import tr
from cnnviz.control.side_by_side import LEFT, RIGHT, SideBySide
from cnnviz.core.numbers import thousands
from cnnviz.core.view import View
from cnnviz.ui.connect import Requests, connect
from cnnviz.ui.controls import SIZE, small_controls
from cnnviz.ui.icons import icon
from cnnviz.ui.line import Line
from cnnviz.ui.main_window import MainWindow
from cnnviz.ui.own_keys import keep_own_keys
from cnnviz.ui.painters.text import LEFT as AT_LEFT
from cnnviz.ui.sample_controls import SampleControls
from cnnviz.ui.side import GAP, SideWidget, show_runs
from cnnviz.ui.theme import Theme
from cnnviz.ui.time_slider import TimeSlider
from cnnviz.ui.workspace import PAIR, RUNS, Workspace

CLOSING_SECONDS = 0.3
"""How long a closing window waits for a file that is being read."""


class SideBySidePage(Workspace):
    """Left and right a run; below them the image, the step of both, and the film."""

    key: ClassVar[str] = PAIR

    left_requested = pyqtSignal()
    """Back to the list of runs."""

    def __init__(self, pair: SideBySide, actions: dict[str, QAction]) -> None:
        super().__init__(pair)
        self.pair = pair
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.sides = (
            SideWidget(actions["open_left"], self),
            SideWidget(actions["open_right"], self),
        )
        self.back, self.film = QToolButton(self), QToolButton(self)
        self.samples = SampleControls(self, finds_wrong=False)
        self.slider, self.label = TimeSlider(self), Line(AT_LEFT, self)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._arrange()
        self._connect()
        self.retranslate()

    def _arrange(self) -> None:
        self._above = QHBoxLayout()
        self._above.setContentsMargins(0, 0, 0, 0)
        for side in self.sides:
            self._above.addWidget(side, 1)
        self._below = QHBoxLayout()
        for part, stretch in (
            (self.back, 0),
            (self.samples, 2),
            (self.film, 0),
            (self.slider, 5),
            (self.label, 0),
        ):
            self._below.addWidget(part, stretch)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._above, 1)
        column.addLayout(self._below)

    def _connect(self) -> None:
        pair = self.pair
        for place, side in enumerate(self.sides):
            connect(side, self._requests(place))
        for button in (self.back, self.film):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            keep_own_keys(button)
        self.back.clicked.connect(self.left_requested)
        self.film.clicked.connect(pair.toggle_film)
        self.slider.step_requested.connect(pair.go_to_step)
        self.slider.move_requested.connect(pair.move)
        self.slider.live_requested.connect(pair.go_live)
        self.samples.previous.clicked.connect(lambda: pair.step_sample(-1))
        self.samples.next.clicked.connect(lambda: pair.step_sample(1))
        self.samples.random.clicked.connect(pair.random_sample)
        self.samples.chosen.connect(pair.choose_sample)

    def _requests(self, place: int) -> Requests:
        """What a side asks for: it leads from then on."""
        pair = self.pair

        def layer(index: int) -> None:
            pair.lead(place)
            pair.choose_layer(index)

        def channel(index: int) -> None:
            pair.lead(place)
            pair.choose_channel(index)

        def element(*where: int) -> None:
            pair.lead(place)
            pair.go_to_element(*where)

        return {
            "layer_requested": layer,
            "channel_requested": channel,
            "element_requested": element,
            "sample_step_requested": pair.step_sample,
        }

    # --- showing ---------------------------------------------------------------------------

    def look(self, view: View) -> None:
        pair = self.pair
        if not pair.sides:
            return
        runs = pair.now
        show_runs(self.sides, runs)
        kept, last = runs.kept, runs.last
        at = min(runs.at, last)
        self.samples.show_sample(view.sample, pair.test_count)
        self.slider.look(kept, at if len(kept) else None)
        self.label.say(
            tr("step {step} of {count}", step=thousands(at), count=thousands(last))
            if len(kept)
            else ""
        )
        self._say_film()

    def _say_film(self) -> None:
        filming = self.pair.view.filming
        self.film.setIcon(icon("pause" if filming else "play", self.theme.palette.text))
        tip = tr("Pause the film") if filming else tr("Play training back (Shift+Space)")
        if self.film.toolTip() != tip:
            self.film.setToolTip(tip)
            self.film.setAccessibleName(tip)

    def entered(self) -> None:
        # Or the list of layers, first in the order of Tab, would have it and take the arrow keys.
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def left(self) -> None:
        self.pair.leave()

    def escape(self) -> bool:
        self.left_requested.emit()
        return True

    def can(self, key: str) -> bool:
        sides = self.pair.sides
        if key in ("open_left", "open_right") and sides:
            side = sides[LEFT if key == "open_left" else RIGHT]
            return side.seen is not None and side.problem is None
        if key in ("earlier_step", "later_step", "film"):
            return len(self.pair.kept) > 1
        return True

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self._above.setSpacing(theme.px(GAP))
        self._below.setContentsMargins(theme.px(8), theme.px(4), theme.px(8), theme.px(4))
        self._below.setSpacing(theme.px(6))
        for button in (self.back, self.film):
            button.setStyleSheet(small_controls(theme))
            button.setFont(theme.font(SIZE))
        for part in (*self.sides, self.slider, self.label):
            part.set_theme(theme)
        self.samples.dress(theme)
        self._say_film()

    def retranslate(self) -> None:
        """Write everything again in the language of now."""
        self.back.setText(tr("Runs"))
        self.back.setToolTip(tr("Back to the list of runs (Esc)"))
        self.slider.setToolTip(
            tr("Training steps of both: each run is shown at the step it keeps that is nearest")
        )
        self.slider.setAccessibleName(tr("training step"))
        self.samples.say()
        for side in self.sides:
            side.retranslate()
        self._say_film()
        self.look(self.pair.view)


def made_page(window: MainWindow) -> SideBySidePage:
    """The page of a window, with everything tied to it."""
    pair = SideBySide(window.controller.view.network)
    page = SideBySidePage(pair, window.actions_by_key)
    pair.setParent(page)
    window.closed.connect(lambda _: pair.close(CLOSING_SECONDS))
    page.left_requested.connect(lambda: window.workspaces.choose(RUNS))
    pair.run_requested.connect(window.requests.runs.open_at)
    window.follow(page)
    return page
