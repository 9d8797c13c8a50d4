"""Benches as files: read as they were written, and a sentence for each kind of bad input."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnviz.core.bench import LARGEST_VALUE, Bench
from cnnviz.core.bench_edits import with_block, with_field, with_input_shape
from cnnviz.core.bench_file import LARGEST_FILE, list_presets, read_bench, read_preset, write_bench
from cnnviz.core.operations import Conv2d
from cnnviz.core.problem import Problem
from cnnviz.resources import resource
from tests.core.bench_draws import alike, benches, first_bench

numbers = st.floats(-LARGEST_VALUE, LARGEST_VALUE)


@settings(max_examples=200)
@given(benches(), st.lists(st.lists(numbers, min_size=3, max_size=3), min_size=1, max_size=3))
def test_that_a_bench_is_read_as_it_was_written(tmp_path_factory, bench, block) -> None:
    bench = with_block(bench, "input", (0,) * bench.input.ndim, np.array(block))
    path = tmp_path_factory.mktemp("bench") / "bench.toml"
    path.write_text(write_bench(bench), encoding="utf-8")
    assert alike(read_bench(path), bench)


def test_that_the_largest_bench_can_be_read_again(tmp_path: Path) -> None:
    bench = with_field(with_input_shape(first_bench(), (4, 16, 16)), "kernel_size", 16)
    bench = with_field(bench, "out_channels", 16)
    random = np.random.default_rng(0)
    weight = -random.random((16, 4, 16, 16)) * LARGEST_VALUE
    bench = replace(bench, parameters={**bench.parameters, "weight": weight}, preset="x_1")
    path = tmp_path / "bench.toml"
    path.write_text(write_bench(bench), encoding="utf-8")
    assert path.stat().st_size < LARGEST_FILE / 2
    assert alike(read_bench(path), bench)


def test_that_whole_numbers_are_written_without_a_point() -> None:
    text = write_bench(
        Bench(
            Conv2d(1, 1, (1, 1), bias=False),
            np.ones((1, 1, 2)),
            {"weight": np.full((1, 1, 1, 1), 0.5)},
        )
    )
    assert text.splitlines()[:2] == ["input = [[[1, 1]]]", "weight = [[[[0.5]]]]"]


INPUT = "input = [[[1, 2], [3, 4]]]\n"
LAYER = '[layer]\ntype = "ReLU"\n'
CONV = '[layer]\ntype = "Conv2d"\nin_channels = 1\nout_channels = 1\nkernel_size = 2\n'

BAD: dict[str, tuple[str | bytes, tuple[str, ...]]] = {
    "not_toml": ("input = [1", ("line 1", "not TOML")),
    "too_large": ("#" * (LARGEST_FILE + 1), ("1,048,576 bytes",)),
    "nested": ("a = " + "[" * 5000, ("nested",)),
    "empty": ("", ("input", "missing")),
    "no_layer": (INPUT, ("layer", "missing")),
    "layer_text": (INPUT + 'layer = "ReLU"', ("layer", "[layer]")),
    "no_type": (INPUT + "[layer]\np = 1", ("[layer]", "type", "missing")),
    "unknown_type": (INPUT + '[layer]\ntype = "Relu"', ("Relu", "ReLU")),
    "unknown_field": (INPUT + LAYER + "p = 1", ("[layer]", "p", "unknown")),
    "unknown_key": ("titel = 1\n" + INPUT + LAYER, ("titel", "unknown", "title")),
    "title": ("title = 3\n" + INPUT + LAYER, ("title", "a text")),
    "row": ('row = "x"\n' + INPUT + LAYER, ("row", "whole number")),
    "preset": ('preset = "a\\u0000b"\n' + INPUT + LAYER, ("preset", "name of a preset")),
    "no_weight": (INPUT + CONV + "bias = false", ("weight", "missing")),
    "weight_shape": (
        INPUT + "weight = [[1, 2]]\n" + CONV + "bias = false",
        ("weight", "1 × 2", "1 × 1 × 2 × 2"),
    ),
    "bias_unasked": (
        INPUT + "bias = [1]\nweight = [[[[1, 2], [3, 4]]]]\n" + CONV + "bias = false",
        ("bias", "unknown"),
    ),
    "does_not_fit": ("input = [[[1]]]\n" + CONV, ("spans 2 positions",)),
    "ragged": ("input = [[[1, 2], [3]]]\n" + LAYER, ("input", "one length")),
    "mixed": ("input = [[[1, [2]]]]\n" + LAYER, ("input", "one length")),
    "nothing": ("input = []\n" + LAYER, ("input", "list of finite")),
    "hollow": ("input = [[[]]]\n" + LAYER, ("1 × 1 × 0",)),
    "texts": ('input = ["1"]\n' + LAYER, ("input", "list of finite")),
    "booleans": ("input = [true]\n" + LAYER, ("input", "list of finite")),
    "number": ("input = 1\n" + LAYER, ("input", "list of finite")),
    "nan": ("input = [nan]\n" + LAYER, ("input", "1,000,000")),
    "infinite": ("input = [inf]\n" + LAYER, ("input", "1,000,000")),
    "large": ("input = [1e7]\n" + LAYER, ("input", "1,000,000")),
    "huge": (f"input = [{10**400}]\n" + LAYER, ("input", "1,000,000")),
    "two_levels": ("input = [[1, 2]]\n" + LAYER, ("input",)),
    "many": (f"input = {[1] * 65}\n" + LAYER, ("vector of 65",)),
    "result": (INPUT + "result = [1]\n" + LAYER, ("result", "1 × 2 × 2")),
    "real": (INPUT + '[layer]\ntype = "Dropout"\np = nan', ("p",)),
}


@pytest.mark.parametrize("name", BAD)
def test_that_a_bad_file_gets_one_sentence(name: str, tmp_path: Path) -> None:
    content, words = BAD[name]
    path = tmp_path / "bench.toml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(Problem) as refused:
        read_bench(path)
    sentence = str(refused.value)
    assert sentence.startswith("bench.toml: ")
    assert "\n" not in sentence
    for word in words:
        assert word in sentence


def test_that_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="there is no such file; a bench of the Lab"):
        read_bench(tmp_path / "none.toml")


@settings(max_examples=200)
@given(
    st.text(max_size=60) | st.sampled_from([text for text, _ in BAD.values() if len(text) < 200]),
    st.integers(0, 60),
)
def test_that_any_text_is_a_bench_or_a_problem(tmp_path_factory, text, cut) -> None:
    path = tmp_path_factory.mktemp("bench") / "bench.toml"
    path.write_text(str(text)[cut:], encoding="utf-8", errors="replace")
    try:
        assert isinstance(read_bench(path), Bench)
    except Problem as problem:
        assert str(problem)


def test_that_presets_are_listed_in_the_order_of_the_curriculum() -> None:
    entries = list_presets(resource("lab"))
    rows = [entry.rows[0] for entry in entries if entry.rows]
    assert rows == sorted(rows)
    assert entries[0].title == "A convolution by hand"
    assert {*range(1, 14), *range(15, 21), 29} <= {row for entry in entries for row in entry.rows}


def test_that_a_broken_preset_is_listed_under_its_name(tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text("title = ", encoding="utf-8")
    assert [(entry.key, entry.title) for entry in list_presets(tmp_path)] == [("broken", "broken")]


def test_that_a_preset_is_named_on_its_bench_and_is_so_when_it_is_read_again(
    tmp_path: Path,
) -> None:
    preset = read_preset(resource("lab", "bias.toml"))
    assert (preset.key, preset.rows, preset.bench.preset) == ("bias", (8,), "bias")
    (tmp_path / "lab.toml").write_text(write_bench(preset.bench), encoding="utf-8")
    assert read_bench(tmp_path / "lab.toml").preset == "bias"
