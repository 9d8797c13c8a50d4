"""What stands beside the grids: the products of a window, the sum of its channels."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import QColor, QFont, QPainter

from cnnviz.control.language import tr
from cnnviz.core.numbers import number
from cnnviz.core.scenes.stage import StageScene
from cnnviz.ui.painters.text import width_of, write_on
from cnnviz.ui.theme import Theme, colour

RGB = {
    "dark": ("#ff6b6b", "#5fd068", "#6aa8ff"),
    "light": ("#c62828", "#2e7d32", "#1f5fc4"),
}
"""The names of an image's channels in their own colours, by theme: no role has these."""


@dataclass(frozen=True)
class Run:
    """A few characters in one colour."""

    text: str
    ink: QColor
    font: QFont


SMALL, MIDDLE, LARGE = 15, 18, 22
"""Sizes of the factors at 100 %, by how many a window has: few are seen from the last row."""

MOST_MIDDLE, MOST_LARGE = 9, 4
"""Products that are written so large, where they fit."""

Cluster = tuple[Run, ...]
"""Runs that no line break tears apart."""


def channel_ink(channel: int | None, channels: int, theme: Theme) -> QColor:
    """The colour of a channel's name and subtotal."""
    if channel is not None and channels == 3:
        return colour(RGB[theme.palette.name][channel])
    return colour(theme.palette.text)


def short(value: float) -> str:
    """A number as it stands in these lines."""
    return number(value, 2, integral=True)


def products(
    scene: StageScene, group: int, level: int, theme: Theme, font_size: int = SMALL
) -> list[Cluster]:
    """The products of one group and their sum.

    Parameters
    ----------
    level
        0: every term; 1: without those whose weight is 0; 2: without those that are 0.
    font_size
        Of the factors, at 100 %; the result is a little larger.
    """
    ledger, palette = scene.ledger, theme.palette
    assert ledger.weights is not None
    plain, bold = theme.font(font_size), theme.font(font_size, bold=True)
    start, size = group * ledger.taps.group_size, ledger.taps.group_size
    clusters: list[Cluster] = []
    for term in range(start, start + size):
        operand, weight = float(ledger.operands[term]), float(ledger.weights[term])
        left_out = (level > 0 and weight == 0) or (level > 1 and operand * weight == 0)
        if left_out or not ledger.taps.reads(term):
            continue
        reached = scene.done or term <= scene.cursor.term
        font = bold if term == scene.shown_term else plain
        inks = (palette.input, palette.text, palette.kernel) if reached else 3 * (palette.faint,)
        runs = [
            Run(short(operand), colour(inks[0]), font),
            Run("×", colour(inks[1]), plain),
            Run(short(weight), colour(inks[2]), font),
        ]
        if clusters:
            runs.insert(0, Run("+ ", colour(palette.muted if reached else palette.faint), plain))
        clusters.append(tuple(runs))
    if not clusters:
        clusters.append((Run("0", colour(palette.input), plain),))
    if scene.done or scene.cursor.term >= start + size - 1:
        large = theme.font(round(font_size * 1.2), bold=True)
        result = Run(short(float(ledger.subtotals[group])), colour(palette.output), large)
        clusters.append((Run("= ", colour(palette.muted), plain), result))
    return clusters


def total(scene: StageScene, channels: int, theme: Theme) -> list[Cluster]:
    """ "3 + 1 + 0 + bias 0 = 4", as far as it is known."""
    ledger, palette = scene.ledger, theme.palette
    large, size = theme.font(19), ledger.taps.group_size
    clusters: list[Cluster] = []
    for group, channel in enumerate(ledger.taps.channels.tolist()):
        finished = scene.done or scene.cursor.term >= (group + 1) * size - 1
        text = short(float(ledger.subtotals[group])) if finished else "…"
        ink = channel_ink(channel, channels, theme) if finished else colour(palette.faint)
        runs = (Run(text, ink, large),)
        plus = (Run("+ ", colour(palette.muted), large),) if clusters else ()
        clusters.append(plus + runs)
    if not scene.done:
        return clusters
    if ledger.bias is not None:
        bias = f"{tr('bias')} {short(ledger.bias)}"
        clusters.append(
            (Run("+ ", colour(palette.muted), large), Run(bias, colour(palette.bias), large))
        )
    result = Run(short(ledger.result), colour(palette.output), theme.font(24, bold=True))
    clusters.append((Run("= ", colour(palette.muted), large), result))
    return clusters


