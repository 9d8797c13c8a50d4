"""Batch norm, evaluated with and without running statistics, with torch as the judge."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from cnnviz.core.operations import Parameters, Shape
from cnnviz.core.operations.base import buffer_shapes
from cnnviz.core.operations.batch_norm import BatchNorm2d
from cnnviz.core.problem import Problem
from cnnviz.engine.build import module_of
from tests.core.operations.geometries import arrays, elements, map_shapes, tensor

MANY = settings(deadline=None, max_examples=2000)


@st.composite
def batch_norms(draw: st.DrawFn) -> tuple[BatchNorm2d, Shape]:
    """Any legal batch norm of a small input."""
    shape = draw(map_shapes())
    tracks = draw(st.booleans()) or shape[1:] == (1, 1)
    operation = BatchNorm2d(
        num_features=shape[0],
        eps=draw(st.sampled_from([1e-5, 1e-12, 0.5, 3.0]) | st.floats(1e-8, 10)),
        momentum=draw(st.none() | st.floats(0, 1)),
        affine=draw(st.booleans()),
        track_running_stats=tracks,
    )
    return operation, shape


def drawn(operation: BatchNorm2d, shape: Shape, seed: int) -> Parameters:
    random = np.random.default_rng(seed)
    sizes = operation.parameter_shapes(shape) | buffer_shapes(operation, shape)
    values = {name: random.normal(size=size) for name, size in sizes.items()}
    if "running_var" in values:
        values["running_var"] = values["running_var"] ** 2
    return values


def torchs(operation: BatchNorm2d, x: np.ndarray, parameters: Parameters) -> np.ndarray:
    module = module_of(operation).double().eval()
    module.load_state_dict(
        {name: torch.tensor(values) for name, values in parameters.items()}, strict=False
    )
    with torch.no_grad():
        output: np.ndarray = module(tensor(x))[0].numpy()
    return output


@MANY
@given(drawing=batch_norms(), seed=st.integers(0, 2**32), data=st.data())
def test_that_any_element_is_torchs(
    drawing: tuple[BatchNorm2d, Shape], seed: int, data: st.DataObject
) -> None:
    operation, shape = drawing
    x, parameters = data.draw(arrays(shape)), drawn(operation, shape, seed)
    expected = torchs(operation, x, parameters)
    assert operation.output_shape(shape) == expected.shape
    element = data.draw(elements(shape))
    ledger = operation.ledger(x, parameters, element)
    parts, channel = ledger.parts, element[0]
    # x − mean cancels where both are large, in torch in another order: relative to what cancels.
    size = (abs(parts["value"]) + abs(parts["mean"])) / parts["deviation"] * abs(parts["weight"])
    # Without running statistics the variance itself is a sum whose mean was rounded.
    assert abs(ledger.result - expected[element]) <= 1e-11 * (size + abs(ledger.bias or 0.0))

    normalised = (parts["value"] - parts["mean"]) / parts["deviation"]
    assert parts["normalised"] == normalised
    assert parts["deviation"] == np.sqrt(parts["variance"] + operation.eps)
    assert ledger.result == normalised * parts["weight"] + (ledger.bias or 0.0)
    assert (ledger.bias is not None) == operation.affine
    if operation.track_running_stats:
        assert ledger.operands.tolist() == [x[element]]
        assert parts["mean"] == parameters["running_mean"][channel]
        assert parts["variance"] == parameters["running_var"][channel]
    else:
        assert ledger.operands.tolist() == x[channel].reshape(-1).tolist()
        assert parts["mean"] == pytest.approx(x[channel].mean(), rel=1e-12, abs=1e-12 * size + 1e-9)
        assert parts["variance"] == ledger.partials[-1] / x[channel].size
        assert np.array_equal(ledger.partials, np.cumsum(ledger.terms))
        assert len(ledger.subtotals) == shape[1]


@MANY
@given(drawing=batch_norms(), data=st.data())
def test_that_readers_are_the_elements_that_feel_an_input(
    drawing: tuple[BatchNorm2d, Shape], data: st.DataObject
) -> None:
    operation, shape = drawing
    position = data.draw(elements(shape))
    readers = operation.readers(shape, position)
    assert readers.shape == shape[1:]
    read = {
        element[1:]
        for element in np.ndindex(shape)
        if (operation.taps(shape, element).inputs == position).all(axis=1).any()
    }
    assert set(zip(*(i.tolist() for i in np.nonzero(readers)), strict=True)) == read


@MANY
@given(
    features=st.integers(-2, 3),
    eps=st.sampled_from([0.0, -1e-5, 1e-5, float("nan"), float("inf")]) | st.floats(-1, 1),
    momentum=st.none() | st.floats(-0.5, 1.5) | st.just(float("nan")),
    tracks=st.booleans(),
    shape=map_shapes(largest=2) | st.tuples(st.integers(1, 4)),
)
def test_that_what_torch_refuses_is_refused_in_a_sentence(
    features: int, eps: float, momentum: float | None, tracks: bool, shape: Shape
) -> None:
    try:
        operation = BatchNorm2d(features, eps, momentum, track_running_stats=tracks)
        operation.output_shape(shape)
    except Problem as problem:
        refused = str(problem)
        assert re.search(r"needed|usual is|not a finite number|was given|needs maps", refused)
        return
    assert shape[0] == features
    module = nn.BatchNorm2d(features, eps, momentum, track_running_stats=tracks)
    for part in (module.eval(), module.train()):
        if part.training and shape[1:] == (1, 1):
            continue  # a batch of one alone; two would be taken
        part(torch.zeros(1, *shape))


@pytest.mark.parametrize(
    ("operation", "shape", "sentence"),
    [
        (
            BatchNorm2d(3),
            (2, 4, 4),
            "num_features: 3 was given, but .* puts out 2",
        ),
        (BatchNorm2d(3), (3,), "needs maps"),
        (BatchNorm2d(2, track_running_stats=False), (2, 1, 1), "at least two values a map"),
    ],
)
def test_that_an_input_which_does_not_fit_is_refused(
    operation: BatchNorm2d, shape: Shape, sentence: str
) -> None:
    with pytest.raises(Problem, match=sentence):
        operation.output_shape(shape)
    module, x = module_of(operation).eval(), torch.zeros(1, *shape)
    with pytest.raises((ValueError, RuntimeError)):
        module(x)


def test_that_maps_which_are_all_alike_become_the_bias() -> None:
    operation = BatchNorm2d(1, track_running_stats=False)
    parameters = {"weight": np.array([2.0]), "bias": np.array([0.5])}
    assert operation.ledger(np.full((1, 3, 3), 7.0), parameters, (0, 1, 1)).result == 0.5


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("tracks", [True, False])
def test_that_what_a_diverged_network_gives_is_what_torch_gives(value: float, tracks: bool) -> None:
    operation = BatchNorm2d(1, track_running_stats=tracks)
    x = np.array([[[value, 1.0, 2.0]]])
    parameters = drawn(operation, x.shape, 0)
    results = [operation.ledger(x, parameters, (0, 0, i)).result for i in range(3)]
    expected = torchs(operation, x, parameters)[0, 0]
    np.testing.assert_allclose(results, expected, rtol=1e-12)
