"""What stands at a point of the stage, and how it is told."""

from __future__ import annotations

from PyQt6.QtCore import QPointF

from cnnviz.control.language import tr
from cnnviz.core.numbers import number, thousands
from cnnviz.core.scenes.sheets import all_maps_sheet
from cnnviz.core.scenes.stage import StageScene
from cnnviz.ui.painters.sheet import Cells
from cnnviz.ui.painters.stage_layout import StageLayout, bars_fit_shape
from cnnviz.ui.painters.value_rows import row_at
from cnnviz.ui.theme import Theme


def term_at(position: QPointF, arrangement: StageLayout, scene: StageScene) -> int | None:
    """The term of the opened group whose weight stands at a point."""
    if scene.ledger.weights is None:
        return None
    size = scene.ledger.taps.group_size
    found = arrangement.window.at(position.x(), position.y(), size)
    term = None if found is None else scene.group_terms.start + found
    return term if term is not None and scene.ledger.taps.reads(term) else None


def element_at(
    position: QPointF, arrangement: StageLayout, scene: StageScene, theme: Theme
) -> tuple[int, int, int] | None:
    """(channel, row, column) of the output element at a point."""
    shape = scene.layer.output_shape
    if bars_fit_shape(shape):
        index = row_at(arrangement.output_area, shape[0], position.x(), position.y(), theme)
        return None if index is None else (0, 0, index)
    place = arrangement.output.at(position.x(), position.y())
    found = None if place is None else scene.output_sheet.element(*place, shape[0])
    if found is None:
        return None
    return (found[0], found[1], found[2]) if len(found) == 3 else (0, 0, found[0])


def pixel_at(
    position: QPointF, arrangement: StageLayout, scene: StageScene, theme: Theme
) -> tuple[int, ...] | None:
    """The input element at a point."""
    shape = scene.layer.input_shape
    if bars_fit_shape(shape):
        index = row_at(arrangement.input_area, shape[0], position.x(), position.y(), theme)
        return None if index is None else (index,)
    place = arrangement.input.at(position.x(), position.y())
    return None if place is None else scene.input_sheet.element(*place, shape[0])


def thumbnail_at(position: QPointF, arrangement: StageLayout, scene: StageScene) -> int | None:
    """The group of terms that reads the small input map at a point."""
    if arrangement.thumbnails is None:
        return None
    sheet = all_maps_sheet(scene.layer.input_shape)
    place = Cells.fit(arrangement.thumbnails, *sheet.size).at(position.x(), position.y())
    found = None if place is None else sheet.element(*place, scene.layer.input_shape[0])
    channels = list(scene.ledger.taps.channels)
    return channels.index(found[0]) if found is not None and found[0] in channels else None


def readout(position: QPointF, arrangement: StageLayout, scene: StageScene, theme: Theme) -> str:
    """What stands at a point, in words and with six decimals; "" where nothing does."""
    term = term_at(position, arrangement, scene)
    if term is not None:
        return _product_text(term, scene)
    output = element_at(position, arrangement, scene, theme)
    if output is not None:
        index = output if len(scene.layer.output_shape) == 3 else output[2:]
        written = output[1] * scene.layer.grid[2] + output[2] < scene.computed
        if not written:
            return tr("not computed yet; click to go there")
        return tr(
            "output {place}: {value}",
            place=_place(index),
            value=number(float(scene.output[index]), 6),
        )
    added = _added_at(position, arrangement, scene)
    if added:
        return added
    pixel = pixel_at(position, arrangement, scene, theme)
    if pixel is None:
        return _padding_readout(position, arrangement, scene)
    return tr(
        "input {place}: {value}",
        place=_place(pixel),
        value=number(float(scene.input[pixel]), 6),
    )


def _product_text(term: int, scene: StageScene) -> str:
    """A term's product, and how often its weight is used if it is pointed at."""
    assert scene.ledger.weights is not None
    operand, weight = float(scene.ledger.operands[term]), float(scene.ledger.weights[term])
    product = number(float(scene.ledger.terms[term]), 6)
    text = f"{number(operand, 6)} × {number(weight, 6)} = {product}"
    uses = uses_text(scene) if scene.pointing.weight == term else ""
    return f"{text} · {uses}" if uses else text


def _added_at(position: QPointF, arrangement: StageLayout, scene: StageScene) -> str:
    """What an Add adds at a point; "" beside it."""
    if arrangement.skip is None or scene.skip is None:
        return ""
    place = arrangement.skip.at(position.x(), position.y())
    if place is None:
        return ""
    element = scene.input_sheet.element(*place, scene.layer.input_shape[0])
    if element is None:
        return ""
    value = number(float(scene.skip[element]), 6)
    return tr("skip {place}: {value}", place=_place(element), value=value)


def _padding_readout(position: QPointF, arrangement: StageLayout, scene: StageScene) -> str:
    """What stands in the padding at a point; "" beside it."""
    found = scene.in_padding(*arrangement.input.anywhere(position.x(), position.y()))
    if found is None:
        return ""
    value, repeated = found
    if repeated is None:
        return tr("padding: {value}", value=number(value, 6, integral=True))
    return tr(
        "padding: {value}, repeats input {place}", value=number(value, 6), place=_place(repeated)
    )


def uses_text(scene: StageScene) -> str:
    """At how many places the pointed weight meets the input."""
    if scene.uses is None:
        return ""
    count, places = map(thousands, scene.uses)
    return tr("weight used at {count} of {all} places", count=count, all=places)


def _place(index: tuple[int, ...]) -> str:
    return f"({', '.join(str(i) for i in index)})"
