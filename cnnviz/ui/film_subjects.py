"""What the window shows of which a film can be made, and what that film is drawn on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QSize

from cnnviz.control.judged_steps import JudgedSteps
from cnnviz.control.kept_steps import KeptSteps
from cnnviz.control.language import tr, tr_name
from cnnviz.control.paired_steps import GONE, PairedSteps, unfilmable
from cnnviz.core.problem import Problem
from cnnviz.ui.drawn import drawn, size
from cnnviz.ui.film_screen import CONFUSION, FILMED, LAB_PANES, Canvas, Screen
from cnnviz.ui.filming import Steps
from cnnviz.ui.lab import LabPage
from cnnviz.ui.pane import Pane
from cnnviz.ui.workspace import PAIR, PHOTOGRAPHS, Workspace

if TYPE_CHECKING:
    from cnnviz.control.side_by_side import SideBySide
    from cnnviz.core.view import View
    from cnnviz.ui.dialogs.film import FilmChoice
    from cnnviz.ui.requests import Requests

Offer = tuple[str, str, tuple[int, int]]
"""Key, title, and width and height in pixels of what can be filmed."""


def why_not(requests: Requests) -> Problem | None:
    """Why nothing of the workspace on the screen can be filmed now; None if something can."""
    pair = requests.runs.pair
    if pair is not None:
        return unfilmable(pair.now)
    if requests.stepping.view.stage is not None:
        return None
    if requests.window.workspaces.key == PHOTOGRAPHS:
        return Problem("There is nothing to film yet: the photograph is being read.")
    return Problem("There is nothing to film yet: the network is being made.")


def offers(requests: Requests) -> list[Offer]:
    """What is on the screen and can be filmed: the stage first, or what the page shows."""
    page, pair = requests.window.workspaces.page, requests.runs.pair
    if isinstance(page, LabPage):
        shown = sorted(page.panes, key=lambda pane: pane is not page.pane)
        room = page.stack.height() + page.heading.height()
        room += 0 if page.ledger.isHidden() else page.ledger.height()
        return [(p.key, tr(p.heading), (page.stack.width(), room)) for p in shown]
    if pair is not None:
        return [_pair_offer(requests, pair)]
    if page is not None:
        panes = [pane for pane in page.findChildren(Pane) if pane.key in FILMED]
        return [(p.key, tr(p.heading), _extent(size(drawn(p, *page.below)))) for p in panes]
    found = []
    for key, dock in requests.window.docks.items():
        if key in FILMED and key not in LAB_PANES[:1] and (dock.in_front or key == "stage"):
            extent = dock.pane.width(), dock.pane.height() + dock.bar.height()
            found.append((key, dock.windowTitle(), extent))
    return sorted(found, key=lambda each: each[0] != "stage")


def filmed(requests: Requests, choice: FilmChoice, view: View) -> tuple[Canvas, Steps | None]:
    """What the film is drawn on, as the window is now, and what reads the training steps.

    Raises
    ------
    Problem
        If it cannot be filmed any more.
    """
    window, extent = requests.window, QSize(*choice.size)
    if choice.pane == PAIR:
        from cnnviz.ui.pair_screen import PairScreen  # as late as the page that shows a pair

        pair = requests.runs.pair
        problem = GONE if pair is None else unfilmable(pair.now)
        if pair is None or problem is not None:
            raise problem or GONE
        both = PairedSteps(pair.now)
        return PairScreen(both, extent, window.theme), both
    steps = _steps(requests, choice.pane, view) if choice.training else None
    page, decimals = window.workspaces.page, window.preferences.decimals
    lab = isinstance(page, LabPage)
    like = _pane(requests, page, choice.pane)
    return Screen(choice.pane, extent, window.theme, decimals, lab, like), steps


def _pair_offer(requests: Requests, pair: SideBySide) -> Offer:
    from cnnviz.ui.side_by_side import SideBySidePage

    page = requests.window.workspaces.page
    assert isinstance(page, SideBySidePage)
    left, right = (tr_name(side.run.row.name) for side in pair.sides)
    title = tr("Side by side: {left}, {right}", left=left, right=right)
    first, last = (side.geometry() for side in page.sides)
    return PAIR, title, _extent(first.united(last).size())


def _pane(requests: Requests, page: Workspace | None, key: str) -> Pane | None:
    """The pane of the window that is filmed."""
    docks = requests.window.docks.values()
    panes = [dock.pane for dock in docks] if page is None else page.findChildren(Pane)
    return next((pane for pane in panes if pane.key == key), None)


def _steps(requests: Requests, pane: str, view: View) -> Steps:
    source, shown = requests.controller.time.source, view.live or view.stage
    if source is None or shown is None:
        raise Problem("The steps of this run cannot be read at the moment.")
    steps = KeptSteps(source, shown.sample, view.settings.seed if view.striking else None)
    if pane != CONFUSION:
        return steps
    if view.data is None:
        raise Problem("The steps of this run cannot be read at the moment.")
    return JudgedSteps(steps, view.data)


def _extent(extent: QSize) -> tuple[int, int]:
    return extent.width(), extent.height()
