"""The second part of the window: everything in it that needs numpy."""

from __future__ import annotations

from cnnviz.control.controller import Controller
from cnnviz.ui.actions import RUN
from cnnviz.ui.connect import connect, connect_transport, cursor_requests
from cnnviz.ui.lab import offer_lab
from cnnviz.ui.main_window import MainWindow
from cnnviz.ui.pane import Pane
from cnnviz.ui.panes.confusion import ConfusionPane
from cnnviz.ui.panes.data import DataPane
from cnnviz.ui.panes.exciting import ExcitingPane
from cnnviz.ui.panes.graph import GraphPane
from cnnviz.ui.panes.kernels import KernelsPane
from cnnviz.ui.panes.loss import LossPane
from cnnviz.ui.panes.maps import MapsPane
from cnnviz.ui.panes.matrix import MatrixPane
from cnnviz.ui.panes.own import OwnPane
from cnnviz.ui.panes.pooling import PoolingPane
from cnnviz.ui.panes.prediction import PredictionPane
from cnnviz.ui.panes.receptive import ReceptivePane
from cnnviz.ui.panes.rehearsal import RehearsalPane
from cnnviz.ui.panes.stage import StagePane
from cnnviz.ui.panes.strip import StripPane
from cnnviz.ui.requests import Requests
from cnnviz.ui.transport import Transport
from cnnviz.ui.workspace import EDITOR, PAIR, PHOTOGRAPHS, RUNS, Workspace


def furnish(window: MainWindow, controller: Controller, networks: list[tuple[str, str]]) -> None:
    """Put the panes into their docks and let them follow the controller."""
    window.controller = controller
    window.requests = Requests(window, controller)
    window.transport = Transport(window.actions_by_key)
    stage = StagePane(window.transport)
    stage.set_decimals(window.preferences.decimals)
    panes: tuple[Pane, ...] = (
        StripPane(),
        stage,
        KernelsPane(),
        MapsPane(),
        LossPane(),
        PoolingPane(),
        PredictionPane(),
        ReceptivePane(),
        MatrixPane(),
        GraphPane(),
        ConfusionPane(),
        ExcitingPane(),
        RehearsalPane(),
        DataPane(),
        OwnPane(),
    )
    for pane in panes:
        window.docks[pane.key].hold(pane)
    window.topbar.offer(networks)
    offer_lab(window)
    window.workspaces.offer(PHOTOGRAPHS, lambda: _photographs(window, controller))
    window.workspaces.offer(RUNS, lambda: _runs(window, controller))
    window.workspaces.offer(PAIR, lambda: _pair(window))
    window.workspaces.offer(EDITOR, window.requests.architecture.made_page)
    _connect(window, controller, window.requests)
    window.order_tabs()
    window.furnished = True
    window.set_theme(window.theme)
    window.retranslate()


def _photographs(window: MainWindow, controller: Controller) -> Workspace:
    # Here and not above: 20 ms that nobody waits for before the page is first asked for.
    from cnnviz.ui.photographs import made_page

    return made_page(window, controller, window.requests)


def _runs(window: MainWindow, controller: Controller) -> Workspace:
    from cnnviz.ui.runs import made_page

    return made_page(window, controller)


def _pair(window: MainWindow) -> Workspace:
    from cnnviz.ui.side_by_side import made_page

    return made_page(window)


def _connect(window: MainWindow, controller: Controller, requests: Requests) -> None:
    """Requests go up from the panes to the controller; nothing else connects the two."""
    carried_out = cursor_requests(controller) | {
        "log_scale_requested": controller.choose_log_scale,
        "sample_step_requested": controller.step_sample,
        "sample_requested": controller.choose_sample,
        "random_requested": controller.random_sample,
        "wrong_requested": controller.wrong_sample,
        "gradient_requested": controller.measure_gradient,
        "weight_entered": controller.weights.set,
        "kernel_zeroed": controller.weights.zero_kernel,
        "judgement_requested": controller.judge,
        "excitations_requested": controller.find_excitations,
        "rehearsal_requested": controller.rehearse,
        "one_batch_requested": controller.one_batch,
        "pause_requested": controller.pause_training,
        "time_requested": controller.time.go_to,
        "time_move_requested": controller.time.move,
        "film_requested": controller.time.toggle_film,
        "live_requested": controller.time.go_live,
        "branch_requested": controller.time.branch,
        "own_stroke_requested": controller.own.stroke,
        "own_lifted": controller.own.lift,
        "own_undo_requested": controller.own.undo,
        "own_clear_requested": controller.own.clear,
        "own_label_chosen": controller.own.choose_label,
        "own_open_requested": requests.own.open,
        "own_paste_requested": requests.own.paste,
        "own_take_requested": requests.own.take_up,
    }
    own = window.docks["own"].pane
    assert isinstance(own, OwnPane)
    own.controls.offer_camera(window.actions_by_key["camera"])
    window.menus.titled[RUN].aboutToShow.connect(requests.own.camera.look)
    for dock in window.docks.values():
        connect(dock.pane, carried_out)
        dock.visibilityChanged.connect(window.look)
    loss = window.docks["loss"].pane
    assert isinstance(loss, LossPane)
    connect(loss.time, carried_out)
    connect_transport(window.transport, controller)
    window.topbar.network_requested.connect(requests.choose_network)
    window.status.device_requested.connect(requests.choose_device)
    controller.changed.connect(window.look)
    controller.weights.changed.connect(window.look)
    controller.noticed.connect(window.banner.say)
    controller.time.cut_off.connect(requests.runs.offer_resuming)
    controller.misfit.connect(requests.data.offer)
    controller.data_chosen.connect(requests.data.remember)
