"""The worked examples of the lectures, as they lie in the Lab: their numbers, and their results."""

from __future__ import annotations

import numpy as np
import pytest

from cnnviz.core.bench_file import PresetEntry, list_presets, read_preset
from cnnviz.resources import resource

ENTRIES = list_presets(resource("lab"))

DOCUMENTED = {
    "convolution": [[[6, 9, 11], [10, 4, 4], [7, 7, 4]]],
    "another_kernel": [[[12, 12, 17], [10, 17, 19], [9, 6, 14]]],
    "mask": [[[2, 1, 1], [0, 2, 2], [0, 1, 1]]],
    "convolution_stride_2": [[[6, 11], [7, 4]]],
    "bias": [[[8, 8], [10, 6]]],
    "shared_weights": [[[3, 3], [5, 1]]],
    "three_channels": [
        [
            [8, 13, 9, 8, 7],
            [12, 10, 10, 9, 7],
            [8, 9, 3, 4, 6],
            [8, 6, 6, 6, 11],
            [7, 6, 11, 10, 6],
        ]
    ],
    "argmax": [[[3, 3, 1], [0, 3, 2], [1, 0, 0]]],
}
"""What the documents print; a preset cannot be changed together with its own result."""

SIZES = {
    "stride_1": (1, 5, 5),
    "stride_2": (1, 3, 3),
    "stride_3": (1, 2, 2),
    "zero_padding": (1, 7, 7),
    "six_kernels": (6, 4, 4),
    "count_760": (10, 8, 8),
}


@pytest.mark.parametrize("entry", ENTRIES, ids=[entry.key for entry in ENTRIES])
def test_that_the_ledgers_of_a_preset_land_on_its_result(entry: PresetEntry) -> None:
    preset = read_preset(entry.path)
    bench, layer = preset.bench, preset.bench.layer
    output = np.empty(layer.output_shape)
    for element in np.ndindex(output.shape):
        output[element] = layer.operation.ledger(bench.input, bench.parameters, element).result
    if preset.result is not None:
        assert output.tolist() == preset.result.tolist()
    if entry.key in DOCUMENTED:
        assert output.tolist() == DOCUMENTED[entry.key]
    if entry.key in SIZES:
        assert output.shape == SIZES[entry.key]


def test_that_no_documented_preset_is_missing() -> None:
    keys = {entry.key for entry in ENTRIES}
    assert DOCUMENTED.keys() | SIZES.keys() <= keys


@pytest.mark.parametrize(("key", "count"), [("count_300", 300), ("count_760", 760)])
def test_that_a_preset_has_the_lectures_count_of_parameters(key: str, count: int) -> None:
    assert read_preset(resource("lab", f"{key}.toml")).bench.layer.parameter_count == count


def test_that_the_channels_apart_add_up_to_the_three_channels() -> None:
    apart = read_preset(resource("lab", "channels_apart.toml")).result
    assert apart is not None
    assert apart.sum(axis=0).tolist() == DOCUMENTED["three_channels"][0]


def test_that_the_affine_layer_and_both_convolutions_of_it_have_the_same_numbers() -> None:
    results = [
        read_preset(resource("lab", f"{key}.toml")).result
        for key in ("affine", "one_by_one_linear", "full_size_kernel")
    ]
    assert all(
        result is not None and result.reshape(-1).tolist() == [-2, 5, 4] for result in results
    )
