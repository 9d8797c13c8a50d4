"""Slow once, then fast."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnviz.core.cursor import Cursor, stops, terms_of
from cnnviz.core.operations.transposed_convolution import ConvTranspose2d
from cnnviz.core.pacing import (
    BEAT,
    LONGEST_AGAIN,
    LONGEST_FIRST_WINDOW,
    LONGEST_SWEEP,
    accelerating,
    first_window,
    plan,
)
from cnnviz.core.timeline import Unit, frame, frame_count
from tests.benches import lab_network
from tests.networks import KEYS, bundled


@given(st.integers(1, 60_000), st.floats(0.05, 2.0), st.floats(2.0, 20.0))
def test_that_a_sweep_ends_in_time_and_never_slows_down(frames, beat, longest) -> None:
    times = accelerating(frames, beat, longest).times
    assert len(times) == frames
    assert times[0] == 0
    gaps = np.diff(times)
    assert times[-1] <= longest + 1e-9
    assert np.all(gaps > 0)
    assert np.all(np.diff(gaps[4:]) <= 1e-9)


def test_that_a_short_sweep_keeps_its_beat() -> None:
    assert np.allclose(np.diff(accelerating(10, 0.5, 20.0).times), 0.5)


@given(st.integers(1, 200), st.integers(1, 130))
def test_that_the_first_window_ends_finished_and_passes_every_subtotal(groups, size) -> None:
    stops = first_window(groups, size)
    assert stops[-1] == groups * size
    assert np.all(np.diff(stops) > 0)
    assert np.isin(np.arange(1, groups + 1) * size - 1, stops).all()


@pytest.mark.parametrize("key", KEYS)
def test_that_every_layer_is_swept_within_twenty_seconds(key: str) -> None:
    network = bundled(key)
    for index in range(len(network.layers)):
        slow = plan(network, Cursor(index), Unit.WINDOW, again=False)
        assert slow.sweep.times[-1] <= LONGEST_SWEEP + 1e-6
        again = plan(network, Cursor(index), Unit.WINDOW, again=True)
        assert again.sweep.times[-1] <= LONGEST_AGAIN + 1e-6


def test_that_the_first_window_is_played_term_by_term_and_the_map_to_its_end() -> None:
    network = bundled()
    made = plan(network, Cursor(0, 3), Unit.WINDOW, again=False)
    seen = [made.at(t) for t in np.arange(0, made.duration, 0.01)]
    first = [c.term for c in seen if (c.row, c.column) == (0, 0)]
    assert sorted(set(first)) == list(range(10))
    assert seen == sorted(seen)
    assert seen[-1] == Cursor(0, 3, 27, 27, 9)
    assert made.sweep.times[len(made.opening) - 1] <= LONGEST_FIRST_WINDOW


@pytest.mark.parametrize("unit", Unit)
def test_that_a_plan_stays_in_the_range_of_the_slider(unit: Unit) -> None:
    network = bundled()
    start = Cursor(3, 5, 6, 7, terms_of(network.layers[3]))
    made = plan(network, start, unit, again=False)
    numbers = [frame(network, made.at(t), unit) for t in np.linspace(0, made.duration, 200)]
    assert numbers == sorted(numbers)
    assert numbers[0] == frame(network, start, unit)
    assert numbers[-1] == frame_count(network, start, unit) - 1
    assert made.duration >= BEAT[unit]


@pytest.mark.parametrize("unit", [Unit.TERM, Unit.WINDOW])
def test_that_playing_does_not_stand_where_nothing_is_added(unit: Unit) -> None:
    network = lab_network(ConvTranspose2d(1, 1, (3, 3), stride=(2, 2)), (1, 2, 2))
    made = plan(network, Cursor(), unit, again=False)
    seen = [made.at(t) for t in np.arange(0, made.duration, 0.01)]
    assert seen[-1] == Cursor(0, 0, 4, 4, 9)
    assert all(cursor.term in stops(network, cursor) for cursor in seen)
    if unit is Unit.TERM:
        assert {(c.row, c.column) for c in seen} == {(r, c) for r in range(5) for c in range(5)}
