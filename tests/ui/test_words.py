"""What is said of a layer in one line."""

from __future__ import annotations

import pytest

from cnnviz.core.operations import Conv2d, Flatten, MaxPool2d, Operation, Softmax
from cnnviz.core.operations.transposed_convolution import ConvTranspose2d
from cnnviz.ui.words import geometry
from tests.core.scenes.networks import network_of


@pytest.mark.parametrize(
    ("operation", "text"),
    [
        (Conv2d(1, 1, (3, 3)), "3×3, stride 1"),
        (Conv2d(1, 1, (3, 3), padding=(1, 1)), "3×3, stride 1, padding 1"),
        (Conv2d(1, 1, (3, 3), padding=(0, 2)), "3×3, stride 1, padding 0×2"),
        (Conv2d(1, 1, (3, 3), padding="valid"), "3×3, stride 1"),
        (Conv2d(1, 1, (4, 2), padding="same"), "4×2, stride 1, padding same"),
        (Conv2d(1, 1, (1, 2), padding="same"), "1×2, stride 1, padding same"),
        (Conv2d(1, 1, (1, 1), padding="same"), "1×1, stride 1"),
        (
            Conv2d(1, 1, (3, 3), (2, 2), (1, 1), (2, 2), padding_mode="reflect"),
            "3×3, stride 2, padding 1 reflect, dilation 2",
        ),
        (
            Conv2d(1, 1, (3, 3), padding="same", padding_mode="circular"),
            "3×3, stride 1, padding same circular",
        ),
        (Conv2d(1, 1, (3, 3), padding_mode="replicate"), "3×3, stride 1"),
        (MaxPool2d((3, 3), padding=(1, 1)), "3×3, stride 3, padding 1"),
        (Conv2d(1, 1, (3, 3), flipped=True), "3×3, stride 1, flipped kernel"),
        (ConvTranspose2d(1, 1, (3, 3)), "3×3, stride 1"),
        (
            ConvTranspose2d(1, 1, (3, 2), (2, 1), (1, 0), (1, 0), dilation=(2, 2)),
            "3×2, stride 2×1, padding 1×0, output padding 1×0, dilation 2",
        ),
    ],
)
def test_that_padding_is_said_where_there_is_some(operation: Operation, text: str) -> None:
    network = network_of((operation, Flatten(), Softmax()))
    assert geometry(network.layers[0]) == text
