"""Layers that keep their weights when a network is edited."""

from __future__ import annotations

from itertools import combinations, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from cnnviz.core.draft import draft_of
from cnnviz.core.kept_weights import kept_layers, kept_weights, learning_count
from cnnviz.core.network import Network, build_chain
from cnnviz.core.network_edits import inserted, removed, with_field
from cnnviz.core.operations import Linear, ReLU
from tests.networks import bundled, snapshot

TWO = bundled("two_layer_cnn")


def test_that_the_same_network_keeps_everything() -> None:
    assert kept_layers(TWO, TWO) == (0, None, None, 3, None, None, None, 7, None)
    assert learning_count(TWO) == 3


def test_that_a_layer_in_between_leaves_the_others_their_weights() -> None:
    deeper = inserted(draft_of(TWO), 3, "Conv2d").network("k")
    assert kept_layers(TWO, deeper) == (0, None, None, None, 3, None, None, None, 7, None)
    wider = with_field(draft_of(TWO), 0, "out_channels", 33).network("k")
    assert kept_layers(TWO, wider) == (None,) * 7 + (7, None)
    shallower = removed(draft_of(TWO), 3).network("k")
    assert kept_layers(TWO, shallower)[0] == 0
    assert kept_layers(TWO, shallower)[6] is None, "1568 inputs are not 3136"


def test_that_the_weights_are_those_of_the_layer_that_is_kept() -> None:
    had = snapshot().parameters
    after = with_field(draft_of(TWO), 3, "kernel_size", 5).network("k")
    given_weights = kept_weights(TWO, had, after)
    assert given_weights[0] is had[0]
    assert given_weights[3] == {}


def chain(sizes: list[int]) -> Network:
    layers = [Linear(a, b) for a, b in pairwise(sizes)]
    return build_chain("k", "T", (sizes[0],), (ReLU(), *layers))


def longest(old: list[object], new: list[object]) -> int:
    """By trying all of them."""
    for count in range(min(len(old), len(new)), 0, -1):
        chosen = {tuple(map(str, some)) for some in combinations(old, count)}
        if any(tuple(map(str, some)) in chosen for some in combinations(new, count)):
            return count
    return 0


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 3), min_size=2, max_size=7),
       st.lists(st.integers(1, 3), min_size=2, max_size=7))  # fmt: skip
def test_that_as_many_as_can_be_are_matched_in_order(old: list[int], new: list[int]) -> None:
    before, after = chain(old), chain(new)
    kept = kept_layers(before, after)
    matched = [(i, j) for j, i in enumerate(kept) if i is not None]
    assert matched == sorted(matched)
    assert len({i for i, _ in matched}) == len(matched)
    for i, j in matched:
        assert before.layers[i].parameter_shapes == after.layers[j].parameter_shapes
    olds, news = (
        [layer.parameter_shapes for layer in network.layers[1:]] for network in (before, after)
    )
    assert len(matched) == longest(list(olds), list(news))
