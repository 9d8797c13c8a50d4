"""The fields of a layer that is edited: what can be chosen there, and what stops the rest."""

from __future__ import annotations

import pytest

from cnnviz.core.bench_fields import Field
from cnnviz.core.draft import Draft, draft_of
from cnnviz.core.draft_fields import draft_fields, outputs_of, wire_fields
from cnnviz.core.network_edits import with_field, with_wire
from tests.networks import KEYS, bundled

TWO = draft_of(bundled("two_layer_cnn"))
PAIRS = frozenset({"kernel_size", "stride", "padding", "dilation"})


def one(draft: Draft, index: int, name: str, linked: frozenset[str] = PAIRS) -> Field:
    found = draft_fields(draft.places[index], linked)
    return next(field for field in found if field.name == name)


def test_that_only_torchs_fields_can_be_chosen() -> None:
    names = [field.name for field in draft_fields(TWO.places[0], PAIRS)]
    assert names == ["in_channels", "out_channels", "kernel_size", "stride", "padding", "padding",
                     "dilation", "groups", "bias", "padding_mode"]  # fmt: skip


def test_that_a_kernel_stops_at_the_padded_input_that_reaches_it() -> None:
    kernel = one(TWO, 3, "kernel_size")
    assert (kernel.lowest, kernel.value, kernel.highest) == (1, 3, 16)
    assert "spans 17 positions" in str(kernel.above)
    assert one(TWO, 3, "out_channels").highest >= 4096


@pytest.mark.parametrize("key", KEYS)
def test_that_every_end_of_a_range_is_legal_and_leaves_the_layer_fitting(key: str) -> None:
    draft = draft_of(bundled(key))
    for index, place in enumerate(draft.places):
        for field in draft_fields(place, PAIRS):
            if field.name in ("in_channels", "in_features"):
                continue
            for value in (field.legal[0], field.legal[-1]):
                changed = with_field(draft, index, field.name, value)
                assert changed.places[index].problem is None, (field.name, value)


def test_that_a_layer_that_does_not_fit_is_not_stuck() -> None:
    wrong = with_field(TWO, 7, "in_features", 3000)
    assert one(wrong, 7, "in_features").value == 3000
    assert 3136 in one(wrong, 7, "in_features").legal
    assert one(wrong, 7, "out_features").legal[-1] >= 4096


def test_that_groups_leave_gaps() -> None:
    grouped = with_field(TWO, 3, "groups", 4)
    assert one(TWO, 3, "groups").legal == (1, 2, 4, 8, 16, 32)
    assert one(grouped, 3, "out_channels").legal[:3] == (4, 8, 12)
    assert one(grouped, 3, "in_channels").legal[:3] == (4, 8, 12)


SMALL = draft_of(bundled("small_resnet"))


def test_that_what_an_add_adds_is_chosen_of_what_fits() -> None:
    (skip,) = wire_fields(SMALL, 9)
    assert skip.name == "skip"
    assert skip.legal == outputs_of(SMALL, range(3, 8))
    assert (skip.value, dict(skip.refused)) == (outputs_of(SMALL, [3])[0], {})
    (wrong,) = wire_fields(with_wire(SMALL, 9, "skip", 0), 9)
    assert list(wrong.refused) == [wrong.value] == list(outputs_of(SMALL, [0]))
    assert "cannot be added" in str(wrong.refused[wrong.value])


def test_that_only_a_layer_that_begins_a_path_of_its_own_is_asked_what_it_reads() -> None:
    (reads,) = wire_fields(SMALL, 16)
    assert reads.name == "input"
    assert reads.value in reads.legal
    assert reads.legal == outputs_of(SMALL, range(-1, 16)), "a convolution reads any maps"
    assert [wire_fields(SMALL, index) for index in (0, 5, 17)] == [(), (), ()]
    assert wire_fields(TWO, 0) == ()
