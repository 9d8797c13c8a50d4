"""The stage's scene: every number is torch's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnviz.core.cursor import Cursor, terms_of
from cnnviz.core.operations import Conv2d, Flatten, Linear, MaxPool2d, Operation, Softmax
from cnnviz.core.operations.average_pooling import AvgPool2d
from cnnviz.core.operations.sliding import Axis
from cnnviz.core.operations.transposed_convolution import ConvTranspose2d
from cnnviz.core.scenes import Empty, same
from cnnviz.core.scenes.formula import layer_formula, size_formula
from cnnviz.core.scenes.sheets import all_maps_sheet, map_sheet, vector_sheet
from cnnviz.core.scenes.stage import StageScene, stage_scene
from cnnviz.core.view import Pointing, View
from tests.core.scenes.networks import network_of, view_of
from tests.networks import KEYS, bundled, snapshot


def scene(
    key: str, cursor: Cursor, pointing: Pointing | None = None, opened: int = 0
) -> StageScene:
    made = stage_scene(
        View(
            network=bundled(key), cursor=cursor, stage=snapshot(key), opened=opened,
            pointing=pointing or Pointing(),
        )
    )  # fmt: skip
    assert isinstance(made, StageScene)
    return made


@given(st.sampled_from(KEYS), st.data())
@settings(max_examples=300)
def test_that_the_ledger_ends_in_the_activation_that_torch_computed(key, data) -> None:
    network = bundled(key)
    index = data.draw(st.integers(0, len(network.layers) - 1))
    layer = network.layers[index]
    channel, row, column = (data.draw(st.integers(0, n - 1)) for n in layer.grid)
    shown = scene(key, Cursor(index, channel, row, column, terms_of(layer)))
    torchs = float(shown.output[shown.element])
    # torch adds in float32 and in an order of its own: half a unit of float32 for each addition.
    size = float(np.abs(shown.ledger.terms[np.isfinite(shown.ledger.terms)]).sum()) + 1e-6
    assert abs(shown.ledger.result - torchs) <= 2**-23 * np.sqrt(terms_of(layer) + 1) * size + 1e-9


@pytest.mark.parametrize("key", KEYS)
def test_that_every_layer_of_every_network_has_a_stage(key: str) -> None:
    for index, layer in enumerate(bundled(key).layers):
        shown = scene(key, Cursor(index, 0, 0, 0, terms_of(layer)))
        assert shown.done
        assert shown.input_sheet.picture(shown.input).shape == shown.input_sheet.size
        assert shown.output_sheet.picture(shown.output).shape == shown.output_sheet.size
        assert shown.computed == 1


def test_that_there_is_no_stage_without_a_snapshot_but_a_reason() -> None:
    made = stage_scene(View(network=bundled()))
    assert isinstance(made, Empty)
    assert made.reason


def test_that_the_same_view_gives_the_same_scene_and_another_term_another() -> None:
    here = scene("two_layer_cnn", Cursor(0, 1, 2, 3, 4))
    assert same(here, scene("two_layer_cnn", Cursor(0, 1, 2, 3, 4)))
    assert not same(here, scene("two_layer_cnn", Cursor(0, 1, 2, 3, 5)))
    assert not same(here, replace(here, held=True))


def test_that_a_pixel_is_read_by_the_nine_windows_around_it() -> None:
    shown = scene("two_layer_cnn", Cursor(0), Pointing(pixel=(0, 10, 12)))
    assert shown.readers is not None
    rows, columns = np.nonzero(shown.readers)
    assert set(zip(rows.tolist(), columns.tolist(), strict=True)) == {
        (r, c) for r in (9, 10, 11) for c in (11, 12, 13)
    }


def test_that_a_corner_weight_touches_all_but_the_far_border() -> None:
    shown = scene("two_layer_cnn", Cursor(0), Pointing(weight=0))
    assert shown.touched is not None
    assert shown.touched[:27, :27].all()
    assert not shown.touched[27].any()
    assert not shown.touched[:, 27].any()


def padded_scene(mode: str, pointing: Pointing | None = None) -> StageScene:
    """The first window of a 4×3 kernel over an 8×8 image whose size is kept."""
    convolution = Conv2d(1, 2, (4, 3), padding="same", padding_mode=mode)
    view = view_of(Cursor(), network_of((convolution, Flatten(), Softmax())))
    made = stage_scene(replace(view, pointing=pointing or Pointing()))
    assert isinstance(made, StageScene)
    return made


def test_that_each_side_has_the_padding_of_its_own() -> None:
    assert padded_scene("zeros").padding == ((1, 2), (1, 1))
    assert padded_scene("zeros").padded is None
    assert scene("two_layer_cnn", Cursor(1)).padding == ((0, 0), (0, 0))


@pytest.mark.parametrize(
    ("mode", "numpys"), [("reflect", "reflect"), ("replicate", "edge"), ("circular", "wrap")]
)
def test_that_the_ring_shows_what_the_window_reads_there(mode: str, numpys: Any) -> None:
    shown = padded_scene(mode)
    assert shown.padded is not None
    assert np.array_equal(shown.padded, np.pad(shown.input[0], ((1, 2), (1, 1)), mode=numpys))
    assert np.array_equal(shown.padded[:4, :3].reshape(-1), shown.ledger.operands)


@pytest.mark.parametrize(
    ("mode", "numpys"), [("reflect", "reflect"), ("replicate", "edge"), ("circular", "wrap")]
)
def test_that_padding_says_which_input_element_it_repeats(mode: str, numpys: Any) -> None:
    shown = padded_scene(mode)
    places = np.pad(np.arange(64).reshape(8, 8), ((1, 2), (1, 1)), mode=numpys)
    for row, column in np.ndindex(places.shape):
        found = shown.in_padding(row - 1, column - 1)
        if 1 <= row < 9 and 1 <= column < 9:
            assert found is None
        else:
            repeated = (0, *(int(i) for i in divmod(places[row, column], 8)))
            assert found == (shown.input[repeated], repeated)
    assert shown.in_padding(-2, 0) is None
    assert shown.in_padding(0, 9) is None


@pytest.mark.parametrize(
    ("operation", "value"),
    [
        (Conv2d(1, 2, (3, 3), padding=(1, 1)), 0.0),
        (AvgPool2d((3, 3), padding=(1, 1)), 0.0),
        (MaxPool2d((3, 3), padding=(1, 1)), -np.inf),
    ],
)
def test_that_padding_which_repeats_nothing_has_its_value(
    operation: Operation, value: float
) -> None:
    shown = stage_scene(view_of(Cursor(), network_of((operation, Flatten(), Softmax()))))
    assert isinstance(shown, StageScene)
    assert shown.in_padding(-1, 3) == (value, None)
    assert shown.in_padding(0, 0) is None


def test_that_a_vector_has_no_padding() -> None:
    assert scene("two_layer_cnn", Cursor(7)).in_padding(-1, -1) is None


def test_that_padding_of_the_opened_map_is_told() -> None:
    convolutions = (
        Conv2d(1, 3, (1, 1)),
        Conv2d(3, 2, (3, 3), padding="same", padding_mode="circular"),
    )
    network = network_of((*convolutions, Flatten(), Softmax()))
    shown = stage_scene(view_of(Cursor(1), network, opened=2))
    assert isinstance(shown, StageScene)
    assert shown.in_padding(-1, 0) == (shown.input[2, 7, 0], (2, 7, 0))


def test_that_a_weight_of_a_transposed_convolution_meets_what_lays_it_on_the_output() -> None:
    operation = ConvTranspose2d(1, 1, (3, 3), (2, 2), (1, 1))
    network = network_of((operation, Flatten(), Linear(225, 2), Softmax()))
    view = replace(view_of(Cursor(), network), pointing=Pointing(weight=0))
    shown = stage_scene(view)
    assert isinstance(shown, StageScene)
    assert shown.touched is not None
    # Row −1 and column −1 of the output are cut off: that is where the first input lays tap (0, 0).
    assert shown.touched[1:, 1:].all()
    assert not shown.touched[0].any()
    assert not shown.touched[:, 0].any()


def test_that_a_flipped_kernels_term_is_the_position_in_the_window() -> None:
    for flipped in (False, True):
        operation = Conv2d(1, 2, (3, 3), padding=(1, 1), flipped=flipped)
        view = view_of(Cursor(), network_of((operation, Flatten(), Softmax())))
        shown = stage_scene(replace(view, pointing=Pointing(weight=0)))
        assert isinstance(shown, StageScene)
        assert shown.touched is not None
        assert shown.touched[:7, :7].all()
        assert not shown.touched[7].any()


def test_that_a_pixel_is_read_through_the_padding_that_repeats_it() -> None:
    shown = padded_scene("circular", Pointing(pixel=(0, 7, 0), weight=0))
    assert shown.readers is not None
    # Row 7 is row −1 too: the first window reads it.  Column 0 is column 8 too.
    assert np.flatnonzero(shown.readers[:, 0]).tolist() == [0, 5, 6, 7]
    assert np.flatnonzero(shown.readers[7]).tolist() == [0, 1, 7]
    assert shown.touched is not None
    assert shown.touched.all()


def test_that_a_pixel_outside_of_the_input_has_no_readers() -> None:
    assert scene("two_layer_cnn", Cursor(0), Pointing(pixel=(0, 99, 0))).readers is None
    assert scene("two_layer_cnn", Cursor(0), Pointing(pixel=(3,))).readers is None


def test_that_the_opened_channel_is_the_map_that_is_drawn_large() -> None:
    shown = scene("two_layer_cnn", Cursor(3, 5, 6, 7, 288), opened=17)
    assert shown.input_sheet.first == 17
    assert np.array_equal(shown.input_sheet.picture(shown.input), shown.input[17])
    assert len(shown.ledger.subtotals) == 32
    assert np.isclose(shown.ledger.terms[shown.group_terms].sum(), shown.ledger.subtotals[17])


def test_that_the_formula_has_the_numbers_put_in() -> None:
    layers = bundled().layers
    assert layer_formula(layers[0]) == "⌊(28 − 3 + 2·1) / 1⌋ + 1 = 28"
    assert layer_formula(layers[2]) == "⌊(28 − 2) / 2⌋ + 1 = 14"
    assert layer_formula(layers[1]) == ""


def test_that_the_formula_has_both_paddings_where_they_differ() -> None:
    network = network_of(
        (Conv2d(1, 2, (4, 2), padding="same"), Flatten(), Softmax()), shape=(1, 28, 9)
    )
    assert layer_formula(network.layers[0]) == (
        "⌊(28 − 4 + 1 + 2) / 1⌋ + 1 = 28 × ⌊(9 − 2 + 0 + 1) / 1⌋ + 1 = 9"
    )


@given(st.tuples(*[st.integers(1, 5)] * 4), st.integers(0, 2), st.integers(0, 4))
def test_that_the_formula_of_a_transposed_convolution_says_what_it_computes(
    sizes, padding, more
) -> None:
    size, kernel, stride, dilation = sizes
    more = min(more, max(stride, dilation) - 1)
    whole = (size - 1) * stride + dilation * (kernel - 1) + 1 + more
    padding = min(padding, (whole - 1) // 2)
    operation = ConvTranspose2d(
        1, 1, (kernel, 1), (stride, 1), (padding, 0), (more, 0), dilation=(dilation, 1)
    )
    count = int(np.prod(operation.output_shape((1, size, 1))))
    network = network_of((operation, Flatten(), Linear(count, 2), Softmax()), (1, size, 1))
    text = layer_formula(network.layers[0]).split(" × ")[0]
    left, right = text.split(" = ")
    assert eval(left.replace("−", "-").replace("·", "*")) == int(right) == count


@given(
    st.integers(1, 40), st.integers(1, 7), st.integers(1, 4), st.integers(0, 3), st.integers(1, 3),
    st.none() | st.integers(0, 3),
)  # fmt: skip
def test_that_the_formula_says_what_it_computes(
    size, kernel, stride, padding, dilation, after
) -> None:
    axis = Axis(size, kernel, stride, padding, dilation, padding_after=after)
    if axis.output_size < 1:
        return
    left, right = size_formula(axis).split(" = ")
    python = left.replace("⌊", "(").replace("⌋", ")").replace("−", "-").replace("·", "*")
    assert eval(python.replace(" / ", " // ")) == int(right)


@given(st.integers(1, 3200), st.data())
def test_that_an_element_of_a_vector_is_found_where_it_is_placed(count, data) -> None:
    sheet = vector_sheet(count)
    index = data.draw(st.integers(0, count - 1))
    row, column = sheet.place((index,))
    assert sheet.element(row, column, count) == (index,)
    values = np.arange(count, dtype=np.float32)
    assert sheet.picture(values)[row, column] == index


@given(st.tuples(*[st.integers(1, 9)] * 3), st.data())
def test_that_an_element_of_maps_is_found_where_it_is_placed(shape, data) -> None:
    element = tuple(data.draw(st.integers(0, n - 1)) for n in shape)
    values = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    for sheet in (all_maps_sheet(shape), map_sheet(shape, element[0])):
        row, column = sheet.place(element)
        assert sheet.element(row, column, shape[0]) == element
        assert sheet.picture(values)[row, column] == values[element]
    folded = vector_sheet(values.size, shape)
    position = int(np.ravel_multi_index(element, shape))
    row, column = folded.place((position,))
    assert folded.element(row, column, values.size) == (position,)
    assert folded.picture(values.reshape(-1))[row, column] == position
