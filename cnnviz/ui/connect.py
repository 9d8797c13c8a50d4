"""What a pane asks for, handed to what steps: the only tie between the two."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtWidgets import QWidget

from cnnviz.control.stepping import Stepping
from cnnviz.ui.transport import Transport

Requests = dict[str, Callable[..., object]]
"""What carries out each signal, by the signal's name."""


def cursor_requests(stepping: Stepping) -> Requests:
    """The requests that every workspace carries out."""
    return {
        "layer_requested": stepping.choose_layer,
        "channel_requested": stepping.choose_channel,
        "opened_requested": stepping.open_group,
        "group_requested": stepping.open_group,
        "element_requested": stepping.go_to_element,
        "pixel_requested": stepping.point_at_pixel,
        "weight_pointed": stepping.point_at_weight,
    }


def connect(pane: QWidget, requests: Requests) -> None:
    """Connect those of the signals that a pane has."""
    for name, call in requests.items():
        signal = getattr(pane, name, None)
        if signal is not None:
            signal.connect(call)


def connect_transport(transport: Transport, stepping: Stepping) -> None:
    """Let the row of buttons drive what steps."""
    transport.unit_requested.connect(stepping.choose_unit)
    transport.speed_requested.connect(stepping.choose_speed)
    transport.frame_requested.connect(stepping.go_to_frame)
