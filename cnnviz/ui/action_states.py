"""What the window's actions are called now, which of them are possible, and which are ticked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnviz.control.language import tr, tr_problem
from cnnviz.core.pretrained import WITHOUT, pretrained_for
from cnnviz.ui.actions import STEP, plain
from cnnviz.ui.icons import icon
from cnnviz.ui.pretrained_requests import titles
from cnnviz.ui.workspace import ABOVE, NETWORK, PAIR, WAY_PANES, WORKSPACES

if TYPE_CHECKING:
    from PyQt6.QtGui import QAction

    from cnnviz.core.problem import Problem
    from cnnviz.core.view import View
    from cnnviz.ui.main_window import MainWindow


def show_state(window: MainWindow, view: View) -> None:
    """Let actions say what they would do now; ``view`` is that of the network."""
    _call(window, view)
    _make_possible(window, view)
    _tick(window, view)
    window.requests.lectures.check()


def _call(window: MainWindow, view: View) -> None:
    playing = window.stepping.view.playing
    train = tr("&Train on…") if window.controller.complete else tr("&Train")
    _say(window, "train", tr("Pause &training") if view.progress.running else train)
    _say(window, "play", tr("Pause") if playing else tr("Play"))
    play, palette = window.actions_by_key["play"], window.theme.palette
    wanted = "pause" if playing else "play"
    if play.data() != (wanted, palette.name):
        play.setData((wanted, palette.name))
        play.setIcon(icon(wanted, palette.on_accent))


def _say(window: MainWindow, key: str, text: str) -> None:
    action = window.actions_by_key[key]
    if action.text() != text:
        action.setText(text)
        action.setIconText(plain(text))


def _make_possible(window: MainWindow, view: View) -> None:
    actions, ready = window.actions_by_key, view.progress.ready
    here, page = window.workspaces.key, window.workspaces.page
    running = view.progress.running
    for entry in window.entries:
        if entry.where:
            possible = here in entry.where and (page is None or page.can(entry.key))
            actions[entry.key].setEnabled(possible)
        elif entry.outer_menu in ("", STEP) and entry.key != "nothing":
            # There is nothing to step through in a list, or while a network is edited.
            actions[entry.key].setEnabled(page is None or page.steps)
    actions["one_batch"].setEnabled(ready and not running)
    judged = view.live is None or not view.live.classes
    actions["wrong_sample"].setEnabled(ready and not running and judged and here == NETWORK)
    _offer_pretrained(window, view, ready and here == NETWORK)
    for key, possible in (
        ("earlier_step", len(view.kept) > 0),
        ("later_step", view.past is not None),
        ("film", len(view.kept) > 1),
        ("live", view.past is not None and not view.followed),
        ("branch", view.past is not None),
    ):
        if here != PAIR:  # it has a time of its own, and says itself what can be
            actions[key].setEnabled(possible and here == NETWORK)
    edits = window.controller.weights.history if page is None else page.history
    actions["undo"].setEnabled(edits.can_undo)
    actions["redo"].setEnabled(edits.can_redo)
    actions["striking"].setEnabled(here == NETWORK and view.has_dropout)
    _offer_camera(actions["camera"], window.requests.own.camera.missing, here == NETWORK)
    actions["paste"].setEnabled(page is not None or here == NETWORK)


def _offer_pretrained(window: MainWindow, view: View, here: bool) -> None:
    action, found = window.actions_by_key["pretrained"], pretrained_for(view.network.key)
    action.setEnabled(here and found is not None)
    reason = "" if found else tr(WITHOUT, titles=titles())
    tip = reason or window.tip(next(it for it in window.entries if it.key == "pretrained"))
    if action.toolTip() != tip:
        action.setToolTip(tip)
    action.setStatusTip(reason)  # a menu shows no tool tips


def _offer_camera(action: QAction, missing: Problem | None, here: bool) -> None:
    action.setEnabled(here and missing is None)
    reason = "" if missing is None else tr_problem(missing)
    if reason and action.toolTip() != reason:
        action.setToolTip(reason)
    action.setStatusTip(reason)  # a menu shows no tool tips


def _tick(window: MainWindow, view: View) -> None:
    here, page = window.workspaces.key, window.workspaces.page
    above = ABOVE.get(here, here)
    for key, on in (
        ("hold", view.held),
        ("hold_others", view.others_held),
        ("log_scale", view.log_scale),
        ("striking", view.striking),
        ("motion", window.theme.reduced_motion),
        ("contrast", window.preferences.high_contrast),
        ("full_screen", window.isFullScreen()),
        *((f"workspace_{key}", key == above) for key, _ in WORKSPACES),
        *(
            (f"way_{number}", window.docks[pane].in_front)
            for number, pane in enumerate(WAY_PANES, start=1)
            if page is None
        ),
    ):
        if window.actions_by_key[key].isChecked() != on:
            window.actions_by_key[key].setChecked(on)
