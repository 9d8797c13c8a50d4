"""Legal values, and what stops the others: as many as trying every one of them gives."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from cnnviz.core.bench import LARGEST_SIZE, Bench, most_of
from cnnviz.core.bench_edits import with_field, with_operation
from cnnviz.core.bench_fields import BOOLEAN, CHOICE, NUMBER, REAL, Field, fields
from tests.core.bench_draws import benches, first_bench, refusal


def one(bench: Bench, name: str, axis: int | None = None, **more) -> Field:
    (found,) = (f for f in fields(bench, **more) if (f.name, f.axis) == (name, axis))
    return found


def test_that_the_fields_are_the_inputs_sizes_and_pytorchs_names_in_order() -> None:
    assert [(field.name, field.axis) for field in fields(first_bench())] == [
        ("channels", None),
        ("height", None),
        ("width", None),
        ("out_channels", None),
        ("kernel_size", 0),
        ("kernel_size", 1),
        ("stride", 0),
        ("stride", 1),
        ("padding", 0),
        ("padding", 1),
        ("padding", None),
        ("dilation", 0),
        ("dilation", 1),
        ("groups", None),
        ("bias", None),
        ("padding_mode", None),
        ("flipped", None),
    ]


def test_that_a_kernel_stops_where_the_padded_input_ends_and_says_so() -> None:
    bench = with_field(first_bench(), "padding", 1, axis=0)
    kernel = one(bench, "kernel_size", 0)
    assert (kernel.lowest, kernel.value, kernel.highest) == (1, 3, 7)
    assert "spans 8 positions" in str(kernel.above)
    assert "only 7 in its height" in str(kernel.above)
    assert "at least 1 is needed" in str(kernel.below)
    assert one(bench, "kernel_size", 1).highest == 5


def test_that_same_padding_holds_the_stride_and_a_stride_the_word() -> None:
    same = with_field(first_bench(), "padding", "same")
    assert one(same, "stride", 0).legal == (1,)
    assert '"same" needs stride 1' in str(one(same, "stride", 0).above)
    assert one(same, "padding").value == "same"
    assert one(same, "padding", 0).value == 1
    assert not one(same, "padding", 0).given
    stride = with_field(first_bench(), "stride", 2)
    assert one(stride, "padding").legal == ("valid",)
    assert '"same" needs stride 1' in str(one(stride, "padding").refused["same"])
    assert one(stride, "padding").value == ""


def test_that_groups_have_gaps_and_say_why() -> None:
    bench = with_field(with_field(first_bench(), "channels", 4), "out_channels", 4)
    groups = one(bench, "groups")
    assert groups.legal == (1, 2, 4)
    assert "3 does not divide" in str(groups.refused[3])
    grouped = with_field(bench, "groups", 2)
    assert one(grouped, "channels").legal == (2, 4)
    assert one(grouped, "out_channels").legal == tuple(range(2, 97, 2))


def test_that_the_labs_own_limits_are_said_too() -> None:
    assert one(first_bench(), "height").highest == LARGEST_SIZE
    assert "4 × 16 × 16 fit into the Lab" in str(one(first_bench(), "height").above)
    assert "in the Lab at most 96 is possible" in str(one(first_bench(), "out_channels").above)
    assert "only 2 in its height" in str(one(first_bench(), "height").below)


def test_that_a_linked_pair_is_one_field() -> None:
    bench = with_field(first_bench(), "width", 9)
    kernel = one(bench, "kernel_size", None, linked=frozenset({"kernel_size"}))
    assert kernel.legal == (1, 2, 3, 4, 5)
    assert "in its height" in str(kernel.above)


def test_that_a_linked_pair_of_two_numbers_has_the_values_that_fit_both() -> None:
    bench = with_field(first_bench(), "kernel_size", 5, axis=1)
    bench = with_field(bench, "height", 3)
    kernel = one(bench, "kernel_size", None, linked=frozenset({"kernel_size"}))
    assert kernel.legal == (1, 2, 3)


def test_that_a_pooling_says_what_stride_it_uses_and_that_none_was_given() -> None:
    stride = one(with_operation(first_bench(), "MaxPool2d"), "stride", 0)
    assert (stride.value, stride.given, stride.optional) == (2, False, True)
    divisor = one(with_operation(first_bench(), "AvgPool2d"), "divisor_override")
    assert (divisor.value, divisor.lowest, divisor.highest) == (None, 1, 256)


def test_that_real_numbers_end_at_round_ones() -> None:
    p = one(with_operation(first_bench(), "Dropout"), "p")
    assert (p.kind, p.lowest, p.value, p.highest) == (REAL, 0.0, 0.5, 0.999)
    assert "from 0 to below 1" in str(p.above)
    slope = one(with_operation(first_bench(), "LeakyReLU"), "negative_slope")
    assert (slope.lowest, slope.highest) == (0.0, 1.0)
    assert slope.above is not None


def test_that_words_are_those_that_the_operation_names() -> None:
    mode = one(first_bench(), "padding_mode")
    assert (mode.kind, mode.legal) == (CHOICE, ("zeros", "reflect", "replicate", "circular"))
    wide = with_field(first_bench(), "padding", 5)
    assert one(wide, "padding_mode").legal == ("zeros", "replicate", "circular")
    assert "at most 4" in str(one(wide, "padding_mode").refused["reflect"])
    gelu = one(with_operation(first_bench(), "GELU"), "approximate")
    assert gelu.legal == ("none", "tanh")


@settings(max_examples=30)
@given(benches(), st.sets(st.sampled_from(["kernel_size", "stride", "padding"])))
def test_that_legal_values_are_those_that_trying_every_one_finds(bench, linked) -> None:
    for field in fields(bench, linked=frozenset(linked)):

        def attempt(value, field=field):
            return refusal(lambda: with_field(bench, field.name, value, field.axis))

        if field.kind == NUMBER:
            most = 64 if field.name == "features" else most_of(field.name)
            # torch divides by negative numbers too; here they can be typed, not slid to.
            least = 1 if field.name == "divisor_override" else -most - 1
            legal = tuple(v for v in range(least, most + 2) if attempt(v) is None)
            assert field.legal == legal
            assert field.below is not None or not legal
            assert field.above is not None or not legal
        assert all(attempt(value) is None for value in field.legal)
        assert all(attempt(value) is not None for value in field.refused)
        assert field.kind != BOOLEAN or field.value in field.legal
