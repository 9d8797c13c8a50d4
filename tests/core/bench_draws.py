"""Benches that tests draw: every kind of operation, any legal fields, any size the Lab holds."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from cnnviz.core.bench import INPUT, Bench
from cnnviz.core.bench_edits import randomised, with_field, with_input_shape, with_operation
from cnnviz.core.bench_fields import fields
from cnnviz.core.operations import OPERATIONS, Conv2d
from cnnviz.core.problem import Problem


def first_bench() -> Bench:
    """A convolution of 1×5×5 by 3×3, with a bias."""
    return Bench(
        Conv2d(1, 1, (3, 3)),
        np.arange(25.0).reshape(1, 5, 5),
        {"weight": np.ones((1, 1, 3, 3)), "bias": np.zeros(1)},
    )


@st.composite
def benches(draw: st.DrawFn) -> Bench:
    """A bench that some edits lead to."""
    shape = st.tuples(st.integers(1, 4), st.integers(3, 16), st.integers(3, 16))
    bench = with_input_shape(first_bench(), draw(shape))
    bench = with_operation(bench, draw(st.sampled_from(sorted(OPERATIONS))))
    for _ in range(draw(st.integers(0, 4))):
        bench = changed(draw, bench)
    parts = [INPUT, *bench.parameters]
    return randomised(bench, parts, draw(st.integers(0, 2**32)))


def changed(draw: st.DrawFn, bench: Bench) -> Bench:
    """The bench with one of its fields at another legal value; the same if it has none."""
    possible = [field for field in fields(bench) if field.legal]
    if not possible:
        return bench
    field = draw(st.sampled_from(possible))
    value = draw(st.sampled_from(field.legal))
    return with_field(bench, field.name, value, field.axis)


def alike(one: Bench, other: Bench) -> bool:
    """Whether two benches hold the same, bit for bit."""
    return (
        one.operation == other.operation
        and one.input.shape == other.input.shape
        and one.input.tobytes() == other.input.tobytes()
        and list(one.parameters) == list(other.parameters)
        and all(
            values.tobytes() == other.parameters[name].tobytes()
            for name, values in one.parameters.items()
        )
        and one.preset == other.preset
    )


def refusal(attempt: object) -> Problem | None:
    """The problem that calling it raises, or None."""
    assert callable(attempt)
    try:
        attempt()
    except Problem as problem:
        return problem
    return None
