"""What a step of a lesson shows, drawn without the window: its panes, never on the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from PyQt6.QtCore import QRect, QSize
from PyQt6.QtWidgets import QAbstractButton, QApplication, QWidget

from cnnviz.core.cursor import terms_of
from cnnviz.core.film import view_of
from cnnviz.core.lesson import (
    WAYS,
    LabShowing,
    NetworkShowing,
    PhotographShowing,
    RunsShowing,
    Showing,
)
from cnnviz.core.lesson_view import Seen
from cnnviz.core.network import Layer
from cnnviz.core.scenes import Empty
from cnnviz.core.view import View
from cnnviz.ui.data_controls import DataControls
from cnnviz.ui.drawn import Drawn, drawn
from cnnviz.ui.film_screen import CONFUSION, LAB_PANES, MAKERS, PHOTOGRAPH
from cnnviz.ui.lecture_layout import LARGEST, MOST_BESIDE, STRIP
from cnnviz.ui.ledger_area import LEDGER_SHARE, PHOTOGRAPH_SHARE, LedgerArea
from cnnviz.ui.lesson_runs import SCENES, RunsChart
from cnnviz.ui.look_buttons import LookButtons
from cnnviz.ui.loss_buttons import LossButtons
from cnnviz.ui.pane import Pane
from cnnviz.ui.panes.confusion import ConfusionPane
from cnnviz.ui.panes.data import DataPane
from cnnviz.ui.panes.exciting import ExcitingPane
from cnnviz.ui.panes.kernels import KernelsPane
from cnnviz.ui.panes.photograph import Given, PhotographPane
from cnnviz.ui.panes.rehearsal import RehearsalPane
from cnnviz.ui.sample_controls import SampleControls
from cnnviz.ui.step_looks import begin_look
from cnnviz.ui.stylesheet import qt_palette, style_sheet
from cnnviz.ui.theme import Theme
from cnnviz.ui.time_slider import TimeRow
from cnnviz.ui.unseen_pane import UnseenPane

PANES: dict[str, Callable[[], Pane]] = {
    **MAKERS,
    "comparison": RunsChart,
    PHOTOGRAPH: PhotographPane,
    CONFUSION: ConfusionPane,
    "data": DataPane,
    "exciting": ExcitingPane,
    "rehearsal": RehearsalPane,
}
"""How the panes are made that a lesson can show; those that are given a picture of one's own are
left out, for a lesson has none."""

BUTTONS = (DataControls, LookButtons, LossButtons, SampleControls, TimeRow)

USUAL = ("stage", "network", "maps", "prediction")
"""Those of the network where a step names none."""

LEAST_BESIDE = 360
"""Width of the panes beside the first, in pixels at 100 %: no narrower than a stage is drawn."""

GAP = 8
"""Between two panes, in pixels at 100 %."""


@dataclass(frozen=True, eq=False)
class Placed:
    """One pane, and where it stands on the stage."""

    what: Drawn
    area: QRect


class StepPane(UnseenPane):
    """One pane of a step."""

    def __init__(self, key: str, size: QSize, theme: Theme, decimals: int, lab: bool) -> None:
        share = {"photograph": PHOTOGRAPH_SHARE}.get(key, LEDGER_SHARE)
        has_ledger = key == "photograph" or (lab and key in LAB_PANES)
        super().__init__(PANES[key](), theme, decimals, has_ledger, share, large=lab)
        dress(self, theme)
        for ledger in self.findChildren(LedgerArea):
            ledger.for_page = True
        self.resize(size)
        self._at: tuple[Layer, QSize] | None = None

    def show_view(self, view: View) -> Iterator[None]:
        """Show a view, with the room that its whole ledger takes; stops where both take long."""
        layer = view.network.layers[view.cursor.layer]
        if (layer, self.size()) != self._at:
            self._at = layer, self.size()
            whole = replace(view.cursor, term=terms_of(layer))
            self._look(replace(view_of(view, whole), covered=()))
            yield
        self._look(view)

    @property
    def ready(self) -> bool:
        """Whether everything of it can be drawn; each time it is asked, a little more is counted.

        What is counted image by image has no event loop here that would do it meanwhile.
        """
        return not isinstance(self.pane, DataPane) or self.pane.count_on()

    def drawn(self) -> Drawn:
        """It as it is now, without buttons: nothing can be pressed in a picture."""
        said = self.pane.bias_label() if isinstance(self.pane, KernelsPane) else None
        for kind in (*BUTTONS, QAbstractButton):
            for buttons in self.pane.findChildren(kind):
                if buttons is not said:
                    buttons.hide()
        return drawn(self.pane, *(() if self.ledger is None else (self.ledger,)))

    def _look(self, view: View) -> None:
        self._lay_out()
        self.pane.look(view)
        if self.ledger is not None:
            self._share_room(view)
            self._lay_out()
        self.pane.look(view)


def dress(part: QWidget, theme: Theme) -> None:
    """Give buttons and lists the colours and sizes of a theme, where the window has others."""
    style, app = style_sheet(theme), QApplication.instance()
    if isinstance(app, QApplication) and app.styleSheet() != style:
        part.setPalette(qt_palette(theme))
        part.setStyleSheet(style)


class LessonStage:
    """Shows one step after the other, as the window does beside the words of a lesson.

    Parameters
    ----------
    size
        Of the whole stage, in pixels.
    """

    def __init__(self, size: QSize, theme: Theme, decimals: int) -> None:
        self.size = size
        self.theme = theme
        self._decimals = decimals
        self._panes = list[tuple[StepPane, QRect]]()

    def begin(self, seen: Seen) -> None:
        """Make the panes of a step; those of the step before are gone."""
        self.close()
        lab = isinstance(seen.showing, LabShowing)
        # Before the first batch there is no curve, and its place is the others'.
        untrained = bool(seen.frames) and not seen.frames[seen.place].metric_count
        without = ("loss",) if untrained else ()
        for key, area in places(seen.showing, self.size, self.theme.px(GAP), without):
            made = StepPane(key, area.size(), self.theme, self._decimals, lab)
            begin_look(made.pane, getattr(seen.showing, "look", ""))
            if isinstance(made.pane, RunsChart):
                made.pane.seen = seen
            if seen.filtered is not None and isinstance(made.pane, PhotographPane):
                kernel, channels = seen.filtered
                made.pane.given = Given(kernel=kernel, channels=channels)
            self._panes.append((made, area))

    def show(self, view: View) -> Iterator[Placed | None]:
        """The panes of a view that show something, or say what went wrong, one by one: each takes
        some milliseconds.

        None: one of them is not ready yet, and the window may do something else.
        """
        for made, area in self._panes:
            yield from made.show_view(view)
            while not made.ready:
                yield None
            shown = made.pane.shown
            if not isinstance(shown, Empty) or shown.problem is not None:
                yield Placed(made.drawn(), area)

    def close(self) -> None:
        """Put the panes away."""
        for made, _ in self._panes:
            made.deleteLater()
        self._panes.clear()


@contextmanager
def stage_of(size: QSize, theme: Theme, decimals: int) -> Iterator[LessonStage]:
    """A stage that is put away at the end, however that comes."""
    stage = LessonStage(size, theme, decimals)
    try:
        yield stage
    finally:
        stage.close()


def places(
    showing: Showing, size: QSize, gap: int, without: tuple[str, ...] = ()
) -> list[tuple[str, QRect]]:
    """Which panes a step shows, and where: the first the largest, as in the window."""
    whole = QRect(0, 0, size.width(), size.height())
    if isinstance(showing, LabShowing):
        return [(LAB_PANES[WAYS.index(showing.way)], whole)]
    if isinstance(showing, PhotographShowing):
        return [("photograph", whole)]
    if isinstance(showing, RunsShowing) and showing.look in SCENES:
        return [("comparison", whole)]
    if not isinstance(showing, NetworkShowing):
        return []
    wanted = dict.fromkeys(showing.panes or USUAL)
    keys = [key for key in wanted if key in PANES and key not in without]
    found = list[tuple[str, QRect]]()
    if "network" in keys[1:]:
        keys.remove("network")
        strip = round(STRIP * whole.height())
        found.append(("network", QRect(0, 0, whole.width(), strip)))
        whole.setTop(strip + gap)
    beside = keys[1 : 1 + MOST_BESIDE]
    if beside:
        first = min(round(LARGEST * whole.width()), whole.width() - gap - LEAST_BESIDE)
        left, width = first + gap, whole.width() - first - gap
        height = (whole.height() - gap * (len(beside) - 1)) / len(beside)
        tops = [whole.top() + round(n * (height + gap)) for n in range(len(beside))]
        found += [
            (key, QRect(left, top, width, round(height)))
            for key, top in zip(beside, tops, strict=True)
        ]
        whole.setWidth(first)
    return [*found, *((key, whole) for key in keys[:1])]
