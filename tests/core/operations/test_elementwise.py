"""What reads one input for each output: ReLU, dropout, flattening; torch is the judge."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnviz.core.operations import Dropout, Element, Flatten, Operation, ReLU, Shape
from cnnviz.core.problem import Problem
from tests.core.operations.geometries import arrays, elements, map_shapes, tensor

MANY = settings(deadline=None, max_examples=2000)
EDGES = [0.0, -0.0, np.nan, np.inf, -np.inf, 5e-324, -5e-324, 1e308, -1e308]
SHAPES = map_shapes() | st.tuples(st.integers(1, 30))
PAIRS = [
    (ReLU(), torch.nn.ReLU()),
    (Dropout(0.4), torch.nn.Dropout(0.4).eval()),
    (Flatten(), torch.nn.Flatten()),
]


@pytest.mark.parametrize(("operation", "module"), PAIRS, ids=lambda value: type(value).__name__)
@MANY
@given(shape=SHAPES, data=st.data())
def test_that_any_element_is_torchs(
    operation: Operation, module: torch.nn.Module, shape: Shape, data: st.DataObject
) -> None:
    x = data.draw(arrays(shape))
    x.flat[: data.draw(st.integers(0, 3))] = data.draw(st.sampled_from(EDGES))
    expected = module(tensor(x))[0].numpy()
    assert operation.output_shape(shape) == expected.shape
    assert operation.parameter_shapes(shape) == {}
    element = data.draw(elements(expected.shape))
    ledger = operation.ledger(x, {}, element)
    np.testing.assert_equal(ledger.result, expected[element])
    np.testing.assert_equal(ledger.operands, [x[tuple(ledger.taps.inputs[0])]])
    for numbers in (ledger.terms, ledger.partials, ledger.subtotals):
        np.testing.assert_equal(numbers, [ledger.result])


@pytest.mark.parametrize(("operation", "module"), PAIRS, ids=lambda value: type(value).__name__)
@MANY
@given(shape=SHAPES, data=st.data())
def test_that_readers_are_the_elements_that_feel_an_input(
    operation: Operation, module: torch.nn.Module, shape: Shape, data: st.DataObject
) -> None:
    position: Element = data.draw(elements(shape))
    touch = np.zeros(shape)
    touch[position] = 1
    felt = module(tensor(touch))[0].numpy() != 0
    laid_out = felt.any(axis=0) if felt.ndim == 3 else felt[None]
    assert np.array_equal(operation.readers(shape, position), laid_out)


@pytest.mark.parametrize("value", [0.0, -0.0, np.nan, np.inf, -np.inf, 5e-324, -5e-324])
@pytest.mark.parametrize("operation", [ReLU(), Dropout(), Flatten()], ids=lambda o: o.kind)
def test_that_values_at_the_edge_come_out_as_in_torch(operation: Operation, value: float) -> None:
    modules = {"ReLU": torch.nn.ReLU(), "Dropout": torch.nn.Dropout().eval()}
    module = modules.get(operation.kind, torch.nn.Flatten())
    # As many as fill a vector register, whose instructions might differ from the plain ones.
    expected = module(torch.full((1, 64), value, dtype=torch.float64))[0, 0].numpy()
    result = np.float64(operation.ledger(np.full(64, value), {}, (0,)).result)
    assert result.tobytes() == expected.tobytes() or np.isnan([result, expected]).all()


@MANY
@given(
    p=st.floats(0, 1, exclude_max=True) | st.sampled_from([0.0, 0.5]),
    seed=st.integers(0, 2**63 - 1),
    shape=SHAPES,
    data=st.data(),
)
def test_that_what_a_mask_leaves_is_what_torch_trains_with(
    p: float, seed: int, shape: Shape, data: st.DataObject
) -> None:
    operation, x = Dropout(p), data.draw(arrays(shape))
    x.flat[: data.draw(st.integers(0, 3))] = data.draw(st.sampled_from(EDGES))
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        expected = torch.nn.Dropout(p)(tensor(x))[0].numpy()
        torch.default_generator.manual_seed(seed)
        mask = (torch.nn.Dropout(p)(torch.ones_like(tensor(x)))[0] != 0).double().numpy()
    element = data.draw(elements(shape))
    ledger = operation.ledger(x, {"mask": mask}, element)
    np.testing.assert_equal(ledger.result, expected[element])
    assert ledger.parts == {"mask": mask[element]}
    assert ledger.divisor == 1 - p
    np.testing.assert_equal(ledger.terms, [ledger.result])
    np.testing.assert_equal(ledger.operands, [x[element]])


@pytest.mark.parametrize("p", [-0.1, 1.0, 1.5, float("nan")])
def test_that_a_dropout_which_leaves_nothing_is_refused(p: float) -> None:
    # torch takes p = 1, but what is behind it could never learn.
    with pytest.raises(Problem, match="is not a share from 0 to below 1"):
        Dropout(p)
