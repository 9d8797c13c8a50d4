"""Before and after as pixels: exact bytes of a photograph, and every way to show a result."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cnnviz.core.colour import Scale, shade
from cnnviz.core.cursor import Cursor
from cnnviz.core.filtering import Channels, filtering
from cnnviz.core.filters import filter_of
from cnnviz.core.picture import Picture
from cnnviz.core.scenes import Empty
from cnnviz.core.scenes.photograph import (
    PhotographScene,
    Shown,
    photograph_scene,
    picture_pixels,
    result_pixels,
    usual_limit,
)
from cnnviz.core.view import View
from cnnviz.engine.filtering import filtered

BYTES = np.random.default_rng(0).integers(0, 256, (3, 20, 30), dtype=np.uint8)
PICTURE = Picture(BYTES.astype(np.float32) / np.float32(255))
SCALE = Scale((0, 0, 255), (20, 20, 20), (255, 128, 0))


def view_of(key: str, channels: Channels, cursor: Cursor | None = None) -> View:
    answer = filtered(filtering(1, PICTURE, filter_of(key), channels, "replicate"))
    return View(answer.network, stage=answer, live=answer, cursor=cursor or Cursor(0, 0, 4, 5, 9))


def scene_of(key: str, channels: Channels, **given: object) -> PhotographScene:
    scene = photograph_scene(view_of(key, channels), filter_of(key), channels, **given)  # type: ignore[arg-type]
    assert isinstance(scene, PhotographScene)
    return scene


def light(pixels: np.ndarray) -> np.ndarray:
    """(3, rows, columns) the bytes of pixels."""
    return np.stack([pixels >> shift & 0xFF for shift in (16, 8, 0)])


def test_that_a_photograph_is_drawn_with_its_own_bytes() -> None:
    pixels = picture_pixels(PICTURE.image, None)
    np.testing.assert_array_equal(light(pixels), BYTES)
    assert (pixels >> 24 == 255).all()


def test_that_a_grey_picture_is_drawn_with_its_own_bytes() -> None:
    np.testing.assert_array_equal(light(picture_pixels(PICTURE.image[:1], None))[1], BYTES[0])


@pytest.mark.parametrize("plane", range(3))
def test_that_a_channel_is_drawn_in_its_own_light(plane: int) -> None:
    tinted = light(picture_pixels(PICTURE.image, plane))
    np.testing.assert_array_equal(tinted[plane], BYTES[plane])
    assert (tinted.sum(axis=0) <= 3 * BYTES[plane].astype(int)).all()


def test_that_signed_colours_are_those_of_the_scale() -> None:
    output = np.linspace(-2, 2, 12, dtype=np.float32).reshape(1, 3, 4)
    pixels = result_pixels(output, 0, Shown.SIGNED, 2.0, SCALE)
    np.testing.assert_array_equal(pixels, shade(output[0], 2.0, SCALE.table))


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (Shown.SHIFTED, [0, 64, 128, 191, 255]),
        (Shown.ABSOLUTE, [255, 128, 0, 128, 255]),
        (Shown.CLIPPED, [0, 0, 0, 128, 255]),
    ],
)
def test_that_each_way_turns_numbers_into_its_light(shown: Shown, expected: list[int]) -> None:
    limit = 1.0
    output = np.array([-1, -0.5, 0, 0.5, 1], dtype=np.float32)[None, None]
    for planes, plane in ((1, 0), (3, None)):
        pixels = result_pixels(np.repeat(output, planes, axis=0), plane, shown, limit, SCALE)
        found = light(pixels)[:, 0].astype(int)
        assert np.abs(found - np.array(expected)).max() <= 1


def test_that_numbers_that_are_none_are_black() -> None:
    output = np.full((3, 1, 2), np.nan, dtype=np.float32)
    output[:, 0, 1] = np.inf
    found = light(result_pixels(output, None, Shown.CLIPPED, 1.0, SCALE))
    np.testing.assert_array_equal(found[:, 0, 0], 0)
    np.testing.assert_array_equal(found[:, 0, 1], 255)


@pytest.mark.parametrize(
    ("key", "channels", "together", "shown"),
    [
        ("sobel_vertical", Channels.GREY, True, Shown.SIGNED),
        ("sobel_vertical", Channels.APART, True, Shown.SHIFTED),
        ("sobel_vertical", Channels.APART, False, Shown.SIGNED),
        ("sobel_vertical", Channels.SUMMED, True, Shown.SIGNED),
        ("box_3", Channels.APART, True, Shown.CLIPPED),
        ("sharpen", Channels.GREY, True, Shown.CLIPPED),
        ("box_3", Channels.SUMMED, True, Shown.SIGNED),
    ],
)
def test_that_the_automatic_way_suits_the_filter(key, channels, together, shown) -> None:
    assert scene_of(key, channels, together=together).shown is shown


def test_that_a_chosen_way_holds_but_three_signed_maps_are_shifted() -> None:
    for way in (Shown.SHIFTED, Shown.ABSOLUTE, Shown.CLIPPED):
        assert scene_of("box_3", Channels.GREY, chosen=way).shown is way
    assert scene_of("box_3", Channels.APART, chosen=Shown.SIGNED).shown is Shown.SHIFTED
    alone = scene_of("box_3", Channels.APART, chosen=Shown.SIGNED, together=False)
    assert alone.shown is Shown.SIGNED


def test_that_few_numbers_lie_beyond_the_scale_and_it_says_so() -> None:
    scene = scene_of("sobel_vertical", Channels.GREY)
    sizes = np.abs(scene.output)
    assert 0.9 < np.mean(sizes <= scene.limit) < 1
    assert scene.exceeded
    clipped = scene_of("box_3", Channels.GREY)
    assert (clipped.limit, clipped.exceeded) == (1.0, False)


def test_that_a_result_of_zeros_has_a_scale() -> None:
    nothing = Picture(np.zeros((1, 6, 6), dtype=np.float32))
    answer = filtered(
        filtering(1, nothing, filter_of("sobel_vertical"), Channels.GREY, "replicate")
    )
    assert usual_limit(answer) == (1.0, False)


def test_that_the_hovered_window_is_shown_in_place_of_the_cursors() -> None:
    view = view_of("sobel_vertical", Channels.APART, Cursor(0, 2, 4, 5, 3))
    kernel = filter_of("sobel_vertical")
    scene = photograph_scene(view, kernel, Channels.APART, hovered=(7, 8))
    assert isinstance(scene, PhotographScene)
    assert scene.stage.element == (2, 7, 8)
    assert scene.stage.ledger.result == pytest.approx(float(scene.output[2, 7, 8]), abs=1e-5)
    assert scene.stage.done
    assert view.cursor == Cursor(0, 2, 4, 5, 3)


def test_that_only_playing_leaves_a_part_of_the_result_blank() -> None:
    view = view_of("sobel_vertical", Channels.GREY)
    kernel = filter_of("sobel_vertical")
    playing = photograph_scene(replace(view, playing=True), kernel, Channels.GREY)
    still = photograph_scene(view, kernel, Channels.GREY)
    assert isinstance(playing, PhotographScene)
    assert isinstance(still, PhotographScene)
    assert playing.computed == 4 * 30 + 5 + 1
    assert still.computed == 600


def test_that_a_page_without_an_answer_says_what_it_waits_for() -> None:
    view = view_of("box_3", Channels.GREY)
    scene = photograph_scene(replace(view, stage=None), filter_of("box_3"), Channels.GREY)
    assert isinstance(scene, Empty)
    assert scene.reason
