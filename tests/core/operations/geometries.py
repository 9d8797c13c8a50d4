"""What the operations' tests draw, and how they compare sums."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from hypothesis import assume, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from cnnviz.core.operations import Conv2d, Element, Ledger, MaxPool2d, Operation, Shape
from cnnviz.core.operations.sliding import PADDING_MODES
from cnnviz.core.operations.transposed_convolution import ConvTranspose2d
from cnnviz.core.problem import Problem

LAWS = settings(deadline=None, max_examples=200)
"""No deadline: the first call into torch takes longer than all the others together."""

MANY = settings(LAWS, max_examples=2000)
"""For what is compared with torch."""


def pairs(smallest: int, largest: int) -> st.SearchStrategy[tuple[int, int]]:
    """Two numbers, for height and width apart."""
    return st.tuples(st.integers(smallest, largest), st.integers(smallest, largest))


def arrays(shape: Shape) -> st.SearchStrategy[NDArray[np.float64]]:
    """Normal numbers of a drawn size; a seed is drawn, for 10³ single floats would be slow."""
    return st.builds(
        lambda seed, size: np.random.default_rng(seed).normal(scale=10.0**size, size=shape),
        st.integers(0, 2**32),
        st.integers(-3, 3),
    )


def elements(shape: Shape) -> st.SearchStrategy[Element]:
    """A place in an array of this shape."""
    return st.tuples(*(st.integers(0, size - 1) for size in shape))


@st.composite
def map_shapes(draw: st.DrawFn, channels: int | None = None, largest: int = 9) -> Shape:
    count = draw(st.integers(1, 4)) if channels is None else channels
    return (count, draw(st.integers(1, largest)), draw(st.integers(1, largest)))


@dataclass(frozen=True)
class Convolution:
    """A convolution, and the shape of an input that it takes."""

    operation: Conv2d
    shape: Shape


def paddings(mode: str, shape: Shape) -> st.SearchStrategy[tuple[int, int]]:
    """Paddings in numbers, of height and width, that a mode can fill from maps of this shape."""
    less = {"reflect": 1, "circular": 0}.get(mode)
    most = [4 if less is None else min(4, size - less) for size in shape[1:]]
    return st.tuples(*(st.integers(0, size) for size in most))


@st.composite
def convolutions(draw: st.DrawFn) -> Convolution:
    """Any legal convolution of a small input."""
    groups = draw(st.integers(1, 3))
    inputs, outputs = groups * draw(st.integers(1, 3)), groups * draw(st.integers(1, 3))
    shape = draw(map_shapes(channels=inputs))
    mode = draw(st.sampled_from(PADDING_MODES))
    padding = draw(st.sampled_from(["valid", "same"]) | paddings(mode, shape))
    operation = Conv2d(
        in_channels=inputs,
        out_channels=outputs,
        kernel_size=draw(pairs(1, 4)),
        stride=(1, 1) if padding == "same" else draw(pairs(1, 4)),
        padding=padding,
        dilation=draw(pairs(1, 3)),
        groups=groups,
        bias=draw(st.booleans()),
        padding_mode=mode,
        flipped=draw(st.booleans()),
    )
    assume(fits(operation, shape))
    return Convolution(operation, shape)


@st.composite
def transposed_convolutions(draw: st.DrawFn) -> tuple[ConvTranspose2d, Shape]:
    """Any legal transposed convolution of a small input."""
    groups = draw(st.integers(1, 3))
    inputs, outputs = groups * draw(st.integers(1, 3)), groups * draw(st.integers(1, 3))
    stride, dilation = draw(pairs(1, 4)), draw(pairs(1, 3))
    more = [max(both) - 1 for both in zip(stride, dilation, strict=True)]
    operation = ConvTranspose2d(
        in_channels=inputs,
        out_channels=outputs,
        kernel_size=draw(pairs(1, 4)),
        stride=stride,
        padding=draw(pairs(0, 4)),
        output_padding=(draw(st.integers(0, more[0])), draw(st.integers(0, more[1]))),
        groups=groups,
        bias=draw(st.booleans()),
        dilation=dilation,
    )
    shape = draw(map_shapes(channels=inputs, largest=6))
    assume(fits(operation, shape))
    return operation, shape


@st.composite
def poolings(draw: st.DrawFn) -> tuple[MaxPool2d, Shape]:
    """Any legal max pooling of a small input."""
    kernel = draw(pairs(1, 4))
    operation = MaxPool2d(
        kernel_size=kernel,
        stride=draw(st.none() | pairs(1, 4)),
        padding=(draw(st.integers(0, kernel[0] // 2)), draw(st.integers(0, kernel[1] // 2))),
        dilation=draw(pairs(1, 3)),
        ceil_mode=draw(st.booleans()),
    )
    shape = draw(map_shapes())
    assume(fits(operation, shape))
    return operation, shape


def fits(operation: Operation, shape: Shape) -> bool:
    try:
        operation.output_shape(shape)
    except Problem:
        return False
    return True


def tensor(values: NDArray[Any]) -> torch.Tensor:
    """As a batch of one."""
    return torch.from_numpy(values)[None]


def assert_is_sum(ledger: Ledger, expected: float) -> None:
    """The result is torch's, to 1e-12 of the sum of |terms|.

    Not of the result: adding n numbers in another order moves the sum by up to n·2⁻⁵³·Σ|terms|
    (Higham 2002, Accuracy and Stability of Numerical Algorithms, section 4.2), and where the terms
    cancel, the sum itself can be as small as one likes.
    """
    size = float(np.abs(ledger.terms).sum()) + abs(ledger.bias or 0.0)
    assert abs(ledger.result - expected) <= 1e-12 * size


def assert_adds_up(ledger: Ledger) -> None:
    """Products, partial sums, subtotals and bias of a sum lead to its result."""
    assert ledger.weights is not None
    assert np.array_equal(ledger.terms, ledger.operands * ledger.weights)
    assert np.array_equal(ledger.partials, np.cumsum(ledger.terms))
    assert ledger.partials[-1] + (ledger.bias or 0.0) == ledger.result
    groups = len(ledger.taps.channels)
    assert len(ledger.subtotals) == groups
    assert ledger.taps.count == groups * ledger.taps.group_size
    size = float(np.abs(ledger.terms).sum()) + abs(ledger.bias or 0.0)
    total = float(ledger.subtotals.sum()) + (ledger.bias or 0.0)
    assert abs(total - ledger.result) <= 1e-12 * size


def torchs_shape(make: Callable[[], torch.Tensor]) -> Shape | None:
    """The shape of what torch makes, without the batch axis; None if it refuses."""
    try:
        return tuple(make().shape[1:])
    except (RuntimeError, ValueError):
        return None


def assert_refuses_as_torch(
    kind: Callable[..., Operation], fields: dict[str, Any], shape: Shape, torchs: Shape | None
) -> None:
    """What torch refuses is refused, and nothing else; what is named as possible is possible.

    ``torchs`` is the shape that torch makes of the fields, or None.
    """
    try:
        found = kind(**fields).output_shape(shape)
    except Problem as problem:
        assert torchs is None, problem
        for _ in range(30):
            fields = followed(fields, problem)
            try:
                kind(**fields).output_shape(shape)
            except Problem as other:
                problem = other
            else:
                return
        raise AssertionError(f"following the sentences leads nowhere: {problem}") from None
    assert found == torchs


def followed(fields: dict[str, Any], problem: Problem) -> dict[str, Any]:
    """The fields, changed to what the sentence of a refusal names as possible."""
    name, said = str(problem).split(":")[0], dict[str, Any](problem.fields)
    if name not in fields:
        assert name == "stride"  # not given, and then torch takes the kernel's size
        return fields | {"kernel_size": (1, 1)}
    value: Any = fields[name]
    if "most" in said or "minimum" in said:
        most, least = said.get("most", np.inf), said.get("minimum", -np.inf)
        if isinstance(value, int):
            value = max(value, least)
        else:
            value = (most, most) if value == "same" else value
            value = tuple(min(max(each, least), most) for each in value)
    elif "legal" in said:
        first = str(said["legal"]).split(", ")[0]
        value = int(first) if isinstance(value, int) else first
    elif "arriving" in said:
        value = said["arriving"]
    elif isinstance(value, str):
        value = "valid"
        if "stride" in said:  # "same" needs a stride of 1
            return fields | {"stride": (1, 1)}
    else:
        assert "the nearest possible is 1" in str(problem)
        value = 1
    assert value != fields[name], problem
    return fields | {name: value}
