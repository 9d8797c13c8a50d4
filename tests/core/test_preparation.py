"""Own pictures as a network takes them: MNIST's own rules, held against MNIST itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnviz.core.drawing import blank, stroke
from cnnviz.core.picture import Picture
from cnnviz.core.preparation import centre_of_mass, ink_of, prepare, resized
from cnnviz.engine.idx import read_idx
from cnnviz.resources import resource

DIGITS = read_idx(resource("data", "mnist", "t10k-images-idx3-ubyte.gz"), 3)[:300]
NET = (1, 28, 28)


def blown_up(digit: np.ndarray, times: int = 10) -> np.ndarray:
    """A digit as a picture of 280 × 280, its pixels squares, and not in the middle."""
    large = np.kron(digit / np.float32(255), np.ones((times, times), dtype=np.float32))
    return np.pad(large, ((3, 41), (70, 9)))


def test_that_every_digit_of_mnist_blown_up_comes_back() -> None:
    differences = []
    for digit in DIGITS:
        found = prepare(Picture(blown_up(digit)[None]), NET)
        differences.append(np.abs(found.image[0] - digit / 255).max())
        assert not found.inverted
    # Box, scale and centre of mass give the very same pixels; where the brightest has 254, 255.
    assert np.median(differences) < 1e-6
    assert max(differences) < 1.01 / 255


def test_that_dark_on_light_gives_the_same_and_says_that_it_was_inverted() -> None:
    for digit in DIGITS[:20]:
        light = prepare(Picture(blown_up(digit)[None]), NET)
        dark = prepare(Picture(1 - blown_up(digit)[None]), NET)
        np.testing.assert_allclose(dark.image, light.image, atol=1e-6)
        assert dark.inverted
        assert dark.steps[0].title.startswith("inverted")


def test_that_pencil_on_paper_in_uneven_light_comes_back_nearly() -> None:
    random = np.random.default_rng(0)
    for digit in DIGITS[:20]:
        large = blown_up(digit)
        paper = 0.8 + random.normal(0, 0.01, large.shape) - 0.5 * large
        found = prepare(Picture(paper[None].astype(np.float32)), NET)
        clean = prepare(Picture(large[None]), NET)
        assert np.abs(found.image - clean.image).mean() < 0.03


@settings(max_examples=30)
@given(st.data())
def test_that_ink_fits_into_20_and_its_centre_of_mass_is_in_the_middle(data) -> None:
    place, picture = st.tuples(st.floats(20, 230), st.floats(20, 230)), blank()
    for _ in range(data.draw(st.integers(1, 4))):
        picture = stroke(picture, data.draw(place), data.draw(place), 10, white=True)
    found = prepare(picture, NET)
    rows, columns = (np.flatnonzero(found.image[0].any(axis=axis)) for axis in (1, 0))
    sides = np.ptp(rows) + 1, np.ptp(columns) + 1
    assert max(sides) <= 20
    assert found.steps[0].box is not None
    top, left, bottom, right = found.steps[0].box
    assert max(found.steps[1].image.shape[1:]) == 20
    aspect = (bottom - top) / (right - left)
    height, width = found.steps[1].image.shape[1:]
    assert height == pytest.approx(width * aspect, abs=max(1, aspect) * 0.5 + 0.01)
    for centre, size, first in zip(
        centre_of_mass(found.image[0]), (height, width), (rows[0], columns[0]), strict=True
    ):
        # As near as whole pixels allow, or against an edge that it must not leave.
        assert abs(centre - 14) <= 0.5 + 1e-6 or first == 0 or first + size == 28


def test_that_nothing_drawn_is_black() -> None:
    assert not prepare(blank(), NET).image.any()
    grey = np.full((1, 30, 40), 0.7, dtype=np.float32)
    assert not prepare(Picture(grey), NET).image.any()
    assert len(prepare(blank(), NET).steps) == 1


@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 1, 90), (3, 400, 3), (3, 1, 1), (1, 512, 512)])
@pytest.mark.parametrize(
    "wanted", [(1, 28, 28), (1, 5, 9), (3, 32, 32), (3, 224, 224), (1, 1, 1), (2, 6, 7)]
)
def test_that_every_shape_leads_to_the_input_s(shape, wanted) -> None:
    image = np.random.default_rng(0).random(shape, dtype=np.float32)
    found = prepare(Picture(image), wanted)
    assert found.image.shape == wanted
    assert found.image.dtype == np.float32
    assert 0 <= found.image.min() <= found.image.max() <= 1
    np.testing.assert_array_equal(found.steps[-1].image[0], found.image[0])


def test_that_three_channels_take_the_middle_and_average_it() -> None:
    image = np.random.default_rng(1).random((3, 64, 100), dtype=np.float32)
    found = prepare(Picture(image), (3, 32, 32))
    middle = image[:, :, 18:82].reshape(3, 32, 2, 32, 2).mean(axis=(2, 4))
    np.testing.assert_allclose(found.image, middle, atol=1e-6)
    assert found.steps[0].box == (0, 18, 64, 82)
    grey = prepare(Picture(image[:1]), (3, 32, 32)).image
    assert grey.shape == (3, 32, 32)
    np.testing.assert_array_equal(grey[0], grey[2])


def test_that_shrinking_is_an_exact_average_and_growing_is_as_pillow_s() -> None:
    from PIL import Image

    image = np.random.default_rng(2).random((37, 53), dtype=np.float32)
    larger = Image.fromarray(image).resize((90, 80), Image.Resampling.BILINEAR)
    np.testing.assert_allclose(resized(image, 80, 90), np.asarray(larger), atol=1e-5)
    # In pixels so small that old and new ones are whole numbers of them.
    fine = np.kron(image, np.ones((20, 11))).reshape(20, 37, 11, 53).mean(axis=(1, 3))
    np.testing.assert_allclose(resized(image, 20, 11), fine, atol=1e-6)
    assert resized(image, 20, 11).mean() == pytest.approx(image.mean(), abs=1e-6)


def test_that_faint_ink_becomes_full_and_noise_of_the_border_is_no_ink() -> None:
    grey = np.full((40, 40), 0.2, dtype=np.float32)
    grey[10:20, 10:20] = 0.4
    ink, dark = ink_of(grey)
    assert not dark
    assert ink.max() == 1
    assert np.count_nonzero(ink) == 100
