"""All frames of a forward pass in order, and how to move among them in units of any size."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import replace
from enum import IntEnum

from cnnviz.core.cursor import Cursor, stops, terms_of
from cnnviz.core.network import Network


class Unit(IntEnum):
    """How far one step goes, from the smallest to the largest."""

    TERM = 0
    WINDOW = 1
    ROW = 2
    MAP = 3
    LAYER = 4

    @property
    def larger(self) -> Unit:
        """The next larger unit; a layer stays a layer."""
        return Unit(min(self + 1, Unit.LAYER))


def forward(network: Network, cursor: Cursor, unit: Unit) -> Cursor:
    """The end of the unit we stand in, or of the next one if we stand at its end already.

    The last frame of the last layer stays where it is.  Terms at which nothing happens are passed.
    """
    if unit is Unit.TERM:
        if cursor.term < terms_of(network.layers[cursor.layer]):
            at = stops(network, cursor)
            return replace(cursor, term=at[bisect_right(at, cursor.term)])
        following = _next_window(network, cursor)
        if following is None:
            return cursor
        return replace(following, term=stops(network, following)[0])
    end = _end(network, cursor, unit)
    if end != cursor:
        return end
    if unit is Unit.LAYER:
        return to_layer(network, cursor, cursor.layer + 1)
    following = _next_window(network, cursor)
    return cursor if following is None else _end(network, following, unit)


def backward(network: Network, cursor: Cursor, unit: Unit) -> Cursor:
    """The end of the unit before the one we stand in; the exact inverse of `forward` from there.

    Before the first unit stands the first frame of the unit itself.
    """
    if unit is Unit.TERM:
        at = stops(network, cursor)
        before_it = bisect_left(at, cursor.term)
        if before_it > 0:
            return replace(cursor, term=at[before_it - 1])
        before = _previous_window(network, cursor)
        return cursor if before is None else _end(network, before, Unit.WINDOW)
    if unit is Unit.LAYER:
        return to_layer(network, cursor, cursor.layer - 1)
    before = _previous_window(network, _start(cursor, unit))
    if before is None:
        return replace(_start(cursor, unit), term=0)
    return _end(network, before, Unit.WINDOW)


def to_layer(network: Network, cursor: Cursor, layer: int) -> Cursor:
    """The finished map of another layer, in the same channel where it has one.

    A lecturer who goes from Conv 1 to ReLU wants to see what became of this map.
    """
    index = min(max(layer, 0), len(network.layers) - 1)
    channels, rows, columns = network.layers[index].grid
    channel = min(cursor.channel, channels - 1)
    return Cursor(index, channel, rows - 1, columns - 1, terms_of(network.layers[index]))


FIRST = Cursor()
"""The first frame of the forward pass."""


def last(network: Network) -> Cursor:
    """The last frame of the forward pass: the last probability."""
    final = len(network.layers) - 1
    channels, rows, columns = network.layers[final].grid
    return Cursor(final, channels - 1, rows - 1, columns - 1, terms_of(network.layers[final]))


def frame_count(network: Network, cursor: Cursor, unit: Unit) -> int:
    """Frames that the slider runs over: those of this map, or of what is larger than a map.

    Terms, windows and rows are counted in the map, maps in the layer, layers in the network.
    """
    channels, rows, columns = network.layers[cursor.layer].grid
    terms = terms_of(network.layers[cursor.layer]) + 1
    return {
        Unit.TERM: rows * columns * terms,
        Unit.WINDOW: rows * columns,
        Unit.ROW: rows,
        Unit.MAP: channels,
        Unit.LAYER: len(network.layers),
    }[unit]


def frame(network: Network, cursor: Cursor, unit: Unit) -> int:
    """Which of the slider's frames we stand in, from 0."""
    _, _, columns = network.layers[cursor.layer].grid
    window = cursor.row * columns + cursor.column
    terms = terms_of(network.layers[cursor.layer]) + 1
    return {
        Unit.TERM: window * terms + cursor.term,
        Unit.WINDOW: window,
        Unit.ROW: cursor.row,
        Unit.MAP: cursor.channel,
        Unit.LAYER: cursor.layer,
    }[unit]


def at_frame(network: Network, cursor: Cursor, unit: Unit, number: int) -> Cursor:
    """The end of one of the slider's frames; the inverse of `frame`."""
    number = min(max(number, 0), frame_count(network, cursor, unit) - 1)
    if unit is Unit.LAYER:
        return cursor if number == cursor.layer else to_layer(network, cursor, number)
    _, rows, columns = network.layers[cursor.layer].grid
    terms = terms_of(network.layers[cursor.layer])
    if unit is Unit.TERM:
        window, term = divmod(number, terms + 1)
        row, column = divmod(window, columns)
        return replace(cursor, row=row, column=column, term=term)
    if unit is Unit.WINDOW:
        row, column = divmod(number, columns)
        return replace(cursor, row=row, column=column, term=terms)
    if unit is Unit.ROW:
        return replace(cursor, row=number, column=columns - 1, term=terms)
    return replace(cursor, channel=number, row=rows - 1, column=columns - 1, term=terms)


def _end(network: Network, cursor: Cursor, unit: Unit) -> Cursor:
    """The last frame of the unit that a cursor stands in."""
    _, rows, columns = network.layers[cursor.layer].grid
    done = replace(cursor, term=terms_of(network.layers[cursor.layer]))
    if unit >= Unit.ROW:
        done = replace(done, column=columns - 1)
    if unit >= Unit.MAP:
        done = replace(done, row=rows - 1)
    return done


def _start(cursor: Cursor, unit: Unit) -> Cursor:
    """The first window of the unit that a cursor stands in."""
    if unit >= Unit.ROW:
        cursor = replace(cursor, column=0)
    if unit >= Unit.MAP:
        cursor = replace(cursor, row=0)
    return cursor


def _next_window(network: Network, cursor: Cursor) -> Cursor | None:
    channels, rows, columns = network.layers[cursor.layer].grid
    if cursor.column + 1 < columns:
        return replace(cursor, column=cursor.column + 1)
    if cursor.row + 1 < rows:
        return replace(cursor, row=cursor.row + 1, column=0)
    if cursor.channel + 1 < channels:
        return Cursor(cursor.layer, cursor.channel + 1)
    if cursor.layer + 1 < len(network.layers):
        return Cursor(cursor.layer + 1)
    return None


def _previous_window(network: Network, cursor: Cursor) -> Cursor | None:
    if cursor.column > 0:
        return replace(cursor, column=cursor.column - 1)
    layer = cursor.layer
    _, rows, columns = network.layers[layer].grid
    if cursor.row > 0:
        return replace(cursor, row=cursor.row - 1, column=columns - 1)
    if cursor.channel > 0:
        return Cursor(layer, cursor.channel - 1, rows - 1, columns - 1)
    if layer > 0:
        channels, rows, columns = network.layers[layer - 1].grid
        return Cursor(layer - 1, channels - 1, rows - 1, columns - 1)
    return None
