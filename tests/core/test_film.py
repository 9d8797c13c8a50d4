"""Which moments a film shows: those of the slider, at the pacing of the window."""

from __future__ import annotations

import numpy as np
import pytest

from cnnviz.core.cursor import Cursor, terms_of
from cnnviz.core.film import (
    MOST_STEPS,
    STEP_SECONDS,
    Pacing,
    Shot,
    length_of,
    measured,
    stepped,
    trained,
    view_of,
)
from cnnviz.core.kept import Kept
from cnnviz.core.operations.transposed_convolution import ConvTranspose2d
from cnnviz.core.pacing import BEAT, LONGEST_SWEEP, plan
from cnnviz.core.problem import Problem
from cnnviz.core.timeline import Unit, at_frame, frame, frame_count
from cnnviz.core.view import View
from tests.benches import random_view
from tests.networks import bundled


def at(shot: Shot) -> Cursor:
    assert isinstance(shot.place, Cursor)
    return shot.place


@pytest.mark.parametrize("unit", list(Unit))
@pytest.mark.parametrize("pacing", list(Pacing))
def test_that_a_whole_film_begins_and_ends_with_the_sliders_frames(
    unit: Unit, pacing: Pacing
) -> None:
    network = bundled()
    start = Cursor(1, 3, 4, 5)
    count = min(frame_count(network, start, unit), 200)
    shots = stepped(network, start, unit, (0, count - 1), pacing, 25)
    assert frame(network, at(shots[0]), unit) == 0
    assert shots[-1].place == at_frame(network, start, unit, count - 1)
    numbers = [frame(network, at(shot), unit) for shot in shots]
    assert numbers == sorted(numbers)
    pictures, seconds = measured(network, start, unit, (0, count - 1), pacing, 25)
    assert pictures == len(shots)
    assert seconds == pytest.approx(length_of(shots))


@pytest.mark.parametrize("pacing", [Pacing.SLOW, Pacing.EVERY])
def test_that_every_step_is_shown_and_each_as_long_as_the_others(pacing: Pacing) -> None:
    network = bundled()
    shots = stepped(network, Cursor(), Unit.WINDOW, (10, 209), pacing, 25)
    assert [frame(network, at(shot), Unit.WINDOW) for shot in shots] == list(range(10, 210))
    assert {shot.seconds for shot in shots} == {
        BEAT[Unit.WINDOW] if pacing is Pacing.SLOW else 1 / 25
    }


def test_that_a_film_shows_what_the_player_shows_at_the_same_moments() -> None:
    network = bundled()
    shots = stepped(network, Cursor(), Unit.WINDOW, (0, 783), Pacing.PLAYED, 25)
    player, moment = plan(network, Cursor(), Unit.WINDOW, again=False), 0.0
    for shot in shots[:-1]:
        assert shot.place == player.at(moment + 1e-9)
        moment += shot.seconds
    assert shots[0].place == Cursor()
    assert length_of(shots) == pytest.approx(LONGEST_SWEEP + BEAT[Unit.WINDOW], abs=0.1)


def test_that_a_part_of_a_sweep_keeps_the_pace_of_the_whole() -> None:
    network = bundled()
    whole = stepped(network, Cursor(), Unit.WINDOW, (0, 783), Pacing.PLAYED, 25)
    part = stepped(network, Cursor(), Unit.WINDOW, (0, 20), Pacing.PLAYED, 25)
    assert part[:-1] == whole[: len(part) - 1]
    assert part[-1].place == at_frame(network, Cursor(), Unit.WINDOW, 20)


def test_that_terms_at_which_nothing_happens_are_left_out() -> None:
    view = random_view(ConvTranspose2d(1, 1, (3, 3), stride=(2, 2)), (1, 4, 4))
    network = view.network
    count = frame_count(network, Cursor(), Unit.TERM)
    shots = stepped(network, Cursor(), Unit.TERM, (0, count - 1), Pacing.EVERY, 25)
    assert len(shots) < count
    assert at(shots[-1]).term == terms_of(network.layers[0])


@pytest.mark.parametrize("bounds", [(-1, 3), (5, 4), (0, 784)])
def test_that_frames_that_are_not_there_are_refused_by_their_numbers(bounds) -> None:
    with pytest.raises(Problem, match="there are 1 to 784"):
        stepped(bundled(), Cursor(), Unit.WINDOW, bounds, Pacing.EVERY, 25)


def test_that_a_film_of_hours_is_refused() -> None:
    network = bundled()
    count = frame_count(network, Cursor(), Unit.TERM)
    with pytest.raises(Problem, match="minutes"):
        stepped(network, Cursor(), Unit.TERM, (0, count - 1), Pacing.SLOW, 25)


def test_that_a_film_of_training_shows_kept_steps_in_order() -> None:
    kept = Kept(np.array([1, 2, 4, 8, 16, 32]))
    shots = trained(kept, (1, 4), Pacing.PLAYED, 25)
    assert [shot.place for shot in shots] == [2, 4, 8, 16]
    assert {shot.seconds for shot in shots} == {STEP_SECONDS}
    with pytest.raises(Problem, match="there are 1 to 6"):
        trained(kept, (0, 6), Pacing.PLAYED, 25)


def test_that_a_long_run_plays_in_half_a_minute_with_both_ends() -> None:
    kept = Kept(np.arange(10, 3010))
    shots = trained(kept, (0, 2999), Pacing.PLAYED, 25)
    assert len(shots) == MOST_STEPS
    assert (shots[0].place, shots[-1].place) == (10, 3009)
    assert len(trained(kept, (0, 2999), Pacing.EVERY, 25)) == 3000


def test_that_nothing_is_held_or_played_in_a_film() -> None:
    view = View(bundled(), playing=True, held=True)
    shown = view_of(view, Cursor(2, 1))
    assert (shown.playing, shown.held, shown.cursor) == (False, False, Cursor(2, 1))
