"""Moving among the frames of a forward pass."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnviz.core.cursor import Cursor, clamped, element, terms_of
from cnnviz.core.operations.transposed_convolution import ConvTranspose2d
from cnnviz.core.timeline import (
    FIRST,
    Unit,
    at_frame,
    backward,
    forward,
    frame,
    frame_count,
    last,
    to_layer,
)
from tests.benches import lab_network
from tests.networks import KEYS, bundled

NETWORKS = st.sampled_from(KEYS).map(bundled)


@st.composite
def places(draw: st.DrawFn, done: bool | None = None):
    network = draw(NETWORKS)
    index = draw(st.integers(0, len(network.layers) - 1))
    layer = network.layers[index]
    channels, rows, columns = layer.grid
    terms = terms_of(layer)
    return network, Cursor(
        index,
        draw(st.integers(0, channels - 1)),
        draw(st.integers(0, rows - 1)),
        draw(st.integers(0, columns - 1)),
        terms if done else draw(st.integers(0, terms)),
    )


@given(places(), st.sampled_from(Unit))
def test_that_a_step_forward_never_goes_back_and_only_the_last_frame_stays(place, unit) -> None:
    network, cursor = place
    after = forward(network, cursor, unit)
    assert clamped(network, after) == after
    if unit is Unit.LAYER:  # keeps the channel, so that one map is followed through the network
        assert after.layer >= cursor.layer
    else:
        assert (after > cursor) or (after == cursor == last(network))


@given(places())
def test_that_a_term_back_undoes_a_term_forward(place) -> None:
    network, cursor = place
    if cursor != last(network):
        assert backward(network, forward(network, cursor, Unit.TERM), Unit.TERM) == cursor
    if cursor != FIRST:
        assert forward(network, backward(network, cursor, Unit.TERM), Unit.TERM) == cursor


@given(places(done=True), st.sampled_from([Unit.WINDOW, Unit.ROW, Unit.MAP]))
def test_that_stepping_back_undoes_stepping_forward_between_the_ends_of_units(place, unit) -> None:
    network, cursor = place
    end = at_frame(network, cursor, unit, frame(network, cursor, unit))
    if end == last(network):
        return
    following = forward(network, end, unit)
    assert backward(network, following, unit) == end


@given(places(), st.sampled_from([Unit.TERM, Unit.WINDOW, Unit.ROW, Unit.MAP]))
def test_that_going_back_ends_at_the_very_first_frame(place, unit) -> None:
    network, cursor = place
    before = backward(network, cursor, unit)
    assert before < cursor or cursor == FIRST


@given(places(), st.sampled_from(Unit), st.data())
def test_that_a_frame_is_found_again_by_its_number(place, unit, data) -> None:
    network, cursor = place
    number = data.draw(st.integers(0, frame_count(network, cursor, unit) - 1))
    assert frame(network, at_frame(network, cursor, unit, number), unit) == number


@pytest.mark.parametrize("key", KEYS)
def test_that_the_frames_of_a_map_are_its_windows_times_their_terms(key: str) -> None:
    network = bundled(key)
    for index, layer in enumerate(network.layers):
        _, rows, columns = layer.grid
        cursor = Cursor(index)
        assert frame_count(network, cursor, Unit.WINDOW) == rows * columns
        assert frame_count(network, cursor, Unit.TERM) == rows * columns * (terms_of(layer) + 1)


def test_that_the_second_convolution_has_288_terms() -> None:
    network = bundled()
    assert network.layers[3].operation.kind == "Conv2d"
    assert terms_of(network.layers[3]) == 32 * 3 * 3 == 288


def test_that_every_window_of_a_layer_is_met_once_in_order() -> None:
    network = bundled()
    cursor = Cursor(6, 0, 0, 0, terms_of(network.layers[6]))  # flatten: 3,136 windows
    cursor = replace(cursor, layer=5)  # the second pooling: 64 maps of 7×7
    cursor = replace(cursor, term=terms_of(network.layers[5]))
    met = [cursor]
    while met[-1].layer == 5:
        met.append(forward(network, met[-1], Unit.WINDOW))
    assert len(met) - 1 == 64 * 7 * 7
    assert met == sorted(met)


def test_that_another_layer_is_shown_finished_in_the_same_channel() -> None:
    network = bundled()
    there = to_layer(network, Cursor(0, 9, 3, 4, 2), 1)
    assert there == Cursor(1, 9, 27, 27, 1)
    assert to_layer(network, Cursor(3, 60), 1).channel == 31
    assert to_layer(network, Cursor(), 99).layer == len(network.layers) - 1


@given(NETWORKS, st.tuples(*[st.integers(-5, 5000)] * 5))
def test_that_any_cursor_is_brought_to_one_that_exists(network, numbers) -> None:
    cursor = clamped(network, Cursor(*numbers))
    assert FIRST <= cursor <= last(network)
    assert clamped(network, cursor) == cursor


@pytest.mark.parametrize("padding", [0, 1])
def test_that_stepping_by_term_passes_places_that_no_input_reaches(padding: int) -> None:
    operation = ConvTranspose2d(1, 1, (3, 3), stride=(2, 2), padding=(padding, padding))
    network = lab_network(operation, (1, 2, 2))
    layer, seen = network.layers[0], [Cursor()]
    while (after := forward(network, seen[-1], Unit.TERM)) != seen[-1]:
        seen.append(after)
    assert seen[-1] == last(network)
    for cursor in seen[1:]:
        taps = layer.operation.taps(layer.input_shape, element(network, cursor))
        assert cursor.term == taps.count or taps.inside[cursor.term]
    # Each of the four inputs is laid down once for each of the nine weights, but what is cut off.
    _, rows, columns = layer.grid
    steps = 36 if padding == 0 else 16
    assert sum(cursor.term < 9 for cursor in seen[padding:]) == steps
    assert sum(cursor.term == 9 for cursor in seen) == rows * columns
    for cursor, following in zip(seen[padding:], seen[padding + 1 :], strict=False):
        assert backward(network, following, Unit.TERM) == cursor
