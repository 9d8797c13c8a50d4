"""Classical filters: their sums, known results, and what can be made of one's own."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from cnnviz.core.filtering import EDGES, Channels, filtering, possible_channels
from cnnviz.core.filters import (
    FILTERS,
    LARGEST_NUMBER,
    OWN,
    Kernel,
    filter_of,
    learned_kernels,
    own_kernel,
    read_weight,
    resized,
    with_divisor,
    with_number,
)
from cnnviz.core.picture import LONGEST_SIDE, Picture, check_pixels, scaled_size
from cnnviz.core.problem import Problem

EDGE_FILTERS = [k for k in FILTERS if k.key.startswith(("sobel", "prewitt", "laplacian"))]
OTHERS = [k for k in FILTERS if k not in EDGE_FILTERS]


def convolved(weight: np.ndarray, image: np.ndarray, groups: int, mode: str) -> np.ndarray:
    """What torch makes of an image, "same" padding and all."""
    rows, columns = weight.shape[2:]
    up, left = (rows - 1) // 2, (columns - 1) // 2
    padding = (left, columns - 1 - left, up, rows - 1 - up)
    x = functional.pad(
        torch.from_numpy(image)[None], padding, "constant" if mode == "zeros" else mode
    )
    return functional.conv2d(x, torch.from_numpy(weight), groups=groups)[0].numpy()


@pytest.mark.parametrize("kernel", EDGE_FILTERS, ids=lambda kernel: kernel.key)
def test_that_edge_filters_see_nothing_in_even_grey(kernel: Kernel) -> None:
    assert kernel.weights.sum() == 0
    assert kernel.sum == 0
    assert not kernel.keeps_brightness


@pytest.mark.parametrize("kernel", OTHERS, ids=lambda kernel: kernel.key)
def test_that_the_other_filters_keep_brightness(kernel: Kernel) -> None:
    assert kernel.weights.sum() == pytest.approx(1, abs=1e-6)
    assert kernel.keeps_brightness


def test_that_every_filter_has_a_key_and_a_title_of_its_own() -> None:
    assert len({kernel.key for kernel in FILTERS}) == len(FILTERS)
    assert len({kernel.title for kernel in FILTERS}) == len(FILTERS)


@pytest.mark.parametrize(
    ("key", "factor"),
    [("box_3", "1/9"), ("box_5", "1/25"), ("gaussian_3", "1/16"), ("gaussian_5", "1/256")],
)
def test_that_blurs_are_written_in_whole_numbers_with_a_factor(key: str, factor: str) -> None:
    kernel = filter_of(key)
    assert kernel.factor == factor
    assert all(value == int(value) for line in kernel.numbers for value in line)
    assert filter_of("sharpen").factor == ""


def test_that_the_gaussians_are_rows_of_pascals_triangle() -> None:
    for key, line in (("gaussian_3", [1, 2, 1]), ("gaussian_5", [1, 4, 6, 4, 1])):
        np.testing.assert_array_equal(filter_of(key).numbers, np.outer(line, line))


def step_picture(vertical: bool) -> Picture:
    """Black and white, with one edge in the middle."""
    image = np.zeros((8, 8), dtype=np.float32)
    image[:, 4:] = 1
    return Picture((image if vertical else image.T)[None].copy())


@pytest.mark.parametrize("family", ["sobel", "prewitt"])
def test_that_a_vertical_edge_is_found_by_the_vertical_filter_only(family: str) -> None:
    strength = {"sobel": 4, "prewitt": 3}[family]
    for vertical in (True, False):
        picture = step_picture(vertical)
        for name in ("vertical", "horizontal"):
            asked = filtering(1, picture, filter_of(f"{family}_{name}"), Channels.GREY, "replicate")
            answer = convolved(asked.weight, asked.image, 1, "replicate")
            found = (name == "vertical") == vertical
            assert answer.max() == (strength if found else 0)
            assert answer.min() == 0


@pytest.mark.parametrize("family", ["sobel", "prewitt"])
@pytest.mark.parametrize(("name", "other"), [("rising", "falling"), ("falling", "rising")])
def test_that_a_diagonal_filter_is_named_for_the_edge_that_it_finds(
    family: str, name: str, other: str
) -> None:
    rows, columns = np.indices((9, 9))
    # An edge that rises from left to right has white below it, right of it.
    edge = rows + columns > 8 if name == "rising" else rows > columns
    image = edge.astype(np.float32)[None]
    answers = [
        np.abs(convolved(filter_of(f"{family}_{n}").weights[None], image, 1, "replicate"))[
            0, 2:-2, 2:-2
        ].max()
        for n in (name, other)
    ]
    assert answers[0] > 2 * answers[1]


def test_that_identity_gives_the_picture_back() -> None:
    image = np.random.default_rng(0).random((3, 6, 7), dtype=np.float32)
    asked = filtering(1, Picture(image), filter_of("identity"), Channels.APART, "zeros")
    np.testing.assert_array_equal(convolved(asked.weight, asked.image, 3, "zeros"), image)


def test_that_a_box_blur_of_one_bright_pixel_spreads_it_evenly() -> None:
    image = np.zeros((1, 7, 7), dtype=np.float32)
    image[0, 3, 3] = 9
    asked = filtering(1, Picture(image), filter_of("box_3"), Channels.GREY, "zeros")
    expected = np.zeros((7, 7))
    expected[2:5, 2:5] = 1
    answer = convolved(asked.weight, asked.image, 1, "zeros")[0]
    np.testing.assert_allclose(answer, expected, atol=1e-6)


GRIDS = st.integers(1, 7).flatmap(
    lambda rows: st.integers(1, 7).flatmap(
        lambda columns: st.lists(
            st.lists(st.integers(-9, 9), min_size=columns, max_size=columns),
            min_size=rows,
            max_size=rows,
        )
    )
)


@settings(max_examples=100)
@given(GRIDS, st.sampled_from(Channels), st.sampled_from(EDGES), st.integers(0, 2**32 - 1))
def test_that_every_number_of_a_filtered_picture_is_torchs(
    grid: list[list[int]], channels: Channels, mode: str, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    picture = Picture(rng.random((3, 5, 6), dtype=np.float32))
    kernel = Kernel(OWN, "One's own", (tuple(map(tuple, grid)),), 4)
    asked = filtering(1, picture, kernel, channels, mode)
    layer = asked.network.layers[0]
    groups = 3 if channels is Channels.APART else 1
    answer = convolved(asked.weight, asked.image, groups, mode)
    assert answer.shape == layer.output_shape
    assert answer.shape[1:] == picture.image.shape[1:]
    for element in {(0, 0, 0), (answer.shape[0] - 1, 2, 3), (0, 4, 5)}:
        result = layer.operation.ledger(asked.image, {"weight": asked.weight}, element).result
        assert result == pytest.approx(float(answer[element]), abs=1e-3)


def test_that_grey_is_luma_and_the_sum_is_that_of_the_channels() -> None:
    image = np.random.default_rng(1).random((3, 6, 6), dtype=np.float32)
    picture, kernel = Picture(image), filter_of("sobel_vertical")
    asked = {c: filtering(1, picture, kernel, c, "replicate") for c in Channels}
    grey = convolved(asked[Channels.GREY].weight, asked[Channels.GREY].image, 1, "replicate")
    apart = convolved(asked[Channels.APART].weight, image, 3, "replicate")
    summed = convolved(asked[Channels.SUMMED].weight, image, 1, "replicate")
    np.testing.assert_allclose(summed[0], apart.sum(axis=0), atol=1e-5)
    luma = 0.299 * apart[0] + 0.587 * apart[1] + 0.114 * apart[2]
    np.testing.assert_allclose(grey[0], luma, atol=1e-5)


def test_that_a_grey_picture_is_only_filtered_grey() -> None:
    picture = Picture(np.zeros((1, 4, 4), dtype=np.float32))
    assert possible_channels(picture) == (Channels.GREY,)
    asked = filtering(1, picture, filter_of("box_3"), Channels.SUMMED, "zeros")
    assert asked.image is picture.image


def test_that_the_same_shapes_have_the_same_network() -> None:
    picture = Picture(np.zeros((3, 4, 4), dtype=np.float32))
    first, second = (
        filtering(n, picture, filter_of(key), Channels.APART, "zeros").network
        for n, key in enumerate(("box_3", "sharpen"))
    )
    assert first is second


def test_that_learned_kernels_keep_their_slices() -> None:
    weight = np.random.default_rng(2).standard_normal((4, 3, 5, 5)).astype(np.float32)
    kernels = learned_kernels(weight)
    assert len(kernels) == 4
    np.testing.assert_array_equal(kernels[2].weights, weight[2])
    picture = Picture(np.random.default_rng(3).random((3, 8, 8), dtype=np.float32))
    asked = filtering(1, picture, kernels[2], Channels.SUMMED, "zeros")
    np.testing.assert_array_equal(asked.weight, weight[2:3])
    # A grey picture is the same in all three channels: their slices act as one.
    grey = Picture(picture.image[:1])
    asked = filtering(1, grey, kernels[2], Channels.GREY, "zeros")
    alike = np.repeat(grey.image, 3, axis=0)
    np.testing.assert_allclose(
        convolved(asked.weight, grey.image, 1, "zeros"),
        convolved(weight[2:3], alike, 1, "zeros"),
        atol=1e-5,
    )


@pytest.mark.parametrize("shape", [(4, 2, 3, 3), (4, 32, 3, 3), (10, 784)])
def test_that_kernels_that_read_other_channels_are_not_offered(shape: tuple[int, ...]) -> None:
    assert learned_kernels(np.zeros(shape, dtype=np.float32)) == ()


def test_that_an_edited_filter_is_ones_own_and_the_classical_one_stays() -> None:
    box = filter_of("box_3")
    own = with_number(box, 1, 2, -4)
    assert (own.key, own.divisor, own.numbers[1]) == (OWN, 9, (1, 1, -4))
    assert box.numbers[1] == (1, 1, 1)
    assert with_divisor(own, 2).factor == "1/2"
    assert own_kernel(own) is own


def test_that_a_resized_kernel_keeps_its_middle() -> None:
    kernel = filter_of("sobel_vertical")
    larger = resized(kernel, 5, 5)
    assert tuple(line[1:4] for line in larger.numbers[1:4]) == kernel.numbers
    assert sum(map(abs, larger.numbers[0] + larger.numbers[4])) == 0
    assert resized(larger, 3, 3).numbers == kernel.numbers
    assert resized(kernel, 1, 1).numbers == ((0,),)


@settings(max_examples=100)
@given(st.integers(1, 7), st.integers(1, 7))
def test_that_a_resized_identity_is_an_identity(rows: int, columns: int) -> None:
    kernel = resized(filter_of("identity"), rows, columns)
    image = np.random.default_rng(0).random((1, 8, 9), dtype=np.float32)
    asked = filtering(1, Picture(image), kernel, Channels.GREY, "zeros")
    np.testing.assert_array_equal(convolved(asked.weight, image, 1, "zeros"), image)


@pytest.mark.parametrize("size", [(0, 3), (3, 8), (-1, 1)])
def test_that_other_sizes_are_refused(size: tuple[int, int]) -> None:
    with pytest.raises(Problem, match="from 1×1 to 7×7"):
        resized(filter_of("box_3"), *size)


@pytest.mark.parametrize(
    ("text", "value"),
    [("2", 2), ("−0.5", -0.5), ("-3", -3), ("1/9", 1 / 9), (" −1/4 ", -0.25), ("0,5", 0.5)],
)
def test_that_weights_are_read_as_people_write_them(text: str, value: float) -> None:
    assert read_weight(text) == value


@pytest.mark.parametrize("text", ["", "a", "1/0", "1/2/3", "--1", "1e999", "nan", "inf", "1/nan"])
def test_that_what_is_no_finite_number_is_refused(text: str) -> None:
    with pytest.raises(Problem):
        read_weight(text)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2 * LARGEST_NUMBER])
def test_that_no_such_number_gets_into_a_kernel(value: float) -> None:
    with pytest.raises(Problem):
        with_number(filter_of("box_3"), 0, 0, value)
    with pytest.raises(Problem):
        with_divisor(filter_of("box_3"), value)


@pytest.mark.parametrize("divisor", [0.0, 1e-9])
def test_that_nothing_is_divided_by_zero(divisor: float) -> None:
    with pytest.raises(Problem, match="divided by 0"):
        with_divisor(filter_of("box_3"), divisor)


def test_that_sizes_are_scaled_to_the_longest_side() -> None:
    assert scaled_size(512, 300) == (512, 300)
    assert scaled_size(600, 400) == (LONGEST_SIDE, 341)
    assert scaled_size(1, 1_000_000) == (1, LONGEST_SIDE)


def test_that_sixteen_megapixels_are_the_most() -> None:
    check_pixels(4000, 4000)
    for size in ((4000, 4001), (0, 5), (5, -1)):
        with pytest.raises(Problem):
            check_pixels(*size)
