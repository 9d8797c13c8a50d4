"""The loss pane's scene: thin, finite, and true to the metrics."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnviz.core.metrics import Evaluation, MetricLog
from cnnviz.core.network import Network, build_network
from cnnviz.core.operations import Flatten, Linear, Softmax
from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.axes import Axis, Zoom, labels, round_values, zoomed
from cnnviz.core.scenes.loss import LossScene, Room, dragged, loss_scene, reading, whole
from cnnviz.core.view import Progress, View


def network() -> Network:
    return build_network("tiny", "Tiny", (1, 2, 2), (Flatten(), Linear(4, 10), Softmax()))


def view_of(
    losses: int, evaluations: tuple[Evaluation, ...] = (), log: bool = True, batches: int = 0
) -> View:
    metrics = MetricLog()
    values = 2.3 * np.exp(-np.arange(losses) / 300) + 0.01 + 0.005 * np.sin(np.arange(losses))
    metrics.append(values.astype(np.float32))
    for evaluation in evaluations:
        metrics.evaluated(evaluation)
    return View(
        network(),
        metrics=metrics,
        metric_count=metrics.count,
        evaluation_count=len(evaluations),
        log_scale=log,
        progress=Progress(batches=batches),
    )


def scene_of(view: View, room: Room | None = None, zoom: Zoom | None = None) -> LossScene:
    scene = loss_scene(view, room or Room(), zoom)
    assert isinstance(scene, LossScene)
    return scene


def test_that_there_is_a_reason_before_the_first_batch() -> None:
    scene = loss_scene(view_of(0), Room())
    assert isinstance(scene, Empty)
    assert "Press T" in scene.reason


@pytest.mark.parametrize("count", [1, 2, 9, 10, 1000, 100_000])
def test_that_a_curve_never_has_more_points_than_two_a_pixel(count: int) -> None:
    scene = scene_of(view_of(count), Room(points=400))
    assert 1 <= len(scene.batch.x) <= 2 * 400 + 2
    assert 1 <= len(scene.smooth.x) <= 400
    assert len(scene.batch.x) == len(scene.batch.y)


@pytest.mark.parametrize("log", [True, False])
def test_that_whole_curves_stay_within_the_plot(log: bool) -> None:
    looks = tuple(Evaluation(step, 0.05, 0.97, False) for step in range(100, 1000, 100))
    scene = scene_of(view_of(1000, looks, log))
    for curve in (scene.batch, scene.smooth, scene.test):
        assert np.all(curve.y >= scene.loss.bottom)
        assert np.all(curve.y <= 1.0)
    assert np.all((scene.accuracies.y >= 0) & (scene.accuracies.y < scene.loss.bottom))


def test_that_the_newest_batch_is_shown_and_a_few_leave_room() -> None:
    assert whole(1).last >= 10
    for count in (10, 640, 9000, 1_000_000):
        assert count < whole(count).last <= 1.06 * count + 1


def test_that_the_accuracy_is_left_out_where_there_is_no_room_or_none() -> None:
    looks = (Evaluation(10, 0.5, 0.9, True),)
    assert scene_of(view_of(20, looks), Room(strip=False)).accuracy is None
    assert scene_of(view_of(20)).accuracy is None
    assert scene_of(view_of(20, looks)).accuracy is not None


def test_that_looks_at_all_test_images_have_points_of_their_own() -> None:
    looks = (
        Evaluation(10, 0.5, 0.90, False),
        Evaluation(20, 0.4, 0.92, True),
        Evaluation(30, 0.3, 0.94, False),
    )
    scene = scene_of(view_of(30, looks))
    assert scene.marks.x.tolist() == [10, 30]
    assert scene.large_marks.x.tolist() == [20]
    assert scene.latest == looks[-1]


def test_that_many_looks_are_thinned_and_the_newest_stays() -> None:
    looks = tuple(Evaluation(step, 0.5, 0.9, step % 6000 == 0) for step in range(10, 50_000, 10))
    scene = scene_of(view_of(50_000, looks), Room(points=200))
    assert len(scene.test.x) <= 120
    assert scene.test.x[-1] == looks[-1].step
    assert scene.large_marks.x.tolist() == list(range(6000, 50_000, 6000))


def test_that_a_zoom_fits_the_loss_to_what_it_shows() -> None:
    view = view_of(2000)
    early, late = scene_of(view, zoom=Zoom(0, 100)), scene_of(view, zoom=Zoom(1800, 2000))
    assert late.zoomed
    assert late.loss.high < early.loss.low


def test_that_losses_that_are_no_numbers_leave_a_gap() -> None:
    view = view_of(20)
    view.metrics.append(np.array([np.nan, np.inf], dtype=np.float32))
    shown = View(view.network, metrics=view.metrics, metric_count=22)
    scene = scene_of(shown)
    assert np.isnan(scene.batch.y[-2:]).all()
    assert np.isfinite([scene.loss.low, scene.loss.high]).all()


def test_that_a_zero_loss_has_a_place_on_a_logarithmic_axis() -> None:
    metrics = MetricLog()
    metrics.append(np.zeros(5, dtype=np.float32))
    scene = scene_of(View(network(), metrics=metrics, metric_count=5))
    assert np.isfinite(scene.batch.y).all()


def test_that_epochs_are_marked_and_thinned_where_they_are_many() -> None:
    assert scene_of(view_of(1300, batches=600)).epochs == (600.0, 1200.0)
    assert len(scene_of(view_of(50_000, batches=100)).epochs) <= 24


def test_that_a_reading_holds_the_values_of_its_batch() -> None:
    looks = (Evaluation(10, 0.5, 0.9, False), Evaluation(20, 0.4, 0.92, True))
    scene = scene_of(view_of(30, looks))
    taken = reading(scene, 15)
    assert taken.loss == scene.log.losses[14]
    assert taken.smoothed == scene.log.smoothed[14]
    assert taken.test == looks[0]
    assert reading(scene, 5).test is None
    assert reading(scene, 99).batch == 30


def test_that_a_dragged_rectangle_is_what_is_shown() -> None:
    scene = scene_of(view_of(1000))
    zoom = dragged(scene, (200.0, 0.9), (400.0, 0.4), flat=False)
    assert zoom is not None
    assert zoom.low is not None
    assert zoom.high is not None
    assert (zoom.first, zoom.last) == (200.0, 400.0)
    shown = scene_of(view_of(1000), zoom=zoom)
    assert shown.loss.low == pytest.approx(scene.loss.value(0.4))
    assert shown.loss.high == pytest.approx(scene.loss.value(0.9))
    assert dragged(scene, (200.0, 0.5), (400.0, 0.5), flat=True) == Zoom(200.0, 400.0)
    assert dragged(scene, (-90.0, 0.5), (-20.0, 0.5), flat=True) is None


@given(
    st.floats(1e-4, 1e3),
    st.floats(1.01, 1e4),
    st.booleans(),
    st.floats(0, 1),
    st.floats(0, 0.4),
)
def test_that_value_is_the_inverse_of_place(
    low: float, ratio: float, log: bool, share: float, bottom: float
) -> None:
    axis = Axis(low, low * ratio, log, bottom)
    value = axis.value(bottom + share * (1 - bottom))
    place = float(axis.place(np.array([value]))[0])
    assert place == pytest.approx(bottom + share * (1 - bottom), abs=1e-6)


@given(st.floats(1e-3, 1e3), st.floats(1.01, 1e4), st.integers(1, 9), st.booleans())
def test_that_ticks_are_few_in_order_and_told_apart(
    low: float, ratio: float, most: int, log: bool
) -> None:
    ticks = Axis(low, low * ratio, log).ticks(most)
    places = [tick.place for tick in ticks]
    assert places == sorted(places)
    assert all(-1e-6 <= place <= 1 + 1e-6 for place in places)
    assert len(ticks) <= 3 * most + 3
    texts = [tick.label for tick in ticks]
    assert len(set(texts)) == len(texts)


def test_that_labels_have_the_decimals_they_need() -> None:
    assert labels([2.2, 2.3], log=True) == ["2.2", "2.3"]
    assert labels([0.01, 0.1, 1.0], log=True) == ["0.01", "0.1", "1"]
    assert labels(round_values(0.0, 1.1, 3), log=False) == ["0.0", "0.5", "1.0"]
    assert labels([], log=False) == []


@given(st.floats(0, 1), st.floats(0.1, 3))
def test_that_a_zoom_stays_within_the_whole_and_keeps_its_middle(
    share: float, factor: float
) -> None:
    everything, shown = Zoom(0, 1000), Zoom(200, 600)
    about = shown.first + share * (shown.last - shown.first)
    zoom = zoomed(shown, everything, about, factor)
    if zoom is None:
        assert (shown.last - shown.first) * factor >= 1000
    else:
        assert everything.first <= zoom.first < zoom.last <= everything.last + 1e-9
        assert zoom.first - 1e-9 <= about <= zoom.last + 1e-9
