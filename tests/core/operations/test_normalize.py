"""Normalize, with torchvision as the judge, and read from and written to descriptions."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnviz.core.bench_edits import with_operation
from cnnviz.core.bench_fields import fields
from cnnviz.core.network import build_network
from cnnviz.core.network_file import network_from_text, write_network
from cnnviz.core.operations import Flatten, Linear, Softmax
from cnnviz.core.operations.normalize import Normalize
from cnnviz.core.problem import Problem
from cnnviz.engine.build import module_of
from tests.core.bench_draws import first_bench

NUMBERS = st.floats(-3, 3)
DEVIATIONS = st.floats(0.05, 4)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Normalize, torch.Tensor]:
    """An operation, with one number for all channels or one for each, and a batch."""
    batch, channels, rows, columns = (draw(st.integers(1, 4)) for _ in range(4))
    count = draw(st.sampled_from([1, channels]))
    mean = tuple(draw(st.lists(NUMBERS, min_size=count, max_size=count)))
    std = tuple(draw(st.lists(DEVIATIONS, min_size=count, max_size=count)))
    x = torch.manual_seed(draw(st.integers(0, 1000)))
    return Normalize(mean, std), torch.randn(batch, channels, rows, columns, generator=x)


@settings(deadline=None, max_examples=200)
@given(case=cases())
def test_that_module_and_ledger_give_torchvisions_numbers(
    case: tuple[Normalize, torch.Tensor],
) -> None:
    from torchvision import transforms

    operation, x = case
    theirs = transforms.Normalize(operation.mean, operation.std)
    assert torch.equal(module_of(operation)(x), theirs(x))
    wide = x.double()
    expected = theirs(wide)[0].numpy()
    image = wide[0].numpy()
    for element in np.ndindex(image.shape):
        assert operation.ledger(image, {}, element).result == expected[element]


def test_that_it_learns_nothing_and_keeps_nothing_that_a_state_dict_would_have() -> None:
    module = module_of(Normalize((0.1, 0.2), (0.5, 0.6)))
    x = torch.rand(5, 2, 3, 3)
    before = module(x)
    module.train()
    assert torch.equal(module(x), before)
    assert not module.state_dict()
    assert Normalize().parameter_shapes((3, 4, 4)) == {}


@pytest.mark.parametrize(
    ("mean", "std", "said"),
    [
        ((0.5, 0.5), (0.5,), "2 and 1 numbers were given"),
        ((), (), "0 and 0 numbers were given"),
        ((0.5,), (0.0,), "std: 0.0 is not above 0"),
        ((float("inf"),), (1.0,), "mean: inf is not a finite number"),
    ],
)
def test_that_numbers_that_cannot_be_meant_are_refused(
    mean: tuple[float, ...], std: tuple[float, ...], said: str
) -> None:
    with pytest.raises(Problem, match=said):
        Normalize(mean, std)


def test_that_maps_of_another_count_are_refused() -> None:
    with pytest.raises(Problem, match="mean: 3 was given, but the layer before it puts out 1"):
        Normalize((0.1, 0.2, 0.3), (1.0, 1.0, 1.0)).output_shape((1, 4, 4))


@pytest.mark.parametrize("count", [1, 2, 3])
def test_that_a_description_has_its_numbers_as_lists(count: int) -> None:
    operation = Normalize((0.25,) * count, (2.0,) * count)  # two alike are no pair
    layers = (operation, Flatten(), Linear(4 * count, 2), Softmax())
    network = build_network("n", "N", (count, 2, 2), layers)
    again = network_from_text("n", write_network(network))
    assert again.layers == network.layers


def test_that_a_text_among_the_numbers_is_refused() -> None:
    text = 'title = "N"\ninput = [1, 2, 2]\n[[layers]]\ntype = "Normalize"\nmean = ["x"]\n'
    with pytest.raises(Problem, match=r"mean: .* expected is a number, or a list of one"):
        network_from_text("n", text)


def test_that_the_lab_takes_it_for_any_number_of_channels() -> None:
    bench = with_operation(first_bench(), "Normalize")
    assert {field.name for field in fields(bench)} == {"channels", "height", "width"}
    assert all(len(field.legal) > 1 for field in fields(bench))
