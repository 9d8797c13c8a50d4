"""A network that is edited: what follows an edit, what does not fit and why, and what helps."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnviz.core.draft import Draft, draft_of, drafted
from cnnviz.core.network import build_network
from cnnviz.core.network_edits import (
    KINDS,
    History,
    inserted,
    moved,
    removed,
    replaced,
    summands,
    titled,
    with_field,
    with_wire,
)
from cnnviz.core.network_file import MOST_LAYERS, read_network, write_network
from cnnviz.core.operations import Conv2d, Flatten, Linear, MaxPool2d, ReLU, Softmax
from cnnviz.core.operations.adaptive_pooling import AdaptiveAvgPool2d
from cnnviz.core.operations.log_softmax import LogSoftmax
from cnnviz.core.problem import Problem
from cnnviz.core.remedies import remedies
from cnnviz.engine.build import build_module
from tests.networks import KEYS, bundled

CNN = draft_of(bundled("two_layer_cnn"))


def sentences(draft: Draft, index: int | None) -> list[str]:
    return [str(remedy.sentence) for remedy in remedies(draft, index)]


def shapes(draft: Draft) -> list[tuple[int, ...]]:
    return [place.passed_on for place in draft.places]


# --- what follows an edit --------------------------------------------------------------------


@pytest.mark.parametrize("key", KEYS)
def test_that_the_draft_of_a_network_builds_the_same_network(key: str) -> None:
    network = bundled(key)
    assert draft_of(network).problems == 0
    assert draft_of(network).network(key) == network


def test_that_sizes_follow_a_changed_count_of_kernels() -> None:
    wider = with_field(CNN, 0, "out_channels", 48)
    assert wider.problems == 0
    assert wider.operations[3] == Conv2d(48, 64, (3, 3), padding=(1, 1))
    assert wider.places[3].parameter_count == 48 * 64 * 9 + 64


def test_that_the_linear_layer_follows_what_is_flattened() -> None:
    no_padding = with_field(CNN, 3, "padding", 0)
    assert no_padding.problems == 0
    assert shapes(no_padding)[3:7] == [(64, 12, 12), (64, 12, 12), (64, 6, 6), (2304,)]
    assert no_padding.operations[7] == Linear(2304, 10)


def test_that_a_layer_is_put_in_with_what_reaches_it_and_keeps_the_rest_fitting() -> None:
    deeper = inserted(CNN, 6, "Conv2d")
    assert deeper.operations[6] == Conv2d(64, 64, (3, 3), padding=(1, 1))
    assert deeper.problems == 0
    hidden = inserted(CNN, 7, "Linear")
    assert hidden.operations[7:9] == (Linear(3136, 128), Linear(128, 10))
    assert hidden.problems == 0
    last = inserted(CNN, 8, "Linear")
    assert last.operations[8] == Linear(10, 10), "what stands before the Softmax keeps the classes"


def test_that_a_layer_is_taken_out_and_moved() -> None:
    shallower = removed(removed(removed(CNN, 3), 3), 3)
    assert shallower.problems == 0
    assert shallower.operations[4] == Linear(32 * 14 * 14, 10)
    later = moved(CNN, 1, 2)
    assert [operation.kind for operation in later.operations[:3]] == ["Conv2d", "MaxPool2d", "ReLU"]
    assert later.problems == 0
    assert moved(later, 2, 1) == CNN


def test_that_another_kind_keeps_the_fields_that_both_have() -> None:
    draft = with_field(with_field(CNN, 2, "kernel_size", 3), 2, "stride", 2)
    average = replaced(draft, 2, "AvgPool2d")
    assert average.operations[2].kind == "AvgPool2d"
    assert vars(average.operations[2])["kernel_size"] == (3, 3)
    assert vars(average.operations[2])["stride"] == (2, 2)
    assert average.problems == 0


def test_that_no_more_layers_fit_than_a_description_may_have() -> None:
    full = drafted("T", (4,), [ReLU()] * MOST_LAYERS)
    with pytest.raises(Problem, match="201 layers"):
        inserted(full, 0, "ReLU")


# --- what does not fit -----------------------------------------------------------------------


def test_that_a_size_set_by_hand_is_marked_with_its_remedy_and_spoils_nothing_else() -> None:
    wrong = with_field(CNN, 7, "in_features", 3000)
    assert [place.problem is not None for place in wrong.places] == [False] * 7 + [True, False]
    assert "in_features: 3000 was given" in str(wrong.places[7].problem)
    assert sentences(wrong, 7)[0] == "Set in_features to 3136"
    assert remedies(wrong, 7)[0].draft == CNN
    elsewhere = with_field(wrong, 0, "out_channels", 8)
    assert elsewhere.operations[7] == Linear(3000, 10), "what was set by hand stays"
    assert elsewhere.operations[3] == Conv2d(8, 64, (3, 3), padding=(1, 1))


def test_that_a_missing_flatten_is_one_problem_with_one_remedy() -> None:
    maps = removed(CNN, 6)
    assert maps.problems == 1
    assert sentences(maps, 6)[0] == "Put a Flatten before it"
    assert remedies(maps, 6)[0].draft == CNN


def test_that_a_kernel_too_large_is_helped_by_padding_or_a_smaller_one() -> None:
    fitting = drafted("T", (1, 4, 4), (Conv2d(1, 2, (3, 3)), Flatten(), Linear(8, 2), Softmax()))
    assert fitting.problems == 0
    small = with_field(fitting, 0, "kernel_size", 5)
    assert [place.problem is not None for place in small.places] == [True, False, False, False]
    assert sentences(small, 0) == ["Set padding to 1", "Set padding to 2", "Set padding to 3",
                                   "Set kernel_size to 4"]  # fmt: skip
    assert remedies(small, 0)[0].draft.operations[2] == Linear(8, 2)


def test_that_maps_that_are_flattened_already_are_helped_by_moving_before_it() -> None:
    late = moved(CNN, 3, 6)
    assert late.problems == 1
    assert sentences(late, 6) == ["Move it before the Flatten", "Remove it"]
    assert remedies(late, 6)[0].draft.problems == 0


@pytest.mark.parametrize(
    ("operations", "sentence"),
    [
        ((Linear(4, 2),), "Put a Softmax at the end"),
        ((Linear(4, 2), LogSoftmax()), "Put a Softmax in its place"),
        ((Softmax(), Linear(4, 2)), "Move it to the end"),
        ((Softmax(),), "Put a Linear before the Softmax"),
    ],
    ids=lambda given: str(given)[:30],
)
def test_that_the_ending_has_its_remedy(operations: tuple[object, ...], sentence: str) -> None:
    draft = drafted("T", (4,), operations)  # type: ignore[arg-type]
    places = [i for i, place in enumerate(draft.places) if place.problem is not None]
    found = remedies(draft, places[0] if places else None)
    fitting = [remedy for remedy in found if str(remedy.sentence) == sentence]
    assert fitting[0].draft.problems == 0


def test_that_too_many_parameters_are_helped_by_fewer_outputs() -> None:
    huge = drafted("T", (60_000,), (Linear(60_000, 8_000), Linear(8_000, 8_000), Linear(8_000, 2),
                                    Softmax()))  # fmt: skip
    assert huge.places[0].problem is None
    assert huge.ending is not None
    assert "544,032,002 parameters" in str(huge.ending)
    assert sentences(huge, None)[0] == "Set out_features of layer 1 to 4000"
    assert remedies(huge, None)[0].draft.problems == 0


def test_that_groups_that_do_not_divide_what_arrives_are_helped() -> None:
    grouped = with_field(with_field(CNN, 3, "groups", 4), 0, "out_channels", 30)
    assert grouped.operations[3] == Conv2d(32, 64, (3, 3), padding=(1, 1), groups=4)
    assert "in_channels" in str(grouped.places[3].problem)
    helped = remedies(grouped, 3)[0]
    assert str(helped.sentence) == "Set groups to 2"
    assert helped.draft.problems == 0


# --- any edits -------------------------------------------------------------------------------

FIELDS = ("kernel_size", "stride", "padding", "dilation", "groups", "out_channels", "in_channels",
          "in_features", "out_features", "num_features", "size")  # fmt: skip


@st.composite
def edited(draw: st.DrawFn) -> Draft:
    """A small network after up to six edits of any kind."""
    start = drafted(
        "Drawn",
        (draw(st.integers(1, 2)), 6, 5),
        (Conv2d(1, 4, (3, 3), padding=(1, 1)), ReLU(), MaxPool2d((2, 2)), Flatten(),
         Linear(16, 3), Softmax()),
    )  # fmt: skip
    draft = start
    for _ in range(draw(st.integers(0, 6))):
        index = draw(st.integers(0, max(0, len(draft.operations) - 1)))
        what = draw(st.sampled_from(["insert", "remove", "move", "field", "replace", "wire"]))
        kind = draw(st.sampled_from(KINDS))
        if what == "insert":
            draft = inserted(draft, draw(st.integers(0, len(draft.operations))), kind)
        elif what == "remove" and len(draft.operations) > 1:
            draft = removed(draft, index)
        elif what == "move":
            draft = moved(draft, index, draw(st.integers(0, len(draft.operations) - 1)))
        elif what == "wire" and draft.operations:
            name = "skip" if draft.operations[index].kind == "Add" else "input"
            draft = with_wire(draft, index, name, draw(st.integers(-1, index - 1)))
        elif what == "replace":
            draft = replaced(draft, index, kind)
        elif what == "field":
            name = draw(st.sampled_from(FIELDS))
            try:
                draft = with_field(draft, index, name, draw(st.integers(0, 7)))
            except Problem:
                continue
    return draft


@settings(max_examples=30, deadline=None)
@given(draft=edited())
def test_that_every_problem_has_a_remedy_and_every_remedy_leaves_fewer_problems(
    draft: Draft,
) -> None:
    places = [i for i, place in enumerate(draft.places) if place.problem is not None]
    asked: list[int | None] = [*places, *([None] if draft.ending is not None else [])]
    for index in asked:
        found = remedies(draft, index)
        assert found, f"{index}: {draft.operations}"
        assert all(remedy.draft.problems < draft.problems for remedy in found)
    # Taking the first remedy of the first problem again and again ends with a network.
    while draft.problems:
        wrong = [i for i, place in enumerate(draft.places) if place.problem is not None]
        draft = remedies(draft, wrong[0] if wrong else None)[0].draft
    draft.network("key")


@settings(max_examples=30, deadline=None)
@given(draft=edited())
def test_that_a_draft_fits_if_and_only_if_it_builds_and_its_shapes_are_torchs(
    draft: Draft,
) -> None:
    try:
        network = build_network("k", "T", draft.input_shape, draft.operations, wires=draft.wires)
    except Problem:
        assert draft.problems > 0
        return
    assert draft.problems == 0
    x = torch.zeros(2, *draft.input_shape)
    module = build_module(network).eval()
    put_out: list[tuple[int, ...]] = []
    for part in module:
        part.register_forward_hook(lambda _, given, output: put_out.append(output.shape[1:]))
    module(x)
    assert put_out == [place.passed_on for place in draft.places[:-1]]
    count = sum(parameter.numel() for parameter in module.parameters())
    assert draft.parameter_count == count


def test_that_a_global_pooling_may_stand_before_the_decision() -> None:
    pooled = inserted(CNN, 6, "AdaptiveAvgPool2d")
    assert pooled.operations[6] == AdaptiveAvgPool2d((1, 1))
    assert pooled.operations[8] == Linear(64, 10)
    assert pooled.problems == 0


# --- undo ------------------------------------------------------------------------------------


def test_that_edits_are_undone_and_redone_and_a_stroke_is_one_edit() -> None:
    history = History((CNN,))
    for count in (33, 34, 35):
        history = history.with_draft(with_field(CNN, 0, "out_channels", count), ("field", 0))
    assert len(history.drafts) == 2
    assert history.draft.operations[0] == Conv2d(1, 35, (3, 3), padding=(1, 1))
    history = history.with_draft(removed(history.draft, 1))
    back = history.undone().undone()
    assert back.draft == CNN
    assert not back.can_undo
    assert back.undone() == back
    assert back.redone().redone().draft == history.draft
    branched = back.with_draft(titled(CNN, "Another"))
    assert not branched.can_redo
    assert branched.with_draft(branched.draft) == branched, "the same draft is no edit"


def test_that_an_edited_network_is_written_and_read_again(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    network = titled(with_field(CNN, 0, "kernel_size", 5), 'My "own" 신경망').network("mine")
    file.write_text(write_network(network), "utf-8")
    assert read_network(file) == network


# --- skip connections ------------------------------------------------------------------------

SMALL = draft_of(bundled("small_resnet"))


def skips(draft: Draft) -> list[tuple[str, str]]:
    """What is read past other layers: the kind of the layer that reads, and of the one read."""
    operations = draft.operations
    return [
        (operations[index].kind, operations[place].kind)
        for index, wire in enumerate(draft.wires)
        for place in (wire.source, wire.skip)
        if place is not None
    ]


def test_that_connections_stay_with_their_layers_whatever_is_put_in_or_taken_out() -> None:
    before = [("Add", "MaxPool2d"), ("Conv2d", "ReLU"), ("Add", "BatchNorm2d")]
    assert skips(SMALL) == before
    deeper = inserted(SMALL, 5, "Dropout")
    assert skips(deeper) == before
    assert deeper.problems == 0
    assert skips(removed(deeper, 5)) == before
    assert removed(deeper, 5) == SMALL
    wider = with_field(SMALL, 0, "out_channels", 8)
    assert wider.places[9].problem is not None
    assert "8 × 14 × 14 cannot be added to 16 × 14 × 14" in str(wider.places[9].problem)


def test_that_what_read_a_removed_layer_reads_what_that_one_had_read() -> None:
    unpooled = removed(SMALL, 3)
    assert skips(unpooled)[0] == ("Add", "ReLU")
    assert unpooled.wires[8].skip == 2
    assert unpooled.problems == 0
    assert unpooled.network("k").layers[8].input_shape == (16, 28, 28)


def test_that_a_layer_that_no_other_reads_is_marked_and_so_is_one_that_reads_ahead() -> None:
    idle = removed(SMALL, 18)  # the second Add: nothing reads what it had added
    assert "no layer reads" in str(idle.places[15].problem)
    ahead = moved(SMALL, 3, 12)
    assert any("a layer behind it" in str(place.problem) for place in ahead.places)
    for draft in (idle, ahead):
        while draft.problems:
            wrong = [i for i, place in enumerate(draft.places) if place.problem is not None]
            draft = remedies(draft, wrong[0] if wrong else None)[0].draft
        draft.network("key")


def test_that_an_add_can_add_what_has_the_shape_of_its_input_and_stands_before_it() -> None:
    assert summands(SMALL, 9, 8) == (3, 4, 5, 6, 7)  # from the pooling on: 16×14×14
    assert summands(SMALL, 18, 17) == (11, 12, 13, 14, 15, 16)
    assert summands(CNN, 1, 0) == ()
    assert summands(CNN, 8, 7) == (), "vectors are added nowhere"


def test_that_an_add_is_put_in_with_the_output_that_was_chosen_or_the_nearest() -> None:
    joined = inserted(CNN, 6, "Add")
    assert joined.problems == 1, "no output before has the shape that the second pooling leaves"
    assert "not said" in str(joined.places[6].problem)
    near, far = inserted(CNN, 5, "Add"), inserted(CNN, 2, "Add", skip=0)
    assert (near.wires[5].skip, far.wires[2].skip) == (3, 0)
    for draft in (near, far):
        assert draft.problems == 0
        assert draft.network("k").skips
        assert removed(draft, 5 if draft is near else 2) == CNN
    assert replaced(CNN, 4, "Add").wires[4].skip is None
    assert replaced(inserted(CNN, 4, "ReLU"), 5, "Add").wires[5].skip == 3
    assert replaced(near, 5, "ReLU").wires[5].skip is None


def test_that_a_layer_at_the_end_of_a_path_is_read_in_the_place_of_the_one_before_it() -> None:
    deeper = inserted(SMALL, 16, "ReLU")  # before the short way, behind the last batch norm
    assert deeper.problems == 0
    assert skips(deeper)[1:] == [("Conv2d", "ReLU"), ("Add", "ReLU")]
    assert deeper.wires[19].skip == 16


def test_that_another_output_is_added_and_that_it_is_told_why_it_cannot_be() -> None:
    other = with_wire(SMALL, 9, "skip", 5)
    assert other.problems == 0
    assert other.network("k").layers[9].wire.skip == 5
    wrong = with_wire(SMALL, 9, "skip", 0)
    assert "16 × 28 × 28 cannot be added to 16 × 14 × 14" in str(wrong.places[9].problem)
    assert sentences(wrong, 9) == [
        "Put a convolution of 1×1 into the skip connection",
        "Add the output of layer 8 (Conv2d)",
        "Add the output of layer 7 (ReLU)",
        "Remove it",
    ]


def test_that_a_convolution_in_the_skip_connection_brings_its_shape() -> None:
    wider = with_field(SMALL, 7, "out_channels", 24)  # the last of the first block
    assert "16 × 14 × 14 cannot be added to 24 × 14 × 14" in str(wider.places[9].problem)
    mended = remedies(wider, 9)[0].draft
    assert mended.operations[9] == Conv2d(16, 24, (1, 1))
    assert (mended.wires[9].source, mended.wires[10].source, mended.wires[10].skip) == (3, None, 8)
    strided = with_field(SMALL, 4, "stride", 3)
    mended = remedies(strided, 9)[0].draft
    assert mended.operations[9] == Conv2d(16, 16, (1, 1), (3, 3))
    assert mended.places[10].problem is None


def test_that_a_layer_reads_the_one_before_it_again() -> None:
    past = with_wire(SMALL, 6, "input", 4)
    assert [i for i, place in enumerate(past.places) if place.problem is not None] == [5]
    mended = remedies(past, 5)[0]
    assert str(mended.sentence) == "Let the layer behind it read it"
    assert mended.draft == SMALL
    astray = with_field(with_wire(SMALL, 7, "input", -1), 7, "in_channels", 9)
    assert "Let it read the layer before it" in sentences(astray, 7)
    back = with_wire(with_wire(SMALL, 5, "input", 3), 5, "input", 4)
    assert back == SMALL
