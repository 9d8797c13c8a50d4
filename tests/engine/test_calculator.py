"""torch's results in float64: the ledgers' own, and nothing of torch's state is disturbed."""

from __future__ import annotations

import random

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from cnnviz.core.bench_edits import randomised, with_operation
from cnnviz.core.bench_file import PresetEntry, list_presets, read_preset
from cnnviz.core.operations import OPERATIONS, Conv2d, Dropout
from cnnviz.engine.calculator import apply
from cnnviz.resources import resource
from tests.core.bench_draws import benches, first_bench

ENTRIES = list_presets(resource("lab"))


def ledgers(bench):
    """Every output element, from its ledger."""
    output = np.empty(bench.layer.output_shape)
    for element in np.ndindex(output.shape):
        output[element] = bench.operation.ledger(bench.input, bench.parameters, element).result
    return output


@pytest.mark.parametrize("entry", ENTRIES, ids=[entry.key for entry in ENTRIES])
def test_that_torch_lands_on_a_presets_result(entry: PresetEntry) -> None:
    preset = read_preset(entry.path)
    bench = preset.bench
    output = apply(bench.operation, bench.input, bench.parameters)
    assert output.dtype == np.float64
    if preset.result is not None:
        assert output.tolist() == preset.result.tolist()
    assert np.allclose(output, ledgers(bench), rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize("kind", sorted(OPERATIONS))
def test_that_every_operation_gives_its_ledgers_results(kind: str) -> None:
    bench = with_operation(first_bench(), kind)
    bench = randomised(bench, ["input", *bench.parameters], 5)
    output = apply(bench.operation, bench.input, bench.parameters)
    assert output.shape == bench.layer.output_shape
    assert np.allclose(output, ledgers(bench), rtol=1e-12, atol=1e-12)


@settings(max_examples=100)
@given(benches(), st.integers(0, 2**32))
def test_that_any_bench_gives_its_ledgers_results(bench, seed) -> None:
    output = apply(bench.operation, bench.input, bench.parameters)
    assert output.shape == bench.layer.output_shape
    draw = random.Random(seed)
    for _ in range(5):
        element = tuple(draw.randrange(size) for size in output.shape)
        ledger = bench.operation.ledger(bench.input, bench.parameters, element)
        assert np.isclose(output[element], ledger.result, rtol=1e-9, atol=1e-9, equal_nan=True)


def test_that_a_convolution_is_torchs_in_float64() -> None:
    x, weight = np.random.default_rng(0).normal(size=(2, 5, 6)), np.ones((3, 2, 2, 3)) / 3
    output = apply(Conv2d(2, 3, (2, 3), (2, 1), bias=False), x, {"weight": weight})
    expected = functional.conv2d(torch.tensor(x)[None], torch.tensor(weight), stride=(2, 1))
    assert output.tobytes() == expected[0].numpy().tobytes()


def test_that_a_dropout_keeps_and_scales_what_its_mask_keeps_and_without_one_everything() -> None:
    x, mask = np.array([1.0, 2.0, 3.0]), np.array([1.0, 0.0, 1.0])
    assert apply(Dropout(0.75), x, {"mask": mask}).tolist() == [4.0, 0.0, 12.0]
    assert apply(Dropout(0.75), x, {}).tolist() == [1.0, 2.0, 3.0]


def test_that_torch_is_left_as_it_was() -> None:
    torch.manual_seed(1)
    state, threads = torch.get_rng_state(), torch.get_num_threads()
    for kind in OPERATIONS:
        bench = with_operation(first_bench(), kind)
        apply(bench.operation, bench.input, bench.parameters)
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.get_num_threads() == threads
    assert torch.is_grad_enabled()


def test_that_what_was_given_is_not_written_to() -> None:
    bench = with_operation(first_bench(), "BatchNorm2d")
    before = {name: values.copy() for name, values in bench.parameters.items()}
    output = apply(bench.operation, bench.input, bench.parameters)
    output[:] = 0.0
    assert all(np.array_equal(bench.parameters[name], values) for name, values in before.items())
    assert np.array_equal(bench.input, first_bench().input)
