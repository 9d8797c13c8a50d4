"""Where the neurons of a graph stand, and what is under the mouse."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF

from cnnviz.core.scenes.graph import GraphScene, Lines, Neurons, Slots
from cnnviz.ui.painters.connected import kernel_cells
from cnnviz.ui.theme import Theme

ROOMY, CLOSE = 11.0, 5.0
"""Pixels between neighbours where some are left out, and the fewest if none is."""

MOST = 32
"""Neurons of one side where some are left out: more lines say no more."""

WRITTEN = 17.0
"""Pixels between neighbours from which values are written beside them."""


@dataclass(frozen=True)
class Column:
    """Neurons one below the other."""

    x: float
    top: float
    step: float
    slots: Slots
    radius: float

    def y(self, place: int) -> float:
        return self.top + (place + 0.5) * self.step

    def ys(self) -> NDArray[np.float64]:
        return self.top + (np.arange(len(self.slots), dtype=np.float64) + 0.5) * self.step

    @cached_property
    def places(self) -> dict[int, int]:
        """Where each neuron that is shown stands, by its flat index."""
        return {s.index: place for place, s in enumerate(self.slots) if s.index is not None}

    def place(self, index: int | None) -> int | None:
        """Where a neuron stands; None if it is not shown, or there is none."""
        return None if index is None else self.places.get(index)

    def indices(self) -> list[int]:
        """The neurons that are shown."""
        return list(self.places)

    def shown(self) -> list[int]:
        """Where they stand."""
        return list(self.places.values())

    def at(self, point: QPointF, reach: float) -> int | None:
        """The neuron (flat index) near a point."""
        place = int((point.y() - self.top) // self.step)
        if abs(point.x() - self.x) > reach or not 0 <= place < len(self.slots):
            return None
        return self.slots[place].index


@dataclass(frozen=True)
class GraphLayout:
    """One graph: its title, and its two columns."""

    area: QRectF
    title: QRectF
    inputs: Column
    outputs: Column

    def line_at(self, lines: Lines, point: QPointF, reach: float) -> int | None:
        """The line nearest to a point and not farther than ``reach``; the cursor's first."""
        left = self.inputs.x + self.inputs.radius
        right = self.outputs.x - self.outputs.radius
        if not left < point.x() < right or not len(lines.sources):
            return None
        y1, y2 = self.inputs.ys()[lines.sources], self.outputs.ys()[lines.targets]
        share = (point.x() - left) / (right - left)
        steep = np.hypot(right - left, y2 - y1) / (right - left)
        away = np.abs(y1 + share * (y2 - y1) - point.y()) / steep
        away = np.where(lines.own, away, away + reach / 2)
        nearest = int(np.argmin(away))
        return nearest if away[nearest] <= reach else None


@dataclass(frozen=True)
class GraphsLayout:
    """The layer's own graph and the fully connected one, whichever are shown.

    Attributes
    ----------
    own, full
        None where only the other is shown.
    kernel
        Where the weights with hues lie.
    """

    own: GraphLayout | None
    full: GraphLayout | None
    kernel: list[QRectF]
    neurons: Neurons


def lay_out_graphs(area: QRectF, scene: GraphScene, full: bool, theme: Theme) -> GraphsLayout:
    """Side by side where there is room for both; else the one that is asked for by ``full``."""
    px, title = theme.px, theme.px(22)
    kernel: list[QRectF] = []
    if area.width() >= px(360) and (not full or both_fit(area, theme)):
        most = px(48) if area.width() >= px(800) else px(22)
        column = QRectF(area.left(), area.top() + title, area.width() * 0.16, area.height() - title)
        kernel = kernel_cells(column, scene, most)
    used = max(cell.right() for cell in kernel) - area.left() + px(14) if kernel else 0.0
    body = area.adjusted(used, 0, 0, 0)
    height = max(1.0, body.height() - title)
    most = min(MOST, int(height // px(ROOMY)))
    neurons = scene.neurons(most, max(most, int(height // px(CLOSE))))
    if not scene.counts.dense and both_fit(area, theme):
        half = (body.width() - px(24)) / 2
        left = QRectF(body.left(), body.top(), half, body.height())
        right = QRectF(body.right() - half, body.top(), half, body.height())
        return GraphsLayout(
            _one(left, title, neurons, theme), _one(right, title, neurons, theme), kernel, neurons
        )
    one = _one(body, title, neurons, theme)
    if full and not scene.counts.dense:
        return GraphsLayout(None, one, kernel, neurons)
    return GraphsLayout(one, None, kernel, neurons)


def both_fit(area: QRectF, theme: Theme) -> bool:
    """Whether both graphs stand side by side."""
    return area.width() >= theme.px(620)


def _one(area: QRectF, title: float, neurons: Neurons, theme: Theme) -> GraphLayout:
    beside = min(float(theme.px(68)), area.width() * 0.2)
    top, height = area.top() + title, max(1.0, area.height() - title)

    def column(x: float, slots: Slots) -> Column:
        step = min(height / max(1, len(slots)), float(theme.px(34)))
        radius = min(step * 0.4, float(theme.px(11)))
        return Column(x, top + (height - step * len(slots)) / 2, step, slots, radius)

    return GraphLayout(
        area=area,
        title=QRectF(area.left(), area.top(), area.width(), title),
        inputs=column(area.left() + beside, neurons.inputs),
        outputs=column(area.right() - beside, neurons.outputs),
    )
