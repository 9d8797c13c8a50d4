"""Memory and products, counted from shapes."""

from __future__ import annotations

from cnnviz.core.memory import image_bytes, image_products, training_bytes, weight_bytes
from tests.networks import bundled


def test_that_training_keeps_four_numbers_of_each_parameter() -> None:
    vgg = bundled("vgg16")
    assert weight_bytes(vgg) == 138_357_544 * 4
    assert training_bytes(vgg) == 138_357_544 * 16


def test_that_an_image_takes_all_outputs_and_three_of_the_largest() -> None:
    largest = 64 * 224 * 224
    outputs = 28_702_160  # of all 41 layers
    vgg = bundled("vgg16")
    assert image_bytes(vgg) == 4 * (3 * 224 * 224 + outputs + 3 * largest)


def test_that_an_image_takes_the_published_products() -> None:
    assert image_products(bundled("alexnet")) == 714_188_480
    assert image_products(bundled("vgg16")) == 15_470_264_320
