"""What can lie on a bench, and the sentence that everything else gets."""

from __future__ import annotations

import numpy as np
import pytest

from cnnviz.core.bench import Bench, check_operation
from cnnviz.core.bench_edits import with_cell
from cnnviz.core.operations import Conv2d, Dropout, Linear, Operation, ReLU, Shape
from cnnviz.core.operations.batch_norm import BatchNorm2d
from cnnviz.core.operations.transposed_convolution import ConvTranspose2d
from cnnviz.core.problem import Problem
from tests.core.bench_draws import first_bench


@pytest.mark.parametrize(
    ("operation", "shape", "words"),
    [
        (ReLU(), (5, 3, 3), "4 × 16 × 16"),
        (ReLU(), (1, 17, 3), "1 × 17 × 3"),
        (ReLU(), (0, 3, 3), "0 × 3 × 3"),
        (ReLU(), (65,), "vector of 65"),
        (ReLU(), (3, 3), "vector"),
        (Conv2d(1, 97, (3, 3)), (1, 5, 5), "out_channels: 97 was given, in the Lab at most 96"),
        (Conv2d(1, 1, (3, 3), padding=(17, 0)), (1, 5, 5), "padding: 17 was given"),
        (Conv2d(1, 1, (6, 3)), (1, 5, 5), "spans 6 positions"),
        (Conv2d(2, 1, (3, 3)), (1, 5, 5), "in_channels: 2 was given"),
        (Linear(64, 65), (64,), "out_features: 65 was given"),
        (ConvTranspose2d(1, 1, (3, 3), (9, 9)), (1, 9, 9), "75 rows and 75 columns, at most 64"),
    ],
)
def test_that_what_is_too_large_or_does_not_fit_is_refused(
    operation: Operation, shape: Shape, words: str
) -> None:
    with pytest.raises(Problem) as refused:
        check_operation(operation, shape)
    assert words in str(refused.value)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1_000_001.0, -2e6])
@pytest.mark.parametrize("part", ["input", "weight", "bias"])
def test_that_only_finite_numbers_up_to_a_million_lie_on_a_bench(part: str, value: float) -> None:
    bench = first_bench()
    with pytest.raises(Problem, match=f"^{part}: "):
        with_cell(bench, part, (0,) * bench.part(part).ndim, value)
    arrays = {name: values.copy() for name, values in bench.parameters.items()}
    laid_out = bench.input.copy()
    (laid_out if part == "input" else arrays[part]).flat[0] = value
    with pytest.raises(Problem, match=f"^{part}: "):
        Bench(bench.operation, laid_out, arrays)


def test_that_parameters_have_torchs_names_and_shapes() -> None:
    bench = first_bench()
    with pytest.raises(Problem, match="bias: this key is missing"):
        Bench(bench.operation, bench.input, {"weight": bench.parameters["weight"]})
    with pytest.raises(Problem, match="weight: numbers of shape 3 × 3 were given"):
        Bench(bench.operation, bench.input, {"weight": np.ones((3, 3)), "bias": np.zeros(1)})
    with pytest.raises(Problem, match="there is no mask"):
        Bench(bench.operation, bench.input, {**bench.parameters, "mask": bench.input})


def test_that_a_mask_holds_0_and_1_and_no_variance_is_negative() -> None:
    with pytest.raises(Problem, match="mask: 1 keeps"):
        Bench(Dropout(), np.ones((1, 2, 2)), {"mask": np.full((1, 2, 2), 0.5)})
    arrays = {name: np.ones(1) for name in ("weight", "bias", "running_mean", "running_var")}
    assert Bench(BatchNorm2d(1), np.ones((1, 2, 2)), arrays).parameters["running_var"] == [1.0]
    with pytest.raises(Problem, match="variance"):
        Bench(BatchNorm2d(1), np.ones((1, 2, 2)), arrays | {"running_var": -np.ones(1)})


def test_that_nothing_on_a_bench_can_be_written_to() -> None:
    given = np.zeros((1, 3, 3))
    bench = Bench(ReLU(), given, {})
    given[0, 0, 0] = 7.0
    assert bench.input[0, 0, 0] == 0.0
    with pytest.raises(ValueError, match="read-only"):
        bench.input[0, 0, 0] = 1.0


def test_that_the_network_is_the_same_object_while_only_numbers_change() -> None:
    bench = first_bench()
    assert with_cell(bench, "weight", (0, 0, 1, 1), 5.0).network is bench.network
    assert bench.layer.output_shape == (1, 3, 3)