def flow(
    clusters: list[Cluster], area: QRectF, line: float, space: float
) -> list[tuple[QPointF, Run]] | None:
    """The runs in lines, in the vertical middle of an area; None if they do not fit."""
    x, y = 0.0, 0.0
    placed: list[tuple[float, float, Run]] = []
    for cluster in clusters:
        wide = sum(width_of(run.text, run.font) for run in cluster)
        if x and x + wide > area.width():
            x, y = 0.0, y + line
        if x + wide > area.width() or y + line > area.height() + 1:
            return None
        for run in cluster:
            placed.append((x, y, run))
            x += width_of(run.text, run.font)
        x += space
    top = area.top() + (area.height() - y - line) / 2 + line * 0.72
    return [(QPointF(area.left() + x, top + y), run) for x, y, run in placed]


def write_runs(painter: QPainter, runs: list[tuple[QPointF, Run]]) -> None:
    for at, run in runs:
        write_on(painter, at, run.text, run.ink, run.font)


def written_products(
    scene: StageScene, areas: dict[int, QRectF], theme: Theme
) -> tuple[list[tuple[QPointF, Run]], int]:
    """The products of every group in its area, and the level of what all of them leave out.

    Where even the terms that are not 0 do not fit, a line ends in "…" and its result.
    """
    larger = _enlarged(scene, areas, theme)
    if larger is not None:
        return larger, 0
    line, space = theme.px(24), theme.px(6)
    for level in (0, 1, 2):
        lines = [
            flow(products(scene, group, level, theme), area, line, space)
            for group, area in areas.items()
        ]
        if all(found is not None for found in lines):
            return [run for found in lines if found is not None for run in found], level
    runs = []
    for group, area in areas.items():
        runs += _cut(products(scene, group, 2, theme), area, line, space, theme)
    return runs, 2


def size_of_products(count: int) -> int:
    """The font size of so many products in a window, at 100 %, where they fit."""
    return LARGE if count <= MOST_LARGE else MIDDLE if count <= MOST_MIDDLE else SMALL


def _enlarged(
    scene: StageScene, areas: dict[int, QRectF], theme: Theme
) -> list[tuple[QPointF, Run]] | None:
    """All terms of a small window, large; None if there are many, or they do not fit."""
    size = size_of_products(scene.ledger.taps.group_size)
    if size == SMALL:
        return None
    line, found = theme.px(size + 9), []
    # With a result, known or not, so that the size does not change when it comes.
    large = theme.font(round(size * 1.2), bold=True)
    awaited = (Run("= −000.00", colour(theme.palette.muted), large),)
    for group, area in areas.items():
        clusters = products(scene, group, 0, theme, size)
        terms = clusters[: len(clusters) - (clusters[-1][0].text == "= ")]
        if flow([*terms, awaited], area, line, theme.px(6)) is None:
            return None
        runs = flow(clusters, area, line, theme.px(6))
        if runs is None:
            return None
        found += runs
    return found


def _cut(
    clusters: list[Cluster], area: QRectF, line: float, space: float, theme: Theme
) -> list[tuple[QPointF, Run]]:
    dots: Cluster = (Run("+ …", colour(theme.palette.muted), theme.font(15)),)
    end = [clusters[-1]] if clusters[-1][0].text.startswith("=") else []
    terms = clusters[: len(clusters) - len(end)]
    found = flow(clusters, area, line, space)
    while found is None and terms:
        terms = terms[:-1]
        found = flow([*terms, dots, *end], area, line, space)
    return found if found is not None else []
