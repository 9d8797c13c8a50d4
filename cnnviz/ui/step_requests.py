"""Steps that are counted from where the cursor stands: to a neighbour, a larger unit, a layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnviz.core.cursor import element, group_size, terms_of
from cnnviz.core.timeline import Unit

if TYPE_CHECKING:
    from cnnviz.control.stepping import Stepping
    from cnnviz.ui.main_window import MainWindow


class StepRequests:
    """Carries them out in the workspace that is on the screen."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window

    @property
    def stepping(self) -> Stepping:
        """What the workspace on the screen steps through."""
        return self.window.stepping

    def step_larger(self, by: int) -> None:
        self.stepping.step(by, self.stepping.view.unit.larger)

    def next_unit(self) -> None:
        unit = self.stepping.view.unit
        self.stepping.choose_unit(Unit.TERM if unit is Unit.LAYER else unit.larger)

    def move_in_map(self, rows: int) -> None:
        view = self.stepping.view
        height = view.network.layers[view.cursor.layer].grid[1]
        cursor, columns = view.cursor, 0
        if height == 1:  # a vector: up and down are its neighbours
            rows, columns = 0, rows
        row, column = max(0, cursor.row + rows), max(0, cursor.column + columns)
        self.stepping.go_to_element(cursor.layer, cursor.channel, row, column)

    def move_channel(self, by: int) -> None:
        self.stepping.choose_channel(max(0, self.stepping.view.cursor.channel + by))

    def open_next(self, by: int) -> None:
        self.stepping.open_group(self.stepping.view.opened + by)

    def move_layer(self, by: int) -> None:
        self.stepping.choose_layer(max(0, self.stepping.view.cursor.layer + by))

    def go_to_layer(self, index: int) -> None:
        """Layer ``index`` from 0; −1 is the last."""
        count = len(self.stepping.view.network.layers)
        self.stepping.choose_layer(index % count if index < 0 else index)

    def point_at_middle(self) -> None:
        """Show which windows read the input element in the middle of the present window."""
        view = self.stepping.view
        layer = view.network.layers[view.cursor.layer]
        if len(layer.input_shape) != 3:
            return
        taps = layer.operation.taps(layer.input_shape, element(view.network, view.cursor))
        group = slice(view.opened * taps.group_size, (view.opened + 1) * taps.group_size)
        read = taps.inputs[group][taps.inside[group]]
        if len(read):
            channel, row, column = (int(i) for i in read[len(read) // 2])
            self.stepping.point_at_pixel((channel, row, column))

    def point_at_next_weight(self) -> None:
        view = self.stepping.view
        layer = view.network.layers[view.cursor.layer]
        if not layer.parameter_count:
            return
        size, start = group_size(layer), view.opened * group_size(layer)
        before = view.pointing.weight
        following = start if before is None else start + (before + 1 - start) % size
        self.stepping.point_at_weight(min(following, terms_of(layer) - 1))
