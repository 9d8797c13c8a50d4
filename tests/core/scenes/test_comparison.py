"""Runs in common charts: where their curves stand, and where their names."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnviz.core.experiment import Experiment
from cnnviz.core.metrics import Evaluation, MetricLog
from cnnviz.core.recorded import Compared, RunRow, RunState
from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.comparison import (
    Chart,
    ComparisonScene,
    curves_scene,
    shifts_scene,
    spread,
)
from tests.engine.idx_files import TINY, settings


def compared(
    name: str,
    losses: list[float],
    looks: list[tuple[int, float, float]],
    shifts: tuple[tuple[int, float], ...] = (),
    **changes: object,
) -> Compared:
    log = MetricLog()
    log.append(np.array(losses, dtype=np.float32))
    for look in looks:
        log.evaluated(Evaluation(*look, complete=True))
    row = RunRow(Path(f"{name}.cnnviz"), name, RunState.COMPLETE, loss=0.5, accuracy=0.5)
    return Compared(
        row,
        Experiment(TINY, settings(**changes), Path("data")),
        log,
        len(losses),
        len(looks),
        shifts,
    )


SHORT = compared("short", [2.0] * 50, [(25, 1.5, 0.5), (50, 1.0, 0.75)])
LONG = compared("long", [0.5] * 100, [(50, 0.5, 0.9), (100, 0.75, 0.8)])


def scene_of(found: ComparisonScene | Empty) -> ComparisonScene:
    assert isinstance(found, ComparisonScene)
    return found


def test_that_runs_share_their_axes() -> None:
    scene = scene_of(curves_scene((SHORT, LONG)))
    loss, accuracy = scene.charts
    assert scene.names == ("short", "long")
    assert [(line.run, line.broad) for line in loss.lines] == [
        (0, False), (0, True), (1, False), (1, True),
    ]  # fmt: skip
    assert [line.x[-1] for line in loss.lines] == [0.5, 0.5, 1.0, 1.0]
    assert [line.x.tolist() for line in accuracy.lines] == [[0.25, 0.5], [0.5, 1.0]]
    # The axis ends 5 % above the highest loss, 2: a height is a loss over 2.1.
    assert loss.lines[0].y == pytest.approx(2.0 / 2.1)
    assert loss.lines[3].y.tolist() == pytest.approx([0.5 / 2.1, 0.75 / 2.1])
    assert [(run, value) for run, _, value in loss.ends] == [(0, "1.000"), (1, "0.750")]
    assert [value for _, _, value in accuracy.ends] == ["75.00 %", "80.00 %"]


def test_that_ticks_stand_where_their_values_are_drawn() -> None:
    loss, accuracy = scene_of(curves_scene((SHORT, LONG))).charts
    for tick in loss.y_ticks:
        assert tick.place == pytest.approx(float(tick.label) / 2.1)
    line = accuracy.lines[0]
    by_label = {tick.label: tick.place for tick in accuracy.y_ticks}
    assert by_label["50 %"] == pytest.approx(line.y[0])
    assert by_label["100 %"] < 1.0
    assert {tick.label: tick.place for tick in loss.x_ticks}["50"] == 0.5


def test_that_the_first_losses_do_not_press_the_rest_flat() -> None:
    run = compared("a", [100.0] * 2 + [0.5] * 98, [(50, 0.25, 0.5)])
    (loss, _) = scene_of(curves_scene((run,))).charts
    assert loss.lines[0].y[0] > 1.0, "cut off at the top"
    late = run.log.smoothed[10:].max()
    assert loss.lines[1].y[0] == pytest.approx(0.25 / (1.05 * late))


def test_that_what_grows_meanwhile_waits_for_the_next_scene() -> None:
    run = compared("a", [1.0] * 10, [(10, 0.5, 0.5)])
    run.log.append(np.ones(90, dtype=np.float32))
    run.log.evaluated(Evaluation(100, 0.1, 0.99, True))
    loss, accuracy = scene_of(curves_scene((run,))).charts
    assert loss.lines[0].x[-1] == 1.0
    assert len(accuracy.lines[0].x) == 1


def test_that_a_long_run_is_drawn_thinly_and_to_its_newest_look() -> None:
    looks = [(step, 1.0, 0.5) for step in range(1, 1000)]
    run = compared("a", [1.0] * 1000, [*looks, (1000, 0.25, 0.75)])
    loss, accuracy = scene_of(curves_scene((run,))).charts
    assert all(len(line.x) <= 170 for line in loss.lines)
    assert accuracy.lines[0].x[-1] == 1.0
    assert accuracy.ends[0][2] == "75.00 %"


def test_that_a_chart_without_anything_says_why() -> None:
    for runs in ((), (compared("a", [], []),)):
        assert isinstance(curves_scene(runs), Empty)
        assert isinstance(shifts_scene(runs), Empty)
    just_begun = curves_scene((compared("a", [1.0], []),))
    assert scene_of(just_begun).charts[1].ends == ()
    unknown = scene_of(curves_scene((compared("a", [np.nan] * 9, [(9, np.nan, 0.1)]),)))
    assert np.isnan(unknown.charts[0].lines[0].y).all()


def test_that_accuracy_by_shift_leaves_out_who_was_not_measured() -> None:
    shifts = tuple((columns, 0.5 + columns / 10) for columns in range(-4, 5))
    scene = scene_of(shifts_scene((SHORT, compared("moved", [1.0], [], shifts))))
    (chart,) = scene.charts
    assert isinstance(chart, Chart)
    (line,) = chart.lines
    assert line.run == 1
    assert " ".join(tick.label for tick in chart.x_ticks) == "−4 −3 −2 −1 0 1 2 3 4"
    assert line.x.tolist() == [tick.place for tick in chart.x_ticks]
    assert chart.ends == ((1, line.y[-1], "90.0 %"),)


@given(
    heights=st.lists(st.floats(0, 200), max_size=8),
    least=st.sampled_from([1.0, 18.0, 40.0]),
)
def test_that_names_stand_apart_in_the_order_of_their_curves(
    heights: list[float], least: float
) -> None:
    placed = spread(heights, least, 0.0, 200.0)
    order = np.argsort(heights, kind="stable")
    gaps = np.diff(np.array(placed)[order])
    assert (gaps >= least - 1e-9).all()
    if least * max(0, len(heights) - 1) < 200:
        assert all(-1e-9 <= place <= 200 + 1e-9 for place in placed)
    if len(heights) == 1:
        assert placed == heights
