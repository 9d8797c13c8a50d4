"""Files of weights: safetensors written and read, and everything that is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from cnnviz.core.network import Network, build_network
from cnnviz.core.operations import Conv2d, Flatten, Linear, ReLU, Softmax
from cnnviz.core.operations.batch_norm import BatchNorm2d
from cnnviz.core.problem import Problem
from cnnviz.core.weight_names import match_keys
from cnnviz.engine.build import build_module
from cnnviz.engine.weights_file import read_weights, write_weights

NETWORK = build_network(
    "small",
    "Small",
    (1, 6, 6),
    (Conv2d(1, 3, (3, 3)), BatchNorm2d(3), ReLU(), Flatten(), Linear(48, 5), Softmax()),
)

TWINS = build_network(
    "twins",
    "Twins",
    (2, 6, 6),
    (Conv2d(2, 2, (3, 3)), Conv2d(2, 2, (3, 3)), Flatten(), Linear(8, 2), Softmax()),
)


def model_of(network: Network = NETWORK) -> nn.Sequential:
    torch.manual_seed(3)
    return build_module(network)


def refusal(path: Path, network: Network = NETWORK) -> str:
    with pytest.raises(Problem) as raised:
        read_weights(path, network)
    said = str(raised.value)
    assert said.startswith(f"{path.name}: ")
    return said


def raw(header: object, data: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


def one(shape: list[Any], begin: Any, end: Any, dtype: Any = "F32") -> dict[str, object]:
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


def test_that_what_is_written_is_a_state_dict_of_the_sequential(tmp_path: Path) -> None:
    model, path = model_of(), tmp_path / "w.safetensors"
    parameters = [
        {k: v.detach().numpy() for k, v in layer.state_dict().items() if "batches" not in k}
        for layer in model
    ]
    write_weights(path, NETWORK, [*parameters, {}], 17)
    other = build_module(NETWORK)
    other.load_state_dict(load_file(path), strict=False)
    for name, value in model.state_dict().items():
        assert torch.equal(other.state_dict()[name], value)
    back = read_weights(path, NETWORK)
    assert back.renamed == ""
    for given, read in zip(parameters, back.parameters, strict=False):
        assert {k: v.tobytes() for k, v in given.items()} == {
            k: v.tobytes() for k, v in read.items()
        }
    content = path.read_bytes()
    header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    assert header["__metadata__"] == {"format": "pt", "network": "Small", "step": "17"}
    assert list(tmp_path.iterdir()) == [path]


def test_that_a_file_that_cannot_be_replaced_is_left_as_it_was(tmp_path: Path) -> None:
    parameters = read_weights(saved(tmp_path, model_of().state_dict()), NETWORK).parameters
    target = tmp_path / "folder.safetensors"
    target.mkdir()
    (target / "inside").touch()
    with pytest.raises(Problem, match=r"folder\.safetensors: the weights could not be written"):
        write_weights(target, NETWORK, parameters, 0)
    assert sorted(it.name for it in tmp_path.iterdir()) == ["folder.safetensors", "s.safetensors"]


def saved(folder: Path, state: dict[str, torch.Tensor]) -> Path:
    path = folder / "s.safetensors"
    save_file({key: value.contiguous() for key, value in state.items()}, path)
    return path


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_that_every_float_becomes_torchs_float32(tmp_path: Path, dtype: torch.dtype) -> None:
    state = {
        key: value.to(dtype) if value.is_floating_point() else value
        for key, value in model_of().state_dict().items()
    }
    read = read_weights(saved(tmp_path, state), NETWORK).parameters
    for key, value in state.items():
        if value.is_floating_point():
            index, _, name = key.partition(".")
            assert read[int(index)][name].tobytes() == value.float().numpy().tobytes()


@pytest.mark.parametrize(
    "rename",
    [
        lambda key: f"module.{key}",
        lambda key: {"0": "features.0", "1": "features.1", "4": "classifier"}[key[0]] + key[1:],
        lambda key: {"0": "z", "1": "norm", "4": "a"}[key[0]] + key[1:],
    ],
)
def test_that_other_names_are_matched_by_shape(
    tmp_path: Path, rename: Callable[[str], str]
) -> None:
    state = model_of().state_dict()
    found = read_weights(saved(tmp_path, {rename(k): v for k, v in state.items()}), NETWORK)
    assert bool(found.renamed) == (not rename("0.w").startswith("module."))
    assert np.array_equal(found.parameters[0]["weight"], state["0.weight"].numpy())
    assert np.array_equal(found.parameters[4]["bias"], state["4.bias"].numpy())


def test_that_layers_of_one_shape_are_matched_by_the_numbers_in_their_names(
    tmp_path: Path,
) -> None:
    state = model_of(TWINS).state_dict()
    names = {"0": "layer9.0", "1": "layer10.0", "3": "fc"}
    renamed = {names[k[0]] + k[1:]: v for k, v in state.items()}
    found = read_weights(saved(tmp_path, renamed), TWINS)
    assert np.array_equal(found.parameters[0]["weight"], state["0.weight"].numpy())
    assert np.array_equal(found.parameters[1]["weight"], state["1.weight"].numpy())


def test_that_layers_of_one_shape_without_numbers_are_refused(tmp_path: Path) -> None:
    names = {"0": "first", "1": "after", "3": "fc"}
    state = {names[k[0]] + k[1:]: v for k, v in model_of(TWINS).state_dict().items()}
    assert "after, first have the same shapes" in refusal(saved(tmp_path, state), TWINS)
    shapes = {key: tuple(value.shape) for key, value in state.items()}
    match = match_keys(TWINS, shapes, ordered=True)  # unless their order in the model is known
    assert match.keys[0, "weight"] == "first.weight"
    assert match.keys[1, "bias"] == "after.bias"


def test_that_wrong_shapes_are_named(tmp_path: Path) -> None:
    state = model_of().state_dict()
    state["0.weight"] = torch.zeros(3, 1, 5, 5)
    state["4.weight"] = torch.zeros(5, 12)
    said = refusal(saved(tmp_path, state))
    assert "0.weight 3×1×5×5 ≠ 3×1×3×3, 4.weight 5×12 ≠ 5×48" in said


def test_that_missing_and_foreign_keys_are_named_and_the_rest_counted(tmp_path: Path) -> None:
    state = model_of().state_dict()
    del state["4.bias"]
    assert "4.bias are missing" in refusal(saved(tmp_path, state))
    state |= {f"9.{name}": torch.zeros(1) for name in "abcde"}
    said = refusal(saved(tmp_path, state))
    assert "4.bias are missing" in said
    assert "9.a, 9.b, 9.c and 2 more have no place" in said


def test_that_weights_of_a_wholly_other_network_are_refused(tmp_path: Path) -> None:
    state = {"encoder.weight": torch.zeros(7, 7), "encoder.bias": torch.zeros(7)}
    assert "none of them fits 0.weight 3×1×3×3" in refusal(saved(tmp_path, state))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), 1e300])
def test_that_numbers_that_are_not_finite_are_refused(tmp_path: Path, value: float) -> None:
    state = model_of().state_dict()
    state["4.bias"] = torch.tensor([0, 1, value, 3, 4], dtype=torch.float64)
    assert "4.bias holds numbers that are not finite" in refusal(saved(tmp_path, state))


def test_that_whole_numbers_and_negative_variances_are_refused(tmp_path: Path) -> None:
    state = model_of().state_dict()
    assert "4.bias holds I32" in refusal(
        saved(tmp_path, state | {"4.bias": torch.zeros(5, dtype=torch.int32)})
    )
    assert "negative variances" in refusal(
        saved(tmp_path, state | {"1.running_var": -torch.ones(3)})
    )


BROKEN: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "no safetensors"),
    "short": (b"\x05\0\0", "no safetensors"),
    "longer than the file": ((1 << 62).to_bytes(8, "little") + b"{}", "no safetensors"),
    "a large header": ((2_000_000).to_bytes(8, "little") + bytes(2_000_000), "2,000,000 bytes"),
    "no JSON": (raw(b"{nothing}"), "header is broken"),
    "no UTF-8": (raw(b"\xff\xfe{}"), "header is broken"),
    "nested": (raw(b"[" * 100_000), "header is broken"),
    "a list": (raw([1, 2]), "header is broken"),
    "a key twice": (raw(b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{}}', b"1234"),
                    "header is broken"),
    "no offsets": (raw({"a": {"dtype": "F32", "shape": [1]}}), "header is broken"),
    "a shape of words": (raw({"a": one(["x"], 0, 4)}, b"1234"), "header is broken"),
    "a shape of truths": (raw({"a": one([True], 0, 4)}, b"1234"), "header is broken"),
    "a negative shape": (raw({"a": one([-1], 0, 4)}, b"1234"), "header is broken"),
    "an odd type": (raw({"a": one([4], 0, 4, "F8_E4M3")}, b"1234"), "not known here"),
    "a type that is none": (raw({"a": one([1], 0, 4, 7)}, b"1234"), "header is broken"),
    "too many bytes": (raw({"a": one([1], 0, 8)}, b"12345678"), "has not the bytes"),
    "a huge shape": (raw({"a": one([10**9, 10**9], 0, 4)}, b"1234"), "has not the bytes"),
    "overlap": (raw({"a": one([2], 0, 8), "b": one([2], 4, 12)}, bytes(12)), "overlap"),
    "a gap": (raw({"a": one([1], 0, 4), "b": one([1], 8, 12)}, bytes(12)), "leave gaps"),
    "cut short": (raw({"a": one([4], 0, 16)}, bytes(12)), "12 of 16 bytes"),
    "more": (raw({"a": one([1], 0, 4)}, bytes(12)), "more in it"),
    "an order of numbers": (raw({"__metadata__": {"order": "[1]"}}), "header is broken"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_that_a_broken_file_is_refused_by_a_sentence(tmp_path: Path, name: str) -> None:
    content, expected = BROKEN[name]
    path = tmp_path / "b.safetensors"
    path.write_bytes(content)
    assert expected in refusal(path)


def test_that_every_cut_of_a_file_is_refused(tmp_path: Path) -> None:
    content = saved(tmp_path, model_of().state_dict()).read_bytes()
    path = tmp_path / "b.safetensors"
    for length in range(0, len(content), 37):
        path.write_bytes(content[:length])
        refusal(path)


def test_that_what_is_no_file_is_refused(tmp_path: Path) -> None:
    assert "cannot be read" in refusal(tmp_path / "none.safetensors")
    folder = tmp_path / "folder.safetensors"
    folder.mkdir()
    assert "it is no file" in refusal(folder)
