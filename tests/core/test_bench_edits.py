"""Edits of a bench: what is kept, what follows, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnviz.core.bench import INPUT, Bench, check_operation
from cnnviz.core.bench_edits import (
    cleared,
    equivalent,
    randomised,
    with_block,
    with_cell,
    with_field,
    with_input_shape,
    with_mask,
    with_operation,
)
from cnnviz.core.operations import OPERATIONS, Conv2d, Dropout, Linear, MaxPool2d
from cnnviz.core.operations.average_pooling import AvgPool2d
from cnnviz.core.operations.transposed_convolution import ConvTranspose2d
from cnnviz.core.problem import Problem
from tests.core.bench_draws import benches, changed, first_bench


def test_that_a_cell_changes_and_nothing_else_does() -> None:
    bench = first_bench()
    other = with_cell(bench, "input", (0, 2, 3), -4.5)
    assert other.input[0, 2, 3] == -4.5
    assert np.count_nonzero(other.input != bench.input) == 1
    assert other.parameters["weight"] is bench.parameters["weight"]
    assert bench.input[0, 2, 3] == 13.0


def test_that_the_same_number_again_is_no_edit() -> None:
    bench = first_bench()
    assert with_cell(bench, "input", (0, 0, 3), 3.0) is bench
    assert with_block(bench, "weight", (0, 0, 0, 0), np.ones((3, 3))) is bench
    assert with_field(bench, "stride", 1) is bench
    assert with_input_shape(bench, (1, 5, 5)) is bench


@pytest.mark.parametrize(
    ("part", "index"), [("input", (0, 5, 0)), ("input", (0, -1, 0)), ("weight", (0, 0)), ("x", ())]
)
def test_that_a_cell_that_does_not_exist_is_refused(part: str, index: tuple[int, ...]) -> None:
    with pytest.raises(Problem, match="there is no"):
        with_cell(first_bench(), part, index, 1.0)


def test_that_a_block_is_clipped_at_the_border() -> None:
    bench = with_block(
        first_bench(), "input", (0, 3, 4), np.array([[100, 101], [102, 103], [4, 5]])
    )
    assert bench.input[0, 3:, 4].tolist() == [100, 102]
    assert np.array_equal(bench.input[0, :, :4], first_bench().input[0, :, :4])


def test_that_a_row_or_a_column_is_laid_along_a_vector() -> None:
    bench = with_operation(first_bench(), "Linear")
    for block in (np.array([7.0, 8.0]), np.array([[7.0], [8.0]])):
        assert with_block(bench, "bias", (1,), block).parameters["bias"].tolist()[1:] == [7, 8]
    changed = with_block(bench, "weight", (1, 23), np.array([[1, 2, 3], [4, 5, 6]]))
    assert changed.parameters["weight"][1:, 23:].tolist() == [[1, 2], [4, 5]]


def test_that_another_size_keeps_what_overlaps() -> None:
    bench = with_input_shape(first_bench(), (2, 6, 4))
    assert np.array_equal(bench.input[0, :5, :4], first_bench().input[0, :, :4])
    assert not bench.input[0, 5].any()
    assert not bench.input[1].any()
    assert bench.operation == Conv2d(2, 1, (3, 3))
    assert bench.parameters["weight"].shape == (1, 2, 3, 3)
    assert bench.parameters["weight"][0, 0].all()
    assert not bench.parameters["weight"][0, 1].any()


def test_that_a_field_resizes_the_weight_and_keeps_what_overlaps() -> None:
    bench = with_field(first_bench(), "kernel_size", 2, axis=1)
    assert bench.operation == Conv2d(1, 1, (3, 2))
    assert bench.parameters["weight"].tolist() == [[[[1, 1]] * 3]]
    assert with_field(bench, "bias", False).parameters.keys() == {"weight"}
    more = with_field(bench, "out_channels", 3)
    assert more.parameters["bias"].tolist() == [0, 0, 0]
    assert not more.parameters["weight"][1:].any()


def test_that_one_number_sets_both_axes_and_an_axis_one() -> None:
    bench = with_field(first_bench(), "stride", 2)
    assert bench.operation == Conv2d(1, 1, (3, 3), (2, 2))
    assert with_field(bench, "stride", 3, axis=0).operation == Conv2d(1, 1, (3, 3), (3, 2))
    assert with_field(bench, "height", 7).input.shape == (1, 7, 5)


def test_that_an_axis_of_a_padding_in_words_starts_from_what_the_word_means() -> None:
    bench = with_field(first_bench(), "padding", "same")
    assert bench.layer.output_shape == (1, 5, 5)
    assert with_field(bench, "padding", 0, axis=0).operation == Conv2d(1, 1, (3, 3), padding=(0, 1))


def test_that_a_pooling_stride_is_the_kernels_until_it_is_given_and_can_be_left_out_again() -> None:
    bench = with_operation(first_bench(), "MaxPool2d")
    assert bench.operation == MaxPool2d((2, 2))
    bench = with_field(bench, "stride", 1, axis=0)
    assert bench.operation == MaxPool2d((2, 2), (1, 2))
    assert with_field(bench, "stride", None).operation == MaxPool2d((2, 2))


@pytest.mark.parametrize(
    ("name", "value", "axis", "words"),
    [
        ("in_channels", 2, None, "there is no in_channels"),
        ("colour", 2, None, "there is no colour"),
        ("features", 2, None, "there is no features"),
        ("groups", 2, None, "groups: 2 does not divide"),
        ("groups", 1, 0, "has one number"),
        ("kernel_size", 6, 0, "6 positions"),
        ("kernel_size", "3", None, '"3" was given'),
        ("kernel_size", None, None, "was given"),
        ("kernel_size", (1, 2, 3), None, "was given"),
        ("bias", 1, None, "true or false"),
        ("width", 2.5, None, "whole number"),
        ("padding", "some", None, "some"),
    ],
)
def test_that_a_value_that_cannot_be_is_refused(name, value, axis, words) -> None:
    with pytest.raises(Problem) as refused:
        with_field(first_bench(), name, value, axis)
    assert words in str(refused.value)


def test_that_convolutions_take_over_what_was_given_and_keep_their_kernel() -> None:
    bench = with_field(first_bench(), "stride", 2)
    transposed = with_operation(bench, "ConvTranspose2d")
    assert transposed.operation == ConvTranspose2d(1, 1, (3, 3), (2, 2))
    assert transposed.parameters["weight"].all()
    assert with_operation(transposed, "Conv2d").operation == bench.operation


def test_that_poolings_take_over_what_was_given() -> None:
    bench = with_field(with_operation(first_bench(), "MaxPool2d"), "kernel_size", 3)
    assert with_operation(bench, "AvgPool2d").operation == AvgPool2d((3, 3))


def test_that_maps_become_a_vector_and_a_vector_a_map_where_the_operation_needs_it() -> None:
    linear = with_operation(first_bench(), "Linear")
    assert linear.operation == Linear(25, 3)
    assert np.array_equal(linear.input, first_bench().input.reshape(-1))
    assert linear.parameters["weight"].any()
    again = with_operation(linear, "Conv2d")
    assert np.array_equal(again.input, first_bench().input)


@pytest.mark.parametrize("kind", sorted(OPERATIONS))
@pytest.mark.parametrize("shape", [(1, 1, 1), (4, 16, 16), (3, 1, 5), (1, 2, 2)])
def test_that_every_operation_can_be_chosen_for_every_input(kind: str, shape) -> None:
    start = Bench(Dropout(), np.ones(shape), {})
    chosen = with_operation(start, kind)
    assert chosen.operation.kind == kind
    check_operation(chosen.operation, chosen.input.shape)
    vector = Bench(Dropout(), np.ones(7), {})
    assert with_operation(vector, kind).operation.kind == kind


def test_that_random_numbers_are_small_whole_ones_and_the_same_for_a_seed() -> None:
    bench = randomised(first_bench(), ["input", "weight", "bias"], 3)
    assert set(np.unique(bench.input)) <= set(range(10))
    assert set(np.unique(bench.parameters["weight"])) <= set(range(-3, 4))
    again = randomised(first_bench(), ["input", "weight", "bias"], 3)
    assert np.array_equal(bench.input, again.input)
    assert not np.array_equal(bench.input, randomised(bench, ["input"], 4).input)


def test_that_a_cleared_bench_is_zero_but_for_a_variance() -> None:
    bench = with_operation(first_bench(), "BatchNorm2d")
    bench = cleared(bench, [INPUT, *bench.parameters])
    assert not bench.input.any()
    assert bench.parameters["running_var"].all()
    assert not bench.parameters["running_mean"].any()


def test_that_a_dropout_gets_a_mask_and_loses_it_again() -> None:
    bench = with_field(Bench(Dropout(), np.ones((4, 16, 16)), {}), "p", 0.75)
    masked = with_mask(bench, 0)
    assert 0.2 < masked.parameters["mask"].mean() < 0.3
    assert with_input_shape(masked, (4, 16, 15)).parameters["mask"].shape == (4, 16, 15)
    assert not with_mask(masked, None).parameters
    with pytest.raises(Problem, match="there is no mask"):
        with_mask(first_bench(), 0)


@pytest.mark.parametrize("features", [1, 4, 25, 64])
def test_that_a_linear_layer_becomes_a_convolution_and_back(features: int) -> None:
    start = Bench(Dropout(), np.arange(float(features)), {})
    linear = with_operation(start, "Linear")
    convolution = equivalent(linear)
    assert isinstance(convolution.operation, Conv2d)
    assert convolution.layer.output_shape == (3, 1, 1)
    again = equivalent(convolution)
    assert np.array_equal(again.input, linear.input)
    assert np.array_equal(again.parameters["weight"], linear.parameters["weight"])
    assert again.layer.operation == Linear(features, 3, fold=convolution.input.shape)
    assert equivalent(again).operation == convolution.operation
    fewer = with_input_shape(again, (3,))
    assert equivalent(fewer).operation == Conv2d(3, 3, (1, 1))


def test_that_what_has_no_equivalent_in_the_lab_is_refused() -> None:
    long = with_operation(Bench(Dropout(), np.ones(61), {}), "Linear")
    with pytest.raises(Problem, match="in_channels: 61 was given, in the Lab at most 4"):
        equivalent(long)
    with pytest.raises(Problem, match="covers its whole input"):
        equivalent(first_bench())
    with pytest.raises(Problem, match="Only a Linear or a Conv2d"):
        equivalent(Bench(Dropout(), np.ones(3), {}))


@settings(max_examples=100)
@given(benches(), st.data())
def test_that_legal_edits_one_after_the_other_lead_to_benches_that_hold_together(
    bench, data
) -> None:
    for _ in range(4):
        bench = changed(data.draw, bench)
        kind = data.draw(st.sampled_from(sorted(OPERATIONS)))
        bench = with_operation(bench, kind)
        assert bench.layer.output_shape == check_operation(bench.operation, bench.input.shape)
