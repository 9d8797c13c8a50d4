"""Network descriptions: what is read, and the sentence that each kind of bad input gets."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnnviz.core.network import Network, build_network
from cnnviz.core.network_file import (
    LARGEST_FILE,
    MOST_LAYERS,
    list_networks,
    read_network,
    write_network,
)
from cnnviz.core.operations import OPERATIONS, Conv2d, Dropout, Linear, MaxPool2d
from cnnviz.core.operations.batch_norm import BatchNorm2d
from cnnviz.core.operations.local_response_norm import LocalResponseNorm
from cnnviz.core.problem import Problem
from cnnviz.resources import resource

HEAD = 'title = "T"\ninput = [1, 28, 28]\n'
TAIL = '[[layers]]\ntype = "Flatten"\n[[layers]]\ntype = "Softmax"\n'


def conv(**changes: str) -> str:
    """A table of a convolution that fits, with some of its lines changed."""
    lines = {"type": '"Conv2d"', "in_channels": "1", "out_channels": "2", "kernel_size": "3"}
    lines.update(changes)
    return "[[layers]]\n" + "".join(f"{k} = {v}\n" for k, v in lines.items() if v)


def read(tmp_path: Path, text: str | bytes) -> Network:
    path = tmp_path / "net.toml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_network(path)


@pytest.mark.parametrize(
    ("key", "title", "count", "initialisation"),
    [
        ("six_kernels", "Six 5×5 kernels", 47_506, "torch"),
        ("ten_kernels", "Ten 5×5, padding 2", 103_170, "torch"),
        ("stretched", "Stretched to 3,072", 30_730, "torch"),
        ("full_size_kernels", "Ten 32×32 kernels", 30_730, "torch"),
        ("two_layer_cnn", "Two-layer CNN", 50_186, "xavier"),
        ("three_layer_cnn", "Three-layer CNN", 1_379_557, "xavier"),
        ("lenet5", "LeNet-5", 61_706, "torch"),
        ("lenet5_tanh", "LeNet-5 (tanh)", 61_706, "torch"),
        ("keras_cnn", "Keras-style CNN", 840_554, "torch"),
        ("mlp", "MLP", 79_510, "torch"),
        ("cifar_cnn", "Colour CNN", 60_362, "torch"),
        ("small_resnet", "Small ResNet", 19_706, "torch"),
    ],
)
def test_that_a_bundled_network_has_its_published_parameter_count(
    key: str, title: str, count: int, initialisation: str
) -> None:
    network = read_network(resource("networks", f"{key}.toml"))
    assert (network.key, network.title, network.parameter_count) == (key, title, count)
    assert network.initialisation == initialisation
    assert network.classes == 10


def test_that_the_keras_style_network_has_the_summary_of_the_lecture() -> None:
    layers = read_network(resource("networks", "keras_cnn.toml")).layers
    shapes = [layer.output_shape for layer in layers if layer.operation.kind != "ReLU"]
    assert [layer.parameter_count for layer in layers if layer.parameter_count] == [
        *(832, 9_248, 820_224, 10_250),
    ]
    assert shapes[:-1] == [
        *((32, 24, 24), (32, 12, 12), (32, 12, 12)),
        *((32, 10, 10), (32, 5, 5), (32, 5, 5)),
        *((800,), (1024,), (1024,), (10,)),
    ]


def test_that_bundled_networks_are_listed_shallowest_first() -> None:
    entries = list_networks(resource("networks"))
    assert [entry.title for entry in entries] == [
        "Ten 32×32 kernels",
        "Stretched to 3,072",
        "MLP",
        "Six 5×5 kernels",
        "Ten 5×5, padding 2",
        "Colour CNN",
        "Two-layer CNN",
        "LeNet-5",
        "LeNet-5 (tanh)",
        "Keras-style CNN",
        "Three-layer CNN",
        "AlexNet",
        "AlexNet (2012)",
        "AlexNet · ImageNet",
        "Small ResNet",
        "VGG-16",
        "VGG-16 · ImageNet",
        "ResNet-18",
        "ResNet-18 · ImageNet",
    ]
    assert all(read_network(entry.path).key == entry.key for entry in entries)


def test_that_a_broken_description_is_listed_under_its_name(tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text("title = ", encoding="utf-8")
    assert [(entry.key, entry.title) for entry in list_networks(tmp_path)] == [("broken", "broken")]


def test_that_one_number_stands_for_both_axes_and_two_stay_two(tmp_path: Path) -> None:
    text = HEAD + conv(kernel_size="[3, 5]", padding="2", stride="[1, 2]", bias="false")
    network = read(tmp_path, text + TAIL)
    assert network.layers[0].operation == Conv2d(
        1, 2, (3, 5), stride=(1, 2), padding=(2, 2), bias=False
    )


def test_that_padding_can_be_a_word_and_its_mode_is_one(tmp_path: Path) -> None:
    text = HEAD + conv(kernel_size="4", padding='"same"', padding_mode='"reflect"')
    layer = read(tmp_path, text + TAIL).layers[0]
    assert layer.operation == Conv2d(1, 2, (4, 4), padding="same", padding_mode="reflect")
    assert layer.output_shape == (2, 28, 28)


def test_that_keys_left_out_take_torchs_defaults(tmp_path: Path) -> None:
    pool = '[[layers]]\ntype = "MaxPool2d"\nkernel_size = 2\n'
    network = read(tmp_path, HEAD + pool + '[[layers]]\ntype = "Dropout"\np = 0\n' + TAIL)
    assert network.layers[0].operation == MaxPool2d((2, 2))
    assert network.layers[1].operation == Dropout(0.0)
    assert network.initialisation == "torch"


def test_that_normalisation_is_read_with_torchs_names(tmp_path: Path) -> None:
    layers = (
        '[[layers]]\ntype = "BatchNorm2d"\nnum_features = 1\neps = 0.001\nmomentum = 0.2\n'
        "affine = false\ntrack_running_stats = false\n"
        '[[layers]]\ntype = "LocalResponseNorm"\nsize = 5\nalpha = 2e-4\nbeta = 1\nk = 2\n'
    )
    found = [layer.operation for layer in read(tmp_path, HEAD + layers + TAIL).layers[:2]]
    assert found == [
        BatchNorm2d(1, 0.001, 0.2, affine=False, track_running_stats=False),
        LocalResponseNorm(5, 2e-4, 1.0, 2.0),
    ]


def test_that_a_target_comes_with_the_sample_and_is_never_written(tmp_path: Path) -> None:
    layer = '[[layers]]\ntype = "CrossEntropyLoss"\ntarget = 3\n'
    with pytest.raises(Problem, match="target: this key is unknown"):
        read(tmp_path, HEAD + layer)


def test_that_windows_line_ends_are_read(tmp_path: Path) -> None:
    assert read(tmp_path, (HEAD + conv() + TAIL).replace("\n", "\r\n")).title == "T"


def test_that_every_operation_can_be_described() -> None:
    """A new operation whose field types have no rule here fails at once."""
    from cnnviz.core.description import schema, typed

    for operation in OPERATIONS.values():
        types, _ = schema(operation)
        for field, expected in types.items():
            with pytest.raises(Problem):
                typed(field, {}, expected)


BAD: dict[str, tuple[str | bytes, tuple[str, ...]]] = {
    "not_toml": ('title = "T"\ninput = [1, 28', ("line 2", "not TOML")),
    "not_utf8": (b'title = "T"\n# \xff\n', ("line 2", "UTF-8")),
    "too_large": ("#" * (LARGEST_FILE + 1), ("65,536 bytes",)),
    "nested": ("a = " + "[" * 5000, ("nested",)),
    "digits": ("a = " + "9" * 5000, ("not TOML",)),
    "empty": ("", ("title", "missing")),
    "no_layers": (HEAD, ("layers", "missing")),
    "layers_text": (HEAD + 'layers = "many"', ("layers", "[[layers]]")),
    "layers_numbers": (HEAD + "layers = [1, 2]", ("layers", "[[layers]]")),
    "many_layers": (HEAD + TAIL * MOST_LAYERS, ("layers", "at most 200")),
    "title_number": ("title = 3\n" + HEAD.split("\n")[1] + "\n" + TAIL, ("title", "text")),
    "input_pair": ('title = "T"\ninput = [28, 28]\n' + TAIL, ("input", "channels, height")),
    "input_zero": ('title = "T"\ninput = [1, 0, 28]\n' + TAIL, ("input", "[1, 0, 28]")),
    "input_bool": ('title = "T"\ninput = [true, 28, 28]\n' + TAIL, ("input", "true")),
    "unknown_top": (HEAD + 'titel = "x"\n' + TAIL, ("titel", "unknown", "title")),
    "initialisation": (HEAD + 'initialisation = "zeros"\n' + TAIL, ("zeros", "torch, xavier")),
    "no_type": (HEAD + "[[layers]]\np = 1\n" + TAIL, ("layer 1", "type", "Conv2d")),
    "unknown_type": (HEAD + conv(type='"Conv3d"') + TAIL, ("layer 1", "Conv3d", "Conv2d")),
    "unknown_key": (HEAD + conv(kernel="3") + TAIL, ("layer 1", "kernel", "kernel_size")),
    "folded": (
        HEAD + TAIL.replace('"Flatten"', '"Linear"\nfold = [1, 1]'),
        ("layer 1", "fold", "unknown"),
    ),
    "missing_key": (HEAD + conv(kernel_size="") + TAIL, ("kernel_size", "missing")),
    "text_for_number": (HEAD + conv(out_channels='"2"') + TAIL, ("out_channels", "whole number")),
    "bool_for_number": (
        HEAD + conv(out_channels="true") + TAIL,
        ("out_channels", "true was given"),
    ),
    "float_for_number": (HEAD + conv(stride="1.5") + TAIL, ("stride", "1.5", "two for height")),
    "number_for_bool": (HEAD + conv(bias="1") + TAIL, ("bias", "true or false")),
    "three_numbers": (HEAD + conv(stride="[1, 1, 1]") + TAIL, ("stride", "[1, 1, 1]")),
    "zero_stride": (HEAD + conv(stride="0") + TAIL, ("layer 1 (Conv2d)", "stride", "at least 1")),
    "padding_word": (
        HEAD + conv(padding='"' + "full" * 90 + '"') + TAIL,
        ("layer 1 (Conv2d)", "padding", "full", '"valid" or "same"'),
    ),
    "padding_float": (HEAD + conv(padding="1.5") + TAIL, ("padding", "1.5", "or a word")),
    "padding_same_stride": (
        HEAD + conv(padding='"same"', stride="2") + TAIL,
        ("layer 1 (Conv2d)", "padding", "stride 1"),
    ),
    "padding_mode_word": (
        HEAD + conv(padding_mode='"mirror"') + TAIL,
        ("padding_mode", "mirror", "zeros, reflect, replicate, circular"),
    ),
    "padding_mode_number": (HEAD + conv(padding_mode="1") + TAIL, ("padding_mode", "a text")),
    "padding_reflect": (
        HEAD + conv(padding="28", padding_mode='"reflect"') + TAIL,
        ("layer 1 (Conv2d)", "padding", "28", "at most 27"),
    ),
    "padding_word_of_pooling": (
        HEAD + '[[layers]]\ntype = "MaxPool2d"\nkernel_size = 2\npadding = "same"\n' + TAIL,
        ("layer 1 (MaxPool2d)", "padding", "whole number, or two"),
    ),
    "negative_padding": (HEAD + conv(padding="-1") + TAIL, ("padding", "at least 0")),
    "large_kernel": (
        HEAD + conv(kernel_size="31", padding="1") + TAIL,
        ("kernel_size", "31", "30"),
    ),
    "billion_channels": (HEAD + conv(out_channels="1000000000") + TAIL, ("layer 1", "at most")),
    "hex_number": (HEAD + conv(out_channels="0x" + "f" * 9000) + TAIL, ("out_channels", "past")),
    "hex_type": (HEAD + conv(type="0x" + "f" * 9000) + TAIL, ("layer 1", "type", "past")),
    "wrong_channels": (HEAD + conv(in_channels="3") + TAIL, ("in_channels", "3", "puts out 1")),
    "linear_on_maps": (
        HEAD + '[[layers]]\ntype = "Linear"\nin_features = 784\nout_features = 10\n',
        ("layer 1 (Linear)", "Flatten"),
    ),
    "no_softmax": (HEAD + conv() + '[[layers]]\ntype = "Flatten"\n', ("layers", "Softmax")),
    "share": (HEAD + '[[layers]]\ntype = "Dropout"\np = nan\n' + TAIL, ("layer 1", "p:", "nan")),
}


@pytest.mark.parametrize("case", BAD)
def test_that_bad_input_gets_a_sentence_naming_file_and_field(case: str, tmp_path: Path) -> None:
    text, words = BAD[case]
    with pytest.raises(Problem) as caught:
        read(tmp_path, text)
    sentence = str(caught.value)
    assert sentence.startswith("net.toml: ")
    for word in words:
        assert word in sentence
    assert len(sentence) < 400


def test_that_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"^none\.toml: there is no such file"):
        read_network(tmp_path / "none.toml")
    with pytest.raises(Problem, match="cannot be read"):
        read_network(tmp_path)


def test_that_a_linear_layer_is_told_what_was_flattened(tmp_path: Path) -> None:
    linear = '[[layers]]\ntype = "Linear"\nin_features = 784\nout_features = 10\n'
    text = HEAD + TAIL.replace(
        '[[layers]]\ntype = "Softmax"', linear + '[[layers]]\ntype = "Softmax"'
    )
    assert read(tmp_path, text).layers[1].operation == Linear(784, 10, fold=(1, 28, 28))


SCALARS = st.one_of(
    st.integers(),
    st.sampled_from(["0", "-1", "1e999", "nan", "2147483648", "0x" + "f" * 5000, "1979-05-27"]),
    st.booleans().map(lambda value: str(value).lower()),
    st.floats().map(repr),
    st.sampled_from(['"same"', '"reflect"', '"circular"']),
    st.sampled_from(['""', '"xavier"', '"Conv2d"', "[]", "[1, 2]", "[[1], 2]", "{}", "{a = 1}"]),
)
KEYS = st.sampled_from(
    ["kernel_size", "stride", "padding", "dilation", "groups", "bias", "ceil_mode", "p", "fold"]
    + ["in_channels", "out_channels", "in_features", "out_features", "type", "title"]
    + ["padding_mode"]
)


@st.composite
def documents(draw: st.DrawFn) -> str:
    title, shape = draw(st.just('"T"') | SCALARS), draw(st.just("[1, 28, 28]") | SCALARS)
    text = f"title = {title}\ninput = {shape}\n"
    for _ in range(draw(st.integers(0, 5))):
        kind = draw(st.sampled_from([f'"{kind}"' for kind in OPERATIONS]) | SCALARS)
        fields: dict[str, Any] = draw(st.dictionaries(KEYS, SCALARS, max_size=4))
        fields["type"] = kind
        text += "[[layers]]\n" + "".join(f"{k} = {v}\n" for k, v in fields.items())
    return text


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    content=documents().map(str.encode)
    | st.binary(max_size=200)
    | st.text().map(lambda text: text.encode("utf-8", "surrogatepass"))
)
def test_that_nothing_but_a_problem_comes_out_of_random_input(
    content: bytes, tmp_path: Path
) -> None:
    try:
        network = read(tmp_path, content)
    except Problem as problem:
        assert str(problem).startswith("net.toml: ")
    else:
        assert network.layers


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    key=st.sampled_from(["two_layer_cnn", "three_layer_cnn", "lenet5", "mlp", "keras_cnn"]),
    where=st.floats(0, 1),
    what=st.binary(min_size=0, max_size=4),
)
def test_that_a_damaged_bundled_file_gives_a_network_or_a_problem(
    key: str, where: float, what: bytes, tmp_path: Path
) -> None:
    content = resource("networks", f"{key}.toml").read_bytes()
    place = int(where * len(content))
    try:
        read(tmp_path, content[:place] + what + content[place + 2 :])
    except Problem as problem:
        assert str(problem)


def skipping(skip: str = '"a"', name: str = '"a"', **more: str) -> str:
    """A convolution of a name, another one, and an Add; with other keys for the second."""
    first = conv(name=name, in_channels="1", out_channels="1", padding="1")
    second = conv(in_channels="1", out_channels="1", **{"padding": "1"} | more)
    return HEAD + first + second + f'[[layers]]\ntype = "Add"\nskip = {skip}\n' + TAIL


def test_that_names_say_which_outputs_are_read_and_are_written_again(tmp_path: Path) -> None:
    network = read(tmp_path, skipping(input='"input"'))
    assert [it.name for it in network.wires] == ["a", "", "", "", ""]
    assert (network.source(1), network.layers[2].wire.skip) == (-1, 0)
    assert network.skips
    assert read(tmp_path, write_network(network)) == network
    plain = read(tmp_path, HEAD + conv() + TAIL)
    assert not plain.skips


def test_that_layers_without_a_name_have_none_when_they_are_read_again(tmp_path: Path) -> None:
    network = read(tmp_path, skipping())
    # What layer 1 would be called, another layer is called already.
    wires = tuple(
        replace(it, name="layer 1" if i == 1 else "") for i, it in enumerate(network.wires)
    )
    operations = tuple(layer.operation for layer in network.layers)
    nameless = build_network("k", "T", network.input_shape, operations, wires=wires)
    again = read(tmp_path, write_network(nameless))
    assert replace(again, key="k") == nameless
    assert [it.name for it in again.wires] == ["", "layer 1", "", "", ""]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (skipping(skip='"b"'), ("layer 3 (Add)", "skip", '"b"', "a")),
        (skipping(skip="3"), ("layer 3 (Add)", "skip", "name of a layer before")),
        (skipping(name='"input"'), ("layer 1 (Conv2d)", "called so already")),
        (skipping(name='" "'), ("layer 1 (Conv2d)", "name", "a text")),
        (skipping(name='"' + "a" * 61 + '"'), ("name", "61 characters")),
        (skipping(input='"c"'), ("layer 2 (Conv2d)", "input", '"c"')),
        (skipping(stride="2"), ("layer 3 (Add)", "1 × 28 × 28", "1 × 14 × 14", "one shape")),
        (skipping(skip='"input"', input='"input"'), ("layer 1 (Conv2d)", "no layer reads")),
        (HEAD + conv(skip='"input"') + TAIL, ("layer 1 (Conv2d)", "only an Add")),
        (HEAD + '[[layers]]\ntype = "Add"\n' + TAIL, ("layer 1 (Add)", "skip", "not said")),
    ],
)
def test_that_a_wrong_connection_gets_its_sentence(
    tmp_path: Path, text: str, words: tuple[str, ...]
) -> None:
    with pytest.raises(Problem) as caught:
        read(tmp_path, text)
    assert all(word in str(caught.value) for word in words), str(caught.value)
